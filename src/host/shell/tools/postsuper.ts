// postsuper, postcat and the sudo that they need: what only the superuser may do to the queue. postsuper(1), postcat(1);
// the words are recorded.

import { mailDate } from '../../../base/dates.ts';
import { isTouchable, type QueueAct } from '../../mta/administer.ts';
import type { QueuedMessage } from '../../mta/queue.ts';
import type { MtaState } from '../../mta/state.ts';
import type { Os } from '../../program.ts';
import { instantTool, type ToolIo } from '../tool.ts';
import { toolNamed } from '../tool-names.ts';
import { toMta } from './mailq.ts';

const ACTS: Readonly<
  Record<string, { readonly act: QueueAct; readonly done: string; readonly one: string }>
> = {
  '-d': { act: 'delete', done: 'Deleted', one: 'removed' },
  '-h': { act: 'hold', done: 'Placed on hold', one: 'placed on hold' },
  '-H': { act: 'release', done: 'Released from hold', one: 'released from hold' },
  '-r': { act: 'requeue', done: 'Requeued', one: 'requeued' },
};

function mtaState(os: Os): MtaState | undefined {
  for (const program of os.host.programs.values())
    if (program.kind === 'mta') return program.state as MtaState;
  return undefined;
}

const isRoot = (io: ToolIo): boolean => io.user === 'root';

export const postsuper = instantTool((args, io) => {
  if (!isRoot(io)) {
    io.print('postsuper: fatal: use of this command is reserved for the superuser\n');
    return 1;
  }
  const [option = '', name] = args;
  const what = ACTS[option];
  if (what === undefined || name === undefined || args.length > 2) {
    io.print(
      'postsuper: fatal: usage: postsuper [-c config_dir] [-d queue_id (delete)] [-e queue_id (expire)] ' +
        '[-f queue_id (force expire)] [-h queue_id (hold)] [-H queue_id (un-hold)] [-p (purge temporary files)] ' +
        '[-r queue_id (requeue)] [-s (structure fix)] [-S (redundant structure fix)] [-v (verbose)] [queue...]\n',
    );
    return 1;
  }
  const queue = mtaState(io.os)?.queue ?? new Map<string, QueuedMessage>();
  const chosen = [...queue.values()].filter(
    (message) => (name === 'ALL' || message.queueId === name) && isTouchable(message, what.act),
  );
  for (const { queueId } of chosen) {
    if (name !== 'ALL') io.print(`postsuper: ${queueId}: ${what.one}\n`);
    toMta(io.os, { type: 'administer', queueId, act: what.act });
  }
  io.print(`postsuper: ${what.done}: ${chosen.length} message${chosen.length === 1 ? '' : 's'}\n`);
  return 0;
});

export const postcat = instantTool((args, io) => {
  const [option, queueId] = args;
  if (option !== '-q' || queueId === undefined) {
    io.print(
      'postcat: fatal: usage: postcat [-b (body text)] [-c config_dir] [-d (decimal record offset)] [-e (envelope records)] [-h (header text)] [-q (access queue)] [-v] [file(s)...]\n',
    );
    return 1;
  }
  const message = mtaState(io.os)?.queue.get(queueId);
  if (message === undefined || !isRoot(io)) {
    const why = message === undefined ? 'No such file or directory' : 'Permission denied';
    io.print(`postcat: fatal: open queue file ${queueId}: ${why}\n`);
    return 1;
  }
  io.print(postcatText(message, io.os.kept(message.message), io.os.host.zoneMinutes));
  return 0;
});

/** The records of a queue file as postcat prints them. `content` is the message, lines ending in CRLF. */
export function postcatText(message: QueuedMessage, content: string, zoneMinutes: number): string {
  const file = `${message.place}/${message.queueId}`;
  const open = message.recipients.filter((recipient) => !recipient.done);
  const { origin } = message;
  const arrived = ctime(message.arrivedAt, zoneMinutes);
  const attributes: string[] = [
    `log_ident=${message.queueId}`,
    `rewrite_context=${origin === undefined ? 'local' : 'remote'}`,
  ];
  const after: string[] = [];
  if (origin !== undefined) {
    after.push(
      `log_client_name=${origin.name}`,
      `log_client_address=${origin.address}`,
      `log_client_port=${origin.port}`,
      `log_message_origin=${origin.name}[${origin.address}]`,
      `log_helo_name=${origin.helo}`,
      `log_protocol_name=${origin.protocol}`,
      `client_name=${origin.name}`,
      `reverse_client_name=${origin.reverseName}`,
      `client_address=${origin.address}`,
      `client_port=${origin.port}`,
      `helo_name=${origin.helo}`,
      `protocol_name=${origin.protocol}`,
      'client_address_type=2',
    );
  }
  const named = (name: string): string => `named_attribute: ${name}`;
  const envelope = [
    `message_arrival_time: ${arrived}`,
    `create_time: ${arrived}`,
    ...attributes.map(named),
    `sender: ${message.reversePath}`,
    ...after.map(named),
    ...open.flatMap(({ address, original }) => [
      named(`dsn_orig_rcpt=rfc822;${original}`),
      `original_recipient: ${original}`,
      `recipient: ${address}`,
    ]),
  ].join('\n');
  const numbers = [message.size, envelope.length, open.length, 0, message.size, 0];
  return [
    `*** ENVELOPE RECORDS ${file} ***`,
    `message_size: ${numbers.map((n) => String(n).padStart(15)).join(' ')}`,
    envelope,
    `*** MESSAGE CONTENTS ${file} ***`,
    content.replaceAll('\r\n', '\n').replace(/\n$/, ''),
    `*** HEADER EXTRACTED ${file} ***`,
    `*** MESSAGE FILE END ${file} ***`,
    '',
  ].join('\n');
}

/** ctime(3): `Mon Nov 23 09:00:04 2026`. */
function ctime(time: number, zoneMinutes: number): string {
  const [day = '', date = '', month = '', year = '', clock = ''] = mailDate(time, zoneMinutes)
    .replace(',', '')
    .split(' ');
  return `${day} ${month} ${date.padStart(2, ' ')} ${clock} ${year}`;
}

/** Runs one of the tools that finish at once as root; the learner owns the machine. */
export const sudo = instantTool((args, io) => {
  const [name, ...rest] = args;
  if (name === undefined) {
    io.print('usage: sudo command [arguments]\n');
    return 1;
  }
  const tool = toolNamed(name, io.os.host);
  if (tool === undefined) {
    io.print(`sudo: ${name}: command not found\n`);
    return 1;
  }
  if (tool.handle !== undefined) {
    io.print(`sudo: ${name} needs no superuser here: run it as ${io.user}\n`);
    return 1;
  }
  let code = 0;
  const asRoot: ToolIo = Object.assign(Object.create(io) as ToolIo, {
    user: 'root',
    exit: (exit: number) => {
      code = exit;
    },
  });
  tool.start(rest, asRoot);
  return code;
});
