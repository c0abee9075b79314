// Who may import whom. The table "Rooms" in src/README.md is the source; this file reads it, finds every import of a
// source file (static, dynamic, type, worker, glob; .ts, .js and .svelte) and names what breaks the table. It knows
// text and paths only and touches no disk. Read src/README.md, "Rooms", first.

import { posix } from 'node:path';
import ts from 'typescript';

/** How a file reaches another: a value, a type that is gone at run time, or a script that runs in a worker. */
export type ImportKind = 'value' | 'type' | 'worker';

export interface FoundImport {
  readonly specifier: string;
  readonly kind: ImportKind;
  /** One-based. */
  readonly line: number;
}

/** One row. `mayImport` holds room names, `room/file` for one file, `room (types)` and `room (worker)`. */
export interface Room {
  readonly name: string;
  readonly mayImport: ReadonlySet<string>;
  /** npm packages that production code here may import; null means any. */
  readonly packages: ReadonlySet<string> | null;
}

/** Rooms whose production code may use `node:` modules. */
const nodeRooms = new Set(['node', 'build', 'testing']);

/** Rooms that any test may import. */
const developmentRooms = new Set(['testing', 'build']);

/** Rooms whose production code may import the virtual modules made by src/build. */
const virtualRooms = new Set(['ui', 'worker']);

/**
 * Reads the table of rooms.
 * @throws Error when a row cannot be read or names a room that is not above it.
 */
export function parseRooms(markdown: string): ReadonlyMap<string, Room> {
  const rooms = new Map<string, Room>();
  for (const line of markdown.split('\n')) {
    const cells = line.split('|').map((cell) => cell.trim());
    const folders = [...(cells[1] ?? '').matchAll(/`src\/([a-z0-9]+)`/g)].map((match) => match[1] ?? '');
    if (cells.length !== 6 || folders.length === 0) continue;
    const mayImport = new Set<string>();
    for (const item of listOf(cells[3] ?? '')) {
      const target = rooms.get(item.replace(/[/ …].*$/, ''));
      if (!target)
        throw new Error(`src/README.md: ${folders.join()} names \`${item}\`, which is no row above it`);
      mayImport.add(item.replace('…', ''));
      if (item.endsWith('…')) for (const inherited of target.mayImport) mayImport.add(inherited);
    }
    const packages = cells[4] === 'any' ? null : new Set(listOf(cells[4] ?? ''));
    for (const name of folders) rooms.set(name, { name, mayImport, packages });
  }
  if (rooms.size === 0) throw new Error('src/README.md: the table of rooms is gone');
  return rooms;
}

function listOf(cell: string): string[] {
  return cell === '–' ? [] : cell.split(',').map((item) => item.trim().replaceAll('`', ''));
}

/** Everything a source file imports. `path` decides how the text is read (.svelte or not). */
export function findImports(path: string, source: string): FoundImport[] {
  if (!path.endsWith('.svelte')) return importsOfScript(source);
  // Scripts keep their line numbers; the markup is only searched for `import(…)`.
  const found: FoundImport[] = [];
  const markup = source.replace(
    /<script\b[^>]*>([\s\S]*?)<\/script>/g,
    (whole, script: string, at: number) => {
      const linesBefore = source.slice(0, at + whole.indexOf(script)).split('\n').length - 1;
      found.push(...importsOfScript('\n'.repeat(linesBefore) + script));
      return whole.replace(/[^\n]/g, ' ');
    },
  );
  for (const match of markup.matchAll(/\bimport\(\s*(['"`])(.+?)\1/g)) {
    const line = markup.slice(0, match.index).split('\n').length;
    found.push({ specifier: match[2] ?? '', kind: kindOf(match[2] ?? '', false), line });
  }
  return found;
}

function kindOf(specifier: string, typeOnly: boolean): ImportKind {
  if (typeOnly) return 'type';
  return /[?&](shared)?worker\b/.test(specifier) ? 'worker' : 'value';
}

function importsOfScript(source: string): FoundImport[] {
  const file = ts.createSourceFile('x.ts', source, ts.ScriptTarget.Latest, false);
  const found: FoundImport[] = [];
  const add = (literal: ts.Node | undefined, at: ts.Node, typeOnly: boolean, worker = false): void => {
    if (!literal || !ts.isStringLiteralLike(literal)) return;
    const line = file.getLineAndCharacterOfPosition(at.getStart(file)).line + 1;
    const kind = worker ? 'worker' : kindOf(literal.text, typeOnly);
    found.push({ specifier: literal.text, kind, line });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node)) {
      if (ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, node, true);
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      add(node.moduleReference.expression, node, node.isTypeOnly);
    } else if (ts.isCallExpression(node)) {
      const callee = node.expression;
      if (callee.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], node, false);
      else if (ts.isIdentifier(callee) && callee.text === 'require') add(node.arguments[0], node, false);
      else if (/^import\.meta\.glob\b/.test(callee.getText(file))) {
        const patterns = node.arguments[0];
        if (patterns && ts.isArrayLiteralExpression(patterns)) {
          for (const pattern of patterns.elements) add(pattern, node, false);
        } else add(patterns, node, false);
      }
    } else if (ts.isNewExpression(node) && node.expression.getText(file) === 'URL') {
      // new Worker(new URL('../worker/main.ts', import.meta.url)) is how a bundler is told of a worker.
      if (node.arguments?.[1]?.getText(file) === 'import.meta.url') add(node.arguments[0], node, false, true);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** True for files that only tests and tools read (tests, `testing.ts`, `testing/`, files directly in src): they may import `node:` and development dependencies. */
export function isDevelopmentFile(path: string): boolean {
  return /\.test\.ts$/.test(path) || /^src\/[^/]+$/.test(path) || /\/testing(\.ts$|\/)/.test(path);
}

/** What is wrong with the imports of one file; `path` starts with `src/`. Each message names its remedy. */
export function importProblems(rooms: ReadonlyMap<string, Room>, path: string, source: string): string[] {
  const roomName = /^src\/([^/]+)\//.exec(path)?.[1];
  const room = roomName === undefined ? undefined : rooms.get(roomName);
  if (roomName !== undefined && !room) {
    return [`${path}: the folder src/${roomName} is no room. Add a row to the table in src/README.md.`];
  }
  const problems: string[] = [];
  for (const found of findImports(path, source)) {
    const wrong = problemOf(rooms, room, path, found);
    if (wrong !== null) problems.push(`${path}:${found.line}: ${wrong}`);
  }
  return problems;
}

function problemOf(
  rooms: ReadonlyMap<string, Room>,
  room: Room | undefined,
  path: string,
  found: FoundImport,
): string | null {
  const development = isDevelopmentFile(path);
  const specifier = found.specifier.replace(/[?#].*$/, '');
  // In Node a URL beside the module is how a file is named; only in a bundle does it load a script.
  if (found.kind === 'worker' && (development || (room && nodeRooms.has(room.name)))) return null;
  if (specifier.startsWith('node:')) {
    if (development || (room && nodeRooms.has(room.name))) return null;
    return `imports ${specifier}. Only src/node, src/build, src/testing and tests may: hand the value in from there.`;
  }
  if (specifier.startsWith('virtual:')) {
    if (development || (room && virtualRooms.has(room.name))) return null;
    return `imports ${specifier}, which only a bundle has. Let src/ui or src/worker import it and hand it in.`;
  }
  if (!specifier.startsWith('.')) return packageProblem(room, development, found, specifier);

  const target = posix.join(posix.dirname(path), specifier);
  const targetRoom = /^src\/([^/]+)(\/|$)/.exec(target)?.[1];
  if (targetRoom === undefined) {
    return development ? null : `imports ${target}, which is outside src. Move what it needs into a room.`;
  }
  if (isDevelopmentFile(target) && !development && room?.name !== 'testing') {
    return `imports ${target}, which only tests may use. Move the shared part into a file of its own.`;
  }
  if (!room || targetRoom === room.name) return null;
  if (development && developmentRooms.has(targetRoom)) return null;
  if (!rooms.has(targetRoom)) return `imports src/${targetRoom}, which is no room in src/README.md.`;
  const allowed =
    room.mayImport.has(targetRoom) ||
    room.mayImport.has(target.slice('src/'.length).replace(/\.ts$/, '')) ||
    (found.kind !== 'value' && room.mayImport.has(`${targetRoom} (${found.kind}s)`));
  if (allowed) return null;
  const list = [...room.mayImport].join(', ') || 'no other room';
  const hint = room.mayImport.has(`${targetRoom} (types)`)
    ? ' Say `import type` if a type is all you need.'
    : '';
  return (
    `src/${room.name} may not import src/${targetRoom} (${found.kind}); it may import ${list}.${hint} ` +
    `Move the shared part down, or hand it in as an argument; the table is in src/README.md.`
  );
}

function packageProblem(
  room: Room | undefined,
  development: boolean,
  found: FoundImport,
  specifier: string,
): string | null {
  if (development || !room || room.packages === null) return null;
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (room.packages.has(name)) return null;
  return (
    `src/${room.name} may not import the package ${found.specifier}; ` +
    `the column "packages" of the table in src/README.md lists ${[...room.packages].join(', ') || 'none'}.`
  );
}
