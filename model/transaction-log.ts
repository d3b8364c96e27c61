/**
 * One transactional id's records of `__transaction_state`, as the specification sees them: a list and a high
 * watermark. The state that a coordinator loads is the last record, by definition.
 *
 * Ghosts, stamped by the composition: `owner`, the application transaction that the record belongs to (-1: to none);
 * `decider`, the application transaction whose EndTxn caused a Prepare record (-1: a timeout or a newer instance did);
 * `requestEpoch`, the epoch of the request that caused the record (-1: none, or one without identity).
 */

import type { ProducerEpoch } from '../protocol/ids.ts';
import type { TransactionState } from '../protocol/states.ts';
import type { TransactionLogEntry } from './messages.ts';
import { TRANSACTION_LOG_TOMBSTONE } from './messages.ts';
import { NO_TRANSACTION } from './records.ts';

export interface StoredTransactionEntry extends TransactionLogEntry {
  readonly owner: number;
  readonly decider: number;
  readonly requestEpoch: ProducerEpoch;
}

export interface TransactionLog {
  readonly entries: readonly StoredTransactionEntry[];
  readonly highWatermark: number;
}

export const EMPTY_TRANSACTION_LOG: TransactionLog = { entries: [], highWatermark: 0 };

const NOTHING: StoredTransactionEntry = {
  ...TRANSACTION_LOG_TOMBSTONE,
  owner: NO_TRANSACTION,
  decider: NO_TRANSACTION,
  requestEpoch: -1,
};

/** The last record, replicated or not: what the next record is appended to. */
export function lastRecord(log: TransactionLog): StoredTransactionEntry {
  return log.entries.at(-1) ?? NOTHING;
}

/** The last replicated record. */
export function durableRecord(log: TransactionLog): StoredTransactionEntry {
  return log.entries[log.highWatermark - 1] ?? NOTHING;
}

/** The log after the coordinator appended `entry` because of a request of `cause` (-1: of no application transaction). */
export function recordAppended(
  log: TransactionLog,
  entry: TransactionLogEntry,
  cause: number,
  requestEpoch: ProducerEpoch,
): TransactionLog {
  const last = lastRecord(log);
  const decides = entry.state === 'PrepareCommit' || entry.state === 'PrepareAbort';
  const stored = {
    ...entry,
    owner: ownerOf(entry.state, last, cause),
    decider: decides ? cause : NO_TRANSACTION,
    requestEpoch,
  };
  return { ...log, entries: [...log.entries, stored] };
}

/**
 * The newest application transaction that added a partition or asked for the end: a late AddPartitionsToTxn of an
 * earlier one may have opened the transaction first.
 */
function ownerOf(state: TransactionState, last: StoredTransactionEntry, cause: number): number {
  switch (state) {
    case 'Ongoing':
      return last.state === 'Ongoing' ? Math.max(last.owner, cause) : cause;
    case 'PrepareCommit':
    case 'PrepareAbort':
      return last.state === 'Ongoing' ? Math.max(last.owner, cause) : NO_TRANSACTION;
    case 'CompleteCommit':
    case 'CompleteAbort':
      return last.owner;
    default:
      return NO_TRANSACTION;
  }
}

export function recordReplicated(log: TransactionLog): TransactionLog {
  return { ...log, highWatermark: log.highWatermark + 1 };
}

/** The log that a new coordinator loads after a crash: `kept` of the records above the high watermark survived. */
export function recordsReloaded(log: TransactionLog, kept: number): TransactionLog {
  const entries = log.entries.slice(0, log.highWatermark + kept);
  return { entries, highWatermark: entries.length };
}

/** What later steps and the invariants still need; each flag is judged where a record is appended. */
export interface TransactionLogSummary {
  /** The last folded record; ghosts that were judged are forgotten. */
  readonly durable: StoredTransactionEntry;
  readonly retained: readonly StoredTransactionEntry[];
  readonly findings: TransactionLogFindings;
}

export interface TransactionLogFindings {
  /** 1: a transaction was ended by the EndTxn of an earlier application transaction (S35). */
  readonly strangerDecided: 0 | 1;
  /** 1: a request of an epoch below the last record's changed the state (S36). */
  readonly staleRequest: 0 | 1;
  /** 1: a record whose predecessor the table of valid previous states does not allow (S11). */
  readonly illegalTransition: 0 | 1;
  /** 1: a producer id's epoch went down, or up by more than one (S16). */
  readonly epochStep: 0 | 1;
}

export function transactionLogSummary(log: TransactionLog): TransactionLogSummary {
  return {
    durable: { ...durableRecord(log), decider: NO_TRANSACTION, requestEpoch: -1 },
    retained: log.entries.slice(log.highWatermark),
    findings: transactionLogFindings(log),
  };
}

/** Judges each record against its predecessor. */
export function transactionLogFindings(log: TransactionLog): TransactionLogFindings {
  const steps = log.entries.map(
    (entry, index) => [log.entries[index - 1] ?? NOTHING, entry] as const,
  );
  const found = (
    fault: (previous: StoredTransactionEntry, entry: StoredTransactionEntry) => boolean,
  ) => (steps.some(([previous, entry]) => fault(previous, entry)) ? ONE : ZERO);
  return {
    strangerDecided: found(decidedByStranger),
    staleRequest: found(causedByStaleRequest),
    illegalTransition: found(isIllegalTransition),
    epochStep: found(isIllegalEpochStep),
  };
}

const ZERO = 0 as const;
const ONE = 1 as const;

/** An end that was sent for an earlier transaction than the one it ends. */
function decidedByStranger(
  previous: StoredTransactionEntry,
  { decider }: StoredTransactionEntry,
): boolean {
  return decider !== NO_TRANSACTION && decider < previous.owner;
}

function causedByStaleRequest(
  previous: StoredTransactionEntry,
  entry: StoredTransactionEntry,
): boolean {
  return (
    entry.requestEpoch !== -1 &&
    entry.requestEpoch < previous.producerEpoch &&
    entry.producerId === previous.producerId
  );
}

/** TransactionState.validPreviousStates; `Dead` before anything: the id is unknown. */
const VALID_PREVIOUS: Readonly<Record<TransactionState, readonly TransactionState[]>> = {
  Empty: ['Dead', 'Empty', 'CompleteCommit', 'CompleteAbort'],
  Ongoing: ['Ongoing', 'Empty', 'CompleteCommit', 'CompleteAbort'],
  PrepareCommit: ['Ongoing'],
  PrepareAbort: ['Ongoing', 'Empty', 'CompleteCommit', 'CompleteAbort'],
  CompleteCommit: ['PrepareCommit'],
  CompleteAbort: ['PrepareAbort'],
  Dead: ['Empty', 'CompleteCommit', 'CompleteAbort'],
  PrepareEpochFence: [],
};

function isIllegalTransition(
  previous: StoredTransactionEntry,
  entry: StoredTransactionEntry,
): boolean {
  return !VALID_PREVIOUS[entry.state].includes(previous.state);
}

function isIllegalEpochStep(
  previous: StoredTransactionEntry,
  entry: StoredTransactionEntry,
): boolean {
  if (entry.state === 'Dead' || previous.state === 'Dead') return false;
  const step = entry.producerEpoch - previous.producerEpoch;
  return entry.producerId === previous.producerId
    ? step !== 0 && step !== 1
    : entry.producerEpoch !== 0;
}
