import type { Box, DetectedGroup, DetectionEvent, Person } from '@riskwatch/detector';
import { schemaVersion, timestampOf, type Detection } from '@riskwatch/kafka-adapter/messages';

/** The message for one group of a frame. */
export function detectionMessage(
  detectionId: string,
  { cameraId, frame, model }: DetectionEvent,
  { box, people, image }: DetectedGroup,
): Detection {
  return {
    schemaVersion,
    detectionId,
    cameraId,
    timestamp: timestampOf(frame.timestamp),
    frame: { width: frame.width, height: frame.height, sequence: frame.sequence },
    group: {
      box: shortBox(box),
      peopleCount: people.length,
      people: people.map(shortPerson),
    },
    image: { mediaType: image.mediaType, base64: image.data.toString('base64') },
    detector: { model: model.name, version: model.version },
  };
}

/** A person in few digits. */
export const shortPerson = ({ box, confidence }: Person): Detection['group']['people'][number] => ({
  box: shortBox(box),
  confidence: Math.round(confidence * 10_000) / 10_000,
});

/** Tenths of a pixel are more than any model knows; no edge moves outwards. */
export function shortBox({ x, y, width, height }: Box): Detection['group']['box'] {
  const left = Math.ceil(x * 10) / 10;
  const top = Math.ceil(y * 10) / 10;
  return {
    x: left,
    y: top,
    width: Math.floor((x + width - left) * 10) / 10,
    height: Math.floor((y + height - top) * 10) / 10,
  };
}
