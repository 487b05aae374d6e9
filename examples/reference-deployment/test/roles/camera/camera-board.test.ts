import { DetectorError } from '@riskwatch/detector';
import { beforeEach, expect, test } from 'vitest';
import { CameraBoard } from '../../../roles/camera/camera-board.js';
import { detectionMessage } from '../../../roles/camera/detection-message.js';
import { eventOf, somebody } from './events.js';

let now: number;
let board: CameraBoard;
const problem = new DetectorError('source_failed', 'gate.mp4: no such file');
const gate = () => board.view()[0]!;

beforeEach(() => {
  now = 0;
  board = new CameraBoard([{ id: 'gate', name: 'Main gate' }, { id: 'yard' }], 2, () => now);
});

test('before its first frame a camera is stale and says why', () => {
  expect(board.view()).toMatchObject([
    { id: 'gate', name: 'Main gate', state: 'stale', reason: 'waits for its first frame', sampleSeconds: 2 },
    { id: 'yard', name: 'yard' },
  ]);
  expect(gate()).not.toHaveProperty('last');
});

test('frames make it live, their absence stale, a failing source offline', () => {
  board.frame('gate');
  expect(gate()).toMatchObject({ state: 'live', since: '1970-01-01T00:00:00.000Z' });
  expect(gate()).not.toHaveProperty('reason');
  now = 10_001;
  expect(gate()).toMatchObject({
    state: 'stale',
    since: '1970-01-01T00:00:10.001Z',
    reason: 'no frame for 10 s',
  });
  board.problem('gate', problem);
  now = 11_000;
  expect(gate()).toMatchObject({ state: 'offline', reason: problem.message });
  board.frame('gate');
  expect(gate()).toMatchObject({ state: 'live', since: '1970-01-01T00:00:11.000Z' });
  expect(board.states()).toEqual({ live: 1, stale: 1, offline: 0 });
});

test('one picture that cannot be used does not take a camera off the wall', () => {
  board.frame('gate');
  board.problem('gate', new DetectorError('image_invalid', 'cut.jpg'));
  now = 5_000;
  expect(gate().state).toBe('live');
});

test('a source that fails before its first frame is offline at once', () => {
  board.problem('gate', problem);
  expect(gate()).toMatchObject({ state: 'offline', reason: problem.message });
});

test('shows what the last frame held, and the rate of the last 20 s', () => {
  for (now = 1_000; now <= 41_000; now += 2_000) board.event(eventOf('gate', [], now), []);
  now = 41_000;
  const event = eventOf('gate', [somebody], 9);
  const detection = detectionMessage('018f5c1e-0000-7000-8000-000000000000', event, event.groups[0]!);
  board.event(event, [detection]);
  expect(gate().framesPerSecond).toBeCloseTo(0.6);
  expect(gate().last).toEqual({
    sequence: 9,
    timestamp: '1970-01-01T00:00:18.000Z',
    width: 64,
    height: 48,
    people: [{ box: { x: 10.2, y: 6, width: 7.7, height: 30.3 }, confidence: 0.8765 }],
    groups: [{ detectionId: detection.detectionId, box: detection.group.box, peopleCount: 1 }],
  });
});
