// Kopfzeilen und ihre Bestandteile, einzeln erklärt: was es ist, wer es schreibt, worauf man achten muss.

import type { Trust } from '../header-facts.ts';
import type { Headers, Tokens } from '../en/headers.ts';

export const trust: Readonly<Record<Trust, string>> = {
  own: 'Hat dein eigener Server geschrieben',
  hop: 'Verlässlich von deinem Server zurück bis zum ersten, dem du traust',
  signed: 'Behauptung des Absenders; verlässlich, wenn eine gültige Signatur sie abdeckt',
  claim: 'Das kann jeder hineinschreiben',
};

export const writtenBy = 'Wer es schreibt:';

export const headers: Headers = {
  'return-path': {
    what: 'Der Absender auf dem Umschlag (`MAIL FROM`). Rückläufer gehen dorthin.',
    who: 'Der letzte Server, beim Zustellen.',
    beware: 'Treu vom Umschlag abgeschrieben; der Umschlag selbst kann gefälscht sein. Den prüft SPF.',
  },
  'delivered-to': {
    what: 'Das Postfach, in das die Nachricht kam.',
    who: 'Der zustellende Server.',
    beware: 'Verhindert auch Schleifen. Das oberste ist deins, andere können mitgereist sein.',
  },
  'x-original-to': {
    what: 'Der Empfänger, bevor Aliase aufgelöst wurden.',
    who: 'Der zustellende Server.',
    beware: 'Verrät dir, über welche deiner Adressen etwas hereinkam.',
  },
  received: {
    what: 'Ein Poststempel: Dieser Server hat die Nachricht dann von jenem bekommen. Lies von unten nach oben.',
    who: 'Jeder Server unterwegs, immer obendrauf.',
    beware:
      'Deine eigenen stimmen. Unter dem ersten fremden kann alles erfunden sein, und Fälscher fügen gern ein paar hinzu.',
  },
  'authentication-results': {
    what: 'Was dein Server herausgefunden hat: SPF, DKIM, DMARC.',
    who: 'Der empfangende Server; sein Name steht vorn.',
    beware: 'Zählt nur mit dem Namen deines Servers. Ein guter Server entfernt gefälschte.',
  },
  'received-spf': {
    what: 'Das Ergebnis der SPF-Prüfung mit Begründung.',
    who: 'Der empfangende Server.',
    beware: 'Älterer Verwandter von Authentication-Results. Glaub nur dem obersten.',
  },
  'arc-seal': {
    what: 'Versiegelt die Kette der ARC-Ergebnisse bis zu dieser Station.',
    who: 'Weiterleiter und Listen, die bei ARC mitmachen.',
    beware: 'Beweist, wer bürgt, nicht dass man ihm trauen kann. Das Experiment ARC wird gerade beendet.',
  },
  'arc-message-signature': {
    what: 'Eine Signatur wie DKIM über die Nachricht, wie sie an dieser Station war.',
    who: 'Weiterleiter und Listen, die bei ARC mitmachen.',
    beware: 'So viel wert wie der, der unterschrieben hat.',
  },
  'arc-authentication-results': {
    what: 'Was diese Station geprüft hat, bevor sie etwas änderte.',
    who: 'Weiterleiter und Listen, die bei ARC mitmachen.',
    beware: 'Hörensagen, aber versiegelt.',
  },
  'dkim-signature': {
    what: 'Die digitale Unterschrift einer Domain über Teile von Kopf und Text. Der Schlüssel steht im DNS.',
    who: 'Der Server des Absenders oder sein Versanddienst.',
    beware:
      'Beweist, dass die Domain in `d=` hinter der Nachricht steht und nichts geändert wurde. Über gute Absichten sagt sie nichts.',
  },
  from: {
    what: 'Der Absender, den man beim Lesen sieht.',
    who: 'Das Mailprogramm des Absenders.',
    beware:
      'So glaubwürdig wie der Absender auf einer Postkarte. Erst DMARC bindet ihn an SPF oder DKIM. Der Anzeigename wird nie geprüft.',
  },
  sender: {
    what: 'Wer wirklich abgeschickt hat, im Auftrag des Autors.',
    who: 'Das Programm des Absenders oder eine Liste.',
    beware: 'Keine Prüfung schaut darauf.',
  },
  'reply-to': {
    what: 'Wohin Antworten sollen, wenn nicht an `From`.',
    who: 'Der Absender.',
    beware: 'Betrüger schreiben einen vertrauten `From` und ein eigenes `Reply-To`.',
  },
  to: {
    what: 'Die Empfänger, wie der Autor sie nennt.',
    who: 'Das Mailprogramm des Absenders.',
    beware: 'Entscheidet nichts, das tat der Umschlag. Deine Adresse kann hier fehlen.',
  },
  cc: {
    what: 'Weitere Empfänger, zur Kenntnis.',
    who: 'Das Mailprogramm des Absenders.',
    beware: 'Wie bei `To`: nur eine Notiz.',
  },
  bcc: {
    what: 'Heimliche Empfänger. Sie stehen nur auf dem Umschlag.',
    who: 'Niemand, wenn alles stimmt: Das Mailprogramm entfernt die Zeile vor dem Senden.',
    beware: 'Kannst du sie lesen, hat ein Programm einen Fehler gemacht.',
  },
  subject: {
    what: 'Der Betreff. Zeichen außerhalb von ASCII sind kodiert.',
    who: 'Der Autor.',
    beware: 'Listen setzen gern etwas davor, und das bricht DKIM-Signaturen.',
  },
  date: {
    what: 'Wann der Autor fertig war, nach seiner Uhr.',
    who: 'Das Mailprogramm des Absenders.',
    beware: 'Uhren gehen falsch und Spammer lügen. Vergleich mit den Poststempeln.',
  },
  'message-id': {
    what: 'Ein Name für diese Nachricht, weltweit einmalig.',
    who: 'Das Mailprogramm oder der erste Server.',
    beware: 'Sollte auf eine Domain des Absenders enden. `localhost` ist hier ein schlechtes Zeichen.',
  },
  'in-reply-to': {
    what: 'Die Nachricht, auf die diese antwortet.',
    who: 'Das Mailprogramm.',
    beware: 'Dient nur zum Sortieren von Gesprächen.',
  },
  references: {
    what: 'Das ganze Gespräch bisher, als Message-IDs.',
    who: 'Das Mailprogramm.',
    beware: 'Dient nur zum Sortieren von Gesprächen.',
  },
  'mime-version': {
    what: 'Sagt, dass die MIME-Regeln gelten. Immer 1.0.',
    who: 'Das Mailprogramm.',
    beware: 'Fehlt sie, erscheinen Anhänge womöglich als Zeichensalat.',
  },
  'content-type': {
    what: 'Welche Art Inhalt folgt: Text, HTML, mehrere Teile, ein Bild.',
    who: 'Das Mailprogramm.',
    beware: 'Behauptung und Inhalt können abweichen; Angreifer nutzen das.',
  },
  'content-transfer-encoding': {
    what: 'Wie die Bytes für die Reise verpackt sind: unverändert, quoted-printable oder Base64.',
    who: 'Das Mailprogramm; Server können umpacken.',
    beware: 'Umpacken bricht DKIM-Signaturen.',
  },
  'content-disposition': {
    what: 'An Ort und Stelle zeigen oder als Datei speichern, und unter welchem Namen.',
    who: 'Das Mailprogramm.',
    beware: 'Den Dateinamen wählt der Absender: `rechnung.pdf.exe`.',
  },
  'content-id': {
    what: 'Benennt einen Teil, damit HTML darauf verweisen kann.',
    who: 'Das Mailprogramm.',
    beware: 'Harmlos.',
  },
  'content-description': {
    what: 'Ein paar Worte zu diesem Teil.',
    who: 'Das Mailprogramm.',
    beware: 'Harmlos.',
  },
  'list-id': {
    what: 'Über welche Mailingliste das kam.',
    who: 'Die Listensoftware.',
    beware: 'Gut zum Sortieren, kein Beweis.',
  },
  'list-unsubscribe': {
    what: 'Wie man die Liste verlässt: Adresse oder Link.',
    who: 'Die Liste oder der Newsletterdienst.',
    beware:
      'Große Anbieter verlangen das von Massenversendern. Bei Spam bestätigt ein Klick nur, dass es dich gibt.',
  },
  'list-unsubscribe-post': {
    what: 'Abmelden mit einem einzigen Klick, ohne Webseite.',
    who: 'Der Newsletterdienst.',
    beware: 'Gilt nur, wenn eine DKIM-Signatur es abdeckt.',
  },
  'list-help': { what: 'Wo es Hilfe zur Liste gibt.', who: 'Die Listensoftware.', beware: 'Beweist nichts.' },
  'list-post': {
    what: 'Wohin man an die Liste schreibt.',
    who: 'Die Listensoftware.',
    beware: 'Beweist nichts.',
  },
  'list-subscribe': {
    what: 'Wie man der Liste beitritt.',
    who: 'Die Listensoftware.',
    beware: 'Beweist nichts.',
  },
  'list-owner': {
    what: 'Wer sich um die Liste kümmert.',
    who: 'Die Listensoftware.',
    beware: 'Beweist nichts.',
  },
  'list-archive': {
    what: 'Wo man alte Nachrichten lesen kann.',
    who: 'Die Listensoftware.',
    beware: 'Beweist nichts.',
  },
  'feedback-id': {
    what: 'Kennzeichnet Kampagne und Absender, damit sich Beschwerden zählen lassen.',
    who: 'Der Versanddienst.',
    beware: 'Zählt nur signiert.',
  },
  precedence: {
    what: '`bulk` oder `list`: bitte keine automatischen Antworten.',
    who: 'Listen und Massenversender.',
    beware: 'Eine alte Gewohnheit; der richtige Nachfolger heißt `Auto-Submitted`.',
  },
  'auto-submitted': {
    what: 'Von einem Programm geschrieben. Andere Programme dürfen nicht automatisch antworten.',
    who: 'Rückläufer, Abwesenheitsnotizen, Berichte.',
    beware: 'Verhindert, dass zwei Maschinen einander endlos schreiben.',
  },
  'x-spam': {
    what: 'Urteil und Punkte des Spamfilters.',
    who: 'Der Filter auf der Empfängerseite.',
    beware: 'Spammer bringen gern ihr eigenes „X-Spam-Status: No“ mit.',
  },
  'x-mailer': {
    what: 'Das Programm, mit dem geschrieben wurde.',
    who: 'Das Mailprogramm.',
    beware: 'Leicht erfunden; Spam gibt sich gern als Outlook aus.',
  },
  importance: {
    what: 'Wie dringend der Absender es findet.',
    who: 'Der Absender.',
    beware: 'Sagt mehr über den Absender als über die Sache.',
  },
  'disposition-notification-to': {
    what: 'Bittet um eine Lesebestätigung.',
    who: 'Das Mailprogramm des Absenders.',
    beware: 'Niemand muss zustimmen.',
  },
  'tls-required': {
    what: '`No`: auch dann zustellen, wenn Verschlüsselung nicht gesichert ist.',
    who: 'Der Absender.',
    beware: 'Gedacht für Post über kaputtes TLS.',
  },
  'bimi-selector': {
    what: 'Welches Logo der Domain gezeigt werden soll.',
    who: 'Der Absender.',
    beware: 'Ohne durchgesetztes DMARC kein Logo.',
  },
  'x-google': {
    what: 'Googles eigene Notizen.',
    who: 'Googles Server, wenn es stimmt.',
    beware: 'Bedeuten nur innerhalb von Google etwas.',
  },
  'x-ms': {
    what: 'Microsofts eigene Notizen.',
    who: 'Exchange oder Outlook, wenn es stimmt.',
    beware: 'Bedeuten nur innerhalb von Microsoft etwas.',
  },
  'thread-topic': {
    what: 'Thema des Gesprächs, wie Outlook es schreibt.',
    who: 'Outlook.',
    beware: 'Harmlos.',
  },
  resent: {
    what: 'Jemand hat die Nachricht unverändert weitergegeben.',
    who: 'Wer sie weitergab.',
    beware: 'Nur zur Information; keine Prüfung schaut darauf.',
  },
  'x-other': {
    what: 'Ein privates Feld ohne Standard.',
    who: 'Wer immer wollte.',
    beware: 'Bedeutet, was sein Erfinder wollte.',
  },
  other: {
    what: 'Ein Feld, zu dem Ehlo keinen Text hat.',
    who: 'Unbekannt.',
    beware: 'Programme übergehen, was sie nicht kennen.',
  },
};

export const tokens: Tokens = {
  'received.from': 'Der Name, den sich der Client in HELO oder EHLO gab. Eine Behauptung.',
  'received.by': 'Der Server, der diese Zeile schrieb.',
  'received.via': 'Über welches andere Netz es kam. Kaum benutzt.',
  'received.with':
    'Auf welchem Weg: ESMTP; mit `S` für TLS, mit `A` für Anmeldung; LMTP auf dem letzten Meter.',
  'received.id': 'Die Nummer der Nachricht im Protokoll dieses Servers.',
  'received.for': 'Der Empfänger, nur gezeigt, wenn es genau einer war.',
  'received.date': 'Wann der Server sie annahm, nach seiner Uhr.',
  'received.client':
    'Was der Server selbst sah: Rückwärtsname und Adresse des Clients. `unknown` heißt, dass Name und Adresse einander nicht bestätigen.',
  'received.software': 'Das Serverprogramm.',
  'received.tls': 'Die Verschlüsselung dieser Etappe.',
  'received.auth': 'Wer angemeldet war.',
  'received.envelope-from': 'Der Absender auf dem Umschlag.',
  'received.comment': 'Eine Anmerkung des Servers.',
  'dkim.v': 'Version, immer 1.',
  'dkim.a': 'Verfahren: Schlüsselart und Hash.',
  'dkim.b': 'Die Signatur selbst, über die gewählten Felder und dieses hier.',
  'dkim.bh': 'Hash des Textes. Weicht er ab, wurde der Text geändert.',
  'dkim.c':
    'Wie Kopf und Text vorher vereinheitlicht werden: `relaxed` verzeiht Leerzeichen, `simple` nichts.',
  'dkim.d': 'Die Domain, die unterschreibt. DMARC vergleicht sie mit `From`.',
  'dkim.h':
    'Die signierten Felder. Steht ein Name öfter da, als das Feld vorkommt, lässt sich keins mehr dazuschmuggeln.',
  'dkim.i': 'Identität innerhalb der Domain, freiwillig.',
  'dkim.l': 'Nur so viele Byte des Textes sind signiert. Gefährlich.',
  'dkim.q': 'Wie man an den Schlüssel kommt: immer `dns/txt`.',
  'dkim.s': 'Selektor: welcher Schlüssel der Domain. Er liegt bei `⟨s⟩._domainkey.⟨d⟩`.',
  'dkim.t': 'Wann unterschrieben wurde, in Sekunden seit 1970.',
  'dkim.x': 'Wann die Signatur abläuft.',
  'dkim.z': 'Kopie der signierten Felder, zur Fehlersuche.',
  'dkim.unknown': 'Ein unbekanntes Tag, wird übergangen.',
  'arc.i': 'Nummer der Station in der Kette, ab 1.',
  'arc.cv': 'War die Kette bis hierher heil? Am Anfang `none`, dann `pass` oder `fail`.',
  'ar.server': 'Wer geprüft hat. Trau nur dem Namen deines eigenen Servers.',
  'ar.none': 'Nichts wurde geprüft.',
  'ar.method': 'Eine Prüfung und ihr Ergebnis.',
  'ar.spf': 'Darf diese Adresse für die Domain des Umschlagabsenders senden?',
  'ar.dkim': 'Gibt es eine gültige Signatur, und von welcher Domain?',
  'ar.dmarc': 'Besteht SPF oder DKIM für die Domain in `From`?',
  'ar.arc': 'Ist die ARC-Kette heil?',
  'ar.iprev': 'Bestätigen Rückwärtsname und Adresse des Clients einander?',
  'ar.auth': 'War der Absender angemeldet?',
  'ar.dkim-adsp': 'Ein Vorläufer von DMARC, aufgegeben.',
  'ar.smime': 'Ergebnis für eine S/MIME-Signatur.',
  'ar.bimi': 'Darf ein Logo gezeigt werden?',
  'ar.dnswl': 'Steht der Client auf einer Liste guter Absender?',
  'ar.smtp': 'Was geprüft wurde, aus dem SMTP-Dialog.',
  'ar.header': 'Was geprüft wurde, aus den Kopfzeilen.',
  'ar.body': 'Was geprüft wurde, aus dem Text.',
  'ar.policy': 'Eine Regel des Empfängers, die mitspielte.',
  'spf.result': 'Das Ergebnis: pass, fail, softfail, neutral, none, temperror oder permerror.',
  'spf.client-ip': 'Adresse des Clients.',
  'spf.envelope-from': 'Der geprüfte Absender.',
  'spf.helo': 'Name aus HELO oder EHLO.',
  'spf.receiver': 'Wer geprüft hat.',
  'spf.identity': 'Ob `MAIL FROM` oder HELO geprüft wurde.',
  'spf.mechanism': 'Die Angabe im Eintrag, die den Ausschlag gab.',
  'spf.problem': 'Was falsch war.',
  'content-type.value': 'Art und Unterart des Inhalts.',
  'content-disposition.value': '`inline`: zeigen; `attachment`: als Datei anbieten.',
  'parameter.boundary': 'Die Trennzeile zwischen den Teilen. Darf in ihnen nicht vorkommen.',
  'parameter.charset': 'Welche Bytes welche Buchstaben bedeuten.',
  'parameter.name': 'Ein Dateiname, nach alter Art.',
  'parameter.filename': 'Der vorgeschlagene Dateiname.',
  'parameter.format': '`flowed`: Zeilen dürfen neu umbrochen werden.',
  'parameter.report-type': 'Art des Berichts, etwa ein Rückläufer.',
  'parameter.size': 'Ungefähre Größe.',
  'parameter.protocol': 'Art der Signatur oder Verschlüsselung.',
  'parameter.micalg': 'Hash der Signatur.',
  'parameter.type': 'Art des Hauptteils.',
  'parameter.delsp': 'Ob das Leerzeichen vor einem Umbruch wegfällt.',
  'parameter.other': 'Eine weitere Eigenschaft.',
  'encoded-word': 'Ein kodiertes Wort: Zeichensatz, Verpackung (Q oder B), Text.',
  'date.zone': 'Abstand zur Weltzeit: `+0100` ist eine Stunde voraus.',
  'msg-id': 'Kennung einer Nachricht.',
  'address.name': 'Anzeigename. Freier Text, den niemand prüft.',
  'address.spec': 'Die Adresse: lokaler Teil, @, Domain.',
  'address.null':
    'Der leere Absender: ein Rückläufer oder eine andere Meldung, auf die niemand mit einem Rückläufer antworten darf.',
  'address.group': 'Eine benannte Gruppe von Adressen, manchmal absichtlich leer.',
};
