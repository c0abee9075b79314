// Messages of the reader's own and "what if": a pasted message is judged by pasted records, a missing one is asked for, a
// repaired one turns the verdict; a draft shows what it would change before it is published.

import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { converse, messageToBob, terminalInput } from './page.ts';

const verdict = (page: Page) => page.getByRole('region', { name: 'Verdict' });
const records = (page: Page) => page.getByRole('textbox', { name: 'DNS records' });

test('a sample passes, a lost record is missing, a broken one fails, and put right it passes again', async ({
  page,
}) => {
  await page.goto('');
  await page.getByRole('link', { name: /^Check a message of your own/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check a message');
  await page.getByRole('button', { name: 'Try a genuine message' }).click();
  await expect(verdict(page)).toContainText('genuine in the eyes of DMARC');
  await expect(page.getByRole('textbox', { name: 'IP address of the sending server' })).toHaveValue(
    '192.0.2.10',
  );
  const whole = await records(page).inputValue();

  await records(page).fill(
    whole
      .split('\n')
      .filter((line) => !line.includes('_domainkey'))
      .join('\n'),
  );
  await expect(verdict(page)).toContainText('Missing: paste this record');
  await expect(verdict(page)).toContainText('dig TXT s1._domainkey.wolke.example');
  await verdict(page)
    .getByRole('button', { name: 'TXT of s1._domainkey.wolke.example does not exist' })
    .click();
  await expect(verdict(page)).not.toContainText('Missing:');
  await expect(verdict(page).getByText('permerror').first()).toBeVisible();

  await records(page).fill(whole.replace('ip4:192.0.2.10', 'ip4:192.0.2.99').replace('p=MI', 'p=MJ'));
  await expect(verdict(page)).toContainText(
    'The message fails DMARC. wolke.example asks receivers to put it into the spam',
  );
  await records(page).fill(whole);
  await expect(verdict(page)).toContainText('genuine in the eyes of DMARC');

  await page.reload();
  await expect(records(page)).toHaveValue(whole);
  await expect(verdict(page)).toContainText('genuine in the eyes of DMARC');
  await page.getByRole('button', { name: 'Clear everything' }).click();
  await expect(records(page)).toHaveValue('');
  await page.getByRole('button', { name: 'Bring it back' }).click();
  await expect(verdict(page)).toContainText('genuine in the eyes of DMARC');

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Message and records (.zip)' }).click();
  expect((await download).suggestedFilename()).toBe('Minutes-of-Monday.zip');
});

test('bad input says what is wrong and loses nothing', async ({ page }) => {
  await page.goto('#/check');
  const message = page.getByRole('textbox', { name: 'The message' });
  await message.fill('Hello, this is not a header');
  await expect(verdict(page)).toContainText('No header field was found');
  await page.getByRole('button', { name: 'Try a forged one' }).click();
  await expect(verdict(page)).toContainText('The message fails DMARC');
  await page.getByRole('textbox', { name: 'IP address of the sending server' }).fill('1.2.3');
  await expect(verdict(page)).toContainText('“1.2.3” is no IP address');
  await page.getByRole('textbox', { name: 'IP address of the sending server' }).fill('192.0.2.99');
  await expect(verdict(page)).toContainText('something that passes belongs to wolke.example');
  await page.locator('input[type=file]').setInputFiles({
    name: 'photo.jpg',
    mimeType: 'image/jpeg',
    buffer: Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 37) & 255)),
  });
  await expect(page.getByText(/^photo\.jpg, 3 kB: kept byte for byte/)).toBeVisible();
  await expect(verdict(page)).toContainText('No header field was found');
});

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the check page (${scheme})`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto('#/check');
    await page.getByRole('button', { name: 'Try a forged one' }).click();
    await expect(verdict(page)).toContainText('The message fails DMARC');
    await records(page).fill('wolke.example TXT "v=spf1 +all"\nwolke.example TXT "v=spf1 -all"\nx A 1.2.3\n');
    await expect(verdict(page)).toContainText('Missing:');
    await expect(verdict(page)).toContainText('Two SPF records');
    const found = await new AxeBuilder({ page }).analyze();
    expect(found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html ?? ''}`)).toEqual([]);
  });
}

test('what if: a draft shows what it would change, and the mailbox hands a message to the check page', async ({
  page,
}) => {
  await page.goto('#/sandbox');
  await terminalInput(page).focus();
  await converse(page, messageToBob('If only'));
  await page.getByRole('tab', { name: /wolke\.example/ }).click();
  await page.getByRole('button', { name: 'What if', exact: true }).click();
  await expect(page.getByText('This draft changes nothing for the last 1 message.')).toBeVisible();
  await page.getByRole('textbox', { name: /^Zone file of wolke\.example/ }).focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Control+f');
  await page.keyboard.type('192.0.2.99');
  await page.keyboard.press('Escape');
  await page.keyboard.insertText('203.0.113.77');
  await expect(page.getByText('1 of 1 would end otherwise.')).toBeVisible();
  const row = page.getByRole('listitem').filter({ hasText: 'If only' }).filter({ hasText: 'With the draft' });
  await expect(row).toContainText('SPF pass');
  await expect(row).toContainText('v=spf1 ip4:203.0.113.77 -all');
  await expect(page.getByText('Not published yet')).toBeVisible();

  await page.getByRole('tab', { name: /Mailboxes/ }).click();
  await page.getByRole('button', { name: /^Alice .*If only/ }).click();
  await page.getByRole('button', { name: 'Check it' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check a message');
  await expect(verdict(page)).toContainText('The message fails DMARC');
  await expect(page.getByRole('textbox', { name: 'MAIL FROM' })).toHaveValue('alice@wolke.example');
  await expect(verdict(page)).not.toContainText('Missing:');
  await page.goBack();
  await expect(page.getByRole('tab', { name: /Mailboxes/ })).toBeVisible();
});
