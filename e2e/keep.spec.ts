// Nothing is lost: a reload, a broken tape, a browser that stores nothing, an engine that crashes.

import { expect, test, type Page } from '@playwright/test';
import { converse, expectTerminal, terminalInput } from './page.ts';

async function sayHello(page: Page): Promise<void> {
  await terminalInput(page).focus();
  await converse(page, [
    ['telnet mx.hafen.example 25', /220 mx\.hafen\.example ESMTP Postfix\n/],
    ['EHLO laptop.home.example', /250 SMTPUTF8\n/],
  ]);
}

const events = (page: Page) => page.getByText(/^\d+ events?$/);

test('a reload brings back the world as it was', async ({ page }) => {
  await page.goto('#/sandbox');
  await sayHello(page);
  const before = await events(page).textContent();
  await page.waitForTimeout(400);
  await page.reload();
  await expect(events(page)).toHaveText(before ?? '');
  await expectTerminal(page, /EHLO laptop\.home\.example[^]*250 SMTPUTF8/);
  await terminalInput(page).focus();
  await converse(page, [['QUIT', /221 2\.0\.0 Bye/]]);
});

test('an engine that crashes is started again from the tape', async ({ page }) => {
  await page.goto('#/sandbox');
  await sayHello(page);
  const before = await events(page).textContent();
  await page.waitForTimeout(400);
  const another = page.waitForEvent('worker');
  const engine = page.workers().find((worker) => /worker-/.test(worker.url()));
  await engine?.evaluate(() => {
    setTimeout(() => {
      throw new Error('made to crash');
    });
  });
  await another;
  await expect(page.getByText(/engine stopped and was started again/)).toBeVisible();
  await expect(events(page)).toHaveText(before ?? '');
  await page.waitForTimeout(3000);
  await expect(terminalInput(page)).toBeFocused();
  await converse(page, [['NOOP', /250 2\.0\.0 Ok/]]);
});

test('a browser that stores nothing says so and goes on', async ({ page }) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('no', 'SecurityError');
    };
  });
  await page.goto('#/sandbox');
  await expect(page.getByText(/refuses to store anything/)).toBeVisible();
  await sayHello(page);
});

test('a tape that cannot be read makes way for a fresh world', async ({ page }) => {
  await page.goto('#/sandbox');
  await sayHello(page);
  await page.waitForTimeout(400);
  await page.evaluate(
    () =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('ehlo');
        opening.onerror = () => reject(new Error('not opened'));
        opening.onsuccess = () => {
          const store = opening.result.transaction('kept', 'readwrite').objectStore('kept');
          const asked = store.get('world:sandbox');
          asked.onsuccess = () => {
            store.put({ ...asked.result, commands: 17 }, 'world:sandbox').onsuccess = () => resolve();
          };
        };
      }),
  );
  await page.reload();
  await expect(page.locator('.notice')).toBeVisible();
  await expect(events(page)).toHaveText('0 events');
  await sayHello(page);
});
