import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { optionNames, parseOptions, UsageError } from '../../../launcher/command-line/options.js';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'options-'));
  for (const name of ['a.mp4', 'b.mp4', 'keys.yaml', 'model.onnx', 'spec.json'])
    writeFileSync(join(cwd, name), '');
});
afterAll(() => rmSync(cwd, { recursive: true }));

const parse = (...args: string[]) => parseOptions(args, cwd);

describe('what the command line says', () => {
  it('says nothing by itself but how many keys the simulator has', () => {
    expect(parse()).toEqual({ help: false, sources: [], keys: 8, rpm: 300, burst: 5, open: true });
  });

  it('reads every option, paths from the working directory', () => {
    expect(
      parse(
        ...['--cameras', '4', '--source', 'a.mp4', 'b.mp4', '--source=a.mp4', '--sample-seconds', '0.5'],
        ...[
          '--model',
          'model.onnx',
          '--model-spec',
          'spec.json',
          '--keys',
          '2',
          '--rpm',
          '60',
          '--burst',
          '1',
        ],
        ...[
          '--strategy',
          'round-robin',
          '--dispatch',
          'topic',
          '--config',
          'keys.yaml',
          '--data-dir',
          'data',
        ],
        ...['--duration', '90', '--report', 'out/report.json', '--no-open'],
      ),
    ).toEqual({
      help: false,
      cameras: 4,
      sources: [join(cwd, 'a.mp4'), join(cwd, 'b.mp4'), join(cwd, 'a.mp4')],
      sampleSeconds: 0.5,
      model: join(cwd, 'model.onnx'),
      modelSpec: join(cwd, 'spec.json'),
      keys: 2,
      rpm: 60,
      burst: 1,
      strategy: 'round-robin',
      dispatch: 'topic',
      config: join(cwd, 'keys.yaml'),
      dataDir: join(cwd, 'data'),
      duration: 90,
      report: join(cwd, 'out', 'report.json'),
      open: false,
    });
  });

  it.each([
    [['--cameras', '0'], '--cameras 0: must be a whole number from 1 to 1000'],
    [['--cameras', 'many'], '--cameras many: must be a whole number'],
    [['--burst', '1.5'], '--burst 1.5: must be a whole number'],
    [['--duration', '0'], '--duration 0: must be a number of seconds, at least 1'],
    [['--dispatch', 'mail'], '--dispatch mail: must be http or topic'],
    [['--source', 'missing.mp4'], '--source missing.mp4: there is no such file'],
    [['--keys-file', 'missing.yaml'], '--keys-file missing.yaml: there is no such file'],
    [['--model', 'model.onnx'], '--model and --model-spec belong together'],
    [['--keys-file', 'keys.yaml', '--rpm', '5'], '--rpm is for the provider simulator'],
    [['--camera', '4'], "Unknown option '--camera'"],
    [['a.mp4'], 'a.mp4: no option stands before it'],
    [['--cameras'], "'--cameras <value>' argument missing"],
  ])('refuses %j', (args, message) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(message);
  });

  it('is described in the help, option by option', () => {
    const help = readFileSync(new URL('../../../launcher/help.txt', import.meta.url), 'utf8');
    const described = [...help.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
    expect(described.sort()).toEqual([...optionNames].sort());
  });
});
