import { describe, expect, it } from 'vitest';
import type { ZoneFinding } from './types.ts';
import { letter, LAPTOP, openScene, type Scene } from './testing.ts';
import { analyseZone } from './zone-analysis.ts';
import { withEvidence } from './zone-evidence.ts';

const zone = 'wolke.example.';
const findings = (
  scene: Scene,
  change: (text: string) => string = (text) => text,
): readonly ZoneFinding[] => {
  const text = change(scene.journal.zones.get(zone)?.at(-1)?.value.text ?? '');
  return withEvidence(analyseZone(zone, text), scene.journal.trace, zone).findings;
};
const seqOf = (scene: Scene, type: string): number =>
  scene.journal.trace.findLast((event) => event.type === type)?.seq ?? -1;

describe('what the trace shows of a zone', () => {
  it('a finding leads to the newest check that met its record [S4-070]', () => {
    const scene = openScene();
    const open = (text: string): string => text.replace('p=quarantine; rua', 'p=none; pct=5; rua');
    expect(findings(scene, open).find(({ id }) => id === 'DMARC-PCT')?.seq).toBeUndefined();
    scene.type(LAPTOP, ...letter('mx.hafen.example'));
    scene.wait(5);
    expect(findings(scene, open).find(({ id }) => id === 'DMARC-PCT')?.seq).toBe(seqOf(scene, 'auth.dmarc'));
    expect(findings(scene).find(({ id }) => id === 'SPF-SOFT-VS-HARD')?.seq).toBe(seqOf(scene, 'auth.spf'));
  });

  it('bounces whose HELO name has no SPF record are told where the host stands [SPF-HELO-NONE]', () => {
    const scene = openScene();
    expect(findings(scene).map(({ id }) => id)).not.toContain('SPF-HELO-NONE');
    const lines = letter('mx.hafen.example').map((line) =>
      line
        .replace(/^(HELO|EHLO) .*/i, '$1 mail.wolke.example')
        .replace(/^MAIL FROM:<[^>]*>/i, 'MAIL FROM:<>'),
    );
    scene.type(LAPTOP, ...lines);
    scene.wait(5);
    const finding = findings(scene).find(({ id }) => id === 'SPF-HELO-NONE');
    expect(finding).toMatchObject({ params: { helo: 'mail.wolke.example' }, seq: seqOf(scene, 'auth.spf') });
    const cured = findings(scene, (text) => `${text}\nmail IN TXT "v=spf1 a -all"\n`);
    expect(cured.map(({ id }) => id)).not.toContain('SPF-HELO-NONE');
  });
});
