// What the engine names must have words: keys of header fields and their parts against the dictionaries.

import { describe, expect, it } from 'vitest';
import { ARC_REASONS } from './auth/arc-verdict.ts';
import { DIAGNOSIS_IDS } from './auth/diagnose.ts';
import { LINT_IDS } from './auth/lint.ts';
import { RECEIVER_PROFILES } from './auth/receiver-profiles.ts';
import { DNS_LINT_RULES } from './dns/lint.ts';
import { DNS_WORLD_RULES } from './dns/lint/world.ts';
import { MAIL_ASKS } from './host/mail-client/ask.ts';
import { MAIL_DEVICES } from './host/mail-client/config.ts';
import { MAIL_CONFLICTS, MAIL_FAILURES } from './host/mail-client/notes.ts';
import { SETTINGS } from './host/settings.ts';
import { LINK_WARNINGS } from './message/html-links.ts';
import { MESSAGE_LINT_IDS } from './message/lint.ts';
import { PROTECTIONS } from './message/protection.ts';
import { FIELD_KEYS, TOKEN_KEYS } from './message/header-explain.ts';
import { diagnostics } from './text/en/diagnostics.ts';
import { headerFacts } from './text/header-facts.ts';
import { headers, tokens } from './text/en/headers.ts';
import { mailClient as mailClientDe } from './text/de/mail-client.ts';
import { explain } from './text/en/explain.ts';
import { mailClient } from './text/en/mail-client.ts';
import { story } from './text/en/story.ts';
import { messageViews as messageViewsDe } from './text/de/message-views.ts';
import { messageViews } from './text/en/message-views.ts';
import { messageLint as messageLintDe } from './text/de/message-lint.ts';
import { messageLint } from './text/en/message-lint.ts';
import { why as whyDe } from './text/de/why.ts';
import { why } from './text/en/why.ts';
import { settings as settingsDe } from './text/de/settings.ts';
import { settings } from './text/en/settings.ts';
import { rules } from './text/rules.ts';
import { tokenText } from './text/token.ts';

describe('explanations', () => {
  it('exist for everything that a mail program can suffer, do and refuse, in both languages', () => {
    const keys = [
      ...MAIL_FAILURES.map((code) => `mail.failure.${code}`),
      ...MAIL_CONFLICTS.map((kind) => `mail.conflict.${kind}`),
      ...MAIL_DEVICES.map((device) => `mail.device.${device}`),
    ];
    for (const words of [mailClient, mailClientDe])
      expect(keys.filter((key) => !Object.hasOwn(words, key))).toEqual([]);
    const conflicts = MAIL_CONFLICTS.map((kind) => `mark.mail.conflict.${kind}`);
    expect(conflicts.filter((key) => !Object.hasOwn(story, key))).toEqual([]);
    const asked = MAIL_ASKS.map((kind) => `why.mail.asked.${kind}`);
    expect(asked.filter((key) => !Object.hasOwn(explain, key))).toEqual([]);
  });

  it('exist for every finding about the form of a message, in both languages', () => {
    for (const { findings } of [messageLint, messageLintDe])
      expect(Object.keys(findings).sort()).toEqual([...MESSAGE_LINT_IDS].sort());
  });

  it('exist for every warning about a link and every kind of protection, in both languages', () => {
    const keys = [...LINK_WARNINGS.map((id) => `link.${id}`), ...PROTECTIONS.map((id) => `protection.${id}`)];
    for (const words of [messageViews, messageViewsDe])
      expect(keys.filter((key) => !Object.hasOwn(words, key))).toEqual([]);
  });

  it('exist for every lint of mail records', () => {
    expect(LINT_IDS.filter((id) => !Object.hasOwn(diagnostics, id))).toEqual([]);
  });

  it('exist for every finding about a message, every kind of receiver and every state of an ARC chain', () => {
    expect(DIAGNOSIS_IDS.filter((id) => !Object.hasOwn(diagnostics, id))).toEqual([]);
    const keys = [
      ...RECEIVER_PROFILES.map((profile) => `receiver.profile.${profile}`),
      ...ARC_REASONS.map((reason) => `arc.reason.${reason}`),
    ];
    for (const words of [why, whyDe]) expect(keys.filter((key) => !Object.hasOwn(words, key))).toEqual([]);
  });

  it('exist for every finding about zones and the world around them', () => {
    const ids = [
      ...Object.keys(DNS_LINT_RULES),
      ...Object.keys(DNS_WORLD_RULES),
      'PTR-MISSING',
      'PTR-GENERIC',
      'PTR-MISMATCH',
    ];
    expect(ids.filter((id) => !Object.hasOwn(diagnostics, id))).toEqual([]);
    for (const [id, rule] of Object.entries({ ...DNS_LINT_RULES, ...DNS_WORLD_RULES }))
      expect(rules[id as keyof typeof rules], id).toBe(rule);
  });

  it.each([
    ['English', settings],
    ['German', settingsDe],
  ])('exist for every setting of a program and for every choice, in %s', (_, words) => {
    for (const [kind, ofKind] of Object.entries(SETTINGS)) {
      expect(words.programs[kind], kind).toBeTruthy();
      for (const [setting, shape] of Object.entries(ofKind)) {
        const said = words.settings[`${kind}.${setting}`];
        expect(said?.name, `${kind}.${setting}`).toBeTruthy();
        expect(said?.what, `${kind}.${setting}`).toBeTruthy();
        if (shape.kind === 'choice') expect(Object.keys(said?.choices ?? {})).toEqual([...shape.of]);
      }
    }
  });

  it('exist for every header field [S8-002]', () => {
    expect(Object.keys(headers).sort()).toEqual([...FIELD_KEYS].sort());
    expect(Object.keys(headerFacts).sort()).toEqual([...FIELD_KEYS].sort());
  });

  it('exist for every part of a field [S8-002]', () => {
    expect(TOKEN_KEYS.filter((key) => tokenText(tokens, key) === undefined)).toEqual([]);
  });
});
