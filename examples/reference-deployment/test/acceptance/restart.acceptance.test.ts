import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRunning, processesOf } from './processes.js';
import { Stack } from './stack.js';
import { TopicReader } from './topic-reader.js';

let folder: string;
let first: Stack;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'riskwatch-restart-'));
  first = await Stack.start(['--cameras', '2'], folder);
});
afterAll(async () => {
  await first?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('a launcher that is killed', () => {
  it('leaves nobody behind after ten seconds, and the next one goes on from the data folder', async () => {
    const topics = new TopicReader(first.deployment);
    const before = await topics.waitFor('results', 4);
    await topics.close();
    const children = processesOf(first.pid);
    // Kafka, the simulator, Flink, five roles.
    expect(children.length).toBeGreaterThanOrEqual(8);
    const killedAt = Date.now();
    await first.kill();
    await expect.poll(() => children.filter(isRunning), { timeout: 15_000, interval: 250 }).toEqual([]);
    expect(Date.now() - killedAt).toBeLessThan(10_000);

    const report = join(folder, 'report.json');
    const second = Stack.launch(['--cameras', '2', '--duration', '8', '--report', report], folder);
    await second.saw(/✔ Ready/);
    const again = new TopicReader(second.deployment);
    // What the first run has stored is still there, and is not judged again.
    const kept = await again.all('results');
    expect(kept.length).toBeGreaterThanOrEqual(before.length);
    await again.close();
    const { code, output } = await second.ended();
    expect(output).not.toMatch(/could not be accounted for/);
    expect(code).toBe(0);
    const { detections, results, carriedOver, repeats } = second.readReport(report);
    // What was under way when the first one was killed may be too late by now, and is told so; nothing else fails.
    const { deadline_exceeded: late = 0, ...otherFailures } = results.failed;
    expect(otherFailures).toEqual({});
    expect(late).toBeLessThanOrEqual(carriedOver);
    expect(results.succeeded + late).toBe(detections + carriedOver);
    expect(repeats).toBe(0);
  });
});

describe('a launcher that is given something wrong', () => {
  it.each([
    [['--cameras', 'many'], /--cameras many: must be a whole number/],
    [['--camera', '4'], /--camera: there is no such option/],
    [['--keys-file', 'missing.yaml'], /--keys-file missing\.yaml: there is no such file/],
    [['--config', 'package.json'], /package\.json: .*Unrecognized key/s],
  ])('%j ends with code 2 and says what', async (args, message) => {
    const stack = Stack.launch(args);
    const { code, output } = await stack.ended();
    await stack.dispose();
    expect(output).toMatch(message);
    expect(code).toBe(2);
  });
});
