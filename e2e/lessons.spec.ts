// Every lesson from its first line to "solved": what a learner types is typed, the rest is shown. A reload keeps it.

import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { readLessons } from '../src/build/lessons.ts';
import { parseScript } from '../src/lesson/script.ts';
import { terminalInput, terminalText } from './page.ts';

const all = readLessons(fileURLToPath(new URL('../lessons', import.meta.url)));

for (const { id } of all.lessons) {
  const solution = parseScript(all.bodies.get(id)?.solution ?? '');
  const byHand = solution.every(({ step }) => step.kind === 'line' || step.kind === 'answer');

  test(`${id}: ${byHand ? 'typed by hand' : 'shown step by step'} until it is solved`, async ({ page }) => {
    test.setTimeout(180_000);
    await page.goto(`#/lesson/${id}`);
    const lesson = page.getByRole('complementary', { name: 'Lesson' });
    await expect(lesson.getByRole('heading', { level: 1 })).toBeVisible();
    if (byHand) {
      for (const { step } of solution) {
        if (step.kind === 'line') {
          const before = (await terminalText(page)).length;
          await terminalInput(page, step.host).focus();
          await page.keyboard.type(step.text);
          await page.keyboard.press('Enter');
          await expect
            .poll(async () => (await terminalText(page)).length, { intervals: [20, 50, 100, 250] })
            .toBeGreaterThan(before);
          // The server speaks first, and it wants to be waited for.
          await page.waitForTimeout(120);
        } else if (step.kind === 'answer')
          await lesson
            .locator(`input[type="radio"][name="${step.question}"][value="${step.choice}"]`)
            .check();
      }
    } else {
      await lesson.getByRole('button', { name: 'Show me' }).click();
      const next = lesson.getByRole('button', { name: 'Do this step' });
      await expect(next).toBeVisible();
      for (let done = 0; done < solution.length; done++) {
        await expect(next).toBeEnabled();
        await next.click();
        await page.waitForTimeout(80);
      }
    }
    await expect(lesson.getByText('Lesson solved.')).toBeVisible();

    await page.reload();
    await expect(lesson.getByText('Lesson solved.')).toBeVisible();
    await page.goto('#/');
    await expect(page.locator(`a[href="#/lesson/${id}"]`).last()).toContainText('Solved');
  });
}
