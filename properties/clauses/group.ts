/** Clauses on the group coordinator: which offsets count, and who may commit them. */

import { HANDLERS } from '../../impl/group-coordinator/handlers.ts';
import type { Clause } from './clause.ts';
import { ofGroup } from './directed-test.ts';

const STORE = 'OffsetMetadataManager';

export const GROUP_CLAUSES: readonly Clause[] = [
  {
    id: 'EOS-OFFSET-06',
    level: 'must',
    requirement:
      'Offsets that were sent to a transaction become those of the group if the transaction is committed, and not otherwise.',
    kips: ['KIP-98'],
    kafka: `${STORE}.replayEndTransactionMarker`,
    claims: ['OffsetAtomicity'],
    tests: [
      ofGroup({
        name: 'offsets-count-with-the-commit',
        script: `offset 3 => NONE
                 offset 5 in 7.0 => NONE
                 fetch unstable => 3
                 commit 7.1 c0 tv2 => written
                 fetch => 5`,
        brokenBy: { decisions: { isPending: () => false } },
      }),
      ofGroup({
        name: 'aborted-offsets-are-dropped',
        script: `offset 3 => NONE
                 offset 5 in 7.0 => NONE
                 abort 7.1 c0 tv2 => written
                 fetch => 3
                 commit 7.2 c0 tv2 => written
                 fetch => 3`,
        brokenBy: { decisions: { materialises: () => true } },
      }),
    ],
  },
  {
    id: 'EOS-OFFSET-07',
    level: 'must',
    requirement:
      'Of two commits of an offset the one written last counts, whatever the order of the markers.',
    kips: ['KIP-98'],
    kafka: `${STORE}.replayEndTransactionMarker`,
    claims: ['OffsetAtomicity'],
    tests: [
      ofGroup({
        name: 'later-plain-commit-wins',
        script: `offset 5 in 7.0 => NONE
                 offset 9 => NONE
                 commit 7.1 c0 tv2 => written
                 fetch => 9`,
        brokenBy: { decisions: { isNewer: () => true } },
      }),
    ],
  },
  {
    id: 'EOS-OFFSET-08',
    level: 'must',
    requirement:
      'OffsetFetch with RequireStable returns no offset that an open transaction may still move.',
    kips: ['KIP-447'],
    kafka: `${STORE}.fetchOffsets`,
    claims: ['OffsetAtomicity'],
    tests: [
      ofGroup({
        name: 'pending-offset-is-unstable',
        script: `fetch => -1
                 offset 5 in 7.0 => NONE
                 fetch => UNSTABLE_OFFSET_COMMIT
                 fetch unstable => -1
                 abort 7.1 c0 tv2 => written
                 fetch => -1`,
        brokenBy: { decisions: { isUnstable: () => false } },
      }),
    ],
  },
  {
    id: 'EOS-OFFSET-09',
    level: 'must',
    requirement:
      'TxnOffsetCommit of a member that names its generation is refused once a newer generation has begun.',
    kips: ['KIP-447'],
    kafka: 'ClassicGroup.validateOffsetCommit',
    claims: ['ZombieFencing'],
    tests: [
      ofGroup({
        name: 'stale-member-cannot-commit',
        script: `stable => nothing
                 offset 5 in 7.0 member generation=0 => ILLEGAL_GENERATION
                 offset 5 in 7.0 member id=nobody => UNKNOWN_MEMBER_ID
                 offset 5 in 7.0 member instance=i => UNKNOWN_MEMBER_ID
                 fetch => -1
                 offset 5 in 7.0 member => NONE
                 fetch => UNSTABLE_OFFSET_COMMIT`,
        brokenBy: { decisions: { validateTxnOffsetCommit: () => 'NONE' } },
      }),
    ],
  },
  {
    id: 'EOS-OFFSET-10',
    level: 'must',
    requirement:
      'Where outputs and offsets travel in one transaction, each input has one committed output once the group has passed it, whoever processed it how often.',
    kips: ['KIP-98', 'KIP-447'],
    kafka: null,
    claims: ['ExactlyOncePipeline'],
    tests: [],
  },
  {
    id: 'EOS-OFFSET-11',
    level: 'may',
    requirement:
      'A transactional offset commit by the group id alone may be accepted without fencing, whoever the members are.',
    kips: ['KIP-447'],
    kafka: 'ClassicGroup.validateOffsetCommit',
    claims: [],
    tests: [
      ofGroup({
        name: 'group-id-alone-is-not-fenced',
        script: `stable => nothing
                 offset 5 in 7.0 => NONE
                 commit 7.1 c0 tv2 => written
                 fetch => 5`,
        brokenBy: { decisions: { validateTxnOffsetCommit: () => 'UNKNOWN_MEMBER_ID' } },
      }),
    ],
  },
  {
    id: 'EOS-OFFSET-12',
    level: 'must',
    requirement:
      'A plain offset commit for a group with members is refused unless it names a current member and generation.',
    kips: [],
    kafka: 'ClassicGroup.validateOffsetCommit',
    claims: [],
    tests: [
      ofGroup({
        name: 'outsider-cannot-commit-plainly',
        script: `stable => nothing
                 offset 5 => UNKNOWN_MEMBER_ID
                 offset 5 member generation=0 => ILLEGAL_GENERATION
                 fetch => -1
                 offset 5 member => NONE
                 fetch => 5`,
        brokenBy: { decisions: { validateOffsetCommit: () => 'NONE' } },
      }),
    ],
  },
  {
    id: 'EOS-OFFSET-13',
    level: 'must',
    requirement:
      'Offsets of a transaction that its coordinator does not confirm are refused, and none is pending.',
    kips: ['KIP-890'],
    kafka: 'GroupCoordinatorService.commitTransactionalOffsets',
    claims: [],
    tests: [
      ofGroup({
        name: 'unconfirmed-offsets-are-refused',
        script: `verdict TRANSACTION_ABORTABLE => nothing
                 offset 5 in 7.0 v4 => TRANSACTION_ABORTABLE
                 verdict INVALID_PRODUCER_EPOCH => nothing
                 offset 5 in 7.0 => INVALID_PRODUCER_EPOCH
                 verdict NETWORK_EXCEPTION => nothing
                 offset 5 in 7.0 => COORDINATOR_LOAD_IN_PROGRESS
                 fetch => -1`,
        brokenBy: { decisions: { operationError: (errorCode) => errorCode } },
      }),
    ],
  },
  {
    id: 'EOS-OFFSET-14',
    level: 'must',
    requirement:
      'Pending and committed offsets are known again after a failover, and the marker that then comes decides them.',
    kips: ['KIP-98'],
    kafka: 'CoordinatorLoaderImpl.load',
    claims: [],
    tests: [
      ofGroup({
        name: 'pending-offsets-survive-a-failover',
        script: `offset 3 => NONE
                 offset 5 in 7.0 => NONE
                 crash => nothing
                 fetch => UNSTABLE_OFFSET_COMMIT
                 fetch unstable => 3
                 commit 7.1 c1 tv2 => written
                 fetch => 5`,
        brokenBy: { decisions: { isPending: () => false } },
      }),
    ],
  },
  {
    id: 'EOS-OFFSET-15',
    level: 'must',
    requirement: 'An offset commit is answered only when it is replicated.',
    kips: ['KIP-98'],
    kafka: 'CoordinatorRuntime.scheduleTransactionalWriteOperation',
    claims: [],
    tests: [
      ofGroup({
        name: 'offsets-are-answered-when-replicated',
        script: `by-hand => nothing
                 offset 5 in 7.0 => nothing
                 flush => NONE
                 offset 6 => nothing
                 flush => NONE`,
        brokenBy: {
          handlers: {
            txnOffsetCommit: (shard, request, reply) => {
              HANDLERS.txnOffsetCommit(shard, request, () => undefined);
              const partitions = request.body.offsets.map(({ partition }) => ({
                partition,
                errorCode: 'NONE' as const,
              }));
              reply({ partitions });
            },
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-OFFSET-16',
    level: 'must',
    requirement:
      'A marker decides the pending offsets of its own producer, of all groups, and of nobody else.',
    kips: ['KIP-98'],
    kafka: `${STORE}.replayEndTransactionMarker`,
    claims: [],
    tests: [
      ofGroup({
        name: 'marker-decides-its-own-offsets',
        script: `offset 5 in 7.0 => NONE
                 offset 8 in 8.0 => NONE
                 commit 7.1 c0 tv2 => written
                 fetch unstable => 5
                 fetch => UNSTABLE_OFFSET_COMMIT
                 abort 8.1 c0 tv2 => written
                 fetch => 5`,
        brokenBy: { decisions: { settledBy: (_producerId, open) => open } },
      }),
    ],
  },
];
