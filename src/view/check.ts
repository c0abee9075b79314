// A message of the reader's own under the magnifying glass: the engine's policies over records that were pasted, every
// question with its answer or as missing, and what lies in the records besides. Nothing is asked of anybody. A missing
// record counts as a look-up without an answer, and the verdict says that it may turn.

import { contextOfMessage } from '../auth/diagnose-context.ts';
import { diagnose } from '../auth/diagnose.ts';
import { verifyArc } from '../auth/arc.ts';
import { checkMessage } from '../auth/message-check.ts';
import { parseIp } from '../auth/ip.ts';
import { finishPolicy } from '../auth/policy-run.ts';
import type { DnsAnswer, DnsQuestion } from '../dns/lookup.ts';
import { nameKey } from '../dns/name.ts';
import {
  answerFromPasted,
  digCommand,
  questionKey,
  readPastedRecords,
  type AnswerState,
  type PastedRecords,
} from '../dns/pasted-records.ts';
import { parseMessage } from '../message/header.ts';
import { rdataText } from '../dns/records.ts';
import { messageNotes } from './check-message.ts';
import type { CheckedQuestion, CheckInput, CheckView } from './check-types.ts';
import { lintedRecords, problemFinding } from './zone-analysis.ts';

/** What the engine takes at most: as large as the largest message that providers accept, and a whole zone. */
export const MESSAGE_LIMIT = 50 * 1024 * 1024;
export const RECORDS_LIMIT = 2 * 1024 * 1024;

/** Checks a message. Never fails: what cannot be checked is said in `refused`. */
export function checkOwn(input: CheckInput): CheckView {
  const refused = refusal(input);
  const { notes, text } = messageNotes(input.message.slice(0, MESSAGE_LIMIT + 1));
  const records = readPastedRecords(input.records.slice(0, RECORDS_LIMIT));
  const base = {
    notes: [
      ...notes,
      ...(records.mended.length > 0 ? [{ id: 'records-mended', params: { n: records.mended.length } }] : []),
      ...(records.isRelative ? [{ id: 'records-relative' }] : []),
    ],
    recordProblems: records.problems.map(problemFinding),
    // In a line that was mended, places are not those of the pasted text.
    findings: lintedRecords(records.records, records.text, false).map((finding) => {
      if (!records.mended.includes(finding.line)) return finding;
      const { fix: _fix, ...rest } = finding;
      return { ...rest, column: 1 };
    }),
  };
  const nothing = { ...base, diagnoses: [], questions: [], missing: [], dkim: [] };
  if (refused !== undefined) return { ...nothing, refused };
  const message = parseMessage(text);
  if (message.fields.length === 0) return { ...nothing, refused: { id: 'no-header' } };
  const hasEnvelope = input.ip !== '';
  const run = (answer: (question: DnsQuestion) => DnsAnswer) => {
    const { nowSeconds, receiver } = input;
    const options = { nowSeconds, bodyTraceLength: 16_384 };
    const verdict = finishPolicy(
      checkMessage(
        message,
        {
          ip: hasEnvelope ? input.ip : '0.0.0.0',
          helo: input.helo,
          sender: input.sender.replace(/^<(.*)>$/s, '$1'),
          nowSeconds,
          ...(receiver === undefined ? {} : { receiver }),
        },
        options,
      ),
      answer,
    );
    return { ...verdict, arc: finishPolicy(verifyArc(message, options), answer) };
  };
  const questions = new Map<string, CheckedQuestion>();
  const verdict = run((question) => {
    const { answer, state, wanted } = answerFromPasted(records, question);
    add(questions, question, wanted, state, answer);
    return answer;
  });
  // A check stops at the first answer that is missing. So that all can be fetched at once, it is made once more with
  // answers that let it go on; what it finds then is thrown away.
  run((question) => {
    const { answer, state, wanted } = answerFromPasted(records, question);
    if (state !== 'missing') return answer;
    if (!nameKey(question.name).endsWith('.invalid.')) add(questions, question, wanted, state, answer);
    return placeholder(question);
  });
  const all = [...questions.values()];
  const missing = all.filter((one) => one.state === 'missing');
  const checked = hasEnvelope ? { spf: verdict.spf } : {};
  const said = new Set(base.findings.map((one) => one.id));
  return {
    ...base,
    diagnoses:
      missing.length > 0
        ? []
        : diagnose(
            { ...checked, dkim: verdict.dkim, dmarc: verdict.dmarc },
            { ...contextOfMessage(message, verdict.spf), hasText: (name) => hasText(records, name) },
          ).filter(({ id }) => !said.has(id)),
    questions: all,
    missing,
    ...checked,
    dkim: verdict.dkim,
    arc: verdict.arc,
    dmarc: verdict.dmarc,
    author: verdict.author,
  };
}

function hasText(records: PastedRecords, name: string): boolean {
  const { state } = answerFromPasted(records, { name: `${name}.`, type: 'TXT' });
  return state === 'given';
}

function refusal({ message, records, ip, nowSeconds }: CheckInput): CheckView['refused'] {
  if (message.trim() === '') return { id: 'no-message' };
  if (message.length > MESSAGE_LIMIT)
    return { id: 'message-too-long', params: { limit: MESSAGE_LIMIT / 1024 / 1024 } };
  if (records.length > RECORDS_LIMIT)
    return { id: 'records-too-long', params: { limit: RECORDS_LIMIT / 1024 / 1024 } };
  if (ip !== '' && parseIp(ip) === undefined) return { id: 'bad-ip', params: { ip: ip.slice(0, 60) } };
  if (!Number.isFinite(nowSeconds)) return { id: 'bad-time' };
  return undefined;
}

function add(
  questions: Map<string, CheckedQuestion>,
  question: DnsQuestion,
  wanted: DnsQuestion,
  state: AnswerState,
  answer: DnsAnswer,
): void {
  const asked = state === 'missing' ? wanted : question;
  const key = questionKey(asked);
  if (questions.has(key)) return;
  questions.set(key, {
    ...asked,
    by: purposeOf(asked.name),
    state,
    status: answer.status,
    records: answer.records.map((record) => rdataText(record.data)),
    dig: digCommand(asked),
  });
}

function purposeOf(name: string): CheckedQuestion['by'] {
  if (/(?:^|\.)_domainkey\./i.test(name)) return 'dkim';
  return /^_dmarc\./i.test(name) ? 'dmarc' : 'spf';
}

/** Says nothing and ends nothing: matches no client, counts as no void look-up. */
function placeholder({ name, type }: DnsQuestion): DnsAnswer {
  const record = (data: DnsAnswer['records'][number]['data']): DnsAnswer => ({
    status: 'NOERROR',
    records: [{ name, ttl: 0, data }],
  });
  switch (type) {
    case 'A':
      return record({ type, address: '0.0.0.0' });
    case 'AAAA':
      return record({ type, address: '::' });
    case 'MX':
      return record({ type, preference: 0, exchange: 'unknown.invalid.' });
    case 'TXT':
      return /^_dmarc\.|_domainkey\./i.test(name)
        ? { status: 'NXDOMAIN', records: [] }
        : record({ type, strings: ['v=spf1 ?all'] });
    default:
      return { status: 'NXDOMAIN', records: [] };
  }
}
