// Was an der Form einer Nachricht nicht stimmt, für die, die sie geschrieben haben. Siehe die englische Fassung.

import type { MessageLintWords } from '../message-lint.ts';

export const messageLint: MessageLintWords = {
  title: 'Form der Nachricht',
  none: 'An der Form dieser Nachricht ist nichts auszusetzen.',
  show: 'Zeig die Stelle',
  fix: 'Abhilfe:',
  severity: { error: 'Fehler', warning: 'Warnung', info: 'Hinweis' },
  findings: {
    'FMT-NOFROM': {
      title: 'Kein Absender',
      what: 'Es gibt kein `From:` mit einer Adresse. Nur `Date` und `From` sind Pflicht, und dieses fehlt.',
      why: 'DMARC geht von der Domain in `From:` aus. Ohne sie lässt sich nichts prüfen, und die meisten Server lehnen die Nachricht ab.',
      remedy: 'Schreib eine Zeile `From: Name <adresse>`.',
    },
    'FMT-MULTIFROM': {
      title: 'Mehr als ein Absender',
      what: '`From:` nennt {n} Absender.',
      why: 'Hinter dem zweiten kann sich ein Fälscher verstecken. DMARC braucht genau eine Domain, und große Anbieter lehnen solche Post ab.',
      remedy: 'Nenne einen Absender in einem `From:`; die anderen gehören ins `Cc:` oder in den Text.',
    },
    'FMT-DUPHDR': {
      title: '{name} steht zweimal da',
      what: '`{name}` darf im Kopf nur einmal stehen.',
      why: 'Eine Signatur deckt vielleicht das eine, und gelesen wird das andere.',
      remedy: 'Nimm das überzählige heraus.',
    },
    'FMT-NODATE': {
      title: 'Kein Datum',
      what: 'Es gibt kein `Date:`. Das ist eines der beiden Felder, die jede Nachricht braucht.',
      why: 'Mailprogramme sortieren danach, und Filter rechnen sein Fehlen an.',
      remedy: 'Lass es vom Mailprogramm oder vom Einlieferungsserver schreiben.',
    },
    'FMT-BADDATE': {
      title: 'Auf das Datum ist kein Verlass',
      what: '`{value}` ist kein Datum, wie Mail es schreibt ({problem}).',
      why: 'Mit falschem Datum rutscht die Nachricht in der Liste außer Sicht, und Filter merken es.',
      remedy:
        'Schreib `Mon, 23 Nov 2026 09:00:00 +0100`: Wochentag, Tag, Monat, Jahr, Uhrzeit, Zone in Ziffern.',
    },
    'FMT-NOMID': {
      title: 'Keine Message-ID',
      what: 'Die Nachricht hat keinen eigenen Namen.',
      why: 'Antworten können sich nicht auf sie beziehen, und zwei Kopien sind nicht als eine zu erkennen.',
      remedy:
        'Schreib `Message-ID: <etwas-einmaliges@deine.domain>`; die meisten Server ergänzen sie bei der Einlieferung.',
    },
    'FMT-MIDDOMAIN': {
      title: 'Message-ID mit internem Namen',
      what: 'Rechts vom @ steht `{domain}`, ein Name, den draußen niemand kennt.',
      why: 'Das verrät, dass der Rechner seinen eigenen Namen nicht kennt, wie bei viel Spam.',
      remedy: 'Gib dem Rechner seinen vollen Namen, oder stell die Domain für Message-IDs ein.',
    },
    'FMT-NOBLANK': {
      title: 'Keine Leerzeile nach dem Kopf',
      what: 'In Zeile {line} beginnt der Text (`{text}`), aber davor kam keine Leerzeile.',
      why: 'Die ersten Zeilen des Briefs gelten als Kopffelder und werden nicht angezeigt.',
      remedy: 'Setz eine leere Zeile zwischen Kopf und Text.',
    },
    'FMT-8BITHDR': {
      title: 'Rohe Sonderzeichen in {name}',
      what: '`{name}` enthält Bytes außerhalb von ASCII.',
      why: 'Ohne SMTPUTF8 besteht ein Kopf nur aus ASCII. Unterwegs können die Bytes verändert werden, und mit ihnen bricht die Signatur.',
      remedy: 'Kodiere sie: `=?utf-8?q?Gr=C3=BC=C3=9Fe?=`.',
    },
    'FMT-LONGLINE': {
      title: 'Zeile {line} ist zu lang',
      what: 'Sie hat {length} Zeichen, erlaubt sind {limit}.',
      why: 'Irgendein Server wird sie umbrechen, und damit bricht eine DKIM-Signatur.',
      remedy: 'Kodiere den Text als quoted-printable oder base64, oder brich die Zeile um.',
    },
    'FMT-BARELF': {
      title: 'Ein halbes Zeilenende',
      what: 'In Zeile {line} steht ein einzelnes {what}.',
      why: 'In Mail endet jede Zeile mit CR LF. Aus einzelnen besteht das Einschmuggeln von Nachrichten; Server reparieren sie oder lehnen sie ab.',
      remedy: 'Schreib überall CR LF.',
    },
    'FMT-HTMLONLY': {
      title: 'Nur HTML',
      what: 'Neben dem HTML gibt es keinen einfachen Text.',
      why: 'Programme, die nur Text zeigen, zeigen nichts, und Filter rechnen es an.',
      remedy: 'Schick beides als `multipart/alternative`, den Text zuerst.',
    },
    'FMT-BOUNDARY': {
      title: 'Die Teile sind nicht zu trennen',
      what: 'Die Trennzeile zwischen den Teilen fehlt oder wird nie geschlossen ({problem}).',
      why: 'Jedes Programm rät anders, wo ein Anhang beginnt.',
      remedy: 'Nenne die Trennzeile in `Content-Type` und schließe mit `--trennzeile--`.',
    },
    'FMT-BADB64': {
      title: 'Beschädigtes base64',
      what: 'Im kodierten Teil steht bei Byte {at} ein Zeichen, das nicht dorthin gehört.',
      why: 'Was danach kommt, wird zu Unsinn oder gar nicht dekodiert.',
      remedy: 'Kodiere den Teil neu, in Zeilen von höchstens 76 Zeichen.',
    },
    'FMT-EMPTYTO': {
      title: 'An niemanden',
      what: 'Der Briefkopf nennt keinen Empfänger.',
      why: 'Wohin die Nachricht geht, steht auf dem Umschlag, aber Filter kennen das von Spam.',
      remedy: 'Nenne den Empfänger in `To:`, oder schreib `To: undisclosed-recipients:;`.',
    },
    'FMT-BCCLEAK': {
      title: 'Die heimlichen Empfänger sind zu sehen',
      what: '`Bcc:` mit {n} {n|Adresse|Adressen} reist mit der Nachricht.',
      why: 'Alle, die sie bekommen, können lesen, wer sie noch bekommen hat.',
      remedy: 'Das sendende Programm muss `Bcc:` vor der Übergabe herausnehmen; der Umschlag genügt.',
    },
    'FMT-REPLYFAKE': {
      title: 'Eine Antwort auf nichts',
      what: 'Der Betreff `{subject}` gibt sich als Antwort aus, aber kein Feld sagt, worauf.',
      why: 'Werbung tut gern so, als kennte man sich. Filter sehen, dass `In-Reply-To` fehlt.',
      remedy: 'Schreib einen eigenen Betreff, oder antworte mit dem Mailprogramm.',
    },
  },
  parts: {
    title: 'Teile',
    whole: 'Die ganze Nachricht',
    size: '{n} {n|Byte|Bytes}',
    decoded: 'dekodiert {n}',
    hex: 'Bytes',
    hexRows: 'Bytes {from} bis {to} von {all}',
    earlier: 'Frühere Bytes',
    later: 'Spätere Bytes',
    choose: 'Wähl einen Teil, dann zeigen Rohtext und Bytes dieselbe Stelle.',
  },
};
