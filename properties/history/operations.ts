/**
 * What a history is made of once invocations and completions are paired: operations, the transactions that clients
 * began, and what they were told of them. Positions are indexes into the history's events.
 */

import type { Offset } from '../../protocol/ids.ts';
import type { Attempt, Completion, Invocation } from '../../reports/evidence/history.ts';

export type Ok = Extract<Completion, { readonly type: 'ok' }>;
export type RecordRead = NonNullable<Ok['records']>[number];

/**
 * Later than every event of every history: the position of what never happened. The largest integer for which V8 makes
 * no object; a history of so many events would take two hundred gigabytes.
 */
export const NEVER = 2 ** 31 - 1;

/** One call of a process. */
export interface Operation<Invoked extends Invocation = Invocation> {
  readonly invocation: Invoked;
  readonly invokedAt: number;
  /** Null: still outstanding at the end, or ended by a crash. */
  readonly completion: Completion | null;
  /** `NEVER` if it did not complete. */
  readonly completedAt: number;
}

type Call<Name extends Invocation['call']> = Operation<
  Extract<Invocation, { readonly call: Name }>
>;
export type Init = Call<'init'>;
export type Begin = Call<'begin'>;
export interface Send extends Call<'send'> {
  /** Among the sends of the history, from 0; -1: of a probe. */
  readonly ordinal: number;
}
export type Join = Call<'join'>;
export type SendOffsets = Call<'send-offsets'>;
export type CommitOffsets = Call<'commit-offsets'>;
export type FetchOffsets = Call<'fetch-offsets'>;
/** Of a transaction. */
export type End = Call<'commit'> | Call<'abort'>;

/** A question about the end of a partition. */
export type EndOffset = Call<'end-offset'>;
/** A question about a transactional id. */
export type Description = Call<'describe-transaction'>;

/** What a poll was told beside the records; all but the first four `undefined` where it was not told. */
export interface PollAnswer {
  readonly type: 'ok';
  readonly time: number;
  readonly process: string;
  readonly op: number;
  readonly position: Offset | undefined;
  readonly highWatermark: Offset | undefined;
  readonly lastStableOffset: Offset | undefined;
}

/** A poll that returned, with what it said beside the records. */
export interface AnsweredPoll extends Call<'poll'> {
  readonly completion: PollAnswer;
}

/** Its records are rows of the index's `recordsRead`. */
export interface Poll extends AnsweredPoll {
  readonly firstRow: number;
  /** The row after the last one. */
  readonly endRow: number;
}

/** A request on the wire and its answer. */
export interface WireAttempt {
  readonly request: Extract<Attempt, { readonly type: 'request' }>;
  readonly sentAt: number;
  /** Null: the connection closed without an answer; undefined: no answer was recorded. */
  readonly errorCode: Extract<Attempt, { readonly type: 'response' }>['errorCode'] | undefined;
  /** `NEVER` if no answer was recorded. */
  readonly answeredAt: number;
  /** The network copied it: it may have arrived twice. */
  readonly copied: boolean;
}

export function returnedOk(operation: Operation): boolean {
  return operation.completion?.type === 'ok';
}

/** It certainly had no effect. */
export function failed(operation: Operation): boolean {
  return operation.completion?.type === 'failed';
}

/** In an argument; views that number events in their own way find the citation by its form. */
export function citeInvocation({ invokedAt }: Operation): string {
  return `event ${invokedAt}`;
}

/** In an argument, of an operation that completed. */
export function citeCompletion({ completedAt }: Operation): string {
  return `event ${completedAt}`;
}

/**
 * What the client was told in the end. `unknown`: it asked for an end and got no definite answer. `open`: it never
 * asked for one that could have happened.
 */
export type Outcome = 'committed' | 'aborted' | 'unknown' | 'open';

/** Of lists that begin empty, and are replaced when something comes. */
const NONE: never[] = [];

/** The n-th transaction that a process began. */
export class ClientTransaction {
  readonly process: string;
  readonly ordinal: number;
  readonly begin: Begin;
  #sends: Send[] = [];
  #offsetSends: SendOffsets[] = NONE;
  #ends: End[] = NONE;

  constructor(begin: Begin) {
    this.process = begin.invocation.process;
    this.ordinal = begin.invocation.transaction;
    this.begin = begin;
  }

  get sends(): readonly Send[] {
    return this.#sends;
  }

  /** Calls of sendOffsetsToTransaction, in order. */
  get offsetSends(): readonly SendOffsets[] {
    return this.#offsetSends;
  }

  /** Calls of commit and abort, in order. */
  get ends(): readonly End[] {
    return this.#ends;
  }

  addSend(send: Send): void {
    this.#sends.push(send);
  }

  /** There is one, mostly: a list of it takes an eighth of what a list that grows does. */
  addOffsetSend(operation: SendOffsets): void {
    if (this.#offsetSends === NONE) this.#offsetSends = [operation];
    else this.#offsetSends.push(operation);
  }

  addEnd(end: End): void {
    if (this.#ends === NONE) this.#ends = [end];
    else this.#ends.push(end);
  }

  /** Nothing is added any more, as a rule: gives back the room that is left for it. */
  close(): void {
    if (this.#ends.length === 1) this.#sends = this.#sends.slice();
  }

  /** For people: `transaction 2 of A#1`. */
  get name(): string {
    return `transaction ${this.ordinal} of ${this.process}`;
  }

  /** The commit that was told to have happened. */
  get toldCommitted(): End | null {
    return this.#toldEnd('commit');
  }

  /** The abort that was told to have happened. */
  get toldAborted(): End | null {
    return this.#toldEnd('abort');
  }

  get outcome(): Outcome {
    if (this.toldCommitted !== null) return 'committed';
    if (this.toldAborted !== null) return 'aborted';
    return this.ends.every(failed) ? 'open' : 'unknown';
  }

  /** Whether a commit that could have happened was asked for before this position. */
  mayHaveCommittedBefore(position: number): boolean {
    for (const end of this.#ends) {
      if (end.invocation.call === 'commit' && end.invokedAt < position && !failed(end)) return true;
    }
    return false;
  }

  #toldEnd(call: 'commit' | 'abort'): End | null {
    for (const end of this.#ends) {
      if (end.invocation.call === call && returnedOk(end)) return end;
    }
    return null;
  }
}

/** What the members of a group did, each in order of invocation. */
export interface GroupHistory {
  readonly group: string;
  readonly joins: readonly Join[];
  readonly offsetSends: readonly SendOffsets[];
  readonly commits: readonly CommitOffsets[];
  readonly fetches: readonly FetchOffsets[];
}

/** Those that read for the group and produce. */
export function processesOf({ joins, offsetSends }: GroupHistory): ReadonlySet<string> {
  return new Set([...joins, ...offsetSends].map(({ invocation }) => invocation.process));
}

/** A producer of which something may yet be heard, as a history knows it while it is read. */
export interface LiveProducer {
  readonly name: string;
  /** Of its first init; null: idempotent only. */
  readonly transactionalId: string | null;
  /** Started after quiescence, to see whether its id can still be used. */
  readonly isProbe: boolean;
  /** The transaction that it began last. */
  readonly current: ClientTransaction | undefined;
}

/** A producer instance, or a reader. */
export interface ClientProcess {
  readonly name: string;
  /** Of its first init; null: idempotent only, or no producer at all. */
  readonly transactionalId: string | null;
  readonly inits: readonly Init[];
  /** The n-th is transaction n. */
  readonly transactions: readonly ClientTransaction[];
  /** `NEVER` if it was not killed. */
  readonly crashedAt: number;
  /** Started after quiescence, to see whether its id can still be used. */
  readonly isProbe: boolean;
}
