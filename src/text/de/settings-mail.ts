// Die Worte zu den Einstellungen von Mailprogrammen auf Geräten.

import type { SettingText } from '../en/settings.ts';

const security = (also: string): Readonly<Record<string, readonly [string, string]>> => ({
  tls: ['TLS vom ersten Byte an', also],
  starttls: [
    'STARTTLS',
    'Das Gespräch beginnt im Klartext und wird gesichert, bevor das Passwort gesendet wird, oder es endet.',
  ],
  none: ['Keine', 'Alle auf dem Weg können mitlesen, auch das Passwort. Die meisten Server lehnen das ab.'],
});

export const mailSettings: Readonly<Record<string, SettingText>> = {
  'mailClient.leaveOnServer': {
    name: 'Nachrichten auf dem Server belassen',
    what: 'An: POP3 lädt eine Kopie herunter, das Original bleibt, wo es ist. Aus: Nach dem Herunterladen wird es auf dem Server gelöscht, und dieses Gerät hat die einzige Kopie.',
  },
  'mailClient.download': {
    name: 'Was geholt wird',
    what: 'Wie viel von einer neuen Nachricht sofort herüberkommt.',
    choices: {
      headers: [
        'Nur der Kopf',
        'Der Text wird erst beim Öffnen geholt. Ohne Netz lässt er sich nicht lesen.',
      ],
      all: [
        'Ganze Nachrichten',
        'Alles lässt sich ohne Netz lesen und kostet Bytes, ob du es liest oder nicht.',
      ],
    },
  },
  'mailClient.server.host': {
    name: 'Mailserver',
    what: 'Der Server, der die Mail aufbewahrt. Sein Zertifikat muss genau diesen Namen tragen.',
  },
  'mailClient.server.port': {
    name: 'Port des Mailservers',
    what: 'IMAP: 993 mit TLS, 143 mit STARTTLS. POP3: 995 mit TLS, 110 mit STARTTLS.',
  },
  'mailClient.server.security': {
    name: 'Absicherung des Mailservers',
    what: 'Wie die Verbindung gesichert wird. Der Port muss dazu passen.',
    choices: security('Port 993 oder 995. So verlangt es RFC 8314.'),
  },
  'mailClient.user': {
    name: 'Benutzername',
    what: 'So, wie der Server ihn kennt. Für das Postfach und zum Senden.',
  },
  'mailClient.password': {
    name: 'Passwort',
    what: 'Für das Postfach und zum Senden. Es wird nur über eine Verbindung gesendet, die so sicher ist wie eingestellt.',
  },
  'mailClient.submission.host': {
    name: 'Server zum Senden',
    what: 'Nimmt an, was du sendest (Submission). Sein Zertifikat muss genau diesen Namen tragen.',
  },
  'mailClient.submission.port': {
    name: 'Port zum Senden',
    what: '465 mit TLS, 587 mit STARTTLS. Port 25 ist für Server untereinander.',
  },
  'mailClient.submission.security': {
    name: 'Absicherung beim Senden',
    what: 'Wie die Verbindung gesichert wird. Der Port muss dazu passen.',
    choices: security('Port 465. So verlangt es RFC 8314.'),
  },
};
