// What must hold in every store at every moment (law 8 as far as mailboxes go). Tests and the world's checker run it.

import type { MailStore } from './store.ts';

/** Broken invariants in words for programmers; empty when all is well. */
export function checkStore(store: MailStore): string[] {
  const wrong: string[] = [];
  const used = new Set<string>();
  const names = new Set<string>();
  const validities = new Set<number>();
  for (const [key, user] of store.users) {
    if (key !== user.name) wrong.push(`${key}: listed under another name than ${user.name}`);
    if (user.folders[0]?.name !== 'INBOX') wrong.push(`${key}: INBOX is not the first folder`);
    const folders = new Set<string>();
    for (const folder of user.folders) {
      const where = `${key}/${folder.name}`;
      if (folders.has(folder.name)) wrong.push(`${where}: twice`);
      folders.add(folder.name);
      if (validities.has(folder.uidValidity)) wrong.push(`${where}: UIDVALIDITY ${folder.uidValidity} twice`);
      validities.add(folder.uidValidity);
      let last = 0;
      for (const message of folder.messages) {
        const raw = store.blobs.get(message.hash);
        if (message.uid <= last) wrong.push(`${where}: UID ${message.uid} after ${last}`);
        last = message.uid;
        if (raw === undefined) wrong.push(`${where}: bytes of UID ${message.uid} are missing`);
        else if (raw.length !== message.size) wrong.push(`${where}: UID ${message.uid} has a wrong size`);
        if (names.has(message.uniqueName)) wrong.push(`${where}: name ${message.uniqueName} twice`);
        if (message.modSeq > folder.highestModSeq)
          wrong.push(`${where}: UID ${message.uid} is ahead of its folder`);
        names.add(message.uniqueName);
        used.add(message.hash);
      }
      if (last >= folder.uidNext) wrong.push(`${where}: UIDNEXT ${folder.uidNext} is not above UID ${last}`);
    }
  }
  for (const hash of store.blobs.keys())
    if (!used.has(hash)) wrong.push(`bytes ${hash} belong to no message`);
  return wrong;
}
