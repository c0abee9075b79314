// `npm run against-real`: plays the recorded sessions and our own transcripts against Debian's Postfix and Dovecot and against
// our sessions, and prints where the two answer differently. Exit code 0: nowhere but where src/talk/exceptions.ts says so;
// 1: elsewhere, or no longer there; 2: the programs cannot be had here.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { differencesOf, judge, type RealDifference } from './against-real-compare.ts';
import { CannotCompare, installedVersions, preparePrograms, startServers } from './against-real-programs.ts';
import { transcripts, type Transcript } from './against-real-transcripts.ts';

const usage = `Usage: npm run against-real -- [options]

  --only words   only transcripts whose name contains this (smtp/auth, imap/, own/)
  --accepted     print the accepted differences, too, with their reasons
  --log          print what the servers logged
  --help         this text

Debian's packages are installed if they are missing and this is root's session.
`;

/** What the accepted differences are about: Debian 12. */
const EXPECTED = { postfix: '3.7.11', dovecot: '2.3.19.1' };

/** How many SMTP sessions are under way at once. Mailboxes are used by one transcript at a time. */
const AT_ONCE = 8;

const readText = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');
const namesIn = (folder: string, ending: string): string[] =>
  readdirSync(fileURLToPath(new URL(`../${folder}`, import.meta.url)))
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length));

function show({ file, line, ours, real }: RealDifference): void {
  const indented = (text: string): string => text.replace(/\n/g, '\n        ');
  console.log(
    `${file} ${line === 0 ? 'at the end' : `line ${line}`}\n  ours: ${indented(ours)}\n  real: ${indented(real)}`,
  );
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      accepted: { type: 'boolean', default: false },
      log: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const all = transcripts(readText, namesIn).filter(({ file }) => file.includes(values.only));
  if (all.length === 0) throw new Error(`no transcript is named like ${values.only}`);
  preparePrograms(console.log);
  const versions = installedVersions();
  if (versions.postfix !== EXPECTED.postfix || versions.dovecot !== EXPECTED.dovecot)
    console.log(
      `Note: the accepted differences are about Postfix ${EXPECTED.postfix} and Dovecot ${EXPECTED.dovecot} (Debian 12).`,
    );
  const servers = await startServers(all.flatMap(({ postfix }) => (postfix === undefined ? [] : [postfix])));
  const interrupted = (): void => {
    void servers.stop().then(() => process.exit(130));
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    const differences: RealDifference[] = [];
    let answers = 0;
    const play = async (one: Transcript): Promise<void> => {
      const ours = one.playOurs();
      const real = await one.playReal(servers);
      answers += real.answers.length;
      differences.push(...differencesOf(one.file, ours, real));
    };
    const waiting = all.filter(({ alone }) => !alone);
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await play(next);
    };
    await Promise.all([
      ...Array.from({ length: AT_ONCE }, worker),
      (async () => {
        for (const one of all) if (one.alone) await play(one);
      })(),
    ]);
    const order = all.map(({ file }) => file);
    differences.sort((a, b) => order.indexOf(a.file) - order.indexOf(b.file) || a.line - b.line);
    const { unlisted, accepted, gone } = judge(differences, new Set(order));
    for (const difference of unlisted) show(difference);
    if (values.accepted)
      for (const { difference, why } of accepted) {
        show(difference);
        console.log(`  accepted: ${why}`);
      }
    for (const { exception, line } of gone)
      console.log(`${exception.file} line ${line}: no longer differs; take it out of src/talk/exceptions.ts`);
    if (values.log) console.log(servers.log());
    console.log(
      `${all.length} transcripts, ${answers} answers compared with Postfix ${versions.postfix} and Dovecot ${versions.dovecot}: ` +
        `${unlisted.length} unlisted differences, ${accepted.length} accepted, ${gone.length} no longer there.`,
    );
    return unlisted.length + gone.length === 0 ? 0 : 1;
  } finally {
    await servers.stop();
  }
}

main().then(
  (code) => process.exit(code),
  (problem: Error) => {
    console.error(`against-real: ${problem.message}`);
    process.exit(problem instanceof CannotCompare ? 2 : 1);
  },
);
