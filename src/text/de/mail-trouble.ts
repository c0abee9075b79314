// Was zwischen einem Mailprogramm und seinen Servern und zwischen mehreren Geräten schiefgehen kann.

import type { MailTroubleWords } from '../en/mail-trouble.ts';

export const mailTrouble: MailTroubleWords = {
  'mail.failure.unknownHost': 'Es gibt keinen Server namens {server}. Ist der Name richtig geschrieben?',
  'mail.failure.noDns':
    'Die Adresse von {server} ließ sich nicht nachschlagen: Kein Nameserver hat geantwortet.',
  'mail.failure.refused': '{server} lehnt Verbindungen zu Port {port} ab. Stimmt der Port?',
  'mail.failure.timedOut': '{server} antwortet auf Port {port} nicht.',
  'mail.failure.unreachable': 'Es führt kein Weg zu {server}.',
  'mail.failure.certificateExpired':
    'Das Zertifikat von {server} ist abgelaufen. Das Passwort wurde nicht gesendet.',
  'mail.failure.certificateNotYetValid':
    'Das Zertifikat von {server} gilt nach der Uhr dieses Geräts noch nicht. Das Passwort wurde nicht gesendet.',
  'mail.failure.certificateName':
    'Das Zertifikat gehört zu einem anderen Namen als {server}. Das Passwort wurde nicht gesendet.',
  'mail.failure.certificateUntrusted':
    'Niemand, dem dieses Gerät vertraut, bürgt für das Zertifikat von {server}. Das Passwort wurde nicht gesendet.',
  'mail.failure.tlsFailed':
    'Kein TLS mit {server} auf Port {port}. Will dieser Port TLS vom ersten Byte an oder STARTTLS?',
  'mail.failure.tlsNotOffered':
    '{server} bietet auf Port {port} kein TLS an. Das Passwort wurde nicht gesendet.',
  'mail.failure.noMechanism':
    '{server} nimmt auf dieser Verbindung kein Passwort an. Ohne TLS lehnen die meisten Server das ab: Das Passwort wurde nicht gesendet.',
  'mail.failure.wrongPassword': '{server} akzeptiert Benutzernamen und Passwort nicht.',
  'mail.failure.mailboxInUse':
    'Eine andere POP3-Sitzung hat das Postfach bei {server}. Versuch es noch einmal, wenn sie vorbei ist.',
  'mail.failure.serverBusy': '{server} will gerade nicht sprechen.',
  'mail.failure.protocol': '{server} hat etwas gesagt, das dieses Programm nicht versteht.',
  'mail.failure.noAnswer': '{server} ist mitten im Gespräch verstummt.',
  'mail.failure.lost': 'Die Verbindung zu {server} ist mittendrin abgerissen.',
  'mail.failure.commandRefused': '{server} hat abgelehnt, worum es gebeten wurde.',
  'mail.failure.senderRefused': '{server} akzeptiert diesen Absender nicht.',
  'mail.failure.recipientRefused': '{server} akzeptiert einen Empfänger nicht.',
  'mail.failure.messageRefused': '{server} nimmt die Nachricht nicht an.',
  'mail.failure.sendLater': '{server} nimmt die Nachricht gerade nicht an. Sende sie später noch einmal.',
  'mail.maybeSent':
    'Die Nachricht war schon übergeben, als die Verbindung abriss, und niemand hat ihre Ankunft bestätigt. Sendest du sie noch einmal, kommt sie vielleicht doppelt an.',

  'mail.conflict.messageGone': 'Jemand anders hat die Nachricht inzwischen entfernt.',
  'mail.conflict.folderGone': 'Den Ordner {folder} gibt es nicht mehr.',
  'mail.conflict.uidValidity':
    'Der Server zählt den Ordner {folder} neu (UIDVALIDITY): Was dieses Gerät darüber wusste, gilt nicht mehr und wird neu geholt.',
  'mail.conflict.accountChanged':
    'Das Programm ist jetzt für ein anderes Postfach eingerichtet: Was auf das alte gewartet hat, ist hinfällig.',
  'mail.conflict.actionRefused': 'Der Server hat es abgelehnt: {text}',
};
