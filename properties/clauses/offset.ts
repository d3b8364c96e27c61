/** Clauses on offsets: a group's progress is part of the transaction that consumed it. */

import { HANDLERS } from '../../impl/producer/handlers.ts';
import type { Clause } from './clause.ts';
import { ofCoordinator, ofProducer } from './directed-test.ts';

const ADD_OFFSETS = 'KafkaApis.handleAddOffsetsToTxnRequest';

export const OFFSET_CLAUSES: readonly Clause[] = [
  {
    id: 'EOS-OFFSET-01',
    level: 'must',
    requirement:
      "AddOffsetsToTxn adds the group's partition of __consumer_offsets to the transaction, so that it is marked like any other.",
    kips: ['KIP-98'],
    kafka: ADD_OFFSETS,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'offsets-partition-is-added',
        script: `init => NONE 7.0
                 offsets 7.0 group => NONE
                 logged => Empty (7,0); Ongoing (7,0) __consumer_offsets-0
                 end 7.0 commit v4 => NONE
                 marking => 4: COMMIT (7,0) tv0 epoch 1 __consumer_offsets-0`,
        brokenBy: {
          handlers: {
            addOffsetsToTxn: (_coordinator, _request, reply) => reply({ errorCode: 'NONE' }),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-OFFSET-02',
    level: 'must',
    requirement: 'AddOffsetsToTxn under a replaced epoch is refused with PRODUCER_FENCED.',
    kips: ['KIP-98'],
    kafka: ADD_OFFSETS,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'zombie-cannot-add-offsets',
        script: `init => NONE 7.0
                 init => NONE 7.1
                 offsets 7.0 group => PRODUCER_FENCED
                 offsets 9.1 group => INVALID_PRODUCER_ID_MAPPING
                 cached => Empty (7,1) last -1`,
        brokenBy: {
          handlers: {
            addOffsetsToTxn: (_coordinator, _request, reply) => reply({ errorCode: 'NONE' }),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-OFFSET-03',
    level: 'must',
    requirement:
      "Before transaction version 2 a client sends AddOffsetsToTxn to the transaction coordinator before TxnOffsetCommit to the group's.",
    kips: ['KIP-98'],
    kafka: 'TransactionManager.sendOffsetsToTransaction',
    transactionVersions: [0, 1],
    claims: [],
    tests: [
      ofProducer({
        name: 'offsets-are-announced',
        script: `ready 5.0 => nothing
                 begin => begin: ok
                 offsets => sends AddOffsetsToTxn -> 1
                 offsets-added CONCURRENT_TRANSACTIONS => nothing
                 pass 100 => sends AddOffsetsToTxn -> 1
                 offsets-added NONE => sends FindCoordinator g -> 8
                 found => sends TxnOffsetCommit g/-1/ in-0=3 -> 1
                 offsets-committed NONE => offsets: ok`,
        brokenBy: {
          handlers: {
            addOffsetsAnswered: (producer, request) =>
              HANDLERS.addOffsetsAnswered(producer, request, { errorCode: 'NONE' }),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-OFFSET-04',
    level: 'must',
    requirement:
      'Under transaction version 2 TxnOffsetCommit itself adds the offsets partition: the client sends no AddOffsetsToTxn, and repeats the commit until it is done.',
    kips: ['KIP-890'],
    kafka: 'TransactionManager.TxnOffsetCommitHandler',
    transactionVersions: [2],
    claims: [],
    tests: [
      ofProducer({
        name: 'offsets-are-committed-at-once',
        script: `ready 5.0 => nothing
                 begin => begin: ok
                 offsets => sends FindCoordinator g -> 8
                 found => sends TxnOffsetCommit g/-1/ in-0=3 -> 1
                 offsets-committed CONCURRENT_TRANSACTIONS => nothing
                 pass 100 => sends TxnOffsetCommit g/-1/ in-0=3 -> 1
                 offsets-committed NONE => offsets: ok
                 commit => sends EndTxn commit 5,0 -> 1`,
        brokenBy: {
          handlers: {
            txnOffsetCommitAnswered: (producer, request, { partitions }) => {
              const answered = partitions.map(({ partition }) => ({
                partition,
                errorCode: 'NONE' as const,
              }));
              HANDLERS.txnOffsetCommitAnswered(producer, request, { partitions: answered });
            },
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-OFFSET-05',
    level: 'must',
    requirement:
      'A TxnOffsetCommit that the group fences (ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID) leaves the transaction to be aborted.',
    kips: ['KIP-447'],
    kafka: 'TransactionManager.TxnOffsetCommitHandler',
    claims: [],
    tests: [
      ofProducer({
        name: 'fenced-group-member-must-abort',
        transactionVersions: [2],
        script: `ready 5.0 => nothing
                 begin => begin: ok
                 offsets => sends FindCoordinator g -> 8
                 found => sends TxnOffsetCommit g/-1/ in-0=3 -> 1
                 offsets-committed ILLEGAL_GENERATION => offsets: abortable ILLEGAL_GENERATION failed
                 state => AbortableError
                 commit => commit: abortable ILLEGAL_GENERATION failed
                 abort => sends EndTxn abort 5,0 -> 1`,
        brokenBy: { decisions: { requestError: () => 'retry' } },
      }),
      ofProducer({
        name: 'fenced-group-member-must-abort-tv1',
        transactionVersions: [0, 1],
        script: `ready 5.0 => nothing
                 begin => begin: ok
                 offsets => sends AddOffsetsToTxn -> 1
                 offsets-added NONE => sends FindCoordinator g -> 8
                 found => sends TxnOffsetCommit g/-1/ in-0=3 -> 1
                 offsets-committed ILLEGAL_GENERATION => offsets: abortable ILLEGAL_GENERATION failed
                 state => AbortableError
                 commit => commit: abortable ILLEGAL_GENERATION failed
                 abort => sends EndTxn abort 5,0 -> 1`,
        brokenBy: { decisions: { requestError: () => 'retry' } },
      }),
    ],
  },
];
