// Mail as files: bringing it into a mailbox and taking it away. Keys with a dot end in a word of the engine.

export const mailFiles = {
  'import.title': 'Import messages',
  'import.intro':
    'Saved messages (`.eml`), mailbox files (mbox) or a zip with a Maildir in it. They go into this world only; nothing leaves your browser.',
  'import.choose': 'Choose files',
  'import.drop': 'or drop them here',
  'import.reading': 'Reading {name}',
  'import.messages': '{n} {n|message|messages}',
  'import.none': 'no message',
  'import.remove': 'Leave out {name}',
  'import.all': 'All',
  'import.pick': 'Take “{subject}”',
  'import.more': 'and {n} more, taken along too',
  'import.noDate': 'no date',
  'import.mailbox': 'Into the mailbox',
  'import.folder': 'Folder',
  'import.asArchive': 'as in the archive',
  'import.go': 'Import {n} {n|message|messages}',
  'import.done': '{n} {n|message|messages} from {file} {n|is|are} in the folder {folder} now.',
  'import.doneMany': '{n} messages from {file} are in the mailbox now.',
  'import.past': 'You are looking at the past. Go to now, then import.',
  'import.close': 'Close import',
  'import.flags': 'flags: {flags}',
  'import.quoting': 'Lines such as `>>From` in this file can be read in two ways:',
  'import.quoting.mboxrd': 'mboxrd: every quoted line loses one `>`',
  'import.quoting.mboxo': 'mboxo: only `>From` loses it, `>>From` stays',
  'import.notes': 'Read with care',
  'import.losses': 'Not read',
  'import.skipped': '{n} {n|file|files} in the archive that {n|is|are} no mail',

  'kind.message': 'one message',
  'kind.mbox': 'mailbox file ({kind})',
  'kind.maildir': 'Maildir in a zip',
  'kind.zip': 'zip archive',
  'kind.none': 'not a mail file',

  'place.line': 'Line {line}',
  'place.entry': '`{entry}`',
  'place.entryLine': '`{entry}`, line {line}',
  'place.offset': '`{entry}`, byte {offset}',
  'place.byte': 'Byte {offset}',
  'place.file': 'The file',

  'problem.no-separator':
    'The file does not begin with a line `From …`, so {bytes} bytes belong to no message: “{text}”.',
  'problem.lookalike': '“{text}” begins like a separator but is none here. It was kept as text.',
  'problem.wrong-length':
    'Its Content-Length does not lead to the next message. The lengths in this file were not used.',
  'problem.inside':
    '“{text}” looks like the next message, but Content-Length says it is text. It was kept as text.',
  'problem.not-zip': 'This begins like a zip, but no entry could be found in it.',
  'problem.no-directory':
    'The archive is cut off or its directory is damaged. {value} {value|entry was|entries were} found before that place.',
  'problem.too-many-entries':
    'The archive lists {value} entries. Those behind the first 20,000 were not read. Split it up.',
  'problem.too-big':
    'It says that it unpacks to {value} bytes. An archive may hold 60 MB in all. Split it up.',
  'problem.damaged': 'The packed data is damaged.',
  'problem.bad-checksum': 'The content does not match its checksum (CRC-32): it was changed or damaged.',
  'problem.wrong-size': 'It was to be {value} bytes and is not. The archive is damaged, or it lies.',
  'problem.overlap': 'It shares its bytes with another entry, as zip bombs do.',
  'problem.bad-name': 'The name leads out of the archive. No honest program writes such a name.',
  'problem.twice': 'A second entry has this name. The first one was read.',
  'problem.encrypted': 'It is encrypted. Unpack it with its password and bring the messages themselves.',
  'problem.unknown-method':
    'Packed by method {value}, which is not read here. Only stored and deflated entries are.',
  'problem.not-mail': 'This is no message: it has no header. It begins with “{text}” ({value} bytes).',
  'problem.tmp': 'It lies in `tmp`: a delivery that was never finished ({value} bytes).',
  'problem.bad-folder':
    'No folder can have the name of its directory. The message goes into the folder you choose.',
  'problem.file-too-big': 'The file has {value} bytes. At most 60 MB are read. Split it up.',
  'problem.over-messages':
    '{value} {value|message|messages} from here on: one import takes 1000. Split the file and bring the rest next.',
  'problem.over-bytes':
    '{value} {value|message|messages} from here on: one import takes 10 MB. Split the file and bring the rest next.',

  'refused.noSuchMailbox': 'There is no mailbox {user}.',
  'refused.importEmpty': 'No message is chosen.',
  'refused.importFolder': 'A folder cannot be called {folder}: no dot, no empty part, no control characters.',
  'refused.importTooBig':
    '{bytes} bytes are too much: {limit} at most. Take fewer messages, or start the world over.',
  'refused.importTooMany': '{n} messages are too many for one import: {limit} at most.',
  'refused.importOverQuota':
    'The mailbox of {user} has a limit that these messages would pass. Take fewer, or raise the limit in the server panel.',
  'refused.other': 'That did not work ({id}).',

  'export.title': 'Export messages',
  'export.what': 'What',
  'export.folder': 'the folder {folder}, {n} {n|message|messages}',
  'export.mailbox': 'the whole mailbox of {user}, {n} {n|message|messages}',
  'export.how': 'As',
  'export.mbox': 'mbox',
  'export.mbox.what':
    'One text file a folder, message after message behind lines that begin with `From`. Such lines in the text get a `>` (mboxrd). Thunderbird, mutt and grep read it.',
  'export.maildir': 'Maildir',
  'export.maildir.what':
    'One file a message, flags in the name (`:2,S` is read), folders as `.Name`. The form in which Dovecot and Courier store mail. Comes as a zip.',
  'export.eml': 'single messages',
  'export.eml.what':
    'One `.eml` a message, the bytes as they lie in the mailbox. Every mail program opens them; flags are lost. Comes as a zip.',
  'export.go': 'Save the file',
  'export.done': '{n} {n|message|messages} saved as {name}.',
  'export.gone': 'This folder is not there any more.',
  'export.close': 'Close export',
};

export type MailFilesText = Record<keyof typeof mailFiles, string>;
