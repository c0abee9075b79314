// The rules of `extends`, one by one.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extendWorld, mergeWorld, type Json, type JsonMap } from './world-merge.ts';

describe('mergeWorld', () => {
  it.each<[string, Json, Json, Json]>([
    ['merges maps', { a: 1, b: { c: 2, d: 3 } }, { b: { c: 9 }, e: 4 }, { a: 1, b: { c: 9, d: 3 }, e: 4 }],
    ['deletes with null', { a: 1, b: { c: 2, d: 3 } }, { a: null, b: { c: null } }, { b: { d: 3 } }],
    ['replaces lists', { a: [1, 2, 3] }, { a: [4] }, { a: [4] }],
    ['replaces across kinds', { a: { b: 1 } }, { a: 'x' }, { a: 'x' }],
    ['an empty list empties', { a: [1] }, { a: [] }, { a: [] }],
    [
      'merges lists by name, keeps the order, appends',
      [
        { name: 'a', x: 1, y: 1 },
        { name: 'b', x: 1 },
      ],
      [{ name: 'c' }, { name: 'a', x: 2 }],
      [{ name: 'a', x: 2, y: 1 }, { name: 'b', x: 1 }, { name: 'c' }],
    ],
    ['deletes by name', [{ name: 'a' }, { name: 'b' }], [{ name: 'a', remove: true }], [{ name: 'b' }]],
    [
      'merges zones by zone',
      [{ zone: 'a.', text: '1', x: 1 }, { zone: 'b.' }],
      [{ zone: 'a.', text: '2' }],
      [{ zone: 'a.', text: '2', x: 1 }, { zone: 'b.' }],
    ],
    [
      'deletes links by their ends',
      [{ between: ['a', 'b'] }, { between: ['a', 'c'] }],
      [{ between: ['a', 'b'], remove: true }],
      [{ between: ['a', 'c'] }],
    ],
    ['replaces a list with a nameless entry', [{ name: 'a' }], [{ x: 1 }], [{ x: 1 }]],
    ['leaves no mark of deletion behind', {}, { a: { b: null, c: 1 } }, { a: { c: 1 } }],
  ])('%s', (_name, base, over, expected) => {
    expect(mergeWorld(base, over)).toEqual(expected);
  });

  it('laid over itself changes nothing', () => {
    const leaf = fc.oneof(fc.boolean(), fc.integer(), fc.string());
    const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'name', 'c'), tie('tree')),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        fc.pre(!JSON.stringify(value).includes('"name":"'));
        expect(mergeWorld(value, value)).toEqual(value);
      }),
    );
  });
});

describe('extendWorld', () => {
  const worlds: Record<string, JsonMap> = {
    a: { x: 1, y: 1 },
    b: { extends: 'a', y: 2 },
    c: { extends: 'c' },
  };
  const find = (name: string): JsonMap | undefined => worlds[name];

  it('follows chains', () => {
    expect(extendWorld({ extends: 'b', z: 3 }, 'w', find)).toEqual({ x: 1, y: 2, z: 3 });
  });

  it('refuses circles and unknown names', () => {
    expect(() => extendWorld({ extends: 'c' }, 'w', find)).toThrow(/w: extends: c → c is a circle/);
    expect(() => extendWorld({ extends: 'd' }, 'w', find)).toThrow(/w: extends: there is no/);
    expect(() => extendWorld({ extends: 7 }, 'w', find)).toThrow(/must be the name/);
  });
});
