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
  {
    ...JUDGED,
    id: 'EOS-SEE-07',
    requirement:
      'When everything has come to rest, each record that was acknowledged outside a transaction or in a committed one is read by readers of committed records.',
    kips: ['KIP-98'],
    claims: ['NoLoss'],
  },
  {
    ...JUDGED,
    id: 'EOS-SEE-08',
    requirement:
      'A transaction is decided once; what its client was told of it stays so, whatever requests come before or after.',
    kips: ['KIP-98', 'KIP-890'],
    claims: ['OneDecision'],
  },
  {
    ...JUDGED,
    id: 'EOS-SEE-09',
    requirement:
      'An error that says that nothing happened means that nothing happened, and success means that it did.',
    kips: ['KIP-98'],
    claims: ['HonestErrors'],
  },
  {
    ...JUDGED,
    id: 'EOS-SEE-10',
    requirement: 'A transaction whose end was decided is completed once faults have stopped.',
    kips: ['KIP-98'],
    claims: ['PreparedCompletes'],
  },
  {
    ...JUDGED,
    id: 'EOS-SEE-11',
    requirement:
      'No instance is fenced unless a newer one was initialised or its transaction timed out.',
    kips: ['KIP-98', 'KIP-360'],
    claims: ['NoSpuriousFencing'],
  },
  {
    ...JUDGED,
    id: 'EOS-SEE-12',
    requirement:
      'Records of one producer stand in a partition in the order in which it sent them, each at the offset that was acknowledged.',
    kips: ['KIP-98'],
    claims: ['ProducerOrder'],
  },
  {
    ...JUDGED,
    id: 'EOS-SEE-13',
    requirement:
      'The last stable offset lies neither above the high watermark nor behind an undecided record, and no observer sees it go back.',
    kips: ['KIP-98'],
    claims: ['LastStableOffset'],
  },
  {
    ...JUDGED,
    id: 'EOS-SEE-14',
    requirement:
      'When everything has come to rest, each transactional id can be initialised and used again.',
    kips: ['KIP-98', 'KIP-360'],
    claims: ['TransactionalIdReusable'],
  },
  {
    ...JUDGED,
    id: 'EOS-SEE-15',
    requirement:
      'When everything has come to rest, a reader of committed records reaches the end of every partition.',
    kips: ['KIP-98', 'KIP-890'],
    claims: ['ReadersProgress'],
  },
];
