// Die Wörter des Bereichs „Server“: was man an einem Programm ändern darf und was jede Wahl bewirkt. Gleicher Typ wie
// die englische Fassung.

import type { SettingsText } from '../en/settings.ts';
import { mailSettings } from './settings-mail.ts';
import { relaySettings } from './settings-relays.ts';
import { tlsSettings } from './settings-tls.ts';

export const settings: SettingsText = {
  ui: {
    title: 'Server-Einstellungen',
    intro:
      'Das darfst du in dieser Welt an deinen Servern ändern. Jede Änderung wirkt ab der nächsten Nachricht.',
    none: 'An den Servern dieser Welt lässt sich nichts ändern.',
    on: 'an',
    off: 'aus',
    apply: 'Übernehmen',
    applying: 'Wird übernommen …',
    reset: 'Verwerfen',
    unsaved: 'Noch nicht übernommen',
    applied: 'Übernommen. Es wirkt ab der nächsten Nachricht.',
    changed: 'Von dir geändert',
    showChange: 'Änderung zeigen',
    between: 'Von {min} bis {max}.',
    oneALine: 'Ein Eintrag pro Zeile, höchstens {max}.',
    notSet: 'nicht gesetzt',
    openFilter: 'Im Filter-Editor öffnen',
    scriptPlace: 'Zeile {line}, Spalte {column}',
    scriptGood: 'Kein Fehler. Du kannst es anwenden.',
    tryOn: 'Probier es an einer Nachricht aus, bevor du es anwendest',
    tryNone: 'Noch ist keine Nachricht angekommen',
    tryChoose: 'Wähle eine Nachricht dieser Welt',
    tryIt: 'Ausprobieren',
    held: 'trifft zu',
    heldNot: 'trifft nicht zu',
    tried: {
      error: 'Es bricht in Zeile {line} ab: Die Nachricht bliebe erhalten.',
      implicitKeep: 'Sie bleibt im Posteingang: Nichts hebt das stillschweigende Behalten auf.',
      keep: 'Zeile {line} behält sie.',
      fileinto: 'Zeile {line} legt sie in {target} ab.',
      noFolder:
        'Zeile {line} will nach {target}, das es nicht gibt: Sie bliebe im Posteingang. Nimm :create.',
      redirect: 'Zeile {line} leitet sie an {target} weiter.',
      discard: 'Zeile {line} wirft sie weg; niemand erfährt davon.',
      reject: 'Zeile {line} lehnt sie ab: {target}',
      vacation: 'Zeile {line} antwortet {target}.',
      noVacation: 'Zeile {line} antwortet nicht ({target}).',
      notify: 'Zeile {line} benachrichtigt {target}.',
      addheader: 'Zeile {line} fügt das Feld {target} hinzu.',
      deleteheader: 'Zeile {line} entfernt das Feld {target}.',
    },
    noSigners: 'Kein Schlüssel: Mail verlässt diesen Server ohne Signatur.',
    signerOf: 'signiert für `{domain}` mit Selektor `{selector}`',
    bits: 'RSA, {bits} Bit',
    ed25519: 'Ed25519',
    unreadable: 'unlesbarer Schlüssel',
    secret: 'Privater Schlüssel: bleibt auf diesem Server und wird nicht gezeigt. Er beginnt mit `{start}…`',
    inDns: 'Öffentlicher Schlüssel steht im DNS',
    otherInDns: 'Im DNS steht ein anderer Schlüssel',
    notInDns: 'Öffentlicher Schlüssel fehlt im DNS',
    otherZone: 'Die Zone gehört nicht dir',
    inDnsWhat: 'Die veröffentlichte Zone enthält bei `{name}` den passenden Eintrag.',
    otherInDnsWhat:
      'Der Eintrag bei `{name}` gehört zu einem anderen Schlüssel: Jede Signatur wird scheitern. Veröffentliche den Eintrag dieses Schlüssels oder nimm einen neuen Selektor.',
    notInDnsWhat:
      'Empfänger sehen bei `{name}` nach und finden nichts: Die Signatur ist dann nichts wert. Veröffentliche zuerst den Eintrag, dann signiere.',
    otherZoneWhat: 'Der Eintrag gehört nach `{name}`, in eine Zone, die jemand anderes verwaltet.',
    toZone: 'Eintrag in die Zone schreiben',
    toZoneDone: 'Er steht im Entwurf von {zone}. Öffentlich wird nichts, bevor du veröffentlichst.',
    toZoneFailed: 'Im Zonentext ist kein Platz dafür. Öffne die Zone und sieh dir zuerst ihre Fehler an.',
    copyRecord: 'Eintrag kopieren',
    copied: 'Kopiert',
    showRecord: 'Der Eintrag',
    remove: 'Entfernen',
    removeKey: 'Den Schlüssel mit Selektor {selector} entfernen',
    add: 'Schlüssel hinzufügen',
    addWhat:
      'So wechselst du Schlüssel, ohne dass Mail verloren geht: einen zweiten unter neuem Selektor hinzufügen, seinen Eintrag veröffentlichen, warten, bis die Caches ihn kennen, und erst dann den alten entfernen.',
    generate: 'Neuen Schlüssel erzeugen',
    paste: 'Eigenen Schlüssel verwenden',
    domain: 'Domain',
    domainWhat:
      'Die Domain, für die die Signatur spricht (`d=`). Für DMARC muss sie zur From-Adresse passen.',
    selector: 'Selektor',
    selectorWhat:
      'Ein Name für diesen Schlüssel (`s=`). Jeder Schlüssel bekommt einen neuen, damit alte Signaturen prüfbar bleiben.',
    kind: 'Art des Schlüssels',
    rsa2048: 'RSA mit 2048 Bit: verstehen alle',
    ed25519What: 'Ed25519: kurz und modern, verstehen noch nicht alle',
    pem: 'Privater Schlüssel (PEM)',
    pemWhat:
      'Eine Datei, die mit `-----BEGIN PRIVATE KEY-----` oder `-----BEGIN RSA PRIVATE KEY-----` beginnt.',
    make: 'Schlüssel erzeugen',
    making: 'Schlüssel wird erzeugt … bis zu einer halben Sekunde',
    makeFailed: 'Es ließ sich kein Schlüssel erzeugen. Versuch es noch einmal.',
    use: 'Diesen Schlüssel verwenden',
    cancel: 'Abbrechen',
    keyAdded: 'Der Schlüssel steht in der Liste. Übernimm ihn, um damit zu signieren.',
    badSelector: 'Ein Selektor besteht aus Buchstaben, Ziffern und Bindestrichen, etwa `s2`.',
    badDomain: 'Das ist kein Domainname wie `wolke.example`.',
    selectorTaken:
      'Für diese Domain gibt es schon einen Schlüssel mit diesem Selektor. Nimm einen anderen Namen.',
    badPem:
      'Das ist kein privater Schlüssel im PEM-Format. Füge die ganze Datei ein, mit erster und letzter Zeile.',
  },
  programs: {
    mta: 'Mail-Transport (MTA)',
    mda: 'Zustellung in Postfächer (MDA)',
    reporter: 'DMARC-Berichte',
    mailingList: 'Mailingliste',
    sender: 'Versandprogramm',
    mailClient: 'Mailprogramm',
    nameServer: 'Nameserver',
    resolver: 'Resolver',
    gateway: 'Gateway',
    router: 'Router',
    webServer: 'Webserver',
  },
  settings: {
    ...relaySettings,
    ...tlsSettings,
    ...mailSettings,
    'mta.myhostname': {
      name: 'Eigener Name',
      what: 'Wie sich dieser Server bei `EHLO`, in der Begrüßung und in `Received` nennt. Am besten so, wie seine Adresse im DNS heißt.',
    },
    'mta.virtualMailboxDomains': {
      name: 'Domains mit Postfächern hier',
      what: 'Post für diese Domains wird hier zugestellt. Bei allen anderen sagt dieser Server „Relay access denied“.',
    },
    'mta.signing': {
      name: 'DKIM-Signatur',
      what: 'Ausgehende Mail wird mit jedem dieser Schlüssel signiert. Empfänger holen die öffentliche Hälfte aus dem DNS, bei `selektor._domainkey.domain`.',
    },
    'mta.verify.onReject': {
      name: 'Wenn DMARC Ablehnen verlangt',
      what: 'Was dieser Server mit eingehender Mail tut, die an DMARC scheitert, wenn die Domain des Absenders `p=reject` veröffentlicht.',
      choices: {
        reject: ['Ablehnen', 'Der sendende Server bekommt eine 550 und muss es seinem Nutzer sagen.'],
        quarantine: [
          'In den Spam-Ordner',
          'Sie wird angenommen und markiert: Nichts geht verloren, wenn eine Mailingliste die Signatur gebrochen hat.',
        ],
      },
    },
    'mta.virtualAliasMaps': {
      name: 'Alias-Adressen',
      what: 'Zeilen nach `virtual(5)`: eine Adresse, dann die Ziele ihrer Mail (`verkauf@wolke.example alice@wolke.example`). Eine Zeile, die mit `@wolke.example` beginnt, fängt jede Adresse der Domain auf: Wer sich vertippt, erfährt es nie, und Spammer treffen immer. Sie gilt sogar vor den Postfächern; Adressen mit eigenem Postfach brauchen deshalb eine Zeile, die auf sie selbst zeigt.',
    },
    'mta.aliasMaps': {
      name: 'Lokale Aliasse (/etc/aliases)',
      what: 'Zeilen nach `aliases(5)`: ein Name auf diesem Host, ein Doppelpunkt und wer seine Post bekommt (`verkauf: alice, anna@hafen.example`). Das gilt für Adressen unter dem Namen des Servers selbst, etwa `verkauf@mail.wolke.example`. Steht ein Name auch für sich selbst, behält er eine Kopie.',
    },
    'mta.greylist.isOn': {
      name: 'Greylisting',
      what: 'Unbekannte Server werden gebeten, nach fünf Minuten wiederzukommen (`450 4.2.0`, wie bei Postgrey). Das hält viel Spam fern und macht den ersten Brief jeder neuen Bekanntschaft langsam.',
    },
    'mta.contentChecks': {
      name: 'Virenscanner und Spamfilter',
      what: 'Sie sehen sich Post von außen am Ende der Daten an und lehnen sie mit einer 550 ab. Sie kennen die beiden Testzeilen EICAR und GTUBE, sonst nichts.',
    },
    'mda.scripts.*': {
      name: 'Sieve-Skript von {user}',
      what: 'Was bei der Zustellung mit Mail für {user} geschieht, in der Sprache Sieve. Ein Skript mit einem Fehler wird nicht aktiviert. Was der Server selbst für Spam hält, landet im Ordner Junk, bevor das Skript gefragt wird.',
    },
    'mda.quota.*.bytes': {
      name: 'Grenze für das Postfach von {user}: Byte',
      what: 'Alle Ordner zusammen. Leer heißt: wie in dieser Welt vorgesehen, sonst ohne Grenze. Bei 80 und 95 % gibt es eine Warnung.',
    },
    'mda.quota.*.messages': {
      name: 'Grenze für das Postfach von {user}: Nachrichten',
      what: 'Alle Ordner zusammen. Leer heißt: wie in dieser Welt vorgesehen, sonst ohne Grenze.',
    },
    'mda.quotaFullTempfail': {
      name: 'Ein volles Postfach ist nur ein vorübergehender Fehler',
      what: 'Aus: Die Nachricht wird mit `552` abgelehnt, und der Absender bekommt sofort einen Bounce. Ein: `452`, und der Server des Absenders versucht es tagelang wieder.',
    },
    'mda.recipientDelimiter': {
      name: 'Trennzeichen für Unteradressen',
      what: 'Was den Namen vom Ordner trennt: Mit einem Plus gehört `bob+news@…` zu Bob und landet im Ordner `news`, falls es ihn gibt.',
      choices: {
        '+': ['Plus', '`bob+news`'],
        '-': ['Bindestrich', '`bob-news`'],
        '': ['Keines', 'Der ganze Name zählt.'],
      },
    },
    'reporter.failureReports': {
      name: 'Fehlerberichte',
      what: 'Ob Domains, die es wünschen (`ruf=`), über jede einzelne durchgefallene Nachricht einen Bericht bekommen. Die meisten Empfänger lassen das aus: Ein solcher Bericht zeigt Fremden, was Leute einander schreiben.',
    },
    'sender.dkimDomain': {
      name: 'Unterschreibt als',
      what: 'Die Domain in `d=` der DKIM-Signatur. Leer: Der Dienst unterschreibt als er selbst. Für eine andere Domain muss deren DNS auf den Schlüssel des Dienstes zeigen.',
    },
    'sender.returnPath': {
      name: 'Rückweg',
      what: 'Die Domain des Umschlag-Absenders, wohin Unzustellbares geht und wo SPF nachsieht. Leer: die des Dienstes.',
    },
    'sender.author': {
      name: 'Absender im Brief',
      what: 'Die Adresse in `From:`, die man beim Lesen sieht. Leer: wie die Nachricht geschrieben ist.',
    },
    'sender.signing': {
      name: 'DKIM-Signatur',
      what: 'Was dieses Programm sendet, wird mit jedem dieser Schlüssel signiert. Empfänger holen die öffentliche Hälfte aus dem DNS, bei `selektor._domainkey.domain`.',
    },
  },
  refusals: {
    tooLong: 'Das Skript ist zu lang: höchstens 65536 Zeichen.',
    badScript: 'Nicht aktiviert. Zeile {line}, Spalte {column}: {text}.',
    notASwitch: 'Es geht nur an oder aus.',
    notAChoice: 'Nimm eine der angebotenen Möglichkeiten.',
    empty: 'Hier muss etwas stehen.',
    badText: 'Das ist nicht so geschrieben, wie es sein muss. Vergleiche mit der Erklärung darüber.',
    outOfRange: 'Die Zahl ist zu klein oder zu groß.',
    notAList: 'Das ist keine Liste.',
    tooMany: 'Das ist zu viel: Die Liste ist voll.',
    notASigner: 'Ein Schlüssel braucht Domain, Selektor und privaten Schlüssel.',
    badDomain: 'Die Domain eines Schlüssels ist kein Domainname.',
    badSelector: 'Der Selektor eines Schlüssels besteht nicht aus Buchstaben, Ziffern und Bindestrichen.',
    badAlgorithm: 'Diese Art von Schlüssel ist unbekannt.',
    badKey: 'Der private Schlüssel ist nicht lesbar.',
    keyOfOtherKind: 'Der private Schlüssel ist von anderer Art als angegeben.',
    unknownSetting: 'Eine solche Einstellung hat dieses Programm nicht.',
    settingFixed: 'Diese Einstellung steht in dieser Welt fest.',
    noSuchProgram: 'Dieses Programm läuft hier nicht.',
    other: 'Der Server hat die Änderung abgelehnt ({id}).',
  },
};
