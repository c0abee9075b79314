// The words for "why?" about protection on the way: TLS levels, DANE, MTA-STS, and who takes STARTTLS away. Part of
// explain.ts; German has the same keys.

export const explainTls = {
  'why.meddled.server':
    '{server} offered STARTTLS. {host}, on the way, overwrote the word, so {client} never saw it. Nothing else in the conversation was changed.',
  'why.meddled.client':
    '{client} asked for TLS all the same. {host} overwrote that, too, so {server} heard a command that does not exist.',
  'why.meddled.blind':
    'It works because STARTTLS begins in clear: until TLS stands, anybody on the way can change what is said. Attackers do this, and some firewalls do it in the belief to help.',
  'why.smtpTls.verified':
    'The certificate of {host} is the one that was demanded, so the message goes there, protected.',
  'why.smtpTls.trusted':
    'The connection to {host} is protected. The certificate comes from a known authority, but nobody demanded that its name be right.',
  'why.smtpTls.untrusted':
    'The connection to {host} is protected, but who is at the other end is not proven: no known authority vouches for the certificate. Nobody demanded it, and protected from whom is better than not protected at all.',
  'why.smtpTls.clear':
    'No offer of TLS came from {host}, and nothing here insists on it: the message goes in clear.',
  'why.smtpTls.fallback':
    'The handshake with {host} failed, and the message has waited long enough: now it goes in clear. At the first failure it only waits, because a passing trouble should not give everything away.',
  'why.smtpTls.notOffered':
    'No offer of TLS came from {host}, but it is required here. Nothing is sent; the message waits.',
  'why.smtpTls.notTrusted':
    'The certificate of {host} does not satisfy. It says goodbye before the first word of the message.',
  'why.smtpTls.notVerified':
    'The certificate is good, but bears another name than the one that was demanded. It says goodbye before the first word of the message.',
  'why.smtpTls.handshakeFailed':
    'No protected connection to {host} came about. Nothing is sent; the message waits.',
  'why.smtpTls.by.dane': 'A TLSA record of {host}, in a zone that DNSSEC vouches for, demands it (DANE).',
  'why.smtpTls.by.sts': 'The MTA-STS policy of the domain demands it: “enforce”.',
  'why.smtpTls.stripped.clear':
    'It was not the server’s doing: {box} had overwritten its offer on the way. The sender could not know. Everything that followed could be read by everybody on the way.',
  'why.smtpTls.stripped.notOffered':
    'It was not the server’s doing: {box} had overwritten its offer on the way. The sender cannot know who it was, but because TLS is required the attack gains nothing but a delay.',
  'why.tlsLevel.none': 'Level “none”: this server does not use TLS for sending, whatever is offered.',
  'why.tlsLevel.may':
    'Level “may”: TLS where it is offered, with any certificate, and in clear where it is not. That protects against listeners, not against somebody who changes what is said.',
  'why.tlsLevel.encrypt':
    'Level “encrypt”: never in clear. Any certificate will do, so a listener is shut out, an impostor is not.',
  'why.tlsLevel.dane':
    'Level “dane”: where the receiver publishes TLSA records under DNSSEC, they decide. Everywhere else it is like “may”.',
  'why.tlsLevel.dane-only': 'Level “dane-only”: only to hosts with TLSA records under DNSSEC.',
  'why.tlsLevel.verify':
    'Level “verify”: a certificate of a known authority for the name of the MX host. The name comes from the DNS, which an attacker could forge.',
  'why.tlsLevel.secure':
    'Level “secure”: a certificate of a known authority for a name that does not depend on the DNS.',
  'why.tlsPolicy.dane': '{host} has TLSA records, and DNSSEC vouches for the whole way to them (modelled).',
  'why.tlsPolicy.sts':
    'The policy of the domain says which hosts may take its mail, and that they must prove it.',
  'why.tlsPolicy.gap.insecureMx':
    'DANE does not hold: DNSSEC does not vouch for the MX records that led to {host}.',
  'why.tlsPolicy.gap.insecureHost': 'DANE does not hold: DNSSEC does not vouch for the address of {host}.',
  'why.tlsPolicy.gap.none': 'DANE does not hold: {host} has no TLSA record that DNSSEC vouches for.',
  'why.tlsPolicy.gap.unusable':
    '{host} has TLSA records, but none that counts for mail: only usages 2 and 3 do. They still say that there is TLS.',
  'why.tlsPolicy.gap.failed':
    'The TLSA records of {host} could not be looked up. An attacker could want just that, so the mail waits.',
  'why.tlsPolicy.refused': 'Without them nothing goes to {host}.',
  'why.sts.what':
    'MTA-STS: a domain publishes over HTTPS which hosts take its mail and that they must have a good certificate. A record at `_mta-sts.{domain}` says that there is a policy.',
  'why.sts.fetched':
    'The policy was fetched from `https://mta-sts.{domain}/.well-known/mta-sts.txt` just now.',
  'why.sts.remembered': 'The record names the policy that is known already; it need not be fetched again.',
  'why.sts.kept':
    'The record is gone or cannot be read. The policy that was fetched before holds all the same until it is out of date: otherwise an attacker could simply make the record vanish.',
  'why.sts.failed': 'There is a record, but no usable policy behind it. Mail goes on as if there were none.',
  'why.sts.problem.noHost': 'The name `mta-sts.{domain}` has no address.',
  'why.sts.problem.unreachable': 'The web server does not answer on port 443.',
  'why.sts.problem.timeout': 'The web server did not answer in time.',
  'why.sts.problem.certificate':
    'The certificate of the web server does not hold for `mta-sts.{domain}`: it must be good, or anybody could hand out policies.',
  'why.sts.problem.tls': 'The web server’s TLS handshake failed.',
  'why.sts.problem.noHttp': 'What the web server said is no HTTP.',
  'why.sts.problem.status': 'The web server did not answer with 200. Redirects are not followed.',
  'why.sts.problem.type': 'The file is not `text/plain`.',
  'why.sts.problem.policy': 'The file is no valid policy.',
  'why.sts.mode.enforce': '“enforce”: hosts that cannot prove themselves get no mail.',
  'why.sts.mode.testing': '“testing”: failures are only reported; mail goes as ever.',
  'why.sts.mode.none': '“none”: the domain has withdrawn its policy.',
  'why.portShut':
    'Providers of lines at home keep port 25 shut: infected computers would send spam through it. Mail programs hand mail in on port 587, with a login; that port stays open.',
  'why.fact.sent': 'Sent',
  'why.fact.arrived': 'Arrived',
  'why.fact.tlsLevel': 'Level that holds',
  'why.fact.tlsConfigured': 'Level in the settings',
  'why.fact.tlsNames': 'Names that count',
  'why.fact.stsMode': 'Mode',
  'why.fact.stsHosts': 'Hosts',
  'why.fact.stsId': 'Policy id',
};
