// From a world to the check page: a message with its envelope and records goes into the draft, or into a file.

import { engine } from '../state/engine.svelte.ts';
import { router } from '../state/route.svelte.ts';
import { checkDraft } from './draft.svelte.ts';
import { saveBundle } from './save.ts';

/** Opens the check page with a message of this world. False when no server judged it. */
export async function openCheck(id: string): Promise<boolean> {
  const sample = await engine.ask((api) => api.checkable(id));
  if (!sample) return false;
  checkDraft().takeSample(sample, true);
  router.go({ screen: 'check' });
  return true;
}

/** Saves message and records as a zip. False when no server judged it. */
export async function exportMessage(id: string): Promise<boolean> {
  const sample = await engine.ask((api) => api.checkable(id));
  if (!sample) return false;
  saveBundle(sample.subject, sample);
  return true;
}
