// Arguments that can be judged without a message: header names, addresses, flags, patterns, relations, date parts. What
// holds a variable is left to the run. Knows every command's own rules and nothing of how it runs.

import { singleAddress } from './addresses.ts';
import { stringsOf } from './ast.ts';
import type { Argument, StringArgument } from './ast.ts';
import type { CheckContext, CheckedNode } from './check.ts';
import { zoneMinutesOf } from './date-part.ts';
import { flagsIn, isFlag } from './flags.ts';
import {
  ADDRESS_HEADERS,
  COMMAND_NAMES,
  COMPARATORS,
  DATE_PARTS,
  ENVELOPE_PARTS,
  ENVIRONMENT_ITEMS,
  isCapability,
  LANGUAGE,
  RELATIONS,
} from './language.ts';
import { parseNotifyMethod } from './notify.ts';
import { compileRegex } from './regex.ts';
import { isVariableName } from './variables.ts';

/** RFC 5322 §2.2: printable ASCII without colon. */
export function isHeaderName(name: string): boolean {
  return /^[!-9;-~]+$/.test(name);
}

/** What no store takes as the name of a mailbox; the rest is the store's to judge. */
export function isMailboxName(name: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is asked for
  return name !== '' && name.length <= 1000 && !/[\x00-\x1f\x7f]/.test(name);
}

export function isScriptName(name: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is asked for
  return name !== '' && name.length <= 255 && !/[\x00-\x1f\x7f/]/.test(name) && name !== '.' && name !== '..';
}

/** Reports what is wrong with the constants of one command or test. */
export function checkConstants(node: CheckedNode, context: CheckContext): void {
  const { report, required } = context;
  const { name, args, tags } = node;
  const kind = LANGUAGE[name].kind;
  const constants = (argument: Argument | undefined): readonly StringArgument[] =>
    stringsOf(argument).filter((item) => context.isConstant(item));
  const tagged = (tag: string): readonly StringArgument[] => constants(tags[tag]?.value);

  const headerNames = (argument: Argument | undefined, severity: 'error' | 'warning'): void => {
    for (const item of constants(argument))
      if (!isHeaderName(item.value)) report('bad-header-name', item.span, { value: item.value }, severity);
  };
  const address = (item: StringArgument): void => {
    if (singleAddress(item.value) === undefined)
      report('bad-address', item.span, { value: item.value, command: name });
  };
  const mailbox = (item: StringArgument): void => {
    if (!isMailboxName(item.value)) report('bad-mailbox', item.span, { value: item.value, command: name });
  };
  const flags = (items: readonly StringArgument[]): void => {
    for (const item of items) {
      const bad = flagsIn(item.value).find((flag) => !isFlag(flag));
      if (bad !== undefined) report('bad-flag', item.span, { value: bad, command: name }, 'warning');
    }
  };
  const specialUse = (items: readonly StringArgument[]): void => {
    for (const item of items)
      if (!/^\\[A-Za-z]+$/.test(item.value))
        report('bad-special-use', item.span, { value: item.value, command: name });
  };

  for (const tag of ['count', 'value']) {
    for (const item of tagged(tag))
      if (!(RELATIONS as readonly string[]).includes(item.value.toLowerCase()))
        report('bad-relation', item.span, { value: item.value, tag });
  }
  for (const item of tagged('comparator')) {
    const comparator = item.value.toLowerCase();
    if (!(COMPARATORS as readonly string[]).includes(comparator))
      report('unknown-comparator', item.span, { value: item.value });
    else if (comparator === 'i;ascii-numeric') {
      if (!required.has('comparator-i;ascii-numeric')) {
        const capability = 'comparator-i;ascii-numeric';
        report('not-required', item.span, { command: item.value, kind: 'comparator', capability });
      }
      const wrong = ['contains', 'matches', 'regex'].find((match) => tags[match] !== undefined);
      if (wrong !== undefined) report('comparator-match', item.span, { value: item.value, match: wrong });
    }
  }
  if (tags['regex'] !== undefined) {
    for (const item of constants(args['keys'] ?? args['patterns'] ?? args['value'] ?? args['flags'])) {
      const compiled = compileRegex(item.value);
      if ('error' in compiled)
        report('bad-regex', item.span, {
          value: item.value,
          reason: compiled.error.code,
          at: compiled.error.at,
        });
    }
  }
  if (tags['index']?.value?.kind === 'number' && tags['index'].value.value < 1)
    report('bad-number-value', tags['index'].value.span, { tag: 'index', value: 0 });
  flags(tagged('flags'));
  specialUse(tagged('specialuse'));
  tagged('fcc').forEach(mailbox);
  for (const item of tagged('zone'))
    if (zoneMinutesOf(item.value) === undefined) report('bad-zone', item.span, { value: item.value });

  const datePart = (): void => {
    for (const item of constants(args['part']))
      if (!(DATE_PARTS as readonly string[]).includes(item.value.toLowerCase()))
        report('bad-date-part', item.span, { value: item.value });
  };

  switch (name) {
    case 'require':
      for (const item of stringsOf(args['capabilities'])) {
        if (isCapability(item.value)) continue;
        const known = COMMAND_NAMES.find((one) => one === item.value.toLowerCase());
        const always = known !== undefined && LANGUAGE[known].capabilities === undefined;
        report('unknown-capability', item.span, {
          value: item.value,
          core: always ? LANGUAGE[known].kind : '',
        });
      }
      return;
    case 'redirect':
      constants(args['address']).forEach(address);
      return;
    case 'fileinto':
      constants(args['mailbox']).forEach(mailbox);
      return;
    case 'header':
    case 'exists':
      headerNames(args['headers'], 'warning');
      return;
    case 'address':
      headerNames(args['headers'], 'warning');
      for (const item of constants(args['headers']))
        if (isHeaderName(item.value) && !ADDRESS_HEADERS.has(item.value.toLowerCase()))
          report('header-not-address', item.span, { value: item.value });
      return;
    case 'envelope':
      for (const item of constants(args['parts']))
        if (!ENVELOPE_PARTS.includes(item.value.toLowerCase()))
          report('unknown-envelope-part', item.span, { value: item.value });
      return;
    case 'addheader':
    case 'deleteheader':
      headerNames(args['name'], 'error');
      return;
    case 'setflag':
    case 'addflag':
    case 'removeflag':
    case 'hasflag':
      if (name !== 'hasflag') flags(constants(args['flags']));
      for (const item of stringsOf(args['variable'] ?? args['variables'])) {
        if (!required.has('variables'))
          report('not-required', item.span, {
            command: item.value,
            kind: 'variable',
            capability: 'variables',
          });
        else if (!isVariableName(item.value)) report('bad-variable', item.span, { found: item.value });
      }
      return;
    case 'set':
      for (const item of stringsOf(args['name'])) {
        const local = item.value.replace(/^global\./i, '');
        if (local !== item.value && !required.has('include'))
          report('unknown-namespace', item.span, { namespace: 'global', found: item.value });
        else if (!isVariableName(local)) report('bad-variable', item.span, { found: item.value });
      }
      return;
    case 'global':
      for (const item of stringsOf(args['names'])) {
        if (!required.has('variables'))
          report('not-required', item.span, { command: 'global', kind, capability: 'variables' });
        else if (!isVariableName(item.value)) report('bad-variable', item.span, { found: item.value });
      }
      return;
    case 'vacation':
      tagged('from').forEach(address);
      tagged('addresses').forEach(address);
      return;
    case 'notify':
      for (const item of constants(args['method'])) {
        const method = parseNotifyMethod(item.value);
        if ('problem' in method)
          report('bad-method', item.span, { value: item.value, reason: method.problem });
      }
      for (const item of tagged('importance'))
        if (!/^[123]$/.test(item.value)) report('bad-importance', item.span, { value: item.value });
      tagged('from').forEach(address);
      return;
    case 'date':
      headerNames(args['header'], 'warning');
      datePart();
      return;
    case 'currentdate':
      datePart();
      return;
    case 'duplicate':
      headerNames(tags['header']?.value, 'warning');
      return;
    case 'environment':
      for (const item of constants(args['name']))
        if (!ENVIRONMENT_ITEMS.includes(item.value.toLowerCase()))
          report('unknown-environment', item.span, { value: item.value }, 'warning');
      return;
    case 'specialuse_exists':
      specialUse(constants(args['uses']));
      return;
    case 'include':
      for (const item of stringsOf(args['script']))
        if (!isScriptName(item.value)) report('bad-script-name', item.span, { value: item.value });
      return;
    case 'reject':
    case 'ereject':
    case 'if':
    case 'elsif':
    case 'else':
    case 'stop':
    case 'keep':
    case 'discard':
    case 'return':
    case 'allof':
    case 'anyof':
    case 'not':
    case 'true':
    case 'false':
    case 'size':
    case 'string':
    case 'body':
    case 'mailboxexists':
    case 'spamtest':
    case 'virustest':
    case 'valid_notify_method':
    case 'notify_method_capability':
      return;
  }
}
