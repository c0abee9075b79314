// Die Worte zu den Einstellungen von Empfängern, Weiterleitern und Mailinglisten.

import type { relaySettings as english } from '../en/settings-relays.ts';
import type { SettingText } from '../en/settings.ts';

const arc =
  'ARC war ein Experiment und wird „historisch“: Man sieht es noch, sollte aber nicht mehr darauf bauen.';

export const relaySettings: Readonly<Record<keyof typeof english, SettingText>> = {
  'mta.verify.spf': {
    name: 'SPF scheitert',
    what: 'Was dieser Server tut, wenn die Domain des Absenders sagt, dass diese Adresse nicht für sie senden darf.',
    choices: {
      header: ['Nur vermerken', 'Das Ergebnis steht im Kopf der Nachricht, entscheiden darf später DMARC.'],
      reject: [
        'Bei RCPT abweisen',
        'Der Absender bekommt eine 550, noch bevor er den Brief schickt. DKIM, DMARC und Berichte kommen gar nicht zu Wort.',
      ],
    },
  },
  'mta.verify.spfPermErrorReject': {
    name: 'Mail mit kaputtem SPF-Eintrag abweisen',
    what: 'Ein Eintrag, den niemand versteht (`permerror`), führt bei RCPT zu 550 5.7.24.',
  },
  'mta.verify.spfTempErrorDefer': {
    name: 'Vertrösten, solange SPF nicht prüfbar ist',
    what: 'Antwortet das DNS nicht (`temperror`), bekommt der Absender 451 4.7.24 und versucht es später wieder.',
  },
  'mta.verify.rejectText': {
    name: 'Wortlaut einer DMARC-Absage',
    what: 'Jeder Server sagt es anders und meint dasselbe.',
    choices: {
      opendmarc: ['OpenDMARC', '`550 5.7.1 rejected by DMARC policy for …`'],
      gmail: ['Wie Gmail', '`550-5.7.26 Unauthenticated email from … is not accepted …`'],
      microsoft: ['Wie Microsoft', '`550 5.7.509 Access denied, sending domain … does not pass …`'],
    },
  },
  'mta.verify.onDmarcTempError': {
    name: 'DMARC ist gerade nicht prüfbar',
    what: 'Was geschieht, wenn das DNS auf eine DMARC-Frage nicht antwortet.',
    choices: {
      accept: ['Annehmen', 'Als gäbe es keine Regel.'],
      defer: ['Vertrösten', 'Der Absender bekommt eine 451 und versucht es später wieder.'],
    },
  },
  'mta.verify.arc': {
    name: 'ARC-Siegel prüfen',
    what: `Prüft die Kette und schreibt \`arc=\` in den Kopf. ${arc}`,
  },
  'mta.verify.trustedSealers': {
    name: 'Vertraute ARC-Siegler',
    what: 'Domains, deren Siegel ein Scheitern von DMARC aufwiegen darf. Ein Siegel beweist nur, wer gesiegelt hat, darum muss hier ein Name stehen.',
  },
  'mta.verify.trustedForwarders': {
    name: 'Vertraute Weiterleiter',
    what: 'Adressen oder Netze von Servern, deren Mail nicht an DMARC gemessen wird, etwa `198.51.100.70`.',
  },
  'mta.verify.knownLists': {
    name: 'Bekannte Mailinglisten',
    what: 'Was in `List-Id` steht, etwa `garden.linde.example`. Es zählt nur, wenn die Domain der Liste SPF oder DKIM besteht.',
  },
  'mta.rejectUnknownReverseClientHostname': {
    name: 'Wer anruft, braucht einen Namen',
    what: 'Eine Adresse ohne PTR-Eintrag bekommt 450 4.7.1.',
  },
  'mta.rejectUnknownClientHostname': {
    name: 'Der Name muss zurückführen',
    what: 'Eine Adresse, deren Name nicht zu ihr zurückführt, bekommt 450 4.7.25.',
  },
  'mta.rblClients': {
    name: 'Sperrlisten',
    what: 'DNS-Zonen, die bei jedem Anrufer gefragt werden. Wer darin steht, bekommt 554 5.7.1. Antwortet eine Liste nicht, wird niemand abgewiesen.',
  },
  'mta.virtualAliasMaps': {
    name: 'Weiterleitungen',
    what: 'Je eine Zeile: die Adresse hier, ein Leerzeichen und das Ziel, etwa `bob@alumni.example bob@hafen.example`.',
  },
  'mta.srs.isOn': {
    name: 'Absender umschreiben (SRS)',
    what: 'Weitergeleitete Mail geht mit einem Umschlag-Absender dieser Domain hinaus, damit SPF bestehen kann. Rückläufer finden darüber nach Hause.',
  },
  'mta.arcSeal.isOn': {
    name: 'Weitergeleitetes versiegeln (ARC)',
    what: `Schreibt auf, was beim Eintreffen geprüft wurde, und versiegelt es. ${arc}`,
  },
  'mailingList.subjectTag': {
    name: 'Marke im Betreff',
    what: 'Setzt `[…]` vor jeden Betreff. Die meisten Signaturen umfassen den Betreff und brechen damit.',
  },
  'mailingList.footer': {
    name: 'Fußzeile',
    what: 'Setzt ein paar Zeilen unter jeden Beitrag. Das ändert den Text, also bricht die Signatur des Autors.',
  },
  'mailingList.verp': {
    name: 'Ein Absender je Mitglied (VERP)',
    what: 'Jede Kopie bekommt einen Umschlag-Absender, der ihren Leser nennt. So verrät ein Rückläufer, um wen es geht.',
  },
  'mailingList.mitigation': {
    name: 'Autoren mit DMARC-Regel',
    what: 'Was die Liste mit Beiträgen tut, deren Autor zu einer Domain mit `p=reject` oder `p=quarantine` gehört.',
    choices: {
      none: ['Nichts Besonderes', 'Der Beitrag geht hinaus wie jeder andere.'],
      munge: ['Die Liste im From', '`Alice via Garden <garden@…>`, und der Autor im Reply-To.'],
      wrap: ['Verpacken', 'Eine eigene Nachricht der Liste mit dem unveränderten Beitrag als Anhang.'],
      reject: ['Beitrag ablehnen', 'Der Autor bekommt eine Mitteilung, niemand bekommt den Beitrag.'],
    },
  },
  'mailingList.mitigateAlways': {
    name: 'Bei jedem Autor',
    what: 'Macht es mit allen Beiträgen so, egal was die Domain des Autors sagt.',
  },
  'mailingList.arcSeal.isOn': {
    name: 'Beiträge versiegeln (ARC)',
    what: `Fügt jeder Kopie ein ARC-Siegel hinzu. ${arc}`,
  },
  'mailingList.bounceScoreThreshold': {
    name: 'Rückläufer, bis ein Mitglied fliegt',
    what: 'Nach so vielen Rückläufern hält die Liste eine Adresse für tot und trägt sie aus.',
  },
};
