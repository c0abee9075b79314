// Domain names in the form that DNS knows: Unicode labels become `xn--…`. RFC 3492 for the algorithm, RFC 5890 §2.3 for
// the words. Maps case and composition only; it does not check which characters a registry would allow.

import { fromUtf8Strict, latin1 } from '../base/bytes.ts';

const BASE = 36;

function adapt(delta: number, count: number, isFirst: boolean): number {
  let rest = isFirst ? Math.floor(delta / 700) : delta >> 1;
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > 455; k += BASE) rest = Math.floor(rest / 35);
  return k + Math.floor((36 * rest) / (rest + 38));
}

const digit = (value: number): string => String.fromCharCode(value < 26 ? 97 + value : 22 + value);

/** RFC 3492 §6.3. */
function punycode(label: string): string {
  const points = Array.from(label, (char) => char.codePointAt(0) ?? 0);
  const basic = points.filter((point) => point < 128);
  let out = String.fromCharCode(...basic);
  if (basic.length > 0) out += '-';
  let n = 128;
  let delta = 0;
  let bias = 72;
  let done = basic.length;
  while (done < points.length) {
    let next = Infinity;
    for (const point of points) if (point >= n && point < next) next = point;
    delta += (next - n) * (done + 1);
    n = next;
    for (const point of points) {
      if (point < n) delta++;
      if (point !== n) continue;
      let q = delta;
      for (let k = BASE; ; k += BASE) {
        const t = Math.min(26, Math.max(1, k - bias));
        if (q < t) break;
        out += digit(t + ((q - t) % (BASE - t)));
        q = Math.floor((q - t) / (BASE - t));
      }
      out += digit(q);
      bias = adapt(delta, done + 1, done === basic.length);
      delta = 0;
      done++;
    }
    delta++;
    n++;
  }
  return out;
}

/**
 * The domain with A-labels, lower case. `domain` is a binary string of UTF-8 or plain ASCII. Undefined when it is
 * neither.
 */
export function toALabels(domain: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- everything in ASCII
  if (/^[\x00-\x7f]*$/.test(domain)) return domain.toLowerCase();
  if (domain.length > 1000) return undefined;
  const text = fromUtf8Strict(latin1(domain));
  if (text === undefined) return undefined;
  return text
    .normalize('NFC')
    .toLowerCase()
    .split(/[.\u3002\uff0e\uff61]/)
    .map((label) => (/[^ -~]/.test(label) ? `xn--${punycode(label)}` : label))
    .join('.');
}
