// The filter editor in a browser: a mistake is shown where it is and mended, the script is tried before it is saved, and
// then mail really goes where the trial said.

import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';

const script = (page: Page) => page.getByRole('textbox', { name: /^Sieve script of alice/ });

async function open(page: Page): Promise<void> {
  await page.goto('#/lesson/sieve');
  await page.getByRole('tab', { name: 'Filter' }).click();
  await script(page).focus();
}

test('a mistake is mended, the script tried, saved, and then it sorts', async ({ page }) => {
  await open(page);
  // Monaco puts the closing brace.
  await page.keyboard.type('if haeder :contains "from" "@" {');
  await page.keyboard.press('Escape');
  await page.keyboard.type('fileinto "Junk";');
  await page.keyboard.press('Escape');
  const panel = page.getByRole('tabpanel', { name: 'Filter' });
  await expect(panel.getByText('haeder is no command and no test of Sieve.')).toBeVisible();
  await expect(page.locator('.squiggly-error').first()).toBeAttached();
  await panel.getByRole('button', { name: 'Change to header' }).click();
  await panel.getByRole('button', { name: 'Add require "fileinto"' }).click();
  await expect(panel.getByText('No mistakes.')).toBeVisible();
  await expect(panel.locator('.view-lines')).toContainText('require "fileinto";');

  await panel.getByRole('combobox', { name: 'Try it' }).selectOption('own');
  await expect(panel.getByRole('status').filter({ hasText: 'What would happen' })).toContainText('Junk');

  // A look at another tab loses nothing.
  await page.getByRole('tab', { name: 'Log' }).click();
  await page.getByRole('tab', { name: 'Filter' }).click();
  await expect(panel.getByText('Not saved yet')).toBeVisible();
  const axe = await new AxeBuilder({ page }).include('.filter').analyze();
  expect(axe.violations).toEqual([]);

  await panel.getByRole('button', { name: 'Save on the server' }).click();
  await expect(panel.getByText('Saved. It works from the next message on.')).toBeVisible();
  for (let i = 0; i < 3; i++) {
    await page.getByRole('button', { name: 'Let time pass' }).click();
    await page.getByRole('button', { name: /To the next event/ }).click();
  }
  await expect(panel.getByRole('button', { name: /Sieve script looks at it/ }).first()).toBeVisible();
});

test('words come while one types and under the mouse', async ({ page }) => {
  await open(page);
  await page.keyboard.type('redi', { delay: 40 });
  await expect(page.locator('.suggest-widget')).toContainText('redirect');
  await page.keyboard.press('Escape');
  await page.keyboard.type('rect :copy "a@b.example";');
  await page
    .locator('.view-line span', { hasText: /^redirect$/ })
    .first()
    .hover();
  await expect(page.locator('.monaco-hover').first()).toContainText('another address');
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });
  test('a plain field with the same findings, and nothing sticks out', async ({ page }) => {
    await page.goto('#/lesson/sieve');
    await page
      .getByRole('button', { name: 'Tools' })
      .or(page.getByRole('tab', { name: 'Tools' }))
      .first()
      .click();
    await page.getByRole('tab', { name: 'Filter' }).click();
    await script(page).fill('keep');
    const panel = page.getByRole('tabpanel', { name: 'Filter' });
    await panel.getByRole('button', { name: 'Add the semicolon' }).click();
    await expect(script(page)).toHaveValue('keep;');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
});
