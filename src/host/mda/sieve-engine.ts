// Installs Sieve in the delivery agent. A large piece that no first prompt needs: whoever lets a world run imports this file.

import { compileSieve } from '../../sieve/check.ts';
import { runSieve } from '../../sieve/interpreter.ts';
import { pigeonholeRunText, pigeonholeText } from '../../sieve/problem-text.ts';
import { installSieve } from './sieve-service.ts';

installSieve({
  check(source) {
    const fault = compileSieve(source).problems.find(({ severity }) => severity === 'error');
    return fault && { line: fault.span.line, column: fault.span.column, text: pigeonholeText(fault) };
  },
  run(source, input) {
    const { script } = compileSieve(source);
    return script && runSieve({ ...input, script });
  },
  errorText: (error) => `line ${error.span.line}: error: ${pigeonholeRunText(error)}`,
});
