// The words of settings about TLS on the way and about routers; part of the panel's words in settings.ts.

import type { SettingText } from './settings.ts';

export const tlsSettings = {
  'mta.smtpTlsSecurityLevel': {
    name: 'TLS when sending',
    what: 'How much this server insists on when it hands mail to others (`smtp_tls_security_level`). The stricter, the safer, and the more mail waits because somebody else’s server is not set up well.',
    choices: {
      none: ['none: never', 'Everything goes in clear, even where TLS is offered.'],
      may: [
        'may: where it is offered',
        'Any certificate is taken, and without an offer it goes in clear. The default on the internet; whoever can change what is said on the way can switch it off.',
      ],
      encrypt: [
        'encrypt: never in clear',
        'Any certificate is taken. Without TLS the mail waits: `4.7.4 TLS is required, but was not offered`.',
      ],
      dane: [
        'dane: where DNSSEC says so',
        'TLSA records under DNSSEC decide about the certificate. Hosts without any are treated as with `may`.',
      ],
      'dane-only': ['dane-only: nothing but DANE', 'Hosts without TLSA records under DNSSEC get no mail.'],
      verify: [
        'verify: a certificate for the MX host',
        'From a known authority, for the name that the MX record gives.',
      ],
      secure: [
        'secure: a certificate for the domain',
        'From a known authority, for the domain itself or a name below it. A forged MX record does not help an attacker.',
      ],
    },
  },
  'mta.mtaSts.isOn': {
    name: 'Follow MTA-STS policies',
    what: 'Looks for a policy of the receiving domain (`_mta-sts`), fetches it over HTTPS and remembers it. A policy in mode `enforce` makes TLS with a good certificate a must for that domain, whatever the level above.',
  },
  'router.blockSmtp': {
    name: 'Keep port 25 shut',
    what: 'As providers do for lines at home: connections to port 25 get no answer. Ports 587 and 465, where mail programs hand in mail, stay open.',
  },
  'router.stripStarttls': {
    name: 'Take STARTTLS away',
    what: 'Overwrites the word in what mail servers offer on their way through this box. Mail that does not insist on TLS then goes in clear.',
  },
} as const satisfies Readonly<Record<string, SettingText>>;
