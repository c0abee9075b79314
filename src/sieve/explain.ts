// What an editor asks of a script: the key of the thing under the cursor, and what could be written there. Keys and words
// of the language only; people's text is looked up by key elsewhere. Works on scripts that do not parse.

import type { TextSpan } from '../base/text-scanner.ts';
import {
  CAPABILITIES,
  COMMAND_NAMES,
  COMPARATORS,
  DATE_PARTS,
  ENVELOPE_PARTS,
  ENVIRONMENT_ITEMS,
  isCapability,
  isCommandName,
  LANGUAGE,
  RELATIONS,
  SPECIAL_USES,
  SYSTEM_FLAGS,
} from './language.ts';
import type { Capability, CommandName, CommandSpec, TagSpec } from './language.ts';
import { lexSieve } from './lexer.ts';
import type { Lexed, Token } from './lexer.ts';
import { referencesIn } from './variables.ts';

export interface TokenExplanation {
  /** `sieve.command.keep`, `sieve.tag.vacation.days`, `sieve.capability.fileinto`, `sieve.variable` … */
  readonly key: string;
  readonly span: TextSpan;
  /** Paragraph that defines it, where one does. */
  readonly rule?: string;
  /** What must be required for it and is not yet. */
  readonly missing?: Capability;
}

export interface Completion {
  readonly key: string;
  /** What is inserted, quotes not included. */
  readonly text: string;
  readonly kind: 'command' | 'test' | 'tag' | 'value';
  readonly missing?: Capability;
}

const SLOTS: Readonly<Record<string, readonly string[]>> = {
  comparator: COMPARATORS,
  relation: RELATIONS,
  datePart: DATE_PARTS,
  envelopePart: ENVELOPE_PARTS,
  environment: ENVIRONMENT_ITEMS,
  flag: SYSTEM_FLAGS,
  specialUse: SPECIAL_USES,
  capability: Object.keys(CAPABILITIES),
};

const covers = (span: TextSpan, offset: number): boolean =>
  offset >= span.offset && offset < span.offset + Math.max(1, span.length);

function requiredIn({ tokens }: Lexed): ReadonlySet<Capability> {
  const required = new Set<Capability>();
  let inside = false;
  for (const token of tokens) {
    if (token.kind === 'identifier') inside = token.text.toLowerCase() === 'require';
    else if (token.kind === ';') inside = false;
    else if (inside && token.kind === 'string' && isCapability(token.text)) required.add(token.text);
  }
  return required;
}

/** Where a token stands: the command or test it belongs to, and its role in it. */
interface Place {
  readonly owner?: CommandName;
  /** The tag whose value it is. */
  readonly tag?: string;
  /** Strings and numbers before it that are no tag's value; a list counts once. */
  readonly position: number;
}

function placeOf(tokens: readonly Token[], index: number): Place {
  let owner: CommandName | undefined;
  let tag: TagSpec | undefined;
  let position = 0;
  let inList = false;
  for (let i = 0; i < index; i++) {
    const token = tokens[i] as Token;
    switch (token.kind) {
      case 'identifier': {
        const name = token.text.toLowerCase();
        owner = isCommandName(name) ? name : undefined;
        tag = undefined;
        position = 0;
        inList = false;
        break;
      }
      case 'tag': {
        const name = token.text.toLowerCase();
        const spec: CommandSpec | undefined = owner === undefined ? undefined : LANGUAGE[owner];
        tag = spec?.tags?.find((one) => one.name === name && one.value !== undefined);
        break;
      }
      case '[':
        inList = true;
        break;
      case ']':
      case 'string':
      case 'number':
        if (token.kind === ']') inList = false;
        if (inList) break;
        if (tag === undefined) position++;
        tag = undefined;
        break;
      case ';':
      case '{':
      case '}':
      case '(':
      case ')':
      case ',':
        if (token.kind === ',' && inList) break;
        owner = undefined;
        tag = undefined;
        position = 0;
        inList = false;
        break;
      case 'error':
      case 'end':
        break;
    }
  }
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(tag === undefined ? {} : { tag: tag.name }),
    position,
  };
}

/** Which closed set of words a string at this place is taken from, if any. */
function slotAt({ owner, tag, position }: Place): keyof typeof SLOTS | undefined {
  if (tag === 'comparator') return 'comparator';
  if (tag === 'count' || tag === 'value') return 'relation';
  if (tag === 'flags') return 'flag';
  if (tag === 'specialuse') return 'specialUse';
  if (tag !== undefined || owner === undefined) return undefined;
  if (owner === 'require') return 'capability';
  if (owner === 'envelope' && position === 0) return 'envelopePart';
  if (owner === 'environment' && position === 0) return 'environment';
  if ((owner === 'date' && position === 1) || (owner === 'currentdate' && position === 0)) return 'datePart';
  if (owner === 'setflag' || owner === 'addflag' || owner === 'removeflag' || owner === 'hasflag')
    return 'flag';
  return owner === 'specialuse_exists' ? 'specialUse' : undefined;
}

function missingOf(
  wanted: readonly Capability[] | undefined,
  required: ReadonlySet<Capability>,
): { readonly missing?: Capability } {
  const [first] = wanted ?? [];
  return first === undefined || wanted?.some((one) => required.has(one)) === true ? {} : { missing: first };
}

/** The thing at an offset (UTF-16 units from 0), or undefined between things. */
export function explainToken(source: string, offset: number): TokenExplanation | undefined {
  const lexed = lexSieve(source);
  const comment = lexed.comments.find(({ span }) => covers(span, offset));
  if (comment !== undefined) return { key: 'sieve.comment', span: comment.span, rule: 'RFC 5228 §2.3' };
  const index = lexed.tokens.findIndex(({ kind, span }) => kind !== 'end' && covers(span, offset));
  const token = lexed.tokens[index];
  if (token === undefined) return undefined;
  const required = requiredIn(lexed);
  const { span } = token;
  switch (token.kind) {
    case 'identifier': {
      const name = token.text.toLowerCase();
      if (!isCommandName(name)) return { key: 'sieve.unknown', span };
      const { kind, rule, capabilities } = LANGUAGE[name];
      return { key: `sieve.${kind}.${name}`, span, rule, ...missingOf(capabilities, required) };
    }
    case 'tag': {
      const { owner } = placeOf(lexed.tokens, index);
      const name = token.text.toLowerCase();
      const spec = owner === undefined ? undefined : LANGUAGE[owner];
      const tag = spec?.tags?.find((one) => one.name === name);
      if (owner === undefined || spec === undefined || tag === undefined)
        return { key: 'sieve.unknown-tag', span };
      const shared = tag.group === 'match' || tag.group === 'address-part' || name === 'comparator';
      const key = shared ? `sieve.tag.${name}` : `sieve.tag.${owner}.${name}`;
      const capability = tag.capability;
      const rule = capability === undefined ? spec.rule : CAPABILITIES[capability];
      return { key, span, rule, ...missingOf(capability && [capability], required) };
    }
    case 'number':
      return { key: 'sieve.number', span, rule: 'RFC 5228 §2.4.1' };
    case 'string': {
      const raw = source.slice(span.offset, span.offset + span.length);
      const reference = referencesIn(raw).find((one) => {
        const at = span.offset + one.offset;
        return offset >= at && offset < at + one.length;
      });
      if (reference !== undefined) {
        const inner = { ...span, offset: span.offset + reference.offset, length: reference.length };
        const column = span.column + reference.offset;
        const key = reference.index === undefined ? 'sieve.variable' : 'sieve.match-variable';
        // Line and column hold for one-line strings; the offset always.
        const placed = raw.includes('\n') ? inner : { ...inner, column };
        return { key, span: placed, rule: 'RFC 5229 §3', ...missingOf(['variables'], required) };
      }
      const place = placeOf(lexed.tokens, index);
      const slot = slotAt(place);
      const known = slot === undefined ? undefined : SLOTS[slot]?.find((one) => sameWord(one, token.text));
      if (slot !== undefined && known !== undefined) return { key: `sieve.${slot}.${known}`, span };
      if (slot !== undefined) return { key: `sieve.unknown-${slot}`, span };
      const argument = place.owner === undefined ? undefined : LANGUAGE[place.owner].args?.[place.position];
      if (place.tag !== undefined) return { key: `sieve.value.${place.owner}.${place.tag}`, span };
      if (argument === undefined) return { key: 'sieve.string', span, rule: 'RFC 5228 §2.4.2' };
      return { key: `sieve.argument.${place.owner}.${argument.name}`, span };
    }
    case '[':
    case ']':
      return { key: 'sieve.list', span, rule: 'RFC 5228 §2.4.2.1' };
    case '(':
    case ')':
      return { key: 'sieve.test-list', span, rule: 'RFC 5228 §2.5' };
    case '{':
    case '}':
      return { key: 'sieve.block', span, rule: 'RFC 5228 §2.9' };
    case ',':
      return { key: 'sieve.comma', span, rule: 'RFC 5228 §2.4.2.1' };
    case ';':
      return { key: 'sieve.semicolon', span, rule: 'RFC 5228 §2.9' };
    case 'error':
    case 'end':
      return { key: 'sieve.unknown', span };
  }
}

const sameWord = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** What may be written at an offset, in the order of the language table. */
export function completionsAt(source: string, offset: number): readonly Completion[] {
  const lexed = lexSieve(source);
  const inComment = lexed.comments.some(
    ({ span }) =>
      offset > span.offset &&
      offset <= span.offset + span.length &&
      !source.slice(span.offset, offset).includes('*/'),
  );
  if (inComment) return [];
  const required = requiredIn(lexed);
  // The token being typed does not count as written; a string counts as open while the cursor is within it.
  const touching = lexed.tokens.findIndex(
    ({ kind, span }) =>
      kind !== 'end' &&
      span.offset < offset &&
      offset <= span.offset + span.length &&
      /^(identifier|tag|string|error)$/.test(kind),
  );
  const current = lexed.tokens[touching];
  const inString =
    current !== undefined &&
    source.charAt(current.span.offset) === '"' &&
    (current.kind === 'error' || offset < current.span.offset + current.span.length);
  const before =
    current !== undefined && (current.kind !== 'string' || inString)
      ? touching
      : lexed.tokens.findIndex(({ span }) => span.offset >= offset);
  const index = before < 0 ? lexed.tokens.length - 1 : before;
  const place = placeOf(lexed.tokens, index);
  const valuesOf = (slot: keyof typeof SLOTS): readonly Completion[] =>
    (SLOTS[slot] ?? []).map((text) => ({ key: `sieve.${slot}.${text}`, text, kind: 'value' as const }));
  const slot = slotAt(place);
  if (inString) return slot === undefined ? [] : valuesOf(slot);
  const named = (kind: 'command' | 'test'): readonly Completion[] =>
    COMMAND_NAMES.filter((name) => LANGUAGE[name].kind === kind).map((name) => ({
      key: `sieve.${kind}.${name}`,
      text: name,
      kind,
      ...missingOf(LANGUAGE[name].capabilities, required),
    }));
  if (place.owner === undefined) {
    const last = lexed.tokens[index - 1]?.kind;
    return named(last === '(' || last === ',' ? 'test' : 'command');
  }
  if (place.tag !== undefined) return slot === undefined ? [] : valuesOf(slot);
  const spec: CommandSpec = LANGUAGE[place.owner];
  const tags =
    place.position > 0
      ? []
      : (spec.tags ?? []).map((tag): Completion => ({
          key:
            tag.group === 'match' || tag.group === 'address-part' || tag.name === 'comparator'
              ? `sieve.tag.${tag.name}`
              : `sieve.tag.${place.owner}.${tag.name}`,
          text: `:${tag.name}`,
          kind: 'tag',
          ...missingOf(tag.capability && [tag.capability], required),
        }));
  return [
    ...tags,
    ...(spec.tests === undefined ? [] : named('test')),
    ...(slot === undefined ? [] : valuesOf(slot)),
  ];
}
