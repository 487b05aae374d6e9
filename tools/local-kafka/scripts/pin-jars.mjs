// Writes runtime/jars.sha256 anew from what Maven fetches for runtime/pom.xml.
import { recordMavenPins } from '@riskwatch/java-process';
import { kafkaArtifacts } from '../dist/index.js';

console.log(`${await recordMavenPins(kafkaArtifacts)} jars pinned`);
