// May aggregate reports go there? A domain names addresses of others in its record; each of those must have said that it
// wants them. A generator that asks DNS and says of every address why. RFC 9990 §4.

import type { Asking } from '../dns/lookup.ts';
import { isDmarcRecord, parseDmarcRecord } from './dmarc-record.ts';
import type { DmarcUri } from './dmarc-record.ts';
import { walkTree } from './dmarc-walk.ts';
import type { AskedNames, DmarcWalk } from './dmarc-walk.ts';
import { isAskable, plainDomain } from './domain.ts';
import { ask, isTemporary, textRecords } from './evidence.ts';
import type { DnsEvidence } from './evidence.ts';

export interface ReportDestination {
  /** As the record has it. */
  readonly uri: string;
  /** Where reports go in the end; none when they do not. */
  readonly addresses: readonly string[];
  readonly isAllowed: boolean;
  /** `not-allowed`: the other domain published nothing. `lookup-failed`: not this time, perhaps the next. */
  readonly because:
    | 'same-organization'
    | 'allowed'
    | 'redirected'
    | 'not-allowed'
    | 'lookup-failed'
    | 'not-an-address'
    | 'bad-redirect';
  /** `⟨policy domain⟩._report._dmarc.⟨destination⟩`. */
  readonly lookup?: DnsEvidence;
  readonly walk?: DmarcWalk;
  readonly rule: string;
}

const RULE = 'RFC 9990 §4';
/** Destinations beyond are not looked at, so that a record cannot make us ask without end. */
const MOST_DESTINATIONS = 10;

/** `policyDomain`: where the record was found. `uris`: its `rua`. */
export function* checkReportDestinations(
  policyDomain: string,
  uris: readonly DmarcUri[],
): Asking<ReportDestination[]> {
  const out: ReportDestination[] = [];
  const asked: AskedNames = new Map();
  const domain = plainDomain(policyDomain);
  let own: DmarcWalk | undefined;
  for (const uri of uris.slice(0, MOST_DESTINATIONS)) {
    const { address } = uri;
    const host = plainDomain(address?.slice(address.lastIndexOf('@') + 1) ?? '');
    if (address === undefined || !isAskable(host)) {
      out.push({ uri: uri.text, addresses: [], isAllowed: false, because: 'not-an-address', rule: RULE });
      continue;
    }
    own ??= yield* walkTree(domain, 'author', asked);
    const walk = yield* walkTree(host, 'author', asked);
    if (walk.organizationalDomain === own.organizationalDomain) {
      out.push({
        uri: uri.text,
        addresses: [address],
        isAllowed: true,
        because: 'same-organization',
        walk,
        rule: RULE,
      });
      continue;
    }
    out.push({ uri: uri.text, walk, rule: RULE, ...(yield* askOther(domain, host, address)) });
  }
  return out;
}

function* askOther(
  domain: string,
  host: string,
  address: string,
): Asking<Pick<ReportDestination, 'addresses' | 'isAllowed' | 'because' | 'lookup'>> {
  const name = `${domain}._report._dmarc.${host}`;
  if (!isAskable(name)) return { addresses: [], isAllowed: false, because: 'not-allowed' };
  const lookup = yield* ask(name, 'TXT');
  if (isTemporary(lookup)) return { addresses: [], isAllowed: false, because: 'lookup-failed', lookup };
  const records = textRecords(lookup).filter((record) => isDmarcRecord(record.text));
  if (records.length === 0) return { addresses: [], isAllowed: false, because: 'not-allowed', lookup };
  const redirects = records.flatMap((record) => parseDmarcRecord(record.text).rua);
  if (redirects.length === 0) return { addresses: [address], isAllowed: true, because: 'allowed', lookup };
  // Another address may stand in, but only on the same host, so that nobody can pass reports on to a third.
  const addresses = redirects.flatMap((uri) =>
    uri.address !== undefined && plainDomain(uri.address.slice(uri.address.lastIndexOf('@') + 1)) === host
      ? [uri.address]
      : [],
  );
  return addresses.length > 0
    ? { addresses, isAllowed: true, because: 'redirected', lookup }
    : { addresses, isAllowed: false, because: 'bad-redirect', lookup };
}
