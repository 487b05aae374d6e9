const QUIET_SECONDS = 15;

/**
 * Shows one step at a time: a single live line on a terminal, plain lines (and a sign of life every 15 s) elsewhere.
 * @param {string} title
 * @param {NodeJS.WriteStream} [out]
 */
export function showStep(title, out = process.stdout) {
  const startedAt = Date.now();
  const live = out.isTTY === true;
  let detail = '';
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const sentence = () => `${title} … ${seconds()} s${detail ? `  ${detail}` : ''}`;
  const draw = () => {
    if (live) out.write(`\r\u001B[2K${sentence().slice(0, Math.max(20, (out.columns ?? 80) - 1))}`);
    else out.write(`${sentence()}\n`);
  };
  if (live) draw();
  else out.write(`${title} …\n`);
  const timer = setInterval(draw, live ? 200 : QUIET_SECONDS * 1000);
  timer.unref();
  /** @param {string} text */
  const end = (text) => {
    clearInterval(timer);
    out.write(`${live ? '\r\u001B[2K' : ''}${text}\n`);
  };
  return {
    /** What the step is doing at this moment. @param {string} text */
    note(text) {
      detail = text;
    },
    /** @param {string} [text] */
    done: (text = 'done') => end(`✔ ${title}: ${text} (${seconds()} s)`),
    /** @param {string} text */
    failed: (text) => end(`✖ ${title}: ${text} (${seconds()} s)`),
  };
}
