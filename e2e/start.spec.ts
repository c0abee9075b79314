// The first screen: what is there, that it speaks two languages, that choices are remembered, that nothing leaves the origin.

import { expect, test } from '@playwright/test';

test('lists the lessons, each with a link of its own, and leads into one', async ({ page }) => {
  await page.goto('');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const links = page.locator('main ol a');
  const hrefs = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  expect(hrefs.length).toBeGreaterThan(0);
  expect(new Set(hrefs).size).toBe(hrefs.length);
  const title = await links.first().locator('b').textContent();
  await links.first().click();
  await expect(page.getByRole('heading', { level: 1, name: title ?? '' })).toBeVisible();
  await page.goBack();
  await expect(links.first()).toBeVisible();
});

test('speaks German when asked, and remembers language and colours', async ({ page }) => {
  await page.goto('');
  await page.getByRole('combobox', { name: 'Language' }).selectOption('de');
  await expect(page.getByRole('link', { name: 'Lektionen', exact: true })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await page.getByRole('button', { name: /^Farben: wie das System/ }).click();
  await page.getByRole('button', { name: /^Farben: hell/ }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.getByRole('link', { name: 'Lektionen', exact: true })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test.describe('for a German reader', () => {
  test.use({ locale: 'de-DE', colorScheme: 'dark' });
  test('starts in German and dark', async ({ page }) => {
    await page.goto('');
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  });
});

test('asks no other origin for anything and prints no warning', async ({ page, baseURL }) => {
  const foreign: string[] = [];
  const said: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(baseURL ?? '') && !/^(data|blob):/.test(url)) foreign.push(url);
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) said.push(message.text());
  });
  page.on('pageerror', (error) => said.push(error.message));
  for (const place of ['', '#/sandbox', '#/lesson/first-helo']) {
    await page.goto(place);
    await expect(page.locator('main')).toBeVisible();
    await page.waitForTimeout(1500);
  }
  expect(foreign).toEqual([]);
  expect(said).toEqual([]);
});
