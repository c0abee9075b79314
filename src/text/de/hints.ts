// Was der Coach zu einem Fehler sagt, in drei Stufen: Anstoß, Grund, Beispiel zum Abtippen. Nie auf der Leitung.

import type { Hints } from '../en/hints.ts';

export const hints: Hints = {
  'LM-01': [
    'Diese Begrüßung kennt der Server nicht. Wie schreibt man sie, und was fehlt dahinter?',
    'Du stellst dich mit `EHLO` (früher `HELO`) vor, dahinter steht der Name deines eigenen Rechners. Ohne Namen weiß der Server nicht, wen er grüßt.',
    'EHLO {client:laptop.wolke.example}',
  ],
  'LM-02': [
    'Schau genau hin: Direkt hinter `FROM` fehlt etwas.',
    'Auf `FROM` und `TO` folgt sofort ein Doppelpunkt, und die Adresse steht in spitzen Klammern.',
    'MAIL FROM:<{address:alice@wolke.example}>',
  ],
  'LM-03': [
    'Angenommen. Eine Kleinigkeit an der Adresse will der Standard trotzdem anders.',
    'Postfix verzeiht ein Leerzeichen nach dem Doppelpunkt und fehlende spitze Klammern. Strengere Server, auch Gmail, antworten mit 555. Gewöhn dir `:<…>` an.',
    'MAIL FROM:<{address:alice@wolke.example}>',
  ],
  'LM-04': [
    'So steht es im Brief. Du beschriftest aber gerade noch den Umschlag.',
    '`From:` und `To:` sind Kopfzeilen der Nachricht. Den Umschlag füllst du mit `MAIL FROM` und `RCPT TO`. Kopfzeilen an dieser Stelle riechen für den Server nach gekapertem Webformular, deshalb hat er aufgelegt.',
    'MAIL FROM:<{address:alice@wolke.example}>',
  ],
  'LM-05': [
    'Richtiger Befehl, falscher Moment. Was will der Server vor dem Empfänger wissen?',
    'Die Reihenfolge steht fest: Gruß, Absender (`MAIL`), Empfänger (`RCPT`), Text (`DATA`). Der Server merkt sich, wo ihr seid, und lehnt ab, was einen Schritt überspringt.',
    'MAIL FROM:<{address:alice@wolke.example}>',
  ],
  'LM-06': [
    'Der Server weiß noch gar nicht, wohin mit der Nachricht.',
    'Vor `DATA` muss mindestens ein `RCPT TO` mit 250 bestätigt sein. Abgelehnte Empfänger zählen nicht.',
    'RCPT TO:<{recipient:bob@hafen.example}>',
  ],
  'LM-07': [
    'Der Betreff kommt später. Mit welchem Befehl beginnt der eigentliche Brief?',
    'Kopfzeilen wie `{header:Subject}:` gehören hinter `DATA`, wenn der Server 354 gesagt hat. Vorher hält er dich für ein Webformular oder einen Bot und legt auf.',
    'DATA',
  ],
  'LM-08': [
    'Nichts ist kaputt. Der Server wartet auf dich.',
    'Nach 354 schweigt der Server und hört zu, bis eine Zeile kommt, in der nur ein Punkt steht.',
    '.',
  ],
  'LM-09': [
    'Der Server hat sich nicht verabschiedet. In welchem Modus bist du?',
    'Du steckst noch mitten in der Nachricht: `{typed:QUIT}` ist jetzt eine Zeile deines Textes. Erst mit einem einzelnen Punkt abschließen, dann gehen.',
    '.',
  ],
  'LM-10': [
    'Fast. Sieh dir den Punkt an: Steht er wirklich allein?',
    'Nur ein Punkt ohne Leerzeichen davor und dahinter beendet die Nachricht. Auf der Leitung ist das CR LF `.` CR LF.',
    '.',
  ],
  'LM-11': [
    'Zwischen deinen Kopfzeilen und dem Text fehlt etwas.',
    'Eine Leerzeile trennt Kopf und Text. Ohne sie gelten deine ersten Zeilen als Kopfzeilen, und beim Empfänger kommt womöglich eine leere Mail an.',
    'Subject: Hallo\n\nLieber Bob, …',
  ],
  'LM-12': [
    'Gemerkt? Auf dem Umschlag steht ein anderer Absender als im Brief. Den Server stört das nicht.',
    'Umschlag und Kopfzeilen sind voneinander unabhängig, wie auf Papier. Antworten gehen an `From:`, Rückläufer an `MAIL FROM`. Ob der Unterschied verdächtig ist, klären SPF, DKIM und DMARC.',
    'Umschlag {reversePath:alice@wolke.example}, Kopfzeile {headerFrom:chef@bank.example}: Vergleiche beides in der Nachrichtenansicht.',
  ],
  'LM-13': [
    'Das ist kein Befehl. Vielleicht bist du in einem anderen Modus, als du denkst.',
    'Befehle beginnen mit einem Buchstaben. Ein Punkt bedeutet nur nach `DATA` etwas, und vor eine Adresse gehört ein Verb. Bei solchen Zeilen legt Postfix auf, weil Bots sie schicken.',
    'NOOP',
  ],
  'LM-14': [
    'Die Zeile sieht richtig aus, aber es steckt ein unsichtbares Zeichen darin.',
    'Dein Terminal hat die Rücktaste als eigenes Byte geschickt (08, `^H`), statt zu löschen. Der Server sieht jedes Byte. Schau in die Byte-Ansicht.',
    'Tipp die Zeile noch einmal ohne Korrektur oder kopiere sie von hier: {clean:EHLO laptop.wolke.example}',
  ],
  'LM-15': [
    'Die Befehle klappen. Aber erkennt der Server auch das Ende deines Textes?',
    'SMTP-Zeilen enden mit CR LF. Du hast nur LF geschickt; das Ende der Nachricht muss aber CR LF `.` CR LF sein. Der Server wartet also weiter oder lehnt mit 550 ab.',
    'nc -C {host:mx.hafen.example} 25',
  ],
  'LM-16': [
    'Hier hat der Server etwas Kodiertes erwartet.',
    '`AUTH PLAIN` will ein einziges Stück Base64: Nullbyte, Benutzername, Nullbyte, Passwort. Base64 ist Verpackung, keine Verschlüsselung.',
    'AUTH PLAIN {encoded:AGFsaWNlAGdlaGVpbQ==}',
  ],
  'LM-17': [
    'Seit der 220 spricht der Server TLS. Kann dein Programm das auch?',
    'telnet kann kein TLS. Nach `STARTTLS` wartet der Server auf den TLS-Handshake; lesbarer Text ist für ihn Müll.',
    'openssl s_client -starttls smtp -quiet -connect {host:mx.hafen.example}:25',
  ],
  'LM-18': [
    'Diese Zeile ist nie beim Server angekommen.',
    'In `openssl s_client` löst ein großes `R` am Zeilenanfang eine Neuaushandlung aus, ein `Q` beendet das Programm. `RCPT` und `QUIT` tappen genau in diese Falle.',
    'rcpt to:<{recipient:bob@hafen.example}>',
  ],
  'LM-19': [
    'Der Server will diese Nachricht nicht weiterreichen. Ist er für die Domain überhaupt zuständig?',
    'Ein Mailserver im MX nimmt nur Post für seine eigenen Domains an, sonst könnte jeder Spam durch ihn schicken. Nimm deinen eigenen Postausgang (Port 587, mit Anmeldung) oder den richtigen MX des Empfängers.',
    'dig {domain:hafen.example} MX +short',
  ],
  'LM-20': [
    'Du hast mit einem Mailserver in der Sprache des Web geredet.',
    '`GET` ist HTTP. Hinter Port 25 wartet SMTP. Postfix erkennt solche Besucher und legt auf.',
    'telnet {host:mx.hafen.example} 25',
  ],
  'LM-21': [
    'Sein Adressbuch zeigt der Server nicht her.',
    'Mit `VRFY` und `EXPN` ließen sich Adressen abgrasen. Darum antworten die meisten Server mit 252 („vielleicht, probier es halt“) oder lehnen ab.',
    'RCPT TO:<{recipient:bob@hafen.example}>',
  ],
  'LM-22': [
    'Ein Mailserver ist das schon. Aber auch der von dieser Domain?',
    'Nicht jeder Mailserver nimmt Post für jeden an. Welche zuständig sind, steht im DNS: in den MX-Einträgen der Empfängerdomain.',
    'dig {domain:hafen.example} MX +short',
  ],
  'LM-23': [
    'Du warst schneller als der Server.',
    'Alles auf einmal schicken darfst du nur, wenn der Server `PIPELINING` anbietet, und auch dann nicht über `EHLO`, `DATA` und einige andere hinweg. Sonst heißt es: Antwort abwarten. Spamprogramme warten nicht, und genau daran erkennt man sie.',
    'Schick eine Zeile, warte auf die Antwort mit den drei Ziffern, dann die nächste.',
  ],
  'LM-24': [
    'Würdest du jemandem trauen, der sich als „{name:localhost}“ vorstellt?',
    'Nenne einen vollständigen Rechnernamen, der im DNS zu deiner Adresse zurückführt. `localhost` oder eine nackte Nummer lehnen viele Server ab, oder es gibt Minuspunkte im Spamfilter.',
    'EHLO {client:mail.wolke.example}',
  ],
  'LM-25': [
    'Umlaute einfach so verschickt: Versteht die unterwegs jeder?',
    'Kopfzeilen sind ASCII. Andere Zeichen brauchen ein „encoded word“ oder eine Verbindung mit SMTPUTF8. Beim Passwort entscheidet die Kodierung, welche Bytes ankommen: Nimm UTF-8.',
    'Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=',
  ],
  'AC-TAG': [
    'Die Antwort beginnt mit `{tag:LOGIN}`. Wieso eigentlich?',
    '„{tag:LOGIN}“ wurde dein Tag. Jeder IMAP-Befehl beginnt mit einem Wort, das du dir aussuchst, und mit demselben Wort beginnt die Antwort darauf. Der Befehl kommt erst danach.',
    'a {typed:LOGIN alice …}',
  ],
  'AC-LITERAL': [
    'Du hast eine Anzahl Bytes angekündigt. Kamen auch genau so viele?',
    'Eine Zahl in geschweiften Klammern am Zeilenende sagt, wie viele Bytes folgen; danach geht der Befehl weiter. Zähl Bytes, keine Buchstaben: Ein Umlaut hat zwei. Einfacher geht es in Anführungszeichen.',
    'a LOGIN alice "brieftaube"',
  ],
  'AC-UID': [
    'So viele Nachrichten hat dieser Ordner nicht. Was für eine Nummer ist `{number:7}`?',
    'FETCH, STORE und COPY zählen im offenen Ordner ab 1. Ist die Nummer eine UID, dann stell `UID` vor den Befehl.',
    'a UID FETCH {number:7} FLAGS',
  ],
  'AC-QUOTE': [
    'Ein Zeichen in diesem Passwort hat bei IMAP eine Bedeutung.',
    'Ein Anführungszeichen beginnt eine Zeichenkette, eine geschweifte Klammer kündigt ein Literal an. Setz das ganze Passwort in Anführungszeichen, mit einem Backslash vor jedem `"` und `\\` darin.',
    'a LOGIN alice "mein \\"seltsames\\" Passwort"',
  ],
  'AC-BODY': [
    'Das war eine Beschreibung. Wolltest du die Nachricht selbst?',
    '`BODY` ohne Klammern ist der Aufbau: welche Teile es gibt und wie lang sie sind. `BODY[]` ist die Nachricht und markiert sie als gelesen. `BODY.PEEK[]` tut das nicht.',
    'a FETCH 1 BODY[]',
  ],
  'AC-SELECT': [
    'Du bist angemeldet, aber welche Schublade ist offen?',
    'Mach zuerst eine Schublade auf: IMAP arbeitet immer in einem Ordner, und nach LOGIN ist noch keiner offen.',
    'a SELECT INBOX',
  ],
  'AC-USER': [
    'Ein Passwort, aber von wem?',
    'POP3 will erst den Namen und dann das Passwort: `USER`, danach `PASS`.',
    'USER alice',
  ],
  'AC-DELE': [
    'Die Nachrichten sind wieder da. Was hast du vor dem Gehen nicht gesagt?',
    'POP löscht im Zustand UPDATE, und dorthin führt nur `QUIT`. `DELE` merkt bloß vor; reißt die Verbindung ab, bleibt alles liegen.',
    'QUIT',
  ],
  'AC-SMTP': [
    'Richtige Sprache, falscher Schalter. Was liegt hinter Port {port:110}?',
    'Mit SMTP gibt man Post auf. An diesem Port holt man sie ab, mit POP3 (110) oder IMAP (143). Für SMTP geh zu Port 25 oder 587.',
    'telnet {host:mail.wolke.example} 25',
  ],
  'AC-MAIL': [
    'Richtige Sprache, falscher Schalter. Was liegt hinter diesem Port?',
    'Hier gibt man Post auf, mit SMTP. Abgeholt wird sie mit POP3 an Port 110 oder mit IMAP an Port 143.',
    'telnet {host:mail.wolke.example} 143',
  ],
  'AC-TLS': [
    'Verbunden, und dann Stille. Wer wartet hier auf wen?',
    'An Port {port:993} ist alles vom ersten Byte an verschlüsselt. Der Server wartet auf einen TLS-Handshake, und den kann telnet nicht.',
    'openssl s_client -quiet -crlf -connect {host:mail.wolke.example}:{port:993}',
  ],
  'AC-CRLF': [
    'Erkennt der Server so das Ende deines Textes?',
    'Ohne `-crlf` beendet openssl jede Zeile nur mit LF. Das Ende des Textes muss aber CR LF `.` CR LF sein, also wartet der Server weiter.',
    '{command:openssl s_client -crlf -starttls smtp -connect mail.wolke.example:587}',
  ],
  'SH-SMTP': [
    'Hier hört noch niemand zu: Das ist die Eingabe deines eigenen Rechners.',
    'SMTP-Befehle haben nur Sinn, wenn am anderen Ende ein Mailserver sitzt. Verbinde dich zuerst.',
    'telnet {host:mx.hafen.example} 25',
  ],
  'SH-TYPO': [
    'Einen Befehl `{typed:mit diesem Namen}` gibt es nicht. Aber fast.',
    'Meintest du `{near:einen anderen}`? Die Tabulatortaste ergänzt, was du angefangen hast.',
    '{near:help}',
  ],
  'SH-REFUSED': [
    'Den Rechner gibt es, aber an diesem Port antwortet niemand.',
    'Auf `{host:dem Rechner}` läuft an Port {port:25} kein Dienst, oder er ist angehalten. Mailserver nehmen Post an Port 25 an, Mailprogramme geben sie an 587 auf.',
    'nc -vz {host:mx.hafen.example} 25',
  ],
  'SH-PORT25': [
    'Gar keine Antwort. Wer sitzt zwischen dir und diesem Server?',
    '`{router:Der Router}` hält Port 25 für Anschlüsse zu Hause geschlossen, wie die meisten Anbieter: Dort ginge der Spam befallener Rechner hinaus. Mailprogramme geben Post beim eigenen Server auf, an Port 587, mit Anmeldung. Der ist offen. In dieser Welt findest du den Schalter in den Einstellungen von `{router:dem Router}`.',
    'openssl s_client -starttls smtp -crlf -quiet -connect mail.wolke.example:587',
  ],
  'SH-TELNET': [
    'telnet läuft, ist aber mit niemandem verbunden. Diese Eingabezeile ist seine eigene.',
    'Hier gelten nur die Befehle von telnet selbst: `open HOST PORT` verbindet, `quit` führt zurück zur Shell.',
    'open {host:mx.hafen.example} 25',
  ],
  'SH-PORT': [
    'An welcher Tür hast du geklopft?',
    'Ohne Nummer geht telnet an Port 23, wo früher die Fernanmeldung war. Post wartet an Port 25.',
    'telnet {host:mx.hafen.example} 25',
  ],
};
