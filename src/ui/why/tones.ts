// Which tone a result word of RFC 8601 has.

import type { Tone } from '../../view/types.ts';

export function resultTone(result: string): Tone {
  switch (result) {
    case 'pass':
      return 'pass';
    case 'fail':
    case 'permerror':
    case 'reject':
      return 'fail';
    case 'softfail':
    case 'temperror':
    case 'policy':
    case 'quarantine':
      return 'soft';
    default:
      return 'none';
  }
}
