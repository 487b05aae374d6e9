import { Counter, Gauge, type Registry } from 'prom-client';

/** What the storage role counts; docs/operations.md explains each. */
export function createStorageMetrics(
  registry: Registry,
  { freeEvidenceBytes }: { freeEvidenceBytes: () => Promise<number> },
) {
  const registers = [registry];
  new Gauge({
    name: 'riskwatch_evidence_disk_free_bytes',
    help: 'Free bytes on the disk of the evidence',
    registers,
    async collect() {
      // A disk that does not answer must not take the other metrics with it.
      this.set(await freeEvidenceBytes().catch(() => NaN));
    },
  });
  return {
    stored: new Counter({
      name: 'riskwatch_results_stored_total',
      help: 'Verdicts stored, the first record of each task',
      labelNames: ['status'],
      registers,
    }),
    repeats: new Counter({
      name: 'riskwatch_repeats_total',
      help: 'Later records of a task that has its verdict; ignored',
      registers,
    }),
    redelivered: new Counter({
      name: 'riskwatch_results_redelivered_total',
      help: 'Records delivered again after they were stored, as after a crash; ignored',
      registers,
    }),
    batchSize: new Gauge({
      name: 'riskwatch_results_last_batch_size',
      help: 'Results in the latest database transaction',
      registers,
    }),
    evidence: new Counter({
      name: 'riskwatch_evidence_total',
      help: 'Pictures of detections, by what became of them',
      labelNames: ['outcome'],
      registers,
    }),
    evidenceBytes: new Counter({
      name: 'riskwatch_evidence_written_bytes_total',
      help: 'Bytes of pictures written',
      registers,
    }),
    evidenceExpired: new Counter({
      name: 'riskwatch_evidence_expired_hours_total',
      help: 'Hour folders of pictures removed after their time',
      registers,
    }),
  };
}
export type StorageMetrics = ReturnType<typeof createStorageMetrics>;
