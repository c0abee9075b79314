// How the browser tests read and use the page: by what a person or a screen reader finds there.

import { expect, type ElementHandle, type Locator, type Page } from '@playwright/test';

/** Everything typed and printed in the active terminal. */
export function terminalText(page: Page): Promise<string> {
  return page.evaluate(() => {
    const detail: { text?: string } = {};
    document.dispatchEvent(new CustomEvent('ehlo:read-terminal', { detail }));
    return detail.text ?? '';
  });
}

/** Waits until the end of what the terminal shows matches. */
export async function expectTerminal(page: Page, ending: RegExp): Promise<void> {
  await expect.poll(async () => (await terminalText(page)).slice(-2000)).toMatch(ending);
}

/** The input of the terminal on a host. */
export function terminalInput(page: Page, host = 'laptop'): Locator {
  return page.getByRole('textbox', { name: new RegExp(`^Terminal (on|auf) ${host}`) });
}

/** Types lines, each after the answer to the one before: `[line, what must come]`. */
export async function converse(page: Page, lines: readonly (readonly [string, RegExp])[]): Promise<void> {
  for (const [line, answer] of lines) {
    const before = (await terminalText(page)).length;
    await page.keyboard.type(line);
    await page.keyboard.press('Enter');
    await expect
      .poll(async () => (await terminalText(page)).slice(before), { intervals: [20, 50, 100, 250] })
      .toMatch(answer);
  }
}

/** Presses Tab until `target` has the focus. */
export async function tabTo(page: Page, target: Locator, limit = 80): Promise<void> {
  // Finding by role reads the whole page; the element that was found is asked until it is replaced by another.
  let found: ElementHandle<Node> | undefined;
  for (let count = 0; count < limit; count += 1) {
    const state = await found
      ?.evaluate((element) =>
        element.isConnected ? element.contains(document.activeElement) : ('replaced' as const),
      )
      .catch(() => 'replaced' as const);
    if (state === true) return;
    if (state !== false) {
      found = await target.elementHandle({ timeout: 2000 }).catch(() => undefined);
      if ((await found?.evaluate((element) => element.contains(document.activeElement))) === true) return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`${String(target)} was not reached with ${limit} presses of Tab`);
}

/** A message written by hand to Bob, from his greeting to goodbye. */
export const messageToBob = (subject: string): readonly (readonly [string, RegExp])[] => [
  ['telnet mx.hafen.example 25', /220 mx\.hafen\.example ESMTP Postfix\n/],
  ['EHLO laptop.home.example', /250 SMTPUTF8\n/],
  ['MAIL FROM:<alice@wolke.example>', /250 2\.1\.0 Ok\n/],
  ['RCPT TO:<bob@hafen.example>', /250 2\.1\.5 Ok\n/],
  ['DATA', /354 End data with <CR><LF>\.<CR><LF>\n/],
  ['From: Alice <alice@wolke.example>', /\n$/],
  [`Subject: ${subject}`, /\n$/],
  ['', /\n$/],
  ['Hello Bob!', /\n$/],
  ['.', /250 2\.0\.0 Ok: queued as \w+\n/],
  ['QUIT', /221 2\.0\.0 Bye\nConnection closed by foreign host\.\nalice@laptop/],
];
