// Language and theme, remembered, and the words of the page in the language chosen. `t` reads a string of the page's
// dictionary, `phrase` what the engine's views say; both fill in parameters and both are reactive in templates.

import type { Phrase } from '../../view/types.ts';
import { fill, type Params } from '../../text/fill.ts';
import type { ExplainWords } from '../../text/en/explain.ts';
import type { StoryWords } from '../../text/en/story.ts';
import type { PageKey, PageWords } from '../../text/en/page.ts';
import type { UiKey, UiWords } from '../../text/en/ui.ts';
import { keepSetting, setting } from './storage.ts';

export type Language = 'en' | 'de';
export type Theme = 'system' | 'light' | 'dark';

export const languages: readonly Language[] = ['en', 'de'];
export const themes: readonly Theme[] = ['system', 'light', 'dark'];

interface StoryAndReasons {
  readonly story: StoryWords;
  readonly explain: ExplainWords;
}

const load: Record<Language, () => Promise<{ readonly ui: UiWords }>> = {
  en: () => import('../../text/en/ui.ts'),
  de: () => import('../../text/de/ui.ts'),
};

const loadPage: Record<Language, () => Promise<{ readonly page: PageWords }>> = {
  en: () => import('../../text/en/page.ts'),
  de: () => import('../../text/de/page.ts'),
};

/** Loaded when something is told for the first time. */
const loadMore: Record<Language, () => Promise<StoryAndReasons>> = {
  en: async () => ({
    ...(await import('../../text/en/story.ts')),
    ...(await import('../../text/en/explain.ts')),
  }),
  de: async () => ({
    ...(await import('../../text/de/story.ts')),
    ...(await import('../../text/de/explain.ts')),
  }),
};

function firstLanguage(): Language {
  const kept = setting('language');
  if (kept === 'en' || kept === 'de') return kept;
  return navigator.language.toLowerCase().startsWith('de') ? 'de' : 'en';
}

function firstTheme(): Theme {
  const kept = setting('theme');
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

class Settings {
  language = $state<Language>(firstLanguage());
  theme = $state<Theme>(firstTheme());
  /** What `system` means now. */
  dark = $state(false);
  /** The reader asked for less motion. */
  stillness = $state(false);
  ui = $state.raw<UiWords>();
  page = $state.raw<PageWords>();
  more = $state.raw<StoryAndReasons>();
  #wantsPage: Promise<void> | undefined;
  #wantsMore = false;

  /** Loads the words; the page is drawn after that. */
  async start(): Promise<void> {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const still = matchMedia('(prefers-reduced-motion: reduce)');
    const read = (): void => {
      this.dark = this.theme === 'dark' || (this.theme === 'system' && dark.matches);
      this.stillness = still.matches;
      document.documentElement.dataset['theme'] = this.dark ? 'dark' : 'light';
    };
    dark.addEventListener('change', read);
    still.addEventListener('change', read);
    this.#read = read;
    read();
    await this.speak(this.language);
  }

  async speak(language: Language): Promise<void> {
    const page = this.#wantsPage ? loadPage[language]() : undefined;
    const more = this.#wantsMore ? loadMore[language]() : undefined;
    this.ui = (await load[language]()).ui;
    if (page) this.page = (await page).page;
    if (more) this.more = await more;
    this.language = language;
    document.documentElement.lang = language;
    keepSetting('language', language);
  }

  /** Loads what `t` needs beyond the frame; parts that come later wait for it. */
  learnPage(): Promise<void> {
    return (this.#wantsPage ??= loadPage[this.language]().then(({ page }) => {
      this.page = page;
    }));
  }

  /** Loads the words of stories and reasons, once. */
  async learnToTell(): Promise<void> {
    if (this.#wantsMore) return;
    this.#wantsMore = true;
    this.more = await loadMore[this.language]();
  }

  colour(theme: Theme): void {
    this.theme = theme;
    keepSetting('theme', theme);
    this.#read();
  }

  #read: () => void = () => {};
}

export const settings = new Settings();

/** A string of the page. */
export function t(key: UiKey | PageKey, params?: Params): string {
  const frame: Readonly<Record<string, string>> | undefined = settings.ui;
  const rest: Readonly<Record<string, string>> | undefined = settings.page;
  return fill(frame?.[key] ?? rest?.[key] ?? '', params);
}

/**
 * What the engine says, in the reader's language. Nothing until the words are there; a key without words shows itself,
 * which is better than nothing.
 */
export function phrase({ key, params }: Phrase): string {
  void settings.learnToTell();
  if (!settings.more) return '';
  const story: Readonly<Record<string, string>> = settings.more.story;
  const explain: Readonly<Record<string, string>> = settings.more.explain;
  const folder = params && story[`folder.${params['folder']}`];
  return fill(story[key] ?? explain[key] ?? key, folder ? { ...params, folder } : params);
}

/** Is there a text for this key of the page? For codes that come from the engine. */
export function known(key: string): key is PageKey {
  return settings.page !== undefined && key in settings.page;
}
