/** What runs of the simulation do not take of the group coordinator's chart, and what would take it. */

import type { CoverageScope, Unexercised } from './unexercised.ts';

const COMMITS = ['TxnOffsetCommitRequest', 'AddPartitionsToTxnResponse', 'OffsetCommitRequest'];
const MARKERS = ['markerIsStale', 'markerIsOfEarlierCoordinator', 'markerKeepsVerification'];

const trusts = ({ partitionVerification, transactionVersion }: CoverageScope): boolean =>
  !partitionVerification && transactionVersion < 2;
const crashes = ({ faults }: CoverageScope): boolean => faults.includes('crash-group-coordinator');

/** Out of reach, whatever happens. */
const IMPOSSIBLE: readonly Unexercised[] = [
  {
    events: ['CoordinatorResigned'],
    reason: 'a broker of the simulation leads its partition as long as it lives',
  },
  {
    states: ['NotCoordinator'],
    events: [
      'always',
      ...COMMITS,
      'OffsetFetchRequest',
      'WriteTxnMarkersRequest',
      'Replicated',
      'CoordinatorLoaded',
      'CoordinatorCrashed',
    ],
    reason: 'a broker of the simulation leads its partition as long as it lives',
  },
  {
    states: ['Loading', 'Absent', 'Empty', 'PreparingRebalance', 'CompletingRebalance', 'Stable'],
    events: ['CoordinatorElected'],
    reason: 'a broker is elected once, when it starts',
  },
  {
    events: ['WriteTimedOut', 'AssignmentTimedOut'],
    reason: 'the disk flushes before a write can time out',
  },
  {
    events: ['OffsetsExpired'],
    reason: 'no run lasts the seven days for which offsets are kept',
  },
  { events: ['MemberReplaced'], reason: 'members of the simulation are dynamic' },
  {
    events: COMMITS,
    guards: ['isOfUnknownInstance', 'isOfFencedInstance'],
    reason: 'members of the simulation are dynamic',
  },
  {
    events: COMMITS,
    guards: ['knowsGroupIdNotFound'],
    reason: 'the clients of the simulation are older than that error',
  },
  {
    events: ['OffsetCommitRequest'],
    guards: ['suppliesNothing'],
    reason: 'applications of the simulation commit as members',
  },
  {
    events: ['TxnOffsetCommitRequest'],
    guards: ['lacksVerification'],
    reason: 'who is not asked about is in an open transaction, or nobody is verified',
  },
  {
    events: ['TxnOffsetCommitRequest'],
    guards: ['producerEpochIsStale'],
    unless: trusts,
    reason: 'a stale epoch is fenced before it is verified',
  },
  {
    states: ['Loading'],
    events: ['Replicated'],
    reason: 'what a broker loads was flushed before it crashed',
  },
  {
    events: ['CoordinatorCrashed'],
    unless: crashes,
    reason: 'the fault crash-group-coordinator was not chosen',
  },
  {
    states: ['Loading'],
    events: [...COMMITS, 'OffsetFetchRequest', 'WriteTxnMarkersRequest'],
    unless: crashes,
    reason: 'the fault crash-group-coordinator was not chosen',
  },
  {
    states: ['Loading'],
    events: ['CoordinatorLoaded'],
    guards: ['logHasNoMembers', null],
    unless: crashes,
    reason: 'the fault crash-group-coordinator was not chosen',
  },
];

/** Within reach, by coincidence. */
const RARE: readonly Unexercised[] = [
  {
    states: ['Loading'],
    events: ['TxnOffsetCommitRequest'],
    guards: ['isFencedBeforeVerification', null],
    isRare: true,
    reason: 'needs a commit while the partition is read, of a zombie or of an open transaction',
  },
  {
    states: ['Loading'],
    events: ['AddPartitionsToTxnResponse'],
    guards: ['isRefused'],
    isRare: true,
    reason: 'needs a commit while the partition is read, which the transaction coordinator refuses',
  },
  {
    states: ['Loading'],
    events: [
      'OffsetCommitRequest',
      'OffsetFetchRequest',
      'WriteTxnMarkersRequest',
      'CoordinatorCrashed',
    ],
    isRare: true,
    reason: 'needs it to come while the partition is read, which takes 40 ms',
  },
  {
    states: ['Absent', 'Empty'],
    events: COMMITS,
    isRare: true,
    reason: 'needs a commit of a member after its group has lost all members, or was lost itself',
  },
  {
    states: ['Absent', 'Empty'],
    events: ['always', 'WriteTxnMarkersRequest', 'CoordinatorCrashed'],
    isRare: true,
    reason: 'needs it to come before anybody has joined, or after everybody has left',
  },
  {
    states: ['Absent'],
    events: ['Replicated'],
    isRare: true,
    reason: 'needs a second group, for every write of the first lets it exist',
  },
  {
    states: ['Absent'],
    events: ['OffsetFetchRequest'],
    guards: ['waitsForWrites'],
    isRare: true,
    reason: 'needs a second group, for every write of the first lets it exist',
  },
  {
    states: ['Empty'],
    events: ['OffsetFetchRequest'],
    isRare: true,
    reason: 'needs a fetch before anybody has joined, or after everybody has left',
  },
  {
    states: ['PreparingRebalance', 'CompletingRebalance', 'Stable'],
    events: ['OffsetFetchRequest'],
    guards: ['waitsForWrites'],
    isRare: true,
    reason: 'needs a fetch between a write and its flush',
  },
  {
    states: ['PreparingRebalance', 'CompletingRebalance', 'Stable'],
    events: ['WriteTxnMarkersRequest'],
    guards: MARKERS,
    isRare: true,
    reason: 'needs a late marker, or a commit of the next transaction that overtakes one',
  },
  {
    states: ['PreparingRebalance'],
    events: ['TxnOffsetCommitRequest'],
    guards: [
      'isFencedBeforeVerification',
      'isOfUnknownMember',
      'isOfOtherGeneration',
      'producerEpochIsStale',
      null,
    ],
    isRare: true,
    reason: 'needs a commit of that kind while members rejoin',
  },
  {
    states: ['PreparingRebalance'],
    events: ['AddPartitionsToTxnResponse'],
    guards: [
      'isRefused',
      'isOfUnknownMember',
      'isOfOtherGeneration',
      'producerEpochIsStale',
      'lacksVerification',
    ],
    isRare: true,
    reason: 'needs a commit of that kind while members rejoin',
  },
  {
    states: ['PreparingRebalance'],
    events: ['OffsetCommitRequest'],
    isRare: true,
    reason: 'needs a plain commit while members rejoin',
  },
  {
    states: ['CompletingRebalance'],
    events: [...COMMITS, 'OffsetFetchRequest', 'WriteTxnMarkersRequest', 'CoordinatorCrashed'],
    isRare: true,
    reason: 'needs it to come between JoinGroup and the flush of the assignment',
  },
  {
    states: ['CompletingRebalance'],
    events: ['always'],
    guards: ['someAnswerIsDue'],
    isRare: true,
    reason: 'needs a write to be replicated between JoinGroup and the flush of the assignment',
  },
  {
    states: ['CompletingRebalance'],
    events: ['MemberJoined', 'RebalanceBegan'],
    isRare: true,
    reason: 'needs a member to join between JoinGroup and the flush of the assignment',
  },
  {
    states: ['Stable'],
    events: COMMITS,
    guards: [
      'isFencedBeforeVerification',
      'isOfOtherGeneration',
      'producerEpochIsStale',
      'lacksVerification',
    ],
    isRare: true,
    reason: 'needs a commit of a zombie, or a marker while the transaction coordinator is asked',
  },
  {
    states: ['Stable'],
    events: ['TxnOffsetCommitRequest'],
    guards: ['isOfUnknownMember'],
    isRare: true,
    reason: 'needs a second commit of a transaction whose member is gone',
  },
  {
    states: ['Stable'],
    events: ['MemberLeft'],
    isRare: true,
    reason: 'needs a member to go without another that rebalances the group first',
  },
];

export const GROUP_COORDINATOR_REASONS: readonly Unexercised[] = [...IMPOSSIBLE, ...RARE];
