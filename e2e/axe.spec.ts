// Accessibility as far as a machine can see it: axe finds nothing, on every screen, in both themes, wide and narrow.

import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { converse, messageToBob, terminalInput } from './page.ts';

async function expectNothing(page: Page): Promise<void> {
  // The lesson's text comes after the terminal; its heading is part of the page that is judged.
  await page.locator('h1').first().waitFor({ state: 'attached' });
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`),
  ).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('start, lesson', async ({ page }) => {
      await page.goto('');
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectNothing(page);
      await page.goto('#/lesson/first-helo');
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.locator('.xterm-rows').first()).toContainText('$');
      await expectNothing(page);
    });

    test('sandbox with a message, its reasons, headers, log, list, past, presenting', async ({ page }) => {
      test.setTimeout(120_000);
      await page.goto('#/sandbox');
      await terminalInput(page).focus();
      await converse(page, messageToBob('Hello'));
      const pace = page.getByRole('button', { name: /^Pace:/ });
      for (let i = 0; i < 3; i++) await pace.click();
      await expect(page.getByRole('heading', { name: /Junk/ })).toBeVisible({ timeout: 30_000 });
      await page.locator('details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
      await expectNothing(page);
      await page.getByRole('button', { name: /^Junk Hello/ }).click();
      await page.getByRole('button', { name: 'Open the message' }).click();
      await page.getByRole('button', { name: 'Headers' }).click();
      await page.getByRole('button', { name: 'Return-Path' }).click();
      await expectNothing(page);
      await page.getByRole('tab', { name: 'Log' }).click();
      await page.getByRole('button', { name: 'Show as a list' }).click();
      await expectNothing(page);
      await page.getByRole('button', { name: 'Show as a map' }).click();
      await page.getByRole('button', { name: 'One event back' }).click();
      await expectNothing(page);
      await page.getByRole('button', { name: 'Back to now' }).click();
      await page.getByRole('button', { name: 'Present' }).click();
      await expect(page.locator('.presenter')).toBeVisible();
      await expectNothing(page);
    });
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true });

  test('every part is reached, nothing sticks out, axe finds nothing', async ({ page }) => {
    await page.goto('#/lesson/first-helo');
    const bar = page.getByRole('navigation', { name: 'Parts of the page' });
    for (const part of ['Lesson', 'Map', 'Terminal', 'Tools', 'Why?']) {
      await bar.getByRole('button', { name: part }).tap();
      await page.waitForTimeout(400);
      await expectNothing(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    }
  });
});
