// Verdicts on demand: messages of the reader's own, and those of the world judged again by the draft of a zone. A piece of
// its own that comes when somebody asks.

import { checkable } from '../view/check-sample.ts';
import type { CheckSample } from '../view/check-types.ts';
import { whatIf } from '../view/what-if.ts';
import type { WhatIfView } from '../view/what-if-types.ts';
import type { Engine } from './engine.ts';

export { checkOwn } from '../view/check.ts';
export { checkReport } from '../view/check-report.ts';
export { envelopeHints } from '../view/check-message.ts';
export { makeSample } from '../view/check-sample.ts';

export function askWhatIf(engine: Engine, zone: string, text: string): WhatIfView {
  return whatIf(engine.world, engine.journal, zone, text);
}

export function askCheckable(engine: Engine, id: string): CheckSample | undefined {
  return checkable(engine.journal, id);
}
