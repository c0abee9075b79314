// Resource records as plain values (RFC 1035 §3.2). Names are absolute, in presentation form with the final dot
// (`mail.wolke.example.`), their case as written; compare them with `sameName`. Knows neither wire nor file.

export type RecordType = 'A' | 'AAAA' | 'MX' | 'TXT' | 'CNAME' | 'NS' | 'SOA' | 'PTR';

/** Record data by type. `strings` of TXT are binary strings of at most 255 bytes each. */
export type RecordData =
  | { readonly type: 'A'; readonly address: string }
  | { readonly type: 'AAAA'; readonly address: string }
  | { readonly type: 'MX'; readonly preference: number; readonly exchange: string }
  | { readonly type: 'TXT'; readonly strings: readonly string[] }
  | { readonly type: 'CNAME'; readonly target: string }
  | { readonly type: 'NS'; readonly host: string }
  | {
      readonly type: 'SOA';
      readonly mname: string;
      readonly rname: string;
      readonly serial: number;
      readonly refresh: number;
      readonly retry: number;
      readonly expire: number;
      readonly minimum: number;
    }
  | { readonly type: 'PTR'; readonly target: string }
  /** A type that we carry but do not interpret (RFC 3597); `rdata` is a binary string. */
  | { readonly type: 'OTHER'; readonly code: number; readonly rdata: string };

/** One record. `ttl` in seconds. The class is always IN. */
export interface ResourceRecord {
  readonly name: string;
  readonly ttl: number;
  readonly data: RecordData;
}
