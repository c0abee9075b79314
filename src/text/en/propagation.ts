// Words of the propagation panel: which name server and which resolver knows which state of a zone. Loaded with the zone
// editor. Templates are filled by `fill`.

export const propagation = {
  intro:
    'Nothing is pushed to anybody. Whoever remembers an old answer goes on giving it until its time is up; then it asks anew.',
  failed: 'The caches could not be read.',
  servers: 'Name servers of the zone',
  primary: 'first',
  secondary: 'second',
  serial: 'serial {serial}',
  noCopy: 'has no copy',
  server: {
    current: 'current',
    old: 'still the old zone',
    none: 'does not answer for it',
  },
  stuck:
    'Its serial is not older than the published one, so it sees no reason to fetch the zone. Raise the serial and publish again.',
  waits: 'It fetches the zone as soon as it can: at {time} at the latest it asks again.',
  resolvers: 'What resolvers remember',
  usedBy: 'asked by {hosts}',
  usedByNobody: 'nobody’s default: ask it with {command}',
  empty: 'remembers nothing of this zone',
  absent: 'does not exist',
  stale: 'old',
  staleAbsent: 'still “does not exist”',
  current: 'current',
  left: '{time} more, until {clock}',
  jump: 'Let it pass',
  jumpLabel: 'Let it pass: {time}, until {resolver} has forgotten {name} {type}',
  flush: 'Flush',
  flushLabel: 'Flush: empty the memory of {resolver}',
  flushHint:
    'In reality only its operator can do this (rndc flush); some public resolvers offer a web page for it.',
  summary: {
    stale:
      '{n} {n|resolver still answers|resolvers still answer} from old records. The last one has forgotten them at {clock}.',
    forgetAll: 'Let {time} pass',
    before:
      'If you publish a change now, some will see the old records until {clock}: {time} at most, because that is what was remembered last.',
    beforeLong:
      'If you publish a change now, some will see the old records until {clock}. Before a move: lower the TTL, let the old one run out, and change only then.',
    nobody: 'No resolver remembers anything of this zone: a change would be seen by everybody at once.',
  },
};

export type PropagationText = typeof propagation;
