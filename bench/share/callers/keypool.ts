import { KeyPool, createPooledFetch } from '@riskwatch/keypool';
import { AnswerError, requestBody, type CreateCaller } from './caller.js';

/** The pool under its own fetch. */
export const keypool: CreateCaller = (row, origin) => {
  const { keys, quotaGroups, limits } = row;
  const pool = new KeyPool({ baseUrl: `${origin}/v1`, keys, quotaGroups, limits });
  const pooledFetch = createPooledFetch(pool);
  return async (signal) => {
    const answer = await pooledFetch(`${origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: requestBody,
      signal,
    });
    const body = (await answer.json()) as { id: string };
    if (!answer.ok) throw new AnswerError(answer);
    return body;
  };
};
