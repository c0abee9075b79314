// The part of a receiver that writes DMARC reports: it hears of every message that its MTA judged, keeps the rows of a day,
// and at midnight (UTC, as RFC 9990 §3.5 advises) mails one report for each policy that it saw, through its own MTA. Failure
// reports about single messages are off unless the administrator wants them. RFC 9990, RFC 9991.

import type { composeReportMail, ReportMail } from '../auth/report-mail.ts';
import { checkReportDestinations, type ReportDestination } from '../auth/report-destination.ts';
import { DAY, type Time } from '../base/dates.ts';
import { withoutDot } from '../dns/name.ts';
import { countRows, type AggregateReport, type ReportRow } from '../message/report-aggregate.ts';
import {
  wantsFailureReport,
  type composeFailureReport,
  type FailureReport,
} from '../message/report-failure.ts';
import type { WithheldReason } from './events.ts';
import { answerPolicy, policyDesk, startPolicy, type PolicyDesk } from './policy.ts';
import type { Os, ProgramDefinition } from './program.ts';
import type { Judgement } from './reports/judgement.ts';
import {
  handOver,
  outbox,
  outboxInput,
  type HandOver,
  type Outbox,
  type OutboxServer,
} from './reports/outbox.ts';

export interface ReporterConfig {
  /** Name of the organization, for people. */
  readonly orgName: string;
  /** The receiver's domain: first part of the file name, Submitter of the subject. */
  readonly domain: string;
  /** Where reports come from. */
  readonly email: string;
  /** What it says in EHLO. */
  readonly helo: string;
  /** Its own MTA; 127.0.0.1:25 when absent. */
  readonly server?: OutboxServer;
  /** Reports on single messages too (RFC 9991); hardly anybody sends them, because they give away what people write. */
  readonly failureReports?: boolean;
}

/** The rows of one policy record. */
interface Pile {
  readonly judgement: Pick<Judgement, 'policy' | 'rua'>;
  readonly rows: ReportRow[];
}

type Job =
  | { readonly kind: 'aggregate'; readonly report: AggregateReport; readonly rua: Judgement['rua'] }
  | { readonly kind: 'failure'; readonly judgement: Judgement; readonly at: Time };

/** What a mail in the outbox carries. */
interface Carried {
  readonly kind: 'aggregate' | 'failure';
  readonly domain: string;
  readonly reportId: string;
  readonly messages: number;
  readonly records: number;
  readonly begin: number;
  readonly end: number;
}

export interface ReporterState {
  readonly config: ReporterConfig;
  /** By domain and record. */
  piles: Map<string, Pile>;
  /** Beginning of the day that is being collected. */
  dayBegan: Time;
  nextReport: number;
  /** Failure reports of this day by domain. */
  readonly failures: Map<string, number>;
  readonly desk: PolicyDesk<Job>;
  readonly outbox: Outbox<Carried>;
}

/** What writes the mails; it comes as a piece of its own (`reports/writer.ts`). */
export interface ReportWriter {
  readonly aggregate: typeof composeReportMail;
  readonly failure: typeof composeFailureReport;
}

let writer: ReportWriter | undefined;

/** Makes the writer known. `reports/writer.ts` does it when it is loaded. */
export function installReportWriter(found: ReportWriter): void {
  writer = found;
}

function theWriter(): ReportWriter {
  if (writer === undefined) throw new Error('reports cannot be written: import host/reports/writer.ts');
  return writer;
}

/** So many failure reports a day and domain: a forger must not be able to fill a mailbox through us (RFC 9991 §3.1). */
const MOST_FAILURES = 20;
const OWN_SERVER: OutboxServer = { host: 'localhost', address: '127.0.0.1', port: 25 };

export const reporter: ProgramDefinition<ReporterConfig, ReporterState> = {
  start(config, os) {
    return {
      config,
      piles: new Map(),
      dayBegan: startOfDay(os.now),
      nextReport: 1,
      failures: new Map(),
      desk: policyDesk(),
      outbox: outbox(),
    };
  },

  handle(state, input, os) {
    if (input.type === 'timer' && input.key === 'midnight') return endDay(state, os);
    if (input.type === 'call') {
      if (input.call.type === 'judged') return collect(state, input.call.judgement, os);
      if (input.call.type === 'lookedUp')
        answerPolicy(state.desk, input.call.token, input.call.answer, os, destinations, (job, found) =>
          send(state, job, found, os),
        );
      return;
    }
    const { config } = state;
    outboxInput(
      state.outbox,
      config.server ?? OWN_SERVER,
      config.helo,
      input,
      os,
      ({ subject, recipient }, result) => handedOver(subject, recipient, result, os),
    );
  },
};

const startOfDay = (at: Time): Time => at - (at % DAY);

function collect(state: ReporterState, judgement: Judgement, os: Os): void {
  const { policy, row, queueId, connection } = judgement;
  if (state.piles.size === 0) {
    // Midnight is only waited for when there will be something to say.
    const today = startOfDay(os.now);
    if (today !== state.dayBegan) state.failures.clear();
    state.dayBegan = today;
    os.timer('midnight', today + DAY, 'patient');
  }
  os.cause = os.emit(
    { type: 'report.collected', queueId, connection, domain: policy.domain, policy: policy.p, row },
    'RFC 9990 §3.1',
  );
  const key = `${policy.domain} ${judgement.record}`;
  const pile = state.piles.get(key);
  if (pile === undefined) state.piles.set(key, { judgement: { policy, rua: judgement.rua }, rows: [row] });
  else pile.rows.push(row);
  if (judgement.ruf.length > 0 && wantsFailureReport(judgement.fo, judgement.facts))
    failed(state, judgement, os);
}

function failed(state: ReporterState, judgement: Judgement, os: Os): void {
  const { domain } = judgement.policy;
  const sent = state.failures.get(domain) ?? 0;
  const because =
    state.config.failureReports !== true
      ? 'failures-off'
      : sent >= MOST_FAILURES
        ? 'failures-limit'
        : undefined;
  if (because !== undefined) {
    const to = judgement.ruf.map((uri) => uri.text).join(', ');
    os.emit({ type: 'report.withheld', kind: 'failure', domain, to, because, messages: 1 }, 'RFC 9991 §3.1');
    return;
  }
  state.failures.set(domain, sent + 1);
  start(state, { kind: 'failure', judgement, at: os.now }, os);
}

/** Midnight: every pile becomes a report. */
function endDay(state: ReporterState, os: Os): void {
  const { config, piles } = state;
  const begin = state.dayBegan / 1000;
  const end = os.now / 1000 - 1;
  state.piles = new Map();
  state.failures.clear();
  for (const { judgement, rows } of piles.values()) {
    const report: AggregateReport = {
      schema: 'rfc9990',
      orgName: config.orgName,
      email: config.email,
      reportId: `${begin}.${state.nextReport++}@${config.domain}`,
      begin,
      end,
      errors: [],
      generator: 'Ehlo',
      policy: judgement.policy,
      records: countRows(rows),
    };
    start(state, { kind: 'aggregate', report, rua: judgement.rua }, os);
  }
}

const destinations = (job: Job): ReturnType<typeof checkReportDestinations> =>
  job.kind === 'aggregate'
    ? checkReportDestinations(job.report.policy.domain, job.rua)
    : checkReportDestinations(job.judgement.policy.domain, job.judgement.ruf);

function start(state: ReporterState, job: Job, os: Os): void {
  startPolicy(state.desk, job, os, destinations, (j: Job, found: readonly ReportDestination[]) =>
    send(state, j, found, os),
  );
}

const total = (report: AggregateReport): number => report.records.reduce((sum, one) => sum + one.count, 0);

function send(state: ReporterState, job: Job, found: readonly ReportDestination[], os: Os): void {
  const domain = job.kind === 'aggregate' ? job.report.policy.domain : job.judgement.policy.domain;
  const carried: Carried =
    job.kind === 'aggregate'
      ? {
          kind: 'aggregate',
          domain,
          reportId: job.report.reportId,
          messages: total(job.report),
          records: job.report.records.length,
          begin: job.report.begin,
          end: job.report.end,
        }
      : {
          kind: 'failure',
          domain,
          reportId: `${job.judgement.queueId}@${state.config.domain}`,
          messages: 1,
          records: 1,
          begin: Math.floor(job.at / 1000),
          end: Math.floor(job.at / 1000),
        };
  if (found.length === 0) withheld(carried, '', 'no-address', undefined, 'RFC 9990 §3.5', os);
  for (const one of found) {
    const name = one.lookup === undefined ? undefined : withoutDot(one.lookup.question.name);
    const { because } = one;
    if (because !== 'allowed' && because !== 'redirected' && because !== 'same-organization')
      withheld(carried, one.uri, because, name, one.rule, os);
    for (const to of one.addresses) {
      const text = compose(state, job, to, os);
      const { email: reversePath } = state.config;
      handOver(
        state.outbox,
        state.config.server ?? OWN_SERVER,
        { subject: carried, reversePath, recipient: to, text },
        os,
      );
    }
  }
}

function compose(state: ReporterState, job: Job, to: string, os: Os): string {
  const { config } = state;
  const mail = {
    from: config.email,
    now: os.now,
    zoneMinutes: os.host.zoneMinutes,
    messageId: `<${Math.floor(os.now / 1000)}.${state.outbox.next}@${config.helo}>`,
  };
  if (job.kind === 'aggregate') {
    const aggregate: ReportMail = { ...mail, receiver: config.domain, to: [to] };
    return theWriter().aggregate(job.report, aggregate);
  }
  const { judgement } = job;
  const { row, policy, facts } = judgement;
  const report: FailureReport = {
    userAgent: 'Ehlo/1.0',
    authFailure: 'dmarc',
    identityAlignment: [
      ...(facts.dkimAligned ? (['dkim'] as const) : []),
      ...(facts.spfAligned ? (['spf'] as const) : []),
    ],
    deliveryResult:
      judgement.action === 'reject' ? 'reject' : judgement.action === 'junk' ? 'spam' : 'delivered',
    reportedDomain: row.headerFrom,
    sourceIp: row.sourceIp,
    arrivedAt: job.at,
    zoneMinutes: os.host.zoneMinutes,
    originalMailFrom: judgement.reversePath,
  };
  return theWriter().failure(report, {
    ...mail,
    to,
    subject: `DMARC failure report for ${policy.domain} from ${config.domain}`,
    boundary: `failure-${judgement.queueId}`,
    text: `A message from ${row.sourceIp} with the author domain ${row.headerFrom} did not pass DMARC at ${config.domain}.\n`,
    original: os.kept(judgement.message),
  });
}

function withheld(
  { kind, domain, messages }: Carried,
  to: string,
  because: WithheldReason,
  lookup: string | undefined,
  rule: string,
  os: Os,
  detail = '',
): void {
  const why = detail === '' ? because : `${because} (${detail})`;
  os.log('opendmarc-reports', `no report for ${domain} to ${to === '' ? '-' : to}: ${why}`);
  os.emit(
    {
      type: 'report.withheld',
      kind,
      domain,
      to,
      because,
      messages,
      ...(lookup === undefined ? {} : { lookup }),
    },
    rule,
  );
}

function handedOver(carried: Carried, to: string, result: HandOver, os: Os): void {
  if (!result.taken) return withheld(carried, to, 'refused', undefined, 'RFC 9990 §3.5', os, result.text);
  os.log('opendmarc-reports', `sent report for ${carried.domain} to ${to} (${result.text})`);
  os.emit(
    { type: 'report.sent', ...carried, to },
    carried.kind === 'aggregate' ? 'RFC 9990 §3.5' : 'RFC 9991 §3',
  );
}
