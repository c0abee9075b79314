// Lessons are data: this reads the folder `lessons/`, checks the front matter and hands it to the bundle as modules (`virtual:lessons`,
// `virtual:worlds`, one chunk a lesson) and to Node as values. What goals and worlds mean, src/lesson and src/world know.
// Read src/README.md, "Lessons", first.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { load } from 'js-yaml';
import * as v from 'valibot';
import type { Plugin } from 'vite';
import { parseGoals } from '../lesson/goals-file.ts';
import { parseProse, type Prose } from './prose.ts';
import { extendWorld, isMap, type Json, type JsonMap } from './world-merge.ts';

export interface Bilingual<T = string> {
  readonly en: T;
  readonly de: T;
}

/** A row of lessons on the start page. */
export interface TrackEntry {
  readonly id: string;
  readonly title: Bilingual;
}

/** What the list of lessons shows. */
export interface LessonEntry {
  /** The folder's name without its number; unique in all tracks. */
  readonly id: string;
  readonly track: string;
  readonly title: Bilingual;
  readonly summary: Bilingual | null;
  readonly minutes: number;
  /** Ids of lessons to do before. */
  readonly needs: readonly string[];
  /** `RFC 5321` or `RFC 5321 §3.3`. */
  readonly rfc: readonly string[];
}

/** Everything else about a lesson. */
export interface LessonBody {
  readonly id: string;
  readonly prose: Bilingual<Prose>;
  /** With `extends` followed; null = the world in which the solution of `previous` ended. */
  readonly world: JsonMap | null;
  /** What happened in `world` before the learner came, as a script; '' when nothing did. */
  readonly before: string;
  /** The lesson before it in the same track. */
  readonly previous: string | null;
  /** As src/lesson/format.ts describes it, checked. */
  readonly goals: JsonMap;
  /** The transcript that solves it, as text. */
  readonly solution: string;
}

export interface Lessons {
  readonly tracks: readonly TrackEntry[];
  /** In order of tracks and lessons. */
  readonly lessons: readonly LessonEntry[];
  readonly bodies: ReadonlyMap<string, LessonBody>;
  readonly worlds: Readonly<Record<string, JsonMap>>;
}

const text = v.pipe(v.string(), v.trim(), v.nonEmpty('must not be empty'));
const rfc = v.pipe(
  v.string(),
  v.regex(/^RFC \d{3,5}( §[\w.]+)?$/, 'must read "RFC 5321" or "RFC 5321 §3.3"'),
);
const frontMatter = v.strictObject({
  title: text,
  minutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(120)),
  summary: v.optional(text),
  needs: v.optional(v.array(text), []),
  rfc: v.optional(v.array(rfc), []),
});
const germanFrontMatter = v.strictObject({ title: text, summary: v.optional(text) });
const trackFile = v.strictObject({ title: v.strictObject({ en: text, de: text }) });

/**
 * Reads every lesson and world below `dir`.
 * @throws Error that starts with the file and names the key
 */
export function readLessons(dir: string): Lessons {
  const worlds = readWorlds(dir);
  const tracks: TrackEntry[] = [];
  const lessons: LessonEntry[] = [];
  const bodies = new Map<string, LessonBody>();
  for (const trackFolder of numberedFolders(dir)) {
    const track = idOf(trackFolder);
    tracks.push({
      id: track,
      ...check(trackFile, readYaml(join(trackFolder, 'track.yaml')), join(trackFolder, 'track.yaml')),
    });
    let previous: string | null = null;
    for (const folder of numberedFolders(trackFolder)) {
      const id = idOf(folder);
      if (bodies.has(id)) throw new Error(`${shown(folder)}: a second lesson is called ${id}`);
      const en = readProse(join(folder, 'lesson.md'), frontMatter);
      const de = readProse(join(folder, 'lesson.de.md'), germanFrontMatter);
      const { title, summary, minutes, needs, rfc: rfcs } = en.matter;
      if ((summary === undefined) !== (de.matter.summary === undefined)) {
        throw new Error(`${shown(folder)}: summary: both languages need one, or neither`);
      }
      lessons.push({
        id,
        track,
        title: { en: title, de: de.matter.title },
        summary: summary === undefined ? null : { en: summary, de: de.matter.summary ?? summary },
        minutes,
        needs,
        rfc: rfcs,
      });
      const world = readLessonWorld(join(folder, 'world.yaml'), worlds.written);
      if (!world && previous === null)
        throw new Error(`${shown(folder)}: the first lesson of a track needs a world.yaml`);
      bodies.set(id, {
        id,
        prose: { en: en.prose, de: de.prose },
        world,
        before: readBefore(join(folder, 'before.talk'), world),
        previous,
        goals: readGoals(id, join(folder, 'goals.yaml')),
        solution: readText(join(folder, 'solution.talk')),
      });
      previous = id;
    }
  }
  for (const lesson of lessons) {
    for (const need of lesson.needs) {
      if (!bodies.has(need))
        throw new Error(`lesson ${lesson.id}: front matter: needs: there is no lesson "${need}"`);
    }
  }
  return { tracks, lessons, bodies, worlds: worlds.complete };
}

/** The shared worlds alone, for programs that need no lesson. */
export function readSharedWorlds(dir: string): Readonly<Record<string, JsonMap>> {
  return readWorlds(dir).complete;
}

interface Worlds {
  readonly written: ReadonlyMap<string, JsonMap>;
  readonly complete: Readonly<Record<string, JsonMap>>;
}

function readWorlds(dir: string): Worlds {
  const folder = join(dir, 'worlds');
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.yaml')) : [];
  const written = new Map(files.sort().map((name) => [basename(name, '.yaml'), readMap(join(folder, name))]));
  const complete: Record<string, JsonMap> = {};
  for (const [name, world] of written) {
    complete[name] = extendWorld(world, shown(join(folder, `${name}.yaml`)), (base) => written.get(base), [
      name,
    ]);
  }
  return { written, complete };
}

function readLessonWorld(file: string, written: ReadonlyMap<string, JsonMap>): JsonMap | null {
  if (!existsSync(file)) return null;
  return extendWorld(readMap(file), shown(file), (base) => written.get(base));
}

/** Only a world of the lesson's own has a past of its own: the other begins where the previous lesson ended. */
function readBefore(file: string, world: JsonMap | null): string {
  if (!existsSync(file)) return '';
  if (world === null) throw new Error(`${shown(file)}: needs a world.yaml beside it`);
  return readText(file);
}

/** Folders named `01-something`, in order; others (`worlds`) are not tracks or lessons. */
function numberedFolders(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\d+-/.test(entry.name))
    .map((entry) => join(dir, entry.name))
    .sort((a, b) => Number.parseInt(basename(a)) - Number.parseInt(basename(b)));
}

function idOf(folder: string): string {
  return basename(folder).replace(/^\d+-/, '');
}

function shown(file: string): string {
  return relative(process.cwd(), file).replaceAll('\\', '/');
}

function readText(file: string): string {
  if (!existsSync(file)) throw new Error(`${shown(file)}: is missing`);
  return readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
}

function readYaml(file: string): Json {
  return parseYaml(readText(file), file);
}

function parseYaml(source: string, file: string): Json {
  try {
    // YAML 1.2 without tags: only JSON values come out; dates stay text.
    return load(source) as Json;
  } catch (error) {
    throw new Error(`${shown(file)}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function readMap(file: string): JsonMap {
  const value = readYaml(file);
  if (!isMap(value)) throw new Error(`${shown(file)}: must be a map (key: value)`);
  return value;
}

/** Checked, with what may be left out filled in. */
function readGoals(lesson: string, file: string): JsonMap {
  return parseGoals(lesson, readMap(file)) as unknown as JsonMap;
}

function readProse<S extends v.GenericSchema>(
  file: string,
  schema: S,
): { matter: v.InferOutput<S>; prose: Prose } {
  const source = readText(file);
  const match = /^---\n([\s\S]*?\n)---\n/.exec(source);
  if (!match) throw new Error(`${shown(file)}: must start with front matter between two lines "---"`);
  const matter = check(schema, parseYaml(match[1] ?? '', file), file);
  const firstLine = match[0].split('\n').length;
  return { matter, prose: parseProse(source.slice(match[0].length), shown(file), firstLine) };
}

function check<S extends v.GenericSchema>(schema: S, value: Json, file: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'front matter'}: ${issue.message}`);
  throw new Error(`${shown(file)}: ${problems.join('; ')}`);
}

const prefix = 'virtual:';

/** The Vite plugin; `dir` is relative to the project. Types of its modules: virtual.d.ts. */
export function lessons(dir: string): Plugin {
  const root = resolve(dir);
  let read: Lessons | null = null;
  const current = (): Lessons => (read ??= readLessons(root));
  return {
    name: 'ehlo-lessons',
    buildStart() {
      read = null;
      if (this.meta.watchMode && existsSync(root)) this.addWatchFile(root);
    },
    resolveId(id) {
      return /^virtual:(lessons|worlds|lesson\/|world\/)/.test(id) ? `\0${id}` : null;
    },
    load(id) {
      if (!id.startsWith(`\0${prefix}`)) return null;
      const name = id.slice(prefix.length + 1);
      if (name === 'lessons') return indexModule(current());
      if (name === 'worlds') return worldsModule(current());
      if (name.startsWith('world/'))
        return `export default ${JSON.stringify(current().worlds[name.slice('world/'.length)])};`;
      return `export default ${JSON.stringify(current().bodies.get(name.replace(/^lesson\//, '')))};`;
    },
    configureServer(server) {
      server.watcher.add(root);
      server.watcher.on('all', (_event, file) => {
        if (!resolve(file).startsWith(root)) return;
        read = null;
        for (const [id, module] of server.moduleGraph.idToModuleMap) {
          if (id.startsWith(`\0${prefix}`)) server.moduleGraph.invalidateModule(module);
        }
        server.ws.send({ type: 'full-reload' });
      });
    },
  };
}

/** `'id': () => import('virtual:lesson/id')`: one chunk each, so that a page loads what it opens. */
function loadersOf(kind: 'lesson' | 'world', names: readonly string[]): string {
  const each = names.map(
    (name) => `${JSON.stringify(name)}: () => import(${JSON.stringify(`virtual:${kind}/${name}`)})`,
  );
  return `const loaders = { ${each.join(', ')} };`;
}

function worldsModule(all: Lessons): string {
  return [
    loadersOf('world', Object.keys(all.worlds)),
    `export async function loadWorld(name) {`,
    `  return Object.hasOwn(loaders, name) ? (await loaders[name]()).default : undefined;`,
    `}`,
  ].join('\n');
}

function indexModule(all: Lessons): string {
  return [
    `export const tracks = ${JSON.stringify(all.tracks)};`,
    `export const lessons = ${JSON.stringify(all.lessons)};`,
    loadersOf(
      'lesson',
      all.lessons.map(({ id }) => id),
    ),
    `export async function loadLesson(id) {`,
    `  return Object.hasOwn(loaders, id) ? (await loaders[id]()).default : null;`,
    `}`,
  ].join('\n');
}
