// The same tape gives the same trace in the browser's worker and in Node, byte for byte.

import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { readLessons } from '../src/build/lessons.ts';
import '../src/host/testing/equipment.ts';
import type { ScenarioRef } from '../src/worker/api.ts';
import { Engine } from '../src/worker/engine.ts';
import { startOf } from '../src/worker/start.ts';

const all = readLessons(fileURLToPath(new URL('../lessons', import.meta.url)));
const library = {
  world: (name: string) => all.worlds[name],
  lesson: (id: string) => Promise.resolve(all.bodies.get(id) ?? null),
};

for (const { id } of all.lessons)
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
