// The modules that src/build/lessons.ts makes out of the folder `lessons`.

declare module 'virtual:lessons' {
  export type TrackEntry = import('./lessons.ts').TrackEntry;
  export type LessonEntry = import('./lessons.ts').LessonEntry;
  export type LessonBody = import('./lessons.ts').LessonBody;
  export type Prose = import('./prose.ts').Prose;
  export type ProseBlock = import('./prose.ts').ProseBlock;
  export type ProseInline = import('./prose.ts').ProseInline;
  export const tracks: readonly TrackEntry[];
  export const lessons: readonly LessonEntry[];
  /** Fetches the chunk of one lesson; null when there is none of that id. */
  export function loadLesson(id: string): Promise<LessonBody | null>;
}

declare module 'virtual:worlds' {
  export type WorldJson = import('./world-merge.ts').JsonMap;
  /** A shared world by file name, `extends` followed; undefined when there is none of that name. */
  export function loadWorld(name: string): Promise<WorldJson | undefined>;
}
