// SRS as Mail::SRS and libsrs2 do it: there and back, twice over, and every way of not being turned back.

import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DAY, timeOf } from '../base/dates.ts';
import { isSrs, srsForward, srsReverse } from './srs.ts';

const now = timeOf(2026, 11, 23, 8, 0, 0);
const first = { domain: 'fwd.example', secret: 'first secret', now };
const second = { domain: 'fwd2.example', secret: 'second secret', now };

describe('one forwarder', () => {
  it('writes SRS0 with hash, day, host and user [S2-053]', () => {
    const sender = srsForward('alice@orig.example', first);
    const day = Math.floor(now / DAY) % 1024;
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    const stamp = letters.charAt(day >> 5) + letters.charAt(day & 31);
    const hash = createHmac('sha1', 'first secret')
      .update(`${stamp}orig.examplealice`.toLowerCase())
      .digest('base64')
      .slice(0, 4);
    expect(sender).toBe(`SRS0=${hash}=${stamp}=orig.example=alice@fwd.example`);
    expect(srsReverse(sender, first)).toEqual({ ok: true, address: 'alice@orig.example', ageDays: 0 });
  });

  it('leaves the null sender and its own addresses alone', () => {
    expect(srsForward('', first)).toBe('');
    expect(srsForward('bob@FWD.example', first)).toBe('bob@FWD.example');
  });

  it('turns back what it made for three weeks, and not a day longer [S2-053]', () => {
    const sender = srsForward('alice@orig.example', first);
    const later = (days: number) => srsReverse(sender, { ...first, now: now + days * DAY });
    expect(later(21)).toMatchObject({ ok: true, ageDays: 21 });
    expect(later(22)).toEqual({ ok: false, problem: 'Time stamp out of date' });
    // After 1024 days the two letters come round again: the scheme cannot tell the difference.
    expect(later(1024)).toMatchObject({ ok: true, ageDays: 0 });
  });

  it('refuses what it did not make [S2-053]', () => {
    const sender = srsForward('alice@orig.example', first);
    const bad = (address: string) => srsReverse(address, first);
    expect(bad(sender.replace('alice', 'malice'))).toEqual({
      ok: false,
      problem: 'Hash invalid in SRS address',
    });
    expect(srsReverse(sender, { ...first, secret: 'another' })).toEqual({
      ok: false,
      problem: 'Hash invalid in SRS address',
    });
    expect(bad('SRS0=AAAA@fwd.example')).toEqual({ ok: false, problem: 'No host or user in SRS address' });
    expect(bad('alice@fwd.example')).toEqual({ ok: false, problem: 'Not an SRS address' });
  });

  it('is known by its beginning in any case of letters', () => {
    expect(isSrs('srs0=aaaa=bb=c=d@e.example')).toBe(true);
    expect(isSrs('SRS1=aaaa=b==c@e.example')).toBe(true);
    expect(isSrs('srs@e.example')).toBe(false);
  });
});

describe('two forwarders and more', () => {
  it('make SRS1, which names the first forwarder and goes back through it [S2-053]', () => {
    const one = srsForward('alice@orig.example', first);
    const two = srsForward(one, second);
    const inner = one.slice(4, one.lastIndexOf('@'));
    expect(two).toMatch(/^SRS1=....=fwd\.example==....=..=orig\.example=alice@fwd2\.example$/);
    expect(two).toContain(`=fwd.example=${inner}@`);
    expect(srsReverse(two, second)).toEqual({ ok: true, address: one, ageDays: undefined });
    const three = srsForward(two, { ...second, domain: 'fwd3.example', secret: 'third' });
    expect(three).toMatch(/^SRS1=....=fwd\.example==/);
    expect(three.length).toBe(two.length);
    expect(srsReverse(three, { ...second, secret: 'third' })).toMatchObject({ ok: true, address: one });
  });

  it('refuse a SRS1 address that was not made here', () => {
    const two = srsForward(srsForward('alice@orig.example', first), second);
    expect(srsReverse(two.replace('fwd.example', 'evil.example'), second)).toEqual({
      ok: false,
      problem: 'Hash invalid in SRS address',
    });
  });
});

it('comes back for every local part and host', () => {
  const local = fc.stringMatching(/^[a-z0-9!#$%&'*+/?^_`{|}~=-]{1,30}$/).filter((text) => !isSrs(text));
  const host = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?\.example$/);
  fc.assert(
    fc.property(local, host, (user, domain) => {
      const sender = `${user}@${domain}`;
      const forwarded = srsForward(sender, first);
      if (domain === first.domain) return forwarded === sender;
      const again = srsForward(forwarded, second);
      const back = srsReverse(again, second);
      if (!back.ok) return false;
      const origin = srsReverse(back.address, first);
      return origin.ok && origin.address === sender;
    }),
  );
});
