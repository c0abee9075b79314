import type { Linter } from 'eslint';

export const bannedBelowWorker: Linter.RulesRecord;
export const bannedInText: Linter.RulesRecord;
export const roomsOfTheMachine: readonly string[];
