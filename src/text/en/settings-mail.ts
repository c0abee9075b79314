// The words of settings of mail programs on devices; part of the panel's words in settings.ts.

import type { SettingText } from './settings.ts';

const security = (also: string): Readonly<Record<string, readonly [string, string]>> => ({
  tls: ['TLS from the first byte', also],
  starttls: [
    'STARTTLS',
    'The conversation begins in clear and is secured before the password is sent, or not at all.',
  ],
  none: ['None', 'Everybody on the way can read along, the password, too. Most servers refuse it.'],
});

export const mailSettings: Readonly<Record<string, SettingText>> = {
  'mailClient.leaveOnServer': {
    name: 'Leave messages on the server',
    what: 'On: POP3 downloads a copy, and the original stays where it is. Off: after the download it is deleted on the server, and this device has the only copy.',
  },
  'mailClient.download': {
    name: 'What is fetched',
    what: 'How much of a new message comes over at once.',
    choices: {
      headers: [
        'Headers only',
        'The text is fetched when the message is opened. Without a network it cannot be read.',
      ],
      all: [
        'Whole messages',
        'Everything can be read without a network, and costs bytes whether it is read or not.',
      ],
    },
  },
  'mailClient.server.host': {
    name: 'Mail server',
    what: 'The server that keeps the mail. Its certificate must carry exactly this name.',
  },
  'mailClient.server.port': {
    name: 'Port of the mail server',
    what: 'IMAP: 993 with TLS, 143 with STARTTLS. POP3: 995 with TLS, 110 with STARTTLS.',
  },
  'mailClient.server.security': {
    name: 'Security of the mail server',
    what: 'How the connection is secured. The port must fit.',
    choices: security('Ports 993 and 995. What RFC 8314 asks for.'),
  },
  'mailClient.user': {
    name: 'User name',
    what: 'As the server knows it. For the mailbox and for sending.',
  },
  'mailClient.password': {
    name: 'Password',
    what: 'For the mailbox and for sending. It is sent only over a connection as secure as set.',
  },
  'mailClient.submission.host': {
    name: 'Server for sending',
    what: 'Takes what is sent (submission). Its certificate must carry exactly this name.',
  },
  'mailClient.submission.port': {
    name: 'Port for sending',
    what: '465 with TLS, 587 with STARTTLS. Port 25 is for servers among themselves.',
  },
  'mailClient.submission.security': {
    name: 'Security for sending',
    what: 'How the connection is secured. The port must fit.',
    choices: security('Port 465. What RFC 8314 asks for.'),
  },
};
