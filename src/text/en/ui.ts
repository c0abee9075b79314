// The words of the page's frame in English: what stands before the terminal does. The rest is in page.ts. German has the
// same keys, or `npm run check` fails. `{name}` is a parameter, `{n|one|many}` picks a word by number; see fill.ts.

export const ui = {
  skip: 'Skip to the content',
  home: 'Ehlo, start',
  nav: 'Main',
  lessons: 'Lessons',
  sandbox: 'Sandbox',
  language: 'Language',
  'theme.now': 'Colours: {theme}. Change',
  'theme.system': 'as the system',
  'theme.light': 'light',
  'theme.dark': 'dark',
  opening: 'The mail internet is being built …',
  parts: 'Parts of the page',
  side: 'Lesson or why',
  'part.lesson': 'Lesson',
  'part.map': 'Map',
  'part.terminal': 'Terminal',
  'part.tools': 'Tools',
  'part.why': 'Why?',
  'resize.lesson': 'Width of the lesson',
  'resize.why': 'Width of the explanation',
  'resize.dock': 'Height of terminal and tools',
  dock: 'Terminal and tools',
  split: 'Side by side',
  'tabs.terminals': 'Terminals',
  'tabs.tools': 'Zones, mailboxes, servers and log',
  'tab.hoster': 'Hoster panel',
  'zones.choose': 'Choose a zone',
  'tab.mailboxes': 'Mailboxes',
  'tab.server': 'Server',
  'tab.log': 'Log',
  'terminal.new': 'New terminal',
  'past.text': 'You are looking at the past. Read only.',
  'past.back': 'Back to now',
  'past.terminal': 'The terminal lives in the present. Go back to now to type.',
  present: 'Present',
  'present.key': 'Present: large and quiet (key P)',
} as const;

export type UiKey = keyof typeof ui;
export type UiWords = Readonly<Record<UiKey, string>>;
