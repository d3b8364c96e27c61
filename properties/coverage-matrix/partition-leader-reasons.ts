/** What runs of the simulation do not take of the partition leader's chart, and what would take it. */

import type { CoverageScope, Unexercised } from './unexercised.ts';

const isTv2 = ({ transactionVersion }: CoverageScope): boolean => transactionVersion === 2;
const asks = (scope: CoverageScope): boolean => scope.partitionVerification || isTv2(scope);

export const PARTITION_LEADER_REASONS: readonly Unexercised[] = [
  {
    events: ['Closed'],
    reason:
      'the network drops what is answered on a closed connection; the comparison expects the answer all the same',
  },
  {
    events: ['LeaderLoaded'],
    unless: ({ faults }) => faults.includes('crash-leader'),
    reason: 'the fault crash-leader was not chosen',
  },
  {
    events: ['ProduceRequest'],
    guards: [
      'isFencedBeforeVerification',
      'isFirstToAsk',
      'isFirstInQueue',
      'isOlderThanQueued',
      null,
    ],
    unless: asks,
    reason: 'with verification off a leader asks nobody before version 2',
  },
  {
    events: ['AddPartitionsToTxnResponse'],
    unless: asks,
    reason: 'with verification off a leader asks nobody before version 2',
  },
  {
    states: ['Validating'],
    events: ['always'],
    guards: ['lacksVerification', 'isHeldBack'],
    unless: asks,
    reason: 'with verification off a leader asks nobody before version 2',
  },
  {
    states: ['Asking'],
    events: ['always'],
    guards: ['canAskForQueued'],
    unless: asks,
    reason: 'with verification off a leader asks nobody before version 2',
  },
  {
    events: ['WriteTxnMarkersRequest'],
    guards: ['markerKeepsVerification'],
    unless: isTv2,
    reason: 'a marker has the epoch of the next transaction under version 2 only',
  },
  {
    events: ['ProduceRequest'],
    guards: ['isOlderThanQueued'],
    isRare: true,
    reason: "needs a zombie's first write while its successor's waits behind another question",
  },
  {
    events: ['WriteTxnMarkersRequest'],
    guards: ['markerIsStale', 'markerIsOfEarlierCoordinator'],
    isRare: true,
    reason: 'needs a late marker, of an earlier transaction or of a coordinator that crashed',
  },
  {
    states: ['Validating'],
    events: ['always'],
    guards: ['isStale'],
    // With verification off every zombie comes so far.
    unless: (scope) => !asks(scope),
    isRare: true,
    reason: "needs a newer instance's marker between the coordinator's approval and its arrival",
  },
  {
    states: ['Validating'],
    events: ['always'],
    guards: ['lacksVerification'],
    isRare: true,
    reason: 'needs a marker while the coordinator is asked',
  },
  {
    states: ['Validating'],
    events: ['always'],
    guards: ['isHeldBack'],
    unless: (scope) => !isTv2(scope),
    isRare: true,
    reason:
      'under version 2 the leader asks again by itself, which leaves little time for a later batch to overtake',
  },
  {
    states: ['Validating'],
    events: ['always'],
    guards: ['isOutOfOrder'],
    isRare: true,
    reason: 'needs a gap in the sequences of a client, or a duplicate of a batch older than five',
  },
];
