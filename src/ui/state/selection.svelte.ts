// What the reader looks at: the thing the why panel explains, the tab of the dock, the part shown on a narrow screen, the
// message that is open. Other parts ask for something to be shown by calling this; nothing here draws.

import type { WhyAction, WhyTarget } from '../../view/types.ts';
import { engine } from './engine.svelte.ts';
import { playhead } from './playhead.svelte.ts';

export type DockTab =
  | `terminal:${string}`
  | `zone:${string}`
  | 'mailboxes'
  | 'mail'
  | 'server'
  | 'filter'
  | 'reports'
  | 'outcomes'
  | 'log';
/** The one part that a narrow screen shows. */
export type Part = 'lesson' | 'map' | 'terminal' | 'tools' | 'why';

export interface ZoneFocus {
  readonly name: string;
  readonly recordType: string;
}

class Selection {
  /** Chosen by a click; undefined follows the playhead. */
  target = $state.raw<WhyTarget>();
  left = $state<DockTab>('terminal:');
  right = $state<DockTab>('mailboxes');
  split = $state(false);
  /** Which half shows when the dock is not split. */
  half = $state<'left' | 'right'>('left');
  part = $state<Part>('map');
  message = $state<string>();
  /** Instead of a message: bringing mail into the mailboxes, or taking it away. */
  mailTask = $state<'import' | 'export'>();
  logHost = $state<string>();
  logSeq = $state<number>();
  /** The host whose settings were asked for. */
  settingsHost = $state<string>();
  /** Whose filter is open: host and user. */
  filterOf = $state.raw<{ readonly host: string; readonly user: string | undefined }>();
  zoneFocus = $state.raw<ZoneFocus>();
  presenting = $state(false);

  reset(part: Part): void {
    this.target = undefined;
    this.left = `terminal:${engine.activeTerminal}`;
    this.right = 'mailboxes';
    this.half = 'left';
    this.part = part;
    this.message = undefined;
    this.mailTask = undefined;
    this.logHost = undefined;
    this.logSeq = undefined;
    this.settingsHost = undefined;
    this.filterOf = undefined;
    this.zoneFocus = undefined;
  }

  why(target: WhyTarget): void {
    this.target = target;
    this.part = 'why';
  }

  whyEvent(seq: number): void {
    this.why({ kind: 'event', seq });
  }

  open(tab: DockTab): void {
    if (tab.startsWith('terminal:')) {
      this.left = tab;
      this.half = 'left';
      this.part = 'terminal';
      engine.activeTerminal = tab.slice('terminal:'.length);
    } else {
      this.right = tab;
      this.half = 'right';
      this.part = 'tools';
    }
  }

  openMessage(id: string): void {
    this.message = id;
    this.mailTask = undefined;
    this.open('mailboxes');
  }

  openZone(zone: string, focus?: ZoneFocus): void {
    this.zoneFocus = focus;
    this.open(`zone:${zone}`);
  }

  openSettings(host?: string): void {
    this.settingsHost = host;
    this.open('server');
  }

  openFilter(host: string, user: string | undefined): void {
    this.filterOf = { host, user };
    this.open('filter');
  }

  openLog(host: string, seq?: number): void {
    this.logHost = host;
    this.logSeq = seq;
    this.open('log');
  }

  /** A click in a lesson: the text goes to the input line, Enter stays the learner's. */
  toTerminal(text: string, host?: string): void {
    if (playhead.past) playhead.now();
    engine.insertIntoTerminal(text, host);
    this.open(`terminal:${engine.activeTerminal}`);
  }

  act(action: WhyAction): void {
    switch (action.type) {
      case 'openZone':
        return this.openZone(action.zone, { name: action.name, recordType: action.recordType });
      case 'openMessage':
        return this.openMessage(action.id);
      case 'openLog':
        return this.openLog(action.host, action.seq);
      case 'openSettings':
        return this.openSettings(action.host);
      case 'openTerminal': {
        const terminal = engine.terminals.find((one) => one.host === action.host);
        if (terminal) this.open(`terminal:${terminal.id}`);
        return;
      }
      case 'passTime':
        void engine.run({ type: 'pass', until: action.until }).then((problem) => {
          if (problem) engine.notify(problem, 'fail');
        });
    }
  }
}

export const selection = new Selection();
