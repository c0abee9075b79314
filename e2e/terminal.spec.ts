// The terminal in a browser: what typing feels like, what pasting does, what survives.

import { expect, test } from '@playwright/test';
import { converse, expectTerminal, messageToBob, terminalInput, terminalText } from './page.ts';

test.beforeEach(async ({ page }) => {
  await page.goto('#/sandbox');
  await terminalInput(page).focus();
});

test('echoes a key with the next frame', async ({ page }) => {
  await page.keyboard.press('x');
  // Counted in frames, not in milliseconds: a busy machine draws fewer, but not later ones. The median forgives a hiccup.
  const frames = await page.evaluate(async () => {
    const input = document.activeElement as HTMLTextAreaElement;
    const shown = (): string => document.querySelector('.xterm-rows')?.textContent ?? '';
    const counts: number[] = [];
    for (const key of 'abcdefghi') {
      await new Promise(requestAnimationFrame);
      input.value = key;
      input.dispatchEvent(
        new InputEvent('input', { data: key, inputType: 'insertText', bubbles: true, composed: true }),
      );
      let count = 0;
      while (!new RegExp(`x[a-i]*${key}`).test(shown()) && count < 60) {
        await new Promise(requestAnimationFrame);
        count += 1;
      }
      counts.push(count);
    }
    return counts.sort((one, other) => one - other);
  });
  expect(frames[4]).toBeLessThanOrEqual(2);
  await expectTerminal(page, /\$ xabcdefghi$/);
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
