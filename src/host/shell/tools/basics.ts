// The small commands that say who and where one is: hostname, whoami, date, echo, clear, pwd.

import { MONTHS, WEEKDAYS, dateFields, type Time } from '../../../base/dates.ts';
import { instantTool } from '../tool.ts';

const two = (n: number): string => String(n).padStart(2, '0');

/** The abbreviation of a zone, as date(1) prints it. */
export function zoneName(zoneMinutes: number): string {
  if (zoneMinutes === 0) return 'UTC';
  if (zoneMinutes === 60) return 'CET';
  if (zoneMinutes === 120) return 'CEST';
  const size = Math.abs(zoneMinutes);
  return `${zoneMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${size % 60 === 0 ? '' : two(size % 60)}`;
}

/** `Mon Nov 23 09:00:04 CET 2026`, as date(1) and dig print it. */
export function dateText(time: Time, zoneMinutes: number): string {
  const f = dateFields(time, zoneMinutes);
  const clock = `${two(f.hour)}:${two(f.minute)}:${two(f.second)}`;
  return `${WEEKDAYS[f.weekday]} ${MONTHS[f.month - 1]} ${String(f.day).padStart(2, ' ')} ${clock} ${zoneName(zoneMinutes)} ${f.year}`;
}

export const date = instantTool((args, io) => {
  if (args.length > 0 && args[0] !== '-u') {
    io.print(`date: invalid date ‘${args.join(' ')}’\n`);
    return 1;
  }
  io.print(`${dateText(io.os.now, args[0] === '-u' ? 0 : io.os.host.zoneMinutes)}\n`);
  return 0;
});

export const hostname = instantTool((args, io) => {
  const [option] = args;
  const { name } = io.os.host;
  if (option === undefined || option === '-s') io.print(`${name.split('.')[0]}\n`);
  else if (option === '-f' || option === '--fqdn') io.print(`${name}\n`);
  else if (option === '-d') io.print(`${name.split('.').slice(1).join('.')}\n`);
  else if (option === '-i' || option === '-I') io.print(`${io.os.net.addresses.join(' ')}\n`);
  else {
    io.print(
      option.startsWith('-')
        ? `hostname: invalid option -- '${option.charAt(1)}'\n`
        : 'hostname: you must be root to change the host name\n',
    );
    return 1;
  }
  return 0;
});

export const whoami = instantTool((_args, io) => {
  io.print(`${io.user}\n`);
  return 0;
});

export const pwd = instantTool((_args, io) => {
  io.print(`${io.home}\n`);
  return 0;
});

export const echo = instantTool((args, io) => {
  const bare = args[0] === '-n';
  io.print(`${args.slice(bare ? 1 : 0).join(' ')}${bare ? '' : '\n'}`);
  return 0;
});

/** What terminfo(5) says clears an xterm and its scroll-back. */
export const clear = instantTool((_args, io) => {
  io.print('\x1b[H\x1b[2J\x1b[3J');
  return 0;
});
