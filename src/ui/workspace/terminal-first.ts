// The order of loading: the terminal is fetched together with the engine and stands first; what surrounds it comes when the
// terminal has been drawn. Nothing shifts, because everything has its place already.

import { settings } from '../state/settings.svelte.ts';

let code: Promise<typeof import('../terminal/Terminal.svelte')> | undefined;

/** The terminal's code, on its way from the moment a world is opened. */
export function terminalCode(): Promise<typeof import('../terminal/Terminal.svelte')> {
  return (code ??= import('../terminal/Terminal.svelte'));
}

let drawn: Promise<unknown> | undefined;

const patienceMs = 3000;
const pause = (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms));

/** The prompt can be read, or the terminal is not what this screen shows. */
function isDrawn(): boolean {
  const terminal = document.querySelector<HTMLElement>('[data-terminal]');
  if (!terminal) return false;
  return terminal.offsetParent === null || terminal.querySelector('.xterm-rows')?.textContent.trim() !== '';
}

/** Hidden tabs have no frames; a pause stands in for them. */
async function terminalDrawn(): Promise<void> {
  await terminalCode().catch(() => undefined);
  const limit = performance.now() + patienceMs;
  while (!isDrawn() && performance.now() < limit) {
    await Promise.race([new Promise((resolve) => requestAnimationFrame(resolve)), pause(50)]);
  }
}

/** Loads a part of the world's page after the terminal had its frames. */
export async function soon<T>(load: () => Promise<T>): Promise<T> {
  await (drawn ??= terminalDrawn());
  const [part] = await Promise.all([load(), settings.learnPage()]);
  return part;
}
