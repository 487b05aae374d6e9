import { describe, expect, it } from 'vitest';
import { complaints, isAtLeast } from '../lib/prerequisites.mjs';

const good = {
  node: '22.11.0',
  javac: 'javac 21.0.2',
  maven: 'Apache Maven 3.9.9 (8e8579a9)\nMaven home: somewhere\nJava version: 21.0.2, vendor: Debian',
};

describe('prerequisites', () => {
  it.each([
    ['20.19.0', '20.19', true],
    ['20.18.3', '20.19', false],
    ['20.20', '20.19.5', true],
    ['17', '17.0.0', true],
    ['9.9', '17', false],
    ['3.10.0', '3.6.3', true],
  ])('%s is at least %s: %s', (version, least, expected) => {
    expect(isAtLeast(version, least)).toBe(expected);
  });

  it('has nothing to say about a machine that has it all', () => {
    expect(complaints(good)).toEqual([]);
  });

  it('says in one line each what is missing and how to get it', () => {
    const lines = complaints({ node: '18.20.4', javac: undefined, maven: undefined });
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^Node 20\.19\.0 or newer is needed, this is 18\.20\.4\. .*nodejs\.org/);
    expect(lines[1]).toMatch(/^A JDK \(17 or newer\) is missing.*apt install openjdk-17/);
    expect(lines[2]).toMatch(/^Maven .* is missing.*apt install maven/);
    for (const line of lines) expect(line).not.toContain('\n');
  });

  it('names an old JDK, an old Maven and a Maven that runs on an old Java', () => {
    expect(complaints({ ...good, javac: 'javac 11.0.22' })[0]).toMatch(
      /JDK 17 or newer is needed, javac is 11/,
    );
    expect(complaints({ ...good, maven: 'Apache Maven 3.3.9' })[0]).toMatch(
      /Maven 3\.6\.3 or newer is needed/,
    );
    expect(complaints({ ...good, maven: 'Apache Maven 3.9.9\nJava version: 11.0.2' })[0]).toMatch(
      /JAVA_HOME/,
    );
  });
});
