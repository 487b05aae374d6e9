import { z } from 'zod';
import { levels, type AlertView, type Box, type FrameView, type StartView } from '../live/live-state.js';
import type { CameraReport } from '../live/camera-view.js';
import type { PoolReport } from '../live/keys-view.js';
import type { SchedulerFacts } from '../live/stations.js';

/** What the other roles answer, as far as the dashboard reads it. Anything more is ignored. */
const time = z.string().transform((text, context) => {
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  context.addIssue({ code: 'custom', message: 'not a time' });
  return z.NEVER;
});
const optionalTime = time.nullish().transform((at) => at ?? null);
const optionalText = z
  .string()
  .nullish()
  .transform((text) => text ?? null);
const box: z.ZodType<Box> = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });

const frame = z
  .object({
    sequence: z.number(),
    timestamp: time,
    width: z.number().positive(),
    height: z.number().positive(),
    people: z.array(z.object({ box })),
    groups: z.array(z.object({ box, peopleCount: z.number() })),
  })
  .transform(({ timestamp, people, ...rest }): FrameView => ({
    ...rest,
    at: timestamp,
    people: people.map((person) => person.box),
  }));

export const camerasAnswer = z
  .object({
    cameras: z.array(
      z
        .object({
          id: z.string(),
          name: z.string().nullish(),
          state: z.enum(['live', 'stale', 'offline']),
          since: optionalTime,
          reason: optionalText,
          sampleSeconds: z.number(),
          framesPerSecond: z.number(),
          last: frame.nullish(),
        })
        .transform(({ last, name, ...camera }): CameraReport => ({
          ...camera,
          name: name ?? camera.id,
          frame: last ?? null,
        })),
    ),
  })
  .transform(({ cameras }) => cameras);

export const statusAnswer = z
  .object({
    waiting: z.number(),
    inFlight: z.number(),
    oldestWaitMs: z.number().nullish(),
    maxWaiting: z.number(),
    provider: z.object({
      state: z.enum(['ok', 'failing']),
      since: optionalTime,
      code: z.union([z.string(), z.number()]).nullish(),
      nextTryAt: optionalTime,
    }),
  })
  .transform(({ provider, oldestWaitMs, ...status }): SchedulerFacts => ({
    ...status,
    oldestWaitMs: oldestWaitMs ?? 0,
    provider:
      provider.state === 'ok'
        ? { state: 'ok' }
        : {
            state: 'failing',
            since: provider.since,
            answer: String(provider.code ?? ''),
            nextTryAt: provider.nextTryAt,
          },
  }));

export const keysAnswer: z.ZodType<PoolReport> = z.object({
  strategy: optionalText,
  quotaGroups: z.array(
    z.object({
      id: z.string(),
      state: z.enum(['ready', 'cooling', 'exhausted']),
      since: optionalTime,
      until: optionalTime,
      reason: optionalText,
      limits: z.array(
        z.object({
          dimension: z.string(),
          perSeconds: z.number().optional(),
          limit: z.number(),
          remaining: z.number(),
        }),
      ),
    }),
  ),
  keys: z.array(
    z.object({
      id: z.string(),
      quotaGroup: z.string(),
      state: z.enum(['available', 'quarantined', 'disabled', 'draining', 'cooling', 'exhausted']),
      reason: optionalText,
      since: optionalTime,
      until: optionalTime,
      inFlight: z.number(),
      calls: z.number(),
    }),
  ),
});

export const alertAnswer = z
  .object({
    taskId: z.string(),
    cameraId: z.string(),
    riskLevel: z.enum(levels),
    description: z.string(),
    hazards: z.array(z.string()),
    confidence: z.number().nullish(),
    capturedAt: time,
    raisedAt: time,
    rule: z.string(),
    evidence: optionalText,
    peopleCount: z.number().nullish(),
    acknowledged: z.object({ at: time, by: z.string() }).nullish(),
  })
  .transform(({ riskLevel, confidence, peopleCount, acknowledged, ...alert }): AlertView => ({
    ...alert,
    level: riskLevel,
    confidence: confidence ?? null,
    peopleCount: peopleCount ?? null,
    acknowledged: acknowledged ?? null,
  }));

export const alertsAnswer = z.object({ alerts: z.array(alertAnswer) }).transform(({ alerts }) => alerts);

const words = z
  .union([
    z.string().transform((text) => ({ en: text, zh: text })),
    z.object({ en: z.string(), zh: z.string() }),
  ])
  .nullish()
  .transform((text) => text ?? null);

/** The launcher's `start-steps.json`. */
export const startSteps: z.ZodType<StartView> = z.object({
  startedAt: time,
  steps: z.array(
    z.object({
      id: z.string(),
      title: z.object({ en: z.string(), zh: z.string() }),
      state: z.enum(['waiting', 'running', 'done', 'failed']),
      detail: words,
      startedAt: optionalTime,
      finishedAt: optionalTime,
    }),
  ),
});
