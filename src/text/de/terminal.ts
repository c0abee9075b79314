// Worte rund um das Terminal. Was Programme darin ausgeben, steht nicht hier: Das ist Englisch, wie in Wirklichkeit.

import type { TerminalText } from '../en/terminal.ts';

export const terminal: TerminalText = {
  label: (host) => `Terminal auf ${host}`,
  howToLeave: 'Tab vervollständigt. Escape, dann Tab führt aus dem Terminal heraus.',
  shellOn: (user, host) => `${user} auf ${host}`,
  connected: (program, peer) => `${program} → ${peer}`,
  running: (program) => `${program} läuft`,
  copy: 'Kopieren: ganze Sitzung',
  copied: 'Kopiert',
  copyFailed: 'Der Browser lässt das Kopieren nicht zu. „Speichern“ geht ohne ihn zu fragen.',
  save: 'Speichern: ganze Sitzung',
  copyShort: 'Kopieren',
  saveShort: 'Speichern',
  screenReader: 'Screenreader',
  screenReaderHint: 'Liest neue Zeilen des Terminals vor',
  waiting: 'Wartet',
  waitingUntil: (clock) => `bis ${clock} geschieht nichts`,
  letTimePass: 'Zeit vergehen lassen',
  keys: 'Tasten, die einer Bildschirmtastatur fehlen',
  pasteCut: (kilobytes) => `Das Eingefügte war länger als ${kilobytes} kB. Der Rest wurde weggelassen.`,
  notSent: 'Die Zeile hat die Simulation nicht erreicht. Bitte noch einmal eingeben.',
  refused: 'Die Simulation konnte diese Zeile nicht annehmen.',
  noCompletion: 'Hier gibt es nichts zu vervollständigen.',
  dismiss: 'Meldung schließen',
  noTerminal: 'Dieser Host hat kein Terminal.',
};
