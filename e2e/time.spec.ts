// Time: it stands still, it passes when told to, and one can look back without changing anything.

import { expect, test } from '@playwright/test';
import { converse, terminalInput } from './page.ts';

test.beforeEach(async ({ page }) => {
  await page.goto('#/sandbox');
  await expect(page.locator('.xterm-rows').first()).toContainText('$');
});

test('an hour passes at a click, and not by itself', async ({ page }) => {
  const clock = page.locator('header time b');
  const before = (await clock.textContent()) ?? '';
  await page.waitForTimeout(1200);
  await expect(clock).toHaveText(before);
  await page.getByRole('button', { name: 'Let time pass' }).click();
  await page.getByRole('button', { name: /^One hour/ }).click();
  const hour = String(Number(before.slice(0, 2)) + 1).padStart(2, '0');
  await expect(clock).toHaveText(new RegExp(`^${hour}:`), { timeout: 30_000 });
});

test('the past is read-only and leads back to now', async ({ page }) => {
  await terminalInput(page).focus();
  await converse(page, [['telnet mx.hafen.example 25', /220 mx\.hafen\.example ESMTP Postfix\n/]]);
  const slider = page.getByRole('slider', { name: 'Moment shown' });
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(page.getByText('You are looking at the past. Read only.')).toBeVisible();
  await expect(page.locator('[role=tabpanel][inert] [data-terminal]').first()).toBeAttached();
  await page.keyboard.press('ArrowRight');
  await expect(slider).toHaveAttribute('aria-valuenow', '1');
  await page.getByRole('button', { name: 'Back to now' }).click();
  await expect(page.getByText('You are looking at the past. Read only.')).toHaveCount(0);
  await terminalInput(page).focus();
  await converse(page, [['QUIT', /221 2\.0\.0 Bye/]]);
});

test('presenting: one key moves on, the caption says what happened', async ({ page }) => {
  await page.locator('main').focus();
  await page.keyboard.press('p');
  const caption = page.locator('.caption .what');
  await expect(caption).toHaveText('Ready. Type a command, then move on with the space bar.');
  await terminalInput(page).focus();
  await converse(page, [['telnet mx.hafen.example 25', /220 mx\.hafen\.example ESMTP Postfix\n/]]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await page.locator('.presenter').click({ position: { x: 20, y: 40 } });
  await expect(caption).toHaveText('Ready. Type a command, then move on with the space bar.');
  await page.keyboard.press('ArrowRight');
  await expect(caption).toHaveText('You enter: telnet mx.hafen.example 25');
  await page.keyboard.press('n');
  await page.keyboard.press('n');
  await expect(caption).not.toHaveText('You enter: telnet mx.hafen.example 25');
  await page.keyboard.press('Escape');
  await expect(page.locator('header')).toBeVisible();
});

test.describe('with less motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });
  test('steps take the place of motion', async ({ page }) => {
    await terminalInput(page).focus();
    await converse(page, [['telnet mx.hafen.example 25', /220 mx\.hafen\.example ESMTP Postfix\n/]]);
    const places = await page.evaluate(async () => {
      const seen = new Map<string, Set<string>>();
      const end = performance.now() + 2500;
      while (performance.now() < end) {
        const token = document.querySelector<HTMLElement>('.flight');
        if (token) {
          const label = token.getAttribute('aria-label') ?? '';
          const all = seen.get(label) ?? new Set<string>();
          all.add(token.style.transform);
          seen.set(label, all);
        }
        await new Promise(requestAnimationFrame);
      }
      return [...seen.values()].map((all) => all.size);
    });
    expect(places.length).toBeGreaterThan(0);
    expect(Math.max(...places)).toBeLessThanOrEqual(4);
  });
});
