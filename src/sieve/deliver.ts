// The actions a script asks for: what may go with what, what is done only once, and how many are allowed. Gathers them in
// the machine and does nothing. RFC 5228 §2.10 and §4, RFC 5429 §2.3 first.

import { decodeHeaderText } from '../message/encoded-word.ts';
import { firstField, parseMessage } from '../message/header.ts';
import { addrSpec, singleAddress } from './addresses.ts';
import { isMailboxName } from './check-constants.ts';
import type { CheckedNode } from './check.ts';
import { mailboxExists, mailboxWithUse } from './evaluate.ts';
import { flagList, storedFlags } from './flags.ts';
import { fail, numberOf, one, texts } from './machine.ts';
import type { Machine, StepDraft } from './machine.ts';
import { asciiLower } from './match.ts';
import { composeNotification, parseNotifyMethod } from './notify.ts';
import type { Edited, FileCopy, SieveAction } from './run.ts';
import { decideVacation, VACATION_SETTINGS } from './vacation.ts';
import type { VacationRequest } from './vacation.ts';

type Base = Pick<SieveAction, 'span' | 'script'>;
const baseOf = (machine: Machine, node: CheckedNode): Base => ({
  span: node.span,
  script: machine.frame.label,
});

const edited = (machine: Machine): Edited =>
  machine.raw === machine.original ? {} : { message: machine.raw };

const isEdit = (action: SieveAction): boolean =>
  action.kind === 'addheader' || action.kind === 'deleteheader';

/** Adds an action unless it contradicts one before it (RFC 5429 §2.3: a refused message goes nowhere else). */
function add(machine: Machine, node: CheckedNode, action: SieveAction): void {
  for (const before of machine.actions) {
    if (isEdit(before) || before.kind === 'notify' || action.kind === 'notify') continue;
    if (before.kind === 'reject' && action.kind === 'reject')
      fail(machine, 'duplicate-reject', node.span, { command: node.name });
    if (before.kind === 'reject' || action.kind === 'reject')
      fail(machine, 'action-conflict', node.span, { command: node.name, other: before.kind });
    if (before.kind === 'vacation' && action.kind === 'vacation')
      fail(machine, 'duplicate-vacation', node.span, { command: node.name });
  }
  if (machine.actions.filter((one) => !isEdit(one)).length >= machine.limits.actions)
    fail(machine, 'too-many-actions', node.span, { limit: machine.limits.actions });
  machine.actions.push(action);
}

/** `:flags`, else the internal variable (RFC 5232 §5). */
function flagsOf(machine: Machine, node: CheckedNode): readonly string[] {
  const tag = node.tags['flags'];
  return storedFlags(tag === undefined ? machine.flags : flagList(texts(machine, tag.value)));
}

/** One copy in each mailbox however often it is asked for (RFC 5228 §2.10.3); the last flags count. */
function replaceSame(machine: Machine, mailbox: string, action: SieveAction): boolean {
  const key = asciiLower(mailbox) === 'inbox' ? 'INBOX' : mailbox;
  const at = machine.actions.findIndex((before) => {
    if (before.kind === 'keep') return key === 'INBOX';
    return (
      before.kind === 'fileinto' &&
      (asciiLower(before.mailbox) === 'inbox' ? 'INBOX' : before.mailbox) === key
    );
  });
  if (at < 0) return false;
  machine.actions[at] = action;
  return true;
}

export function keepMessage(machine: Machine, node: CheckedNode, step: StepDraft): void {
  const flags = flagsOf(machine, node);
  const action: SieveAction = {
    kind: 'keep',
    implicit: false,
    flags,
    ...baseOf(machine, node),
    ...edited(machine),
  };
  step.facts['flags'] = flags;
  machine.implicitKeep = false;
  if (!replaceSame(machine, 'INBOX', action)) add(machine, node, action);
  else step.facts['repeated'] = true;
}

export function discardMessage(machine: Machine, node: CheckedNode): void {
  machine.implicitKeep = false;
  if (machine.actions.some((action) => action.kind === 'discard')) return;
  add(machine, node, { kind: 'discard', ...baseOf(machine, node) });
}

export function fileMessage(machine: Machine, node: CheckedNode, step: StepDraft): void {
  const named = one(machine, node.args['mailbox']) ?? '';
  if (!isMailboxName(named)) fail(machine, 'bad-mailbox', node.span, { value: named });
  const specialUse = one(machine, node.tags['specialuse']?.value);
  // RFC 8579 §4: a mailbox that has the use goes before the one that is named.
  const mailbox = (specialUse === undefined ? undefined : mailboxWithUse(machine, specialUse)) ?? named;
  const copy = node.tags['copy'] !== undefined;
  const exists = mailboxExists(machine, mailbox);
  const flags = flagsOf(machine, node);
  const action: SieveAction = {
    kind: 'fileinto',
    mailbox,
    exists,
    create: node.tags['create'] !== undefined,
    copy,
    flags,
    ...(specialUse === undefined ? {} : { specialUse }),
    ...baseOf(machine, node),
    ...edited(machine),
  };
  step.facts['mailbox'] = mailbox;
  step.facts['exists'] = exists;
  step.facts['flags'] = flags;
  if (!copy) machine.implicitKeep = false;
  if (!replaceSame(machine, mailbox, action)) add(machine, node, action);
  else step.facts['repeated'] = true;
}

export function redirectMessage(machine: Machine, node: CheckedNode, step: StepDraft): void {
  const written = one(machine, node.args['address']) ?? '';
  const mailbox = singleAddress(written);
  if (mailbox === undefined) return fail(machine, 'bad-address', node.span, { value: written });
  const address = addrSpec(mailbox);
  const copy = node.tags['copy'] !== undefined;
  step.facts['address'] = address;
  if (!copy) machine.implicitKeep = false;
  const redirects = machine.actions.filter((action) => action.kind === 'redirect');
  if (redirects.some((before) => asciiLower(before.address) === asciiLower(address))) {
    step.facts['repeated'] = true;
    return;
  }
  if (redirects.length >= machine.limits.redirects)
    fail(machine, 'too-many-redirects', node.span, { limit: machine.limits.redirects });
  add(machine, node, { kind: 'redirect', address, copy, ...baseOf(machine, node), ...edited(machine) });
}

export function rejectMessage(
  machine: Machine,
  node: CheckedNode,
  step: StepDraft,
  command: 'reject' | 'ereject',
): void {
  const reason = one(machine, node.args['reason']) ?? '';
  step.facts['reason'] = reason;
  machine.implicitKeep = false;
  add(machine, node, { kind: 'reject', command, reason, ...baseOf(machine, node) });
}

function fileCopy(machine: Machine, node: CheckedNode): { readonly fcc?: FileCopy } {
  const mailbox = one(machine, node.tags['fcc']?.value);
  if (mailbox === undefined) return {};
  if (!isMailboxName(mailbox)) fail(machine, 'bad-mailbox', node.span, { value: mailbox });
  const specialUse = one(machine, node.tags['specialuse']?.value);
  const withUse = specialUse === undefined ? undefined : mailboxWithUse(machine, specialUse);
  return {
    fcc: {
      mailbox: withUse ?? mailbox,
      flags: storedFlags(flagList(texts(machine, node.tags['flags']?.value))),
      create: node.tags['create'] !== undefined,
      ...(specialUse === undefined ? {} : { specialUse }),
    },
  };
}

export function vacationReply(machine: Machine, node: CheckedNode, step: StepDraft): void {
  const { input } = machine;
  const { tags } = node;
  const days = numberOf(tags['days']?.value);
  const seconds = numberOf(tags['seconds']?.value);
  const subject = one(machine, tags['subject']?.value);
  const from = one(machine, tags['from']?.value);
  const handle = one(machine, tags['handle']?.value);
  const request: VacationRequest = {
    reason: one(machine, node.args['reason']) ?? '',
    addresses: texts(machine, tags['addresses']?.value),
    mime: tags['mime'] !== undefined,
    ...(days === undefined ? {} : { days }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(subject === undefined ? {} : { subject }),
    ...(from === undefined ? {} : { from }),
    ...(handle === undefined ? {} : { handle }),
  };
  const decision = decideVacation(request, {
    message: machine.original,
    reversePath: input.envelope.from,
    recipient: input.envelope.to,
    ownAddresses: input.ownAddresses ?? [],
    now: input.now,
    zoneMinutes: input.zoneMinutes,
    host: input.environment['host'] ?? input.environment['domain'] ?? 'localhost',
    uniqueId: input.uniqueId,
    settings: input.vacation ?? VACATION_SETTINGS,
    answered: input.state?.vacations ?? {},
  });
  step.facts['send'] = decision.send;
  step.facts['checks'] = decision.checks.map(
    ({ check, passed }) => `${check}=${passed ? 'passed' : 'failed'}`,
  );
  if (!decision.send) step.facts['because'] = decision.because;
  add(machine, node, { kind: 'vacation', decision, ...baseOf(machine, node), ...fileCopy(machine, node) });
  if (decision.send) machine.vacations.set(decision.key, decision.expires);
}

export function notifyOwner(machine: Machine, node: CheckedNode, step: StepDraft): void {
  const { input } = machine;
  const { tags } = node;
  const written = one(machine, node.args['method']) ?? '';
  const method = parseNotifyMethod(written);
  if ('problem' in method)
    return fail(machine, 'bad-method', node.span, { value: written, reason: method.problem });
  const wanted = one(machine, tags['importance']?.value) ?? '2';
  if (!/^[123]$/.test(wanted)) fail(machine, 'bad-importance', node.span, { value: wanted });
  const importance = wanted as '1' | '2' | '3';
  const original = parseMessage(machine.original);
  const automatic = firstField(original, 'auto-submitted')?.value ?? '';
  // Who has been notified in this run is not notified again.
  const told = new Set(
    machine.actions.flatMap((action) => (action.kind === 'notify' ? action.forwardPaths : [])),
  );
  const isNew = (address: string): boolean => !told.has(address) && told.add(address) !== undefined;
  const to = method.to.filter(isNew);
  const cc = method.cc.filter(isNew);
  step.facts['to'] = [...to, ...cc];
  // A notification about a notification would never end (RFC 5436 §2.7.1); Pigeonhole is silent about all automatic mail.
  if (/^(?!no\b)\S/i.test(automatic.trim()) || to.length + cc.length === 0) {
    step.facts['suppressed'] = true;
    return;
  }
  const owner = input.envelope.to;
  const from = one(machine, tags['from']?.value);
  const message = one(machine, tags['message']?.value);
  const subject = firstField(original, 'subject');
  const sender = firstField(original, 'from');
  const notifications = machine.actions.filter((action) => action.kind === 'notify').length;
  const id = `<dovecot-sieve-notify-${Math.floor(input.now / 1000)}-${notifications}-${input.uniqueId}`;
  const host = input.environment['host'] ?? input.environment['domain'] ?? 'localhost';
  add(machine, node, {
    kind: 'notify',
    reversePath: input.envelope.from === '' ? '' : owner,
    forwardPaths: [...to, ...cc],
    importance,
    message: composeNotification({
      method: { ...method, to, cc },
      owner,
      importance,
      messageId: `${id}@${host}>`,
      now: input.now,
      zoneMinutes: input.zoneMinutes,
      ...(from !== undefined && singleAddress(from) !== undefined ? { from } : {}),
      ...(message === undefined ? {} : { message }),
      ...(subject === undefined ? {} : { originalSubject: decodeHeaderText(subject.value) }),
      ...(sender === undefined ? {} : { originalFrom: decodeHeaderText(sender.value) }),
    }),
    ...baseOf(machine, node),
    ...fileCopy(machine, node),
  });
}
