// No false alarms: ten healthy worlds, in which neither the analysis of a zone nor the diagnosis of a message may find
// anything to warn of. What is said for information is allowed.

import { describe, expect, it } from 'vitest';
import { contextOfMessage } from '../auth/diagnose-context.ts';
import { diagnose } from '../auth/diagnose.ts';
import { withDkimSignatures } from '../auth/dkim-sign.ts';
import { checkMessage } from '../auth/message-check.ts';
import { finishPolicy } from '../auth/policy-run.ts';
import { answerOfWorld, type DnsWorld } from '../dns/lint/world.ts';
import { parseZone } from '../dns/zone-file.ts';
import { prependField } from '../message/header.ts';
import { HEALTHY_WORLDS, type HealthyMail, type HealthyWorld } from './testing/healthy-worlds.ts';
import { analyseZone } from './zone-analysis.ts';

const NOW = Date.UTC(2026, 10, 23, 9);

/** Above the domains there are the zones that delegate them; a walk up the tree asks there, too. */
const ABOVE = ['example.', 'test.'].map(
  (origin) =>
    parseZone(
      `@ 3600 IN SOA a.nic h.nic ( 1 7200 1800 1209600 3600 )\n@ 3600 IN NS a.nic\na.nic 3600 IN A 198.18.54.1\n`,
      origin,
    ).zone,
);

const worldOf = ({ zones, hosts }: HealthyWorld): DnsWorld => ({
  zones: [...ABOVE, ...Object.entries(zones).map(([origin, text]) => parseZone(text, origin).zone)],
  hosts,
  absences: [],
});

function messageOf(mail: HealthyMail): string {
  const plain =
    `From: <${mail.from}>\r\nTo: bob@hafen.example\r\nSubject: Hello\r\nDate: Mon, 23 Nov 2026 10:00:00 +0100\r\n` +
    `Message-ID: <1@a.example>\r\n\r\nHello Bob\r\n`;
  const signed = withDkimSignatures(
    plain,
    mail.signers.map((signer) => ({ ...signer, timestamp: NOW / 1000 - 60 })),
  );
  return (mail.received ?? []).reduce(
    (raw, line) => prependField(raw, `Received: ${line}; Mon, 23 Nov 2026 10:00:01 +0100`),
    signed,
  );
}

describe('nothing is found', () => {
  it('in ten worlds', () => {
    expect(HEALTHY_WORLDS).toHaveLength(10);
  });

  it.each(HEALTHY_WORLDS.map((one) => [one.name, one] as const))('in the zones of %s [J-05]', (_, one) => {
    const world = worldOf(one);
    for (const [origin, text] of Object.entries(one.zones)) {
      const { errors, findings } = analyseZone(origin, text, { world, published: text, now: NOW });
      expect(errors, origin).toEqual([]);
      const alarms = findings.filter(({ severity }) => severity !== 'info');
      expect(
        alarms.map(({ id, params }) => ({ id, params })),
        origin,
      ).toEqual([]);
    }
  });

  it.each(HEALTHY_WORLDS.map((one) => [one.name, one] as const))('about the mail of %s [J-05]', (_, one) => {
    const world = worldOf(one);
    for (const mail of one.mail) {
      const raw = messageOf(mail);
      const envelope = {
        ip: mail.ip,
        helo: mail.helo,
        sender: mail.sender,
        receiver: 'mx.hafen.example',
        nowSeconds: NOW / 1000,
      };
      const verdict = finishPolicy(checkMessage(raw, envelope, { nowSeconds: NOW / 1000 }), (question) =>
        answerOfWorld(world, question),
      );
      expect(verdict.dkim.map(({ result }) => result)).toEqual(mail.signers.map(() => 'pass'));
      expect(verdict.dmarc.result).toBe('pass');
      const alarms = diagnose(verdict, contextOfMessage(raw, verdict.spf)).filter(
        ({ severity }) => severity !== 'info',
      );
      expect(
        alarms.map(({ id, params }) => ({ id, params })),
        mail.sender,
      ).toEqual([]);
    }
  });
});
