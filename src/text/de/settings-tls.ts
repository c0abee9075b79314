// Die Wörter der Einstellungen rund um TLS unterwegs und Router; Teil von settings.ts.

import type { SettingText } from '../en/settings.ts';
import type { tlsSettings as english } from '../en/settings-tls.ts';

export const tlsSettings: Readonly<Record<keyof typeof english, SettingText>> = {
  'mta.smtpTlsSecurityLevel': {
    name: 'TLS beim Senden',
    what: 'Worauf dieser Server besteht, wenn er Mail an andere übergibt (`smtp_tls_security_level`). Je strenger, desto sicherer – und desto mehr Mail wartet, weil ein fremder Server schlecht eingerichtet ist.',
    choices: {
      none: ['none: nie', 'Alles geht im Klartext, auch wo TLS angeboten wird.'],
      may: [
        'may: wo es angeboten wird',
        'Jedes Zertifikat genügt, und ohne Angebot geht es im Klartext. Im Internet der Normalfall. Wer das Gespräch unterwegs verändern kann, kann es abschalten.',
      ],
      encrypt: [
        'encrypt: nie im Klartext',
        'Jedes Zertifikat genügt. Ohne TLS wartet die Mail: `4.7.4 TLS is required, but was not offered`.',
      ],
      dane: [
        'dane: wo DNSSEC es sagt',
        'TLSA-Einträge unter DNSSEC entscheiden über das Zertifikat. Hosts ohne solche werden behandelt wie bei `may`.',
      ],
      'dane-only': [
        'dane-only: nichts als DANE',
        'Hosts ohne TLSA-Einträge unter DNSSEC bekommen keine Mail.',
      ],
      verify: [
        'verify: ein Zertifikat für den MX-Host',
        'Von einer bekannten Stelle, auf den Namen aus dem MX-Eintrag.',
      ],
      secure: [
        'secure: ein Zertifikat für die Domain',
        'Von einer bekannten Stelle, auf die Domain selbst oder einen Namen darunter. Ein gefälschter MX-Eintrag hilft einem Angreifer dann nicht.',
      ],
    },
  },
  'mta.mtaSts.isOn': {
    name: 'MTA-STS-Richtlinien befolgen',
    what: 'Sucht nach einer Richtlinie der Empfänger-Domain (`_mta-sts`), holt sie über HTTPS und merkt sie sich. Eine Richtlinie im Modus `enforce` macht TLS mit gutem Zertifikat für diese Domain zur Pflicht, gleich welche Stufe oben steht.',
  },
  'router.blockSmtp': {
    name: 'Port 25 geschlossen halten',
    what: 'Wie es Anbieter bei Anschlüssen zu Hause tun: Verbindungen zu Port 25 bleiben ohne Antwort. Die Ports 587 und 465, an denen Mailprogramme Post aufgeben, bleiben offen.',
  },
  'router.stripStarttls': {
    name: 'STARTTLS wegnehmen',
    what: 'Überschreibt das Wort in den Angeboten von Mailservern, die hier durchkommen. Mail, die nicht auf TLS besteht, geht dann im Klartext.',
  },
};
