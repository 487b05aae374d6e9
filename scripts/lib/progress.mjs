const QUIET_SECONDS = 15;

/** Steps that are under way, in the order of their beginning; a terminal shows them in one line. @type {Set<Step>} */
const running = new Set();
/** @type {NodeJS.Timeout | undefined} */
let redraw;

/** @typedef {{ sentence: () => string }} Step */

/** @param {NodeJS.WriteStream} out */
function drawAll(out) {
  const line = [...running].map(({ sentence }) => sentence()).join(' · ');
  out.write(`\r\u001B[2K${line.slice(0, Math.max(20, (out.columns ?? 80) - 1))}`);
}

/**
 * Shows what a step is doing: in a single live line on a terminal, in plain lines (and a sign of life every 15 s)
 * elsewhere.
 * @param {string} title
 * @param {NodeJS.WriteStream} [out]
 */
export function showStep(title, out = process.stdout) {
  const startedAt = Date.now();
  const live = out.isTTY === true;
  let detail = '';
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const step = { sentence: () => `${title} … ${seconds()} s${detail ? `  ${detail}` : ''}` };
  running.add(step);
  /** @type {NodeJS.Timeout | undefined} */
  let sign;
  if (live) {
    redraw ??= setInterval(() => drawAll(out), 200).unref();
    drawAll(out);
  } else {
    out.write(`${title} …\n`);
    sign = setInterval(() => out.write(`${step.sentence()}\n`), QUIET_SECONDS * 1000).unref();
  }
  /** @param {string} text */
  const end = (text) => {
    running.delete(step);
    clearInterval(sign);
    if (running.size === 0) {
      clearInterval(redraw);
      redraw = undefined;
    }
    out.write(`${live ? '\r\u001B[2K' : ''}${text}\n`);
    if (live && running.size > 0) drawAll(out);
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
