// Why a message went under TLS, in clear, or not at all: the level that the administrator chose, what DANE and MTA-STS say of
// the receiver, and whether somebody on the way changed what was said.

import type { EventOf, TraceEvent } from '../host/events.ts';
import type { Journal } from './journal.ts';
import type { Phrase } from './types.ts';
import { logAround, openZone, type WhyDraft } from './why-base.ts';
import { wireLines } from './wire.ts';

export type TlsEvent = EventOf<'net.meddled' | 'smtp.tls' | 'smtp.tlsPolicy' | 'smtp.sts'>;

export function whyTls(journal: Journal, event: TlsEvent, view: WhyDraft): WhyDraft {
  const say = (key: string, params: Phrase['params'] = {}): void => void view.plain.push({ key, params });
  const facts = (rows: readonly (readonly [string, string | undefined])[]): void =>
    void view.sections.push({
      type: 'facts',
      title: { key: 'why.fact.details' },
      facts: rows.flatMap(([name, value]) =>
        value === undefined || value === '' ? [] : [{ label: { key: `why.fact.${name}` }, value }],
      ),
    });
  const wire = (connection: number): void =>
    void view.sections.push({
      type: 'wire',
      title: { key: 'why.wire' },
      lines: wireLines(journal.connections, journal.trace, connection, event.seq),
    });
  switch (event.type) {
    case 'net.meddled': {
      const info = journal.connections.get(event.connection);
      const params = { host: event.host, client: info?.client ?? '', server: info?.server ?? '' };
      say(`why.meddled.${event.side}`, params);
      say('why.meddled.blind');
      facts([
        ['sent', event.before],
        ['arrived', event.after],
      ]);
      wire(event.connection);
      settingsOf(journal, event.host, view);
      return view;
    }
    case 'smtp.tls': {
      const { host, level, by, outcome } = event;
      say(`why.smtpTls.${outcome}`, { host });
      if (by === 'level') say(`why.tlsLevel.${level}`);
      else say(`why.smtpTls.by.${by}`, { host });
      const stripped = meddledBy(journal, event.connection);
      if (stripped !== undefined && (outcome === 'clear' || outcome === 'notOffered'))
        say(`why.smtpTls.stripped.${outcome}`, { box: stripped });
      say('why.tls.modelled');
      facts([
        ['tlsLevel', level],
        ['queueId', event.queueId],
      ]);
      wire(event.connection);
      view.sections.push(...logAround(journal, event.host, event.seq, [event.queueId, `${host}[`]));
      settingsOf(journal, event.host, view);
      return view;
    }
    case 'smtp.tlsPolicy': {
      const { host, configured, level, by, gap, refusal } = event;
      if (by !== 'level') say(`why.tlsPolicy.${by}`, { host });
      if (gap !== undefined) say(`why.tlsPolicy.gap.${gap}`, { host });
      if (refusal === undefined) say(`why.tlsLevel.${level}`);
      else say(`why.tlsPolicy.refused`, { host });
      facts([
        ['tlsConfigured', configured],
        ['tlsLevel', level],
        ['tlsNames', event.names.join(', ')],
        ['answer', refusal],
      ]);
      view.actions.push(...openZone(journal, `_25._tcp.${host}`, 'TLSA'));
      settingsOf(journal, event.host, view);
      return view;
    }
    case 'smtp.sts': {
      const { domain, result, mode, problem } = event;
      say('why.sts.what', { domain });
      say(`why.sts.${result}`, { domain });
      if (problem !== undefined) say(`why.sts.problem.${problemKey(problem)}`, { domain });
      if (mode !== undefined) say(`why.sts.mode.${mode}`);
      facts([
        ['stsMode', mode],
        ['stsHosts', event.mx?.join(', ')],
        ['stsId', event.id],
        ['answer', problem],
      ]);
      view.actions.push(...openZone(journal, `_mta-sts.${domain}`, 'TXT'));
      return view;
    }
  }
}

/** `status301` and `policy.mode` have one explanation each with their kind. */
function problemKey(problem: string): string {
  if (problem.startsWith('status')) return 'status';
  return problem.startsWith('policy.') ? 'policy' : problem;
}

/** The host on the way that changed what was offered on a connection. */
export function meddledBy(journal: Journal, connection: number): string | undefined {
  const found = (event: TraceEvent): boolean =>
    event.type === 'net.meddled' && event.connection === connection && event.side === 'server';
  const opened = journal.connections.get(connection)?.openedSeq ?? journal.seq;
  return journal.trace.slice(opened - 1, journal.seq).find(found)?.host;
}

/** The way to the settings of a host, when it has any. */
export function settingsOf(journal: Journal, host: string, view: WhyDraft): void {
  if ([...journal.settings.values()].some((states) => states[0]?.value.host === host))
    view.actions.push({ type: 'openSettings', host });
}
