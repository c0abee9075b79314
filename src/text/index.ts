// The dictionaries, one module an area and language, loaded when somebody needs them: the page's script stays small.
// What is needed at once (`ui`, `story`) is imported where it is needed. Every German area has the type of the English one.

export type Locale = 'en' | 'de';

/** Loaders by area. `dictionary('de').hints()` gives the module. */
const loaders = {
  en: {
    hints: () => import('./en/hints.ts'),
    diagnostics: () => import('./en/diagnostics.ts'),
    hover: () => import('./en/hover.ts'),
    headers: () => import('./en/headers.ts'),
    replies: () => import('./en/replies.ts'),
  },
  de: {
    hints: () => import('./de/hints.ts'),
    diagnostics: () => import('./de/diagnostics.ts'),
    hover: () => import('./de/hover.ts'),
    headers: () => import('./de/headers.ts'),
    replies: () => import('./de/replies.ts'),
  },
};

export type Area = keyof (typeof loaders)['en'];

/** The lazily loaded areas in a language. */
export function dictionary(locale: Locale): (typeof loaders)[Locale] {
  return loaders[locale];
}
