// Why smtpd refuses a client or a recipient: names, block lists, relaying, addresses that nobody has, the SPF policy service and
// Postgrey. Each check answers with a refusal or with nothing. postconf(5), smtpd_*_restrictions; SMTPD_POLICY_README.

import { mailDate } from '../../base/dates.ts';
import type { SpfVerdict } from '../../auth/spf-verdict.ts';
import { spfPolicyAction, spfRefused } from '../../smtp/auth-replies.ts';
import {
  blockListed,
  greylisted,
  noHostname,
  noReverseHostname,
  recipientRejected,
  relayAccessDenied,
  senderDomainNotFound,
  senderDomainNullMx,
  senderRejected,
  userUnknown,
} from '../../smtp/postfix.ts';
import type { Reply } from '../../smtp/reply.ts';
import type { Os } from '../program.ts';
import { isOwnNetwork, localAddress, splitAddress } from './access.ts';
import { aliasOf, isAliasDomain, isDestination, reverseSender } from './alias.ts';
import { checkGreylist } from './greylist.ts';
import { isLocalDomain, isLocalRecipient } from './local-aliases.ts';
import { spfRefusal, type RestrictionFindings } from './restrictions.ts';
import type { MtaState, SmtpdClient } from './state.ts';
import { isTrusted } from './submission.ts';

/** smtpd_client_restrictions by the client's names, which are known since it connected. */
export function clientRefusal(state: MtaState, client: SmtpdClient, os: Os): Reply | undefined {
  const { config } = state;
  const { peer, address, connection } = client;
  const isAsked =
    config.rejectUnknownReverseClientHostname === true || config.rejectUnknownClientHostname === true;
  if (!isAsked) return undefined;
  const refusal =
    config.rejectUnknownReverseClientHostname === true && peer.reverseName === undefined
      ? noReverseHostname(address)
      : config.rejectUnknownClientHostname === true && peer.name === 'unknown'
        ? noHostname(address)
        : undefined;
  const seq = os.emit(
    {
      type: 'client.checked',
      connection,
      address,
      check: 'reverseName',
      result: refusal === undefined ? 'pass' : 'reject',
      ...(peer.reverseName === undefined ? {} : { name: peer.reverseName }),
    },
    'RFC 1912 §2.1',
  );
  if (refusal !== undefined) os.cause = seq;
  return refusal;
}

/** check_policy_service: what policyd-spf makes of the SPF verdict. */
export function policyRefusal(
  state: MtaState,
  client: SmtpdClient,
  recipient: string,
  verdict: SpfVerdict | undefined,
  os: Os,
): Reply | undefined {
  const { verify } = state.config;
  const refusal = verify === undefined || verdict === undefined ? undefined : spfRefusal(verify, verdict);
  if (refusal === undefined || verdict === undefined) return undefined;
  os.cause = os.emit(
    { type: 'auth.spf', queueId: '', connection: client.connection, stage: 'rcpt', verdict },
    verdict.rule,
  );
  const action = spfPolicyAction(refusal, recipient);
  os.log('policyd-spf', `${action.code} ${action.enhanced} ${action.text}`);
  return spfRefused(refusal, recipient);
}

/** check_policy_service with Postgrey behind it, asked last: it defers only who would be welcome (DEFER_IF_PERMIT). */
export function greylistRefusal(
  state: MtaState,
  client: SmtpdClient,
  sender: string,
  recipient: string,
  os: Os,
): Reply | undefined {
  const { config } = state;
  if (config.greylist?.isOn !== true || isTrusted(config, client)) return undefined;
  const verdict = checkGreylist(state.greylist, config.greylist, client.address, sender, recipient, os.now);
  const { name } = client.peer;
  const why =
    verdict.action === 'pass'
      ? verdict.reason + (verdict.delayedSeconds === undefined ? '' : `, delay=${verdict.delayedSeconds}`)
      : verdict.reason === 'new'
        ? 'new'
        : `early-retry (${verdict.secondsMissing}s missing)`;
  os.log(
    'postgrey',
    `action=${verdict.action}, reason=${why}, client_name=${name}, client_address=${client.address}, sender=${sender}, recipient=${recipient}`,
  );
  const { connection, address } = client;
  const seq = os.emit(
    { type: 'client.greylisted', connection, address, sender, recipient, verdict },
    'RFC 6647 §2.2',
  );
  if (verdict.action === 'pass') {
    if (verdict.delayedSeconds !== undefined)
      client.prepend = `X-Greylist: delayed ${verdict.delayedSeconds} seconds by postgrey-1.37 at ${config.myhostname}; ${mailDate(os.now, os.host.zoneMinutes).replace(/ [+-]\d{4}$/, os.host.zoneMinutes === 60 ? ' CET' : ' UTC')}\r\n`;
    return undefined;
  }
  os.cause = seq;
  return greylisted(recipient, `http://postgrey.schweikert.ch/help/${splitAddress(recipient).domain}.html`);
}

/** What the look-ups lead to, but for SPF. */
export function foundRefusal(
  client: SmtpdClient,
  sender: string,
  found: RestrictionFindings | undefined,
): Reply | undefined {
  const listing = found?.listings.find(({ result }) => result === 'listed');
  if (listing !== undefined)
    return { ...blockListed(client.address, listing.list, listing.text ?? ''), rule: 'RFC 5782 §2.1' };
  switch (found?.senderDomain) {
    case 'notFound':
      return senderDomainNotFound(sender);
    case 'nullMx':
      return senderDomainNullMx(sender);
    case 'tryAgain':
      return senderRejected(sender, 450, '4.1.8', 'Domain not found');
    default:
      return undefined;
  }
}

/** reject_unauth_destination. Undefined: this server takes mail for the address, or the client may relay. */
export function relayRefusal({ config }: MtaState, client: SmtpdClient, address: string): Reply | undefined {
  return isDestination(config, address) || isTrusted(config, client)
    ? undefined
    : relayAccessDenied(address, config.relayRefusal === 'defer');
}

/** reject_unlisted_recipient, and what the forwarder's own addresses need. Undefined: welcome. */
export function recipientRefusal(state: MtaState, address: string, os: Os): Reply | undefined {
  const { config } = state;
  const { localPart, domain } = splitAddress(address);
  if (localPart.toLowerCase() === 'postmaster' && domain === '') return undefined;
  if (isLocalDomain(config, address) || domain === '')
    return isLocalRecipient(config, address) ? undefined : userUnknown(address, 'local recipient');
  const back = reverseSender(config, address, os.now);
  if (back !== undefined) {
    if (back.ok) return undefined;
    os.log('postsrsd', `srs_reverse: <${address}> not reversed: ${back.problem}`);
    os.cause = os.emit({
      type: 'queue.srs',
      queueId: '',
      direction: 'reverse',
      address,
      result: '',
      problem: back.problem,
    });
    return recipientRejected(address, 550, '5.1.1', back.problem);
  }
  if (isAliasDomain(config, address))
    return aliasOf(config, address) === undefined ? userUnknown(address, 'virtual alias') : undefined;
  if (!isOwnNetwork(config, address)) return undefined;
  return localAddress(config, address) === undefined && aliasOf(config, address) === undefined
    ? userUnknown(address, 'virtual mailbox')
    : undefined;
}
