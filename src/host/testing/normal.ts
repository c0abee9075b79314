// What changes from run to run in the output of tools, replaced by the words that stand in the recordings. Tests only.

export function normal(text: string): string {
  return text
    .replace(/time=[0-9.]+ ms/g, 'time=⟨ms⟩ ms')
    .replace(/, time [0-9]+ms/g, ', time ⟨ms⟩ms')
    .replace(/= [0-9.]+\/[0-9.]+\/[0-9.]+\/[0-9.]+ ms/g, '= ⟨ms⟩/⟨ms⟩/⟨ms⟩/⟨ms⟩ ms')
    .replace(/, id: \d+$/gm, ', id: ⟨id⟩')
    .replace(/^; COOKIE: [0-9a-f]+/gm, '; COOKIE: ⟨cookie⟩')
    .replace(/^;; Query time: \d+ msec$/gm, ';; Query time: ⟨ms⟩ msec')
    .replace(/^;; WHEN: .*$/gm, ';; WHEN: ⟨date⟩')
    .replace(/ in \d+ ms$/gm, ' in ⟨ms⟩ ms')
    .replace(/ in \d+ ms\.$/gm, ' in ⟨ms⟩ ms.');
}

/** `+trace` asks a random server of each zone. */
export function withoutServers(text: string): string {
  return text.replace(/^;; Received \d+ bytes from \S+ in/gm, ';; Received ⟨n⟩ bytes from ⟨server⟩ in');
}

/** Also the seconds that are left of a cached record: what had been asked before differs from recording to recording. */
export function withoutTtls(text: string): string {
  return text.replace(/^(\S+)[\t ]+(\d+)[\t ]+IN[\t ]+/gm, '$1 ⟨ttl⟩ IN ');
}
