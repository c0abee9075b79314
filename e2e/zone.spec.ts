// The zone editor in a browser: mistakes are shown where they are, repairs work, nothing half-done is published or lost.

import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { converse, messageToBob, terminalInput } from './page.ts';

const editor = (page: Page) => page.getByRole('textbox', { name: /^Zone file of wolke\.example/ });
const publish = (page: Page) => page.getByRole('button', { name: 'Publish', exact: true });

async function open(page: Page): Promise<void> {
  await page.goto('#/sandbox');
  await page.getByRole('tab', { name: /wolke\.example/ }).click();
  await editor(page).focus();
}

async function append(page: Page, line: string): Promise<void> {
  await editor(page).focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText(line);
}

test('an error blocks publishing, says where it is, and is gone when repaired', async ({ page }) => {
  await open(page);
  await append(page, 'new IN TXTT "x"\n');
  await expect(
    page.getByText(/Cannot be published: line \d+, column 8\. TXTT is no record type/),
  ).toBeVisible();
  await expect(publish(page)).toBeDisabled();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Home');
  for (let count = 0; count < 11; count += 1) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Backspace');
  await expect(publish(page)).toBeEnabled();
  await expect(page.getByText(/Cannot be published/)).toHaveCount(0);
});

test('two SPF records are found, explained, and lead to their line', async ({ page }) => {
  await open(page);
  await append(page, '@ IN TXT "v=spf1 mx -all"\n');
  await page.getByRole('button', { name: /^Findings/ }).click();
  const finding = page.getByRole('listitem').filter({ hasText: 'Two SPF records' }).first();
  await expect(finding).toContainText('Merge them into one');
  await finding.getByRole('button', { name: /^Line \d+/ }).click();
  await expect(editor(page)).toBeFocused();
});

test('completion offers what belongs there, and hover explains', async ({ page }) => {
  await open(page);
  await append(page, 'x IN ');
  await page.keyboard.press('Control+Space');
  const list = page.locator('.suggest-widget');
  await expect(list).toContainText('MX');
  await expect(list).toContainText('AAAA');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Home');
  await page.locator('.view-line span', { hasText: /^SOA$/ }).first().hover();
  await expect(page.locator('.monaco-hover').first()).toContainText('Start of authority');
});

test('what a person types is what stands there, whatever is offered meanwhile', async ({ page }) => {
  await open(page);
  await page.keyboard.press('Control+End');
  const records = [
    '$TTL 300',
    'shop IN A 192.0.2.30',
    'www 300 IN CNAME mail',
    'x IN TXT "v=spf1 mx a ip4:192.0.2.0/24 include:_spf.post.example ~all"',
    '_dmarc.x IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@wolke.example"',
  ];
  for (const record of records) {
    await page.keyboard.type(record, { delay: 25 });
    await page.waitForTimeout(250);
    await page.keyboard.press('Enter');
  }
  await page.getByRole('button', { name: /^Changes/ }).click();
  const added = page.getByRole('region', { name: 'What publishing changes' }).locator('.added code');
  await expect
    .poll(async () => (await added.allInnerTexts()).filter((line) => line.trim() !== ''))
    .toEqual(records);
});

test('a draft survives a reload, shows its changes, and can be thrown away and brought back', async ({
  page,
}) => {
  await open(page);
  await append(page, 'draft IN A 192.0.2.77\n');
  await expect(page.getByText('Not published yet')).toBeVisible();
  await page.waitForTimeout(400);
  await page.reload();
  await page.getByRole('tab', { name: /wolke\.example/ }).click();
  await expect(page.getByText('Not published yet')).toBeVisible();
  await page.getByRole('button', { name: /^Changes/ }).click();
  await expect(page.getByRole('region', { name: 'What publishing changes' })).toContainText(
    'draft IN A 192.0.2.77',
  );
  await page.getByRole('button', { name: 'Discard my changes' }).click();
  await expect(page.getByText('Published', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Bring my changes back' }).click();
  await expect(page.getByText('Not published yet')).toBeVisible();
});

test('after publishing, the caches that still hold the old record are named, and time makes them forget', async ({
  page,
}) => {
  await open(page);
  await terminalInput(page).focus();
  await converse(page, messageToBob('Before'));
  await editor(page).focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Control+f');
  await page.keyboard.type('192.0.2.99');
  await page.keyboard.press('Escape');
  await page.keyboard.insertText('203.0.113.77');
  await page.getByRole('button', { name: 'Raise the serial' }).click();
  await publish(page).click();
  await expect(page.getByText(/answers from this text now/)).toBeVisible();
  const entry = page
    .locator('section.zone')
    .getByRole('listitem')
    .filter({ hasText: 'v=spf1 ip4:192.0.2.99' });
  await expect(entry).toContainText('old');
  await entry.getByRole('button', { name: /^Let it pass/ }).click();
  await expect(entry).toHaveCount(0);
});

test('above a record stands what it does, and that opens its builder', async ({ page }) => {
  await open(page);
  await editor(page).press('Control+A');
  await page.keyboard.insertText(
    '$TTL 300\n@ IN SOA ns h 2027010101 7200 3600 1209600 300\n@ IN NS ns\nns IN A 192.0.2.53\n' +
      '@ IN TXT "v=spf1 include:hafen.example ~all"\n_smtp._tls IN TXT "v=TLSRPTv1; rua=mailto:t@wolke.example"\n',
  );
  const lens = page.locator('.codelens-decoration a');
  await expect(
    lens.filter({ hasText: /^SPF: who may send · [1-9] of 10 look-ups · ends in ~all/ }),
  ).toHaveCount(1);
  // The lens lies between two lines; both in sight show it.
  for (const key of ['ArrowUp', 'ArrowUp', 'ArrowDown']) await editor(page).press(key);
  await lens.filter({ hasText: 'TLS-RPT: reports go to t@wolke.example' }).click();
  await expect(page.getByLabel('What do you need?')).toHaveValue('tlsrpt');
});

test('a zone file is opened, what is wrong in it is shown, and the text before it comes back', async ({
  page,
}) => {
  await open(page);
  const choose = page.locator('section.zone input[type=file]');
  const file = (name: string, bytes: Buffer) =>
    choose.setInputFiles({ name, mimeType: 'text/plain', buffer: bytes });
  await file('photo.zone', Buffer.from([0x89, 0x50, 0, 0]));
  await expect(page.getByText('photo.zone is no text file; nothing was changed.')).toBeVisible();
  await page.getByRole('button', { name: 'All right' }).click();
  await file('old.zone', Buffer.from('$ORIGIN wolke.example.\r\n$TTL 300\r\n@ IN MX 10\r\n'));
  await expect(page.getByText(/Cannot be published: line 3/)).toBeVisible();
  await page.getByRole('button', { name: 'Bring the text before it back' }).click();
  await expect(page.getByText(/Cannot be published/)).toHaveCount(0);
  await expect(page.locator('section.zone .chip')).toHaveText('Published');
});

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in terminal and zone editor (${scheme})`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    await open(page);
    await append(page, 'new IN TXTT "x"\n');
    await page.getByRole('button', { name: /^Findings/ }).click();
    await expect(page.getByText(/Cannot be published/)).toBeVisible();
    const found = await new AxeBuilder({ page }).include('.terminal').include('section.zone').analyze();
    expect(found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html ?? ''}`)).toEqual([]);
  });
}
