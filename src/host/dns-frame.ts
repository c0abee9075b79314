// DNS messages on a TCP stream: two octets of length before each (RFC 1035 §4.2.2). Binary strings in and out.

/** A message with its length in front. */
export function dnsFrame(message: string): string {
  return String.fromCharCode((message.length >> 8) & 255, message.length & 255) + message;
}

/** The whole messages in what was received, and what is left of the next one. */
export function takeDnsFrames(received: string): {
  readonly frames: readonly string[];
  readonly rest: string;
} {
  const frames: string[] = [];
  let at = 0;
  while (received.length - at >= 2) {
    const length = received.charCodeAt(at) * 256 + received.charCodeAt(at + 1);
    if (received.length - at - 2 < length) break;
    frames.push(received.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return { frames, rest: received.slice(at) };
}
