// Recognises what learners get wrong, from the notes of a server session. A pure fold: it never touches the wire, and what
// it finds is an id with parameters; the words for people are elsewhere. The ids are those of the learner-mistake table.

import { isIpv4, splitAddress, type Verb } from './grammar.ts';
import { replyText } from './reply.ts';
import type { ServerNote } from './session.ts';

export type MistakeId =
  | 'LM-01'
  | 'LM-02'
  | 'LM-03'
  | 'LM-04'
  | 'LM-05'
  | 'LM-06'
  | 'LM-07'
  | 'LM-08'
  | 'LM-09'
  | 'LM-10'
  | 'LM-11'
  | 'LM-12'
  | 'LM-13'
  | 'LM-14'
  | 'LM-15'
  | 'LM-19'
  | 'LM-20'
  | 'LM-21'
  | 'LM-22'
  | 'LM-23'
  | 'LM-24';

export interface Mistake {
  readonly id: MistakeId;
  /** What was typed and whatever else a hint may want to name. */
  readonly params: Readonly<Record<string, string>>;
  /** Index of the note at which it showed. */
  readonly atNote: number;
  /** How often this mistake has been made in the session, this time included: hints grow with it. */
  readonly count: number;
}

/** What the fold remembers: plain data. */
export interface MistakeState {
  noteIndex: number;
  /** The command that the next reply answers. */
  command: { verb: Verb | 'UNKNOWN' | undefined; text: string; tokens: readonly string[] } | undefined;
  counts: Partial<Record<MistakeId, number>>;
  /** Domains of recipients that this server has accepted. */
  acceptedDomains: string[];
}

export function mistakeState(): MistakeState {
  return { noteIndex: 0, command: undefined, counts: {}, acceptedDomains: [] };
}

/** All mistakes of a session so far. */
export function findMistakes(notes: readonly ServerNote[]): Mistake[] {
  const state = mistakeState();
  return notes.flatMap((note) => foldMistake(state, note));
}

/** One more note; gives the mistakes that it shows. */
export function foldMistake(state: MistakeState, note: ServerNote): Mistake[] {
  const found = recognise(state, note).map(({ id, params }): Mistake => {
    const count = (state.counts[id] ?? 0) + 1;
    state.counts[id] = count;
    return { id, params, atNote: state.noteIndex, count };
  });
  state.noteIndex++;
  return found;
}

type Found = Pick<Mistake, 'id' | 'params'>;

function recognise(state: MistakeState, note: ServerNote): Found[] {
  switch (note.kind) {
    case 'command':
      return command(state, note);
    case 'reply':
      return reply(state, note);
    case 'text':
      return [{ id: /^[ \t]*\.[ \t]*$/.test(note.line) ? 'LM-10' : 'LM-09', params: { typed: note.line } }];
    case 'quiet':
      return [{ id: 'LM-08', params: { seconds: String(note.ms / 1000) } }];
    case 'content':
      return content(note);
    case 'warning':
      return note.code === 'pipelining' ? [{ id: 'LM-23', params: { after: note.after } }] : [];
    case 'connect':
    case 'reject':
    case 'login':
    case 'login-failed':
    case 'flush':
    case 'lost':
    case 'disconnect':
      return [];
  }
}

function command(state: MistakeState, note: Extract<ServerNote, { kind: 'command' }>): Found[] {
  const text = note.raw.replace(/[\r\n]+$/, '');
  state.command = { verb: note.verb, text, tokens: note.tokens };
  const found: Found[] = [];
  const add = (id: MistakeId, params: Record<string, string> = {}): void => {
    found.push({ id, params: { typed: text, ...params } });
  };
  if (note.bareLf) add('LM-15');
  // eslint-disable-next-line no-control-regex
  if (/[\x08\x7f]/.test(text)) add('LM-14');
  const word = note.tokens[0] ?? '';
  const name = note.tokens[1];
  switch (note.verb) {
    case 'HELO':
    case 'EHLO':
    case 'LHLO':
      if (name === undefined) add('LM-01', { verb: note.verb });
      else if (
        isIpv4(name) ||
        (!name.startsWith('[') && !name.includes('.')) ||
        /\.local(?:domain)?$/i.test(name)
      )
        add('LM-24', { name });
      break;
    case 'VRFY':
      add('LM-21');
      break;
    case 'UNKNOWN':
      if (/^(?:hello|hallo|ehelo|hehlo|elho|hel0|ehl0|heloo|ehloo)$/i.test(word))
        add('LM-01', { verb: word });
      else if (/^(?:get|post|connect)$/i.test(word)) add('LM-20');
      else if (/^expn$/i.test(word)) add('LM-21');
      else if (/^[.<]/.test(word)) add('LM-13');
      else if (/^(?:from|to):/i.test(word) && note.state !== 'rcpt') add('LM-04');
      else if (/^[\w-]+:/.test(word)) add('LM-07', { header: word.slice(0, word.indexOf(':')) });
      break;
    default:
  }
  return found;
}

function reply(state: MistakeState, note: Extract<ServerNote, { kind: 'reply' }>): Found[] {
  const { command } = state;
  if (!command || note.to !== command.verb) return [];
  const text = replyText(note.reply);
  const params = { typed: command.text, reply: text };
  const code = note.reply.code;
  switch (command.verb) {
    case 'MAIL':
    case 'RCPT': {
      const address = (command.tokens[2] ?? '').replace(/^<|>$/g, '');
      const { domain } = splitAddress(address);
      if (code === 501 && / Syntax: /.test(text))
        return [{ id: 'LM-02', params: { ...params, verb: command.verb } }];
      if (code === 250) {
        const known = state.acceptedDomains.includes(domain.toLowerCase());
        if (command.verb === 'RCPT' && !known) state.acceptedDomains.push(domain.toLowerCase());
        const loose = /:[ \t]/.test(command.text) || !(command.tokens[2] ?? '').startsWith('<');
        return loose ? [{ id: 'LM-03', params }] : [];
      }
      if (command.verb === 'RCPT' && code === 503) return [{ id: 'LM-05', params }];
      if (!/Relay access denied/.test(text)) return [];
      // Whoever got one recipient accepted here and then tries another domain takes the MX for anybody's server.
      const id = state.acceptedDomains.length > 0 ? 'LM-22' : 'LM-19';
      return [{ id, params: { ...params, domain } }];
    }
    case 'DATA':
      return code === 503 || (code === 554 && /no valid recipients/i.test(text))
        ? [{ id: 'LM-06', params }]
        : [];
    default:
      return [];
  }
}

function content(note: Extract<ServerNote, { kind: 'content' }>): Found[] {
  const found: Found[] = [];
  if (note.bareLf) found.push({ id: 'LM-15', params: { typed: '' } });
  if (note.headerEnd !== 'blank line' && note.headerLines > 0)
    found.push({ id: 'LM-11', params: { line: note.textLine ?? '' } });
  const { headerFrom, reversePath } = note;
  if (headerFrom !== undefined && reversePath !== '' && headerFrom !== reversePath.toLowerCase())
    found.push({ id: 'LM-12', params: { headerFrom, reversePath } });
  return found;
}
