/** Clauses on the read_committed consumer: which of the fetched records an application gets. */

import { K01 } from '../mutants/K01-no-aborted-filter.ts';
import { K02 } from '../mutants/K02-any-marker-ends-the-range.ts';
import { K03 } from '../mutants/K03-one-range-per-producer.ts';
import { K04 } from '../mutants/K04-aborted-list-taken-as-sorted.ts';
import { K09 } from '../mutants/K09-control-records-returned.ts';
import type { Clause } from './clause.ts';
import { ofConsumer } from './directed-test.ts';

const FILTER = 'CompletedFetch.nextFetchedRecord';

export const READ_CLAUSES: readonly Clause[] = [
  {
    id: 'EOS-READ-01',
    level: 'must',
    requirement:
      'A read_committed consumer returns no record of an aborted transaction, and passes over it.',
    kips: ['KIP-98'],
    kafka: FILTER,
    claims: ['NoAbortedRead', 'ReadersProgress'],
    tests: [
      ofConsumer({
        name: 'aborted-records-are-dropped',
        script: `log 7:x 8:y 7:ABORT 8:COMMIT => nothing
                 aborted 7@0 => nothing
                 read committed 0 => [y] then 4`,
        brokenBy: K01.overrides.consumer!,
      }),
    ],
  },
  {
    id: 'EOS-READ-02',
    level: 'must',
    requirement: 'Only the abort marker of a producer ends the aborted range of that producer.',
    kips: ['KIP-98'],
    kafka: FILTER,
    claims: ['NoAbortedRead'],
    tests: [
      ofConsumer({
        name: 'other-markers-end-no-range',
        script: `log 7:x 8:y 8:COMMIT 7:z 7:ABORT 7:w 7:COMMIT => nothing
                 aborted 7@0 => nothing
                 read committed 0 => [y w] then 7`,
        brokenBy: K02.overrides.consumer!,
      }),
    ],
  },
  {
    id: 'EOS-READ-03',
    level: 'must',
    requirement:
      'Each aborted transaction of a producer is filtered by its own range, and what the producer commits between them is returned.',
    kips: ['KIP-98'],
    kafka: FILTER,
    claims: ['NoAbortedRead', 'AtomicVisibility'],
    tests: [
      ofConsumer({
        name: 'ranges-of-one-producer',
        script: `log 7:x 7:ABORT 7:y 7:COMMIT 7:z 7:ABORT => nothing
                 aborted 7@0 7@4 => nothing
                 read committed 0 => [y] then 6`,
        brokenBy: K03.overrides.consumer!,
      }),
    ],
  },
  {
    id: 'EOS-READ-04',
    level: 'must',
    requirement:
      'The list of aborted transactions is taken in any order: a leader lists them as they ended.',
    kips: ['KIP-98'],
    kafka: 'CompletedFetch.abortedTransactions (PriorityQueue)',
    claims: ['NoAbortedRead'],
    tests: [
      ofConsumer({
        name: 'list-in-order-of-ends',
        script: `log 7:x 8:y 8:ABORT 7:ABORT => nothing
                 aborted 8@1 7@0 => nothing
                 read committed 0 => [] then 4`,
        brokenBy: K04.overrides.consumer!,
      }),
    ],
  },
  {
    id: 'EOS-READ-05',
    level: 'must',
    requirement:
      'Control records are never returned, under either isolation level, and the position passes them.',
    kips: ['KIP-98'],
    kafka: FILTER,
    claims: ['NoAbortedRead', 'ReadersProgress'],
    tests: [
      ofConsumer({
        name: 'control-records-are-not-for-applications',
        script: `log 7:x 7:COMMIT => nothing
                 read committed 0 => [x] then 2
                 read uncommitted 0 => [x] then 2
                 read committed 1 => [] then 2`,
        brokenBy: K09.overrides.consumer!,
      }),
    ],
  },
  {
    id: 'EOS-READ-06',
    level: 'must',
    requirement:
      'A batch outside any transaction is returned although its producer has an aborted one.',
    kips: ['KIP-98'],
    kafka: FILTER,
    claims: [],
    tests: [
      ofConsumer({
        name: 'plain-batches-are-not-filtered',
        script: `log 7:x 7:ABORT 7:i=y => nothing
                 aborted 7@0 => nothing
                 read committed 0 => [y] then 3
                 log 7:i=x 7:y 7:ABORT => nothing
                 aborted 7@0 => nothing
                 read committed 0 => [x] then 3`,
        brokenBy: {
          decisions: {
            isAborted: (batch, aborted) => aborted.includes(batch.producerId),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-READ-07',
    level: 'must',
    requirement:
      'A read_uncommitted consumer returns the records of aborted and open transactions too.',
    kips: ['KIP-98'],
    kafka: FILTER,
    claims: [],
    tests: [
      ofConsumer({
        name: 'uncommitted-reads-everything',
        script: `log 7:x 7:ABORT 8:y => nothing
                 aborted 7@0 => nothing
                 read uncommitted 0 => [x y] then 3`,
        brokenBy: { decisions: { recordsOf: () => [] } },
      }),
    ],
  },
  {
    id: 'EOS-READ-08',
    level: 'must',
    requirement:
      'Entries of the list that lie outside what was fetched, and abort markers of transactions that are not listed, change nothing.',
    kips: ['KIP-98'],
    kafka: FILTER,
    claims: ['AtomicVisibility'],
    tests: [
      ofConsumer({
        name: 'list-may-be-a-superset',
        script: `log 7:x 8:ABORT 7:COMMIT => nothing
                 aborted 9@0 7@8 => nothing
                 read committed 0 => [x] then 3`,
        brokenBy: { decisions: { metBy: (ordered, met) => ordered.length - met } },
      }),
    ],
  },
];
