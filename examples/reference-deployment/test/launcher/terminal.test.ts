import { describe, expect, it } from 'vitest';
import { Terminal } from '../../launcher/terminal.js';

function recording(isTTY: boolean, columns = 30) {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string) => written.push(text) };
}

describe('the live line', () => {
  it('is redrawn in place and stays below what is printed', () => {
    const out = recording(true);
    const terminal = new Terminal(out);
    terminal.live('one');
    terminal.line('storage is back');
    terminal.live('');
    expect(out.written).toEqual(['\r\u001B[2Kone', '\r\u001B[2Kstorage is back\none', '\r\u001B[2K']);
  });

  it('never wraps', () => {
    const out = recording(true, 24);
    new Terminal(out).live('x'.repeat(100));
    expect(out.written).toEqual([`\r\u001B[2K${'x'.repeat(23)}`]);
  });

  it('is a plain line every five seconds without a terminal', () => {
    const out = recording(false);
    let now = 0;
    const terminal = new Terminal(out, () => now);
    for (now = 0; now <= 10_000; now += 1_000) terminal.live(`at ${now}`);
    expect(out.written).toEqual(['at 0\n', 'at 5000\n', 'at 10000\n']);
  });
});
