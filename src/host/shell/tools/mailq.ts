// mailq and postqueue -p: Postfix's queue as showq prints it, character by character. The queue itself is the MTA's; here
// are only columns. postqueue(1).

import { MONTHS, WEEKDAYS, dateFields } from '../../../base/dates.ts';
import { listQueue, type QueueListing } from '../../mta/queue.ts';
import type { MtaState } from '../../mta/state.ts';
import type { Call, Os } from '../../program.ts';
import { instantTool, type ToolIo } from '../tool.ts';

const HEADING = '-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n';
const USAGE =
  'postqueue: fatal: usage: postqueue -f | postqueue -i queueid | postqueue -j | postqueue -p | postqueue -s site\n';

const two = (n: number): string => String(n).padStart(2, '0');

/** ctime(3) without the year: `Mon Nov 23 09:00:04`. */
function arrivalText(time: number, zoneMinutes: number): string {
  const f = dateFields(time, zoneMinutes);
  const day = String(f.day).padStart(2, ' ');
  return `${WEEKDAYS[f.weekday]} ${MONTHS[f.month - 1]} ${day} ${two(f.hour)}:${two(f.minute)}:${two(f.second)}`;
}

/** The listing of a queue. `zoneMinutes` east of Greenwich of the host's clock. */
export function mailqText(queue: readonly QueueListing[], zoneMinutes: number): string {
  if (queue.length === 0) return 'Mail queue is empty\n';
  let out = HEADING;
  let bytes = 0;
  for (const message of queue) {
    bytes += message.size;
    const id = `${message.queueId}${message.flag}`.padEnd(11);
    const size = String(message.size).padStart(7);
    out += `${id} ${size} ${arrivalText(message.arrivedAt, zoneMinutes)}  ${message.sender}\n`;
    let shown: string | undefined;
    for (const recipient of message.recipients) {
      if (recipient.reason !== undefined && recipient.reason !== shown) {
        shown = recipient.reason;
        out += `${' '.repeat(Math.max(0, 76 - shown.length))}(${shown})\n`;
      }
      out += `${' '.repeat(41)}${recipient.address}\n`;
    }
    out += '\n';
  }
  const requests = `${queue.length} Request${queue.length === 1 ? '' : 's'}`;
  return `${out}-- ${Math.floor(bytes / 1024)} Kbytes in ${requests}.\n`;
}

function queueOf(os: Os): QueueListing[] {
  for (const program of os.host.programs.values())
    if (program.kind === 'mta') return listQueue((program.state as MtaState).queue);
  return [];
}

/** Tells the MTA of this host. */
export function toMta(os: Os, call: Call): void {
  for (const [id, program] of os.host.programs) if (program.kind === 'mta') os.call(id, call);
}

export const mailq = instantTool((args, io) => {
  if (args.length > 0 && args[0] !== '-v') return postqueueUsage(io, args[0] ?? '');
  io.print(mailqText(queueOf(io.os), io.os.host.zoneMinutes));
  return 0;
});

function postqueueUsage(io: ToolIo, option: string): number {
  const letter = /^-([^fijpsv])/.exec(option)?.[1];
  if (letter !== undefined) io.print(`postqueue: invalid option -- '${letter}'\n`);
  io.print(USAGE);
  return 69;
}

export const postqueue = instantTool((args, io) => {
  const [option = '', ...rest] = args;
  const [queueId] = rest;
  if (option === '-i' && rest.length === 1 && queueId !== undefined) {
    toMta(io.os, { type: 'attempt', queueId });
    return 0;
  }
  // A site is flushed by its domain, which only fast_flush_domains would have a list for.
  if (option === '-s' && rest.length === 1) return 0;
  if (rest.length > 0 || !/^-[fjp]$/.test(option)) return postqueueUsage(io, option);
  const queue = queueOf(io.os);
  if (option === '-p') io.print(mailqText(queue, io.os.host.zoneMinutes));
  else if (option === '-j') for (const message of queue) io.print(`${jsonText(message)}\n`);
  else toMta(io.os, { type: 'flush' });
  return 0;
});

/** One line of `postqueue -j`. */
function jsonText(message: QueueListing): string {
  const name = message.flag === '*' ? 'active' : message.flag === '!' ? 'hold' : 'deferred';
  const recipients = message.recipients.map(
    (r) =>
      `{"address": ${JSON.stringify(r.address)}${r.reason === undefined ? '' : `, "delay_reason": ${JSON.stringify(r.reason)}`}}`,
  );
  return (
    `{"queue_name": "${name}", "queue_id": "${message.queueId}", "arrival_time": ${Math.floor(message.arrivedAt / 1000)}, ` +
    `"message_size": ${message.size}, "forced_expire": false, "sender": ${JSON.stringify(message.sender)}, ` +
    `"recipients": [${recipients.join(', ')}]}`
  );
}
