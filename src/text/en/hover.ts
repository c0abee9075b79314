// What the zone editor shows on hover: every term of SPF, DKIM and DMARC records, directives and record types of zone
// files. Loaded with the editor.

import type { HoverId } from '../hover-rules.ts';

export type Hover = Readonly<Record<HoverId, string>>;

export const hover: Hover = {
  'spf.v': 'Version. The record must begin with exactly `v=spf1` and a blank.',
  'spf.all': 'Matches every sender. Put it last; the sign before it says what happens to all others.',
  'spf.include':
    'Asks the SPF record of that domain, and matches if it says pass. Costs one look-up and all of those within.',
  'spf.a': 'Matches the addresses (A, AAAA) of this domain, or of the one after the colon. One look-up.',
  'spf.mx':
    'Matches the addresses of the domain’s mail exchangers. One look-up, plus at most ten address look-ups inside.',
  'spf.ptr': 'Goes by the reverse name of the sender. Slow, unreliable and discouraged: do not use.',
  'spf.ip4': 'Matches an IPv4 address or network such as `ip4:192.0.2.0/24`. Costs no look-up.',
  'spf.ip6': 'Matches an IPv6 address or network such as `ip6:2001:db8::/32`. Costs no look-up.',
  'spf.exists':
    'Matches if the name after the colon has an A record. With macros in it, every sender can get an answer of its own.',
  'spf.redirect':
    'If nothing has matched: use the record of that domain instead. Has no effect next to `all`.',
  'spf.exp': 'Names a TXT record whose text goes into the rejection.',
  'spf.unknown': 'An unknown modifier (`name=value`) is ignored. An unknown mechanism is a syntax error.',
  'spf.qualifier.+': 'pass: this sender may. The default when there is no sign.',
  'spf.qualifier.-': 'fail: this sender may not. Some receivers refuse at once.',
  'spf.qualifier.~': 'softfail: probably not. Accepted, but suspicious.',
  'spf.qualifier.?': 'neutral: we do not say.',
  'spf.macro.s': 'The whole sender address.',
  'spf.macro.l': 'The local part of the sender: what stands before the @.',
  'spf.macro.o': 'The domain of the sender.',
  'spf.macro.d': 'The domain whose record is being checked.',
  'spf.macro.i': 'The address of the client; IPv6 as single digits with dots.',
  'spf.macro.p': 'The confirmed reverse name of the client. Discouraged.',
  'spf.macro.v': '`in-addr` for IPv4, `ip6` for IPv6.',
  'spf.macro.h': 'The name given in HELO or EHLO.',
  'spf.macro.c': 'The client’s address in readable form. In `exp` only.',
  'spf.macro.r': 'The host that does the check. In `exp` only.',
  'spf.macro.t': 'The time in seconds since 1970. In `exp` only.',
  'spf.macro.transformer':
    'A number keeps that many labels from the right, `r` turns the order round: `%{ir}` makes 4.3.2.1 of 1.2.3.4.',
  'spf.macro.escape': '`%%` is a percent sign, `%_` a blank, `%-` the text %20.',
  'dkim-key.v': 'Version of the key record, `DKIM1`. If present, it comes first.',
  'dkim-key.k': 'Kind of key: `rsa` (the default) or `ed25519`.',
  'dkim-key.p': 'The public key in base64. Empty means: revoked.',
  'dkim-key.h': 'Which hashes may be used, for example `sha256`.',
  'dkim-key.s': 'What the key is for: `email` or `*`.',
  'dkim-key.t': 'Flags: `y` test mode, `s` no subdomains in `i=`.',
  'dkim-key.n': 'A note for people. Programs skip it.',
  'dkim-key.g': 'Granularity, from the time before RFC 6376. Ignored today.',
  'dmarc.v': 'Version. The record must begin with exactly `v=DMARC1`.',
  'dmarc.p':
    'What receivers should do when a message fails: `none` just report, `quarantine` to spam, `reject` refuse.',
  'dmarc.sp': 'Policy for existing subdomains. Without it `p` applies.',
  'dmarc.np': 'Policy for subdomains that do not exist. Without it `sp`, then `p`.',
  'dmarc.t': '`t=y`: a trial. Receivers apply the policy one step milder.',
  'dmarc.psd':
    '`y`: names below this one belong to different owners (like `co.uk`). `n`: this is an organisation’s top. Normally leave it out.',
  'dmarc.adkim': 'Alignment with DKIM: `r` same organisation, `s` exactly the same domain.',
  'dmarc.aspf': 'Alignment with SPF: `r` same organisation, `s` exactly the same domain.',
  'dmarc.rua': 'Where the daily aggregate reports go: `mailto:` addresses, parted by commas.',
  'dmarc.ruf': 'Where reports on single failed messages go. Hardly anyone sends them, for privacy.',
  'dmarc.fo': 'When failure reports are wanted: `0` all failed, `1` any failed, `d` DKIM, `s` SPF.',
  'dmarc.pct': 'Removed in RFC 9989. It once gave the share of mail the policy applied to.',
  'dmarc.rf': 'Removed in RFC 9989. It once gave the format of failure reports.',
  'dmarc.ri': 'Removed in RFC 9989. It once gave the seconds between reports.',
  'dmarc.unknown': 'Unknown tags are ignored. A typing error?',
  'dkim-key.unknown': 'Unknown tags are ignored. A typing error?',
  'sts.v':
    'Version. The record must begin with exactly `v=STSv1`. It says that this domain has a policy for encryption (MTA-STS).',
  'sts.id':
    'Number of the policy’s version, letters and digits. Senders fetch the policy file again only when this changes.',
  'sts.unknown': 'Unknown tags are ignored. A typing error?',
  'tlsrpt.v':
    'Version. The record must begin with exactly `v=TLSRPTv1`. It asks for reports about encryption (TLS-RPT).',
  'tlsrpt.rua':
    'Where senders mail their daily reports on failed encryption: `mailto:` or `https:` addresses, parted by commas.',
  'tlsrpt.unknown': 'Unknown tags are ignored. A typing error?',
  'bimi.v':
    'Version. The record must begin with `v=BIMI1`. It names a logo that mail programs may show beside a message that passes DMARC.',
  'bimi.l': 'Where the logo is: an `https:` address of an SVG file. Empty means: this domain shows none.',
  'bimi.a':
    'Where the certificate for the logo is, as an `https:` address. Without it many providers show no logo.',
  'bimi.unknown': 'Unknown tags are ignored. A typing error?',
  'directive.$ORIGIN': 'The name that is appended from here on to names without a final dot.',
  'directive.$TTL': 'How long caches may keep the following records that give no time of their own.',
  'directive.$INCLUDE': 'Reads another file at this place. Ehlo does not do that.',
  'directive.$GENERATE': 'BIND’s own loop for series of records. No standard.',
  'zone.@': 'The current origin, normally the zone’s own name.',
  'zone.owner': 'The name this record belongs to. Without a final dot the origin is appended.',
  'zone.blank-owner': 'A line that begins with a blank belongs to the name of the line above.',
  'zone.ttl': 'Time to live: how many seconds caches may keep this record. `1h`, `30m` and `1d` work too.',
  'zone.class': 'The class, always `IN` for internet. May be left out.',
  'zone.comment': 'A comment: from the semicolon to the end of the line. Inside quotes a semicolon is text.',
  'zone.parentheses': 'Inside round brackets a record may span several lines.',
  'zone.string': 'A text of at most 255 bytes. Several in a row are joined without a blank.',
  'zone.wildcard': 'The star answers for names that do not exist. It never applies to names that do.',
  'type.SOA':
    'Start of authority: who runs the zone, its serial number, and the times for secondaries and negative caches.',
  'type.NS': 'A name server of the zone, or of the child zone that begins here.',
  'type.A': 'An IPv4 address of this name.',
  'type.AAAA': 'An IPv6 address of this name.',
  'type.MX':
    'Where mail for this name goes: a preference (the smallest first) and a host name. `0 .` means: no mail, please.',
  'type.TXT': 'Free text. SPF, DKIM and DMARC live in such records.',
  'type.CNAME':
    'An alias: everything about this name is found at another one. Nothing else may stand beside it.',
  'type.PTR': 'The name of an address, in the reverse zone.',
  'type.SRV':
    'Where a service runs: priority, weight, port, host. Mail programs use it to set themselves up.',
  'type.CAA': 'Which certificate authorities may issue for this domain.',
  'type.TLSA': 'Pins a server’s certificate (DANE). Safe only with DNSSEC.',
  'type.SPF': 'Type 99, given up. SPF belongs in TXT.',
  'type.DS': 'Fingerprint of the child zone’s key, published by the parent (DNSSEC).',
  'type.DNSKEY': 'A public key of the zone (DNSSEC).',
  'type.RRSIG': 'Signature over a set of records (DNSSEC).',
  'type.NSEC': 'Proves that a name does not exist (DNSSEC).',
  'type.HTTPS': 'Hints for browsers on how to reach a web server. Not for mail.',
  'type.NAPTR': 'Rules that rewrite names, used in telephony. Not for mail.',
  'soa.mname': 'The primary name server of the zone.',
  'soa.rname': 'Mail address of whoever is responsible; the first dot stands for the @.',
  'soa.serial': 'Version of the zone. Must grow with each change, or secondaries notice nothing.',
  'soa.refresh': 'How often secondaries look for a new version, in seconds.',
  'soa.retry': 'How long a secondary waits after a failed attempt.',
  'soa.expire': 'After how long without contact a secondary stops answering.',
  'soa.minimum': 'How long resolvers may remember that a name does not exist.',
  'mx.preference': 'Smaller is tried first. Equal numbers share the load.',
  'mx.exchange': 'Name of the mail server. Never an address, never an alias.',
};
