// The settings that the learner may change, as they stand. The description says which there are and how they began; the
// trace says what was changed since.

import type { TraceEvent } from '../host/events.ts';
import { settingKey, settingOf, shapeOf } from '../host/settings.ts';
import { withKeys } from '../world/build.ts';
import type { WorldDescription } from '../world/description.ts';
import { put, valueAt, type History } from './history.ts';
import type { SettingView } from './types.ts';

/** By host, program and setting. */
export type Settings = Map<string, History<SettingView>>;

const keyOf = (host: string, program: string, setting: string): string => `${host} ${program} ${setting}`;

export function openSettings(description: WorldDescription): Settings {
  const settings: Settings = new Map();
  for (const { name, programs } of description.hosts)
    for (const [program, { kind, config, settings: names }] of Object.entries(programs ?? {}))
      for (const setting of names ?? []) {
        const shape = shapeOf(kind, setting);
        if (shape === undefined) continue;
        const value = withKeys(settingOf(config, setting), description.keys ?? {});
        const key = settingKey(kind, setting);
        const user = key === setting ? {} : { user: setting.split('.')[1] ?? '' };
        const view: SettingView = { host: name, program, kind, setting, key, ...user, shape, value, seq: 0 };
        settings.set(keyOf(name, program, setting), [{ seq: 0, value: view }]);
      }
  return settings;
}

/** True when a setting of these has changed. */
export function foldSettings(settings: Settings, event: TraceEvent): boolean {
  if (event.type !== 'program.configured') return false;
  const states = settings.get(keyOf(event.host, event.program, event.setting));
  const before = states?.[0]?.value;
  if (states === undefined || before === undefined) return false;
  put(states, event.seq, { ...before, value: event.value, seq: event.seq });
  return true;
}

/** Every setting as it was after event `seq`, in the order of the description. */
export function settingViews(settings: Settings, seq: number): readonly SettingView[] {
  return [...settings.values()].flatMap((states) => valueAt(states, seq) ?? []);
}
