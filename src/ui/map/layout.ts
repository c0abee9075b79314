// Where everything on the map stands: cards in columns and rows, the internet as one road between name servers and mail
// servers, wires as polylines that never cross a card of their own row. Pure geometry from host views; knows no pixels
// of the screen, no time, no DOM.

import type { HostView } from '../../view/types.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Group {
  readonly domain: string;
  readonly owned: boolean;
  readonly box: Box;
}

export interface Wire {
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
}

export interface MapLayout {
  readonly width: number;
  readonly height: number;
  readonly cards: ReadonlyMap<string, Box>;
  readonly groups: readonly Group[];
  /** The road, when the world has an internet; its host's name. */
  readonly road?: { readonly host: string; readonly box: Box };
  readonly wires: readonly Wire[];
}

const cardWidth = 154;
const columnGap = 24;
const cardGap = 12;
const rowGap = 24;
const labelHeight = 18;
const groupPad = 7;
const roadHeight = 24;
const roadGap = 20;
const margin = 14;
const mailboxHeight = 40;

/** How tall a card is: known before anything happens on the host, so that nothing shifts later. */
export function cardHeight(host: HostView, mailboxes: number): number {
  const base = 60;
  const boxes = mailboxes * mailboxHeight;
  switch (host.role) {
    case 'mx':
    case 'mailServer':
      return base + 30 + (host.judges ? 28 : 0) + boxes + factsHeight(host);
    case 'mailboxes':
      return base + 2 + Math.max(mailboxHeight, boxes) + factsHeight(host);
    default:
      return base + boxes + factsHeight(host);
  }
}

function factsHeight(host: HostView): number {
  return Math.min(3, host.facts.length) * 18;
}

/** Lays out a world. `mailboxes` says how many each host has; `links` are pairs of host names. */
export function layoutMap(
  hosts: readonly HostView[],
  links: readonly (readonly [string, string])[],
  mailboxes: ReadonlyMap<string, number>,
): MapLayout {
  const internet = hosts.find((host) => host.role === 'internet');
  const placed = hosts.filter((host) => host !== internet);
  const columns = [...new Set(placed.map((host) => host.column))].sort((a, b) => a - b);
  const rows = [...new Set(placed.map((host) => host.row))].sort((a, b) => a - b);
  const width = 2 * margin + columns.length * cardWidth + Math.max(0, columns.length - 1) * columnGap;
  const cards = new Map<string, Box>();
  const height = (host: HostView): number => cardHeight(host, mailboxes.get(host.name) ?? 0);
  const columnX = (column: number): number => margin + columns.indexOf(column) * (cardWidth + columnGap);

  let y = margin;
  let roadY: number | undefined;
  for (const row of rows) {
    if (internet && roadY === undefined && row >= 0) {
      roadY = y - (y > margin ? rowGap - roadGap : 0);
      y = roadY + roadHeight + roadGap;
    }
    y += labelHeight;
    const inRow = placed.filter((host) => host.row === row);
    const cells = columns.map((column) => inRow.filter((host) => host.column === column));
    const cellHeight = (cell: readonly HostView[]): number =>
      cell.reduce((sum, host) => sum + height(host) + cardGap, -cardGap);
    const rowHeight = Math.max(0, ...cells.map(cellHeight));
    cells.forEach((cell) => {
      // Above the road cards stand on it, below they hang from it.
      let top = row < 0 && internet ? y + rowHeight - cellHeight(cell) : y;
      for (const host of cell) {
        cards.set(host.name, { x: columnX(host.column), y: top, width: cardWidth, height: height(host) });
        top += height(host) + cardGap;
      }
    });
    y += rowHeight + rowGap;
  }
  if (internet && roadY === undefined) {
    roadY = y;
    y += roadHeight + rowGap;
  }
  // Wide enough for wires in the gap beside the first column.
  const roadX = Math.max(0, margin - columnGap / 2 - 6);
  const road =
    internet && roadY !== undefined
      ? { host: internet.name, box: { x: roadX, y: roadY, width: width - 2 * roadX, height: roadHeight } }
      : undefined;
  const wires = links.flatMap(([from, to]) => {
    const points = wirePoints(from, to, cards, road);
    return points ? [{ from, to, points }] : [];
  });
  return { width, height: y - rowGap + margin, cards, groups: groupBoxes(placed, cards), road, wires };
}

type Road = MapLayout['road'];

/** The way between two hosts that share a wire; undefined when one is not on the map. */
export function wirePoints(
  from: string,
  to: string,
  cards: ReadonlyMap<string, Box>,
  road: Road,
): readonly Point[] | undefined {
  if (road && to === road.host) return toRoad(from, cards, road);
  if (road && from === road.host) return toRoad(to, cards, road)?.toReversed();
  const a = cards.get(from);
  const b = cards.get(to);
  return a && b ? between(a, b) : undefined;
}

function toRoad(host: string, cards: ReadonlyMap<string, Box>, road: NonNullable<Road>): Point[] | undefined {
  const box = cards.get(host);
  if (!box) return undefined;
  const roadMiddle = road.box.y + road.box.height / 2;
  const above = box.y < road.box.y;
  const x = box.x + box.width / 2;
  const edge = above ? box.y + box.height : box.y;
  const inTheWay = [...cards.values()].some(
    (other) =>
      other !== box &&
      Math.abs(other.x - box.x) < box.width &&
      (above ? other.y > box.y && other.y < road.box.y : other.y < box.y && other.y > road.box.y),
  );
  if (!inTheWay) {
    return [
      { x, y: edge },
      { x, y: roadMiddle },
    ];
  }
  // Out of the side, along the gap between the columns.
  const gutter = box.x - columnGap / 2;
  const middle = box.y + box.height / 2;
  return [
    { x: box.x, y: middle },
    { x: gutter, y: middle },
    { x: gutter, y: roadMiddle },
  ];
}

function between(a: Box, b: Box): Point[] {
  const [left, right] = a.x <= b.x ? [a, b] : [b, a];
  const forward = left === a;
  let points: Point[];
  if (left.x === right.x) {
    const [upper, lower] = a.y < b.y ? [a, b] : [b, a];
    // Beside the stubs to the road.
    const x = upper.x + upper.width * 0.8;
    points = [
      { x, y: upper.y + upper.height },
      { x, y: lower.y },
    ];
    return upper === a ? points : points.toReversed();
  }
  const y = Math.max(left.y, right.y) + 26;
  const sameHeight = y < Math.min(left.y + left.height, right.y + right.height);
  if (sameHeight) {
    points = [
      { x: left.x + left.width, y },
      { x: right.x, y },
    ];
  } else {
    const gutter = right.x - columnGap / 2;
    points = [
      { x: left.x + left.width, y: left.y + 26 },
      { x: gutter, y: left.y + 26 },
      { x: gutter, y: right.y + 26 },
      { x: right.x, y: right.y + 26 },
    ];
  }
  return forward ? points : points.toReversed();
}

/** One tinted area per domain; a domain whose area would cover others' hosts gets one per row. */
function groupBoxes(hosts: readonly HostView[], cards: ReadonlyMap<string, Box>): Group[] {
  const domains = [...new Set(hosts.map((host) => host.domain).filter((domain) => domain !== ''))];
  return domains.flatMap((domain) => {
    const own = hosts.filter((host) => host.domain === domain);
    const whole = around(own, cards);
    const covers = hosts.some((host) => host.domain !== domain && overlaps(whole, cards.get(host.name)));
    const parts = covers ? rowsOf(own) : [own];
    return parts.map((part) => ({
      domain,
      owned: part.some((host) => host.owned),
      box: around(part, cards),
    }));
  });
}

function rowsOf(hosts: readonly HostView[]): HostView[][] {
  return [...new Set(hosts.map((host) => host.row))].map((row) => hosts.filter((host) => host.row === row));
}

function around(hosts: readonly HostView[], cards: ReadonlyMap<string, Box>): Box {
  const boxes = hosts.flatMap((host) => cards.get(host.name) ?? []);
  const x = Math.min(...boxes.map((box) => box.x)) - groupPad;
  const y = Math.min(...boxes.map((box) => box.y)) - labelHeight;
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + groupPad;
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + groupPad;
  return { x, y, width: right - x, height: bottom - y };
}

function overlaps(a: Box, b: Box | undefined): boolean {
  return (
    b !== undefined &&
    a.x < b.x + b.width &&
    b.x < a.x + a.width &&
    a.y < b.y + b.height &&
    b.y < a.y + a.height
  );
}

const sameWire = (wire: Wire, a: string, b: string): boolean =>
  (wire.from === a && wire.to === b) || (wire.from === b && wire.to === a);

/** The wires that something takes: where two hosts share none, it goes over the road. */
export function hops(path: readonly string[], layout: MapLayout): (readonly [string, string])[] {
  const result: (readonly [string, string])[] = [];
  for (let i = 1; i < path.length; i++) {
    const a = path[i - 1] ?? '';
    const b = path[i] ?? '';
    if (!layout.road || layout.wires.some((wire) => sameWire(wire, a, b))) result.push([a, b]);
    else result.push([a, layout.road.host], [layout.road.host, b]);
  }
  return result;
}

/** The way of something that passes several hosts: wires joined, along the road between its ramps. */
export function pathPoints(path: readonly string[], layout: MapLayout): Point[] {
  return hops(path, layout).flatMap(([a, b]) => wirePoints(a, b, layout.cards, layout.road) ?? []);
}

/** The point at a share (0 to 1) of a polyline's length. */
export function pointAlong(points: readonly Point[], share: number): Point | undefined {
  const first = points[0];
  if (!first) return undefined;
  const lengths = points.slice(1).map((point, i) => distance(points[i] ?? point, point));
  let left = share * lengths.reduce((sum, length) => sum + length, 0);
  for (let i = 0; i < lengths.length; i++) {
    const a = points[i] ?? first;
    const b = points[i + 1] ?? a;
    const length = lengths[i] ?? 0;
    if (left <= length && length > 0) {
      return { x: a.x + ((b.x - a.x) * left) / length, y: a.y + ((b.y - a.y) * left) / length };
    }
    left -= length;
  }
  return points.at(-1);
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}

/** SVG path data of a polyline with rounded corners. */
export function roundedPath(points: readonly Point[], radius = 10): string {
  const first = points[0];
  if (!first) return '';
  let d = `M${first.x} ${first.y}`;
  for (let i = 1; i < points.length; i++) {
    const point = points[i] ?? first;
    const before = points[i - 1] ?? first;
    const after = points[i + 1];
    if (!after) {
      d += `L${point.x} ${point.y}`;
      continue;
    }
    const r = Math.min(radius, distance(before, point) / 2, distance(point, after) / 2);
    const start = toward(point, before, r);
    const end = toward(point, after, r);
    d += `L${start.x} ${start.y}Q${point.x} ${point.y} ${end.x} ${end.y}`;
  }
  return d;
}

function toward(from: Point, to: Point, length: number): Point {
  const whole = distance(from, to) || 1;
  return { x: from.x + ((to.x - from.x) * length) / whole, y: from.y + ((to.y - from.y) * length) / whole };
}
