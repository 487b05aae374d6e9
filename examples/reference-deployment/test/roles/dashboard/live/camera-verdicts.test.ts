import { describe, expect, it } from 'vitest';
import { CameraVerdicts } from '../../../../roles/dashboard/live/camera-verdicts.js';
import type { Level } from '../../../../roles/dashboard/live/live-state.js';

const T0 = 1_800_000_000_000;

function script() {
  const verdicts = new CameraVerdicts();
  return {
    verdicts,
    seen: (detectionId: string, capturedAt: number) =>
      verdicts.seen({ cameraId: 'cam', detectionId, capturedAt }),
    judged: (detectionId: string, capturedAt: number, level?: Level) =>
      verdicts.judged({
        cameraId: 'cam',
        detectionId,
        capturedAt,
        publishedAt: capturedAt + 1_200,
        ...(level ? { level, description: `${detectionId} is ${level}` } : {}),
      }),
    level: () => verdicts.of('cam')?.level,
  };
}

describe('CameraVerdicts', () => {
  it('knows nothing of a camera that was never judged', () => {
    expect(script().verdicts.of('cam')).toBeNull();
  });

  it('is the worst among the groups of the newest judged frame, with that group’s words', () => {
    const { seen, judged, verdicts } = script();
    for (const id of ['a', 'b', 'c']) seen(id, T0);
    judged('a', T0, 'none');
    judged('b', T0, 'high');
    judged('c', T0, 'low');
    expect(verdicts.of('cam')).toEqual({
      level: 'high',
      says: 'b is high',
      publishedAt: T0 + 1_200,
      capturedAt: T0,
    });
  });

  it('does not sink before every group of the newer frame is answered', () => {
    const { seen, judged, level } = script();
    seen('a', T0);
    judged('a', T0, 'high');
    seen('b', T0 + 2_000);
    seen('c', T0 + 2_000);
    judged('b', T0 + 2_000, 'none');
    expect(level()).toBe('high');
    judged('c', T0 + 2_000, 'low');
    expect(level()).toBe('low');
  });

  it('rises with the first answer of a newer frame', () => {
    const { seen, judged, level } = script();
    seen('a', T0);
    judged('a', T0, 'none');
    seen('b', T0 + 2_000);
    seen('c', T0 + 2_000);
    judged('c', T0 + 2_000, 'critical');
    expect(level()).toBe('critical');
  });

  it('takes an answer of which the detection was missed for a whole frame', () => {
    const { judged, level } = script();
    judged('a', T0, 'high');
    judged('b', T0 + 2_000, 'none');
    expect(level()).toBe('none');
  });

  it('learns nothing from failed assessments', () => {
    const { seen, judged, level } = script();
    seen('a', T0);
    judged('a', T0, 'medium');
    seen('b', T0 + 2_000);
    judged('b', T0 + 2_000);
    expect(level()).toBe('medium');
  });

  it('is not moved by results that come late and out of order', () => {
    const { seen, judged, level } = script();
    seen('a', T0);
    seen('b', T0 + 2_000);
    judged('b', T0 + 2_000, 'none');
    judged('a', T0, 'critical');
    expect(level()).toBe('none');
  });

  it('lets go of an old level although the newer frames are never answered in full', () => {
    const { seen, judged, level } = script();
    seen('a', T0);
    judged('a', T0, 'high');
    seen('b', T0 + 12_000);
    seen('lost', T0 + 12_000);
    judged('b', T0 + 12_000, 'low');
    expect(level()).toBe('low');
  });
});
