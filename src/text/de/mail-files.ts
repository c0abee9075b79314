import type { MailFilesText } from '../en/mail-files.ts';

export const mailFiles: MailFilesText = {
  'import.title': 'Nachrichten importieren',
  'import.intro':
    'Gespeicherte Nachrichten (`.eml`), Postfachdateien (mbox) oder ein Zip mit einem Maildir darin. Sie kommen nur in diese Welt; nichts verlässt deinen Browser.',
  'import.choose': 'Dateien auswählen',
  'import.drop': 'oder hier ablegen',
  'import.reading': '{name} wird gelesen',
  'import.messages': '{n} {n|Nachricht|Nachrichten}',
  'import.none': 'keine Nachricht',
  'import.remove': '{name} weglassen',
  'import.all': 'Alle',
  'import.pick': '„{subject}“ übernehmen',
  'import.more': 'und {n} weitere, die mitkommen',
  'import.noDate': 'kein Datum',
  'import.mailbox': 'In das Postfach',
  'import.folder': 'Ordner',
  'import.asArchive': 'wie im Archiv',
  'import.go': '{n} {n|Nachricht|Nachrichten} importieren',
  'import.done': '{n} {n|Nachricht|Nachrichten} aus {file} {n|liegt|liegen} jetzt im Ordner {folder}.',
  'import.doneMany': '{n} Nachrichten aus {file} liegen jetzt im Postfach.',
  'import.past': 'Du schaust in die Vergangenheit. Geh zu jetzt, dann importiere.',
  'import.close': 'Import schließen',
  'import.flags': 'Markierungen: {flags}',
  'import.quoting': 'Zeilen wie `>>From` in dieser Datei lassen sich auf zwei Arten lesen:',
  'import.quoting.mboxrd': 'mboxrd: Jede maskierte Zeile verliert ein `>`',
  'import.quoting.mboxo': 'mboxo: Nur `>From` verliert es, `>>From` bleibt',
  'import.notes': 'Mit Vorsicht gelesen',
  'import.losses': 'Nicht gelesen',
  'import.skipped': '{n} {n|Datei|Dateien} im Archiv, die keine Mail {n|ist|sind}',

  'kind.message': 'eine Nachricht',
  'kind.mbox': 'Postfachdatei ({kind})',
  'kind.maildir': 'Maildir in einem Zip',
  'kind.zip': 'Zip-Archiv',
  'kind.none': 'keine Maildatei',

  'place.line': 'Zeile {line}',
  'place.entry': '`{entry}`',
  'place.entryLine': '`{entry}`, Zeile {line}',
  'place.offset': '`{entry}`, Byte {offset}',
  'place.byte': 'Byte {offset}',
  'place.file': 'Die Datei',

  'problem.no-separator':
    'Die Datei beginnt nicht mit einer Zeile `From …`; so gehören {bytes} Bytes zu keiner Nachricht: „{text}“.',
  'problem.lookalike':
    '„{text}“ beginnt wie eine Trennzeile, ist hier aber keine. Die Zeile blieb als Text stehen.',
  'problem.wrong-length':
    'Ihr Content-Length führt nicht zur nächsten Nachricht. Die Längen in dieser Datei zählen deshalb nicht.',
  'problem.inside':
    '„{text}“ sieht aus wie die nächste Nachricht, aber Content-Length sagt, es ist Text. Die Zeile blieb als Text stehen.',
  'problem.not-zip': 'Das beginnt wie ein Zip, aber darin war kein Eintrag zu finden.',
  'problem.no-directory':
    'Das Archiv ist abgeschnitten, oder sein Verzeichnis ist beschädigt. Vor dieser Stelle {value|war|waren} {value} {value|Eintrag|Einträge} zu finden.',
  'problem.too-many-entries':
    'Das Archiv nennt {value} Einträge. Was hinter den ersten 20.000 steht, wurde nicht gelesen. Teile es auf.',
  'problem.too-big':
    'Ausgepackt sollen das {value} Bytes sein. Ein Archiv darf im Ganzen 60 MB enthalten. Teile es auf.',
  'problem.damaged': 'Die gepackten Daten sind beschädigt.',
  'problem.bad-checksum':
    'Der Inhalt passt nicht zu seiner Prüfsumme (CRC-32): Er wurde verändert oder ist beschädigt.',
  'problem.wrong-size':
    'Es sollten {value} Bytes sein und sind es nicht. Das Archiv ist beschädigt, oder es lügt.',
  'problem.overlap': 'Der Eintrag teilt sich seine Bytes mit einem anderen, wie es Zip-Bomben tun.',
  'problem.bad-name': 'Der Name führt aus dem Archiv hinaus. Kein ehrliches Programm schreibt solche Namen.',
  'problem.twice': 'Ein zweiter Eintrag heißt so. Gelesen wurde der erste.',
  'problem.encrypted':
    'Der Eintrag ist verschlüsselt. Pack ihn mit seinem Passwort aus und bring die Nachrichten selbst.',
  'problem.unknown-method':
    'Gepackt mit Verfahren {value}, das hier nicht gelesen wird. Gelesen werden nur unverpackte Einträge und Deflate.',
  'problem.not-mail':
    'Das ist keine Nachricht: Es hat keinen Header. Es beginnt mit „{text}“ ({value} Bytes).',
  'problem.tmp': 'Es liegt in `tmp`: eine Zustellung, die nie fertig wurde ({value} Bytes).',
  'problem.bad-folder':
    'So wie das Verzeichnis kann kein Ordner heißen. Die Nachricht kommt in den Ordner, den du wählst.',
  'problem.file-too-big': 'Die Datei hat {value} Bytes. Gelesen werden höchstens 60 MB. Teile sie auf.',
  'problem.over-messages':
    'Ab hier {value} {value|Nachricht|Nachrichten}: Ein Import nimmt 1000. Teile die Datei und bring den Rest danach.',
  'problem.over-bytes':
    'Ab hier {value} {value|Nachricht|Nachrichten}: Ein Import nimmt 10 MB. Teile die Datei und bring den Rest danach.',

  'refused.noSuchMailbox': 'Ein Postfach {user} gibt es nicht.',
  'refused.importEmpty': 'Keine Nachricht ist ausgewählt.',
  'refused.importFolder':
    'So kann ein Ordner nicht heißen: {folder}. Kein Punkt, kein leerer Teil, keine Steuerzeichen.',
  'refused.importTooBig':
    '{bytes} Bytes sind zu viel: höchstens {limit}. Nimm weniger Nachrichten, oder fang die Welt neu an.',
  'refused.importTooMany': '{n} Nachrichten sind zu viele für einen Import: höchstens {limit}.',
  'refused.importOverQuota':
    'Das Postfach von {user} hat eine Grenze, über die diese Nachrichten gingen. Nimm weniger, oder heb die Grenze im Server-Panel an.',
  'refused.other': 'Das ging nicht ({id}).',

  'export.title': 'Nachrichten exportieren',
  'export.what': 'Was',
  'export.folder': 'den Ordner {folder}, {n} {n|Nachricht|Nachrichten}',
  'export.mailbox': 'das ganze Postfach von {user}, {n} {n|Nachricht|Nachrichten}',
  'export.how': 'Als',
  'export.mbox': 'mbox',
  'export.mbox.what':
    'Eine Textdatei pro Ordner, Nachricht nach Nachricht hinter Zeilen, die mit `From` beginnen. Solche Zeilen im Text bekommen ein `>` (mboxrd). Thunderbird, mutt und grep lesen das.',
  'export.maildir': 'Maildir',
  'export.maildir.what':
    'Eine Datei pro Nachricht, Markierungen im Namen (`:2,S` heißt gelesen), Ordner als `.Name`. So speichern Dovecot und Courier ihre Mail. Kommt als Zip.',
  'export.eml': 'einzelne Nachrichten',
  'export.eml.what':
    'Eine `.eml` pro Nachricht, mit den Bytes, wie sie im Postfach liegen. Jedes Mailprogramm öffnet sie; Markierungen gehen verloren. Kommt als Zip.',
  'export.go': 'Datei speichern',
  'export.done': '{n} {n|Nachricht|Nachrichten} gespeichert als {name}.',
  'export.gone': 'Diesen Ordner gibt es nicht mehr.',
  'export.close': 'Export schließen',
};
