// Mail as files in a browser: into a mailbox with everything that is wrong said by place, out again to the byte, and still
// there after a reload.

import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { unzipSync, strFromU8, strToU8, zipSync } from 'fflate';
import { readFile } from 'node:fs/promises';

const MBOX =
  'From ana@red.example Mon Nov 23 09:00:04 2020\nFrom: =?utf-8?q?Ana_M=C3=BCller?= <ana@red.example>\n' +
  'To: bob@hafen.example\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nStatus: RO\n\nHallo Bob\n>From here on\n\n' +
  'From nothing at all\n\n' +
  'From carl@x.example Tue Nov 24 09:00:04 2020\nFrom: Carl <carl@x.example>\nSubject: Second\n\nText\n\n';

const archive = (): Buffer =>
  Buffer.from(
    zipSync({
      'Maildir/cur/1606122004.M0P1.mx:2,FS': strToU8(
        'From: Ann <a@x.example>\nSubject: Out of a Maildir\n\nx\n',
      ),
      'Maildir/.Lists.work/cur/1606122005.M0P2.mx:2,': strToU8(
        'From: Ann <a@x.example>\nSubject: On the list\n\nx\n',
      ),
      '../evil.eml': strToU8('Subject: evil\n\n'),
    }),
  );

const panel = (page: Page) => page.getByRole('region', { name: 'Import messages' });

async function openPanel(page: Page): Promise<void> {
  await page.goto('#/sandbox');
  await page.getByRole('tab', { name: 'Mailboxes' }).click();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
}

async function choose(page: Page, name: string, buffer: Buffer): Promise<void> {
  await panel(page)
    .locator('input[type=file]')
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
}

test('a mailbox file is read, imported into the chosen mailbox, explained and kept', async ({ page }) => {
  await openPanel(page);
  await choose(page, 'old.mbox', Buffer.from(MBOX));
  await expect(panel(page)).toContainText('mailbox file (mboxrd), 2 messages');
  await expect(panel(page)).toContainText('Line 10: “From nothing at all” begins like a separator');
  await panel(page).getByLabel('Into the mailbox').selectOption('bob@hafen.example');
  await panel(page).getByRole('checkbox', { name: 'Take “Second”' }).uncheck();
  expect((await new AxeBuilder({ page }).include('.import').analyze()).violations).toEqual([]);
  await panel(page).getByRole('button', { name: 'Import 1 message' }).click();
  await expect(panel(page)).toContainText('1 message from old.mbox is in the folder Inbox now.');
  await page.getByRole('button', { name: 'Close import' }).click();
  const row = page.getByRole('button', { name: /Ana Müller.*Grüße/ });
  await expect(row).toContainText('23 Nov 2020');
  await page.getByRole('button', { name: 'Why is it here?' }).click();
  await expect(page.getByRole('complementary', { name: 'Why?' })).toContainText('No server sent it');
  await row.click();
  await expect(page.getByRole('article').filter({ hasText: 'Hallo Bob' })).toContainText('From here on');
  await page.reload();
  await page.getByRole('tab', { name: 'Mailboxes' }).click();
  await expect(page.getByRole('button', { name: /Ana Müller.*Grüße/ })).toBeVisible();
});

test('an archive brings its folders; what it cannot bring is named', async ({ page }) => {
  await openPanel(page);
  await choose(page, 'maildir.zip', archive());
  await expect(panel(page)).toContainText('Maildir in a zip, 2 messages');
  await expect(panel(page)).toContainText(/\.\.\/evil\.eml, byte \d+: The name leads out of the archive/);
  await choose(page, 'cut.zip', archive().subarray(0, 60));
  await expect(panel(page)).toContainText('no entry could be found');
  await choose(page, 'photo.png', Buffer.from('\x89PNG and so on'));
  await expect(panel(page)).toContainText('This is no message: it has no header.');
  await panel(page).getByRole('button', { name: 'Import 2 messages' }).click();
  await expect(panel(page)).toContainText('2 messages from maildir.zip are in the mailbox now.');
  await page.getByRole('button', { name: 'Close import' }).click();
  await expect(page.getByRole('button', { name: 'Lists/work 1' })).toBeVisible();
});

test('a mailbox goes out and comes in again, byte for byte', async ({ page }) => {
  await openPanel(page);
  await choose(page, 'maildir.zip', archive());
  await panel(page).getByRole('button', { name: 'Import 2 messages' }).click();
  await page.getByRole('button', { name: 'Close import' }).click();
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('radio', { name: /the whole mailbox/ }).check();
  await page.getByRole('radio', { name: /^Maildir/ }).check();
  expect((await new AxeBuilder({ page }).include('.export').analyze()).violations).toEqual([]);
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the file' }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe('alice.zip');
  const files = unzipSync(await readFile(await download.path()));
  const mail = Object.entries(files).filter(([name]) => name.includes('/') && name.includes(':2,'));
  expect(mail.map(([name, bytes]) => [name.replace(/\/.*:2/, ':2'), strFromU8(bytes)]).sort()).toEqual([
    ['.Lists.work:2,', 'From: Ann <a@x.example>\nSubject: On the list\n\nx\n'],
    ['cur:2,FS', 'From: Ann <a@x.example>\nSubject: Out of a Maildir\n\nx\n'],
  ]);
});

test('mail dropped on any tab opens the panel, a report goes to the reports', async ({ page }) => {
  await page.goto('#/sandbox');
  await page.getByRole('tab', { name: 'Log' }).click();
  const drop = async (name: string, text: string): Promise<void> => {
    const data = await page.evaluateHandle(
      ([file, content]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([content ?? ''], file ?? ''));
        return transfer;
      },
      [name, text],
    );
    await page
      .getByRole('region', { name: 'Terminal and tools' })
      .dispatchEvent('drop', { dataTransfer: data });
  };
  await drop('old.mbox', MBOX);
  await expect(panel(page)).toContainText('mailbox file (mboxrd), 2 messages');
  await drop('letter.eml', 'Subject: alone\n\nx\n');
  await expect(panel(page)).toContainText('letter.eml');
  await drop('report.xml', '<feedback>');
  await expect(page.getByRole('tab', { name: 'Reports', selected: true })).toBeVisible();
});
