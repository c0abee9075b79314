// Mail programs on several devices, and a message looked at from all sides, as people use them.

import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { converse, expectTerminal, terminalInput } from './page.ts';

async function expectNothing(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`),
  ).toEqual([]);
}

async function atOnce(page: Page): Promise<void> {
  const pace = page.getByRole('button', { name: /^Pace:/ });
  for (let i = 0; i < 3; i++) await pace.click();
}
const option = (page: Page, subject: string): Locator => page.getByRole('option', { name: subject });

test('one mailbox, three devices: read, answered, marked, moved, and seen on the other device [S7-038]', async ({
  page,
}) => {
  test.setTimeout(150_000);
  await page.goto('#/sandbox/devices');
  await terminalInput(page).focus();
  await atOnce(page);
  await page.getByRole('button', { name: 'Let time pass' }).click();
  await page.getByRole('button', { name: /^One minute/ }).click();
  await page.getByRole('tab', { name: 'Mail', exact: true }).click();

  // The phone has headers; Enter fetches the text and marks it as read.
  await page.getByRole('button', { name: /^Phone/ }).click();
  await page.getByRole('button', { name: 'Get mail' }).click();
  await expect(option(page, 'Notes from the harbour')).toContainText('unread, header only');
  await page.getByRole('listbox', { name: 'Inbox' }).focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page.getByText('fog this morning')).toBeVisible();
  await expectNothing(page);

  // R answers, with what was written quoted.
  await page.keyboard.press('r');
  await expect(page.getByRole('textbox', { name: 'To', exact: true })).toHaveValue('Bob <bob@hafen.example>');
  await page.keyboard.type('Sunshine here.');
  await page.getByLabel('Bcc').fill('anna@hafen.example');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Sent.' })).toBeAttached();

  // What was said, although the wire carried TLS.
  await page.getByRole('button', { name: 'What it said' }).click();
  const talk = page.getByRole('region', { name: 'What Phone and mail.wolke.example said' });
  await expect(talk).toContainText('On the wire this was encrypted');
  await expect(talk.getByRole('button', { name: /RCPT TO:<anna@hafen\.example>/ })).toBeVisible();
  await expectNothing(page);
  await page.keyboard.press('Escape');

  // Flagged and read here; the other IMAP device sees the same.
  await page.getByRole('listbox', { name: 'Inbox' }).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('f');
  await expect(option(page, 'Minutes of the meeting')).toContainText('flagged');
  await page.getByRole('button', { name: /^Laptop/ }).click();
  await page.getByRole('button', { name: 'Get mail' }).click();
  await expect(option(page, 'Minutes of the meeting')).toContainText('flagged');
  await expect(option(page, 'Notes from the harbour')).toContainText('answered');
  await expect(option(page, 'Notes from the harbour')).not.toContainText('unread');

  // Into a new folder on the laptop; offline on the phone a change waits.
  await option(page, 'Notes from the harbour').click();
  await page.getByRole('combobox', { name: 'Move to …' }).selectOption({ label: 'Junk' });
  await expect(option(page, 'Notes from the harbour')).toHaveCount(0);
  await page.getByRole('button', { name: /^Phone/ }).click();
  await page.getByRole('switch', { name: 'Online' }).click();
  await page.getByRole('listbox', { name: 'Inbox' }).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Delete');
  await expect(page.getByText('Offline: 1 change waits for the network')).toBeVisible();
  await page.getByRole('switch', { name: 'Online' }).click();
  await expect(page.getByText(/^(Connected|.*new)/).first()).toBeVisible();

  // POP3 keeps copies of its own; the comparison says what that means.
  await page.getByRole('button', { name: /^Desktop POP3/ }).click();
  await page.getByRole('checkbox', { name: 'Leave on server' }).uncheck();
  await page.getByRole('button', { name: 'Get mail' }).click();
  await page.setViewportSize({ width: 1900, height: 1000 });
  await page.getByRole('button', { name: 'Compare devices' }).click();
  const means = page.getByRole('table').nth(1);
  await expect(means.getByRole('row', { name: /^If the device is lost/ })).toBeVisible();
  await expect(means.getByRole('row', { name: /^Protocol/ })).toContainText('POP3');
  await expectNothing(page);

  // On a phone's screen: one device at a time, list and message one after the other.
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.getByRole('region', { name: 'Compare devices' })).toBeVisible();
  await expectNothing(page);
  await page
    .getByRole('button', { name: /^Laptop IMAP/ })
    .first()
    .click();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

const LETTER = `From: Shop <news@shop.example>
To: Bob <bob@hafen.example>
Subject: Offers
Date: Mon, 23 Nov 2026 09:00:00 +0100
Message-ID: <1@shop.example>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<script>parent.document.title = 'broken in'</script><h1 onclick="x()">Offers</h1>
<p>See <a href="https://evil.test/">https://shop.example/</a></p><img src="https://track.shop.example/1.gif" width=1 height=1>
<form action="https://evil.test/"><input name=pw></form>
`;

test('a message is changed, sent again, and looked at from all sides [S8-004] [S8-008] [S8-010]', async ({
  page,
}) => {
  test.setTimeout(120_000);
  const outside: string[] = [];
  page.on('request', (request) => {
    if (/shop\.example|evil\.test/.test(request.url())) outside.push(request.url());
  });
  await page.goto('#/sandbox');
  await expect(page.locator('.xterm-rows').first()).toContainText('$');
  await terminalInput(page).focus();
  await converse(page, [
    [
      'swaks --to bob@hafen.example --from alice@wolke.example --server mx.hafen.example',
      /queued as \w+[\s\S]*Connection closed with remote host\.\n/,
    ],
  ]);
  await atOnce(page);
  await page.getByRole('tab', { name: 'Mailboxes' }).click();
  await page.getByRole('button', { name: /^alice@wolke\.example.*test Mon/ }).click();

  await page.getByRole('button', { name: 'Send again' }).click();
  const text = page.getByRole('textbox', { name: 'The message, header and text' });
  await text.fill('Subject: x\n\nno sender');
  await expect(page.getByRole('button', { name: 'No author' })).toBeVisible();
  await text.fill(LETTER);
  await page
    .getByRole('textbox', { name: 'Envelope recipients' })
    .fill('anna@hafen.example, bob@hafen.example');
  await expectNothing(page);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expectTerminal(
    page,
    /lines sent\n<- {2}250 2\.0\.0 Ok: queued as \w+[\s\S]*Connection closed with remote host\.\n/,
  );

  await page.getByRole('button', { name: 'Close the message' }).click();
  await page
    .getByRole('navigation', { name: 'Folders' })
    .getByRole('button', { name: /^Junk/ })
    .last()
    .click();
  await page.getByRole('button', { name: /^Shop/ }).click();
  // The letter: in a frame that may do nothing; no script ran and nothing was fetched.
  await expect(page.frameLocator('iframe').getByRole('heading', { name: 'Offers' })).toBeVisible();
  await expect(page.getByText('1 image not loaded')).toBeVisible();
  await expect(page.getByText('The text names another host than the one it leads to.')).toBeVisible();
  expect(await page.locator('iframe').getAttribute('sandbox')).toBe('');
  expect(await page.title()).not.toContain('broken in');

  // Anna is on the envelope, and in no field.
  await page.getByRole('button', { name: 'Envelope', exact: true }).click();
  await expect(page.getByRole('region', { name: 'On the envelope (SMTP)' })).toContainText('in no field');

  // What is marked in one view is marked in the others.
  await page.getByRole('button', { name: 'Large view: Offers' }).click();
  const large = page.getByRole('region', { name: 'Offers', exact: true });
  await large.getByRole('button', { name: 'Headers' }).click();
  await large.getByRole('button', { name: 'Subject', exact: true }).click();
  await expect(large.locator('mark')).toHaveText(/^Subject: Offers/);
  await large.getByRole('combobox', { name: 'Beside it' }).selectOption('Bytes');
  await expect(large.getByText(/^bytes \d+–\d+$/)).toBeVisible();
  await expectNothing(page);
  await page.keyboard.press('Escape');
  expect(outside).toEqual([]);
});
