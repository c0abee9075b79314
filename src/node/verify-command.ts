// The command `verify`: options in, tree or JSON out, exit code back. What it reads and writes besides files is handed in,
// so that it runs in a test as it does in a terminal. The zone comes from a file, never from the network.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { fromLatin1 } from '../base/bytes.ts';
import { readEml } from '../message/eml.ts';
import { CHECKS, readEnvelope, readTime, runCase, type Case, type Check } from './verify-case.ts';
import { answerLines } from './verify-lines.ts';
import { explanationOf, reasonsOf } from './verify-words.ts';
import { drawTree, harmless, type TreeStyle } from '../view/reason-tree.ts';
import { BadInput, readZoneText, shown } from './verify-zone.ts';

const usage = `Usage: npm run verify -- spf|dkim|dmarc|arc --zone FILE [options]
       npm run verify -- [spf|dkim|dmarc|arc] --lines [--zone FILE] < cases

  --zone FILE       master file that answers all look-ups; names in no line of it do not exist.
                    A pasted record is enough: no SOA, NS or $TTL is needed
  --origin NAME     what names without final dot are relative to before $ORIGIN (default: of a
                    file called db.NAME or NAME.zone that NAME, else the root)
  --message FILE    the message, any line ends (dkim, dmarc, arc); - is standard input
  --ip ADDRESS      address of the client (spf, dmarc)
  --helo NAME       its HELO or EHLO name
  --sender ADDRESS  MAIL FROM, empty for <>
  --receiver NAME   name of the verifying host, for the macro %{r}
  --time TIME       when, like 2026-11-23T09:00:00Z (default: now)
  --json            the whole verdict as one line of JSON instead of the tree
  --lines           one JSON object a line from standard input:
                    {"id", "ip", "helo", "sender", "message" (base64), "time", "zone", "check",
                    "origin", "receiver"}; "zone" is master file text or an object like
                    {"a.example": [{"TXT": "v=spf1 mx -all"}, {"MX": [10, "mx.a.example"]}, "TIMEOUT"]}.
                    Answers: {"id", "result", "explanation", "reasoning"}, or {"id", "error"}
  --help            this text

Results
  spf    none, neutral, pass, fail, softfail, temperror, permerror of MAIL FROM, for <> of
         postmaster@HELO (RFC 7208). "explanation" is the text of exp=, DEFAULT when a fail has none
  dkim   of all signatures in one word: pass when one passes; else temperror when the look-up of
         a key failed; else what the first says: fail, neutral, policy, permerror (RFC 8601
         §2.7.1); none without signature. The reasoning has each of them
  dmarc  pass, fail, none, temperror, permerror (RFC 9989, by tree walk)
  arc    none, pass, fail (RFC 8617)

Exit code: 0 pass, 1 any other result, 2 wrong question. With --lines: 0 when all lines were read,
whatever they say; a line that cannot be checked is answered by its error.
`;

/** Reads a file as bytes. @throws BadInput */
function readBytes(path: string, what: string): Uint8Array {
  try {
    return readFileSync(path === '-' ? 0 : path);
  } catch (problem) {
    const { code, message } = problem as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EISDIR'
          ? 'it is a folder'
          : code === 'EACCES'
            ? 'it may not be read'
            : message;
    throw new BadInput(`The ${what} ${shown(path)} cannot be read: ${why}. Give the path of a file.`);
  }
}

/** `db.wolke.example`, `wolke.example.zone`: the file says what its names are relative to. */
function originOf(path: string, text: string): string | undefined {
  const name = basename(path);
  const found = /^db\.(.+\..+?)$/.exec(name)?.[1] ?? /^(.+\..+?)\.(?:zone|db)$/.exec(name)?.[1];
  // A file that begins with its own $ORIGIN says it better.
  return /^\s*(?:;[^\n]*\n\s*|\$TTL[^\n]*\n\s*)*\$ORIGIN/i.test(text) ? undefined : found;
}

/** The world outside of the command. */
export interface VerifyIo {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly style: TreeStyle;
}

/** Runs the command; gives the exit code: 0 pass, 1 any other result, 2 a wrong question. Never throws. */
export async function runVerify(args: readonly string[], io: VerifyIo): Promise<number> {
  try {
    return await verify(args, io);
  } catch (problem) {
    const said = problem instanceof Error ? problem.message : String(problem);
    const hint = problem instanceof BadInput ? '' : ' See npm run verify -- --help.';
    io.stderr.write(`verify: ${harmless(said.replace(/\s+/g, ' '))}${hint}\n`);
    return 2;
  }
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      zone: { type: 'string' },
      origin: { type: 'string' },
      message: { type: 'string' },
      ip: { type: 'string' },
      helo: { type: 'string' },
      sender: { type: 'string' },
      receiver: { type: 'string' },
      time: { type: 'string' },
      json: { type: 'boolean', default: false },
      lines: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}

function readCheck(positionals: readonly string[], mayBeAbsent: boolean): Check | undefined {
  const [word, ...rest] = positionals;
  const check = CHECKS.find((one) => one === word);
  if (rest.length > 0) throw new BadInput(`One check at a time: ${shown(rest[0])} is too much.`);
  if (check === undefined && !(mayBeAbsent && word === undefined))
    throw new BadInput(
      `Say what to check: npm run verify -- spf|dkim|dmarc|arc --zone FILE …${word === undefined ? '' : ` (${shown(word)} is none of them)`}`,
    );
  return check;
}

async function verify(args: readonly string[], io: VerifyIo): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help) {
    io.stdout.write(usage);
    return 0;
  }
  const check = readCheck(positionals, values.lines);
  const time = readTime(values.time);
  const now = (): number => time ?? Math.floor(io.now() / 1000);
  let zone: Case['zone'] | undefined;
  if (values.zone !== undefined) {
    // Bytes are characters here, as on the wire; an editor's byte order mark is none of them.
    const text = fromLatin1(readBytes(values.zone, 'zone file')).replace(/^\xef\xbb\xbf/, '');
    zone = readZoneText(text, values.origin ?? originOf(values.zone, text));
  }
  if (values.lines) {
    await answerLines(io.stdin, io.stdout, () => ({
      nowSeconds: now(),
      ...(check === undefined ? {} : { check }),
      ...(zone === undefined ? {} : { zone }),
    }));
    return 0;
  }
  if (check === undefined || zone === undefined)
    throw new BadInput('There is no DNS to ask: give the zone with --zone FILE.');
  if (check === 'spf' && values.ip === undefined)
    throw new BadInput('SPF is about an IP address: give it with --ip, and --helo and --sender with it.');
  if (check !== 'spf' && values.message === undefined)
    throw new BadInput(`There is no message to check: give it with --message FILE.eml.`);
  const message = values.message === undefined ? undefined : readEml(readBytes(values.message, 'message'));
  const verdict = runCase({
    check,
    zone,
    nowSeconds: now(),
    ...(values.ip === undefined ? {} : { envelope: readEnvelope(values.ip, values.helo, values.sender) }),
    ...(message === undefined ? {} : { message }),
    ...(values.receiver === undefined ? {} : { receiver: values.receiver }),
  });
  if (values.json) {
    const { result, ...reasoning } = verdict;
    io.stdout.write(`${JSON.stringify({ result, explanation: explanationOf(verdict), reasoning })}\n`);
  } else io.stdout.write(`${drawTree(reasonsOf(verdict), io.style).join('\n')}\n`);
  return verdict.result === 'pass' ? 0 : 1;
}
