// named-checkzone as BIND 9.18's: reads a zone file of the host and says what is wrong with it. Targets outside the zone are
// looked up through the host's resolver, as getaddrinfo does. What it says is in dns/zone-checks.ts. named-checkzone(1).

import type { DnsAnswer } from '../../../dns/lookup.ts';
import { nameKey, parseName } from '../../../dns/name.ts';
import { parseZone } from '../../../dns/zone-file.ts';
import { checkzoneOutput, zoneChecks, type OutsideAnswer } from '../../../dns/zone-checks.ts';
import { addressAnswered, requestAddress, type AddressRequest } from '../address.ts';
import { absolutePath, readFile } from '../files.ts';
import type { Tool, ToolIo } from '../tool.ts';

export interface CheckzoneState {
  readonly zone: string;
  readonly file: string;
  readonly text: string;
  /** Names outside the zone that are still to be looked up; the first one is under way. */
  readonly wanted: string[];
  readonly found: Map<string, OutsideAnswer>;
  request: AddressRequest | undefined;
}

const USAGE =
  'usage: named-checkzone [-djqvD] [-c class] [-f inputformat] [-F outputformat] [-J filename] [-s (full|relative)] [-t directory] [-w directory] [-k (ignore|warn|fail)] [-m (ignore|warn|fail)] [-n (ignore|warn|fail)] [-r (ignore|warn|fail)] [-i (full|full-sibling|local|local-sibling|none)] [-M (ignore|warn|fail)] [-S (ignore|warn|fail)] [-W (ignore|warn)] [-o filename] zonename [ (filename|-) ]\n';
const HOME = '/etc/bind';

export const namedCheckzone: Tool<CheckzoneState> = {
  start(args, io) {
    const [zone = '', file = ''] = args;
    const state: CheckzoneState = {
      zone,
      file,
      text: '',
      wanted: [],
      found: new Map(),
      request: undefined,
    };
    const option = args.find((arg) => /^-./.test(arg));
    const origin = parseName(zone === '.' ? zone : `${zone.replace(/\.$/, '')}.`);
    if (option !== undefined || args.length !== 2 || !origin.ok) {
      const unknown = option === undefined ? '' : `named-checkzone: invalid argument ${option}\n`;
      io.print(`${unknown}${USAGE}`);
      io.exit(1);
      return state;
    }
    const context = { host: io.os.host, net: io.os.net, home: io.home };
    // A bare file name is looked for where the zone files are, too: there is no cd in this shell.
    const lines =
      readFile(context, absolutePath(file, io.home)) ?? readFile(context, absolutePath(file, HOME));
    if (lines === undefined) {
      const head = `zone ${zone.replace(/(?<=.)\.$/, '')}/IN:`;
      io.print(
        `${head} loading from master file ${file} failed: file not found\n${head} not loaded due to errors.\n`,
      );
      io.exit(1);
      return state;
    }
    const ready = { ...state, text: lines.map((line) => `${line}\n`).join('') };
    const wanted = new Set<string>();
    zoneChecks(parseZone(ready.text, origin.value, file), (name) => {
      wanted.add(nameKey(name));
      return 'found';
    });
    ready.wanted.push(...wanted);
    next(ready, io);
    return ready;
  },

  handle(state, input, io) {
    if (input.type !== 'lookedUp' || state.request === undefined) return;
    addressAnswered(io, state.request, input.token, input.answer);
    if (state.request.result === undefined) return;
    state.found.set(state.wanted.shift() ?? '', outcomeOf(state.request));
    state.request = undefined;
    next(state, io);
  },
};

const isFailure = (answer: DnsAnswer | undefined): boolean =>
  answer !== undefined && answer.status !== 'NOERROR' && answer.status !== 'NXDOMAIN';

function outcomeOf({ result, answers }: AddressRequest): OutsideAnswer {
  if (result?.ok === true) return 'found';
  return isFailure(answers.a) || isFailure(answers.aaaa) ? 'failed' : 'none';
}

function next(state: CheckzoneState, io: ToolIo): void {
  for (let name = state.wanted[0]; name !== undefined; name = state.wanted[0]) {
    state.request = requestAddress(io, name);
    if (state.request.result === undefined) return;
    state.found.set(name, outcomeOf(state.request));
    state.wanted.shift();
    state.request = undefined;
  }
  const { lines, exit } = checkzoneOutput(
    state.zone,
    state.file,
    state.text,
    (name) => state.found.get(nameKey(name)) ?? 'found',
  );
  io.print(lines.map((line) => `${line}\n`).join(''));
  io.exit(exit);
}
