// The world of devices in the hands of a test: asks, settings, what each device shows, what the server has, and ways to
// break things. Tests only.

import { fileURLToPath } from 'node:url';
import { toHex, utf8 } from '../../base/bytes.ts';
import { MINUTE } from '../../base/dates.ts';
import { readSharedWorlds } from '../../build/lessons.ts';
import { sha256 } from '../../crypto/hash.ts';
import type { TraceEvent } from '../../host/events.ts';
import { callFromOutside, isBusy, runUntilQuiet, step } from '../../host/kernel.ts';
import type { MailAsk } from '../../host/mail-client/ask.ts';
import type { MdaState } from '../../host/mda/config.ts';
import type { SettingValue } from '../../host/settings.ts';
import { TestTerminal } from '../../host/testing/machine.ts';
import { rawOf } from '../../mailbox/store.ts';
import type { WorldDescription } from '../../world/description.ts';
import { apply, now, openWorld, type World } from '../../world/world.ts';
import { follow, openJournal, type Journal } from '../journal.ts';
import type {
  MailClientView,
  MailComparisonView,
  MailCopyView,
  MailMessageView,
  MailTalkView,
} from '../mail-client-types.ts';
import { mailClientViews, mailCopy } from '../mail-clients.ts';
import { mailComparisons } from '../mail-comparison.ts';
import { mailTalk } from '../mail-talk.ts';
import { mailboxViews } from '../mailboxes.ts';
import type { MailboxView } from '../types.ts';

const worlds = readSharedWorlds(fileURLToPath(new URL('../../../lessons', import.meta.url)));

export const DEVICE_HOSTS = {
  laptop: 'laptop.home.example',
  phone: 'phone.home.example',
  desktop: 'desktop.home.example',
  bob: 'desk.hafen.example',
} as const;
export type Device = keyof typeof DEVICE_HOSTS;
const SERVER = 'mail.wolke.example';

export interface ServerMessage {
  readonly uid: number;
  readonly flags: readonly string[];
  readonly raw: string;
}

export class MailLab {
  readonly world: World;
  readonly journal: Journal;

  constructor(changes: Partial<WorldDescription> = {}) {
    const description = { ...(worlds['devices'] as unknown as WorldDescription), ...changes };
    this.world = openWorld(description, 'test');
    this.journal = openJournal(description, this.world.machine.trace, this.world.machine.kept);
  }

  /** Undefined when it was done; the refusal's id when not. */
  refused(device: Device, what: MailAsk): string | undefined {
    return apply(this.world, { type: 'mail', host: DEVICE_HOSTS[device], program: 'mail', ask: what })?.id;
  }
  ask(device: Device, what: MailAsk): void {
    const problem = this.refused(device, what);
    if (problem !== undefined) throw new Error(`${device} refuses ${what.kind}: ${problem}`);
  }
  configure(device: Device, setting: string, value: SettingValue): void {
    const host = DEVICE_HOSTS[device];
    const problem = apply(this.world, { type: 'configure', host, program: 'mail', setting, value });
    if (problem !== undefined) throw new Error(`${device} refuses ${setting}: ${problem.id}`);
  }
  wait(minutes: number): void {
    apply(this.world, { type: 'pass', until: now(this.world) + minutes * MINUTE });
  }

  private followed(): Journal {
    follow(this.journal);
    return this.journal;
  }
  views(seq?: number): Readonly<Record<Device, MailClientView>> {
    const all = mailClientViews(this.followed(), seq);
    const of = (device: Device): MailClientView => {
      const view = all.find(({ host }) => host === DEVICE_HOSTS[device]);
      if (view === undefined) throw new Error(`no mail program on ${DEVICE_HOSTS[device]}`);
      return view;
    };
    return { laptop: of('laptop'), phone: of('phone'), desktop: of('desktop'), bob: of('bob') };
  }
  folder(device: Device, name: string): readonly MailMessageView[] {
    return this.views()[device].folders.find((one) => one.name === name)?.messages ?? [];
  }
  inbox(device: Device): readonly MailMessageView[] {
    return this.folder(device, 'INBOX');
  }
  /** Alice's mailbox as the page shows it. */
  mailbox(): MailboxView['folders'] {
    const { owners, entries, folders, seq } = this.followed();
    return mailboxViews(owners, entries, folders, seq).find(({ user }) => user === 'alice')?.folders ?? [];
  }
  comparisons(seq?: number): readonly MailComparisonView[] {
    return mailComparisons(this.followed(), seq);
  }
  talk(connection: number): MailTalkView | undefined {
    return mailTalk(this.followed(), connection);
  }
  copy(device: Device, folder: string, id: number): MailCopyView | undefined {
    return mailCopy(this.followed(), `${DEVICE_HOSTS[device]} mail`, folder, id);
  }
  /** What the device's program said, on all its connections. */
  said(device: Device): readonly string[] {
    const { connections } = this.views()[device];
    return connections
      .flatMap(({ id }) => this.talk(id)?.lines ?? [])
      .flatMap(({ from, text }) => (from === 'client' ? [text] : []));
  }

  /** Alice's folders as they lie on the server. */
  server(): ReadonlyMap<string, readonly ServerMessage[]> {
    const state = this.world.machine.state.hosts.get(SERVER)?.programs.get('mda')?.state as MdaState;
    const folders = state.store.users.get('alice')?.folders ?? [];
    return new Map(
      folders.map(({ name, messages }) => [
        name,
        messages.map((one) => ({ uid: one.uid, flags: one.flags, raw: rawOf(state.store, one) })),
      ]),
    );
  }
  /** What came into mailboxes at Hafen. */
  delivered(): readonly { readonly user: string; readonly folder: string; readonly raw: string }[] {
    return this.world.machine.trace.flatMap((event) =>
      event.type === 'mailbox.delivered' && event.host === 'mbox.hafen.example'
        ? [{ user: event.user, folder: event.folder, raw: this.world.machine.kept.get(event.message) ?? '' }]
        : [],
    );
  }
  events(): number {
    return this.world.machine.trace.length;
  }
  hash(): string {
    return toHex(sha256(utf8(JSON.stringify(this.world.machine.trace))));
  }
  /** Segments that anybody on the way could read it in. */
  inClear(secret: string): readonly TraceEvent[] {
    const forms = [secret, btoa(`\0alice\0${secret}`), btoa(secret)];
    return this.world.machine.trace.filter(
      (event) => event.type === 'net.data' && forms.some((form) => event.bytes.includes(form)),
    );
  }

  /** Lines typed into an IMAP session of Alice's from a terminal. */
  imap(...lines: readonly string[]): void {
    const typed = this.terminal();
    typed.type(`openssl s_client -connect ${SERVER}:993 -quiet -crlf`);
    typed.type('l LOGIN alice brieftaube');
    for (const line of lines) typed.type(line);
    typed.type('z LOGOUT');
  }
  terminal(): TestTerminal {
    return new TestTerminal(this.world.machine, 'laptop.home.example', 'laptop.home.example#9');
  }

  private links(host: string, up: boolean): void {
    const { net } = this.world.machine.state;
    for (const link of net.links) if (link.a === host || link.b === host) link.up = up;
  }
  cut(host = SERVER): void {
    this.links(host, false);
  }
  mend(host = SERVER): void {
    this.links(host, true);
  }
  /** Asks, and does something as soon as an event is in the trace. */
  during(device: Device, what: MailAsk, when: (event: TraceEvent) => boolean, then: () => void): void {
    const { machine } = this.world;
    callFromOutside(machine, DEVICE_HOSTS[device], 'mail', { type: 'mail', ask: what }, undefined);
    for (let seen = machine.trace.length; isBusy(machine);) {
      step(machine);
      const isThere = machine.trace.slice(seen).some(when);
      seen = machine.trace.length;
      if (!isThere) continue;
      then();
      break;
    }
    runUntilQuiet(machine, machine.state.net.now + 15 * MINUTE);
  }
}
