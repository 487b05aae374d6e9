import type { AssessmentTask } from '@riskwatch/kafka-adapter/messages';
import { KeyPoolError } from '@riskwatch/keypool';
import type { ImageStore } from '../image/image-store.js';
import { takePicture, type Picture } from '../image/picture.js';
import type { Journal } from '../tasks/journal.js';
import type { AnswerContract, ReadAnswer, Verdict } from './answer.js';
import type { ModelCall, Question } from './model-call.js';
import { ModelError } from './model-error.js';
import { question, secondQuestion, type ChatMessage } from './prompt.js';
import type { ProviderAnswer } from './provider-answer.js';

export interface JudgeOptions {
  readonly call: Pick<ModelCall, 'ask'>;
  readonly contract: AnswerContract;
  /** The policy's system message. */
  readonly system: string;
  readonly store: ImageStore;
  readonly now: () => number;
}

/** The model that judged, where neither its answer nor the keys file names one. */
const UNNAMED = 'unknown';
/** Tokens of an answer, for the reservation; what it really took is settled afterwards. */
const OUTPUT_TOKENS = 150;
const CHARACTERS_PER_TOKEN = 4;

/** Has one task judged: picture, question, answer; one more question where the answer does not fit. */
export class Judge {
  readonly #options: JudgeOptions;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /**
   * @param signal ends it without a result
   * @throws {ImageRejectedError} {@link ModelError} KeyPoolError
   */
  async judge(
    task: AssessmentTask,
    journal: Journal,
    signal: AbortSignal,
  ): Promise<{ verdict: Verdict; model: string }> {
    const picture = await takePicture(task.image, this.#options.store, signal);
    journal.evidence = { sha256: picture.sha256, mediaType: picture.mediaType };
    const first = question(this.#options.system, task, picture);
    const answer = await this.#ask(task, picture, first, journal, signal);
    const read = this.#read(answer);
    if ('verdict' in read) return named(read.verdict, answer, journal);

    const second = await this.#askAgain(task, picture, first, answer, read.problem, journal, signal);
    const reread = this.#read(second);
    if ('verdict' in reread) return named(reread.verdict, second, journal);
    throw new ModelError('invalid_output', `the model's answer does not fit: ${reread.problem}`);
  }

  #ask(
    task: AssessmentTask,
    picture: Picture,
    messages: readonly ChatMessage[],
    journal: Journal,
    signal: AbortSignal,
  ): Promise<ProviderAnswer> {
    return this.#options.call.ask(
      {
        messages,
        priority: task.priority,
        fairnessKey: task.cameraId,
        deadlineMs: Math.max(0, Date.parse(task.deadline) - this.#options.now()),
        tokens: tokensOf(messages, picture),
        signal,
      },
      journal,
    );
  }

  async #askAgain(
    task: AssessmentTask,
    picture: Picture,
    first: readonly ChatMessage[],
    answer: ProviderAnswer,
    problem: string,
    journal: Journal,
    signal: AbortSignal,
  ): Promise<ProviderAnswer> {
    try {
      const again = secondQuestion(first, answer.content, problem);
      return await this.#ask(task, picture, again, journal, signal);
    } catch (error) {
      // The model had its say: what ends the task is that nobody can use it.
      if (!KeyPoolError.is(error) || signal.aborted) throw error;
      throw new ModelError('invalid_output', `the model's answer does not fit: ${problem}`);
    }
  }

  #read(answer: ProviderAnswer): ReadAnswer {
    if (answer.refused) throw new ModelError('refused', 'the model declined to judge the picture');
    if (answer.cutOff) return { problem: 'it was too long and was cut off' };
    return this.#options.contract.read(answer.content);
  }
}

const named = (verdict: Verdict, answer: ProviderAnswer, journal: Journal) => ({
  verdict,
  model: answer.model ?? journal.model ?? UNNAMED,
});

/** A rough guess, by the size of the text and the tile rule for pictures. */
function tokensOf(messages: readonly ChatMessage[], picture: Picture): Question['tokens'] {
  const characters = messages.reduce(
    (sum, { content }) => sum + (typeof content === 'string' ? content.length : 200),
    0,
  );
  const tiles = Math.ceil(picture.width / 512) * Math.ceil(picture.height / 512);
  return { input: Math.ceil(characters / CHARACTERS_PER_TOKEN) + 85 + 170 * tiles, output: OUTPUT_TOKENS };
}
