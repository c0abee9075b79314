// The terminal in a browser: what typing feels like, what pasting does, what survives.

import { expect, test } from '@playwright/test';
import { converse, expectTerminal, messageToBob, terminalInput, terminalText } from './page.ts';

test.beforeEach(async ({ page }) => {
  await page.goto('#/sandbox');
  await terminalInput(page).focus();
});

test('echoes a key within a frame', async ({ page }) => {
  const rows = page.locator('.xterm-rows').first();
  await page.keyboard.press('d');
  const waited = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const rows = document.querySelector('.xterm-rows');
        const started = performance.now();
        const look = (): void => {
          if (rows?.textContent.includes('$ dq')) resolve(performance.now() - started);
          else requestAnimationFrame(look);
        };
        const input = document.activeElement as HTMLTextAreaElement;
        input.value = 'q';
        input.dispatchEvent(
          new InputEvent('input', { data: 'q', inputType: 'insertText', bubbles: true, composed: true }),
        );
        look();
      }),
  );
  await expect(rows).toContainText('$ dq');
  expect(waited).toBeLessThan(50);
});

test('completes, remembers, and tells what it does not know', async ({ page }) => {
  await page.keyboard.type('teln');
  await page.keyboard.press('Tab');
  await expectTerminal(page, /\$ telnet $/);
  await page.keyboard.press('Control+c');
  await converse(page, [['whoamI', /whoamI: command not found/]]);
  await page.keyboard.press('ArrowUp');
  await expectTerminal(page, /\$ whoamI$/);
});

test('lines pasted into telnet reach the server in one go, and Postfix objects', async ({ page }) => {
  await converse(page, [['telnet mx.hafen.example 25', /220 .*\n/]]);
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData('text/plain', 'EHLO laptop\nNOOP\nRSET\n');
    document.activeElement?.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    );
  });
  await expectTerminal(page, /EHLO laptop\nNOOP\nRSET\n554 5\.5\.0 Error: SMTP protocol synchronization\n/);
});

test('what was typed and printed is there after a reload', async ({ page }) => {
  await converse(page, messageToBob('Kept'));
  const before = await terminalText(page);
  await page.waitForTimeout(300);
  await page.reload();
  await expect.poll(() => terminalText(page)).toBe(before);
});

test('changing tabs keeps the session and the half-typed line', async ({ page }) => {
  await page.keyboard.type('dig MX haf');
  await page.getByRole('tab', { name: /mail/ }).first().click();
  await page
    .getByRole('tab', { name: /laptop/ })
    .first()
    .click();
  await expect(terminalInput(page)).toBeFocused();
  await page.keyboard.type('en.example');
  await expectTerminal(page, /dig MX hafen\.example$/);
});

test('the session can be saved as a file', async ({ page }) => {
  await converse(page, [['hostname', /\nlaptop\S*\n/]]);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save session' }).first().click();
  expect((await download).suggestedFilename()).toBe('laptop.home.example.txt');
});
