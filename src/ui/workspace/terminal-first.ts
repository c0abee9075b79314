// The order of loading: the terminal is fetched together with the engine and stands first; what surrounds it comes when the
// terminal has been drawn. Nothing shifts, because everything has its place already.

import { settings } from '../state/settings.svelte.ts';

let code: Promise<typeof import('../terminal/Terminal.svelte')> | undefined;

/** The terminal's code, on its way from the moment a world is opened. */
export function terminalCode(): Promise<typeof import('../terminal/Terminal.svelte')> {
  return (code ??= import('../terminal/Terminal.svelte'));
}

let drawn: Promise<unknown> | undefined;

/** Some frames after the terminal can stand; hidden tabs have no frames and do not wait for them. */
async function terminalDrawn(): Promise<void> {
  await terminalCode().catch(() => undefined);
  const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
  const frames = frame().then(frame).then(frame).then(frame);
  await Promise.race([frames, new Promise((resolve) => setTimeout(resolve, 250))]);
}

/** Loads a part of the world's page after the terminal had its frames. */
export async function soon<T>(load: () => Promise<T>): Promise<T> {
  await (drawn ??= terminalDrawn());
  const [part] = await Promise.all([load(), settings.learnPage()]);
  return part;
}
