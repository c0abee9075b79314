// Three programs on one mailbox, doing what they like in whatever order, with deliveries, other clients' hands in the store,
// bad networks and restored checkpoints in between. When all is quiet and everybody has looked, each IMAP device shows what
// the server has, POP3 has downloaded what there was, and nothing that waits was lost.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cases, patience } from '../testing/effort.ts';
import { checkpoint, restore } from '../world/world.ts';
import type { MailAsk } from '../host/mail-client/ask.ts';
import { MailLab, type Device } from './testing/mail-lab.ts';

const DEVICES = ['laptop', 'phone', 'desktop'] as const;

type Move =
  | { readonly kind: 'ask'; readonly device: Device; readonly ask: (lab: MailLab) => MailAsk }
  | { readonly kind: 'wait'; readonly minutes: number }
  | { readonly kind: 'cut' | 'mend' | 'rewind' };

const device = fc.constantFrom(...DEVICES);
/** The n-th of what the device shows; whether there is such a message, the program must find out. */
const idOf = (lab: MailLab, of: Device, folder: string, n: number): number => {
  const list = lab.folder(of, folder);
  return list[n % Math.max(1, list.length)]?.id ?? 1;
};
const folder = fc.constantFrom('INBOX', 'INBOX', 'INBOX', 'Trash', 'Work', 'Sent');
const moves: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 90 }) }),
  },
  {
    weight: 3,
    arbitrary: device.map((who): Move => ({ kind: 'ask', device: who, ask: () => ({ kind: 'check' }) })),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(device, folder, fc.nat(5), fc.boolean()).map(([who, where, n, isPeek]): Move => ({
      kind: 'ask',
      device: who,
      ask: (lab) => ({
        kind: 'read',
        folder: where,
        id: idOf(lab, who, where, n),
        ...(isPeek ? { peek: true as const } : {}),
      }),
    })),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(device, folder, fc.nat(5), fc.constantFrom('seen', 'flagged', 'deleted'), fc.boolean())
      .map(([who, where, n, flag, on]): Move => ({
        kind: 'ask',
        device: who,
        ask: (lab) => ({
          kind: 'flag',
          folder: where,
          ids: [idOf(lab, who, where, n)],
          flag: flag as 'seen',
          on,
        }),
      })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(device, folder, fc.nat(5), folder).map(([who, where, n, to]): Move => ({
      kind: 'ask',
      device: who,
      ask: (lab) => ({ kind: 'move', folder: where, ids: [idOf(lab, who, where, n)], to }),
    })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(device, folder, fc.nat(5), fc.boolean()).map(([who, where, n, forGood]): Move => ({
      kind: 'ask',
      device: who,
      ask: (lab) => ({
        kind: 'delete',
        folder: where,
        ids: [idOf(lab, who, where, n)],
        ...(forGood ? { forGood: true as const } : {}),
      }),
    })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        device,
        fc.constantFrom<MailAsk>(
          { kind: 'open', folder: 'INBOX' },
          { kind: 'open', folder: 'Work' },
          { kind: 'open', folder: 'Trash' },
          { kind: 'expunge', folder: 'INBOX' },
          { kind: 'createFolder', folder: 'Work' },
          { kind: 'search', folder: 'INBOX', text: 'ferry' },
          { kind: 'idle', on: true },
          { kind: 'idle', on: false },
          {
            kind: 'send',
            draft: { to: ['alice@wolke.example'], cc: [], bcc: [], subject: 'To myself', text: 'note' },
          },
        ),
      )
      .map(([who, ask]): Move => ({ kind: 'ask', device: who, ask: () => ask })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(device, fc.boolean())
      .map(([who, on]): Move => ({ kind: 'ask', device: who, ask: () => ({ kind: 'online', on }) })),
  },
  { weight: 1, arbitrary: fc.constantFrom<Move>({ kind: 'cut' }, { kind: 'mend' }, { kind: 'rewind' }) },
);

function play(seed: readonly Move[]): MailLab {
  const lab = new MailLab();
  // There is something to quarrel about from the beginning.
  lab.wait(65);
  for (const one of DEVICES) lab.refused(one, { kind: 'check' });
  lab.refused('laptop', { kind: 'createFolder', folder: 'Work' });
  for (const move of seed)
    switch (move.kind) {
      case 'ask':
        lab.refused(move.device, move.ask(lab));
        break;
      case 'wait':
        lab.wait(move.minutes);
        break;
      case 'cut':
        lab.cut();
        break;
      case 'mend':
        lab.mend();
        break;
      case 'rewind':
        // A checkpoint in the middle of whatever is going on is the same world.
        restore(lab.world, checkpoint(lab.world));
        break;
    }
  return lab;
}

/** Everybody looks, until nothing waits. */
function comeToRest(lab: MailLab): void {
  lab.mend();
  lab.wait(15);
  for (let round = 0; round < 2; round++)
    for (const one of DEVICES) {
      lab.refused(one, { kind: 'online', on: true });
      lab.refused(one, { kind: 'sendAgain' });
      lab.refused(one, { kind: 'check' });
      lab.wait(1);
    }
  // Mail to oneself that was still on the way.
  lab.wait(20);
  for (const one of DEVICES) lab.refused(one, { kind: 'check' });
}

it(
  'three devices, deliveries and trouble in any order: in the end everybody is right',
  () => {
    const told: Record<string, number> = {};
    fc.assert(
      fc.property(fc.array(moves, { minLength: 10, maxLength: 40 }), (list) => {
        const lab = play(list);
        comeToRest(lab);
        const server = lab.server();
        const views = lab.views();
        for (const event of lab.world.machine.trace)
          if (event.type === 'mail.client') told[event.note.kind] = (told[event.note.kind] ?? 0) + 1;
        for (const one of ['laptop', 'phone'] as const) {
          const view = views[one];
          expect(view.failure).toBeUndefined();
          expect(view.pending).toEqual([]);
          expect(view.outbox).toEqual([]);
          expect(view.folders.map(({ name }) => name).sort()).toEqual([...server.keys()].sort());
          // Every folder that is looked into is as on the server; the open one after a check, the others when opened.
          for (const { name } of view.folders) {
            lab.ask(one, { kind: 'open', folder: name });
            expect(
              lab.folder(one, name).map(({ id, flags, size, onServer }) => [id, flags, size, onServer]),
              `${one} ${name}`,
            ).toEqual(
              (lab.server().get(name) ?? [])
                .map(({ uid, flags, raw }) => [uid, [...flags].sort(), raw.length, true])
                .reverse(),
            );
          }
          lab.ask(one, { kind: 'open', folder: 'INBOX' });
        }
        const { desktop } = views;
        expect(desktop.failure).toBeUndefined();
        expect(desktop.pending).toEqual([]);
        expect(desktop.outbox).toEqual([]);
        // Everything in the maildrop is on the desktop, whole, unless its person deleted it here for good.
        const held = desktop.folders.flatMap(({ messages }) => messages);
        for (const { raw } of server.get('INBOX') ?? []) {
          const copies = held.filter((message) => lab.journal.kept.get(message.hash) === raw);
          expect(copies.length).toBeGreaterThanOrEqual(1);
          for (const copy of copies) expect([copy.here, copy.onServer]).toEqual(['whole', true]);
        }
        // What the desktop thinks is there is there.
        for (const message of held)
          if (message.onServer)
            expect(
              (server.get('INBOX') ?? []).some(({ raw }) => raw === lab.journal.kept.get(message.hash)),
            ).toBe(true);
      }),
      cases(25),
    );
    // They did get in each other's way.
    expect(told['asked']).toBeGreaterThan(100);
    for (const kind of ['conflict', 'failed', 'pending', 'reading', 'sent', 'visited'])
      expect(told[kind], kind).toBeGreaterThan(2);
  },
  patience(),
);

it(
  'the same moves give the same trace, with or without a checkpoint in the middle',
  () => {
    fc.assert(
      fc.property(fc.array(moves, { minLength: 5, maxLength: 15 }), (list) => {
        const rewound = play(list.flatMap((move): Move[] => [move, { kind: 'rewind' }]));
        expect(play(list).hash()).toBe(rewound.hash());
      }),
      cases(6),
    );
  },
  patience(),
);
