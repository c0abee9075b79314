// The words of settings of receivers, forwarders and mailing lists; part of the panel's words in settings.ts.

import type { SettingText } from './settings.ts';

const arc =
  'ARC was an experiment and is on its way to “historic”: you still see it, but you should not build on it.';

export const relaySettings = {
  'mta.verify.spf': {
    name: 'SPF fails',
    what: 'What this server does when the sender’s domain says that this address must not send for it.',
    choices: {
      header: ['Only write it down', 'The result stands in the header; DMARC decides later.'],
      reject: [
        'Refuse at RCPT',
        'The sender gets a 550 before the letter is sent. DKIM, DMARC and reports never come to word.',
      ],
    },
  },
  'mta.verify.spfPermErrorReject': {
    name: 'Refuse mail with a broken SPF record',
    what: 'A record that cannot be understood (`permerror`) leads to 550 5.7.24 at RCPT.',
  },
  'mta.verify.spfTempErrorDefer': {
    name: 'Put mail off while SPF cannot be checked',
    what: 'When the DNS does not answer (`temperror`), the sender gets 451 4.7.24 and tries again later.',
  },
  'mta.verify.rejectText': {
    name: 'Words of a DMARC refusal',
    what: 'Servers say it differently. The meaning is the same.',
    choices: {
      opendmarc: ['OpenDMARC', '`550 5.7.1 rejected by DMARC policy for …`'],
      gmail: ['Like Gmail', '`550-5.7.26 Unauthenticated email from … is not accepted …`'],
      microsoft: ['Like Microsoft', '`550 5.7.509 Access denied, sending domain … does not pass …`'],
    },
  },
  'mta.verify.onDmarcTempError': {
    name: 'DMARC cannot be checked now',
    what: 'What happens when the DNS does not answer a DMARC question.',
    choices: {
      accept: ['Take the mail', 'As if there were no policy.'],
      defer: ['Put it off', 'The sender gets a 451 and tries again later.'],
    },
  },
  'mta.verify.arc': {
    name: 'Look at ARC seals',
    what: `Checks the chain and writes \`arc=\` into the header. ${arc}`,
  },
  'mta.verify.trustedSealers': {
    name: 'Trusted ARC sealers',
    what: 'Domains whose seal may overrule a DMARC failure. A seal proves only who sealed, so a name has to stand here.',
  },
  'mta.verify.trustedForwarders': {
    name: 'Trusted forwarders',
    what: 'Addresses or networks of servers whose mail is not judged by DMARC, such as `198.51.100.70`.',
  },
  'mta.verify.knownLists': {
    name: 'Known mailing lists',
    what: 'What stands in `List-Id`, such as `garden.linde.example`. It counts only if the list’s own domain passes SPF or DKIM.',
  },
  'mta.rejectUnknownReverseClientHostname': {
    name: 'Callers must have a name',
    what: 'An address without a PTR record gets 450 4.7.1.',
  },
  'mta.rejectUnknownClientHostname': {
    name: 'The name must lead back',
    what: 'An address whose name does not lead back to it gets 450 4.7.25.',
  },
  'mta.rblClients': {
    name: 'Block lists',
    what: 'DNS zones that are asked for every caller. Who is listed gets 554 5.7.1; a list that does not answer refuses nobody.',
  },
  'mta.virtualAliasMaps': {
    name: 'Forwards',
    what: 'One line each: the address here, a blank, and where its mail goes: `bob@alumni.example bob@hafen.example`.',
  },
  'mta.srs.isOn': {
    name: 'Rewrite the sender (SRS)',
    what: 'Forwarded mail leaves with an envelope sender of this domain, so that SPF can pass. Bounces find their way back through it.',
  },
  'mta.arcSeal.isOn': {
    name: 'Seal forwarded mail (ARC)',
    what: `Writes down what was found when the mail came in, and seals it. ${arc}`,
  },
  'mailingList.subjectTag': {
    name: 'Tag in the subject',
    what: 'Puts `[…]` before every subject. Most signatures cover the subject, so they break.',
  },
  'mailingList.footer': {
    name: 'Footer',
    what: 'Puts a few lines under every post. That changes the body, so the author’s signature breaks.',
  },
  'mailingList.verp': {
    name: 'A sender for each member (VERP)',
    what: 'Every copy gets an envelope sender that names its reader, so that a bounce tells whom it is about.',
  },
  'mailingList.mitigation': {
    name: 'Authors with a DMARC policy',
    what: 'What the list does with posts by authors whose domain says `p=reject` or `p=quarantine`.',
    choices: {
      none: ['Nothing special', 'The post goes out like all others.'],
      munge: ['The list in From', '`Alice via Garden <garden@…>`, and the author in Reply-To.'],
      wrap: ['Wrap it', 'The list’s own message with the post as an attachment, untouched.'],
      reject: ['Refuse the post', 'The author gets a note, nobody gets the post.'],
    },
  },
  'mailingList.mitigateAlways': {
    name: 'For every author',
    what: 'Does the same with all posts, whatever the author’s domain says.',
  },
  'mailingList.arcSeal.isOn': { name: 'Seal posts (ARC)', what: `Adds an ARC set to every copy. ${arc}` },
  'mailingList.bounceScoreThreshold': {
    name: 'Bounces until a member is removed',
    what: 'After so many bounces the list takes an address for dead and unsubscribes it.',
  },
} as const satisfies Readonly<Record<string, SettingText>>;
