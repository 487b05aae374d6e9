import { riskAssessmentSchema } from '@riskwatch/kafka-adapter/messages';
import { z } from 'zod';
import type { LiveResult } from '../live/live-model.js';
import { liveResultOf } from './live-result.js';
import type { PeerClient } from './peer-client.js';

const PAGE = 500;
/** Enough for 15 minutes of 40 results a second. */
const MAX_RESULTS = 36_000;

const page = z.object({ riskAssessments: z.array(z.unknown()), nextCursor: z.string().nullish() });

/** The results since `since`, newest first, page by page. */
export async function* readHistory(
  client: PeerClient,
  since: number,
  signal: AbortSignal,
): AsyncGenerator<LiveResult[]> {
  let cursor: string | null = null;
  for (let read = 0; read < MAX_RESULTS;) {
    const query = new URLSearchParams({ since: new Date(since).toISOString(), limit: String(PAGE) });
    if (cursor !== null) query.set('cursor', cursor);
    const answer: z.output<typeof page> = await client.json(`/v1/risk-assessments?${query}`, page, signal);
    const results = answer.riskAssessments.flatMap((raw) => {
      const parsed = riskAssessmentSchema.safeParse(raw);
      // Storage keeps no broker timestamp; the scheduler's own is a few milliseconds earlier.
      return parsed.success ? [liveResultOf(parsed.data, Date.parse(parsed.data.timestamp))] : [];
    });
    yield results;
    read += answer.riskAssessments.length;
    cursor = answer.nextCursor ?? null;
    if (cursor === null || answer.riskAssessments.length === 0) return;
  }
}
