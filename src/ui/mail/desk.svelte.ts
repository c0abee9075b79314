// What is on the screen of the mail programs: which device, which folder, which message, what is being written. What the
// programs know comes from the engine and is the newest, because whoever acts wants to see what it led to; only the past is
// shown as it was.

import type {
  MailAsk,
  MailClientView,
  MailComparisonView,
  MailFolderView,
  MailMessageView,
} from '../../view/mail-client-types.ts';
import { engine } from '../state/engine.svelte.ts';
import { playhead } from '../state/playhead.svelte.ts';
import { answerTo, typedPeople } from './reply.ts';
import { failureText, folderName, p, problemText } from './words.ts';

export interface Writing {
  to: string;
  cc: string;
  bcc: string;
  subject: string;
  text: string;
  readonly inReplyTo?: { readonly folder: string; readonly id: number };
}

/** Of one device. */
interface Place {
  folder: string;
  /** Where the arrow keys are. */
  cursor?: number;
  open?: number;
  /** What is being written: `new`, or the message that it answers. Begun letters stay until they are sent or discarded. */
  drafts: Record<string, Writing>;
  writes?: string;
  showsOutbox: boolean;
}

export const OUTBOX = '\u0000outbox';

class Desk {
  clients = $state.raw<readonly MailClientView[]>([]);
  comparisons = $state.raw<readonly MailComparisonView[]>([]);
  loaded = $state(false);
  /** A client's id, or `beside`. */
  shown = $state('');
  /** The connection whose conversation is read. */
  talk = $state<number>();
  /** For the live region. */
  said = $state('');
  problem = $state('');
  working = $state(false);
  #places = $state<Record<string, Place>>({});
  #world = -1;

  readonly seq = $derived(playhead.past ? playhead.shownSeq : undefined);
  readonly client = $derived(this.clients.find(({ id }) => id === this.shown) ?? this.#first());
  readonly isBeside = $derived(this.shown === 'beside' && this.comparisons.length > 0);
  readonly canAct = $derived(!playhead.past && this.client?.owned === true);

  #first(): MailClientView | undefined {
    return this.clients.find(({ owned }) => owned) ?? this.clients[0];
  }

  /** Reads what the programs show; answers whether it is still wanted. */
  async load(isStale: () => boolean = () => false): Promise<void> {
    if (engine.state !== 'open') return;
    if (engine.world !== this.#world) {
      this.#world = engine.world;
      this.#places = {};
      this.talk = undefined;
      this.said = this.problem = '';
      if (!this.clients.some(({ id }) => id === this.shown)) this.shown = '';
    }
    const seq = this.seq;
    const [clients, comparisons] = await engine.ask((api) =>
      Promise.all([api.mailClients(seq), api.mailComparison(seq)]),
    );
    if (isStale()) return;
    this.clients = clients;
    this.comparisons = comparisons;
    this.loaded = true;
  }

  place(id = this.client?.id ?? ''): Place {
    return this.#places[id] ?? { folder: 'INBOX', drafts: {}, showsOutbox: false };
  }
  #put(changes: Partial<Place>): void {
    const id = this.client?.id ?? '';
    this.#places[id] = { ...this.place(id), ...changes };
  }

  readonly folder: MailFolderView | undefined = $derived.by(() => {
    const { folders = [] } = this.client ?? {};
    const { folder } = this.place();
    return (
      folders.find(({ name }) => name === folder) ??
      folders.find(({ role }) => role === 'inbox') ??
      folders[0]
    );
  });
  /** What the list shows: all of the folder, or what was found in it. */
  readonly found = $derived.by(() => {
    const search = this.client?.search;
    return search !== undefined && search.folder === this.folder?.name && this.searching ? search : undefined;
  });
  searching = $state(false);
  readonly messages: readonly MailMessageView[] = $derived(
    (this.folder?.messages ?? []).filter(({ id }) => this.found === undefined || this.found.ids.includes(id)),
  );
  readonly message = $derived(this.messages.find(({ id }) => id === this.place().open));
  readonly cursor = $derived(this.messages.find(({ id }) => id === this.place().cursor) ?? this.message);

  show(id: string): void {
    this.shown = id;
    this.talk = undefined;
    this.problem = '';
    this.searching = false;
  }
  move(id: number | undefined): void {
    this.#put(id === undefined ? { ...this.place() } : { cursor: id });
  }
  close(): void {
    const { open: _, writes: __, ...rest } = this.place();
    this.#places[this.client?.id ?? ''] = { ...rest, showsOutbox: false };
    this.talk = undefined;
    this.problem = '';
  }

  /** Does something with the program of the device that is shown. True when it was not refused. */
  async ask(ask: MailAsk, done?: string): Promise<boolean> {
    const { client } = this;
    if (client === undefined || !this.canAct) return false;
    const { host, program, failure: before } = client;
    this.problem = '';
    this.working = true;
    const refused = await engine.run({ type: 'mail', host, program, ask: $state.snapshot(ask) as MailAsk });
    await this.load().catch(() => undefined);
    this.working = false;
    if (refused) {
      this.problem = problemText(refused);
      return false;
    }
    const now = this.clients.find(({ id }) => id === client.id);
    if (now?.failure !== undefined && now.failure.seq !== before?.seq)
      this.said = p('did.failed', { text: failureText(now.failure) });
    else if (ask.kind === 'check')
      this.said = now?.lastCheck?.fresh ? p('did.checked', { n: now.lastCheck.fresh }) : p('did.nothing');
    else if (done !== undefined)
      this.said =
        now?.isOnline === false && ask.kind !== 'online' && client.protocol === 'imap'
          ? p('did.waits')
          : done;
    return true;
  }

  async openFolder(name: string): Promise<void> {
    this.close();
    this.searching = false;
    if (name === OUTBOX) {
      this.#put({ showsOutbox: true });
      return;
    }
    this.#put({ folder: name });
    if (this.canAct && this.client?.protocol === 'imap') await this.ask({ kind: 'open', folder: name });
  }

  async read(id: number): Promise<void> {
    const folder = this.folder?.name;
    if (folder === undefined) return;
    this.close();
    this.#put({ open: id, cursor: id });
    const message = this.folder?.messages.find((one) => one.id === id);
    // Offline there is nothing more to be had than what is here; the reader says so.
    const isOut = message?.here === 'header' && this.client?.isOnline === false;
    if (!this.canAct || isOut || (message?.here === 'whole' && message.isSeen)) return;
    await this.ask({ kind: 'read', folder, id });
  }

  #refs(message: MailMessageView): { readonly folder: string; readonly ids: readonly number[] } {
    return { folder: this.folder?.name ?? 'INBOX', ids: [message.id] };
  }
  flag(message: MailMessageView): Promise<boolean> {
    const on = !message.flags.includes('\\Flagged');
    return this.ask(
      { kind: 'flag', flag: 'flagged', on, ...this.#refs(message) },
      p(on ? 'did.flagged' : 'did.unflagged'),
    );
  }
  seen(message: MailMessageView): Promise<boolean> {
    const on = !message.isSeen;
    return this.ask(
      { kind: 'flag', flag: 'seen', on, ...this.#refs(message) },
      p(on ? 'did.read' : 'did.unread'),
    );
  }
  moveTo(message: MailMessageView, to: string): Promise<boolean> {
    this.#after(message);
    return this.ask({ kind: 'move', to, ...this.#refs(message) }, p('did.moved', { folder: folderName(to) }));
  }
  delete(message: MailMessageView): Promise<boolean> {
    this.#after(message);
    return this.ask({ kind: 'delete', ...this.#refs(message) }, p('did.deleted'));
  }
  /** The message goes: the cursor stands on the one that takes its place. */
  #after(message: MailMessageView): void {
    const at = this.messages.findIndex(({ id }) => id === message.id);
    const next = this.messages[at + 1] ?? this.messages[at - 1];
    if (this.place().open === message.id) this.close();
    this.#put(next === undefined ? {} : { cursor: next.id });
  }

  /** The letter that is being written now. */
  readonly writing = $derived.by(() => {
    const { drafts, writes } = this.place();
    return writes === undefined ? undefined : drafts[writes];
  });
  #begin(key: string, make: () => Writing): void {
    this.talk = undefined;
    this.problem = '';
    const { drafts } = this.place();
    this.#put({ writes: key, drafts: { ...drafts, [key]: drafts[key] ?? make() } });
  }
  write(): void {
    this.#begin('new', () => ({ to: '', cc: '', bcc: '', subject: '', text: '' }));
  }
  discard(): void {
    const { drafts, writes, ...rest } = this.place();
    this.#places[this.client?.id ?? ''] = {
      ...rest,
      drafts: Object.fromEntries(Object.entries(drafts).filter(([key]) => key !== writes)),
    };
    this.problem = '';
  }
  async reply(message: MailMessageView, toAll = false): Promise<void> {
    const { client } = this;
    const folder = this.folder?.name ?? 'INBOX';
    if (client === undefined || !this.canAct) return;
    const seq = this.seq;
    const copy = await engine.ask((api) => api.mailMessage(client.id, folder, message.id, seq));
    if (copy === undefined) return;
    const answer = answerTo(copy.raw, client.address, toAll, (from, date) =>
      p('compose.wrote', { from, date }),
    );
    this.#begin(`${folder} ${message.id} ${toAll}`, () => ({
      ...answer,
      bcc: '',
      inReplyTo: { folder, id: message.id },
    }));
  }
  /** True when it is on its way or in the outbox. */
  async send(): Promise<boolean> {
    const { writing } = this;
    if (writing === undefined) return false;
    const { to, cc, bcc, subject, text, inReplyTo } = writing;
    const accepted = await this.ask({
      kind: 'send',
      draft: {
        to: typedPeople(to),
        cc: typedPeople(cc),
        bcc: typedPeople(bcc),
        subject,
        text,
        ...(inReplyTo === undefined ? {} : { inReplyTo }),
      },
    });
    if (!accepted) return false;
    this.discard();
    const waits = (this.client?.outbox.length ?? 0) > 0;
    if (waits) this.#put({ showsOutbox: true });
    this.said = p(waits ? 'did.queued' : 'did.sent');
    return true;
  }
}

export const desk = new Desk();
