import { showStep } from './progress.mjs';
import { CommandFailed } from './run-logged.mjs';

/**
 * Runs one step with its progress shown; where it fails, prints the end of its log and where the rest is.
 * @param {string} title
 * @param {(onProgress: (text: string) => void) => Promise<void>} run
 * @returns {Promise<boolean>} whether it worked.
 */
export async function runStep(title, run) {
  const shown = showStep(title);
  try {
    await run(shown.note);
    shown.done();
    return true;
  } catch (error) {
    shown.failed(error instanceof Error ? error.message : String(error));
    if (error instanceof CommandFailed) {
      console.error(`${error.tail.join('\n')}\nThe whole log: ${error.logFile}`);
    }
    return false;
  }
}
