// Recordings of real tools: commands (`$ …`), what they printed, and their exit code (`@ exit 0`). What changes from run to
// run stands in them as ⟨word⟩. Tests only.

import { readFileSync, readdirSync } from 'node:fs';

export interface RecordedCommand {
  readonly command: string;
  readonly output: string;
  readonly exit: number;
}

const root = new URL('../recordings/', import.meta.url);

export function recordingText(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

export function recordingNames(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, root)).map((file) => file.replace(/\.txt$/, ''));
}

export function recordedCommands(path: string): RecordedCommand[] {
  const commands: RecordedCommand[] = [];
  let command: string | undefined;
  let output = '';
  // A terminal does not show the CR of what a server sent.
  for (const line of recordingText(path).replaceAll('\r', '').split('\n')) {
    const exit = /^@ exit (\d+)$/.exec(line);
    if (line.startsWith('$ ')) {
      command = line.slice(2);
      output = '';
    } else if (exit !== null && command !== undefined) {
      commands.push({ command, output, exit: Number(exit[1]) });
      command = undefined;
    } else if (command !== undefined) output += `${line}\n`;
  }
  return commands;
}
