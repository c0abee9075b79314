// What the reports panel asks. A piece of its own, loaded with the panel.

import type { ReportsView, ReportView } from '../view/reports.ts';
import { importedReport, reportsView } from '../view/reports.ts';
import { reverseNames, type ReverseName } from '../view/reverse-names.ts';
import type { Engine } from './engine.ts';

/** Addresses that are looked up in one go. */
const MOST_ADDRESSES = 60;

export function askReports(engine: Engine, seq?: number): ReportsView {
  return reportsView(engine.journal, seq);
}

export function askReverseNames(engine: Engine, addresses: readonly string[]): readonly ReverseName[] {
  return reverseNames(engine.world, addresses.slice(0, MOST_ADDRESSES));
}

export function readReport(id: string, filename: string, bytes: Uint8Array): ReportView {
  return importedReport(id, filename, bytes);
}
