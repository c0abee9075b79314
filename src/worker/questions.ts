// The questions that a page asks once it stands: why, what is in this message, what is wrong with this zone, what may
// follow this word. They are a piece of their own, so that the first prompt need not wait for them.

import { finishPolicy } from '../auth/policy-run.ts';
import { spfTree, type SpfTree } from '../auth/spf-tree.ts';
import { answerOfWorld, type DnsWorld } from '../dns/lint/world.ts';
import { parseZone } from '../dns/zone-file.ts';
import { dnsWorldOf } from '../host/dns-world.ts';
import { messageDetail } from '../view/message-detail.ts';
import type { MessageDetail, WhyTarget, WhyView, ZoneAnalysis } from '../view/types.ts';
import { why } from '../view/why.ts';
import { analyseZone } from '../view/zone-analysis.ts';
import { withReports } from '../view/zone-reports.ts';
import { withEvidence } from '../view/zone-evidence.ts';
import { draftWorld } from '../view/zone-world.ts';
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
  const world = dnsWorld(engine);
  const analysis = analyseZone(zone, text, {
    published: engine.published(zone),
    now: now(engine.world),
    ...(world === undefined ? {} : { world }),
  });
  return withReports(withEvidence(analysis, engine.journal.trace, zone), engine.journal);
}

/** The world as it is judged from where names are looked up. */
function dnsWorld({ world: { description, machine } }: Engine): DnsWorld | undefined {
  const from = description.hosts.find(({ programs }) =>
    Object.values(programs ?? {}).some(({ kind }) => kind === 'resolver'),
  );
  return from === undefined ? undefined : dnsWorldOf(machine.state, from.name);
}

/** What an SPF record would ask if the zone were published with `text`. Nothing is published, no cache is asked. */
export function askSpfTree(
  engine: Engine,
  zone: string,
  text: string,
  domain: string,
  record: string,
): SpfTree {
  const world = dnsWorld(engine) ?? { zones: [], hosts: [], absences: [] };
  const draft = draftWorld(parseZone(text, zone), world);
  return finishPolicy(spfTree(domain, record), (question) => answerOfWorld(draft, question));
}

export function askCompletions(engine: Engine, terminal: string, line: string): readonly string[] {
  return completions(engine.world, terminal, line, engine.journal.terminals.views.get(terminal));
}
