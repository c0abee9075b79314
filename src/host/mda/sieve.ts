// The owner's Sieve script decides about one message: it is run over the bytes as they would be stored, the trace gets the
// run with its explanation, and its actions are done. After a run-time error the message is kept (RFC 5228 §2.10.6).

import type { MailUser } from '../../mailbox/store.ts';
import { allFields, parseMessage, prependField } from '../../message/header.ts';
import { EMPTY_STATE, type SieveAction, type SieveRun } from '../../sieve/run.ts';
import type { PlacementReason } from '../events.ts';
import type { Os } from '../program.ts';
import type { Arrival, MdaState } from './config.ts';
import { fileAll, sieveLog, type Filing } from './mailbox.ts';
import { post, sendNext } from './outbox.ts';
import { runSummary } from './sieve-report.ts';
import { sieveService } from './sieve-service.ts';
import { vacationLog } from './vacation-log.ts';

export type Sifted = 'accepted' | 'overQuota' | { readonly kind: 'rejected'; readonly reason: string };

/** @param home where a kept message goes */
export function sift(
  state: MdaState,
  user: MailUser,
  script: string,
  arrival: Arrival,
  home: Filing,
  os: Os,
): Sifted {
  const { config } = state;
  const run = sieveService().run(script, {
    message: arrival.text,
    envelope: { from: arrival.reversePath, to: arrival.recipient },
    now: os.now,
    zoneMinutes: os.host.zoneMinutes,
    environment: {
      host: config.hostname,
      domain: config.hostname.slice(config.hostname.indexOf('.') + 1),
      location: 'MDA',
      phase: 'during',
      name: 'Dovecot Pigeonhole',
    },
    mailboxes: user.folders.map(({ name, specialUse }) => ({
      name,
      ...(specialUse === undefined ? {} : { specialUse: [specialUse] }),
    })),
    ownAddresses:
      config.users.find((one) => one.user === user.name)?.addresses.filter((a) => !a.startsWith('@')) ?? [],
    state: state.memory.get(user.name) ?? EMPTY_STATE,
    ...(config.recipientDelimiter ? { separator: config.recipientDelimiter } : {}),
    uniqueId: arrival.sessionId,
  });
  // Only what compiles can be activated; a world that comes with a broken script keeps mail as if there were none.
  if (run === undefined) {
    os.log(
      `dovecot: lmtp(${user.name})`,
      `Error: sieve: Failed to compile script /home/${user.name}/.dovecot.sieve`,
    );
    return fileAll(state, user, arrival, [home], true, os) === 'stored' ? 'accepted' : 'overQuota';
  }
  os.cause = os.emit(
    {
      type: 'sieve.run',
      connection: arrival.connection,
      user: user.name,
      recipient: arrival.recipient,
      ...runSummary(run),
    },
    run.error === undefined ? 'RFC 5228 §2.10' : 'RFC 5228 §2.10.6',
  );
  return perform(state, user, run, arrival, home, os);
}

function perform(
  state: MdaState,
  user: MailUser,
  run: SieveRun,
  arrival: Arrival,
  home: Filing,
  os: Os,
): Sifted {
  const reject = run.actions.find((action) => action.kind === 'reject');
  if (reject?.kind === 'reject') {
    sieveLog(arrival, `rejected message from <${arrival.reversePath}> (${reject.command})`, os);
    os.emit(
      {
        type: 'mailbox.refused',
        connection: arrival.connection,
        recipient: arrival.recipient,
        reason: 'sieveReject',
      },
      'RFC 5429 §2.1',
    );
    state.memory.set(user.name, run.state);
    return { kind: 'rejected', reason: reject.reason };
  }
  const filings = filingsOf(user, run, arrival, home, os);
  if (filings.length > 0 && fileAll(state, user, arrival, filings, true, os) === 'overQuota')
    return 'overQuota';
  state.memory.set(user.name, run.state);
  for (const action of run.actions) send(state, user, action, arrival, os);
  if (run.error !== undefined) {
    os.log(
      `dovecot: lmtp(${user.name})`,
      `${arrival.sessionId}: Error: sieve: ${sieveService().errorText(run.error)}`,
    );
    os.log(
      `dovecot: lmtp(${user.name})`,
      `${arrival.sessionId}: sieve: Execution of script /home/${user.name}/.dovecot.sieve failed, but implicit keep was successful`,
    );
  } else if (run.actions.some(({ kind }) => kind === 'discard') && filings.length === 0)
    sieveLog(arrival, 'Marked message to be discarded if not explicitly delivered (discard action)', os);
  sendNext(state, os);
  return 'accepted';
}

/** Every copy that is to be stored here, with what decided it. */
function filingsOf(user: MailUser, run: SieveRun, arrival: Arrival, home: Filing, os: Os): Filing[] {
  const filings: Filing[] = [];
  const loops = run.actions.some((action) => action.kind === 'redirect' && isLoop(arrival));
  const copies = run.actions.flatMap((action) =>
    (action.kind === 'vacation' && action.decision.send) || action.kind === 'notify'
      ? action.fcc === undefined
        ? []
        : [{ fcc: action.fcc, text: action.kind === 'notify' ? action.message : vacationText(action) }]
      : [],
  );
  for (const action of run.actions) {
    const reason = (
      id: PlacementReason['id'],
      params: PlacementReason['params'] = {},
    ): readonly PlacementReason[] => [
      { id, params: { ...(action.span === undefined ? {} : { line: action.span.line }), ...params } },
    ];
    if (action.kind === 'keep')
      filings.push({
        ...home,
        text: action.message ?? home.text,
        flags: action.flags,
        reasons:
          run.error !== undefined
            ? [...reason('sieveError', { line: run.error.span.line })]
            : action.implicit
              ? [...home.reasons, ...reason('sieveImplicitKeep')]
              : [...home.reasons, ...reason('sieveKeep')],
        rule:
          run.error !== undefined
            ? 'RFC 5228 §2.10.6'
            : action.implicit
              ? 'RFC 5228 §2.10.2'
              : 'RFC 5228 §4.3',
      });
    else if (action.kind === 'fileinto') {
      const missing = !action.exists && !action.create;
      if (missing)
        sieveLog(
          arrival,
          `failed to store into mailbox '${action.mailbox}': Mailbox doesn't exist: ${action.mailbox}`,
          os,
        );
      filings.push({
        folder: missing ? home.folder : action.mailbox,
        create: action.create,
        flags: action.flags,
        text: action.message ?? home.text,
        reasons: reason(missing ? 'sieveNoFolder' : 'sieveFileinto', { folder: action.mailbox }),
        rule: missing ? 'RFC 5228 §2.10.6' : 'RFC 5228 §4.1',
      });
    }
  }
  if (loops && filings.length === 0)
    filings.push({ ...home, reasons: [{ id: 'sieveLoop', params: {} }], rule: 'RFC 5228 §4.2' });
  for (const { fcc, text } of copies)
    filings.push({
      folder: fcc.mailbox,
      create: fcc.create,
      flags: fcc.flags,
      text,
      reasons: [{ id: 'sieveCopy', params: { folder: fcc.mailbox } }],
      rule: 'RFC 8580 §3',
    });
  // One folder gets one copy of the same bytes (RFC 5228 §2.10.3), also when a missing folder led to it.
  return filings.filter(
    (filing, index) =>
      filings.findIndex((other) => other.folder === filing.folder && other.text === filing.text) === index,
  );
}

function vacationText(action: Extract<SieveAction, { kind: 'vacation' }>): string {
  return action.decision.send ? action.decision.reply.message : '';
}

/** The message has been redirected from this very address before. */
function isLoop(arrival: Arrival): boolean {
  return allFields(parseMessage(arrival.text), 'X-Sieve-Redirected-From').some(
    ({ value }) => value.trim().toLowerCase() === arrival.recipient.toLowerCase(),
  );
}

function send(state: MdaState, user: MailUser, action: SieveAction, arrival: Arrival, os: Os): void {
  const common = { user: user.name, connection: arrival.connection } as const;
  if (action.kind === 'redirect') {
    if (isLoop(arrival)) {
      sieveLog(arrival, `not forwarding message to <${action.address}>: mail loop detected`, os);
      return;
    }
    const message = withoutReturnPath(action.message ?? arrival.text);
    const text = prependField(
      prependField(message, `X-Sieve-Redirected-From: ${arrival.recipient}`),
      'X-Sieve: Pigeonhole Sieve 0.5.19 (4eae2f79)',
    );
    post(
      state,
      {
        ...common,
        purpose: 'redirect',
        reversePath: arrival.reversePath,
        recipients: [action.address],
        message: os.keep(text),
        fallback: arrival,
      },
      os,
    );
    sieveLog(arrival, `forwarded to <${action.address}>`, os);
  } else if (action.kind === 'vacation') {
    sieveLog(arrival, vacationLog(action.decision, arrival), os);
    if (!action.decision.send) return;
    const { reversePath, forwardPath, message } = action.decision.reply;
    const hash = os.keep(message);
    post(
      state,
      { ...common, purpose: 'vacation', reversePath, recipients: [forwardPath], message: hash },
      os,
    );
  } else if (action.kind === 'notify') {
    const { reversePath, forwardPaths, message } = action;
    const hash = os.keep(message);
    post(
      state,
      { ...common, purpose: 'notify', reversePath, recipients: [...forwardPaths], message: hash },
      os,
    );
    for (const path of forwardPaths) sieveLog(arrival, `sent mail notification to <${path}>`, os);
  }
}

/** The field is written by the server that delivers at last (RFC 5321 §4.4). */
function withoutReturnPath(text: string): string {
  return text.replace(/^Return-Path:[^\r\n]*\r\n/, '');
}
