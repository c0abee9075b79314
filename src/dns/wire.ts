// DNS messages between plain values and octets: the one door to the three files that know about it. RFC 1035 §4.

export * from './message.ts';
export { encodeMessage, fitMessage } from './wire-encode.ts';
export { decodeHeader, decodeMessage, type WireError, type WireReason } from './wire-decode.ts';
