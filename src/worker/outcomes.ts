// The table "What survives?", row by row, so that the page fills it as the rows come. A piece of its own.

import type { OutcomeCell, OutcomePlan, OutcomeWay } from '../view/outcome-types.ts';
import { outcomePlan, outcomesOf } from '../view/outcomes.ts';
import type { Engine } from './engine.ts';

export function askOutcomePlan(engine: Engine): OutcomePlan | undefined {
  return outcomePlan(engine.world);
}

export function askOutcomes(engine: Engine, way: OutcomeWay): readonly OutcomeCell[] {
  return outcomesOf(engine.world, way);
}
