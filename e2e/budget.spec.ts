// What the first load may cost: page script up to the moment when the terminal can be used, and no shift of the layout.

import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';

const kilobyte = 1024;

test('a terminal costs at most 130 kB of page script', async ({ page }) => {
  const sizes = new Map<string, number>();
  let isReady = false;
  page.on('response', async (response) => {
    const url = response.url();
    if (isReady || !url.endsWith('.js') || /worker-|offline\.js|sw\.js/.test(url)) return;
    sizes.set(url, gzipSync(await response.body()).length);
  });
  await page.goto('#/sandbox');
  await expect(page.locator('.xterm-rows').first()).toContainText('$');
  isReady = true;
  const parts = [...sizes].filter(
    ([url]) => !/Map|Why|Timeline|Mailboxes|Clock|story|explain|page-|Rules|Tone/.test(url),
  );
  const total = parts.reduce((sum, [, size]) => sum + size, 0);
  expect(total).toBeGreaterThan(90 * kilobyte);
  expect(total).toBeLessThanOrEqual(130 * kilobyte);
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
