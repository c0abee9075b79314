// The words for what a mail program on a device does and suffers. Loaded with the panel that shows it. German has the same
// type. `{server}`, `{port}` and `{text}` come from the failure.

import { mailTrouble } from './mail-trouble.ts';

export const mailClient = {
  'mail.device.desktop': 'Desktop',
  'mail.device.laptop': 'Laptop',
  'mail.device.phone': 'Phone',
  'mail.device.tablet': 'Tablet',

  'mail.phase.closed': 'Not connected',
  'mail.phase.lookingUp': 'Looking up the server’s address',
  'mail.phase.connecting': 'Connecting',
  'mail.phase.securing': 'Setting up TLS',
  'mail.phase.loggingIn': 'Logging in',
  'mail.phase.working': 'Waiting for the server’s answer',
  'mail.phase.idling': 'Connected, waiting for news (IDLE)',

  ...mailTrouble,

  'mail.problem.noSuchFolder': 'There is no folder {folder}.',
  'mail.problem.noSuchMessage': 'That message is not in {folder} any more.',
  'mail.problem.noSuchOutgoing': 'That message is not in the outbox any more.',
  'mail.problem.folderExists': 'There is a folder {folder} already.',
  'mail.problem.badFolderName': 'A folder cannot have this name.',
  'mail.problem.badAddress': '“{address}” is no mail address.',
  'mail.problem.noRecipient': 'To whom? At least one recipient is needed.',
  'mail.problem.emptySearch': 'What shall be searched for?',
  'mail.problem.isOffline': 'This device is offline. Go online first.',
  'mail.problem.mailTooLong': 'That is too much: at most {limit}.',
  'mail.problem.notWithPop3': 'POP3 has no such thing.',
  'mail.problem.noSuchProgram': 'There is no mail program {program} on {host}.',
} as const;

export type MailClientKey = keyof typeof mailClient;
export type MailClientWords = Readonly<Record<MailClientKey, string>>;
