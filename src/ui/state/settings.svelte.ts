// Language and theme, remembered, and the words of the page in the language chosen. `t` reads a string of the page's
// dictionary, `phrase` what the engine's views say; both fill in parameters and both are reactive in templates.

import type { Phrase } from '../../view/types.ts';
import { fill, type Params } from '../../text/fill.ts';
import type { ExplainWords } from '../../text/en/explain.ts';
import type { StoryWords } from '../../text/en/story.ts';
import type { UiKey, UiWords } from '../../text/en/ui.ts';
import { keepSetting, setting } from './storage.ts';

export type Language = 'en' | 'de';
export type Theme = 'system' | 'light' | 'dark';

export const languages: readonly Language[] = ['en', 'de'];
export const themes: readonly Theme[] = ['system', 'light', 'dark'];

interface Words {
  readonly ui: UiWords;
  readonly story: StoryWords;
}

const load: Record<Language, () => Promise<Words>> = {
  en: async () => ({ ...(await import('../../text/en/ui.ts')), ...(await import('../../text/en/story.ts')) }),
  de: async () => ({ ...(await import('../../text/de/ui.ts')), ...(await import('../../text/de/story.ts')) }),
};

/** Loaded with the first question, and with each change of language after that. */
const loadMore: Record<Language, () => Promise<{ readonly explain: ExplainWords }>> = {
  en: () => import('../../text/en/explain.ts'),
  de: () => import('../../text/de/explain.ts'),
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
  words = $state.raw<Words>();
  explain = $state.raw<ExplainWords>();
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
    const more = this.#wantsMore ? loadMore[language]() : undefined;
    this.words = await load[language]();
    if (more) this.explain = (await more).explain;
    this.language = language;
    document.documentElement.lang = language;
    keepSetting('language', language);
  }

  /** Loads the words of explanations, once. */
  async learnToExplain(): Promise<void> {
    if (this.#wantsMore) return;
    this.#wantsMore = true;
    this.explain = (await loadMore[this.language]()).explain;
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
export function t(key: UiKey, params?: Params): string {
  return fill(settings.words?.ui[key] ?? key, params);
}

/** What the engine says, in the reader's language. A key without words shows itself: better than nothing. */
export function phrase({ key, params }: Phrase): string {
  const story: Readonly<Record<string, string>> | undefined = settings.words?.story;
  const explain: Readonly<Record<string, string>> | undefined = settings.explain;
  return fill(story?.[key] ?? explain?.[key] ?? key, params);
}

/** Is there a text for this key of the page? For codes that come from the engine. */
export function known(key: string): key is UiKey {
  return settings.words !== undefined && key in settings.words.ui;
}
