// One mailbox, three devices, driven as people drive mail programs: what each has, and what the server has.

import { describe, expect, it } from 'vitest';
import { MINUTE } from '../base/dates.ts';
import { MailLab } from './testing/mail-lab.ts';

describe('what POP3 and IMAP make of the same mail', () => {
  it('three devices fetch, read, delete; each sees what its protocol lets it see [S7-011]', () => {
    const lab = new MailLab();
    lab.wait(2);
    for (const device of ['laptop', 'phone'] as const) lab.ask(device, { kind: 'check' });
    const subjects = ['Minutes of the meeting', 'Notes from the harbour'];
    for (const device of ['laptop', 'phone'] as const) {
      expect(lab.views()[device].failure).toBeUndefined();
      expect(lab.inbox(device).map(({ subject }) => subject)).toEqual(subjects);
      expect(lab.inbox(device).map(({ isSeen }) => isSeen)).toEqual([false, false]);
    }
    // Read on the phone: the laptop, which idles, hears of it.
    const [, harbour] = lab.inbox('phone');
    lab.ask('phone', { kind: 'read', folder: 'INBOX', id: harbour?.id ?? 0 });
    expect(lab.inbox('phone').map(({ here, isSeen }) => [here, isSeen])).toEqual([
      ['header', false],
      ['whole', true],
    ]);
    expect(lab.inbox('laptop').map(({ isSeen }) => isSeen)).toEqual([false, true]);

    // The desktop comes for its mail: for itself nothing is read, but what it takes the server marks as read for all others.
    lab.ask('desktop', { kind: 'check' });
    expect(lab.views().desktop.failure).toBeUndefined();
    expect(lab.inbox('desktop').map(({ subject, isSeen }) => [subject, isSeen])).toEqual([
      [subjects[0], false],
      [subjects[1], false],
    ]);
    for (const device of ['laptop', 'phone'] as const)
      expect(lab.inbox(device).map(({ isSeen }) => isSeen)).toEqual([true, true]);

    // What lies where: whole on the laptop and the desktop, headers on the phone.
    expect(lab.inbox('laptop').map(({ here }) => here)).toEqual(['whole', 'whole']);
    expect(lab.inbox('phone').map(({ here }) => here)).toEqual(['header', 'whole']);
    expect(lab.inbox('desktop').map(({ here, onServer }) => [here, onServer])).toEqual([
      ['whole', true],
      ['whole', true],
    ]);
    // They are the same messages of the world.
    const worlds = lab.inbox('laptop').map(({ world }) => world);
    expect(worlds.every((world) => world !== undefined)).toBe(true);
    expect(lab.inbox('phone').map(({ world }) => world)).toEqual(worlds);
    expect(lab.inbox('desktop').map(({ world }) => world)).toEqual(worlds);

    // Thrown away on the laptop: it goes to Trash on the server, and the phone hears of that, too. The desktop keeps its copy.
    lab.ask('laptop', { kind: 'delete', folder: 'INBOX', ids: [harbour?.id ?? 0] });
    lab.ask('desktop', { kind: 'check' });
    for (const device of ['laptop', 'phone'] as const)
      expect(lab.inbox(device).map(({ subject }) => subject)).toEqual(subjects.slice(0, 1));
    expect(lab.inbox('desktop').map(({ subject, onServer }) => [subject, onServer])).toEqual([
      [subjects[0], true],
      [subjects[1], false],
    ]);
    expect(lab.server().get('Trash')).toHaveLength(1);
  });

  it('shows them side by side, from the same events [S7-038]', () => {
    const lab = new MailLab();
    lab.wait(2);
    for (const device of ['desktop', 'laptop', 'phone'] as const) lab.ask(device, { kind: 'check' });
    const [first] = lab.inbox('phone');
    lab.ask('phone', { kind: 'read', folder: 'INBOX', id: first?.id ?? 0 });
    const [comparison, ...others] = lab.comparisons();
    expect(others).toEqual([]);
    expect(comparison).toMatchObject({ host: 'mail.wolke.example', user: 'alice' });
    expect(
      comparison?.devices.map(({ device, protocol, whole, listed }) => [device, protocol, whole, listed]),
    ).toEqual([
      ['laptop', 'imap', 2, 2],
      ['phone', 'imap', 1, 2],
      ['desktop', 'pop3', 2, 2],
    ]);
    for (const device of comparison?.devices ?? []) {
      expect(device.connections).toBe(1);
      expect(device.roundTrips).toBeGreaterThan(5);
      expect(device.bytesIn).toBeGreaterThan(device.bytesOut);
    }
    const [minutes, harbour] = comparison?.messages ?? [];
    expect(minutes?.cells.map(({ here, isSeen }) => [here, isSeen])).toEqual([
      ['whole', true],
      ['whole', true],
      ['whole', false],
    ]);
    expect(harbour?.cells.map(({ here }) => here)).toEqual(['whole', 'header', 'whole']);
    expect(minutes?.server).toMatchObject({ folder: 'INBOX', flags: ['\\Seen'] });

    // A device could be lost now, and nothing with it.
    expect(comparison?.devices.map(({ onlyHere }) => onlyHere)).toEqual([0, 0, 0]);

    // The desktop downloads for good: what it takes is gone for everybody.
    lab.configure('desktop', 'leaveOnServer', false);
    lab.ask('desktop', { kind: 'check' });
    const after = lab.comparisons()[0]?.messages ?? [];
    expect(after.map(({ server }) => server)).toEqual([undefined, undefined]);
    for (const message of after) {
      expect(message.removed?.client).toBe('desktop.home.example mail');
      expect(message.cells.map(({ here }) => here)).toEqual(['gone', 'gone', 'whole']);
      expect(message.cells[2]?.removedHere).toBeDefined();
    }
    expect(lab.inbox('desktop').map(({ onServer }) => onServer)).toEqual([false, false]);
    expect(lab.comparisons()[0]?.devices.map(({ onlyHere }) => onlyHere)).toEqual([0, 0, 2]);
    // An earlier moment is as it was.
    const before = lab.comparisons(comparison?.messages[0]?.cells[1]?.seq);
    expect(before[0]?.messages[0]?.server).toBeDefined();
  });

  it('a device that idles is told of new mail; the others learn it when they ask', () => {
    const lab = new MailLab();
    lab.ask('laptop', { kind: 'check' });
    expect(lab.views().laptop.phase.phase).toBe('idling');
    lab.wait(2);
    expect(lab.inbox('laptop')).toHaveLength(2);
    expect(lab.inbox('phone')).toHaveLength(0);
    // Half an hour later it still idles, on the same connection: IDLE was begun anew.
    lab.wait(50);
    const { phase, connections } = lab.views().laptop;
    expect(phase.phase).toBe('idling');
    expect(connections).toHaveLength(1);
    const said = lab.talk(connections[0]?.id ?? 0)?.lines.filter(({ text }) => / IDLE$/.test(text)) ?? [];
    expect(said.length).toBeGreaterThanOrEqual(3);
    expect(lab.talk(connections[0]?.id ?? 0)?.isProtected).toBe(true);
    lab.ask('laptop', { kind: 'idle', on: false });
    expect(lab.views().laptop.phase.phase).toBe('closed');
  });

  it('looks at a message without marking it as read (BODY.PEEK)', () => {
    const lab = new MailLab();
    lab.wait(2);
    lab.ask('phone', { kind: 'check' });
    const [minutes, harbour] = lab.inbox('phone');
    lab.ask('phone', { kind: 'read', folder: 'INBOX', id: minutes?.id ?? 0, peek: true });
    lab.ask('phone', { kind: 'read', folder: 'INBOX', id: harbour?.id ?? 0 });
    expect(lab.inbox('phone').map(({ here, isSeen }) => [here, isSeen])).toEqual([
      ['whole', false],
      ['whole', true],
    ]);
    const [copy] = lab.inbox('phone').map(({ id }) => lab.copy('phone', 'INBOX', id));
    expect(copy?.isWhole).toBe(true);
    expect(copy?.raw).toContain('9. The next meeting will be in four weeks');
  });

  it('POP3 with headers only: TOP, and the text when it is opened', () => {
    const lab = new MailLab();
    lab.configure('desktop', 'download', 'headers');
    lab.configure('desktop', 'leaveOnServer', false);
    lab.wait(2);
    lab.ask('desktop', { kind: 'check' });
    lab.ask('desktop', { kind: 'check' });
    expect(lab.inbox('desktop').map(({ here }) => here)).toEqual(['header', 'header']);
    // Nothing is deleted there that nobody has.
    expect(lab.server().get('INBOX')).toHaveLength(2);
    const [minutes] = lab.inbox('desktop');
    lab.ask('desktop', { kind: 'read', folder: 'INBOX', id: minutes?.id ?? 0 });
    expect(lab.inbox('desktop').map(({ here, isSeen, onServer }) => [here, isSeen, onServer])).toEqual([
      ['whole', true, false],
      ['header', false, true],
    ]);
    expect(lab.views().desktop.reading).toMatchObject({ folder: 'INBOX', id: minutes?.id });
    const [, harbour] = lab.inbox('desktop');
    lab.ask('desktop', { kind: 'read', folder: 'INBOX', id: harbour?.id ?? 0, peek: true });
    expect(lab.views().desktop.reading).toMatchObject({ id: harbour?.id });
    expect(lab.inbox('desktop').map(({ here, isSeen }) => [here, isSeen])).toEqual([
      ['whole', true],
      ['whole', false],
    ]);
    const said = lab.views().desktop.connections.flatMap(({ id }) => lab.talk(id)?.lines ?? []);
    expect(said.map(({ text }) => text)).toContain('TOP 1 0');
  });

  it('checks by itself when it is set up to, and not while it is offline', () => {
    const { hosts } = new MailLab().world.description;
    const lab = new MailLab({
      hosts: hosts.map((host) => {
        const mail = host.name === 'desktop.home.example' ? host.programs?.['mail'] : undefined;
        if (mail?.kind !== 'mailClient') return host;
        const config = { ...mail.config, checkEveryMs: 10 * MINUTE };
        return { ...host, programs: { mail: { ...mail, config } } };
      }),
    });
    lab.wait(35);
    expect(lab.views().desktop.connections).toHaveLength(3);
    expect(lab.inbox('desktop')).toHaveLength(2);
    lab.ask('desktop', { kind: 'online', on: false });
    lab.wait(30);
    expect(lab.views().desktop.connections).toHaveLength(3);
  });

  it('folders: made, filled by moving, searched, emptied for good', () => {
    const lab = new MailLab();
    lab.wait(2);
    lab.ask('laptop', { kind: 'check' });
    lab.ask('laptop', { kind: 'createFolder', folder: 'Häfen/Süd' });
    const [minutes, harbour] = lab.inbox('laptop');
    lab.ask('laptop', { kind: 'move', folder: 'INBOX', ids: [harbour?.id ?? 0], to: 'Häfen/Süd' });
    lab.ask('laptop', { kind: 'flag', folder: 'INBOX', ids: [minutes?.id ?? 0], flag: 'flagged', on: true });
    expect(lab.server().get('Häfen/Süd')).toHaveLength(1);
    expect(lab.server().get('INBOX')?.[0]?.flags).toEqual(['\\Flagged']);
    lab.ask('laptop', { kind: 'open', folder: 'Häfen/Süd' });
    const folder = lab.views().laptop.folders.find(({ name }) => name === 'Häfen/Süd');
    expect(folder?.messages.map(({ subject }) => subject)).toEqual(['Notes from the harbour']);
    lab.ask('laptop', { kind: 'search', folder: 'Häfen/Süd', text: 'ferry was late' });
    expect(lab.views().laptop.search).toMatchObject({
      ids: folder?.messages.map(({ id }) => id),
      isLocal: false,
    });
    // Marked first, gone with EXPUNGE.
    const ids = folder?.messages.map(({ id }) => id) ?? [];
    lab.ask('laptop', { kind: 'flag', folder: 'Häfen/Süd', ids, flag: 'deleted', on: true });
    expect(lab.server().get('Häfen/Süd')?.[0]?.flags).toContain('\\Deleted');
    lab.ask('laptop', { kind: 'expunge', folder: 'Häfen/Süd' });
    expect(lab.server().get('Häfen/Süd') ?? []).toEqual([]);
    expect(lab.views().laptop.folders.find(({ name }) => name === 'Häfen/Süd')?.messages).toEqual([]);
    expect(lab.views().laptop.pending).toEqual([]);
    expect(lab.views().laptop.conflicts).toEqual([]);
  });
});

it('two runs of the same asks give the same trace', () => {
  const run = (): string => {
    const lab = new MailLab();
    lab.wait(2);
    for (const device of ['laptop', 'phone', 'desktop'] as const) lab.ask(device, { kind: 'check' });
    lab.ask('phone', {
      kind: 'send',
      draft: { to: ['bob@hafen.example'], cc: [], bcc: [], subject: 'x', text: 'y' },
    });
    lab.wait(40);
    return lab.hash();
  };
  expect(run()).toBe(run());
});
