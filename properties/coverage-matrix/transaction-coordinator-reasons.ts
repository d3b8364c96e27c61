/** What runs of the simulation do not take of the transaction coordinator's chart, and what would take it. */

import type { CoverageScope, Unexercised } from './unexercised.ts';

const REQUESTS = [
  'InitProducerIdRequest',
  'AddPartitionsToTxnRequest',
  'AddOffsetsToTxnRequest',
  'EndTxnRequest',
];

const verifies = ({ transactionVersion, partitionVerification }: CoverageScope): boolean =>
  transactionVersion < 2 && partitionVerification;
const isLegacy = ({ transactionVersion }: CoverageScope): boolean => transactionVersion < 2;
const isTv2 = ({ transactionVersion }: CoverageScope): boolean => transactionVersion === 2;

const PLACEMENT: readonly Unexercised[] = [
  {
    states: ['NotCoordinator'],
    events: [
      ...REQUESTS,
      'TransactionLogAppended',
      'TransactionLogAppendFailed',
      'WriteTxnMarkersResponse',
      'TransactionTimedOut',
      'TransactionalIdExpired',
      'CoordinatorLoaded',
      'CoordinatorCrashed',
    ],
    reason:
      'one broker leads every partition of the transaction log, and nothing reaches it while it is down',
  },
  {
    events: ['CoordinatorResigned'],
    reason: 'without a second coordinator broker no partition of the transaction log is given up',
  },
  {
    events: ['CoordinatorElected'],
    guards: ['someoneWaits'],
    reason:
      'without a second coordinator broker an election follows a crash, which leaves nobody waiting',
  },
  {
    states: [
      'Loading',
      'Absent',
      'Empty',
      'Ongoing',
      'PrepareCommit',
      'PrepareAbort',
      'CompleteCommit',
      'CompleteAbort',
    ],
    events: ['CoordinatorElected'],
    guards: [null],
    reason: 'without a second coordinator broker an election follows a crash',
  },
  {
    states: ['Loading'],
    events: [
      'TransactionLogAppended',
      'TransactionLogAppendFailed',
      'WriteTxnMarkersResponse',
      'TransactionTimedOut',
      'TransactionalIdExpired',
    ],
    reason:
      'a load follows a crash, which ends what was under way; a second coordinator broker would take over from a living one',
  },
  {
    states: ['Loading'],
    events: [...REQUESTS, 'CoordinatorLoaded'],
    unless: ({ faults }) => faults.includes('crash-coordinator'),
    reason: 'the fault crash-coordinator was not chosen',
  },
  {
    events: ['CoordinatorCrashed'],
    unless: ({ faults }) => faults.includes('crash-coordinator'),
    reason: 'the fault crash-coordinator was not chosen',
  },
  {
    events: ['WriteTxnMarkersResponse'],
    guards: ['answersEarlierCoordinator'],
    reason:
      'an answer to an earlier term needs a broker that lost the partition and got it back; a crash ends its connections',
  },
];

const NOT_SIMULATED: readonly Unexercised[] = [
  {
    events: ['TransactionLogAppendFailed'],
    unless: ({ faults }) => faults.includes('fail-append'),
    reason: 'the fault fail-append was not chosen',
  },
  {
    states: ['Empty', 'CompleteCommit', 'CompleteAbort'],
    events: ['TransactionLogAppendFailed'],
    guards: ['appendIsAwaited'],
    reason: 'of an idle id only the expiry is logged without a client, after a week',
  },
  {
    states: ['PrepareCommit', 'PrepareAbort'],
    events: ['TransactionLogAppendFailed'],
    guards: ['completionIsGivenUp'],
    reason:
      'the simulated log lacks replicas and never its leader; the coordinator driven directly meets it (properties/refinement)',
  },
  {
    events: ['TransactionalIdExpired'],
    reason: 'takes a week without use (transactional.id.expiration.ms), longer than any scenario',
  },
  {
    events: ['TransactionLogAppended'],
    guards: ['pendingIs(Dead)'],
    reason: 'takes a week without use (transactional.id.expiration.ms), longer than any scenario',
  },
  {
    states: ['Absent', 'Empty', 'PrepareCommit', 'PrepareAbort', 'CompleteCommit', 'CompleteAbort'],
    events: ['TransactionTimedOut'],
    reason:
      'a check that finds nothing to abort shows nothing, so that the comparison takes it for no step',
  },
  {
    states: ['Ongoing'],
    events: ['TransactionTimedOut'],
    guards: ['transitionIsPending'],
    reason:
      'a check that finds nothing to abort shows nothing, so that the comparison takes it for no step',
  },
  {
    events: ['WriteTxnMarkersResponse'],
    guards: ['markerIsRefused'],
    reason:
      'lawful leaders refuse the marker of a live coordinator only after it was replaced, which needs a second broker',
  },
];

const LAST_EPOCH = ['endLacksProducerId', 'endRotatesProducerId', 'commitRotatesProducerId'];

const EPOCHS: readonly Unexercised[] = [
  {
    states: ['CompleteCommit'],
    events: ['InitProducerIdRequest'],
    guards: ['rotationLacksProducerId', 'producerIdRotates'],
    isRare: true,
    reason: 'the last epoch has to be reached by a commit, before version 2',
  },
  {
    events: ['InitProducerIdRequest'],
    guards: ['epochCannotBump', 'endLacksProducerId', 'endRotatesProducerId'],
    isRare: true,
    reason: 'few scenarios start near the last epoch, and fewer initialise just then',
  },
  {
    states: ['Ongoing'],
    events: ['EndTxnRequest'],
    guards: LAST_EPOCH,
    unless: isTv2,
    reason: 'before version 2 an end takes no new producer id',
  },
  {
    states: ['Empty', 'PrepareCommit', 'PrepareAbort', 'CompleteCommit', 'CompleteAbort'],
    events: ['EndTxnRequest'],
    guards: LAST_EPOCH,
    isRare: true,
    reason: 'few scenarios start near the last epoch, and fewer abort nothing there',
  },
  {
    events: ['TransactionTimedOut'],
    guards: LAST_EPOCH,
    isRare: true,
    reason: 'few scenarios start near the last epoch, and fewer are timed out there',
  },
  {
    events: REQUESTS,
    guards: [
      'producerIdIsFenced',
      'verificationOfOtherProducerId',
      'hasOtherProducerId',
      'legacyEndOfOtherProducerId',
      'endOfOtherProducerId',
    ],
    isRare: true,
    reason:
      'a transactional id gets another producer id only when an epoch is exhausted, and an older producer speaks up after',
  },
];

const CLIENTS: readonly Unexercised[] = [
  {
    states: ['Absent'],
    events: ['AddPartitionsToTxnRequest', 'AddOffsetsToTxnRequest', 'EndTxnRequest'],
    reason: 'clients initialise before anything else, and ids do not expire',
  },
  {
    states: ['Empty'],
    events: ['InitProducerIdRequest'],
    guards: ['continuesInstance'],
    reason: 'a client bumps its epoch after an abort, hence from a Complete state',
  },
  {
    states: ['CompleteCommit', 'CompleteAbort'],
    events: ['InitProducerIdRequest'],
    guards: ['continuesInstance'],
    unless: isLegacy,
    reason: 'under transaction version 2 the end bumps the epoch, not the client',
  },
  {
    states: ['PrepareCommit', 'PrepareAbort'],
    events: REQUESTS,
    guards: [
      null,
      'isLegacyEnd',
      'legacyCommit',
      'isCommit',
      'endIsNoRetryOfBump',
      'hasOtherEpoch',
    ],
    reason:
      'the completion is pending as long as a Prepare state lasts, which is asked first; only a failed append lifts it',
  },
  {
    states: ['Empty'],
    events: ['EndTxnRequest'],
    guards: ['legacyEndDuringTransition', 'isLegacyEnd', 'isCommit'],
    reason:
      'clients that added nothing send no EndTxn before version 2, and commit nothing with it',
  },
  {
    states: ['Empty'],
    events: ['AddPartitionsToTxnRequest'],
    guards: ['isVerification'],
    reason: 'clients add a partition before they write to it',
  },
  {
    states: ['CompleteCommit'],
    events: ['EndTxnRequest'],
    guards: ['isCommit', 'isRetriedAbort'],
    reason: 'no client ends a transaction both ways, or commits one that it did not open',
  },
  {
    states: ['Empty', 'CompleteCommit', 'CompleteAbort'],
    events: ['InitProducerIdRequest'],
    guards: [null],
    unless: isLegacy,
    reason:
      'a client names its epoch in InitProducerId only to bump it, which the end does under version 2',
  },
];

const VERSIONS: readonly Unexercised[] = [
  {
    events: ['AddOffsetsToTxnRequest'],
    unless: isLegacy,
    reason:
      'under transaction version 2 a TxnOffsetCommit adds the partition of the offsets itself',
  },
  {
    events: ['AddPartitionsToTxnRequest'],
    guards: ['verificationOfOtherEpoch', 'isVerification'],
    unless: verifies,
    reason: 'leaders verify before version 2 and with verification on; later they add',
  },
  {
    events: REQUESTS.concat('TransactionTimedOut'),
    guards: [
      'legacyEndOfOtherEpoch',
      'legacyEndDuringTransition',
      'legacyCommit',
      'isLegacyEnd',
      'fenceBumpsInMemory',
    ],
    unless: isLegacy,
    reason: 'before transaction version 2 only',
  },
  {
    events: ['EndTxnRequest'],
    guards: [
      'transitionIsPending',
      'hasOtherEpoch',
      'isCommit',
      'endIsNeitherRetryNorCurrent',
      'isRetriedCommit',
      'isRetriedAbort',
    ],
    unless: isTv2,
    reason: 'under transaction version 2 only',
  },
  {
    states: ['Empty', 'Ongoing', 'CompleteCommit', 'CompleteAbort'],
    events: ['EndTxnRequest'],
    guards: [null],
    unless: isTv2,
    reason: 'under transaction version 2 only',
  },
  {
    states: ['Ongoing'],
    events: ['InitProducerIdRequest', 'TransactionTimedOut'],
    guards: [null],
    unless: isTv2,
    reason: 'under transaction version 2 only; earlier the fence is in memory',
  },
  {
    states: ['Empty', 'CompleteCommit', 'CompleteAbort'],
    events: ['TransactionLogAppended'],
    guards: ['pendingIs(PrepareAbort)'],
    unless: isTv2,
    reason: 'an abort of nothing exists under transaction version 2 only',
  },
];

/** While an entry is not yet replicated, the next request rarely comes: its sender waits for the answer. */
const COINCIDENCES: readonly Unexercised[] = [
  {
    states: ['Empty', 'CompleteCommit', 'CompleteAbort'],
    events: ['AddOffsetsToTxnRequest'],
    guards: ['transitionIsPending', 'hasOtherEpoch', null],
    isRare: true,
    reason: 'offsets are rarely the first that a transaction adds',
  },
  {
    states: ['Ongoing'],
    events: ['AddOffsetsToTxnRequest'],
    guards: ['transitionIsPending', 'hasOtherEpoch'],
    isRare: true,
    reason: 'needs a zombie that consumes for a group, or a late request',
  },
  {
    states: ['Empty', 'Ongoing', 'CompleteCommit', 'CompleteAbort'],
    events: ['InitProducerIdRequest', 'AddPartitionsToTxnRequest', 'EndTxnRequest'],
    guards: ['transitionIsPending', 'legacyEndDuringTransition'],
    isRare: true,
    reason:
      'needs a request of another instance, or a late one, while an entry is being replicated',
  },
  {
    states: ['CompleteCommit'],
    events: ['InitProducerIdRequest'],
    guards: ['continuesInstance'],
    isRare: true,
    reason: 'needs a client that bumps its epoch after an abort, while its successor commits',
  },
  {
    states: ['Empty', 'CompleteCommit', 'CompleteAbort'],
    events: ['InitProducerIdRequest'],
    guards: ['repeatsInstance', null],
    isRare: true,
    reason: 'needs a client that bumps its epoch, and a lost answer or a newer instance just then',
  },
  {
    states: ['Empty', 'Ongoing', 'PrepareCommit', 'CompleteCommit', 'CompleteAbort'],
    events: ['AddPartitionsToTxnRequest'],
    guards: ['verificationOfOtherEpoch'],
    isRare: true,
    reason: 'needs a zombie whose write no leader has fenced yet',
  },
  {
    states: ['PrepareCommit', 'PrepareAbort'],
    events: ['AddPartitionsToTxnRequest'],
    guards: ['isVerification'],
    isRare: true,
    reason: 'needs a late write while its transaction is being ended',
  },
  {
    states: ['PrepareCommit', 'CompleteCommit'],
    events: ['EndTxnRequest'],
    guards: ['legacyEndOfOtherEpoch', 'isLegacyEnd'],
    isRare: true,
    reason: 'needs an end by a zombie, or a late one, just while its successor commits',
  },
  {
    states: ['CompleteAbort'],
    events: ['EndTxnRequest'],
    guards: ['legacyCommit'],
    isRare: true,
    reason: 'needs a commit that comes after the coordinator aborted by itself',
  },
  {
    states: ['Empty', 'CompleteCommit', 'CompleteAbort'],
    events: ['EndTxnRequest', 'TransactionLogAppended'],
    guards: [null, 'pendingIs(PrepareAbort)'],
    isRare: true,
    reason: 'an abort of nothing needs that the partition could not be added',
  },
  {
    states: ['Loading'],
    events: ['CoordinatorCrashed'],
    isRare: true,
    reason: 'needs a second crash within the 150 ms of a load',
  },
];

export const TRANSACTION_COORDINATOR_REASONS: readonly Unexercised[] = [
  ...PLACEMENT,
  ...NOT_SIMULATED,
  ...EPOCHS,
  ...CLIENTS,
  ...VERSIONS,
  ...COINCIDENCES,
];
