import { isInlineImage, type Detection } from '@riskwatch/kafka-adapter/messages';
import type { EvidenceStore } from './evidence-store.js';
import type { StorageMetrics } from './storage-metrics.js';

/** What became of a detection's picture; a reference is kept by whoever it refers to. */
export type EvidenceOutcome = 'written' | 'known' | 'reference' | 'not_jpeg';

/**
 * Keeps the picture of a detection.
 * @throws {EvidenceWriteError} where the disk refuses; the detection has to come again.
 */
export async function takeEvidence(
  store: Pick<EvidenceStore, 'keep'>,
  metrics: Pick<StorageMetrics, 'evidence' | 'evidenceBytes'>,
  detection: Detection,
): Promise<EvidenceOutcome> {
  const outcome = await keepPicture();
  metrics.evidence.inc({ outcome });
  return outcome;

  async function keepPicture(): Promise<EvidenceOutcome> {
    if (!isInlineImage(detection.image)) return 'reference';
    const bytes = Buffer.from(detection.image.base64, 'base64');
    if (!isJpeg(bytes)) return 'not_jpeg';
    const { written } = await store.keep(bytes);
    if (!written) return 'known';
    metrics.evidenceBytes.inc(bytes.byteLength);
    return 'written';
  }
}

const isJpeg = (bytes: Buffer): boolean =>
  bytes.length > 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
