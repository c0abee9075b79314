// The same tape gives the same trace in the browser's worker and in Node, byte for byte.

import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { readLessons } from '../src/build/lessons.ts';
import { TOOL_NAMES } from '../src/host/shell/tool-names.ts';
import '../src/host/testing/equipment.ts';
import { parseScript } from '../src/lesson/script.ts';
import type { ScenarioRef } from '../src/worker/api.ts';
import { Engine } from '../src/worker/engine.ts';
import { startOf } from '../src/worker/start.ts';
import type { WorldDescription } from '../src/world/description.ts';

const all = readLessons(fileURLToPath(new URL('../lessons', import.meta.url)));
const library = {
  world: (name: string) => all.worlds[name],
  lesson: (id: string) => Promise.resolve(all.bodies.get(id) ?? null),
};

const tools: ReadonlySet<string> = new Set(TOOL_NAMES.map((name) => `tool ${name}`));

/** The programs of a lesson's world with what is configured of them, and the tools and commands of its solution. */
function partsOf(id: string): ReadonlySet<string> {
  const body = all.bodies.get(id);
  const world = body?.world as WorldDescription | undefined;
  const programs = (world?.hosts ?? []).flatMap((host) =>
    Object.values(host.programs ?? {}).flatMap(({ kind, config }) =>
      [kind, ...Object.keys(config).map((key) => `${kind}.${key}`)].map((name) => `program ${name}`),
    ),
  );
  const steps = parseScript(body?.solution ?? '').map(({ step }) =>
    step.kind === 'line' ? `tool ${step.text.split(' ')[0] ?? ''}` : `step ${step.kind}`,
  );
  return new Set([...programs, ...steps.filter((part) => tools.has(part) || part.startsWith('step '))]);
}

/** Lessons that together have every part that any lesson has: a browser is slow, and each part differs or does not. */
function lessonsWithAllParts(): string[] {
  const open = new Set(all.lessons.flatMap(({ id }) => [...partsOf(id)]));
  const chosen: string[] = [];
  while (open.size > 0) {
    const gain = (id: string): number => [...partsOf(id)].filter((part) => open.has(part)).length;
    const best = all.lessons.reduce((a, b) => (gain(b.id) > gain(a.id) ? b : a));
    for (const part of partsOf(best.id)) open.delete(part);
    chosen.push(best.id);
  }
  return chosen;
}

for (const id of lessonsWithAllParts())
  test(`the solution of ${id} leaves the same trace in the worker as in Node [G-02] [G-09]`, async ({
    page,
  }) => {
    test.setTimeout(120_000);
    const scenario: ScenarioRef = { kind: 'lesson', id };
    const engine = new Engine(scenario, await startOf(scenario, library));
    for (const { command } of engine.solution()) expect(engine.run(command)).toBeUndefined();
    const saved = engine.save();

    await page.goto('');
    const script = page.waitForEvent('worker');
    await page.goto(`#/lesson/${id}`);
    const url = (await script).url();
    const hash = await page.evaluate(
      async ([workerUrl, json]: [string, string]) => {
        const world = JSON.parse(json) as { scenario: unknown };
        // Comlink's own messages, without its proxy: a second worker that the page knows nothing of.
        const worker = new Worker(workerUrl, { type: 'module' });
        const ask = (name: string, ...values: unknown[]): Promise<unknown> =>
          new Promise((resolve) => {
            const call = `${name}-${Math.random()}`;
            const hear = ({ data }: MessageEvent<{ id: string; value: unknown }>): void => {
              if (data.id !== call) return;
              worker.removeEventListener('message', hear);
              resolve(data.value);
            };
            worker.addEventListener('message', hear);
            const argumentList = values.map((value) => ({ type: 'RAW', value }));
            worker.postMessage({ id: call, type: 'APPLY', path: [name], argumentList });
          });
        await ask('ready');
        await ask('open', world.scenario, world);
        const found = await ask('traceHash');
        worker.terminate();
        return found;
      },
      [url, JSON.stringify(saved)] as [string, string],
    );
    expect(hash).toBe(engine.traceHash());
  });
