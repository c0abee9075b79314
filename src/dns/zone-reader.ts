// The reader of master files: line by line as BIND's dns_master_load goes, collecting the records of one owner before they
// enter the zone, so that errors come in BIND's order. Throws only inside itself. RFC 1035 §5, RFC 2308 §4.

import type { TextSpan } from '../base/text-scanner.ts';
import { ipv4Bytes, ipv6Bytes } from './address.ts';
import { isHostName, isSubdomain, labelsOf, parseName, sameName, withoutDot } from './name.ts';
import { TYPE_CODES, typeCodeOf, typeName, type RecordData } from './records.ts';
import { addSet, emptyZone, type Zone } from './zone.ts';
import { ZoneLexer, type LexOptions, type ZoneToken } from './zone-lexer.ts';
import type { ZoneProblem, ZoneProblemCode } from './zone-problem.ts';
import { parseTtl, readRdata, type RdataFault } from './zone-rdata.ts';

import type { ZoneRecord } from './zone-file.ts';

const CODE_OF_FAULT: Readonly<Record<RdataFault, ZoneProblemCode>> = {
  'unbalanced parentheses': 'unbalanced-parentheses',
  'unbalanced quotes': 'unbalanced-quotes',
  'unexpected end of input': 'unexpected-end',
  'empty label': 'empty-label',
  'label too long': 'label-too-long',
  'bad escape': 'bad-escape',
  'ran out of space': 'name-too-long',
  'bad dotted quad': 'bad-ipv4',
  'bad IPv6 address': 'bad-ipv6',
  'not a valid number': 'bad-number',
  'out of range': 'out-of-range',
  'syntax error': 'syntax-error',
  'extra input text': 'extra-text',
  'not implemented': 'type-not-read',
};

const MAX_TTL = 0x7fffffff;
const CLASSES = ['IN', 'CH', 'HS', 'CHAOS', 'HESIOD', 'ANY', 'NONE', 'RESERVED0'];

interface PendingSet {
  readonly type: number;
  ttl: number;
  readonly data: RecordData[];
}

/** Records of one owner that BIND collects before it puts them into the zone. Later sets come first, as with BIND. */
interface Pending {
  readonly owner: string;
  sets: PendingSet[];
  line: number;
  span: TextSpan;
}

/** Thrown inside the reader to give up on a line. */
const SKIP_LINE = Symbol('skip line');

export class ZoneReader {
  readonly records: ZoneRecord[] = [];
  readonly problems: ZoneProblem[] = [];
  readonly zone: Zone;
  failure: string | undefined;

  private readonly lexer: ZoneLexer;
  private origin: string;
  private ttl = 0;
  private ttlKnown = false;
  private defaultTtl: number | undefined;
  private saidRfc1035 = false;
  private current: Pending | undefined;
  private glue: Pending | undefined;
  private drop = false;
  private skipping = false;
  /** Line and place of the record being read. */
  private line = 1;
  private start: TextSpan = { offset: 0, length: 0, line: 1, column: 1 };
  private ownerSpan: TextSpan | undefined;

  constructor(
    readonly text: string,
    readonly top: string,
    readonly fileName: string,
    /** TTL of records without any, for pasted pieces of zones; then a SOA may also stand below `top`. */
    private readonly looseTtl?: number,
  ) {
    this.lexer = new ZoneLexer(text);
    this.origin = top;
    this.zone = emptyZone(top);
  }

  private problem(
    code: ZoneProblemCode,
    severity: 'error' | 'warning',
    span: TextSpan,
    toolText: string | undefined,
    params: ZoneProblem['params'] = {},
    serverRefuses = severity === 'error',
  ): void {
    this.problems.push({ code, severity, serverRefuses, params, span, toolText });
  }

  private fail(result: string): void {
    this.failure ??= result;
  }

  /** `dns_master_load: FILE:LINE: TEXT` for the line of the record being read. */
  private master(text: string): string {
    return `dns_master_load: ${this.fileName}:${this.line}: ${text}`;
  }

  private at(text: string): string {
    return `${this.fileName}:${this.line}: ${text}`;
  }

  /** The next token as the reader of whole records takes it: faults and line ends in the wrong place are reported. */
  private take(options: LexOptions, endAllowed: boolean): ZoneToken {
    const token = this.lexer.next(options);
    if (token.kind === 'fault') {
      const line = this.lexer.line;
      this.problem(
        CODE_OF_FAULT[token.fault],
        'error',
        token.span,
        `dns_master_load: ${this.fileName}:${line}: isc_lex_gettoken() failed: ${token.fault}`,
      );
      return this.giveUp(token.fault, token.span);
    }
    if (!endAllowed && (token.kind === 'eol' || token.kind === 'eof')) {
      const line = token.kind === 'eol' ? this.lexer.line - 1 : this.lexer.line;
      this.problem(
        'unexpected-end',
        'error',
        token.span,
        `dns_master_load: ${this.fileName}:${line}: unexpected end of ${token.kind === 'eol' ? 'line' : 'file'}`,
      );
      // The line is over already; BIND nevertheless skips the next one.
      return this.giveUp('unexpected end of input', token.span);
    }
    if (token.kind === 'special') return this.giveUp('syntax error', token.span);
    return token;
  }

  /** Reports, and skips to the next line end. */
  private giveUp(fault: RdataFault, span: TextSpan, params: ZoneProblem['params'] = {}): never {
    this.fail(fault);
    this.problem(CODE_OF_FAULT[fault], 'error', span, this.master(fault), params);
    this.skipping = true;
    throw SKIP_LINE;
  }

  run(): void {
    for (;;) {
      try {
        if (!this.entry()) break;
      } catch (skip) {
        if (skip !== SKIP_LINE) throw skip;
      }
    }
    this.commit(this.current);
    this.commit(this.glue);
  }

  /** One line, directive or record. False at the end of the file. */
  private entry(): boolean {
    this.line = this.lexer.line;
    const token = this.take({ leadingSpace: true, quotes: true }, true);
    this.line = token.kind === 'eol' ? this.lexer.line : token.span.line;
    this.start = token.span;
    if (token.kind === 'eof') return false;
    if (token.kind === 'eol') {
      this.skipping = false;
      return true;
    }
    if (this.skipping) return true;
    this.ownerSpan = undefined;
    if (token.kind === 'space') {
      const next = this.take({}, true);
      if (next.kind === 'eol') return true;
      if (next.kind === 'eof') return false;
      if (!this.current) {
        this.fail('no owner');
        this.problem('no-owner', 'error', next.span, this.master('no current owner name'));
        this.skipping = next.kind === 'word';
        return true;
      }
      this.record(next);
      return true;
    }
    if (token.text.startsWith('$') && token.kind === 'word') {
      this.directive(token);
      return true;
    }
    const name = parseName(token.text, this.origin);
    if (!name.ok)
      return this.giveUp(name.error === 'name too long' ? 'ran out of space' : name.error, token.span, {
        name: token.text,
      });
    this.ownerSpan = token.span;
    this.owner(name.value, token.span);
    this.record(this.take({}, false));
    return true;
  }

  private directive(token: ZoneToken): void {
    const directive = token.text.toUpperCase();
    if (directive === '$TTL') {
      const value = this.take({}, false);
      const ttl = parseTtl(value.text);
      if (ttl === undefined) {
        this.fail('bad ttl');
        this.problem('bad-ttl', 'error', value.span, undefined, { ttl: value.text });
      }
      this.defaultTtl = this.limitTtl(ttl ?? 0, value.span);
      this.endOfLine();
    } else if (directive === '$ORIGIN') {
      const value = this.take({}, false);
      const name = parseName(value.text, this.origin);
      if (!name.ok)
        return this.giveUp(name.error === 'name too long' ? 'ran out of space' : name.error, value.span);
      this.origin = name.value;
      this.endOfLine();
    } else if (directive === '$INCLUDE') {
      const value = this.take({ quotes: true }, false);
      const file = value.text;
      // Ehlo's limit: no other file is ever there to be read.
      this.fail('file not found');
      this.problem('include-not-read', 'error', value.span, this.master(`${file}: file not found`), { file });
      this.skipping = true;
    } else if (directive === '$GENERATE') {
      // Ehlo's limit as well; BIND would write the records itself.
      this.fail('not implemented');
      const said = this.master('$GENERATE is not part of this simulation');
      this.problem('generate-not-read', 'error', token.span, said);
      this.skipping = true;
    } else {
      this.fail('syntax error');
      this.problem(
        'unknown-directive',
        'error',
        token.span,
        this.master(`unknown $ directive '${token.text}'`),
        {
          directive: token.text,
        },
      );
      this.skipping = true;
    }
  }

  private endOfLine(): void {
    const token = this.take({}, true);
    if (token.kind !== 'eol' && token.kind !== 'eof') this.giveUp('extra input text', token.span);
  }

  private limitTtl(ttl: number, span: TextSpan): number {
    if (ttl <= MAX_TTL) return ttl;
    this.problem('ttl-too-big', 'warning', span, this.master(`$TTL ${ttl} > MAXTTL, setting $TTL to 0`), {
      ttl,
    });
    return 0;
  }

  /** A line begins with this owner: whatever was collected for another one goes into the zone. */
  private owner(name: string, span: TextSpan): void {
    const fresh = (): Pending => ({ owner: name, sets: [], line: this.line, span });
    if (this.glue && !sameName(this.glue.owner, name)) {
      this.commit(this.glue);
      this.glue = undefined;
    }
    if (!this.glue && (!this.current || !sameName(this.current.owner, name))) {
      const isGlue = this.current?.sets.some(
        (set) =>
          set.type === TYPE_CODES.NS &&
          set.data.some((data) => data.type === 'NS' && sameName(data.host, name)),
      );
      if (isGlue) this.glue = fresh();
      else {
        this.commit(this.current);
        this.current = fresh();
      }
      if (labelsOf(name).slice(1).includes('*'))
        this.problem(
          'wildcard-inside',
          'warning',
          span,
          this.at(`warning: ownername '${withoutDot(name)}' contains an non-terminal wildcard`),
          { name },
        );
    }
    this.drop = !isSubdomain(name, this.top);
    if (this.drop)
      this.problem(
        'out-of-zone',
        'warning',
        span,
        this.at(`ignoring out-of-zone data (${withoutDot(name)})`),
        {
          name,
        },
      );
  }

  /** Class, TTL and type in BIND's order, then the data. `token` is the word behind the owner. */
  private record(first: ZoneToken): void {
    let token = first;
    let ttlSpan: TextSpan | undefined;
    let className: string | undefined;
    let classSpan = first.span;
    const takeClass = (): void => {
      const upper = token.text.toUpperCase();
      if (className !== undefined || !(CLASSES.includes(upper) || /^CLASS[0-9]{1,5}$/.test(upper))) return;
      className = upper;
      classSpan = token.span;
      token = this.take({}, false);
    };
    takeClass();
    const ttl = parseTtl(token.text);
    if (ttl !== undefined) {
      this.ttl = this.limitTtl(ttl, token.span);
      this.ttlKnown = true;
      ttlSpan = token.span;
      token = this.take({}, false);
    }
    takeClass();
    const type = typeCodeOf(token.text);
    if (type === undefined) {
      this.fail('unknown class/type');
      this.problem('unknown-type', 'error', token.span, this.at(`unknown RR type '${token.text}'`), {
        type: token.text,
      });
      this.skipping = true;
      throw SKIP_LINE;
    }
    if (className !== undefined && className !== 'IN' && className !== 'CLASS1') {
      this.fail('bad class');
      this.problem('wrong-class', 'error', classSpan, this.at(`class '${className}' != zone class 'IN'`), {
        class: className,
      });
      this.skipping = true;
      throw SKIP_LINE;
    }
    this.data(type, token.span, ttlSpan);
  }

  private data(type: number, typeSpan: TextSpan, ttlSpan: TextSpan | undefined): void {
    const home = (this.glue ?? this.current) as Pending;
    const { owner } = home;
    this.checkOwner(owner, type, this.ownerSpan ?? typeSpan);
    const read = readRdata(this.lexer, type, this.origin);
    if (!read.ok) {
      this.fail(read.fault);
      const near = read.near === undefined ? '' : `near ${read.near}: `;
      this.problem(
        CODE_OF_FAULT[read.fault],
        'error',
        read.span,
        `dns_rdata_fromtext: ${this.fileName}:${read.line}: ${near}${read.fault}`,
        { type: typeName(type), near: read.near ?? '' },
      );
      return;
    }
    if (read.data.type === 'NS') this.checkNs(read.spans[0] as TextSpan);
    for (const warning of read.warnings) {
      const isMx = warning.kind === 'mx-is-address';
      const shown = isMx ? `'${warning.text}'` : withoutDot(warning.text);
      const what = isMx ? 'MX is an address' : 'bad name (check-names)';
      this.problem(
        isMx ? 'mx-is-address' : 'bad-host-name',
        'warning',
        warning.span,
        this.at(`warning: ${shown}: ${what}`),
        { name: warning.text },
        !isMx,
      );
    }
    if (this.drop) return;
    if (read.data.type === 'SOA' && !sameName(owner, this.top) && this.looseTtl === undefined) {
      this.fail('not at top of zone');
      this.problem(
        'soa-not-at-apex',
        'error',
        this.ownerSpan ?? typeSpan,
        this.at(`SOA record not at top of zone (${withoutDot(owner)})`),
        { name: owner },
      );
      this.skipping = true;
      return;
    }
    this.decideTtl(read.data, typeSpan, ttlSpan !== undefined);
    const last = read.spans.at(-1) ?? typeSpan;
    const from = this.ownerSpan ?? ttlSpan ?? typeSpan;
    this.records.push({
      name: owner,
      ttl: this.collect(home, type, read.data, typeSpan),
      data: read.data,
      spans: {
        whole: { ...from, length: last.offset + last.length - from.offset },
        ...(this.ownerSpan ? { owner: this.ownerSpan } : {}),
        ...(ttlSpan ? { ttl: ttlSpan } : {}),
        type: typeSpan,
        data: read.spans,
      },
    });
  }

  /** RFC 1123 §2.1 as check-names applies it: owners of addresses and MX are host names. */
  private checkOwner(owner: string, type: number, span: TextSpan): void {
    const applies = type === TYPE_CODES.A || type === TYPE_CODES.AAAA || type === TYPE_CODES.MX;
    if (!applies || isHostName(owner, true)) return;
    this.problem(
      'bad-owner-name',
      'warning',
      span,
      this.at(`${withoutDot(owner)}: bad owner name (check-names)`),
      { name: owner, type: typeName(type) },
      true,
    );
  }

  private checkNs(span: TextSpan): void {
    const written = this.text.slice(span.offset, span.offset + span.length);
    if (!ipv4Bytes(written) && !ipv6Bytes(written)) return;
    this.problem(
      'ns-is-address',
      'warning',
      span,
      this.at(`NS record '${written}' appears to be an address`),
      {
        name: written,
      },
    );
  }

  /** Sets `this.ttl` for the record at hand (RFC 2308 §4, RFC 1035 §5.1). */
  private decideTtl(data: RecordData, span: TextSpan, explicit: boolean): void {
    if (!this.ttlKnown && this.defaultTtl === undefined) {
      if (data.type === 'SOA') {
        this.problem('ttl-from-soa', 'warning', span, this.at('no TTL specified; using SOA MINTTL instead'), {
          ttl: data.minimum,
        });
        this.ttl = this.limitTtl(data.minimum, span);
        this.defaultTtl = this.ttl;
      } else if (this.looseTtl !== undefined) this.ttl = this.looseTtl;
      else {
        this.fail('no ttl');
        this.problem('no-ttl', 'error', span, this.at('no TTL specified; zone rejected'));
        this.ttl = 0;
      }
    } else if (!explicit && this.defaultTtl !== undefined) this.ttl = this.defaultTtl;
    else if (!explicit && !this.saidRfc1035) {
      this.saidRfc1035 = true;
      this.problem('ttl-from-last', 'warning', span, this.at('using RFC1035 TTL semantics'), {
        ttl: this.ttl,
      });
    }
  }

  /** Adds the record to those of its owner; returns the TTL it gets, which is that of the first of its set. */
  private collect(home: Pending, type: number, data: RecordData, span: TextSpan): number {
    home.line = this.line;
    home.span = this.ownerSpan ?? span;
    const set = home.sets.find((item) => item.type === type);
    if (!set) {
      home.sets.unshift({ type, ttl: this.ttl, data: [data] });
      return this.ttl;
    }
    if (set.ttl !== this.ttl) {
      this.problem('ttl-differs', 'warning', span, this.at(`TTL set to prior TTL (${set.ttl})`), {
        ttl: set.ttl,
      });
      this.ttl = set.ttl;
    }
    set.data.push(data);
    return set.ttl;
  }

  private commit(pending: Pending | undefined): void {
    if (!pending) return;
    for (const set of pending.sets) {
      const objection = addSet(this.zone, pending.owner, set.ttl, set.data);
      if (!objection) continue;
      this.fail(objection);
      this.problem(
        objection === 'CNAME and other data' ? 'cname-and-other' : 'singleton',
        'error',
        pending.span,
        `dns_master_load: ${this.fileName}:${pending.line}: ${withoutDot(pending.owner)}: ${objection}`,
        { name: pending.owner, type: typeName(set.type) },
      );
    }
    pending.sets = [];
  }
}
