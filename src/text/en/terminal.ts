// Words around the terminal. What programs print in it is not here: that is English, as in reality.

export const terminal = {
  label: (host: string) => `Terminal on ${host}`,
  howToLeave: 'Tab completes. To leave the terminal, press Escape, then Tab.',
  shellOn: (user: string, host: string) => `${user} on ${host}`,
  connected: (program: string, peer: string) => `${program} → ${peer}`,
  running: (program: string) => `${program} is running`,
  copy: 'Copy session',
  copied: 'Copied',
  copyFailed: 'The browser did not allow copying. “Save” works without asking it.',
  save: 'Save session',
  copyShort: 'Copy',
  saveShort: 'Save',
  screenReader: 'Screen reader',
  screenReaderHint: 'Reads new lines of the terminal aloud',
  waiting: 'Waiting',
  waitingUntil: (clock: string) => `nothing happens until ${clock}`,
  letTimePass: 'Let time pass',
  keys: 'Keys that a touch keyboard lacks',
  pasteCut: (kilobytes: number) => `The paste was longer than ${kilobytes} kB. The rest was left out.`,
  notSent: 'The line did not reach the simulation. Enter it again.',
  refused: 'The simulation could not take this line.',
  noCompletion: 'Nothing to complete here.',
  dismiss: 'Close this message',
  noTerminal: 'This host has no terminal.',
};

export type TerminalText = typeof terminal;
