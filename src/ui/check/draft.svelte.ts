// What stands in the fields of the check page, and what the engine says about it. The draft lives in this tab: in memory,
// and in the session's storage so that a reload loses nothing. Nothing else is kept. A file whose bytes a text field would
// change is kept as bytes.

import { fromLatin1, fromUtf8Strict, latin1, utf8 } from '../../base/bytes.ts';
import type {
  CheckInput,
  CheckSample,
  CheckView,
  EnvelopeHints,
  EnvelopeSource,
} from '../../view/check-types.ts';
import { askChecker } from './checker.ts';
import { readTime, timeText } from './time-text.ts';

export const FIELDS = ['ip', 'helo', 'sender', 'receiver', 'time'] as const;
export type Field = (typeof FIELDS)[number];
export type Source = EnvelopeSource | 'you' | 'world';

/** A file that is no text: binary string. */
export interface KeptFile {
  readonly name: string;
  readonly bytes: string;
}

interface Kept {
  readonly text: string;
  readonly file?: KeptFile;
  readonly records: string;
  readonly fields: Readonly<Record<Field, string>>;
  readonly sources: Readonly<Record<Field, Source>>;
}

const key = 'ehlo:check';
const pauseMs = 350;
/** Storage of a tab holds about 5 million characters. */
const keptAtMost = 2_000_000;
/** Above this a text field gets slow. */
const longestText = 400_000;
const none = { ip: '', helo: '', sender: '', receiver: '', time: '' };
const unknown: Record<Field, Source> = {
  ip: 'none',
  helo: 'none',
  sender: 'none',
  receiver: 'none',
  time: 'none',
};

class CheckDraft {
  text = $state('');
  file = $state.raw<KeptFile>();
  records = $state('');
  fields = $state<Record<Field, string>>({ ...none });
  sources = $state<Record<Field, Source>>({ ...unknown });
  hints = $state.raw<EnvelopeHints>();
  view = $state.raw<CheckView>();
  busy = $state(false);
  failed = $state(false);
  /** What `clear` threw away. */
  cleared = $state.raw<Kept>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as Kept | null;
      if (kept) this.#fill(kept);
    } catch {
      // A draft that cannot be read is none.
    }
  }

  get isEmpty(): boolean {
    return this.text === '' && this.file === undefined && this.records === '';
  }

  get timeIsBad(): boolean {
    return this.fields.time.trim() !== '' && Number.isNaN(readTime(this.fields.time));
  }

  get input(): CheckInput {
    const { ip, helo, sender, receiver, time } = this.fields;
    return {
      // What is typed is UTF-8 on the wire.
      message: this.file?.bytes ?? fromLatin1(utf8(this.text)),
      records: fromLatin1(utf8(this.records)),
      ip: ip.trim(),
      helo: helo.trim(),
      sender: sender.trim(),
      ...(receiver.trim() === '' ? {} : { receiver: receiver.trim() }),
      nowSeconds: time.trim() === '' ? Math.floor(Date.now() / 1000) : readTime(time),
    };
  }

  writeMessage(text: string): void {
    this.text = text;
    this.#changed(true);
  }

  writeRecords(text: string): void {
    this.records = text;
    this.#changed(false);
  }

  writeField(field: Field, value: string): void {
    this.fields[field] = value;
    this.sources[field] = 'you';
    this.#changed(false);
  }

  /** A file: as text when a text field keeps it as it is, else as bytes. */
  takeFile(name: string, bytes: Uint8Array): void {
    const raw = fromLatin1(bytes);
    const text = raw.length <= longestText ? fromUtf8Strict(bytes) : undefined;
    const plain = text !== undefined && !/(?:^|[^\r])\n|\r(?!\n)|\0|^\ufeff/.test(text);
    this.file = plain ? undefined : { name, bytes: raw };
    this.text = plain ? text.replaceAll('\r\n', '\n') : '';
    this.#forgetGuesses();
    this.#changed(true);
  }

  fileAsText(): void {
    const bytes = this.file?.bytes ?? '';
    this.file = undefined;
    this.writeMessage((fromUtf8Strict(latin1(bytes)) ?? bytes).replace(/\r\n?/g, '\n').slice(0, longestText));
  }

  removeFile(): void {
    this.file = undefined;
    this.writeMessage('');
  }

  /** `asHappened`: the envelope is the world's own; else it is read off the message as with any other. */
  takeSample(sample: CheckSample, asHappened: boolean): void {
    const from: Source = asHappened ? 'world' : 'none';
    this.#fill({
      text: sample.message.replaceAll('\r\n', '\n'),
      records: sample.records,
      fields: {
        ip: sample.ip,
        helo: sample.helo,
        sender: sample.sender,
        receiver: sample.receiver,
        time: timeText(sample.nowSeconds),
      },
      sources: { ip: from, helo: from, sender: from, receiver: from, time: from },
    });
    this.cleared = undefined;
    this.#changed(true);
  }

  clear(): void {
    this.cleared = this.#kept();
    this.#fill({ text: '', records: '', fields: none, sources: unknown });
    this.hints = undefined;
    this.#changed(true);
  }

  undoClear(): void {
    if (this.cleared) this.#fill(this.cleared);
    this.cleared = undefined;
    this.#changed(true);
  }

  /** Looks at what stands here now; called when the page opens. */
  look(): void {
    this.#changed(true, 0);
  }

  #fill(kept: Kept): void {
    this.text = kept.text;
    this.file = kept.file;
    this.records = kept.records;
    this.fields = { ...kept.fields };
    this.sources = { ...kept.sources };
  }

  #kept(): Kept {
    return {
      text: this.text,
      ...(this.file === undefined ? {} : { file: this.file }),
      records: this.records,
      fields: { ...this.fields },
      sources: { ...this.sources },
    };
  }

  #forgetGuesses(): void {
    for (const field of FIELDS)
      if (this.sources[field] !== 'you') {
        this.fields[field] = '';
        this.sources[field] = 'none';
      }
  }

  #changed(message: boolean, pause = pauseMs): void {
    clearTimeout(this.#timer);
    this.#keep();
    this.busy = true;
    this.#timer = setTimeout(() => void this.#run(message), pause);
  }

  async #run(message: boolean): Promise<void> {
    const turn = ++this.#turn;
    try {
      if (message || this.hints === undefined) {
        const bytes = this.input.message;
        const hints = await askChecker((api) => api.envelopeHints(bytes));
        if (turn !== this.#turn) return;
        this.#guess(hints);
      }
      const { input } = this;
      const view = await askChecker((api) => api.checkOwn(input));
      if (turn !== this.#turn) return;
      this.view = view;
      this.failed = false;
    } catch {
      if (turn === this.#turn) this.failed = true;
    } finally {
      if (turn === this.#turn) {
        this.busy = false;
        this.#keep();
      }
    }
  }

  /** Fills the fields that nobody has filled by hand. */
  #guess(hints: EnvelopeHints): void {
    this.hints = hints;
    for (const field of FIELDS) {
      if (this.sources[field] === 'you' || this.sources[field] === 'world') continue;
      const { value, from } = hints[field];
      this.fields[field] = typeof value === 'number' ? timeText(value) : (value ?? '');
      this.sources[field] = from;
    }
  }

  #keep(): void {
    try {
      const text = JSON.stringify(this.#kept());
      if (this.isEmpty) sessionStorage.removeItem(key);
      else if (text.length <= keptAtMost) sessionStorage.setItem(key, text);
    } catch {
      // No room: the draft lives in memory alone.
    }
  }
}

let draft: CheckDraft | undefined;

/** The one draft of this tab. */
export function checkDraft(): CheckDraft {
  return (draft ??= new CheckDraft());
}
