// What the rooms below src/worker must not touch (laws 1 and 2): the real clock, chance, timers, network, storage, the
// page, the machine and its language settings, and waiting. ESLint shows it in the editor, src/layout.test.ts proves it.

const lawOne = 'Law 1: same tape, same trace. ';
const clock = `${lawOne}Take \`now\` as an argument; dates are made by src/base/dates.ts.`;
const chance = `${lawOne}Draw from a stream of src/base/random.ts.`;
const machine = `${lawOne}Below src/worker nobody reaches the machine, the network, storage or the page.`;
const language = `${lawOne}Locale functions differ from machine to machine; people's text is made in src/text.`;
const waiting = 'Law 2: a step of the world never waits. Return what to do next instead.';

/** @param {string} message @param {string[]} names */
const globalsFor = (message, names) => names.map((name) => ({ name, message }));

/** @param {string} message @param {string[]} selectors */
const syntaxFor = (message, selectors) => selectors.map((selector) => ({ selector, message }));

/** @param {string} message @param {string[]} properties */
const propertiesFor = (message, properties) => properties.map((property) => ({ property, message }));

const globals = [
  ...globalsFor(clock, [
    'performance',
    'setTimeout',
    'setInterval',
    'setImmediate',
    'clearTimeout',
    'clearInterval',
    'clearImmediate',
    'requestAnimationFrame',
    'requestIdleCallback',
    'scheduler',
  ]),
  ...globalsFor(waiting, ['Promise', 'queueMicrotask']),
  ...globalsFor(machine, [
    'globalThis',
    'window',
    'self',
    'document',
    'navigator',
    'location',
    'history',
    'console',
    'process',
    'global',
    'require',
    'Buffer',
    'crypto',
    'fetch',
    'XMLHttpRequest',
    'WebSocket',
    'EventSource',
    'Worker',
    'SharedWorker',
    'MessageChannel',
    'BroadcastChannel',
    'postMessage',
    'indexedDB',
    'localStorage',
    'sessionStorage',
    'caches',
    'SharedArrayBuffer',
    'Atomics',
    'WeakRef',
    'FinalizationRegistry',
    'eval',
    'Function',
  ]),
];

const syntax = [
  ...syntaxFor(clock, [
    'NewExpression[callee.name="Date"][arguments.length=0]',
    'CallExpression[callee.name="Date"]',
    'MemberExpression[object.name="Date"][property.name="now"]',
  ]),
  ...syntaxFor(chance, ['MemberExpression[object.name="Math"][property.name="random"]']),
  ...syntaxFor(waiting, [':function[async=true]', 'AwaitExpression', 'ForOfStatement[await=true]']),
  ...syntaxFor(machine, ['MetaProperty[meta.name="import"]', 'DebuggerStatement']),
];

/** Methods of Date that read the machine's time zone. */
const localTime = propertiesFor(`${lawOne}This reads the machine's time zone; use the getUTC… method.`, [
  'getTimezoneOffset',
  'getFullYear',
  'getMonth',
  'getDate',
  'getDay',
  'getHours',
  'getMinutes',
  'setHours',
  'setMinutes',
  'toDateString',
  'toTimeString',
]);

const locale = propertiesFor(language, [
  'localeCompare',
  'toLocaleString',
  'toLocaleDateString',
  'toLocaleTimeString',
  'toLocaleLowerCase',
  'toLocaleUpperCase',
]);

/** ESLint rules for the rooms below src/worker. */
export const bannedBelowWorker = {
  'no-restricted-globals': ['error', ...globals, ...globalsFor(language, ['Intl'])],
  'no-restricted-properties': ['error', ...localTime, ...locale],
  'no-restricted-syntax': ['error', ...syntax],
};

/** ESLint rules for src/text, which may format numbers and dates for people in a language it names. */
export const bannedInText = {
  ...bannedBelowWorker,
  'no-restricted-globals': ['error', ...globals],
  'no-restricted-properties': ['error', ...localTime],
};

/** Rooms that are not below src/worker. */
export const roomsOfTheMachine = ['worker', 'node', 'build', 'testing', 'ui'];
