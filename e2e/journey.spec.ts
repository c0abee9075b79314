// The main job, with the keyboard alone: a letter typed by hand lands in Junk, the learner asks why, repairs the SPF record,
// publishes it, waits for the caches, sends again, and it lands in the Inbox.

import { expect, test, type Page } from '@playwright/test';
import { converse, expectTerminal, messageToBob, tabTo, terminalInput } from './page.ts';

test('by hand into Junk, why, repair, publish, wait, Inbox: keyboard only', async ({ page }) => {
  test.setTimeout(180_000);
  await page.goto('#/sandbox');
  const terminal = terminalInput(page);
  await expect(terminal).toBeAttached();

  // A letter by hand.
  await tabTo(page, terminal);
  await converse(page, messageToBob('First try'));

  // Escape and Tab lead out of the terminal, to the editor.
  const editor = page.getByRole('textbox', { name: /^Zone file of wolke\.example/ });
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(terminal).not.toBeFocused();
  await skipToNow(page);
  await expect(page.getByText('First try').first()).toBeVisible({ timeout: 60_000 });

  // Why? The light that says SPF fail explains itself and leads to the record.
  const light = page.getByRole('button', { name: /SPF.*fail/i }).first();
  await tabTo(page, light, 150);
  await page.keyboard.press('Enter');
  const way = page.getByRole('button', { name: /^Open the TXT record of wolke\.example/ });
  await tabTo(page, way, 150);
  await page.keyboard.press('Enter');
  await expect(editor).toBeFocused();

  // The cursor is in the line of the record: replace the address in it.
  await page.keyboard.press('Control+f');
  await page.keyboard.type('192.0.2.99');
  await page.keyboard.press('Escape');
  await page.keyboard.type('203.0.113.77');
  await tabTo(page, page.getByRole('button', { name: 'Raise the serial' }));
  await page.keyboard.press('Enter');
  await expect(page.getByText(/Serial still/)).toHaveCount(0);
  const publish = page.getByRole('button', { name: 'Publish', exact: true });
  await tabTo(page, publish, 150);
  await page.keyboard.press('Enter');
  await expect(page.getByText(/answers from this text now/)).toBeVisible();

  // Bob's resolver still holds the old record.
  const entry = page.locator('section.zone').getByRole('listitem').filter({ hasText: '192.0.2.99' });
  await expect(entry).toContainText('old');
  await tabTo(page, entry.getByRole('button', { name: /^Let it pass/ }), 150);
  await page.keyboard.press('Enter');
  await expect(entry).toHaveCount(0);

  // Again, and now into the Inbox.
  await tabTo(page, terminal, 150);
  await converse(page, messageToBob('Second try'));
  await expectTerminal(page, /queued as/);
  await skipToNow(page);
  await expect(page.getByRole('button', { name: /Inbox.*Second try|Second try.*Inbox/ }).first()).toBeVisible(
    { timeout: 60_000 },
  );
});

/** The playhead goes to the end at once, instead of walking there. */
async function skipToNow(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await tabTo(page, page.getByRole('slider').first(), 150);
  await page.keyboard.press('End');
}
