// Wörter für das, was ein Mailprogramm auf einem Gerät tut und erlebt.

import type { MailClientWords } from '../en/mail-client.ts';
import { mailTrouble } from './mail-trouble.ts';

export const mailClient: MailClientWords = {
  'mail.device.desktop': 'Desktop-PC',
  'mail.device.laptop': 'Laptop',
  'mail.device.phone': 'Handy',
  'mail.device.tablet': 'Tablet',

  'mail.phase.closed': 'Nicht verbunden',
  'mail.phase.lookingUp': 'Sucht die Adresse des Servers',
  'mail.phase.connecting': 'Verbindet sich',
  'mail.phase.securing': 'Baut TLS auf',
  'mail.phase.loggingIn': 'Meldet sich an',
  'mail.phase.working': 'Wartet auf die Antwort des Servers',
  'mail.phase.idling': 'Verbunden, wartet auf Neues (IDLE)',

  ...mailTrouble,

  'mail.problem.noSuchFolder': 'Einen Ordner {folder} gibt es nicht.',
  'mail.problem.noSuchMessage': 'Diese Nachricht liegt nicht mehr in {folder}.',
  'mail.problem.noSuchOutgoing': 'Diese Nachricht liegt nicht mehr im Postausgang.',
  'mail.problem.folderExists': 'Einen Ordner {folder} gibt es schon.',
  'mail.problem.badFolderName': 'So kann ein Ordner nicht heißen.',
  'mail.problem.badAddress': '„{address}“ ist keine Mailadresse.',
  'mail.problem.noRecipient': 'An wen? Mindestens ein Empfänger muss sein.',
  'mail.problem.emptySearch': 'Wonach soll gesucht werden?',
  'mail.problem.isOffline': 'Dieses Gerät ist offline. Geh zuerst online.',
  'mail.problem.mailTooLong': 'Das ist zu viel: höchstens {limit}.',
  'mail.problem.notWithPop3': 'So etwas kennt POP3 nicht.',
  'mail.problem.noSuchProgram': 'Auf {host} gibt es kein Mailprogramm {program}.',
};
