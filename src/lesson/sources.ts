// What a lesson asks of the running world, and its reference solution. The rules of a lesson are those of src/lesson; this
// file brings them the evidence.

import { commandOf, zoneText, type ScriptLine } from './script.ts';
import type { LessonSources } from './runtime.ts';
import { lintZone } from '../dns/lint.ts';
import { rdataText, typeCode, typeName } from '../dns/records.ts';
import { parseZone } from '../dns/zone-file.ts';
import type { Journal } from '../view/journal.ts';
import type { Command } from '../world/command.ts';
import { apply, type World } from '../world/world.ts';

export function lessonSources(journal: () => Journal): LessonSources {
  return {
    // The coach knows the learner's own mistakes, and no others.
    mistakes: () => new Map(journal().coach.hints.map((hint) => [hint.id, hint.seq])),
    records: (world, zone) =>
      parseZone(zoneText(world, zone), zone).records.map((record) => ({
        name: record.name,
        type: typeName(typeCode(record.data)),
        text: record.data.type === 'TXT' ? record.data.strings.join('') : rdataText(record.data),
      })),
    findings: (world, zone) => {
      const parsed = parseZone(zoneText(world, zone), zone);
      return [
        ...parsed.problems.map(({ code }) => code),
        ...lintZone(parsed).flatMap(({ id, severity }) => (severity === 'info' ? [] : [id])),
      ];
    },
  };
}

/** Plays a script on a world and tells the commands that it came to. */
export function playScript(
  world: World,
  script: readonly ScriptLine[],
): readonly { readonly text: string; readonly command: Command }[] {
  return script.map(({ text, step }) => {
    const command = commandOf(world, step);
    const refusal = apply(world, command);
    if (refusal !== undefined) throw new Error(`"${text}" was refused: ${refusal.id}`);
    return { text, command };
  });
}
