// What would become of the last messages if the draft of a zone were published and every cache had forgotten the old one:
// the same policies once more, with the answers that they had, except that the draft answers for its zone. Computed, not
// sent; the world stays as it is.

import type { DkimVerdict } from '../auth/dkim-verdict.ts';
import { authorOf } from '../auth/author.ts';
import { finishPolicy } from '../auth/policy-run.ts';
import { lookUpInZone } from '../dns/authoritative.ts';
import { lookupCode, type DnsAnswer, type DnsQuestion } from '../dns/lookup.ts';
import { isSubdomain, nameKey } from '../dns/name.ts';
import { questionKey } from '../dns/pasted-records.ts';
import { rdataText } from '../dns/records.ts';
import { recordsOf, zoneSoa, type Zone } from '../dns/zone.ts';
import { parseZone } from '../dns/zone-file.ts';
import { callFromOutside, runUntilQuiet } from '../host/kernel.ts';
import { place } from '../host/mda/place.ts';
import type { MtaConfig, VerifyConfig } from '../host/mta/config.ts';
import { resultsHeaders, verifyMessage, type Verification, type VerifyInput } from '../host/mta/verify.ts';
import { fork, now, type World } from '../world/world.ts';
import { answersIn } from './evidence-table.ts';
import { newest } from './history.ts';
import type { Journal } from './journal.ts';
import { judgedMessages, type Judged } from './judged.ts';
import type { WhatIfAnswer, WhatIfOutcome, WhatIfRow, WhatIfView } from './what-if-types.ts';
import { problemFinding } from './zone-analysis.ts';

/** So many messages are judged again, the newest. */
export const WHAT_IF_MESSAGES = 20;
/** So far back it is looked for messages that have to do with the zone. */
const LOOK_BACK = 200;
const MAX_CHAIN = 11;

/** Judges the last messages that asked for a name in `zone` by the records of `text`. */
export function whatIf(world: World, journal: Journal, zone: string, text: string): WhatIfView {
  const draft = parseZone(text, zone);
  const obstacle = draft.problems.find((one) => one.serverRefuses);
  if (obstacle !== undefined) return { rows: [], obstacle: problemFinding(obstacle) };
  const probe = openProbe(world);
  const rows: WhatIfRow[] = [];
  for (const judged of judgedMessages(journal, LOOK_BACK)) {
    if (rows.length >= WHAT_IF_MESSAGES) break;
    const asked = answersIn(judged.spf, judged.dkim, judged.dmarc);
    if (![...asked.keys()].some((key) => isSubdomain(key.slice(0, key.lastIndexOf(' ')), zone))) continue;
    const config = mtaOf(world, judged.host);
    if (config?.verify === undefined) continue;
    rows.push(judgeAgain(judged, { ...config, verify: config.verify }, draft.zone, asked, probe, journal));
  }
  // What changes comes first; within each half the newest does.
  return { rows: [...rows.filter((row) => row.changed), ...rows.filter((row) => !row.changed)] };
}

type Probe = (host: string, question: DnsQuestion) => DnsAnswer;

function judgeAgain(
  judged: Judged,
  config: Pick<MtaConfig, 'myhostname'> & { readonly verify: VerifyConfig },
  zone: Zone,
  asked: ReadonlyMap<string, DnsAnswer>,
  probe: Probe,
  journal: Journal,
): WhatIfRow {
  const { verify } = config;
  const answers = new Map<string, WhatIfAnswer>();
  const resolve = (question: DnsQuestion): DnsAnswer => {
    const fresh = resolveWith(zone, question, (other) => {
      return asked.get(questionKey(other)) ?? probe(judged.host, other);
    });
    const before = asked.get(questionKey(question));
    if (fresh.fromDraft && (before === undefined || said(before, question) !== said(fresh.answer, question)))
      answers.set(questionKey(question), {
        name: question.name,
        type: question.type,
        ...(before === undefined ? {} : { before: said(before, question) }),
        after: said(fresh.answer, question),
      });
    return fresh.answer;
  };
  const input: VerifyInput = {
    ip: judged.spf.ip,
    helo: judged.spf.helo,
    reversePath: judged.sender,
    receiver: config.myhostname,
    verify,
    nowSeconds: Math.floor(judged.at / 1000),
    // Of no weight for any verdict or folder.
    iprev: 'permerror',
  };
  const after = finishPolicy(verifyMessage(input, judged.bytes), resolve);
  const before: Verification = {
    spf: judged.spf,
    dkim: judged.dkim,
    dmarc: judged.dmarc,
    decision: judged.decision,
    author: authorOf(judged.bytes),
  };
  const folder = (found: Verification): string =>
    place(resultsHeaders(found, input) + judged.bytes, verify.authservId).folder;
  const isMoved = folder(before) !== folder(after);
  const outcomes = {
    before: outcomeOf(before, verify, judged.folder ?? folder(before)),
    // A folder that its owner's own rules chose stays, unless the verdict itself leads elsewhere.
    after: outcomeOf(after, verify, isMoved ? folder(after) : (judged.folder ?? folder(after))),
  };
  const message = journal.messages.all.get(judged.id);
  const state = message === undefined ? undefined : newest(message.states);
  return {
    id: judged.id,
    seq: judged.seq,
    at: judged.at,
    host: judged.host,
    subject: state?.subject ?? '',
    from: state?.from ?? '',
    ...outcomes,
    changed: (['spf', 'dkim', 'dmarc', 'place'] as const).some(
      (key) => outcomes.before[key] !== outcomes.after[key],
    ),
    answers: [...answers.values()],
  };
}

function outcomeOf(found: Verification, verify: VerifyConfig, folder: string): WhatIfOutcome {
  const action = earlyEnd(found, verify) ?? found.decision.action;
  const signature =
    found.dkim.find((one) => one.result === 'pass') ?? (found.dkim[0] as DkimVerdict | undefined);
  return {
    spf: found.spf.result,
    spfReason: found.spf.reason,
    dkim: signature?.result ?? 'none',
    ...(signature === undefined ? {} : { dkimReason: signature.reason }),
    dmarc: found.dmarc.result,
    dmarcReason: found.dmarc.reason,
    disposition: found.dmarc.disposition,
    place: action === 'reject' ? 'rejected' : action === 'defer' ? 'deferred' : folder,
  };
}

/** What the server does at RCPT already, where it lets SPF decide there. */
function earlyEnd({ spf }: Verification, verify: VerifyConfig): 'reject' | 'defer' | undefined {
  if (verify.spf === 'reject' && spf.result === 'fail') return 'reject';
  if (verify.spfPermErrorReject === true && spf.result === 'permerror') return 'reject';
  return verify.spfTempErrorDefer === true && spf.result === 'temperror' ? 'defer' : undefined;
}

/** The draft answers for its zone, CNAME by CNAME; what lies outside or below a delegation is somebody else's. */
function resolveWith(
  zone: Zone,
  question: DnsQuestion,
  other: (question: DnsQuestion) => DnsAnswer,
): { readonly answer: DnsAnswer; readonly fromDraft: boolean } {
  const type = lookupCode(question.type);
  const records: DnsAnswer['records'][number][] = [];
  const soa = zoneSoa(zone);
  const negative = soa?.data.type === 'SOA' ? { negativeTtl: Math.min(soa.ttl, soa.data.minimum) } : {};
  let { name } = question;
  let fromDraft = false;
  const end = (status: DnsAnswer['status']) => ({
    answer: { status, records, ...(status === 'NOERROR' || status === 'NXDOMAIN' ? negative : {}) },
    fromDraft,
  });
  for (let link = 0; link <= MAX_CHAIN; link++) {
    const found = isSubdomain(name, zone.origin) ? lookUpInZone(zone, name, type) : undefined;
    if (found === undefined || found.kind === 'delegation') {
      const rest = other({ name, type: question.type });
      return { answer: { ...rest, records: [...records, ...rest.records] }, fromDraft };
    }
    fromDraft = true;
    if (found.kind === 'nxdomain') return end('NXDOMAIN');
    if (found.kind === 'nodata') return end('NOERROR');
    if (found.kind === 'answer') {
      for (const set of found.sets) records.push(...recordsOf(found.owner, set));
      return end('NOERROR');
    }
    records.push(...recordsOf(found.owner, found.set));
    const target = found.set.data[0];
    if (target?.type !== 'CNAME') break;
    name = target.target;
  }
  return end('SERVFAIL');
}

/** An answer as one line, for people and for comparing: data sorted, TTLs left out. */
function said(answer: DnsAnswer, { type }: DnsQuestion): string {
  const data = answer.records.filter((record) => record.data.type === type).map((one) => rdataText(one.data));
  if (data.length > 0) return data.sort().join(', ');
  return answer.status === 'NOERROR' ? 'NODATA' : answer.status;
}

/** Asks the resolver of a host on a fork of the world, made when the first question comes. */
function openProbe(world: World): Probe {
  let copy: World | undefined;
  const known = new Map<string, DnsAnswer>();
  return (host, question) => {
    const key = `${host} ${questionKey(question)}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    copy ??= fork(world);
    const { machine } = copy;
    const asker = [...(machine.state.hosts.get(host)?.programs ?? [])].find(
      ([, one]) => one.kind === 'mta',
    )?.[0];
    const from = machine.trace.length;
    if (asker !== undefined) {
      const call = { type: 'lookup', question, token: 'what-if', asker } as const;
      callFromOutside(machine, host, 'libresolv', call, undefined);
      runUntilQuiet(machine, now(copy) + 60_000);
    }
    const event = machine.trace
      .slice(from)
      .find(
        (one) =>
          one.type === 'dns.lookup' &&
          one.host === host &&
          one.question.type === question.type &&
          nameKey(one.question.name) === nameKey(question.name),
      );
    const answer: DnsAnswer =
      event?.type === 'dns.lookup' ? event.answer : { status: 'TIMEOUT', records: [] };
    known.set(key, answer);
    return answer;
  };
}

function mtaOf(world: World, host: string): MtaConfig | undefined {
  for (const program of world.machine.state.hosts.get(host)?.programs.values() ?? [])
    if (program.kind === 'mta') return program.config as MtaConfig;
  return undefined;
}
