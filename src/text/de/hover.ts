// Was der Zoneneditor beim Darüberfahren zeigt.

import type { Hover } from '../en/hover.ts';

export const hover: Hover = {
  'spf.v': 'Version. Der Eintrag muss genau mit `v=spf1` und einem Leerzeichen anfangen.',
  'spf.all':
    'Passt auf jeden Absender. Gehört ans Ende; das Zeichen davor sagt, was mit allen übrigen geschieht.',
  'spf.include':
    'Befragt den SPF-Eintrag dieser Domain und passt, wenn der pass sagt. Kostet eine Abfrage plus alle darin.',
  'spf.a': 'Passt auf die Adressen (A, AAAA) dieser Domain oder der hinter dem Doppelpunkt. Eine Abfrage.',
  'spf.mx':
    'Passt auf die Adressen der Mailserver der Domain. Eine Abfrage, dazu höchstens zehn Adressabfragen darin.',
  'spf.ptr':
    'Geht nach dem Rückwärtsnamen des Absenders. Langsam, unzuverlässig, nicht empfohlen: Finger weg.',
  'spf.ip4': 'Passt auf eine IPv4-Adresse oder ein Netz wie `ip4:192.0.2.0/24`. Kostet keine Abfrage.',
  'spf.ip6': 'Passt auf eine IPv6-Adresse oder ein Netz wie `ip6:2001:db8::/32`. Kostet keine Abfrage.',
  'spf.exists':
    'Passt, wenn der Name hinter dem Doppelpunkt einen A-Eintrag hat. Mit Makros bekommt jeder Absender seine eigene Antwort.',
  'spf.redirect':
    'Wenn bis hierher nichts passte: Nimm stattdessen den Eintrag dieser Domain. Neben `all` wirkungslos.',
  'spf.exp': 'Nennt einen TXT-Eintrag, dessen Text in die Ablehnung kommt.',
  'spf.unknown':
    'Ein unbekannter Zusatz (`name=wert`) wird übergangen. Ein unbekannter Mechanismus ist ein Schreibfehler im Eintrag.',
  'spf.qualifier.+': 'pass: darf. Gilt auch, wenn kein Zeichen davorsteht.',
  'spf.qualifier.-': 'fail: darf nicht. Manche Empfänger lehnen sofort ab.',
  'spf.qualifier.~': 'softfail: wohl eher nicht. Angenommen, aber verdächtig.',
  'spf.qualifier.?': 'neutral: dazu sagen wir nichts.',
  'spf.macro.s': 'Die ganze Absenderadresse.',
  'spf.macro.l': 'Der lokale Teil des Absenders: was vor dem @ steht.',
  'spf.macro.o': 'Die Domain des Absenders.',
  'spf.macro.d': 'Die Domain, deren Eintrag gerade geprüft wird.',
  'spf.macro.i': 'Die Adresse des Clients; IPv6 als einzelne Ziffern mit Punkten.',
  'spf.macro.p': 'Der bestätigte Rückwärtsname des Clients. Nicht empfohlen.',
  'spf.macro.v': '`in-addr` bei IPv4, `ip6` bei IPv6.',
  'spf.macro.h': 'Der Name aus HELO oder EHLO.',
  'spf.macro.c': 'Die Adresse des Clients in lesbarer Form. Nur in `exp`.',
  'spf.macro.r': 'Der Rechner, der prüft. Nur in `exp`.',
  'spf.macro.t': 'Die Zeit in Sekunden seit 1970. Nur in `exp`.',
  'spf.macro.transformer':
    'Eine Zahl behält so viele Namensteile von rechts, `r` dreht die Reihenfolge um: `%{ir}` macht aus 1.2.3.4 ein 4.3.2.1.',
  'spf.macro.escape': '`%%` ist ein Prozentzeichen, `%_` ein Leerzeichen, `%-` der Text %20.',
  'dkim-key.v': 'Version des Schlüsseleintrags, `DKIM1`. Wenn vorhanden, steht sie vorn.',
  'dkim-key.k': 'Schlüsselart: `rsa` (Vorgabe) oder `ed25519`.',
  'dkim-key.p': 'Der öffentliche Schlüssel in Base64. Leer heißt: widerrufen.',
  'dkim-key.h': 'Welche Hashverfahren erlaubt sind, etwa `sha256`.',
  'dkim-key.s': 'Wofür der Schlüssel gilt: `email` oder `*`.',
  'dkim-key.t': 'Flags: `y` Testmodus, `s` keine Subdomains in `i=`.',
  'dkim-key.n': 'Eine Notiz für Menschen. Programme übergehen sie.',
  'dkim-key.g': 'Granularität aus der Zeit vor RFC 6376. Heute ohne Wirkung.',
  'dmarc.v': 'Version. Der Eintrag muss genau mit `v=DMARC1` anfangen.',
  'dmarc.p':
    'Was Empfänger tun sollen, wenn eine Nachricht durchfällt: `none` nur berichten, `quarantine` in den Spam, `reject` ablehnen.',
  'dmarc.sp': 'Richtlinie für Subdomains, die es gibt. Ohne sie gilt `p`.',
  'dmarc.np': 'Richtlinie für Subdomains, die es nicht gibt. Ohne sie gilt `sp`, dann `p`.',
  'dmarc.t': '`t=y`: Probebetrieb. Empfänger wenden die Richtlinie eine Stufe milder an.',
  'dmarc.psd':
    '`y`: Die Namen darunter gehören verschiedenen Leuten (wie `co.uk`). `n`: Hier ist die Spitze einer Organisation. Lass es normalerweise weg.',
  'dmarc.adkim': 'Abgleich mit DKIM: `r` gleiche Organisation, `s` genau dieselbe Domain.',
  'dmarc.aspf': 'Abgleich mit SPF: `r` gleiche Organisation, `s` genau dieselbe Domain.',
  'dmarc.rua': 'Wohin die täglichen Sammelberichte gehen: `mailto:`-Adressen, mit Komma getrennt.',
  'dmarc.ruf': 'Wohin Berichte zu einzelnen Fehlschlägen gehen. Schickt kaum jemand, aus Datenschutz.',
  'dmarc.fo':
    'Wann Fehlerberichte gewünscht sind: `0` alles gescheitert, `1` irgendetwas gescheitert, `d` DKIM, `s` SPF.',
  'dmarc.pct': 'In RFC 9989 gestrichen. War einmal der Anteil der Post, für den die Richtlinie galt.',
  'dmarc.rf': 'In RFC 9989 gestrichen. War einmal das Format der Fehlerberichte.',
  'dmarc.ri': 'In RFC 9989 gestrichen. War einmal der Abstand der Berichte in Sekunden.',
  'dmarc.unknown': 'Unbekannte Tags werden übergangen. Vertippt?',
  'dkim-key.unknown': 'Unbekannte Tags werden übergangen. Vertippt?',
  'sts.v':
    'Version. Der Eintrag muss genau mit `v=STSv1` anfangen. Er sagt, dass diese Domain eine Richtlinie für Verschlüsselung hat (MTA-STS).',
  'sts.id':
    'Kennung der Fassung, aus Buchstaben und Ziffern. Absender holen die Richtliniendatei erst neu, wenn sie sich ändert.',
  'sts.unknown': 'Unbekannte Tags werden übergangen. Vertippt?',
  'tlsrpt.v':
    'Version. Der Eintrag muss genau mit `v=TLSRPTv1` anfangen. Er bittet um Berichte über Verschlüsselung (TLS-RPT).',
  'tlsrpt.rua':
    'Wohin Absender täglich melden, wo Verschlüsselung gescheitert ist: `mailto:`- oder `https:`-Adressen, mit Komma getrennt.',
  'tlsrpt.unknown': 'Unbekannte Tags werden übergangen. Vertippt?',
  'bimi.v':
    'Version. Der Eintrag muss mit `v=BIMI1` anfangen. Er nennt ein Logo, das Mailprogramme neben einer Nachricht zeigen dürfen, wenn sie DMARC besteht.',
  'bimi.l': 'Wo das Logo liegt: die `https:`-Adresse einer SVG-Datei. Leer heißt: Diese Domain zeigt keines.',
  'bimi.a': 'Wo das Zertifikat zum Logo liegt, als `https:`-Adresse. Ohne zeigen viele Anbieter kein Logo.',
  'bimi.unknown': 'Unbekannte Tags werden übergangen. Vertippt?',
  'directive.$ORIGIN': 'Der Name, der ab hier an Namen ohne Schlusspunkt angehängt wird.',
  'directive.$TTL':
    'Wie lange Caches die folgenden Einträge behalten dürfen, wenn dort keine eigene Zeit steht.',
  'directive.$INCLUDE': 'Liest an dieser Stelle eine andere Datei. Das macht Ehlo nicht.',
  'directive.$GENERATE': 'Eine Schleife für Serien von Einträgen, nur bei BIND. Kein Standard.',
  'zone.@': 'Der aktuelle Ursprung, normalerweise der Name der Zone.',
  'zone.owner': 'Der Name, zu dem dieser Eintrag gehört. Ohne Schlusspunkt kommt der Ursprung dahinter.',
  'zone.blank-owner': 'Eine Zeile, die mit einem Leerzeichen anfängt, gehört zum Namen der Zeile darüber.',
  'zone.ttl':
    'Time to live: wie viele Sekunden Caches den Eintrag behalten dürfen. `1h`, `30m` und `1d` gehen auch.',
  'zone.class': 'Die Klasse, immer `IN` für Internet. Darf fehlen.',
  'zone.comment': 'Kommentar: vom Semikolon bis zum Zeilenende. In Anführungszeichen ist ein Semikolon Text.',
  'zone.parentheses': 'In runden Klammern darf ein Eintrag über mehrere Zeilen gehen.',
  'zone.string': 'Ein Text von höchstens 255 Byte. Mehrere hintereinander werden ohne Leerzeichen verbunden.',
  'zone.wildcard': 'Der Stern antwortet für Namen, die es nicht gibt. Für vorhandene gilt er nie.',
  'type.SOA':
    'Start of authority: wer die Zone führt, ihre Seriennummer und die Zeiten für Zweitserver und das Gedächtnis für „gibt es nicht“.',
  'type.NS': 'Ein Nameserver der Zone oder der Unterzone, die hier beginnt.',
  'type.A': 'Eine IPv4-Adresse dieses Namens.',
  'type.AAAA': 'Eine IPv6-Adresse dieses Namens.',
  'type.MX':
    'Wohin Post für diesen Namen geht: eine Präferenz (die kleinste zuerst) und ein Rechnername. `0 .` heißt: keine Post, bitte.',
  'type.TXT': 'Freier Text. SPF, DKIM und DMARC wohnen in solchen Einträgen.',
  'type.CNAME': 'Ein Alias: Alles über diesen Namen steht bei einem anderen. Daneben darf nichts stehen.',
  'type.PTR': 'Der Name zu einer Adresse, in der Rückwärtszone.',
  'type.SRV':
    'Wo ein Dienst läuft: Priorität, Gewicht, Port, Rechner. Mailprogramme richten sich damit selbst ein.',
  'type.CAA': 'Welche Zertifizierungsstellen für diese Domain ausstellen dürfen.',
  'type.TLSA': 'Legt das Zertifikat eines Servers fest (DANE). Sicher nur mit DNSSEC.',
  'type.SPF': 'Typ 99, aufgegeben. SPF gehört in TXT.',
  'type.DS': 'Fingerabdruck des Schlüssels der Unterzone, veröffentlicht von der Elternzone (DNSSEC).',
  'type.DNSKEY': 'Ein öffentlicher Schlüssel der Zone (DNSSEC).',
  'type.RRSIG': 'Signatur über eine Gruppe von Einträgen (DNSSEC).',
  'type.NSEC': 'Beweist, dass es einen Namen nicht gibt (DNSSEC).',
  'type.HTTPS': 'Hinweise für Browser, wie ein Webserver zu erreichen ist. Hat mit Mail nichts zu tun.',
  'type.NAPTR': 'Regeln, die Namen umschreiben, aus der Telefonie. Hat mit Mail nichts zu tun.',
  'soa.mname': 'Der Hauptnameserver der Zone.',
  'soa.rname': 'Mailadresse der Zuständigen; der erste Punkt steht für das @.',
  'soa.serial': 'Version der Zone. Muss bei jeder Änderung wachsen, sonst merken Zweitserver nichts.',
  'soa.refresh': 'Wie oft Zweitserver nach einer neuen Version schauen, in Sekunden.',
  'soa.retry': 'Wie lange ein Zweitserver nach einem Fehlversuch wartet.',
  'soa.expire': 'Nach wie langer Funkstille ein Zweitserver nicht mehr antwortet.',
  'soa.minimum': 'Wie lange Resolver sich merken dürfen, dass es einen Namen nicht gibt.',
  'mx.preference': 'Kleinere zuerst. Gleiche Zahlen teilen sich die Last.',
  'mx.exchange': 'Name des Mailservers. Nie eine Adresse, nie ein Alias.',
};
