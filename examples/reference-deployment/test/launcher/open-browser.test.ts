import { expect, it } from 'vitest';
import { hasDisplay } from '../../launcher/open-browser.js';

it.each([
  [{ DISPLAY: ':0' }, 'linux', true],
  [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true],
  [{}, 'linux', false],
  [{ DISPLAY: ':0', CI: 'true' }, 'linux', false],
  [{}, 'darwin', true],
  [{ SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' }, 'darwin', false],
  [{}, 'win32', true],
] as const)('with %j on %s there is a display: %s', (env, platform, expected) => {
  expect(hasDisplay(env, platform)).toBe(expected);
});
