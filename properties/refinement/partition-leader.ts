/**
 * How the specification sees the reference's partition leader: one machine for each partition and producer id, whose
 * view of the log is a scan of it (`partitionView`), and whose context is the volatile rest.
 *
 * | model                          | where      | implementation                                      |
 * | ------------------------------ | ---------- | --------------------------------------------------- |
 * | view.producerEpoch             | the log    | ProducerEntry.producerEpoch; no entry: -1           |
 * | view.coordinatorEpoch          | the log    | ProducerEntry.coordinatorEpoch                      |
 * | view.open 0 or 1               | the log    | ProducerEntry.currentTransactionFirstOffset is set  |
 * | view.window, sequences         | the log    | ProducerEntry.batches, firstSequence                |
 * | lastStableOffset(log)          | the log    | lastStableOffset                                    |
 * | verificationEpoch              | context    | VerificationEntry.producerEpoch; no entry: -1       |
 * | lowestSequence                 | context    | VerificationEntry.lowestSequence                    |
 * | supportsEpochBump 0 or 1       | context    | VerificationEntry.supportsEpochBump                 |
 * | asked, queued                  | context    | in closures: compared as what is asked and answered |
 * | guard of asked and queued      | context    | in closures: compared as what is appended           |
 * | waiting                        | context    | in closures: compared as the answer given           |
 * | candidate                      | in a step  | in a step                                           |
 *
 * One implementation step is a delivered request, an answer of a coordinator, a flush, a timer, a crash or a load. A
 * Produce is one model event, a WriteTxnMarkers one for each marker, a flush one for each entry that it replicates.
 */

import type { LeaderSnapshot } from '../../impl/partition-leader/partition-leader.ts';
import type { ProducerEntry } from '../../impl/partition-leader/producer-state.ts';
import type { VerificationEntry } from '../../impl/partition-leader/verification.ts';
import { NO_OFFSET, NO_PRODUCER_EPOCH, type Sequence } from '../../protocol/ids.ts';
import type { LeaderContext } from '../../model/partition-leader-state.ts';
import { NO_VERIFICATION_ENTRY } from '../../model/partition-leader-state.ts';
import type { PartitionView } from '../../model/partition-log.ts';

/** What the specification and the implementation both know of one producer id. */
export interface VisibleProducer {
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  readonly open: 0 | 1;
  readonly window: readonly Sequence[];
  readonly verificationEpoch: number;
  readonly lowestSequence: Sequence;
  readonly supportsEpochBump: 0 | 1;
}

/** Every field that is read here, and where it goes. A field in neither table is a compile error. */
const MAPPED_PRODUCER = {
  producerEpoch: 'producerEpoch',
  coordinatorEpoch: 'coordinatorEpoch',
  currentTransactionFirstOffset: 'open',
  batches: 'window',
} as const satisfies Partial<Record<keyof ProducerEntry, keyof VisibleProducer>>;
const MAPPED_VERIFICATION = {
  producerEpoch: 'verificationEpoch',
  lowestSequence: 'lowestSequence',
  supportsEpochBump: 'supportsEpochBump',
} as const satisfies Partial<Record<keyof VerificationEntry, keyof VisibleProducer>>;

/** Fields that the specification does not see, each with the reason. */
export const HIDDEN_PRODUCER: Readonly<
  Record<Exclude<keyof ProducerEntry, keyof typeof MAPPED_PRODUCER>, string>
> = {
  producerId: 'each machine stands for one producer id',
  lastTimestamp: 'the model has no clock; expiration takes a day',
};
export const HIDDEN_VERIFICATION: Readonly<
  Record<Exclude<keyof VerificationEntry, keyof typeof MAPPED_VERIFICATION>, string>
> = {
  producerId: 'each machine stands for one producer id',
  guard:
    'a number that only its holders compare; whether a batch holds it shows when the batch is appended or refused',
  createdMs: 'the model has no clock; expiration takes a day',
};
/** Of the snapshot as a whole. */
export const HIDDEN_LEADER: Readonly<
  Record<
    Exclude<
      keyof LeaderSnapshot,
      'producers' | 'verification' | 'highWatermark' | 'logEndOffset' | 'lastStableOffset'
    >,
    string
  >
> = {
  ongoing:
    'an index over the open transactions: compared as the last stable offset that follows from it',
  unreplicated:
    'an index over decided transactions: compared as the last stable offset that follows from it',
  abortedTransactions:
    'an index over aborted transactions: compared as what each read_committed fetch delivers',
};

/** The producer id's part of the leader as the model would show it. */
export function abstractProducer(
  entry: ProducerEntry | undefined,
  verification: VerificationEntry | undefined,
): VisibleProducer {
  return {
    producerEpoch: entry?.producerEpoch ?? -1,
    coordinatorEpoch: entry?.coordinatorEpoch ?? -1,
    open: entry === undefined || entry.currentTransactionFirstOffset === NO_OFFSET ? 0 : 1,
    window: entry?.batches.map(({ firstSequence }) => firstSequence) ?? [],
    ...(verification === undefined
      ? NO_VERIFICATION_ENTRY
      : {
          verificationEpoch: verification.producerEpoch,
          lowestSequence: verification.lowestSequence,
          supportsEpochBump: verification.supportsEpochBump ? 1 : 0,
        }),
  };
}

/** What of a model state and its view the implementation would show. */
export function visibleProducer(view: PartitionView, context: LeaderContext): VisibleProducer {
  return {
    producerEpoch: view.producerEpoch,
    coordinatorEpoch: view.coordinatorEpoch,
    open: view.open,
    window: view.window.map(([sequence]) => sequence),
    verificationEpoch: context.verificationEpoch,
    lowestSequence: context.lowestSequence,
    supportsEpochBump: context.supportsEpochBump,
  };
}

/** The names of the visible fields in which the two differ. */
export function producerDifferences(
  view: PartitionView,
  context: LeaderContext,
  entry: ProducerEntry | undefined,
  verification: VerificationEntry | undefined,
): readonly (keyof VisibleProducer)[] {
  if (viewAgrees(view, entry) && verificationAgrees(context, verification)) return AGREED;
  const expected = visibleProducer(view, context);
  const found = abstractProducer(entry, verification);
  return (Object.keys(expected) as (keyof VisibleProducer)[]).filter((field) =>
    field === 'window'
      ? expected.window.length !== found.window.length ||
        expected.window.some((sequence, index) => sequence !== found.window[index])
      : expected[field] !== found[field],
  );
}

const AGREED: readonly (keyof VisibleProducer)[] = [];

/** The usual case, without a copy of either. */
function viewAgrees(view: PartitionView, entry: ProducerEntry | undefined): boolean {
  if (entry === undefined) return view.producerEpoch === -1 && view.coordinatorEpoch === -1;
  const { batches } = entry;
  if (
    view.producerEpoch !== entry.producerEpoch ||
    view.coordinatorEpoch !== entry.coordinatorEpoch ||
    (view.open === 1) !== (entry.currentTransactionFirstOffset !== NO_OFFSET) ||
    view.window.length !== batches.length
  ) {
    return false;
  }
  for (let index = 0; index < batches.length; index += 1) {
    if (view.window[index]![0] !== batches[index]!.firstSequence) return false;
  }
  return true;
}

function verificationAgrees(
  { verificationEpoch, lowestSequence, supportsEpochBump }: LeaderContext,
  verification: VerificationEntry | undefined,
): boolean {
  if (verification === undefined) return verificationEpoch === NO_PRODUCER_EPOCH;
  return (
    verificationEpoch === verification.producerEpoch &&
    lowestSequence === verification.lowestSequence &&
    (supportsEpochBump === 1) === verification.supportsEpochBump
  );
}
