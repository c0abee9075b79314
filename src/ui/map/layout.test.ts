// The map's geometry for any world of 2 to 40 hosts: no card covers another, everything lies on the map, every wire starts
// and ends where it should, and what travels arrives.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostRole, HostView } from '../../view/types.ts';
import { hops, layoutMap, pathPoints, pointAlong, roundedPath, type Box, type Point } from './layout.ts';

const roles: readonly HostRole[] = [
  'laptop',
  'mailServer',
  'mx',
  'mailboxes',
  'nameServer',
  'resolver',
  'sender',
];

const host = (name: string, role: HostRole, column: number, row: number, domain = ''): HostView => ({
  name,
  role,
  domain,
  addresses: ['192.0.2.1'],
  owned: false,
  judges: role === 'mx',
  shell: false,
  mails: false,
  facts: [],
  column,
  row,
});

const worlds = fc
  .array(
    fc.record({
      role: fc.constantFrom(...roles),
      column: fc.integer({ min: 0, max: 7 }),
      row: fc.integer({ min: -2, max: 3 }),
      domain: fc.constantFrom('', 'a.example', 'b.example'),
    }),
    { minLength: 2, maxLength: 40 },
  )
  .map((places) =>
    places.map(({ role, column, row, domain }, i) => host(`h${i}`, role, column, row, domain)),
  );

const apart = (a: Box, b: Box): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

const shares = Array.from({ length: 21 }, (_, i) => i / 20);
const contains = (box: Box, point: Point | undefined): boolean =>
  point !== undefined &&
  point.x > box.x + 1 &&
  point.x < box.x + box.width - 1 &&
  point.y > box.y + 1 &&
  point.y < box.y + box.height - 1;

describe('the map', () => {
  it('puts no card onto another and all of them onto the map', () => {
    fc.assert(
      fc.property(worlds, fc.boolean(), (hosts, online) => {
        const all = online ? [...hosts, host('internet', 'internet', 0, 0)] : hosts;
        const { cards, width, height, road } = layoutMap(all, [], new Map([['h1', 3]]));
        const boxes = [...cards.values(), ...(road ? [road.box] : [])];
        expect(cards.size).toBe(hosts.length);
        boxes.forEach((box, i) => {
          expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height).toBe(
            true,
          );
          for (const other of boxes.slice(i + 1)) expect(apart(box, other)).toBe(true);
        });
      }),
      { numRuns: 200 },
    );
  });

  it('leads wires to the road without crossing a card in between', () => {
    fc.assert(
      fc.property(worlds, (hosts) => {
        const all = [...hosts, host('internet', 'internet', 0, 0)];
        const links = hosts.map(({ name }) => [name, 'internet'] as const);
        const { wires, cards } = layoutMap(all, links, new Map());
        expect(wires).toHaveLength(hosts.length);
        const crossed = wires.flatMap(({ from, points }) =>
          [...cards].flatMap(([name, box]) => {
            if (name === from) return [];
            const inside = shares.some((share) => contains(box, pointAlong(points, share)));
            return inside ? [`${from} crosses ${name}`] : [];
          }),
        );
        expect(crossed).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('sends what has no wire of its own over the road', () => {
    const hosts = [
      host('laptop', 'laptop', 0, 0),
      host('router', 'router', 1, 0),
      host('mx', 'mx', 3, 0),
      host('internet', 'internet', 2, 0),
    ];
    const layout = layoutMap(
      hosts,
      [
        ['laptop', 'router'],
        ['router', 'internet'],
        ['mx', 'internet'],
      ],
      new Map(),
    );
    expect(hops(['laptop', 'router', 'mx'], layout)).toEqual([
      ['laptop', 'router'],
      ['router', 'internet'],
      ['internet', 'mx'],
    ]);
    const points = pathPoints(['laptop', 'router', 'mx'], layout);
    const mx = layout.cards.get('mx');
    expect(pointAlong(points, 1)).toEqual({ x: (mx?.x ?? 0) + (mx?.width ?? 0) / 2, y: mx?.y });
    expect(roundedPath(points)).toMatch(/^M[\d.]+ [\d.]+L/);
  });
});
