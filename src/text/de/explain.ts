// Warum es geschah, in einfachen Worten; Schlüssel wie in en/explain.ts.

import type { ExplainWords } from '../en/explain.ts';
import { explainTls } from './explain-tls.ts';
import { mailTrouble } from './mail-trouble.ts';

export const explain: ExplainWords = {
  ...explainTls,
  'why.event': 'Was hier geschah',
  'why.host': '{host}',
  'why.link': 'Die Leitung zwischen {from} und {to}',
  'why.wire': 'Das Gespräch',
  'why.envelope': 'Fakten',
  'why.candidates': 'Mögliche nächste Hosts',
  'why.waiting': 'Was hier wartet',
  'why.message.wire': '„{subject}“ ist unterwegs zu {host}',
  'why.message.queue': '„{subject}“ steht in der Warteschlange von {host}',
  'why.message.deferred': 'Warum „{subject}“ auf {host} warten muss',
  'why.message.inbox': 'Warum „{subject}“ im Posteingang liegt',
  'why.message.junk': 'Warum „{subject}“ im Spam liegt',
  'why.message.bounced': 'Warum „{subject}“ zurückkam',
  'why.message.rejected': 'Warum {host} „{subject}“ abgewiesen hat',
  'why.message.discarded': 'Warum „{subject}“ weggeworfen wurde',

  'why.role.desktop': 'Ein Computer auf einem Schreibtisch, mit einem Mailprogramm darauf.',
  'why.role.phone': 'Ein Handy mit einem Mailprogramm. Es hat wenig Platz, und das Netz kommt und geht.',
  'why.role.laptop': 'Dein Rechner. Sein Terminal spricht mit jedem Server in diesem Internet.',
  'why.role.router':
    'Er verbindet dein Zuhause mit dem Internet. Das ganze Zuhause erscheint dort unter einer Adresse.',
  'why.role.mailServer':
    'Der Mailserver von {domain}. Er nimmt Mail von den eigenen Leuten an und stellt sie anderen Domains zu.',
  'why.role.mx':
    'Der Mail-Eingang von {domain}: Jede Nachricht von außen kommt hier herein und wird hier beurteilt.',
  'why.role.mailboxes':
    'Die Postfächer von {domain}. Hier wird jede Nachricht in Posteingang oder Spam sortiert.',
  'why.role.nameServer': 'Ein Nameserver. Er antwortet für seine eigenen Zonen und für nichts anderes.',
  'why.role.resolver':
    'Ein Resolver. Er fragt Nameserver, bis er eine Antwort hat, und merkt sie sich eine Weile.',
  'why.role.forwarder':
    'Ein Weiterleiter. Er behält keine Post: Was für {domain} kommt, geht an die Adresse weiter, die ihr Besitzer genannt hat.',
  'why.role.mailingList':
    'Hier wohnt eine Mailingliste. Was ein Mitglied schreibt, geht an alle hinaus, in einem neuen Umschlag und oft leicht verändert.',
  'why.role.sender': 'Jemand, der Mail verschickt.',
  'why.role.impostor': 'Jemand, der unter fremdem Namen schreibt.',
  'why.role.middlebox':
    'An ihr kommt alles vorbei, was zum Host dahinter und von dort weg geht. Was nicht geschützt ist, kann sie lesen und verändern.',
  'why.role.webServer': 'Er liefert Dateien über HTTPS aus, zum Beispiel die MTA-STS-Richtlinie.',
  'why.role.internet': 'Das Netz zwischen ihnen allen. Es trägt Pakete, und was darin ist, ist ihm gleich.',

  'why.link.latency': 'Ein Paket braucht {n} ms von einem Ende zum anderen.',
  'why.link.loss': '{percent} % aller Pakete gehen hier verloren.',
  'why.link.modelled':
    'Modell: Die Leitung kennt Laufzeit und Verlust, aber keinen Stau. Die Bytes darauf sind echt.',
  'why.link.last': 'Letztes Gespräch: {client} und {server}',
  'why.link.quiet': 'Über diese Leitung ging noch nichts.',

  'why.fact.host': 'Dieser Host',
  'why.fact.addresses': 'Adresse',
  'why.fact.resolver': 'Fragt nach Namen bei',
  'why.fact.queueId': 'Queue-ID',
  'why.fact.reversePath': 'Absender auf dem Umschlag',
  'why.fact.recipients': 'Empfänger',
  'why.fact.recipient': 'Empfänger',
  'why.fact.size': 'Größe in Bytes',
  'why.fact.relay': 'Übergeben an',
  'why.fact.dsn': 'Statuscode',
  'why.fact.answer': 'Antwort',
  'why.fact.authority': 'Zuständig',
  'why.fact.additional': 'Nebenbei gesagt',
  'why.fact.domain': 'Domain',
  'why.fact.selector': 'Selektor',
  'why.fact.algorithm': 'Verfahren',
  'why.fact.question': 'Frage',
  'why.fact.validated': 'Geprüft (Modell)',
  'why.fact.extended': 'Erweiterter Fehler',
  'why.fact.status': 'Status',
  'why.column.from': 'Von',
  'why.column.to': 'An',
  'why.column.subject': 'Betreff',
  'why.column.preference': 'Rang',
  'why.column.host': 'Host',
  'why.column.address': 'Adresse',
  'why.column.verdict': 'Urteil',

  'why.connected': 'Eine TCP-Verbindung zu Port {port} steht. {server} spricht zuerst.',
  'why.connectFailed.refused': 'Der Rechner {address} ist da, aber an Port {port} hört kein Programm zu.',
  'why.connectFailed.timedOut':
    'Von {address} kam nichts zurück. Eine Firewall, die Pakete verschluckt, sieht genau so aus.',
  'why.connectFailed.hostUnreachable': 'Ein Router sagt, dass unter {address} niemand zu erreichen ist.',
  'why.connectFailed.networkUnreachable': 'Dieser Host kennt keinen Weg zu {address}.',
  'why.connectFailed.prohibited':
    'Eine Firewall unterwegs verweigert Port {port} von {address} und sagt das auch.',
  'why.dropped.firewall':
    'Eine Regel von {by} verwirft, was an Port {port} geht. Der Absender erfährt nichts, er wartet nur.',
  'why.dropped.loss': 'Netze verlieren Pakete. TCP schickt Verlorenes noch einmal, DNS fragt noch einmal.',
  'why.dropped.noRoute': '{by} kennt keinen Weg zu dieser Adresse.',
  'why.dropped.noHost': 'Die Adresse gehört niemandem in dieser Welt.',
  'why.dropped.linkDown': 'Die Leitung ist unterbrochen.',
  'why.dropped.hostDown': 'Der Rechner ist ausgeschaltet.',
  'why.passed': 'Du hast Zeit vergehen lassen. Alles, was darin fällig war, ist der Reihe nach geschehen.',

  'why.reply.2': '{code}: Eine Antwort mit 2 am Anfang heißt: erledigt.',
  'why.reply.3': '{code}: Eine Antwort mit 3 am Anfang heißt: Weiter, ich höre zu.',
  'why.reply.4':
    '{code}: Eine Antwort mit 4 am Anfang heißt: jetzt nicht. Der Absender soll es später wieder versuchen.',
  'why.reply.5': '{code}: Eine Antwort mit 5 am Anfang heißt: nein, und ein neuer Versuch hilft nicht.',
  'why.reply.relay':
    '{host} nimmt nur Mail für die eigenen Domains an und leitet nur für die eigenen Leute weiter. Sonst könnte jeder Spam darüber verschicken.',
  'why.reply.userUnknown':
    'Dieses Postfach gibt es nicht. {host} sagt das sofort, bevor die Nachricht gesendet ist.',
  'why.reply.senderDomain':
    'Die Domain des Absenders auf dem Umschlag gibt es im DNS nicht; eine Antwort käme nie zurück.',
  'why.reply.notSmtp':
    'Was ankam, sieht nach Browser, Webformular oder Kopfzeile aus. Bei solchen Clients legt {host} auf.',
  'why.reply.order':
    'Die Befehle haben eine Reihenfolge: Gruß, Absender, Empfänger, Text. Einer fehlte oder kam zu früh.',
  'why.reply.syntax': 'Der Befehl wurde verstanden, sein Argument nicht.',
  'why.reply.unknownCommand': '{host} kennt dieses Wort nicht als Befehl.',
  'why.reply.tooFast':
    'Der Client sprach weiter, ohne die Antwort abzuwarten. Spam-Programme tun das, darum legt {host} auf.',
  'why.reply.header8bit':
    'Sie wurde angenommen, aber ihre Kopfzeile {name} enthält rohe Bytes jenseits von ASCII, und der Absender hat kein SMTPUTF8 verlangt (`HDR-8BIT`). Der nächste Server darf sie verändern, und wer sie liest, muss ihren Zeichensatz raten. Richtig wäre ein kodiertes Wort: `=?UTF-8?Q?J=C3=BCrgen?=`.',
  'why.reply.queued': 'Von jetzt an ist {host} verantwortlich: Er stellt zu oder meldet, dass es nicht ging.',
  'why.reply.data':
    'Jetzt der Brief selbst: Kopfzeilen, eine leere Zeile, Text und am Ende eine Zeile nur mit einem Punkt.',
  'why.reply.dmarc':
    'Die Domain des Autors bittet darum, abzuweisen, was nicht nachweislich von ihr kommt, und {host} tut das.',
  'why.said.EHLO': 'EHLO sagt hallo: Der Client nennt seinen Namen und fragt, was der Server kann.',
  'why.said.HELO': 'HELO ist der alte Gruß, ohne die Liste der Fähigkeiten.',
  'why.said.LHLO': 'LHLO ist der Gruß von LMTP, dem Protokoll zwischen Mailserver und Postfächern.',
  'why.said.MAIL':
    'MAIL FROM schreibt den Absender auf den Umschlag. Berichte über Probleme gehen dorthin. Geprüft wird das hier noch nicht.',
  'why.said.RCPT':
    'RCPT TO schreibt einen Empfänger auf den Umschlag. Nur der Umschlag entscheidet, wohin die Nachricht geht.',
  'why.said.DATA': 'DATA bittet darum, den Brief selbst zu übergeben.',
  'why.said.RSET': 'RSET wirft den Umschlag weg und beginnt neu.',
  'why.said.NOOP': 'NOOP tut nichts und zeigt, dass beide noch da sind.',
  'why.said.QUIT': 'QUIT beendet das Gespräch höflich.',
  'why.said.VRFY': 'VRFY fragt, ob es eine Adresse gibt. Die meisten Server behalten das für sich.',
  'why.said.STARTTLS': 'STARTTLS bittet darum, verschlüsselt weiterzumachen.',
  'why.said.AUTH': 'AUTH meldet sich an.',
  'why.said.message':
    'Das ist der Brief: Kopfzeilen und Text. Der Umschlag wurde vorher angesagt, mit MAIL und RCPT.',
  'why.said.textLine':
    'Nach 354 gehört alles zum Brief, wie es auch aussieht, bis eine Zeile nur einen Punkt enthält.',
  'why.said.finalDot':
    'Eine Zeile nur mit einem Punkt beendet den Brief. Jetzt entscheidet der Server, ob er ihn nimmt.',
  'why.lmtp':
    'Das ist LMTP, der letzte Meter: Der Mailserver übergibt die Nachricht den Postfächern, eine Antwort je Empfänger.',

  'why.dns.title': 'Frage und Antwort',
  'why.dns.authoritative':
    '{server} antwortet selbst für diesen Namen: Was er sagt, ist das Veröffentlichte.',
  'why.dns.referral': '{server} weiß es nicht, weiß aber, wer mehr weiß.',
  'why.dns.cached': '{server} hat niemanden gefragt: Er wusste die Antwort noch von vorhin.',
  'why.dns.recursive': '{server} hat sich von der Wurzel abwärts zu dieser Antwort durchgefragt.',
  'why.dns.ttl': 'Sie darf noch {n} {n|Sekunde|Sekunden} gemerkt werden.',
  'why.dnsTimeout':
    'Auf die Frage nach {name} {type} kam rechtzeitig keine Antwort. Der Nameserver steht still oder ist nicht erreichbar.',

  'why.configured':
    'Du hast die Einstellung {setting} des Programms {program} auf {host} geändert. Sie wirkt ab der nächsten Nachricht; was schon unterwegs ist, behält die alte.',
  'why.zone.published':
    'Ab jetzt antwortet der Nameserver aus dem neuen Text von {zone}, Seriennummer {serial}.',
  'why.zone.caches':
    'Resolver, die alte Einträge im Gedächtnis haben, nutzen sie weiter, bis deren Zeit um ist.',
  'why.step.query': '{client} fragt {resolver}: {name} {type}?',
  'why.step.joined': '{client} will dasselbe wissen; beide bekommen die eine Antwort.',
  'why.step.cached.records': 'Er weiß die Antwort noch, {n} s lang (gehört von {server}).',
  'why.step.cached.cname': 'Er weiß noch, dass {name} ein Alias ist, {n} s lang.',
  'why.step.cached.nxdomain': 'Er weiß noch, dass es {name} nicht gibt, {n} s lang.',
  'why.step.cached.nodata': 'Er weiß noch, dass {name} keinen Eintrag {type} hat, {n} s lang.',
  'why.step.cached.servfail': 'Daran ist er eben gescheitert und versucht es nicht gleich wieder.',
  'why.step.start.root': 'Davon weiß er noch nichts und beginnt bei der Wurzel: {hosts}.',
  'why.step.start.known': 'Er weiß noch, wer {zone} kennt: {hosts} ({n} s lang).',
  'why.step.asked': 'Er fragt {server}, einen Server von {zone}.',
  'why.step.asked.root': 'Er fragt {server}, einen Root-Server.',
  'why.step.asked.tcp': 'Er fragt {server} noch einmal, über TCP.',
  'why.step.referral':
    '{server} weiß es nicht, aber wer es weiß: {hosts} für {to}. Das darf er sich {n} s merken.',
  'why.step.referral.bare': '{server} schickt ihn weiter zu {hosts} für {to}, ohne deren Adressen zu nennen.',
  'why.step.answer': '{server} hat die Antwort: {value}. Die darf er sich {n} s merken.',
  'why.step.cname': '{server}: {name} ist ein Alias von {target}. Jetzt sucht er diesen Namen.',
  'why.step.nxdomain': '{server}: {name} gibt es nicht. Auch das merkt er sich, {n} s lang.',
  'why.step.nodata': '{server}: {name} gibt es, aber ohne Eintrag {type}. Gemerkt für {n} s.',
  'why.step.timeout': '{server} schweigt. Gewartet: {n} ms.',
  'why.step.unreachable': '{server} ist nicht zu erreichen: {why}.',
  'why.step.lame':
    '{server} ist als Server von {zone} genannt, weiß aber nichts davon ({why}): eine lahme Delegation.',
  'why.step.truncated': 'Die Antwort von {server} passt nicht in ein Datagramm (TC).',
  'why.step.no-edns': '{server} versteht kein EDNS; noch einmal ohne.',
  'why.step.addressWanted': 'Zuerst braucht er die Adresse von {host}.',
  'why.step.missingGlue':
    '{host} liegt in {zone}, und genau diese Zone bedient er; seine Adresse hat darüber niemand genannt: fehlender Glue.',
  'why.step.addressLoop': 'Um {host} zu finden, müsste er {host} schon kennen: ein Kreis.',
  'why.step.ignored': 'Von {server} kam etwas, wonach niemand gefragt hatte; er beachtet es nicht.',
  'why.step.replied': '{resolver} antwortet {client}: {rcode}.',
  'why.step.failed.silent':
    'Kein Server der Zone hat geantwortet. SERVFAIL: Er konnte es nicht herausfinden.',
  'why.step.failed.lame': 'Keiner der Server, die die Zone kennen sollten, war zu gebrauchen. SERVFAIL.',
  'why.step.failed.address': 'Von keinem Nameserver war die Adresse zu finden. SERVFAIL.',
  'why.step.failed.loop': 'Die Aliasse führen im Kreis. SERVFAIL.',
  'why.step.failed.chain': 'Die Kette der Aliasse ist zu lang. SERVFAIL.',
  'why.step.failed.queries': 'Es bräuchte zu viele Fragen. SERVFAIL.',
  'why.step.failed.time': 'Es hat zu lange gedauert. SERVFAIL.',
  'why.step.failed.lately':
    'Eben ist er schon gescheitert, und einen Fehlschlag merkt er sich kurz. SERVFAIL.',
  'why.step.failed.bogus':
    'Die DNSSEC-Signaturen belegen die Antwort nicht (bogus), also hält er sie zurück. SERVFAIL. In Ehlo sind Signaturen ein Modell: Unterwegs sind keine.',

  'why.copy.what':
    '{server} ist ein zweiter Nameserver von {zone}. Er liest keine Zonendatei, sondern holt sich eine Kopie beim ersten.',
  'why.copy.transferred':
    'Die Seriennummer {serial} war neuer als seine, also hat er die ganze Zone geholt (AXFR über TCP).',
  'why.copy.current':
    'Er hat nach der Seriennummer gefragt und {offered} gehört; seine Kopie hat {serial}. Nur eine neuere Nummer bringt ihn dazu, die Zone zu holen. Wer eine Zone ändert und die Seriennummer vergisst, lässt diesen Server mit den alten Einträgen zurück.',
  'why.copy.failed':
    'Er hat die Zone nicht bekommen: {why}. Er antwortet weiter aus seiner alten Kopie und versucht es nach der Zeit wieder, die im SOA-Eintrag „retry“ heißt.',
  'why.copy.expired':
    'So lange, wie der SOA-Eintrag es erlaubt („expire“), hat er den ersten Server nicht erreicht. Eine alte Kopie ist schlechter als keine, also antwortet er jetzt mit SERVFAIL.',
  'why.notify':
    'Eine NOTIFY-Nachricht: Der erste Nameserver sagt dem zweiten, dass die Zone neu geladen ist, damit er nicht bis zum nächsten regelmäßigen Nachsehen wartet.',
  'why.flushed':
    'Der Betreiber hat das Gedächtnis des Resolvers geleert. Fragt wieder jemand, fragt er sich neu von der Wurzel abwärts durch.',
  'why.zone.rejected': '{zone} enthält {n} {n|Fehler|Fehler}. Der Nameserver bleibt beim alten Text.',

  'why.spf.helo':
    'Der Umschlag hat keinen Absender, wie es Berichte an sich haben. Darum wird der Name im Gruß geprüft.',
  'why.spf.what':
    'Der Server fragte das DNS von {domain}, wer in ihrem Namen senden darf, und verglich {ip} mit der Liste.',
  'why.spf.all.pass': 'Der Eintrag lässt alle senden: Er endet mit „{term}“.',
  'why.spf.all.fail': '{ip} steht nicht auf der Liste, und „{term}“ am Ende sagt: sonst niemand.',
  'why.spf.all.softfail': '{ip} steht nicht auf der Liste, und „{term}“ am Ende sagt: wohl sonst niemand.',
  'why.spf.all.neutral': '{ip} steht nicht auf der Liste, und „{term}“ am Ende sagt: Dazu sage ich nichts.',
  'why.spf.matched.pass': '{ip} steht auf der Liste: „{term}“.',
  'why.spf.matched.fail': '„{term}“ nennt {ip}, und das Minus sagt: der nicht.',
  'why.spf.matched.softfail': '„{term}“ nennt {ip}, und die Tilde sagt: der wohl nicht.',
  'why.spf.matched.neutral': '„{term}“ nennt {ip}, und das Fragezeichen sagt: Dazu sage ich nichts.',
  'why.spf.reason.bad-domain': '„{domain}“ ist keine Domain, die man fragen könnte.',
  'why.spf.reason.no-record': '{domain} veröffentlicht keine Liste.',
  'why.spf.reason.lookup-failed': 'Das DNS antwortete nicht. Später kann das Ergebnis ein anderes sein.',
  'why.spf.reason.many-records': '{domain} veröffentlicht zwei Listen oder mehr, und dann zählt keine.',
  'why.spf.reason.syntax': 'Die Liste enthält einen Fehler, und dann zählt nichts davon.',
  'why.spf.reason.default': '{ip} steht nicht auf der Liste, und die Liste sagt nicht, was das heißt.',
  'why.spf.reason.redirect': 'Die Liste von {domain} verweist auf eine andere, und die entschied.',
  'why.spf.reason.redirect-none': 'Die Liste von {domain} verweist auf eine Domain ohne Liste.',
  'why.spf.reason.include-none': 'Die Liste von {domain} schließt eine Domain ohne Liste ein.',
  'why.spf.reason.include-failed': 'Eine Liste, die {domain} einschließt, ist fehlerhaft.',
  'why.spf.reason.too-many-lookups':
    'Die Liste von {domain} braucht mehr als zehn DNS-Anfragen, und dann zählt nichts davon.',
  'why.spf.reason.too-many-voids': 'Zu viele Namen in der Liste von {domain} führen ins Leere.',
  'why.spf.reason.too-many-mx': 'Die Liste von {domain} nennt eine Domain mit zu vielen Mail-Eingängen.',
  'why.dkim.what':
    'Eine DKIM-Signatur ist ein Siegel: Die sendende Domain unterschreibt Kopf und Text, der Empfänger prüft mit einem Schlüssel aus dem DNS.',
  'why.dkim.unsigned': 'Auf dieser Nachricht ist kein Siegel.',
  'why.dkim.pass': 'Das Siegel von {domain} ist heil: Vom Unterschriebenen wurde unterwegs nichts verändert.',
  'why.dkim.body':
    'Der Text ist nicht der, den {domain} unterschrieben hat: Unterwegs hat ihn etwas verändert.',
  'why.dkim.signature':
    'Das Siegel passt nicht: Eine unterschriebene Kopfzeile wurde verändert, oder es war ein anderer Schlüssel.',
  'why.dkim.key': 'Der Schlüssel {selector} von {domain} fehlt, ist kaputt oder nicht dafür gemacht.',
  'why.dkim.lookup': 'Das DNS gab den Schlüssel {selector} von {domain} nicht her. Später vielleicht.',
  'why.dkim.other': 'Das Siegel ist nicht zu gebrauchen: Die Belege unten sagen, warum.',
  'why.dmarc.what':
    'DMARC stellt eine Frage: Gehört etwas von dem, was bestand, zu {domain}, der Domain, die der Leser sieht?',
  'why.dmarc.author': 'Die Nachricht hat keinen eindeutigen Autor, dessen Domain man fragen könnte.',
  'why.dmarc.no-record': '{domain} hat keine DMARC-Regel, darum folgt nichts.',
  'why.dmarc.bad-policy': 'Der DMARC-Eintrag von {domain} enthält keine brauchbare Regel.',
  'why.dmarc.lookup-failed': 'Das DNS antwortete nicht. Später kann das Ergebnis ein anderes sein.',
  'why.dmarc.spf-aligned': 'Ja: SPF bestand, und zwar für die Domain des Autors.',
  'why.dmarc.dkim-aligned': 'Ja: Das DKIM-Siegel ist heil, und es ist das des Autors.',
  'why.dmarc.both-aligned': 'Ja, doppelt: SPF und DKIM sprechen beide für die Domain des Autors.',
  'why.dmarc.not-aligned': 'Nein: Nichts von dem, was bestand, gehört zu {domain}.',
  'why.dmarc.action.accept': '{domain} bittet um {policy}; dieser Server stellt trotzdem zu.',
  'why.dmarc.action.junk':
    '{domain} bittet bei solcher Mail um Vorsicht ({policy}), darum kommt sie in den Spam.',
  'why.dmarc.action.reject':
    '{domain} bittet darum, solche Mail abzuweisen ({policy}), und dieser Server tut das.',
  'why.dmarc.action.defer':
    'Dieser Server kann es noch nicht sagen und bittet den Absender, später wiederzukommen.',
  'why.stale':
    'Der beurteilte Eintrag ist nicht der veröffentlichte: Ein Resolver hatte noch den alten im Gedächtnis (noch {n} s).',
  'why.stale.absent':
    'Ein Resolver hatte im Gedächtnis, dass es diesen Eintrag nicht gibt, obwohl es ihn jetzt gibt (noch {n} s).',

  'why.place.dmarcQuarantine':
    'DMARC ist gescheitert, und {domain} bittet, solche Mail als verdächtig zu behandeln.',
  'why.place.dmarcReject': 'DMARC ist gescheitert, und {domain} bittet, solche Mail abzuweisen.',
  'why.place.dmarcPass': 'DMARC hat bestanden: Die Nachricht kommt wirklich von {domain}.',
  'why.place.spfFail':
    'SPF ist für {domain} gescheitert, und keine DMARC-Regel entscheidet. Die eigene Regel dieses Anbieters sagt: Spam.',
  'why.place.noVerdict': 'In der Nachricht steht kein Urteil von {authservId}; nichts spricht gegen sie.',
  'why.place.rule': 'Eine Regel des Postfachbesitzers sagt es so.',
  'why.place.default': 'Nichts spricht gegen sie.',
  'why.mailbox.noSuchUser': 'Ein Postfach für {recipient} gibt es nicht.',
  'why.mailbox.overQuota': 'Das Postfach von {recipient} ist voll.',
  'why.mailbox.sieveReject':
    'Das Sieve-Skript von {recipient} sagt `reject`: Der Absender bekommt die Nachricht mit dem Grund zurück.',
  'why.place.catchAll': 'Diese Adresse hat niemand; das Auffangpostfach gehört {user}.',
  'why.place.subaddress': 'Der Teil hinter dem Plus nennt den Ordner {folder}, und den gibt es.',
  'why.place.subaddressNoFolder':
    'Der Teil hinter dem Plus, {detail}, nennt keinen Ordner: also in den Posteingang.',
  'why.place.sieveKeep': 'Zeile {line} des Sieve-Skripts behält sie (`keep`).',
  'why.place.sieveImplicitKeep':
    'Das Sieve-Skript tut nichts, was das stillschweigende Behalten aufhebt; also bleibt sie.',
  'why.place.sieveFileinto': 'Zeile {line} des Sieve-Skripts legt sie in {folder} ab.',
  'why.place.sieveNoFolder':
    'Zeile {line} des Sieve-Skripts will in den Ordner {folder}, den es nicht gibt. `fileinto :create` würde ihn anlegen.',
  'why.place.sieveLoop':
    'Sie ist im Kreis gelaufen: Dieses Postfach hatte sie schon einmal weitergeleitet. Jetzt bleibt sie hier.',
  'why.place.sieveCopy': 'Eine Kopie dessen, was das Skript verschickt hat, in {folder} (`:fcc`).',
  'why.place.sieveError':
    'Das Sieve-Skript ist in Zeile {line} abgebrochen. Dann gilt nichts von dem, was es wollte, und die Nachricht bleibt erhalten.',
  'why.place.redirectRefused': 'Der Mailserver wollte sie nicht weiterleiten; also bleibt sie hier.',
  'why.access.loginFailed':
    'Name oder Passwort stimmen nicht. Welches von beiden, sagt der Server nicht, damit niemand herausfinden kann, wer hier ein Postfach hat.',
  'why.mailbox.imported':
    '{n} {n|Nachricht|Nachrichten} aus der Datei {file} {n|wurde|wurden} von Hand hierher gelegt. Kein Server hat sie verschickt: Es gibt keinen Umschlag, keine SPF-Prüfung und keinen Weg zu zeigen, nur was in {n|ihr|ihnen} selbst steht.',
  'why.access.flags':
    'Bei IMAP liegen die Markierungen auf dem Server. Jedes Gerät, das in diesen Ordner schaut, sieht dieselben.',
  'why.access.markedDeleted':
    '\\Deleted ist nur eine Markierung. Die Nachricht liegt dort, bis jemand EXPUNGE sagt oder den Ordner mit CLOSE schließt.',
  'why.access.imap.login': 'Ab hier gehört die Sitzung diesem Benutzer. Ein Ordner ist noch nicht offen.',
  'why.access.imap.selected':
    'IMAP arbeitet immer in einem Ordner. Die Nummern der Nachrichten zählen in dem Ordner, der offen ist, ab 1.',
  'why.access.imap.read':
    'BODY[] gibt den Text heraus und setzt \\Seen: Jedes Gerät zeigt die Nachricht nun als gelesen.',
  'why.access.imap.peeked':
    'BODY.PEEK[] gibt dieselben Bytes heraus wie BODY[] und lässt die Flags in Ruhe: Für alle anderen Geräte bleibt die Nachricht ungelesen.',
  'why.access.imap.expunged':
    'EXPUNGE entfernt, was \\Deleted trägt. Die Nachrichten dahinter rücken auf und bekommen neue Nummern; ihre UIDs bleiben.',
  'why.access.imap.moved':
    'MOVE ist ein einziger Schritt: Die Nachricht bekommt im anderen Ordner eine neue UID und verschwindet hier.',
  'why.access.imap.copied': 'COPY lässt das Original, wo es ist.',
  'why.access.imap.appended':
    'APPEND legt eine ganze Nachricht in einen Ordner, so wie Mailprogramme es mit Gesendetem tun. Verschickt wird dabei nichts.',
  'why.access.pop3.login':
    'Das Postfach ist für diese Sitzung gesperrt, die Nachrichten sind durchnummeriert. Was jetzt ankommt, siehst du erst bei der nächsten Anmeldung.',
  'why.access.pop3.retrieved':
    'RETR schickt eine Kopie. Die Nachricht bleibt auf dem Server, bis sie gelöscht wird.',
  'why.access.pop3.removed':
    'DELE merkt nur vor. Gelöscht wird bei POP3 im Zustand UPDATE, und dorthin führt allein QUIT.',
  'why.access.pop3.kept':
    'Die Sitzung endete ohne QUIT und kam nie in den Zustand UPDATE. Die Vormerkungen sind vergessen, alle Nachrichten bleiben.',
  'why.tls.established':
    'Beide Enden haben sich auf Schlüssel geeinigt. Wer ab hier mithört, sieht, wie viel geschickt wird, aber nicht was.',
  'why.tls.verified':
    'Das Zertifikat führt zu einer Stelle, der das Programm vertraut: „verify return code“ 0 bei OpenSSL.',
  'why.tls.unverified':
    'Mit dem Zertifikat stimmt etwas nicht: „verify return code“ {code} bei OpenSSL. Verschlüsselt wird trotzdem, aber wer am anderen Ende sitzt, ist nicht sicher.',
  'why.tls.modelled':
    'Nachgebildet: Die Zertifikate sind echt und werden wirklich geprüft, die Verschlüsselung der Records ist ein Modell.',
  'why.tls.failed.noTls':
    'Was ankam, war kein TLS-Record. Meist redet eine Seite Klartext, wo die andere einen Handshake erwartet, oder umgekehrt.',
  'why.tls.failed.sentAlert':
    'Diese Seite hat etwas gefunden, das sie nicht annimmt, hat es mit dem Alert „{alert}“ gesagt und aufgelegt.',
  'why.tls.failed.gotAlert': 'Die Gegenseite hat mit dem Alert „{alert}“ abgelehnt. Der Grund liegt bei ihr.',
  'why.tls.failed.ended': 'Die Gegenseite war weg, bevor sich beide auf Schlüssel geeinigt hatten.',
  'why.fact.tlsVersion': 'Version',
  'why.fact.cipher': 'Verfahren',
  'why.fact.serverName': 'Verlangter Name (SNI)',
  'why.fact.certificate': 'Zertifikat von',
  'why.sieve.error':
    'Das Skript ist in Zeile {line} abgebrochen: Die Nachricht bleibt erhalten, als gäbe es kein Skript.',
  'why.sieve.implicitKeep':
    'Nichts hat das stillschweigende Behalten aufgehoben: Die Nachricht bleibt im Posteingang.',
  'why.sieve.keep': 'Zeile {line} behält sie.',
  'why.sieve.fileinto': 'Zeile {line} legt sie in {target} ab.',
  'why.sieve.redirect': 'Zeile {line} leitet sie an {target} weiter.',
  'why.sieve.discard': 'Zeile {line} wirft sie weg; der Absender erfährt nichts davon.',
  'why.sieve.reject': 'Zeile {line} lehnt sie ab: {target}',
  'why.sieve.vacation': 'Zeile {line} antwortet {target}.',
  'why.sieve.notify': 'Zeile {line} benachrichtigt {target}.',
  'why.sieve.addheader': 'Zeile {line} fügt das Feld {target} hinzu.',
  'why.sieve.deleteheader': 'Zeile {line} entfernt das Feld {target}.',
  'why.sieve.no.sender-null':
    'Keine Abwesenheitsnotiz: Es gibt keinen Absender, dem man antworten könnte (`<>`).',
  'why.sieve.no.sender-system': 'Keine Abwesenheitsnotiz: Der Absender ist eine Systemadresse.',
  'why.sieve.no.sender-self': 'Keine Abwesenheitsnotiz: Sich selbst antwortet man nicht.',
  'why.sieve.no.list-header': 'Keine Abwesenheitsnotiz: Die Nachricht kam über eine Mailingliste.',
  'why.sieve.no.auto-submitted': 'Keine Abwesenheitsnotiz: Die Nachricht hat eine Maschine geschrieben.',
  'why.sieve.no.precedence':
    'Keine Abwesenheitsnotiz: Die Nachricht gibt sich als Massen- oder Listenmail aus.',
  'why.sieve.no.auto-response-suppress': 'Keine Abwesenheitsnotiz: Die Nachricht bittet darum.',
  'why.sieve.no.addressed-to-me':
    'Keine Abwesenheitsnotiz: Weder To noch Cc nennt dieses Postfach. Mit `:addresses` lassen sich weitere Adressen angeben.',
  'why.sieve.no.already-answered':
    'Keine Abwesenheitsnotiz: Dieser Absender hat in der Frist schon eine bekommen.',
  'why.sieve.copy.redirect':
    'Die Nachricht geht weiter an {to}. Ihr Umschlagabsender bleibt {sender}; SPF beurteilt also diesen Server.',
  'why.sieve.copy.vacation':
    'Eine Antwort an {to} mit leerem Umschlagabsender: Darauf kann nichts automatisch antworten.',
  'why.sieve.copy.notify': 'Eine kurze Mitteilung an {to}.',
  'why.sieve.result.sent': 'Der Mailserver hat die Nachricht für {to} angenommen.',
  'why.sieve.result.refused': 'Der Mailserver hat die Nachricht für {to} abgelehnt.',
  'why.sieve.result.kept': 'Sie kommt nun doch ins Postfach: Verloren geht nichts.',
  'why.sieve.steps': 'Was das Skript von {user} geprüft hat',
  'why.sieve.head.line': 'Zeile',
  'why.sieve.head.step': 'Befehl oder Test',
  'why.sieve.head.looked': 'Geprüft',
  'why.sieve.head.result': 'Trifft zu',
  'why.quota.warning': 'Das Postfach von {user} hat {percent} % seiner Grenze überschritten.',
  'why.quota.bytes': '{used} von {limit} Byte sind belegt.',
  'why.quota.messages': 'Es enthält {used} von {limit} Nachrichten.',

  'why.queue.accepted':
    '{host} hat die Verantwortung übernommen und die Nachricht als {queueId} auf die Platte geschrieben.',
  'why.queue.warning':
    '{host} sagt dem Absender einmal Bescheid, dass die Nachricht noch wartet. Verloren ist nichts, es wird weiter versucht.',
  'why.queue.bounce':
    '{host} hat einen Bericht über die gescheiterte Zustellung geschrieben und verschickt ihn wie jede Nachricht.',
  'why.queue.bounceSender':
    'Sein Absender auf dem Umschlag ist leer, damit ein Bericht über den Bericht keinen Kreislauf beginnt.',
  'why.queue.active': 'Diese Nachricht ist jetzt mit der Zustellung dran.',
  'why.queue.route.mx':
    'Die MX-Einträge von {domain} sagen, welcher Host ihre Mail annimmt; der kleinste Rang kommt zuerst.',
  'why.queue.route.implicitMx':
    '{domain} hat keinen MX-Eintrag. Dann ist ihre eigene Adresse der Mail-Eingang.',
  'why.queue.route.literal': 'Die Adresse nennt den Host mit seiner Nummer; DNS ist nicht nötig.',
  'why.queue.route.transport': '{domain} wird hier zugestellt: Die Konfiguration nennt den nächsten Host.',
  'why.queue.route.none': 'Für {domain} fand sich kein Host, der ihre Mail annimmt.',
  'why.queue.deferred': 'Diesmal ging es nicht: {reason}',
  'why.queue.retries':
    'Die Nachricht bleibt in der Warteschlange. Der Server versucht es wieder, mit immer längeren Pausen, bis zu fünf Tage.',
  'why.queue.result.sent': '{relay} nahm die Nachricht für {recipient} an.',
  'why.queue.result.deferred': '{relay} konnte die Nachricht für {recipient} gerade nicht annehmen.',
  'why.queue.result.bounced': '{relay} hat die Nachricht für {recipient} endgültig abgelehnt.',
  'why.queue.result.expired': 'Die Nachricht für {recipient} war zu lange nicht zustellbar.',
  'why.queue.result.discarded': 'Die Nachricht für {recipient} wurde absichtlich weggeworfen.',
  'why.queue.bounced': 'Der Absender erfährt, dass {recipient} nicht zu erreichen war.',
  'why.queue.removed': 'Alle Empfänger sind erledigt. Die Nachricht verlässt die Warteschlange.',
  'why.message.list': '„{subject}“ ist bei der Mailingliste auf {host} angekommen',
  'why.place.dmarcOverridden':
    'DMARC ist für {domain} gescheitert, aber dieser Anbieter hatte einen Grund, es durchzulassen.',
  'why.reply.spfFail':
    '{host} sieht allein auf den Absender im Umschlag: Diese Adresse steht nicht auf der Liste seiner Domain. Den Brief bekommt {host} nie zu sehen, also können weder Signatur noch DMARC für ihn sprechen, und niemand bekommt einen Bericht.',
  'why.reply.spfError': '{host} wurde aus dem SPF-Eintrag des Absenders nicht schlau.',
  'why.reply.reverseName':
    '{host} will wissen, wer da anruft: Die Adresse muss im DNS einen Namen haben, und der Name muss zu ihr zurückführen.',
  'why.reply.blockList':
    'Jemand führt eine Liste von Adressen, die Spam schicken, und {host} fragt dort nach, bevor es etwas annimmt.',
  'why.reply.srs':
    'Ein Weiterleiter hat diese Adresse umgeschrieben. Sie trägt ein Siegel und ein Datum, damit niemand sonst sie benutzt.',
  'why.spf.atRcpt':
    'Entschieden wurde das schon bei RCPT, vor dem Brief: DKIM und DMARC kamen nicht zu Wort.',
  'why.dmarc.override.policy_test_mode': 'Die Regel wird erst getestet (t=y), darum eine Stufe milder.',
  'why.dmarc.override.trusted_forwarder':
    'Gebracht hat es ein Weiterleiter, dem man hier traut. SPF hat er beim Weiterreichen gebrochen, nicht der Autor.',
  'why.dmarc.override.mailing_list':
    'Es kommt von einer Mailingliste, die dieser Empfänger kennt, und deren eigene Domain bürgt dafür.',
  'why.dmarc.override.local_policy':
    'Dieser Empfänger hält sich an RFC 9989: Die Regel reject allein ist kein Grund abzuweisen, denn Listen und Weiterleiter brechen die Prüfungen ganz ohne böse Absicht.',
  'why.dmarc.override.other': 'Dieser Empfänger hatte einen anderen Grund, es anders zu machen.',
  'why.dmarc.override.arc': 'Im Bericht steht dazu: {comment}',
  'why.client.reverseName':
    'Bevor dieser Server Post annimmt, sieht er nach, wer anruft: Welchen Namen hat {address}?',
  'why.client.reverseName.pass': '{address} heißt {name}, und der Name führt zurück.',
  'why.client.reverseName.reject':
    '{address} hat keinen Namen oder einen, der nicht zurückführt. Ernsthafte Mailserver haben einen.',
  'why.client.blockList':
    'Eine Sperrliste ist eine DNS-Zone: Der Server hat {address} umgedreht und unter {list} nachgeschlagen.',
  'why.client.blockList.reject': 'Dort gibt es einen Eintrag: {address} ist gesperrt.',
  'why.client.blockList.pass': 'Dort gibt es keinen Eintrag: {address} ist nicht gesperrt.',
  'why.client.blockList.noAnswer':
    'Die Liste hat nicht geantwortet. Das darf niemanden Post kosten, also zählt es als „nicht gesperrt“.',
  'why.alias.virtual':
    'Ein virtueller Alias: An die Stelle der Adresse {address} tritt ihr Ziel, bevor etwas zugestellt wird. Doppelt bekommt es niemand.',
  'why.alias.local':
    'Eine Zeile aus /etc/aliases: {address} ist ein Name für andere. Postfächer auf diesem Host bekommen die Nachricht sofort; für alle anderen kommt sie neu in die Queue, mit {address} in der Zeile `Delivered-To`.',
  'why.alias.nested': 'Ein Alias darf auf Aliasse zeigen; hier ging es über {n}.',
  'why.aliasLoop.aliases':
    'Die Zeilen führen von {address} zu einem Namen zurück, der schon dran war, und niemand auf dem Weg hat ein Postfach. Der Server gibt auf, statt sich ewig zu drehen. Bring die Aliasse in Ordnung.',
  'why.aliasLoop.deliveredTo':
    '{address} steht schon in `Delivered-To`: Dieser Server hat die Nachricht für genau diese Adresse weitergegeben, und jemand hat sie zurückgeschickt. Ohne diese Marke liefe sie im Kreis, bis sie fünfzig `Received`-Zeilen hat.',
  'why.hopBudget':
    'Server erkennen eine Schleife an `Received` und `Delivered-To`. Hier nimmt jemand diese Zeilen weg, darum zählt der Simulator selbst mit und hält nach {limit} an. Verloren ist nichts: Die Nachricht liegt auf Halt.',
  'why.fact.aliases': 'Aliasse',
  'why.fact.aliasTargets': 'Sie führen zu',
  'why.greylist.what':
    'Greylisting (Postgrey): Wer mit diesem Absender und diesem Empfänger zum ersten Mal kommt, wird mit einem vorübergehenden Fehler weggeschickt. Ein echter Mailserver kommt nach ein paar Minuten wieder, die meisten Spamprogramme nicht.',
  'why.greylist.new': 'Dieses Netz, diesen Absender und diesen Empfänger gab es zusammen noch nicht.',
  'why.greylist.early-retry': 'Es gab sie schon, aber das ist keine fünf Minuten her.',
  'why.greylist.pass':
    'Sie haben lange genug gewartet und sind innerhalb von zwei Tagen wiedergekommen. Die Wartezeit steht im Brief: `X-Greylist`.',
  'why.greylist.known':
    'Aus dem Netz von {address} sind schon fünf Briefe durchgekommen, darum wird dort nicht mehr gefragt.',
  'why.content.virus':
    'Ein Teil der Nachricht ist die EICAR-Testdatei. Sie wird am Ende der Daten abgelehnt; der sendende Server sagt es also seinem Nutzer, und von hier geht nichts weiter und nichts zurück.',
  'why.content.spam':
    'Im Text steht die Testzeile GTUBE, für die SpamAssassin tausend Punkte gibt; fünf genügen für Spam.',
  'why.content.test':
    'Beide Zeichenketten sind harmlos und nur dazu da, Filter auszuprobieren. Der Scanner dieses Simulators kennt nur diese beiden.',
  'why.srs.forward':
    'Diese Nachricht wird weitergereicht. Mit dem alten Absender würde SPF fragen, ob dieser Weiterleiter für jene Domain senden darf. Darum trägt er sich selbst ein und faltet den alten Absender in die Adresse.',
  'why.srs.alignment':
    'SPF besteht jetzt, aber für den Weiterleiter. Der gehört nicht zur Domain des Autors, also hilft es DMARC nicht.',
  'why.srs.reverse':
    'Ein Rückläufer kam an die Adresse, die hier gemacht wurde. Ihr Siegel stimmt, und sie ist jung genug, also geht er an den alten Absender.',
  'why.srs.refused':
    '{problem}. Zurückverwandelt wird nur, was hier und vor Kurzem entstand. Sonst könnte jeder über diesen Server Post verschicken.',
  'why.arc.historic':
    'ARC war ein Experiment (RFC 8617). Es ist beendet, und ARC wird „historisch“: Seine Siegel siehst du noch, aber baue nicht mehr darauf.',
  'why.arc.sealed': '{domain} schreibt auf, was es beim Eintreffen vorfand, und versiegelt das.',
  'why.arc.title': 'Die Kette der Siegel, vom ersten zum letzten',
  'why.arc.none': 'Auf dieser Nachricht sind keine ARC-Siegel.',
  'why.arc.pass': 'Alle Siegel sind heil: {sealers}.',
  'why.arc.fail': 'Die Kette hält nicht.',
  'why.arc.reason.no-chain': 'Es gibt keine Kette.',
  'why.arc.reason.ok': 'Alles in Ordnung.',
  'why.arc.reason.too-many-sets': 'Es sind mehr als 50 Glieder.',
  'why.arc.reason.marked-failed': 'Schon ein früherer Siegler hat gesagt, dass die Kette gebrochen ist.',
  'why.arc.reason.bad-field': 'Ein Feld in Glied {n} ist nicht lesbar.',
  'why.arc.reason.field-missing': 'In Glied {n} fehlt ein Feld.',
  'why.arc.reason.field-repeated': 'In Glied {n} steht ein Feld doppelt.',
  'why.arc.reason.gap': 'Glied {n} fehlt.',
  'why.arc.reason.chain-value': 'Glied {n} sagt Unmögliches über die davor.',
  'why.arc.reason.message-signature': 'Nach Glied {n} wurde die Nachricht noch verändert.',
  'why.arc.reason.seal': 'Das Siegel von Glied {n} ist falsch.',
  'why.arc.trust.trusted':
    'Diesen Sieglern traut der Empfänger namentlich, und der erste von ihnen fand den Autor echt.',
  'why.arc.trust.no-chain': 'Es gibt nichts, dem man trauen könnte.',
  'why.arc.trust.chain-failed': 'Eine gebrochene Kette zählt nicht.',
  'why.arc.trust.sealer-not-trusted':
    'Eine heile Kette beweist nur, wer gesiegelt hat. Dieser Empfänger kennt {strangers} nicht, also zählt sie nicht: Siegeln kann jeder.',
  'why.arc.trust.author-not-authentic':
    'Schon der erste Siegler fand den Autor nicht echt. Da gibt es nichts zu retten.',
  'why.column.instance': 'Nr.',
  'why.column.sealer': 'Gesiegelt von',
  'why.column.seal': 'Siegel',
  'why.column.messageSignature': 'Nachricht',
  'why.column.found': 'Beim Eintreffen',
  'why.fact.details': 'Im Einzelnen',
  'why.fact.verify': 'Ergebnis der Prüfung (Nummer von OpenSSL)',
  'why.fact.reverseName': 'Name',
  'why.fact.blockList': 'Sperrliste',
  'why.fact.listSays': 'Sie sagt',
  'why.fact.srsFrom': 'Vorher',
  'why.fact.srsTo': 'Nachher',
  'why.fact.instance': 'Nummer des Glieds',
  'why.fact.chain': 'Die Kette davor',
  'why.list.accept': 'Alles, was an die Liste {list} geht, gibt der Mailserver dem Listenprogramm.',
  'why.list.distribute.none':
    'Die Liste schickt jedem ihrer {n} {n|Mitglied|Mitglieder} eine Kopie. Im From bleibt der Autor, der Umschlag ist der der Liste.',
  'why.list.distribute.munge':
    'Die Domain des Autors bittet andere, Mail abzuweisen oder ihr zu misstrauen (p={policy}). Darum setzt die Liste ihre eigene Adresse ins From und den Autor ins Reply-To.',
  'why.list.distribute.wrap':
    'Die Domain des Autors bittet andere, Mail abzuweisen oder ihr zu misstrauen (p={policy}). Darum schickt die Liste eine eigene Nachricht und legt den Beitrag unverändert hinein.',
  'why.list.reject.notMember': 'Hier dürfen nur Mitglieder schreiben. Der Autor bekommt eine Mitteilung.',
  'why.list.reject.dmarcPolicy':
    'Die Domain des Autors bittet, alles abzuweisen, was nicht von ihren eigenen Servern kommt (p={policy}). Die Liste ist so eingestellt, dass sie es gar nicht versucht. Der Autor bekommt eine Mitteilung.',
  'why.list.discard.loop':
    'Die Marke der Liste (X-BeenThere) steht schon darin. Noch einmal verschickt, liefe es für immer im Kreis.',
  'why.list.discard.automatic':
    'Es hat keinen Absender oder sagt von sich, dass eine Maschine es schrieb. Wer darauf antwortet oder es verteilt, redet bald endlos mit anderen Maschinen.',
  'why.list.count.bounce':
    'Das ist ein Bericht über eine Kopie, die nicht ankam. Die Liste liest, um wen es geht.',
  'why.list.command.command': 'Das ist eine Bitte an die Liste selbst.',
  'why.list.forward.owner': 'Das ist für den Menschen, der die Liste betreut.',
  'why.list.changed.subject':
    'Sie hat eine Marke vor den Betreff gesetzt. Gehört der Betreff zum Unterschriebenen, ist die Signatur des Autors jetzt gebrochen.',
  'why.list.changed.footer':
    'Sie hat ein paar Zeilen unter den Text gesetzt. Der Hash des Textes ist nun ein anderer: Die Signatur des Autors ist gebrochen.',
  'why.list.changed.from':
    'Im From steht jetzt die Liste. Also fragt DMARC nach der Domain der Liste, und die unterschreibt selbst und steht in ihrem eigenen SPF-Eintrag.',
  'why.list.changed.wrapped': 'Die Nachricht des Autors ist jetzt ein Anhang.',
  'why.list.changed.sealed':
    'Sie hat ein ARC-Siegel hinzugefügt. ARC wird „historisch“; es hilft nur, wo ein Empfänger dieser Liste namentlich traut.',
  'why.list.unchanged': 'Am Unterschriebenen hat sie nichts verändert, also hält die Signatur des Autors.',
  'why.list.danger':
    'Die Domain des Autors sagt p=reject. Strenge Server werden die Kopien abweisen, obwohl niemand etwas Falsches getan hat.',
  'why.list.copy': 'Kommt sie nicht an, geht der Bericht an {sender}, nicht an den Autor.',
  'why.list.result.sent': 'Der Mailserver der Liste hat die Kopie für {member} angenommen.',
  'why.list.result.refused': 'Der Mailserver der Liste hat die Kopie für {member} abgelehnt.',
  'why.list.bounce':
    'Die Kopie für {member} kam zurück. Das ist Nummer {score} von {threshold}, dann hält die Liste die Adresse für tot.',
  'why.list.bounceOncePerDay': 'Heute gab es schon einen, und mehr als einer am Tag zählt nicht.',
  'why.list.innocent':
    '{member} ist aber gar nicht tot. Der empfangende Server hat der Regel aus der Domain des Autors gehorcht, und die Liste kann das nicht unterscheiden. 2014 verloren auf diese Weise Tausende ihre Listen.',
  'why.list.member.bouncedOff':
    '{member} ist kein Mitglied von {list} mehr: Zu viele Kopien kamen zurück. Gefragt wurde niemand.',
  'why.list.member.joined': '{member} hat per Mail darum gebeten.',
  'why.list.member.left': '{member} hat per Mail darum gebeten.',
  'why.queue.discarded': 'Sie wurde weggeworfen: {reason}. Ein Bericht über einen Bericht fände kein Ende.',
  'why.fact.row': 'Die Zeile im Bericht',
  'why.report.collected':
    '{host} berichtet {domain}, was ankam. Diese Nachricht wird zu einer Zeile im Bericht, der um Mitternacht (UTC) hinausgeht; gleichartige Nachrichten teilen sich eine Zeile und werden gezählt.',
  'why.report.sent':
    '{host} hat {n} Nachrichten gezählt, die {domain} als Absender nennen, bestanden oder nicht. Der DMARC-Eintrag der Domain wünscht sich diese Zahlen an {to}.',
  'why.report.failure':
    'Der Eintrag von {domain} wünscht sich einen Bericht über jede Nachricht, die durchfällt, und {host} ist so eingestellt, dass solche Berichte hinausgehen.',
  'why.report.withheld.no-address':
    'Der DMARC-Eintrag von {domain} nennt keine Adresse für Berichte. So erfährt niemand, was {host} gesehen hat.',
  'why.report.withheld.not-allowed':
    'Berichte über {domain} sollen an {to} gehen, aber das ist eine fremde Domain. Sie muss erst zustimmen, sonst könnte jeder sie mit Berichten überschütten. Bei {name} steht kein TXT-Eintrag v=DMARC1.',
  'why.report.withheld.lookup-failed':
    'Ob {to} Berichte über {domain} haben will, ließ sich heute nicht klären: Für {name} kam keine Antwort.',
  'why.report.withheld.not-an-address': '{to} ist keine Adresse, an die man einen Bericht mailen kann.',
  'why.report.withheld.bad-redirect':
    'Wer {to} betreibt, leitet Berichte über {domain} an eine dritte Domain weiter. Das ist nicht erlaubt.',
  'why.report.withheld.refused':
    '{host} konnte den Bericht für {to} nicht an den eigenen Mailserver übergeben. Warum, steht im Log.',
  'why.report.withheld.failures-off':
    '{domain} wünscht sich einen Bericht über diese einzelne Nachricht, aber {host} verschickt keine. Die meisten Empfänger halten es so, denn ein solcher Bericht zeigt Fremden, was Leute einander schreiben.',
  'why.report.withheld.failures-limit':
    '{host} hat heute schon genug Fehlerberichte über {domain} verschickt. Ohne Grenze könnte ein Fälscher das Postfach hinter {to} füllen.',
  'why.queue.signed':
    'Der Server hat die Nachricht für {domain} besiegelt, mit dem Schlüssel, der im DNS unter {selector} steht.',

  'why.mail.protected':
    'Auf der Leitung waren nur TLS-Records. Diese Zeilen sind, was das Programm selbst von dem Gespräch weiß; Passwörter und Texte sind weggelassen.',
  'why.mail.words': 'In den Worten des Servers',
  'why.mail.asked.check':
    'Jemand hat auf „Neue Mail abrufen“ gedrückt. Das Programm fragt seinen Server, was sich seit dem letzten Mal geändert hat; nur mit IDLE würde es ihm ungefragt gesagt.',
  'why.mail.asked.open':
    'Ein Ordner wurde gewählt. Bei IMAP wird er auf dem Server mit SELECT geöffnet und seine Liste aufgefrischt; bei POP3 gibt es Ordner nur auf dem Gerät.',
  'why.mail.asked.read':
    'Eine Nachricht wurde geöffnet. Ist ihr Text noch nicht auf dem Gerät, wird er jetzt geholt. BODY[] markiert sie auf dem Server als gelesen, BODY.PEEK[] nicht.',
  'why.mail.asked.flag':
    'Eine Markierung wurde gesetzt oder entfernt. Bei IMAP ist sie ein Flag auf dem Server, das alle Geräte sehen; bei POP3 bleibt sie auf dem Gerät.',
  'why.mail.asked.move':
    'Nachrichten wurden verschoben. Bei IMAP ziehen sie auf dem Server um (MOVE oder COPY und EXPUNGE) und bekommen dort andere UIDs.',
  'why.mail.asked.delete':
    'Nachrichten wurden gelöscht. In den Papierkorb ist das nur ein Umzug; endgültig braucht es bei IMAP zwei Schritte: das Flag \\Deleted und EXPUNGE.',
  'why.mail.asked.expunge':
    'EXPUNGE entfernt alles in dem Ordner, was \\Deleted trägt, egal, wer das gesetzt hat.',
  'why.mail.asked.search': 'Bei IMAP sucht der Server, auch in Texten, die das Gerät nicht hat.',
  'why.mail.asked.createFolder':
    'Ein Ordner wurde angelegt. Bei IMAP liegt er auf dem Server, und alle Geräte sehen ihn.',
  'why.mail.asked.send':
    'Eine Nachricht wurde geschrieben. Gesendet wird mit SMTP (Submission), nicht mit IMAP oder POP3: anderer Server, anderer Port, eigene Anmeldung. Sie wartet im Postausgang, bis ein Server sie angenommen hat.',
  'why.mail.asked.sendAgain': 'Was im Postausgang wartet, wird noch einmal versucht.',
  'why.mail.asked.discard': 'Eine Nachricht wurde ungesendet aus dem Postausgang genommen.',
  'why.mail.asked.online':
    'Das Netz des Geräts wurde umgeschaltet. Was offline getan wird, wartet auf dem Gerät und wird später nachgeholt.',
  'why.mail.asked.idle':
    'Mit IDLE bleibt das Programm verbunden, und der Server sagt ihm ungefragt, was neu ist.',
  'why.mail.sent':
    'Der Submission-Server hat auf den letzten Punkt geantwortet: {text}. Von hier an ist er für die Nachricht verantwortlich.',
  'why.mail.outgoing':
    'Die Nachricht liegt im Postausgang des Geräts. Solange kein Server 250 dazu gesagt hat, ist sie nirgendwo sonst.',
  'why.mail.pending': 'Was hier getan wurde, wartet, bis der Server es bestätigt hat.',
  'why.mail.messages': '{folder} auf diesem Gerät: {n} neu oder geändert, {gone} verschwunden.',
  'why.mail.dropped': 'Alles, was dieses Gerät von {folder} wusste, gilt nicht mehr und wird neu geholt.',
  'why.mail.visited':
    'Der Besuch ist vorbei: {n} {n|Nachricht bleibt|Nachrichten bleiben} auf dem Server, {gone} {gone|wurde|wurden} dort gelöscht.',
  'why.mail.checked':
    'Auf dem neuesten Stand: {n} neue {n|Nachricht|Nachrichten}, {fetched} {fetched|Text|Texte} geholt.',
  'why.mail.foundHere':
    'Das Gerät hat durchsucht, was es hat: {n} gefunden. Texte, die nur auf dem Server liegen, wurden nicht durchsucht.',
  'why.mail.foundThere': 'Der Server hat gesucht: {n} gefunden.',
  'why.mail.idleAgain':
    'Schweigt ein Client 30 Minuten lang, darf der Server auflegen. Darum beendet das Programm IDLE kurz vorher und beginnt es neu.',
  ...mailTrouble,

  'why.action.retry': '{n} Min. vergehen lassen, bis zum nächsten Versuch',
  'why.action.cacheForgets': '{n} s vergehen lassen, bis der Cache vergessen hat',
};
