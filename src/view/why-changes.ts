// What became of a signature on the way: the form of the message in which it was made, what changed since and on which
// host, and the first byte of the signed material that is not as it was. The canonical forms are those of the verdict's own
// signature. RFC 6376 §3.4, §3.7.

import { canonicalBody, headerBlock, selectFields } from '../auth/dkim-canonical.ts';
import { ownText } from '../auth/dkim.ts';
import type { KnownChange } from '../auth/diagnose.ts';
import { readDkimSignature, withoutSignature } from '../auth/dkim-signature.ts';
import type { DkimVerdict } from '../auth/dkim-verdict.ts';
import { bodyOf, parseMessage, type Message } from '../message/header.ts';
import { hopChanges, type HopChange, type MessageVersion } from './changes.ts';
import type { DifferenceView, SignatureWay } from './types.ts';

/** Bytes shown before and after the first one that differs. */
const AROUND = 60;

/** The way of one signature, as far as it is known; the last version is what was verified. */
export function signatureWay(
  versions: readonly MessageVersion[],
  verdict: DkimVerdict,
): SignatureWay | undefined {
  const first = versions.findIndex((version) => bears(parseMessage(version.text), verdict));
  const signed = versions[first];
  const arrived = versions[versions.length - 1];
  if (signed === undefined || arrived === undefined) return undefined;
  const before = signedForms(signed.text, verdict);
  const after = signedForms(arrived.text, verdict);
  const header = difference(before?.header, after?.header);
  const body = difference(before?.body, after?.body);
  return {
    host: signed.host,
    seq: signed.seq,
    at: signed.at,
    hops: hopChanges(versions.slice(first)),
    ...(header === undefined ? {} : { header }),
    ...(body === undefined ? {} : { body }),
  };
}

/** The changes since signing, as the diagnosis wants them. */
export function knownChanges(hops: readonly HopChange[]): KnownChange[] {
  return hops.flatMap(({ host, fields, body }) => [
    ...(body === undefined
      ? []
      : [
          {
            host,
            part: 'body' as const,
            before: body.before,
            after: body.after,
            isBlanksOnly: body.isBlanksOnly,
          },
        ]),
    ...fields.map((field) => ({
      host,
      part: 'field' as const,
      field: field.key,
      before: field.before?.length ?? 0,
      after: field.after?.length ?? 0,
      isBlanksOnly: field.isBlanksOnly,
    })),
  ]);
}

const squeezed = (text: string): string => text.replace(/\s+/g, '');

/** The message has this very signature. */
function bears(message: Message, verdict: DkimVerdict): boolean {
  return fieldOf(message, verdict) !== undefined;
}

function fieldOf(message: Message, verdict: DkimVerdict) {
  const wanted = squeezed(verdict.rawValue);
  return message.fields.find(
    (field) => field.key === 'dkim-signature' && squeezed(field.rawValue) === wanted,
  );
}

/** The bytes that this signature covers in one form of the message. */
function signedForms(
  text: string,
  verdict: DkimVerdict,
): { readonly header: string; readonly body: string } | undefined {
  const message = parseMessage(text);
  const field = fieldOf(message, verdict);
  if (field === undefined) return undefined;
  const read = readDkimSignature(field.rawValue);
  if (read.signature === undefined) return undefined;
  const { headerCanonicalization, bodyCanonicalization, signedHeaders, bodyLength } = read.signature;
  const own = withoutSignature(ownText(field), field.valueStart - field.start, read.tags);
  const body = canonicalBody(bodyCanonicalization, bodyOf(message));
  return {
    header: headerBlock(
      headerCanonicalization,
      message.fields,
      selectFields(message.fields, signedHeaders),
      own,
    ),
    body: bodyLength === undefined ? body : body.slice(0, bodyLength),
  };
}

/** Where two stretches of signed material part; undefined when they are equal or one is unknown. */
export function difference(
  before: string | undefined,
  after: string | undefined,
): DifferenceView | undefined {
  if (before === undefined || after === undefined || before === after) return undefined;
  let at = 0;
  while (at < before.length && at < after.length && before.charCodeAt(at) === after.charCodeAt(at)) at++;
  const from = Math.max(0, at - AROUND);
  return {
    offset: at,
    lead: before.slice(from, at),
    before: before.slice(at, at + AROUND),
    after: after.slice(at, at + AROUND),
    beforeLength: before.length,
    afterLength: after.length,
  };
}
