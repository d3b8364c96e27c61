/** Clauses on what clients see, whatever happens inside: each is judged by its claim over any system's histories. */

import type { Clause } from './clause.ts';

/** The claim says all: there is nothing to ask a component directly. */
const JUDGED = { level: 'must', kafka: null, tests: [] } as const;

export const SEE_CLAUSES: readonly Clause[] = [
  {
    ...JUDGED,
    id: 'EOS-SEE-01',
    requirement:
      'A record that was sent once is read at most once by readers of committed records.',
    kips: ['KIP-98'],
    claims: ['NoDuplicates'],
  },
  {
    ...JUDGED,
    id: 'EOS-SEE-02',
    requirement:
      'Of a transaction all records become readable or none, on every partition, as its client was told.',
    kips: ['KIP-98'],
    claims: ['AtomicVisibility'],
  },
  {
    ...JUDGED,
    id: 'EOS-SEE-03',
    requirement:
      'Readers of committed records never see a record of a transaction that is aborted or undecided.',
    kips: ['KIP-98'],
    claims: ['NoAbortedRead'],
  },
  {
    ...JUDGED,
    id: 'EOS-SEE-04',
    requirement:
      'What an instance undertakes after a newer one of its transactional id was initialised has no effect.',
    kips: ['KIP-98', 'KIP-360'],
    claims: ['ZombieFencing'],
  },
  {
    ...JUDGED,
    id: 'EOS-SEE-05',
    requirement:
      'When all producers have stopped and timeouts have passed, no transaction holds readers back.',
    kips: ['KIP-98', 'KIP-890'],
    claims: ['NoHangingTransaction'],
  },
  {
    ...JUDGED,
    id: 'EOS-SEE-06',
    requirement:
      'The committed offset of a group moves when a transaction or a plain commit that sent it takes effect, and by nothing else.',
    kips: ['KIP-98', 'KIP-447'],
    claims: ['OffsetAtomicity'],
  },
];
