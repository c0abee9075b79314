// The vocabulary of Sieve as a table: capabilities, commands, tests, their tags and arguments, and the paragraph that
// defines each. The checker, the interpreter's explanation and the editor's help read the same rows. RFC 5228 §2.6 first.

/** Every capability a script may `require`, with its standard. */
export const CAPABILITIES = {
  body: 'RFC 5173',
  'comparator-i;ascii-casemap': 'RFC 5228 §2.7.3',
  'comparator-i;ascii-numeric': 'RFC 4790 §9.1',
  'comparator-i;octet': 'RFC 5228 §2.7.3',
  copy: 'RFC 3894',
  date: 'RFC 5260',
  duplicate: 'RFC 7352',
  editheader: 'RFC 5293',
  'encoded-character': 'RFC 5228 §2.4.2.4',
  enotify: 'RFC 5435',
  envelope: 'RFC 5228 §5.4',
  environment: 'RFC 5183',
  ereject: 'RFC 5429 §2.1',
  fcc: 'RFC 8580',
  fileinto: 'RFC 5228 §4.1',
  imap4flags: 'RFC 5232',
  include: 'RFC 6609',
  index: 'RFC 5260 §6',
  mailbox: 'RFC 5490 §3',
  regex: 'draft-ietf-sieve-regex',
  reject: 'RFC 5429 §2.2',
  relational: 'RFC 5231',
  spamtest: 'RFC 5235 §2.1',
  spamtestplus: 'RFC 5235 §2.2',
  'special-use': 'RFC 8579',
  subaddress: 'RFC 5233',
  vacation: 'RFC 5230',
  'vacation-seconds': 'RFC 6131',
  variables: 'RFC 5229',
  virustest: 'RFC 5235 §2.3',
} as const;

export type Capability = keyof typeof CAPABILITIES;

export function isCapability(name: string): name is Capability {
  return Object.hasOwn(CAPABILITIES, name);
}

export type ArgumentType = 'string' | 'strings' | 'number';

export interface ArgumentSpec {
  readonly name: string;
  readonly type: ArgumentType;
  /** May be left out when there are fewer arguments than rows. */
  readonly optional?: boolean;
  /** Variables are not expanded here; a reference is an error. */
  readonly constant?: boolean;
}

export interface TagSpec {
  /** Without the colon. */
  readonly name: string;
  /** Of one group only one tag may be given. */
  readonly group?: string;
  readonly value?: ArgumentType;
  readonly constant?: boolean;
  readonly capability?: Capability;
  /** Only together with this tag. */
  readonly needs?: string;
}

export interface CommandSpec {
  readonly kind: 'command' | 'test';
  readonly rule: string;
  /** Any one of these must be required; none: always there. */
  readonly capabilities?: readonly Capability[];
  readonly tags?: readonly TagSpec[];
  readonly args?: readonly ArgumentSpec[];
  readonly tests?: 'one' | 'many';
  readonly block?: boolean;
  /** One tag of this group must be given. */
  readonly neededGroup?: string;
}

const MATCH: readonly TagSpec[] = [
  { name: 'is', group: 'match' },
  { name: 'contains', group: 'match' },
  { name: 'matches', group: 'match' },
  { name: 'count', group: 'match', value: 'string', constant: true, capability: 'relational' },
  { name: 'value', group: 'match', value: 'string', constant: true, capability: 'relational' },
  { name: 'regex', group: 'match', capability: 'regex' },
  { name: 'comparator', value: 'string', constant: true },
];
const PART: readonly TagSpec[] = [
  { name: 'all', group: 'address-part' },
  { name: 'localpart', group: 'address-part' },
  { name: 'domain', group: 'address-part' },
  { name: 'user', group: 'address-part', capability: 'subaddress' },
  { name: 'detail', group: 'address-part', capability: 'subaddress' },
];
const INDEX: readonly TagSpec[] = [
  { name: 'index', value: 'number', capability: 'index' },
  { name: 'last', capability: 'index', needs: 'index' },
];
const FLAGS: TagSpec = { name: 'flags', value: 'strings', capability: 'imap4flags' };
const COPY: TagSpec = { name: 'copy', capability: 'copy' };
const CREATE: TagSpec = { name: 'create', capability: 'mailbox' };
const SPECIAL_USE: TagSpec = { name: 'specialuse', value: 'string', capability: 'special-use' };
const FCC: readonly TagSpec[] = [
  { name: 'fcc', value: 'string', capability: 'fcc' },
  { ...CREATE, needs: 'fcc' },
  { ...FLAGS, needs: 'fcc' },
  { ...SPECIAL_USE, needs: 'fcc' },
];
const KEYS: ArgumentSpec = { name: 'keys', type: 'strings' };
const HEADERS: ArgumentSpec = { name: 'headers', type: 'strings' };
const FLAG_COMMAND = {
  kind: 'command',
  capabilities: ['imap4flags'],
  args: [
    { name: 'variable', type: 'string', optional: true, constant: true },
    { name: 'flags', type: 'strings' },
  ],
} as const;
const REJECTION = { kind: 'command', args: [{ name: 'reason', type: 'string' }] } as const;

const LANGUAGE_TABLE = {
  require: {
    kind: 'command',
    rule: 'RFC 5228 §3.2',
    args: [{ name: 'capabilities', type: 'strings', constant: true }],
  },
  if: { kind: 'command', rule: 'RFC 5228 §3.1', tests: 'one', block: true },
  elsif: { kind: 'command', rule: 'RFC 5228 §3.1', tests: 'one', block: true },
  else: { kind: 'command', rule: 'RFC 5228 §3.1', block: true },
  stop: { kind: 'command', rule: 'RFC 5228 §3.3' },
  keep: { kind: 'command', rule: 'RFC 5228 §4.3', tags: [FLAGS] },
  discard: { kind: 'command', rule: 'RFC 5228 §4.4' },
  redirect: {
    kind: 'command',
    rule: 'RFC 5228 §4.2',
    tags: [COPY],
    args: [{ name: 'address', type: 'string' }],
  },
  fileinto: {
    kind: 'command',
    rule: 'RFC 5228 §4.1',
    capabilities: ['fileinto'],
    tags: [COPY, CREATE, FLAGS, SPECIAL_USE],
    args: [{ name: 'mailbox', type: 'string' }],
  },
  reject: { ...REJECTION, rule: 'RFC 5429 §2.2', capabilities: ['reject'] },
  ereject: { ...REJECTION, rule: 'RFC 5429 §2.1', capabilities: ['ereject'] },
  setflag: { ...FLAG_COMMAND, rule: 'RFC 5232 §3.1' },
  addflag: { ...FLAG_COMMAND, rule: 'RFC 5232 §3.2' },
  removeflag: { ...FLAG_COMMAND, rule: 'RFC 5232 §3.3' },
  set: {
    kind: 'command',
    rule: 'RFC 5229 §4',
    capabilities: ['variables'],
    tags: [
      { name: 'lower', group: 'precedence 40' },
      { name: 'upper', group: 'precedence 40' },
      { name: 'lowerfirst', group: 'precedence 30' },
      { name: 'upperfirst', group: 'precedence 30' },
      { name: 'quotewildcard', group: 'precedence 20' },
      { name: 'quoteregex', group: 'precedence 20', capability: 'regex' },
      { name: 'encodeurl', group: 'precedence 15', capability: 'enotify' },
      { name: 'length', group: 'precedence 10' },
    ],
    args: [
      { name: 'name', type: 'string', constant: true },
      { name: 'value', type: 'string' },
    ],
  },
  vacation: {
    kind: 'command',
    rule: 'RFC 5230 §4',
    capabilities: ['vacation'],
    tags: [
      { name: 'days', group: 'period', value: 'number' },
      { name: 'seconds', group: 'period', value: 'number', capability: 'vacation-seconds' },
      { name: 'subject', value: 'string' },
      { name: 'from', value: 'string' },
      { name: 'addresses', value: 'strings' },
      { name: 'mime' },
      { name: 'handle', value: 'string' },
      ...FCC,
    ],
    args: [{ name: 'reason', type: 'string' }],
  },
  notify: {
    kind: 'command',
    rule: 'RFC 5435 §3',
    capabilities: ['enotify'],
    tags: [
      { name: 'from', value: 'string' },
      { name: 'importance', value: 'string' },
      { name: 'options', value: 'strings' },
      { name: 'message', value: 'string' },
      ...FCC,
    ],
    args: [{ name: 'method', type: 'string' }],
  },
  addheader: {
    kind: 'command',
    rule: 'RFC 5293 §4',
    capabilities: ['editheader'],
    tags: [{ name: 'last' }],
    args: [
      { name: 'name', type: 'string' },
      { name: 'value', type: 'string' },
    ],
  },
  deleteheader: {
    kind: 'command',
    rule: 'RFC 5293 §5',
    capabilities: ['editheader'],
    tags: [{ name: 'index', value: 'number' }, { name: 'last', needs: 'index' }, ...MATCH],
    args: [
      { name: 'name', type: 'string' },
      { name: 'patterns', type: 'strings', optional: true },
    ],
  },
  include: {
    kind: 'command',
    rule: 'RFC 6609 §3.2',
    capabilities: ['include'],
    tags: [
      { name: 'personal', group: 'location' },
      { name: 'global', group: 'location' },
      { name: 'once' },
      { name: 'optional' },
    ],
    args: [{ name: 'script', type: 'string', constant: true }],
  },
  return: { kind: 'command', rule: 'RFC 6609 §3.3', capabilities: ['include'] },
  global: {
    kind: 'command',
    rule: 'RFC 6609 §3.4',
    capabilities: ['include'],
    args: [{ name: 'names', type: 'strings', constant: true }],
  },

  address: {
    kind: 'test',
    rule: 'RFC 5228 §5.1',
    tags: [...PART, ...MATCH, ...INDEX],
    args: [HEADERS, KEYS],
  },
  allof: { kind: 'test', rule: 'RFC 5228 §5.2', tests: 'many' },
  anyof: { kind: 'test', rule: 'RFC 5228 §5.3', tests: 'many' },
  envelope: {
    kind: 'test',
    rule: 'RFC 5228 §5.4',
    capabilities: ['envelope'],
    tags: [...PART, ...MATCH],
    args: [{ name: 'parts', type: 'strings' }, KEYS],
  },
  exists: { kind: 'test', rule: 'RFC 5228 §5.5', args: [HEADERS] },
  false: { kind: 'test', rule: 'RFC 5228 §5.6' },
  header: { kind: 'test', rule: 'RFC 5228 §5.7', tags: [...MATCH, ...INDEX], args: [HEADERS, KEYS] },
  not: { kind: 'test', rule: 'RFC 5228 §5.8', tests: 'one' },
  size: {
    kind: 'test',
    rule: 'RFC 5228 §5.9',
    tags: [
      { name: 'over', group: 'size' },
      { name: 'under', group: 'size' },
    ],
    neededGroup: 'size',
    args: [{ name: 'limit', type: 'number' }],
  },
  true: { kind: 'test', rule: 'RFC 5228 §5.10' },
  hasflag: {
    kind: 'test',
    rule: 'RFC 5232 §4',
    capabilities: ['imap4flags'],
    tags: MATCH,
    args: [
      { name: 'variables', type: 'strings', optional: true, constant: true },
      { name: 'flags', type: 'strings' },
    ],
  },
  string: {
    kind: 'test',
    rule: 'RFC 5229 §5',
    capabilities: ['variables'],
    tags: MATCH,
    args: [{ name: 'source', type: 'strings' }, KEYS],
  },
  body: {
    kind: 'test',
    rule: 'RFC 5173 §4',
    capabilities: ['body'],
    tags: [
      { name: 'raw', group: 'transform' },
      { name: 'content', group: 'transform', value: 'strings' },
      { name: 'text', group: 'transform' },
      ...MATCH,
    ],
    args: [KEYS],
  },
  date: {
    kind: 'test',
    rule: 'RFC 5260 §4',
    capabilities: ['date'],
    tags: [
      { name: 'zone', group: 'zone', value: 'string' },
      { name: 'originalzone', group: 'zone' },
      ...MATCH,
      ...INDEX,
    ],
    args: [{ name: 'header', type: 'string' }, { name: 'part', type: 'string' }, KEYS],
  },
  currentdate: {
    kind: 'test',
    rule: 'RFC 5260 §5',
    capabilities: ['date'],
    tags: [{ name: 'zone', group: 'zone', value: 'string' }, ...MATCH],
    args: [{ name: 'part', type: 'string' }, KEYS],
  },
  duplicate: {
    kind: 'test',
    rule: 'RFC 7352 §3',
    capabilities: ['duplicate'],
    tags: [
      { name: 'header', group: 'identity', value: 'string' },
      { name: 'uniqueid', group: 'identity', value: 'string' },
      { name: 'handle', value: 'string' },
      { name: 'seconds', value: 'number' },
      { name: 'last' },
    ],
  },
  environment: {
    kind: 'test',
    rule: 'RFC 5183 §4',
    capabilities: ['environment'],
    tags: MATCH,
    args: [{ name: 'name', type: 'string' }, KEYS],
  },
  mailboxexists: {
    kind: 'test',
    rule: 'RFC 5490 §3.1',
    capabilities: ['mailbox'],
    args: [{ name: 'mailboxes', type: 'strings' }],
  },
  specialuse_exists: {
    kind: 'test',
    rule: 'RFC 8579 §3',
    capabilities: ['special-use'],
    args: [
      { name: 'mailbox', type: 'string', optional: true },
      { name: 'uses', type: 'strings' },
    ],
  },
  spamtest: {
    kind: 'test',
    rule: 'RFC 5235 §2.1',
    capabilities: ['spamtest', 'spamtestplus'],
    tags: [{ name: 'percent', capability: 'spamtestplus' }, ...MATCH],
    args: [{ name: 'value', type: 'string' }],
  },
  virustest: {
    kind: 'test',
    rule: 'RFC 5235 §2.3',
    capabilities: ['virustest'],
    tags: MATCH,
    args: [{ name: 'value', type: 'string' }],
  },
  valid_notify_method: {
    kind: 'test',
    rule: 'RFC 5435 §4',
    capabilities: ['enotify'],
    args: [{ name: 'methods', type: 'strings' }],
  },
  notify_method_capability: {
    kind: 'test',
    rule: 'RFC 5435 §5',
    capabilities: ['enotify'],
    tags: MATCH,
    args: [{ name: 'method', type: 'string' }, { name: 'capability', type: 'string' }, KEYS],
  },
} as const satisfies Record<string, CommandSpec>;

/** Every command and test this implementation knows, in lower case. */
export type CommandName = keyof typeof LANGUAGE_TABLE;

export const LANGUAGE: Readonly<Record<CommandName, CommandSpec>> = LANGUAGE_TABLE;
export const COMMAND_NAMES = Object.keys(LANGUAGE_TABLE) as readonly CommandName[];

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(LANGUAGE_TABLE, name);
}

export type ComparatorName = 'i;octet' | 'i;ascii-casemap' | 'i;ascii-numeric';
export const COMPARATORS: readonly ComparatorName[] = ['i;octet', 'i;ascii-casemap', 'i;ascii-numeric'];

/** RFC 5231 §4. */
export type Relation = 'gt' | 'ge' | 'lt' | 'le' | 'eq' | 'ne';
export const RELATIONS: readonly Relation[] = ['gt', 'ge', 'lt', 'le', 'eq', 'ne'];

/** RFC 5260 §4.2. */
export type DatePart =
  | 'year'
  | 'month'
  | 'day'
  | 'date'
  | 'julian'
  | 'hour'
  | 'minute'
  | 'second'
  | 'time'
  | 'iso8601'
  | 'std11'
  | 'zone'
  | 'weekday';
export const DATE_PARTS: readonly DatePart[] = [
  'year',
  'month',
  'day',
  'date',
  'julian',
  'hour',
  'minute',
  'second',
  'time',
  'iso8601',
  'std11',
  'zone',
  'weekday',
];

export const ENVELOPE_PARTS: readonly string[] = ['from', 'to', 'auth'];
/** RFC 5183 §4.1. */
export const ENVIRONMENT_ITEMS: readonly string[] = [
  'domain',
  'host',
  'location',
  'name',
  'phase',
  'remote-host',
  'remote-ip',
  'version',
];
/** RFC 3501 §2.3.2; `\Recent` belongs to the server. */
export const SYSTEM_FLAGS: readonly string[] = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft'];
/** RFC 6154 §2 and RFC 8457. */
export const SPECIAL_USES: readonly string[] = [
  '\\All',
  '\\Archive',
  '\\Drafts',
  '\\Flagged',
  '\\Important',
  '\\Junk',
  '\\Sent',
  '\\Trash',
];

/** Header fields that hold addresses: those of RFC 5228 §5.1 and the further ones Pigeonhole accepts. */
export const ADDRESS_HEADERS: ReadonlySet<string> = new Set(
  (
    'from to cc bcc sender resent-from resent-to resent-sender resent-cc resent-bcc reply-to resent-reply-to ' +
    'for-approval for-handling for-comment apparently-to errors-to delivered-to return-receipt-to return-path ' +
    'x-admin read-receipt-to x-confirm-reading-to return-receipt-requested disposition-notification-to ' +
    'registered-mail-reply-requested-by mail-followup-to mail-reply-to abuse-reports-to x-complaints-to ' +
    'x-report-abuse-to x-beenthere x-original-from x-original-to envelope-to'
  ).split(' '),
);
