/** What runs of the simulation do not take of the producer's chart, and what would take it. */

import type { CoverageScope, Unexercised } from './unexercised.ts';

const isLegacy = ({ transactionVersion }: CoverageScope): boolean => transactionVersion < 2;

const CALLS = [
  'InitTransactions',
  'BeginTransaction',
  'Send',
  'CommitTransaction',
  'AbortTransaction',
];

/** Out of reach, whatever happens. */
const IMPOSSIBLE: readonly Unexercised[] = [
  {
    events: ['ProducerCrashed'],
    reason: 'a process that is killed is watched no longer',
  },
  {
    states: ['Crashed'],
    events: [
      ...CALLS,
      'InitProducerIdResponse',
      'AddPartitionsToTxnResponse',
      'EndTxnResponse',
      'ProduceResponse',
      'Disconnected',
      'ProduceTimedOut',
      'BatchExpired',
    ],
    reason: 'a process that is killed is watched no longer',
  },
  {
    states: ['Uninitialized'],
    events: ['BeginTransaction', 'Send', 'CommitTransaction', 'AbortTransaction'],
    reason:
      'applications call what the state allows; the producer driven directly refuses the rest (properties/refinement)',
  },
  {
    states: ['Initializing', 'CommittingTransaction', 'AbortingTransaction', 'FatalError'],
    events: CALLS,
    reason:
      'applications call what the state allows; the producer driven directly refuses the rest (properties/refinement)',
  },
  {
    states: ['Ready'],
    events: ['InitTransactions', 'Send', 'CommitTransaction', 'AbortTransaction'],
    reason:
      'applications call what the state allows; the producer driven directly refuses the rest (properties/refinement)',
  },
  {
    states: ['InTransaction'],
    events: ['InitTransactions', 'BeginTransaction'],
    reason:
      'applications call what the state allows; the producer driven directly refuses the rest (properties/refinement)',
  },
  {
    states: ['AbortableError'],
    events: ['InitTransactions', 'BeginTransaction', 'Send', 'CommitTransaction'],
    reason:
      'applications call what the state allows; the producer driven directly refuses the rest (properties/refinement)',
  },
  {
    states: ['Ready'],
    events: ['BeginTransaction'],
    guards: [null],
    reason: 'the comparison forgets a transaction when the next begins, so that none is the last',
  },
  {
    states: ['InTransaction'],
    events: ['Send'],
    guards: [null],
    reason:
      'a further batch waits behind the first, and applications have an identity when they begin',
  },
  {
    states: ['Uninitialized', 'Ready'],
    events: ['Disconnected'],
    reason: 'a client does not hear that a connection without a request has ended',
  },
  {
    states: ['FatalError'],
    events: ['InitProducerIdResponse', 'EndTxnResponse', 'BatchExpired'],
    reason: 'a fatal error leaves nothing of the kind under way',
  },
];

/** What lawful brokers do not answer. */
const LAWFUL: readonly Unexercised[] = [
  {
    states: ['Initializing'],
    events: ['InitProducerIdResponse'],
    guards: ['isAbortable'],
    reason: 'the coordinator answers InitProducerId with no abortable error',
  },
  {
    states: ['CommittingTransaction'],
    events: ['EndTxnResponse'],
    guards: ['isAbortable'],
    reason: 'the coordinator answers EndTxn with no abortable error',
  },
  {
    events: ['ProduceResponse'],
    guards: ['isFatalOnProduce'],
    isRare: true,
    reason:
      'a leader answers a fenced producer with INVALID_PRODUCER_EPOCH, which it may abort after, unless the id has got another producer id',
  },
];

/** Before version 2 clients add partitions themselves; from then on only the offsets of a group are walked so. */
const OF_VERSION_2: readonly Unexercised[] = [
  {
    events: ['always'],
    guards: ['mustAddPartitions', 'mayEndLocallyAndBumps'],
    unless: isLegacy,
    reason: 'under version 2 leaders add partitions, and every end bumps the epoch',
  },
  {
    events: ['EndTxnResponse'],
    guards: ['succeededAndBumps'],
    unless: isLegacy,
    reason: 'under version 2 every end bumps the epoch',
  },
  {
    states: ['CommittingTransaction', 'AbortingTransaction', 'AbortableError'],
    events: ['AddPartitionsToTxnResponse'],
    unless: isLegacy,
    isRare: true,
    reason: 'needs an end, or an error, while offsets are sent for the group',
  },
  {
    states: ['AbortableError', 'FatalError'],
    events: ['Disconnected', 'AddPartitionsToTxnResponse'],
    unless: isLegacy,
    isRare: true,
    reason: 'needs a failed batch while offsets are sent for the group',
  },
  {
    states: ['Initializing'],
    events: ['InitProducerIdResponse'],
    guards: [null],
    unless: isLegacy,
    reason: 'under version 2 only a new instance asks for an identity, whom nobody fences',
  },
];

/** Within reach, by coincidence. */
const RARE: readonly Unexercised[] = [
  {
    states: ['Initializing'],
    events: ['InitProducerIdResponse'],
    guards: [null],
    isRare: true,
    reason: 'needs a newer instance while the epoch is bumped after an abort',
  },
  {
    states: ['CommittingTransaction'],
    events: ['AddPartitionsToTxnResponse'],
    guards: [null],
    isRare: true,
    reason: 'needs a refusal of offsets after their call has timed out',
  },
  {
    states: ['AbortingTransaction'],
    events: ['always'],
    guards: ['mayEndLocallyAndBumps'],
    isRare: true,
    reason: 'needs a batch that expires before its partition is added',
  },
  {
    states: ['AbortingTransaction'],
    events: ['AddPartitionsToTxnResponse'],
    guards: [null],
    isRare: true,
    reason: 'needs a refusal of offsets after an abort has begun',
  },
  {
    states: ['CommittingTransaction', 'AbortingTransaction'],
    events: ['ProduceResponse'],
    guards: [null],
    unless: (scope) => !isLegacy(scope),
    isRare: true,
    reason: 'needs a refusal of a batch between the call and its end',
  },
  {
    states: ['AbortableError'],
    events: ['AddPartitionsToTxnResponse'],
    guards: ['succeeded', 'isFatalOnAdd'],
    isRare: true,
    reason: 'needs partitions to be added while a batch fails',
  },
  {
    states: ['AbortableError'],
    events: ['Disconnected'],
    isRare: true,
    reason: 'needs partitions to be added while a batch fails',
  },
  {
    states: ['AbortableError'],
    events: ['ProduceResponse'],
    guards: ['isWritten'],
    isRare: true,
    reason: 'needs a second batch under way when the first fails',
  },
  {
    states: ['AbortableError'],
    events: ['ProduceResponse'],
    guards: ['isRetriable', null],
    unless: (scope) => !isLegacy(scope),
    isRare: true,
    reason: 'needs a second batch under way when the first fails',
  },
  {
    states: ['InTransaction'],
    events: ['ProduceResponse'],
    guards: ['isRetriable'],
    unless: (scope) => !isLegacy(scope),
    isRare: true,
    reason: 'before version 2 a leader has few reasons to put a batch off',
  },
  {
    states: ['FatalError'],
    events: ['Disconnected', 'ProduceResponse', 'ProduceTimedOut'],
    isRare: true,
    reason: 'needs a second request under way when the first turns out to be fatal',
  },
];

export const PRODUCER_REASONS: readonly Unexercised[] = [
  ...IMPOSSIBLE,
  ...LAWFUL,
  ...OF_VERSION_2,
  ...RARE,
];
