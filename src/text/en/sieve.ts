// The words of the filter editor: what each word of Sieve does, what is wrong with a script and how to mend it. Loaded with
// the editor; German has the same type. Backticks are code.

/* eslint-disable no-template-curly-in-string -- ${…} is how Sieve writes a variable */

export interface SieveText {
  readonly ui: Readonly<
    Record<
      | 'title'
      | 'whose'
      | 'intro'
      | 'editor'
      | 'save'
      | 'saving'
      | 'saved'
      | 'unsaved'
      | 'discard'
      | 'discarded'
      | 'undo'
      | 'good'
      | 'problems'
      | 'place'
      | 'tryTitle'
      | 'from'
      | 'to'
      | 'own'
      | 'ownText'
      | 'ownBad'
      | 'nothingTried'
      | 'result'
      | 'why'
      | 'runs'
      | 'runsNone'
      | 'missing'
      | 'fixRequire'
      | 'fixSemicolon'
      | 'fixSpelling'
      | 'letter'
      | 'empty',
      string
    >
  >;
  /** Commands and tests. */
  readonly names: Readonly<Record<string, string>>;
  /** Tags, by name, or `command.name` where they differ. */
  readonly tags: Readonly<Record<string, string>>;
  readonly capabilities: Readonly<Record<string, string>>;
  /** Arguments by name. */
  readonly args: Readonly<Record<string, string>>;
  /** Everything else that can stand under the cursor. */
  readonly things: Readonly<Record<string, string>>;
  /** Mistakes by code; what is not here is told in the server's words alone. */
  readonly mistakes: Readonly<Record<string, string>>;
}

export const sieve: SieveText = {
  ui: {
    title: 'Filter (Sieve)',
    whose: 'Filter of',
    intro: 'What happens to a message on delivery. The last step of its way, and the owner decides.',
    editor: 'Sieve script of {user}',
    save: 'Save on the server',
    saving: 'Saving …',
    saved: 'Saved. It works from the next message on.',
    unsaved: 'Not saved yet',
    discard: 'Discard',
    discarded: 'Discarded.',
    undo: 'Bring it back',
    good: 'No mistakes.',
    problems: 'Mistakes',
    place: 'Line {line}, column {column}',
    tryTitle: 'Try it',
    from: 'Envelope sender',
    to: 'Envelope recipient',
    own: 'A message of your own …',
    ownText: 'Message, header first',
    ownBad: 'Paste a message: headers, an empty line, text.',
    nothingTried: 'Choose a message. It is tried on a copy: nothing is moved, sent or remembered.',
    result: 'What would happen',
    why: 'Test by test',
    runs: 'Last deliveries',
    runsNone: 'No message has come through this filter yet.',
    missing: 'Needs `require "{capability}";` at the top.',
    fixRequire: 'Add require "{capability}"',
    fixSemicolon: 'Add the semicolon',
    fixSpelling: 'Change to {word}',
    letter: 'The reply',
    empty: 'Empty: every message goes to the inbox.',
  },
  names: {
    require: 'Names the extensions that the script uses. It stands at the top, before anything else.',
    if: 'Runs its block when the test holds.',
    elsif: 'Is asked when the test before it did not hold.',
    else: 'Runs when no test before it held.',
    stop: 'Ends the script here. What was decided so far is done.',
    keep: 'Puts the message into the inbox. That happens by itself, too, when nothing else was decided.',
    discard: 'Throws the message away without a word. The sender believes that it arrived.',
    redirect: 'Passes the message on to another address, and keeps nothing unless `:copy` says so.',
    fileinto: 'Puts the message into a folder instead of the inbox.',
    reject: 'Refuses the message with a text. The sender’s server tells its user.',
    ereject: 'Refuses the message while the connection still stands, never with a mail of its own.',
    setflag: 'Replaces the flags that the message will be stored with.',
    addflag: 'Adds flags that the message will be stored with.',
    removeflag: 'Takes flags away again.',
    set: 'Stores a text in a variable, which `${name}` brings back.',
    vacation: 'Answers that you are away, to each sender once in a while and never to lists or machines.',
    notify: 'Sends a short note about the message elsewhere.',
    addheader: 'Adds a header field to the message before it is stored or passed on.',
    deleteheader: 'Removes header fields from the message.',
    include: 'Runs another script here.',
    return: 'Leaves an included script and goes on after the `include`.',
    global: 'Shares a variable with the scripts that are included.',
    address: 'Compares the addresses in a header field, without names and comments.',
    allof: 'Holds when all tests in the parentheses hold.',
    anyof: 'Holds when one of the tests in the parentheses holds.',
    envelope: 'Compares the envelope: who it is really from, who it is really for.',
    exists: 'Holds when all these header fields are there.',
    false: 'Never holds.',
    header: 'Compares the text of header fields.',
    not: 'Turns the result of the next test round.',
    size: 'Compares the size of the whole message.',
    true: 'Always holds.',
    hasflag: 'Looks at the flags set so far.',
    string: 'Compares any text, above all variables. Upper and lower case count.',
    body: 'Compares the text of the message.',
    date: 'Compares a part of a date in a header field.',
    currentdate: 'Compares a part of the present date.',
    duplicate: 'Holds when this message was seen before, by its Message-ID.',
    environment: 'Asks about the server that runs the script.',
    mailboxexists: 'Holds when all these folders exist.',
    specialuse_exists: 'Holds when there is a folder with that use.',
    spamtest: 'Compares the spam score that the server has given: 0 not tested, 1 clean, 10 spam.',
    virustest: 'Compares what the virus scanner said: 1 clean to 5 infected.',
    valid_notify_method: 'Holds when all these addresses for notes can be used.',
    notify_method_capability: 'Asks what a way of notifying can do.',
  },
  tags: {
    is: 'The whole value is the key.',
    contains: 'The key stands somewhere in the value.',
    matches: 'The key is a pattern: `*` any text, `?` one character.',
    regex: 'The key is a regular expression.',
    count: 'Compares how many values there are: `"gt"`, `"eq"` …',
    value: 'Compares greater or less: `"gt"`, `"le"` …',
    comparator: 'How texts are compared: `i;octet` exactly, `i;ascii-casemap` without regard to case.',
    all: 'The whole address.',
    localpart: 'What stands before the `@`.',
    domain: 'What stands after the `@`.',
    user: 'The local part up to the `+`.',
    detail: 'The local part from the `+` on.',
    copy: 'Does it with a copy: the message goes into the inbox all the same.',
    create: 'Makes the folder if it is not there.',
    flags: 'Stores the message with these flags.',
    specialuse: 'Takes the folder that has this use, whatever its name.',
    over: 'Larger than this. `K`, `M` and `G` are allowed.',
    under: 'Smaller than this. `K`, `M` and `G` are allowed.',
    index: 'Only the field with this number, counted from the top.',
    last: 'Counts from the end.',
    'duplicate.last': 'The period begins anew with every copy.',
    days: 'No second reply to the same sender within so many days.',
    seconds: 'The period in seconds.',
    subject: 'Subject of the reply.',
    from: 'Sender of the reply.',
    addresses: 'Further addresses of yours: only mail to one of them is answered.',
    mime: 'The text brings its own MIME header.',
    handle: 'What counts as the same reply.',
    fcc: 'A copy of what is sent goes into this folder.',
    importance: '`"1"` urgent, `"2"` normal, `"3"` can wait.',
    options: 'Options of the way of notifying.',
    message: 'Text of the note.',
    personal: 'One of your own scripts.',
    global: 'A script of the whole site.',
    once: 'Not a second time.',
    optional: 'No mistake when it is not there.',
    lower: 'In lower case.',
    upper: 'In upper case.',
    lowerfirst: 'First letter in lower case.',
    upperfirst: 'First letter in upper case.',
    quotewildcard: 'Puts a backslash before `*`, `?` and `\\`.',
    quoteregex: 'Takes the special characters of regular expressions literally.',
    encodeurl: 'Written as in a web address.',
    length: 'How many characters.',
    raw: 'The body as it travels, encoded and with all parts.',
    content: 'Only parts of this type.',
    text: 'What a person reads, decoded.',
    zone: 'In this time zone, such as `"+0100"`.',
    originalzone: 'In the time zone of the header field.',
    header: 'The field that tells copies apart instead of Message-ID.',
    uniqueid: 'A text that tells copies apart instead of Message-ID.',
    percent: 'The score as a percentage.',
  },
  capabilities: {
    body: 'tests on the text of the message',
    'comparator-i;ascii-casemap': 'comparing without regard to case',
    'comparator-i;ascii-numeric': 'comparing as numbers',
    'comparator-i;octet': 'comparing exactly',
    copy: '`:copy` for fileinto and redirect',
    date: 'tests on dates',
    duplicate: 'recognizing copies',
    editheader: 'adding and removing header fields',
    'encoded-character': '`${unicode:…}` and `${hex:…}` in texts',
    enotify: 'notes by `notify`',
    envelope: 'tests on the envelope',
    environment: 'asking about the server',
    ereject: 'refusing during the connection',
    fcc: 'copies of what is sent',
    fileinto: 'sorting into folders',
    imap4flags: 'flags on stored messages',
    include: 'several scripts',
    index: 'one field out of several',
    mailbox: '`:create` and mailboxexists',
    regex: 'regular expressions',
    reject: 'refusing with a text',
    relational: '`:count` and `:value`',
    spamtest: 'the server’s spam score',
    spamtestplus: 'the spam score as a percentage',
    'special-use': 'folders by their use',
    subaddress: '`:user` and `:detail`',
    vacation: 'replies while away',
    'vacation-seconds': 'periods in seconds',
    variables: 'variables and `${1}`',
    virustest: 'what the virus scanner said',
  },
  args: {
    capabilities: 'Names of extensions.',
    mailbox: 'Name of the folder. Levels are parted by `/`.',
    address: 'One address.',
    headers: 'Names of header fields, without the colon.',
    keys: 'What is looked for: one text or a list. One hit is enough.',
    reason: 'The text that people read.',
    limit: 'A size in bytes, or with `K`, `M`, `G`.',
    parts: '`"from"` or `"to"`.',
    flags: 'Flags, such as `"\\\\Flagged"`.',
    source: 'The text that is looked at.',
    name: 'A name.',
    value: 'A value.',
    script: 'Name of the script.',
    header: 'Name of the header field with the date.',
    part: 'Which part: `"year"`, `"hour"`, `"weekday"` …',
    method: 'Where to, such as `"mailto:…"`.',
    mailboxes: 'Names of folders.',
  },
  things: {
    comment: 'A comment: for people only.',
    string: 'A text. `\\"` is a quote, `\\\\` a backslash.',
    number: 'A number. `K`, `M` and `G` multiply it by 1024.',
    list: 'A list: one of its entries is enough.',
    'test-list': 'The tests of `allof` or `anyof`.',
    block: 'The commands that belong to the test before.',
    comma: 'Parts entries.',
    semicolon: 'Ends a command.',
    variable: 'The value of a variable.',
    'match-variable': 'What the `*` or `?` with that number stood for in the last `:matches`.',
    unknown: 'Not a word of Sieve.',
    'unknown-tag': 'This command has no such tag.',
  },
  mistakes: {
    'not-required': '`{command}` needs `require "{capability}";` at the top of the script.',
    'tag-not-required': '`:{tag}` needs `require "{capability}";` at the top of the script.',
    'missing-semicolon': 'A semicolon is missing at the end of the command.',
    'missing-colon': 'A tag begins with a colon.',
    'unknown-command': '`{command}` is no command and no test of Sieve.',
    'unknown-tag': '`:{tag}` does not belong to `{command}`.',
    'unknown-capability': 'There is no extension `{value}` on this server.',
    'require-late': '`require` must stand before all other commands.',
    'unterminated-string': 'A text is opened with `"` and never closed.',
    'unterminated-comment': 'A comment is opened with `/*` and never closed.',
    'unterminated-multiline': 'A text after `text:` ends with a line that holds only a full stop.',
    'expected-block-end': 'A `}` is missing.',
    'expected-command-end':
      'Something stands here that does not belong to the command. Is a semicolon missing?',
    'expected-test': 'A test must stand here, such as `header`.',
    'expected-list-end': 'A `]` is missing.',
    'expected-test-list-end': 'A `)` is missing.',
    'block-missing': '`{command}` needs a block in braces: `{ … }`.',
    'else-without-if': '`{command}` must follow an `if` or `elsif`.',
    'wrong-use': '`{command}` is a {is}, not a {as}.',
    'argument-count': 'The number of values does not fit `{command}`.',
    'bad-address': '`{value}` is no address.',
    'bad-mailbox': '`{value}` cannot be the name of a folder.',
    'bad-number': 'Not a number that Sieve knows: digits, and at most one of `K`, `M`, `G`.',
    'bad-header-name': '`{value}` cannot be the name of a header field. Is there a colon in it?',
    unreachable: 'This is never reached: a `stop` stands before it.',
  },
};
