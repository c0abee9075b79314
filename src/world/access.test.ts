// The first world's POP3, IMAP and submission as a learner meets them in a terminal of the tab.

import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readSharedWorlds } from '../build/lessons.ts';
import '../host/access-services.ts';
import { TestTerminal } from '../host/testing/machine.ts';
import type { WorldDescription } from './description.ts';
import { openWorld } from './world.ts';

const worlds = readSharedWorlds(fileURLToPath(new URL('../../lessons', import.meta.url)));

function terminal(): TestTerminal {
  const { machine } = openWorld(worlds['first'] as unknown as WorldDescription, 'access');
  return new TestTerminal(machine, 'laptop.home.example', 'laptop.home.example#9');
}

it('openssl s_client reads the mailbox on 993 and finds the certificate in order [S1-106]', () => {
  const typed = terminal();
  typed.type('openssl s_client -connect mbox.hafen.example:993 -crlf');
  typed.type('a LOGIN bob leuchtturm');
  typed.type('b SELECT INBOX');
  const heard = typed.take();
  expect(heard).toContain('depth=2 C = DE, O = Hafen Trust, CN = Hafen Root CA X1');
  expect(heard).toContain('Verify return code: 0 (ok)');
  expect(heard).toMatch(/a OK \[CAPABILITY [^\]]*\] Logged in[\s\S]*\* 0 EXISTS/);
});

it('telnet gets POP3 by hand at Wolke, where passwords may travel in clear, and a refusal at Hafen [S7-003]', () => {
  const typed = terminal();
  typed.type('telnet mbox.hafen.example 110');
  typed.type('USER bob');
  expect(typed.take()).toMatch(/\+OK Dovecot ready\.[\s\S]*-ERR \[AUTH\]/);
  typed.type('QUIT');
  typed.take();
  typed.type('telnet mail.wolke.example 110');
  typed.type('USER alice');
  typed.type('PASS brieftaube');
  typed.type('STAT');
  expect(typed.take()).toMatch(/\+OK Logged in\.[\s\S]*\+OK 0 0/);
});

it.each([
  ['mx.hafen.example:25', 'smtp'],
  ['mail.wolke.example:587', 'smtp'],
])('STARTTLS at %s gives the right certificate [S1-100]', (at, protocol) => {
  const typed = terminal();
  typed.type(
    `openssl s_client -connect ${at} -starttls ${protocol} -verify_hostname ${at.split(':')[0] ?? ''}`,
  );
  expect(typed.take()).toContain('Verify return code: 0 (ok)');
});
