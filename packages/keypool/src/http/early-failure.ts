import { parseBody } from '../outcome/classify.js';
import type { ProviderProfile } from '../providers/provider-profile.js';
import { dataOf, failureIn, isEventStream, type Told } from './answer-watch.js';
import { peek } from './peek.js';

/** The first event of a stream that carries data; comments and names of events do not count. */
const firstData = /^data:.*$/m;
const wholeFirstData = /^data:.*\n/m;

/** An answer whose beginning has been looked at. */
export interface Examined {
  readonly response: Response;
  readonly failure?: Told['failure'];
}

/**
 * Looks whether a success begins with the news that it is none, while nothing of it has been handed over and
 * the call can still be made elsewhere. What cannot fail like that is not touched.
 */
export async function examine(response: Response, provider: ProviderProfile): Promise<Examined> {
  if (provider.failureStatus === undefined || !response.ok || response.body === null) return { response };
  if (isEventStream(response)) {
    const peeked = await peek(response, (text) => wholeFirstData.test(text));
    const [line] = firstData.exec(peeked.text) ?? [];
    if (line === undefined || !line.includes('"error"')) return { response: peeked.response };
    return { response: peeked.response, failure: failureIn(dataOf(line), provider) };
  }
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  if (!provider.failsInsideBodies || !isJson) return { response };
  const { text, isWhole, response: whole } = await peek(response, () => false);
  if (!isWhole || !text.includes('"error"')) return { response: whole };
  return { response: whole, failure: failureIn(parseBody(text), provider) };
}
