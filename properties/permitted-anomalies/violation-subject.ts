/** What a violation is about: the transaction whose promise was broken, and where. */

import type { Offset } from '../../protocol/ids.ts';
import type { Violation } from '../../reports/evidence/finding.ts';
import type { ClaimName } from '../claim-names.ts';
import type { RecordedHistory } from '../history/recorded-history.ts';
import type { Operation, Outcome, Send } from '../history/operations.ts';

export interface ViolationSubject {
  readonly instance: string;
  readonly transaction: number;
  /** Partitions that the two offending events name. */
  readonly partitions: readonly string[];
  /**
   * The offset in question: of a missing record the one that was acknowledged, of a hanging transaction the last
   * stable offset; null where the violation is about a record that is there.
   */
  readonly offset: Offset | null;
  /** It is still open in the end, and whatever stands behind it on its partition is missing. */
  readonly isOpen: boolean;
  /** Whether something is missing that should be there, rather than there that should not be. */
  readonly isMissing: boolean;
  /** What its client was told of the transaction. */
  readonly told: Outcome | null;
  /** What it complains of is that there was a decision before its time, of either kind. */
  readonly isEarly: boolean;
}

/** Claims whose violation names the acknowledged send of a record that is not there. */
const TELL_OF_MISSING_RECORDS: ReadonlySet<ClaimName> = new Set([
  'AtomicVisibility',
  'NoLoss',
  'OneDecision',
  'HonestErrors',
  'ProducerOrder',
]);

/** Null: it is about no transaction, for example a record that nobody sent. */
export function violationSubject(
  history: RecordedHistory,
  claim: ClaimName,
  violation: Violation,
): ViolationSubject | null {
  const operations = violation.events.flatMap((event) => history.operationAt(event) ?? []);
  const partitions = operations.flatMap(({ invocation }) =>
    'partition' in invocation ? [invocation.partition] : [],
  );
  if (claim === 'NoHangingTransaction' || claim === 'ReadersProgress') {
    return partitions[0] === undefined ? null : openTransaction(history, partitions[0]);
  }
  if (isAboutOffsets(claim)) return groupSubject(history, violation, operations, partitions);
  const missing = TELL_OF_MISSING_RECORDS.has(claim) ? acknowledgedSend(operations) : undefined;
  if (missing !== undefined) {
    const blocked = blockedBehind(history, missing.partition, missing.offset);
    if (blocked !== null) return blocked;
  }
  for (const { invocation } of operations) {
    if (!('transaction' in invocation) || invocation.transaction === null) continue;
    return {
      instance: invocation.process,
      transaction: invocation.transaction,
      partitions,
      offset: missing?.offset ?? null,
      isMissing: missing !== undefined,
      isOpen: false,
      isEarly: claim === 'LastStableOffset',
      told: history.transaction(invocation.process, invocation.transaction)?.outcome ?? null,
    };
  }
  return null;
}

/**
 * Whether a decision that the transaction of the violation got from elsewhere can be what the violation complains of:
 * only a commit makes visible, and where a commit was promised only an abort makes missing.
 */
export function canBreak(
  decision: Outcome | null,
  { isMissing, told, isEarly }: ViolationSubject,
): boolean {
  if (isEarly) return true;
  if (!isMissing) return decision !== 'aborted';
  return told !== 'committed' || decision !== 'committed';
}

function isAboutOffsets(claim: ClaimName): boolean {
  return claim === 'OffsetAtomicity' || claim === 'ExactlyOncePipeline';
}

/**
 * The first event names the transaction. It returned: what it did should be in effect and is not. It was only called, or
 * it is an abort: it did what it should not have; but an input that was passed lacks an output.
 */
function groupSubject(
  history: RecordedHistory,
  { events: [first] }: Violation,
  [operation, other]: readonly Operation[],
  partitions: readonly string[],
): ViolationSubject | null {
  if (operation === undefined || !('transaction' in operation.invocation)) return null;
  const { process, transaction, call } = operation.invocation;
  if (transaction === null) return null;
  const returned = first === operation.completedAt && call !== 'abort';
  const isFetched = other?.invocation.call === 'fetch-offsets';
  return {
    instance: process,
    transaction,
    partitions,
    offset: null,
    isMissing: returned || (call === 'send' && isFetched),
    isEarly: false,
    isOpen: isFetched && other?.completion?.type !== 'ok',
    told: history.transaction(process, transaction)?.outcome ?? null,
  };
}

function acknowledgedSend(
  operations: readonly Operation[],
): { readonly partition: string; readonly offset: Offset } | undefined {
  for (const { invocation, completion } of operations) {
    if (invocation.call !== 'send' || completion?.type !== 'ok') continue;
    return { partition: invocation.partition, offset: completion.offset ?? -1 };
  }
  return undefined;
}

/** A record beyond the last stable offset is missing because of whatever is open there. */
function blockedBehind(
  history: RecordedHistory,
  partition: string,
  offset: Offset,
): ViolationSubject | null {
  const read = history.finalReads.committed.get(partition);
  if (read === undefined || offset < read.lastStableOffset) return null;
  return openTransaction(history, partition);
}

/** The transaction whose record stands at the last stable offset in the end, below the high watermark. */
function openTransaction(history: RecordedHistory, partition: string): ViolationSubject | null {
  const read = history.finalReads.uncommitted.get(partition);
  if (read === undefined || read.lastStableOffset >= read.highWatermark) return null;
  const send = sendAt(history, read.valueAt(read.lastStableOffset));
  if (send === undefined || send.invocation.transaction === null) return null;
  return {
    instance: send.invocation.process,
    transaction: send.invocation.transaction,
    partitions: [partition],
    offset: read.lastStableOffset,
    isMissing: true,
    isOpen: true,
    isEarly: false,
    told: history.transactionOf(send)?.outcome ?? null,
  };
}

function sendAt(history: RecordedHistory, value: string | null | undefined): Send | undefined {
  return value === undefined || value === null ? undefined : history.sendOf(value);
}
