// Whether a parsed script means something: what it requires, which tags and arguments each command takes, and constants
// that can be judged before any message comes. Its result is what the interpreter runs. RFC 5228 §2.6 and §2.10.5 first.

import type { TextSpan } from '../base/text-scanner.ts';
import { stringsOf } from './ast.ts';
import type { Argument, StringArgument, SyntaxNode, TagArgument, ValueArgument } from './ast.ts';
import { checkConstants } from './check-constants.ts';
import { CAPABILITIES, isCapability, isCommandName, LANGUAGE } from './language.ts';
import type { ArgumentType, Capability, CommandName, CommandSpec, TagSpec } from './language.ts';
import { parseSieve } from './parser.ts';
import type { CheckProblemCode, SieveProblem } from './problem.ts';
import { decodeCharacters, referencesIn } from './variables.ts';

export interface CheckedTag {
  readonly span: TextSpan;
  readonly value?: ValueArgument;
}

/** A command or test whose arguments are bound to the names in the language table. */
export interface CheckedNode {
  readonly name: CommandName;
  readonly span: TextSpan;
  readonly nameSpan: TextSpan;
  readonly tags: Readonly<Record<string, CheckedTag>>;
  readonly args: Readonly<Record<string, ValueArgument>>;
  readonly tests: readonly CheckedNode[];
  readonly block: readonly CheckedNode[];
}

/** A script that can run: plain data. */
export interface CheckedScript {
  readonly commands: readonly CheckedNode[];
  readonly capabilities: readonly Capability[];
}

export interface CompiledSieve {
  /** Absent when there are errors; warnings alone do not hinder. */
  readonly script?: CheckedScript;
  readonly problems: readonly SieveProblem[];
}

export interface CheckContext {
  readonly required: ReadonlySet<Capability>;
  readonly report: (
    code: CheckProblemCode,
    span: TextSpan,
    params?: SieveProblem['params'],
    severity?: SieveProblem['severity'],
  ) => void;
  /** The string holds no variable of a script that has variables. */
  readonly isConstant: (argument: StringArgument) => boolean;
}

const KIND_TEXT = { command: 'command', test: 'test' } as const;

function typeOf(argument: Argument): string {
  return argument.kind === 'list' ? 'strings' : argument.kind;
}

function fits(argument: Argument, type: ArgumentType): boolean {
  return typeOf(argument) === type || (argument.kind === 'string' && type === 'strings');
}

/** Lets `require` lists count before anything else is judged, wherever they stand. */
function collectRequired(commands: readonly SyntaxNode[]): Set<Capability> {
  const required = new Set<Capability>();
  for (const node of commands) {
    if (node.name !== 'require') continue;
    for (const { value } of node.args.flatMap((argument) => stringsOf(argument))) {
      if (isCapability(value)) required.add(value);
      // RFC 6131 §3: whoever asks for seconds asks for vacation, too.
      if (value === 'vacation-seconds') required.add('vacation');
    }
  }
  return required;
}

/** Reads and checks a script. All problems come in the order of their places. */
export function compileSieve(source: string): CompiledSieve {
  const parsed = parseSieve(source);
  const problems: SieveProblem[] = [...parsed.problems];
  const required = collectRequired(parsed.commands);
  const told = new Set<string>();
  const context: CheckContext = {
    required,
    report: (code, span, params = {}, severity = 'error') => {
      problems.push({ code, severity, span, params });
    },
    isConstant: (argument) => !required.has('variables') || referencesIn(argument.value).length === 0,
  };
  const once = (
    key: string,
    code: CheckProblemCode,
    span: TextSpan,
    params: SieveProblem['params'],
  ): void => {
    if (told.has(key)) return;
    told.add(key);
    context.report(code, span, params);
  };

  /** A node the parser stumbled over: judging its arguments too would only add noise. */
  const isBroken = (node: SyntaxNode): boolean => {
    const end = node.block?.[0]?.span.offset ?? node.span.offset + node.span.length;
    return parsed.problems.some(({ span }) => span.offset >= node.span.offset && span.offset <= end);
  };

  const decoded = <T extends Argument>(argument: T): T => {
    if (!required.has('encoded-character')) return argument;
    const decodeOne = (item: StringArgument): StringArgument => {
      const { text, bad } = decodeCharacters(item.value);
      if (bad !== undefined) context.report('bad-encoded-character', item.span, { value: bad });
      return { ...item, value: text };
    };
    if (argument.kind === 'string') return decodeOne(argument) as T;
    if (argument.kind === 'list') return { ...argument, items: argument.items.map(decodeOne) };
    return argument;
  };

  const checkString = (argument: StringArgument, node: SyntaxNode, constant: boolean): void => {
    if (!required.has('variables')) return;
    for (const reference of referencesIn(argument.value)) {
      const shown = argument.value.slice(reference.offset, reference.offset + reference.length);
      if (constant) {
        context.report('not-constant', argument.span, { command: node.name, found: shown });
        return;
      }
      const namespace = reference.namespace;
      if (namespace !== undefined && (namespace !== 'global' || !required.has('include')))
        context.report('unknown-namespace', argument.span, { namespace, found: shown });
      else if ((reference.index ?? 0) > 32) context.report('bad-variable', argument.span, { found: shown });
      else if (reference.name !== undefined && reference.name.length > 64)
        context.report('bad-variable', argument.span, { found: shown });
    }
  };

  const bindTags = (
    node: SyntaxNode,
    spec: CommandSpec,
  ): { tags: Record<string, CheckedTag>; rest: readonly Argument[]; ok: boolean } => {
    const names = { command: node.name, kind: KIND_TEXT[node.kind] };
    const tags: Record<string, CheckedTag> = {};
    const given: { spec: TagSpec; argument: TagArgument }[] = [];
    let at = 0;
    let ok = true;
    for (;;) {
      const argument = node.args[at];
      if (argument?.kind !== 'tag') break;
      at++;
      const tag = spec.tags?.find(({ name }) => name === argument.name);
      if (tag === undefined) {
        once(`${node.name} :${argument.name}`, 'unknown-tag', argument.span, {
          tag: argument.name,
          ...names,
        });
        return { tags, rest: [], ok: false };
      }
      if (tag.capability !== undefined && !required.has(tag.capability)) {
        const params = { tag: argument.name, capability: tag.capability, ...names };
        once(`${node.name} :${argument.name}`, 'tag-not-required', argument.span, params);
        ok = false;
      }
      const other = given.find(
        (one) => one.spec.name === tag.name || (tag.group !== undefined && one.spec.group === tag.group),
      );
      if (other !== undefined) {
        const params = { tag: argument.name, other: other.spec.name, group: tag.group ?? tag.name, ...names };
        context.report('duplicate-tag', argument.span, params);
        ok = false;
      }
      given.push({ spec: tag, argument });
      if (tag.value === undefined) {
        tags[tag.name] = { span: argument.span };
        continue;
      }
      const value = node.args[at];
      if (value === undefined || value.kind === 'tag') {
        context.report('tag-value-missing', argument.span, { tag: tag.name, type: tag.value, ...names });
        ok = false;
        continue;
      }
      at++;
      if (!fits(value, tag.value)) {
        const params = { tag: tag.name, type: tag.value, found: typeOf(value), ...names };
        context.report('tag-value-type', value.span, params);
        ok = false;
        continue;
      }
      const bound = decoded(value);
      for (const item of stringsOf(bound)) checkString(item, node, tag.constant === true);
      tags[tag.name] = { span: argument.span, value: bound };
    }
    for (const { spec: tag, argument } of given) {
      if (tag.needs === undefined || given.some((one) => one.spec.name === tag.needs)) continue;
      context.report('tag-needs-tag', argument.span, { tag: tag.name, needs: tag.needs, ...names });
      ok = false;
    }
    if (spec.neededGroup !== undefined && !given.some((one) => one.spec.group === spec.neededGroup)) {
      const wanted = (spec.tags ?? []).filter(({ group }) => group === spec.neededGroup);
      const list = wanted.map(({ name }) => `:${name}`).join(' or ');
      context.report('tag-missing', node.nameSpan, { tags: list, ...names });
      ok = false;
    }
    return { tags, rest: node.args.slice(at), ok };
  };

  const bindPositional = (
    node: SyntaxNode,
    spec: CommandSpec,
    rest: readonly Argument[],
  ): Record<string, ValueArgument> | undefined => {
    const names = { command: node.name, kind: KIND_TEXT[node.kind] };
    const late = rest.find((argument) => argument.kind === 'tag');
    if (late !== undefined) {
      context.report('tag-after-positional', late.span, { tag: (late as TagArgument).name, ...names });
      return undefined;
    }
    const all = spec.args ?? [];
    const needed = all.filter(({ optional }) => optional !== true);
    if (rest.length !== all.length && rest.length !== needed.length) {
      const params = { expected: needed.length, most: all.length, found: rest.length, ...names };
      context.report('argument-count', node.nameSpan, params);
      return undefined;
    }
    const rows = rest.length === all.length ? all : needed;
    const bound: Record<string, ValueArgument> = {};
    for (const [index, row] of rows.entries()) {
      const argument = rest[index] as ValueArgument;
      if (!fits(argument, row.type)) {
        const params = {
          expected: row.type,
          position: index + 1,
          argument: row.name,
          found: typeOf(argument),
        };
        context.report('argument-type', argument.span, { ...params, ...names });
        return undefined;
      }
      const value = decoded(argument);
      for (const item of stringsOf(value)) checkString(item, node, row.constant === true);
      bound[row.name] = value;
    }
    return bound;
  };

  const checkTests = (node: SyntaxNode, spec: CommandSpec): boolean => {
    const names = { command: node.name, kind: KIND_TEXT[node.kind] };
    const count = node.tests.length;
    if (spec.tests === undefined) {
      if (count === 0 && !node.testList) return true;
      const test = node.tests[0];
      // `header is …` without a colon makes a test of the tag; a missing semicolon makes one of the next command.
      if (test !== undefined && !(isCommandName(test.name) && LANGUAGE[test.name].kind === 'test')) {
        if (spec.tags?.some(({ name }) => name === test.name) === true)
          context.report('missing-colon', test.nameSpan, { tag: test.name, ...names });
        else context.report('missing-semicolon', node.nameSpan, names);
      } else context.report('test-unexpected', node.nameSpan, names);
      return false;
    }
    if (count === 0) {
      context.report('test-missing', node.nameSpan, { expected: spec.tests, ...names });
      return false;
    }
    if (spec.tests === 'one' && (count > 1 || node.testList)) {
      context.report('test-list-for-one', node.nameSpan, names);
      return false;
    }
    if (spec.tests === 'many' && !node.testList) {
      context.report('test-single-for-list', node.nameSpan, names);
      return false;
    }
    return true;
  };

  const checkNode = (node: SyntaxNode): CheckedNode | undefined => {
    const { name, kind } = node;
    const tests = (): CheckedNode[] => node.tests.flatMap((test) => checkNode(test) ?? []);
    if (!isCommandName(name)) {
      if (!isBroken(node)) once(name, 'unknown-command', node.nameSpan, { command: name, kind });
      if (node.block !== undefined) checkBlock(node.block);
      return undefined;
    }
    const spec = LANGUAGE[name];
    if (spec.kind !== kind) {
      context.report('wrong-use', node.nameSpan, { command: name, is: spec.kind, as: kind });
      if (node.block !== undefined) checkBlock(node.block);
      return undefined;
    }
    const capabilities = spec.capabilities ?? [];
    if (capabilities.length > 0 && !capabilities.some((capability) => required.has(capability)))
      once(name, 'not-required', node.nameSpan, {
        command: name,
        kind,
        capability: capabilities[0] as Capability,
      });
    const broken = isBroken(node);
    let tags: Record<string, CheckedTag> = {};
    let args: Record<string, ValueArgument> | undefined;
    if (!broken) {
      const bound = bindTags(node, spec);
      tags = bound.tags;
      const testsOk = checkTests(node, spec);
      if (bound.ok) args = bindPositional(node, spec, bound.rest);
      if (!testsOk) args = undefined;
      // After `keep if …` without a semicolon the block is no mistake of its own.
      if (kind === 'command' && testsOk) {
        if (spec.block === true && node.block === undefined)
          context.report('block-missing', node.nameSpan, { command: name });
        if (spec.block !== true && node.block !== undefined)
          context.report('block-unexpected', node.nameSpan, { command: name });
      }
    }
    const checkedTests = spec.tests === undefined ? [] : tests();
    const block = node.block === undefined ? [] : checkBlock(node.block);
    if (args === undefined) return undefined;
    const checked: CheckedNode = {
      name,
      span: node.span,
      nameSpan: node.nameSpan,
      tags,
      args,
      tests: checkedTests,
      block,
    };
    checkConstants(checked, context);
    return checked;
  };

  const checkBlock = (commands: readonly SyntaxNode[]): CheckedNode[] => {
    const out: CheckedNode[] = [];
    let before: SyntaxNode | undefined;
    let ended: string | undefined;
    for (const node of commands) {
      if (
        (node.name === 'elsif' || node.name === 'else') &&
        before?.name !== 'if' &&
        before?.name !== 'elsif'
      )
        context.report('else-without-if', node.nameSpan, { command: node.name });
      if (ended !== undefined) {
        context.report('unreachable', node.nameSpan, { command: node.name, after: ended }, 'warning');
        ended = undefined;
      }
      const checked = checkNode(node);
      if (checked !== undefined) out.push(checked);
      if (node.name === 'stop' || node.name === 'return') ended = node.name;
      before = node;
    }
    return out;
  };

  let requireIsOver = false;
  for (const node of parsed.commands) {
    if (node.name !== 'require') requireIsOver = true;
    else if (requireIsOver) context.report('require-late', node.nameSpan, { command: 'require' });
    if (node.block !== undefined) reportInnerRequires(node.block, context);
  }
  const commands = checkBlock(parsed.commands);
  problems.sort((a, b) => a.span.offset - b.span.offset);
  if (problems.some(({ severity }) => severity === 'error')) return { problems };
  const capabilities = (Object.keys(CAPABILITIES) as Capability[]).filter((name) => required.has(name));
  return { script: { commands, capabilities }, problems };
}

/** RFC 5228 §3.2: require stands at the top, before everything else. */
function reportInnerRequires(block: readonly SyntaxNode[], context: CheckContext): void {
  for (const node of block) {
    if (node.name === 'require') context.report('require-late', node.nameSpan, { command: 'require' });
    if (node.block !== undefined) reportInnerRequires(node.block, context);
  }
}
