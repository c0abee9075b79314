// Die Wörter für „Warum?“ rund um den Schutz unterwegs: TLS-Stufen, DANE, MTA-STS, und wer STARTTLS wegnimmt. Teil von
// explain.ts.

import type { explainTls as english } from '../en/explain-tls.ts';

export const explainTls: Record<keyof typeof english, string> = {
  'why.meddled.server':
    '{server} hat STARTTLS angeboten. {host} sitzt auf dem Weg und hat das Wort überschrieben; {client} bekam es nie zu sehen. Sonst wurde am Gespräch nichts verändert.',
  'why.meddled.client':
    '{client} hat trotzdem um TLS gebeten. Auch das hat {host} überschrieben, und {server} hörte einen Befehl, den es nicht gibt.',
  'why.meddled.blind':
    'Das gelingt, weil STARTTLS im Klartext beginnt: Bis TLS steht, kann jeder auf dem Weg verändern, was gesagt wird. Angreifer tun das, und manche Firewall tut es im Glauben, zu helfen.',
  'why.smtpTls.verified':
    'Das Zertifikat von {host} ist das geforderte. Die Nachricht geht also dorthin, und zwar geschützt.',
  'why.smtpTls.trusted':
    'Die Verbindung zu {host} ist geschützt. Das Zertifikat kommt von einer bekannten Stelle; dass der Name stimmt, hat niemand verlangt.',
  'why.smtpTls.untrusted':
    'Die Verbindung zu {host} ist geschützt, aber wer am anderen Ende sitzt, ist nicht bewiesen: Keine bekannte Stelle bürgt für das Zertifikat. Verlangt hat es niemand, und irgendein Schutz ist besser als keiner.',
  'why.smtpTls.clear':
    'Von {host} kam kein TLS-Angebot, und hier besteht nichts darauf: Die Nachricht geht im Klartext.',
  'why.smtpTls.fallback':
    'Der Handshake mit {host} ist gescheitert, und die Nachricht hat lange genug gewartet: Jetzt geht sie im Klartext. Beim ersten Mal wartet sie nur, damit eine kurze Störung nicht gleich alles preisgibt.',
  'why.smtpTls.notOffered':
    'Von {host} kam kein TLS-Angebot, hier ist TLS aber Pflicht. Nichts wird gesendet, die Nachricht wartet.',
  'why.smtpTls.notTrusted':
    'Das Zertifikat von {host} genügt nicht. Der Server verabschiedet sich vor dem ersten Wort der Nachricht.',
  'why.smtpTls.notVerified':
    'Das Zertifikat ist in Ordnung, trägt aber einen anderen Namen als den verlangten. Der Server verabschiedet sich vor dem ersten Wort der Nachricht.',
  'why.smtpTls.handshakeFailed':
    'Eine geschützte Verbindung zu {host} kam nicht zustande. Nichts wird gesendet, die Nachricht wartet.',
  'why.smtpTls.by.dane':
    'Ein TLSA-Eintrag von {host} verlangt es, in einer Zone, für die DNSSEC bürgt (DANE).',
  'why.smtpTls.by.sts': 'Die MTA-STS-Richtlinie der Domain verlangt es: „enforce“.',
  'why.smtpTls.stripped.clear':
    'Am Server lag es nicht: {box} hat dessen Angebot unterwegs überschrieben. Der Absender konnte das nicht wissen. Alles Weitere konnte jeder auf dem Weg mitlesen.',
  'why.smtpTls.stripped.notOffered':
    'Am Server lag es nicht: {box} hat dessen Angebot unterwegs überschrieben. Wer es war, kann der Absender nicht wissen. Weil TLS Pflicht ist, bringt der Angriff aber nur eine Verzögerung ein.',
  'why.tlsLevel.none': 'Stufe „none“: Dieser Server nutzt beim Senden kein TLS, was auch angeboten wird.',
  'why.tlsLevel.may':
    'Stufe „may“: TLS, wo es angeboten wird, mit jedem Zertifikat, sonst im Klartext. Das schützt vor Mithörern, aber nicht vor jemandem, der das Gespräch verändert.',
  'why.tlsLevel.encrypt':
    'Stufe „encrypt“: nie im Klartext. Jedes Zertifikat genügt; ein Mithörer bleibt draußen, ein Betrüger nicht.',
  'why.tlsLevel.dane':
    'Stufe „dane“: Wo der Empfänger TLSA-Einträge unter DNSSEC veröffentlicht, entscheiden sie. Überall sonst gilt es wie „may“.',
  'why.tlsLevel.dane-only': 'Stufe „dane-only“: nur an Hosts mit TLSA-Einträgen unter DNSSEC.',
  'why.tlsLevel.verify':
    'Stufe „verify“: ein Zertifikat einer bekannten Stelle auf den Namen des MX-Hosts. Der Name kommt aus dem DNS, und das könnte ein Angreifer fälschen.',
  'why.tlsLevel.secure':
    'Stufe „secure“: ein Zertifikat einer bekannten Stelle auf einen Namen, der nicht vom DNS abhängt.',
  'why.tlsPolicy.dane':
    '{host} hat TLSA-Einträge, und DNSSEC bürgt für den ganzen Weg dorthin (nachgebildet).',
  'why.tlsPolicy.sts':
    'Die Richtlinie der Domain sagt, welche Hosts ihre Post annehmen dürfen und dass sie sich ausweisen müssen.',
  'why.tlsPolicy.gap.insecureMx':
    'DANE gilt nicht: Für die MX-Einträge, die zu {host} führten, bürgt DNSSEC nicht.',
  'why.tlsPolicy.gap.insecureHost': 'DANE gilt nicht: Für die Adresse von {host} bürgt DNSSEC nicht.',
  'why.tlsPolicy.gap.none': 'DANE gilt nicht: {host} hat keinen TLSA-Eintrag, für den DNSSEC bürgt.',
  'why.tlsPolicy.gap.unusable':
    '{host} hat TLSA-Einträge, aber keinen, der für Mail zählt: Das tun nur die Verwendungen 2 und 3. Dass es TLS gibt, sagen sie trotzdem.',
  'why.tlsPolicy.gap.failed':
    'Die TLSA-Einträge von {host} waren nicht zu erfahren. Genau das könnte ein Angreifer wollen, darum wartet die Mail.',
  'why.tlsPolicy.refused': 'Ohne sie geht nichts an {host}.',
  'why.sts.what':
    'MTA-STS: Eine Domain veröffentlicht über HTTPS, welche Hosts ihre Post annehmen und dass sie ein gutes Zertifikat haben müssen. Ein Eintrag bei `_mta-sts.{domain}` sagt, dass es eine Richtlinie gibt.',
  'why.sts.fetched':
    'Die Richtlinie wurde gerade von `https://mta-sts.{domain}/.well-known/mta-sts.txt` geholt.',
  'why.sts.remembered':
    'Der Eintrag nennt die Richtlinie, die schon bekannt ist; sie muss nicht neu geholt werden.',
  'why.sts.kept':
    'Der Eintrag ist weg oder unlesbar. Die früher geholte Richtlinie gilt trotzdem, bis sie abgelaufen ist: Sonst könnte ein Angreifer den Eintrag einfach verschwinden lassen.',
  'why.sts.failed':
    'Es gibt einen Eintrag, aber keine brauchbare Richtlinie dahinter. Mail geht weiter, als gäbe es keine.',
  'why.sts.problem.noHost': 'Der Name `mta-sts.{domain}` hat keine Adresse.',
  'why.sts.problem.unreachable': 'Der Webserver antwortet an Port 443 nicht.',
  'why.sts.problem.timeout': 'Der Webserver hat nicht rechtzeitig geantwortet.',
  'why.sts.problem.certificate':
    'Das Zertifikat des Webservers gilt nicht für `mta-sts.{domain}`: Es muss stimmen, sonst könnte jeder Richtlinien verteilen.',
  'why.sts.problem.tls': 'Der TLS-Handshake mit dem Webserver ist gescheitert.',
  'why.sts.problem.noHttp': 'Was der Webserver sagte, ist kein HTTP.',
  'why.sts.problem.status':
    'Der Webserver hat nicht mit 200 geantwortet. Weiterleitungen wird nicht gefolgt.',
  'why.sts.problem.type': 'Die Datei ist nicht `text/plain`.',
  'why.sts.problem.policy': 'Die Datei ist keine gültige Richtlinie.',
  'why.sts.mode.enforce': '„enforce“: Hosts, die sich nicht ausweisen können, bekommen keine Mail.',
  'why.sts.mode.testing': '„testing“: Fehler werden nur gemeldet; die Mail geht wie immer.',
  'why.sts.mode.none': '„none“: Die Domain hat ihre Richtlinie zurückgezogen.',
  'why.portShut':
    'Anbieter von Anschlüssen zu Hause halten Port 25 geschlossen: Befallene Rechner würden darüber Spam verschicken. Mailprogramme geben Post an Port 587 auf, mit Anmeldung; der bleibt offen.',
  'why.fact.sent': 'Gesendet',
  'why.fact.arrived': 'Angekommen',
  'why.fact.tlsLevel': 'Geltende Stufe',
  'why.fact.tlsConfigured': 'Stufe in den Einstellungen',
  'why.fact.tlsNames': 'Namen, die zählen',
  'why.fact.stsMode': 'Modus',
  'why.fact.stsHosts': 'Hosts',
  'why.fact.stsId': 'Kennung der Richtlinie',
};
