import type { DetectionEvent, Person } from '@riskwatch/detector';

const jpeg = Buffer.from('/9j/2Q==', 'base64');

/** A frame of one camera in which everyone is alone. */
export function eventOf(cameraId: string, people: readonly Person[] = [], sequence = 1): DetectionEvent {
  const [width, height] = [64, 48];
  return {
    cameraId,
    frame: { width, height, data: new Uint8Array(width * height * 3), sequence, timestamp: sequence * 2_000 },
    people,
    groups: people.map((person) => ({
      box: person.box,
      people: [person],
      image: { mediaType: 'image/jpeg', data: jpeg, width: 8, height: 8, region: person.box },
    })),
    model: { name: 'yolov8n', version: '8.0.0' },
    inferenceMs: 100,
  };
}

export const somebody: Person = {
  box: { x: 10.123456, y: 5.987654, width: 7.777777, height: 30.333333 },
  confidence: 0.876543,
};
