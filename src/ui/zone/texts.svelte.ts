// The editor's words in the reader's language, loaded with the editor, and what a finding says to a person. A finding's id
// is that of a diagnostic (`SPF-MULTI`) or a code of the zone parser (`unknown-type`).

import type { DiagnosticText } from '../../text/en/diagnostics.ts';
import type { PropagationText } from '../../text/en/propagation.ts';
import type { ZoneText } from '../../text/en/zone.ts';
import { fill } from '../../text/fill.ts';
import { hoverRules } from '../../text/hover-rules.ts';
import type { ZoneFinding } from '../../view/types.ts';
import type { Glossary } from './explain.ts';
import type { Language } from '../state/settings.svelte.ts';

export interface ZoneTexts {
  readonly language: Language;
  readonly zone: ZoneText;
  readonly propagation: PropagationText;
  readonly diagnostics: Readonly<Record<string, DiagnosticText>>;
  readonly glossary: Glossary;
}

const load: Record<Language, () => Promise<ZoneTexts>> = {
  en: async () => {
    const [{ zone }, { propagation }, { diagnostics }, { hover }] = await Promise.all([
      import('../../text/en/zone.ts'),
      import('../../text/en/propagation.ts'),
      import('../../text/en/diagnostics.ts'),
      import('../../text/en/hover.ts'),
    ]);
    const glossary = { words: zone.words, hover, rules: hoverRules };
    return { language: 'en', zone, propagation, diagnostics, glossary };
  },
  de: async () => {
    const [{ zone }, { propagation }, { diagnostics }, { hover }] = await Promise.all([
      import('../../text/de/zone.ts'),
      import('../../text/de/propagation.ts'),
      import('../../text/de/diagnostics.ts'),
      import('../../text/de/hover.ts'),
    ]);
    const glossary = { words: zone.words, hover, rules: hoverRules };
    return { language: 'de', zone, propagation, diagnostics, glossary };
  },
};

class TextsState {
  current = $state.raw<ZoneTexts>();

  async speak(language: Language): Promise<void> {
    if (this.current?.language !== language) this.current = await load[language]();
  }
}

export const texts = new TextsState();

/** A finding in words; backticks are code. */
export interface FindingWords {
  readonly title: string;
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
}

export function findingWords(finding: ZoneFinding, { zone, diagnostics }: ZoneTexts): FindingWords {
  const diagnostic = Object.hasOwn(diagnostics, finding.id) ? diagnostics[finding.id] : undefined;
  if (diagnostic) {
    const said = (text: string) => fill(text, finding.params);
    return {
      title: said(diagnostic.title),
      what: said(diagnostic.what),
      why: said(diagnostic.why),
      remedy: said(diagnostic.fix),
    };
  }
  const problems: Readonly<Record<string, readonly string[]>> = zone.problems;
  const [title = finding.id, remedy = ''] = Object.hasOwn(problems, finding.id)
    ? (problems[finding.id] ?? [])
    : [];
  return { title: fill(title, finding.params), what: '', why: '', remedy: fill(remedy, finding.params) };
}

/** What the repair of a finding does. */
export function fixTitle(finding: ZoneFinding, { zone }: ZoneTexts): string {
  const text = finding.fix?.text ?? '';
  if (text.trim() === '') return zone.ui.repairByRemoving;
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return fill(zone.ui.repairBy, { text: short.trim() });
}
