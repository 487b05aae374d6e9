import { parseBody } from '../outcome/classify.js';
import type { ProviderProfile } from '../providers/provider-profile.js';
import { dataOf, failureIn, isEventStream, type Failure } from './answer-watch.js';
import { peek } from './peek.js';

/** What to look for at the beginning of a success that may be none. */
export interface EarlyLook {
  /** Whether this much of it tells. */
  enough(text: string): boolean;
  /** What it tells; `isWhole` says that there is no more than this. */
  failure(text: string, isWhole: boolean): Failure | undefined;
}

/** No more of an answer than this is held back, in bytes. */
export const mostHeldBack = 64 * 1024;

/** The first event of a stream that carries data; comments and names of events do not count. */
const firstData = /^data:[^\r\n]*/m;
const wholeFirstData = /^data:[^\r\n]*[\r\n]/m;

/** How to look at a success with this content type, if it can begin with the news that it is none. */
export function earlyLook(provider: ProviderProfile, contentType: string): EarlyLook | undefined {
  if (provider.failureStatus === undefined) return undefined;
  if (isEventStream(contentType)) {
    return {
      enough: (text) => wholeFirstData.test(text),
      failure: (text) => {
        const [line] = firstData.exec(text) ?? [];
        return line?.includes('"error"') ? failureIn(dataOf(line), provider) : undefined;
      },
    };
  }
  if (!provider.failsInsideBodies || !contentType.includes('json')) return undefined;
  return {
    enough: () => false,
    failure: (text, isWhole) =>
      isWhole && text.includes('"error"') ? failureIn(parseBody(text), provider) : undefined,
  };
}

/** An answer whose beginning has been looked at. */
export interface Examined {
  readonly response: Response;
  readonly failure?: Failure | undefined;
}

/**
 * Looks whether a success begins with the news that it is none, while nothing of it has been handed over and
 * the call can still be made elsewhere. What cannot fail like that is not touched.
 */
export async function examine(response: Response, provider: ProviderProfile): Promise<Examined> {
  if (!response.ok || response.body === null) return { response };
  const look = earlyLook(provider, response.headers.get('content-type') ?? '');
  if (look === undefined) return { response };
  const { text, isWhole, response: whole } = await peek(response, mostHeldBack, look.enough);
  return { response: whole, failure: look.failure(text, isWhole) };
}
