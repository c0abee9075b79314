// The questions that a page asks once it stands: why, what is in this message, what is wrong with this zone, what may
// follow this word. They are a piece of their own, so that the first prompt need not wait for them.

import { dnsWorldOf } from '../host/dns-world.ts';
import { messageDetail } from '../view/message-detail.ts';
import type { MessageDetail, WhyTarget, WhyView, ZoneAnalysis } from '../view/types.ts';
import { why } from '../view/why.ts';
import { analyseZone } from '../view/zone-analysis.ts';
import { now } from '../world/world.ts';
import { completions } from './complete.ts';
import type { Engine } from './engine.ts';

export function askWhy(engine: Engine, target: WhyTarget): WhyView | undefined {
  return why(engine.journal, target);
}

export function askMessage(engine: Engine, id: string): MessageDetail | undefined {
  return messageDetail(engine.journal, id);
}

export function askZone(engine: Engine, zone: string, text: string): ZoneAnalysis {
  const { description, machine } = engine.world;
  // The world is judged from where names are looked up.
  const from = description.hosts.find(({ programs }) =>
    Object.values(programs ?? {}).some(({ kind }) => kind === 'resolver'),
  );
  return analyseZone(zone, text, {
    published: engine.published(zone),
    now: now(engine.world),
    ...(from === undefined ? {} : { world: dnsWorldOf(machine.state, from.name) }),
  });
}

export function askCompletions(engine: Engine, terminal: string, line: string): readonly string[] {
  return completions(engine.world, terminal, line, engine.journal.terminals.views.get(terminal));
}
