// A lesson: commands click into the terminal, hints come on demand, goals tick themselves, "show me" does it, starting over
// forgets it.

import { expect, test } from '@playwright/test';
import { expectTerminal, terminalInput } from './page.ts';

test('is read, tried, helped and shown', async ({ page }) => {
  test.setTimeout(120_000);
  await page.goto('#/lesson/first-helo');
  const lesson = page.getByRole('complementary', { name: 'Lesson' });
  await expect(lesson.getByRole('heading', { level: 1 })).toBeVisible();

  // A click puts the command on the line; Enter is the learner's.
  await lesson
    .getByRole('button', { name: /^telnet mx\.hafen\.example 25/ })
    .first()
    .click();
  await expectTerminal(page, /\$ telnet mx\.hafen\.example 25$/);
  await terminalInput(page).focus();
  await page.keyboard.press('Enter');
  await expectTerminal(page, /220 mx\.hafen\.example ESMTP Postfix/);

  await lesson.getByRole('button', { name: 'Hint 1 of 3' }).click();
  await expect(lesson.getByText('Hint 1 of 3').first()).toBeVisible();

  // Show me: step by step to the end.
  await lesson.getByRole('button', { name: 'Show me' }).click();
  const step = lesson.getByRole('button', { name: 'Do this step' });
  await expect(step).toBeVisible();
  for (let i = 0; i < 60 && (await step.isVisible()); i++) {
    await expect(step).toBeEnabled();
    await step.click();
    await page.waitForTimeout(80);
  }
  await expect(lesson.getByText('Lesson solved.')).toBeVisible();
  await lesson.getByRole('button', { name: 'Close' }).click();
  await lesson.getByRole('button', { name: 'Why is this done?' }).first().click();
  await expect(page.getByText('You asked')).toBeVisible();

  // Solved stays solved in the list; starting over makes the world new.
  await lesson.getByRole('button', { name: 'Start over' }).click();
  await lesson.getByRole('button', { name: 'Start over' }).click();
  await expect(page.getByText('0 events')).toBeVisible();
  await page.goto('#/');
  await expect(page.locator('a[href="#/lesson/first-helo"]').last()).toContainText('Solved');
});
