import open from 'open';

/** Whether somebody sits in front of this machine: on Linux a display is needed, and nobody watches a CI run. */
export function hasDisplay(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  if (env['CI']) return false;
  if (platform === 'linux') return Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']);
  return !env['SSH_CONNECTION'];
}

/** Opens a page in the user's browser. That it does not open is no reason to stop: the address is printed too. */
export async function openBrowser(url: string): Promise<void> {
  try {
    const child = await open(url);
    child.on('error', () => {});
    child.unref();
  } catch {
    // No browser here.
  }
}
