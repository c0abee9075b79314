// Wörter der Ansicht „Verbreitung“, siehe die englische Datei.

import type { PropagationText } from '../en/propagation.ts';

export const propagation: PropagationText = {
  intro:
    'Verschickt wird nichts. Wer sich eine alte Antwort gemerkt hat, gibt sie weiter, bis ihre Zeit um ist; erst dann fragt er neu.',
  failed: 'Die Caches ließen sich nicht lesen.',
  servers: 'Nameserver der Zone',
  primary: 'erster',
  secondary: 'zweiter',
  serial: 'Seriennummer {serial}',
  noCopy: 'hat keine Kopie',
  server: {
    current: 'aktuell',
    old: 'noch die alte Zone',
    none: 'antwortet nicht dafür',
  },
  stuck:
    'Seine Seriennummer ist nicht älter als die veröffentlichte, also sieht er keinen Grund, die Zone zu holen. Erhöh die Seriennummer und veröffentliche noch einmal.',
  waits: 'Er holt die Zone, sobald er kann: Spätestens um {time} fragt er wieder nach.',
  resolvers: 'Was Resolver sich gemerkt haben',
  usedBy: 'gefragt von {hosts}',
  usedByNobody: 'für niemanden voreingestellt: frag ihn mit {command}',
  empty: 'hat sich nichts aus dieser Zone gemerkt',
  absent: 'gibt es nicht',
  stale: 'alt',
  staleAbsent: 'noch „gibt es nicht“',
  current: 'aktuell',
  left: 'noch {time}, bis {clock}',
  jump: 'Vergehen lassen',
  jumpLabel: 'Vergehen lassen: {time}, bis {resolver} {name} {type} vergessen hat',
  flush: 'Leeren',
  flushLabel: 'Leeren: {resolver} vergisst alles',
  flushHint:
    'In Wirklichkeit kann das nur der Betreiber (rndc flush); manche öffentlichen Resolver haben eine Webseite dafür.',
  summary: {
    stale:
      '{n} {n|Resolver antwortet|Resolver antworten} noch aus alten Einträgen. Um {clock} hat der letzte sie vergessen.',
    forgetAll: '{time} vergehen lassen',
    before:
      'Veröffentlichst du jetzt eine Änderung, sehen manche noch bis {clock} die alten Einträge: höchstens {time}, denn so lange ist das zuletzt Gemerkte gültig.',
    beforeLong:
      'Veröffentlichst du jetzt eine Änderung, sehen manche noch bis {clock} die alten Einträge. Vor einem Umzug: TTL senken, die alte ablaufen lassen und erst dann ändern.',
    nobody: 'Kein Resolver hat sich etwas aus dieser Zone gemerkt: Eine Änderung sähen alle sofort.',
  },
};
