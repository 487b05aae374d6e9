import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Pipeline } from '@riskwatch/detector';
import type { CameraState } from './camera-board.js';

export interface MetricSources {
  readonly cameraIds: readonly string[];
  readonly counts: Pipeline['counts'];
  readonly states: () => Record<CameraState, number>;
  readonly waiting: () => number;
}

/** What the camera role counts; docs/operations.md explains each. Frames: sampled = inferred + dropped + in hand. */
export function createCameraMetrics(
  registry: Registry,
  { cameraIds, counts, states, waiting }: MetricSources,
) {
  const registers = [registry];
  new Counter({
    name: 'riskwatch_frames_sampled_total',
    help: 'Frames that the sources gave',
    labelNames: ['camera'],
    registers,
    collect() {
      this.reset();
      for (const camera of cameraIds) this.inc({ camera }, counts(camera)?.sampled ?? 0);
    },
  });
  new Counter({
    name: 'riskwatch_frames_inferred_total',
    help: 'Frames that the model looked at',
    labelNames: ['camera'],
    registers,
    collect() {
      this.reset();
      for (const camera of cameraIds) this.inc({ camera }, counts(camera)?.inferred ?? 0);
    },
  });
  new Counter({
    name: 'riskwatch_frames_dropped_total',
    help: 'Frames left out: overtaken by a newer one, still (motion gate) or failed',
    labelNames: ['camera', 'reason'],
    registers,
    collect() {
      this.reset();
      for (const camera of cameraIds) {
        const { overtaken = 0, still = 0, failed = 0 } = counts(camera) ?? {};
        for (const [reason, count] of Object.entries({ overtaken, still, failed })) {
          this.inc({ camera, reason }, count);
        }
      }
    },
  });
  new Gauge({
    name: 'riskwatch_cameras',
    help: 'Cameras by state',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(states())) this.set({ state }, count);
    },
  });
  new Gauge({
    name: 'riskwatch_detections_waiting',
    help: 'Detections that the broker has not stored yet',
    registers,
    collect() {
      this.set(waiting());
    },
  });
  return {
    produced: new Counter({
      name: 'riskwatch_detections_produced_total',
      help: 'Detections that the broker has stored',
      labelNames: ['camera'],
      registers,
    }),
    refused: new Counter({
      name: 'riskwatch_detections_refused_total',
      help: 'Detections that the broker will never take; each is logged',
      labelNames: ['code'],
      registers,
    }),
    problems: new Counter({
      name: 'riskwatch_source_problems_total',
      help: 'Pictures that could not be used and sources that failed',
      labelNames: ['camera', 'code'],
      registers,
    }),
    inference: new Histogram({
      name: 'riskwatch_inference_seconds',
      help: 'One run of the model, without waiting for its turn',
      buckets: [0.02, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2],
      registers,
    }),
    detectionDelay: new Histogram({
      name: 'riskwatch_detection_delay_seconds',
      help: 'From a frame being due to its detections being ready to send',
      buckets: [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1, 1.5, 2, 5],
      registers,
    }),
  };
}
export type CameraMetrics = ReturnType<typeof createCameraMetrics>;
