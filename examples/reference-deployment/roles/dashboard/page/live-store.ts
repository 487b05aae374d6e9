import {
  MAX_ALERTS,
  type AlertView,
  type CameraView,
  type LiveMessage,
  type Sections,
} from '../live/live-state.js';

/** The page's copy of the live state: `message` taken into `state`. Without a full one first, nothing is known. */
export function take(state: Sections | null, message: LiveMessage): Sections | null {
  const { serverTime: _time, full, changedCameras, changedAlerts, ...sections } = message;
  if (full) return sections as Sections;
  if (!state) return null;
  return {
    ...state,
    ...sections,
    cameras: changedCameras ? withCameras(state.cameras, changedCameras) : state.cameras,
    alerts: changedAlerts ? withAlerts(state.alerts ?? [], changedAlerts) : state.alerts,
  };
}

function withCameras(cameras: readonly CameraView[], changed: readonly CameraView[]): CameraView[] {
  const byId = new Map([...cameras, ...changed].map((camera) => [camera.id, camera]));
  return [...byId.values()].sort((a, b) => a.number - b.number);
}

function withAlerts(alerts: readonly AlertView[], changed: readonly AlertView[]): AlertView[] {
  const byTask = new Map([...alerts, ...changed].map((alert) => [alert.taskId, alert]));
  return [...byTask.values()].sort((a, b) => b.raisedAt - a.raisedAt).slice(0, MAX_ALERTS);
}
