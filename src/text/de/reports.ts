// Die Wörter des Bereichs „Berichte“: was Empfänger einer Domain melden, nach Quellen. Gleicher Typ wie die englische
// Fassung.

import type { ReportsText } from '../en/reports.ts';

export const reports: ReportsText = {
  title: 'DMARC-Berichte',
  intro:
    'Empfänger zählen, was in deinem Namen ankommt, und mailen dir die Zahlen einmal am Tag, nach Mitternacht UTC.',
  none: 'Noch ist kein Bericht angekommen.',
  noneHow:
    'Ein Bericht braucht dreierlei: einen DMARC-Eintrag mit `rua=mailto:…`, einen Empfänger, der berichtet, und eine Mitternacht (UTC). Lass einen Tag vergehen.',
  withheld: 'Nicht verschickt: {host} hat einen Bericht über `{domain}` für `{to}` ({why}).',
  withheldMore: 'Warum?',
  'withheld.not-allowed': 'die andere Domain hat nicht zugestimmt',
  'withheld.lookup-failed': 'ihre Zustimmung ließ sich nicht nachschlagen',
  'withheld.not-an-address': 'keine brauchbare Adresse',
  'withheld.bad-redirect': 'an eine dritte Domain weitergeleitet',
  'withheld.no-address': 'der Eintrag nennt keine Adresse',
  'withheld.refused': 'der eigene Server nahm ihn nicht an',
  'withheld.failures-off': 'Fehlerberichte sind aus',
  'withheld.failures-limit': 'genug für heute',

  received: 'Angekommen',
  imported: 'Eigene Dateien',
  importedIntro:
    'Echte Berichte von dir. Sie bleiben in diesem Browser und haben mit dieser Welt nichts zu tun.',
  import: 'Berichtsdatei öffnen',
  importHow: 'oder hier ablegen: .xml, .gz, .zip oder eine ganze Nachricht (.eml)',
  dropHere: 'Bericht hier ablegen',
  removeFile: '{name} entfernen',
  reading: 'Wird gelesen …',

  domain: 'Domain',
  from: '{from} bis {to}',
  messages: 'Nachrichten',
  messagesNote: 'Summe aller `<count>`.',
  passed: 'DMARC bestanden',
  failed: 'DMARC nicht bestanden',
  receivers: 'Empfänger',
  reportsCount: 'Berichte',
  policySeen: 'Regel, die die Empfänger sahen',
  test: 'Probe (`t=y`)',

  advice: 'Der nächste Schritt',
  'advice.collect-more':
    'Warte noch. {messages} Nachrichten sagen zu wenig; ab etwa hundert kannst du dem Bild trauen.',
  'advice.set-up-senders':
    'Bleib bei `p={policy}`. {failing} von {legitimate} Nachrichten, die von dir sein können, fallen durch ({percent} %): von {sources}. Finde heraus, wer das ist, bevor du strenger wirst.',
  'advice.sign-everything':
    'Bleib bei `p={policy}`. {sources} besteht nur mit SPF. Lass dort mit DKIM signieren, sonst geht die Post verloren, sobald jemand sie weiterleitet.',
  'advice.mind-the-lists':
    'Bleib bei `p={policy}`. Über {sources} kommt deine Post mit kaputter Signatur an. Mit `p=reject` bekämen Listenmitglieder sie nicht mehr.',
  'advice.next-step':
    'Als Nächstes: `{record}`. {passed} von {legitimate} deiner Nachrichten haben bestanden ({percent} %).',
  'advice.arrived':
    'Du bist am Ziel: `p=reject`, und {percent} % deiner eigenen Post bestehen. Lies die Berichte weiter.',
  tooFast:
    'Noch nicht `p=reject`: Das kostet {failing} von {legitimate} Nachrichten, die von dir sein können ({percent} %), von {sources}.',
  toZone: 'Eintrag öffnen',

  trend: 'Nach Tagen',
  day: 'Tag (UTC)',
  noDays: 'Keine Nachrichten.',

  sources: 'Wer in deinem Namen sendet',
  sourcesNote: 'Eine Vermutung aus den Zahlen. Name und Belege stehen daneben: Entscheiden musst du.',
  source: 'Quelle',
  guess: 'Sieht aus wie',
  count: 'Nachrichten',
  evidence: 'Belege',
  'kind.known-sender': 'bekannter Absender',
  'kind.forwarder': 'Weiterleitung',
  'kind.changed': 'unterwegs verändert',
  'kind.not-set-up': 'nicht für dich eingerichtet',
  'kind.spoofer': 'Betrüger',
  'kindWhat.known-sender': 'SPF besteht für deine eigene Domain: Diese Adresse steht auf deiner Liste.',
  'kindWhat.forwarder': 'SPF fällt durch, aber deine Signatur ist heil: Jemand leitet deine Post weiter.',
  'kindWhat.changed':
    'Deine Signatur war da und ist kaputt: Eine Mailingliste oder ein Gateway hat den Text verändert.',
  'kindWhat.not-set-up':
    'Weist sich aus, aber unter anderem Namen. Ein Dienst von dir, den niemand eingerichtet hat, oder ein Fremder mit eigener Domain: Kennst du den Namen?',
  'kindWhat.spoofer': 'Nichts besteht, und nichts darin ist von dir.',
  noName: 'kein Name zur Adresse',
  lookingUp: 'wird nachgeschlagen …',
  'ptr.generic': 'sieht nach Heim- oder Mietanschluss aus',
  'ptr.mismatch': 'führt nicht zurück zur Adresse',
  'ptr.tempError': 'der Name ließ sich nicht nachschlagen',
  ptrOfWorld: 'Namen kommen aus dieser Welt: Adressen aus echten Berichten sind hier unbekannt.',
  spfAligned: 'SPF passend {n}',
  dkimAligned: 'DKIM passend {n}',
  authenticated: 'besteht als {domains}',
  authenticatedNone: 'besteht als niemand',
  overrides: 'Ausnahme: {reasons}',

  back: 'Alle Quellen',
  rows: 'Zeilen in den Berichten',
  receiver: 'Empfänger',
  headerFrom: 'From',
  envelopeFrom: 'Umschlag',
  spf: 'SPF',
  dkim: 'DKIM',
  disposition: 'Behandlung',
  'disposition.none': 'zugestellt',
  'disposition.pass': 'bestanden',
  'disposition.quarantine': 'Spam',
  'disposition.reject': 'abgelehnt',
  behind: 'Die Nachrichten dahinter',
  behindNote: 'Was Empfänger dieser Welt notiert haben, auch heute.',
  behindNone: 'In dieser Welt keine.',
  noSubject: '(kein Betreff)',
  whyRow: 'Warum',

  files: 'Berichtsdateien',
  file: 'Datei',
  view: 'XML zeigen',
  hide: 'Schließen',
  save: 'XML speichern',
  copy: 'Kopieren',
  copied: 'Kopiert',
  openMail: 'Zur Nachricht',
  schema: 'Schema',
  cut: 'Das Ende ist hier abgeschnitten.',
  notes: 'Überlesen, weil es für die Zahlen nicht zählt:',
  'note.bad-value': '`{element}` in Zeile {line}: Den Wert `{value}` kennt die Norm nicht.',
  'note.missing': '`{element}` fehlt im Element von Zeile {line}.',
  'note.other': '`{element}` in Zeile {line}.',

  unreadable: '{name} lässt sich nicht lesen.',
  'problem.too-big':
    'Die Datei ist größer, als ein Bericht je ist, oder wird es beim Auspacken. In wenigen Bytes können Gigabytes stecken, deshalb wurde abgebrochen.',
  'problem.too-many-files': 'Im Archiv liegen zu viele Dateien. Ein Bericht kommt allein.',
  'problem.no-report':
    'Darin ist kein Bericht. Erwartet: XML, gzip, ein zip mit einer XML-Datei oder eine Nachricht, an der eines davon hängt.',
  'problem.damaged': 'Das Archiv ist beschädigt oder abgeschnitten. Lade es noch einmal herunter.',
  'problem.not-a-report':
    'Das ist XML, aber kein DMARC-Bericht: Es beginnt mit `<{element}>` statt mit `<feedback>`.',
  'problem.missing': 'Zeile {line}, Spalte {column}: `<{element}>` fehlt.',
  'problem.bad-value': 'Zeile {line}, Spalte {column}: `{value}` ist kein Wert für `<{element}>`.',
  'problem.too-many-records': 'So viele Einträge lassen sich hier nicht lesen.',
  'problem.xml': 'Zeile {line}, Spalte {column}: {what}',
  'xml.too-long': 'Der Text ist zu lang.',
  'xml.too-deep': 'Die Elemente sind zu tief verschachtelt.',
  'xml.too-many-elements': 'Es sind zu viele Elemente.',
  'xml.document-type':
    'ein Dokumenttyp. Berichte haben keinen; darin könnten Fallen stecken, deshalb wird er abgelehnt.',
  'xml.unknown-entity': '`{detail}` ist nicht definiert. Ein einzelnes `&` schreibt man `&amp;`.',
  'xml.bad-character': 'ein Zeichen, das XML nicht erlaubt.',
  'xml.bad-name': 'Hier muss ein Name stehen.',
  'xml.bad-attribute': 'Ein Attribut hat nicht die Form `name="wert"`.',
  'xml.repeated-attribute': 'Das Attribut `{detail}` steht zweimal da.',
  'xml.wrong-end': 'ein Ende, das nicht passt: `{detail}`.',
  'xml.not-closed': '`{detail}` ist nicht geschlossen. Vielleicht ist die Datei abgeschnitten.',
  'xml.no-root': 'Es gibt überhaupt kein Element.',
  'xml.after-root': 'Nach dem Ende folgt noch etwas.',
};
