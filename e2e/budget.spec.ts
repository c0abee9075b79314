// What the first load may cost: page script up to the moment when the terminal can be used, and no shift of the layout.

import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

const kilobyte = 1000;

test('a terminal costs at most 134 kB of page script', async ({ page }) => {
  const bodies = new Map<string, Promise<Buffer | undefined>>();
  page.on('response', (response) => {
    if (response.url().endsWith('.js'))
      bodies.set(
        response.url(),
        response.body().catch(() => undefined),
      );
  });
  // What was loaded when the prompt stood.
  await page.addInitScript(() => {
    const look = (): void => {
      if (document.querySelector('.xterm-rows')?.textContent.includes('$') !== true) {
        requestAnimationFrame(look);
        return;
      }
      const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
      Object.assign(window, { loadedScripts: loaded });
    };
    requestAnimationFrame(look);
  });
  await page.goto('#/sandbox');
  await page.waitForFunction(() => 'loadedScripts' in window);
  const urls = await page.evaluate(() => (window as unknown as { loadedScripts: string[] }).loadedScripts);
  // The engine's scripts run in the worker and have a bundle of their own.
  const engine = new Set<string>();
  const visit = async (url: string): Promise<void> => {
    if (engine.has(url)) return;
    engine.add(url);
    const text = (await bodies.get(url))?.toString() ?? '';
    for (const match of text.matchAll(/["']\.\/([\w.-]+\.js)["']/g))
      await visit(new URL(match[1] ?? '', url).href);
  };
  for (const url of urls.filter((one) => /\/worker-[^/]*$/.test(one))) await visit(url);
  expect(engine.size).toBeGreaterThan(0);
  let total = 0;
  for (const url of new Set(urls)) {
    const body = engine.has(url) ? undefined : await bodies.get(url);
    if (body) total += gzipSync(body).length;
  }
  expect(total).toBeGreaterThan(90 * kilobyte);
  expect(total).toBeLessThanOrEqual(134 * kilobyte);
});

test('nothing shifts while a world opens', async ({ page }) => {
  await page.addInitScript(() => {
    const found: number[] = [];
    Object.assign(window, { shifts: found });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        found.push((entry as PerformanceEntry & { value: number }).value);
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto('#/lesson/first-helo');
  await expect(page.locator('.xterm-rows').first()).toContainText('$');
  await page.waitForTimeout(1500);
  const shifts = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts);
  expect(shifts.reduce((sum, value) => sum + value, 0)).toBeLessThan(0.05);
});
