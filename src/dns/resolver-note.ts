// What a resolver did, step by step, as plain events for the trace: whom it asked and why, what it learnt, what it knew
// already. The page tells the story of a look-up from these alone. Every note carries the rule that decided.

/** Why a resolution ended in SERVFAIL. */
export type FailureReason =
  | 'no server answers'
  | 'all servers lame'
  | 'no address of a name server'
  | 'alias loop'
  | 'alias chain too long'
  | 'too many queries'
  | 'out of time'
  /** A failure that the cache remembers (RFC 9520). */
  | 'failed lately'
  /** The modelled validation did not succeed (RFC 4035 §5.5). */
  | 'DNSSEC bogus';

interface NoteBase {
  /** Number of the resolution; look-ups of name servers' addresses have their own. */
  readonly job: number;
  /** What is being looked for at this step, absolute, and its type by name. */
  readonly name: string;
  readonly type: string;
  /** The standard that decided: `RFC 2308 §5`. */
  readonly rule: string;
}

export type ResolverNote = NoteBase &
  (
    | { readonly kind: 'query'; readonly client: string; readonly recursive: boolean }
    /** Somebody waits for the same answer already. */
    | { readonly kind: 'joined'; readonly client: string }
    | {
        readonly kind: 'cached';
        readonly what: 'records' | 'cname' | 'nxdomain' | 'nodata' | 'servfail';
        /** Seconds that are left. */
        readonly ttl: number;
        /** Address of the server that it once came from. */
        readonly server: string;
      }
    /** A known delegation is the starting point. */
    | {
        readonly kind: 'start';
        readonly zone: string;
        readonly hosts: readonly string[];
        readonly ttl: number | undefined;
      }
    | {
        readonly kind: 'asked';
        readonly server: string;
        readonly host: string;
        readonly zone: string;
        readonly transport: 'udp' | 'tcp';
      }
    | {
        readonly kind: 'referral';
        readonly server: string;
        readonly zone: string;
        readonly to: string;
        readonly hosts: readonly string[];
        readonly glue: number;
        readonly ttl: number;
      }
    | {
        readonly kind: 'answer';
        readonly server: string;
        readonly zone: string;
        readonly data: readonly string[];
        readonly ttl: number;
      }
    | { readonly kind: 'cname'; readonly server: string; readonly target: string; readonly ttl: number }
    /** `ttl` is how long the absence is remembered. */
    | {
        readonly kind: 'nxdomain' | 'nodata';
        readonly server: string;
        readonly zone: string;
        readonly ttl: number;
      }
    | { readonly kind: 'timeout'; readonly server: string; readonly zone: string; readonly waitedMs: number }
    | { readonly kind: 'unreachable'; readonly server: string; readonly zone: string; readonly why: string }
    | { readonly kind: 'lame'; readonly server: string; readonly zone: string; readonly why: string }
    | { readonly kind: 'truncated'; readonly server: string; readonly zone: string }
    | { readonly kind: 'no-edns'; readonly server: string; readonly zone: string }
    /** The address of a name server must be found first. */
    | { readonly kind: 'address-wanted'; readonly host: string; readonly zone: string }
    | { readonly kind: 'missing-glue'; readonly host: string; readonly zone: string }
    | { readonly kind: 'address-loop'; readonly host: string; readonly zone: string }
    | { readonly kind: 'ignored'; readonly server: string; readonly why: 'nobody asked' | 'other question' }
    | { readonly kind: 'failed'; readonly why: FailureReason }
    | {
        readonly kind: 'replied';
        readonly client: string;
        readonly rcode: string;
        readonly ttl: number | undefined;
      }
  );
