/**
 * A history, read once, event by event, and turned into what claims ask for: operations, transactions, records by value,
 * polls, wire attempts. It is built for every simulated scenario, so it makes one linear pass; what only some claims
 * need is computed when first asked for. The events themselves are not kept: a history from outside may be long. It
 * expects a well-formed history (linter.ts).
 */

import type { HistoryEvent } from '../../reports/evidence/history.ts';
import {
  NEVER,
  type AnsweredPoll,
  type ClientProcess,
  type ClientTransaction,
  type End,
  type GroupHistory,
  type Init,
  type Operation,
  type Poll,
  type RecordRead,
  type Send,
  type SendOffsets,
  type WireAttempt,
} from './operations.ts';
import { finalReads, type FinalReads } from './final-reads.ts';
import { GroupIndex, type GroupInvocation } from './group-index.ts';
import { instancesById } from './instances.ts';
import { OpenHistory } from './open-history.ts';
import { RecordsRead } from './records-read.ts';
import { Sightings } from './sightings.ts';

interface WritableProcess extends ClientProcess {
  transactionalId: string | null;
  inits: Init[];
  transactions: ClientTransaction[];
  crashedAt: number;
  isProbe: boolean;
}

/** Where a process was killed. */
export interface Crash {
  readonly process: string;
  readonly at: number;
}

export class HistoryIndex extends OpenHistory {
  readonly #processes = new Map<string, WritableProcess>();
  readonly #sends: Send[] = [];
  readonly #sendByValue = new Map<string, Send>();
  readonly #transactions: ClientTransaction[] = [];
  readonly #committedPolls: Poll[] = [];
  readonly #uncommittedPolls: Poll[] = [];
  readonly #groups = new GroupIndex();
  readonly #attempts: WireAttempt[] = [];
  readonly #crashes: Crash[] = [];
  /** What polls returned. */
  readonly recordsRead = new RecordsRead(this.#sends, this.#sendByValue);
  #finalReads: FinalReads | null = null;
  #committedReads: Sightings | null = null;
  #uncommittedReads: Sightings | null = null;
  #instances: ReadonlyMap<string, readonly ClientProcess[]> | null = null;
  readonly #derived = new Map<unknown, unknown>();

  constructor(events: readonly HistoryEvent[] = []) {
    super();
    for (const event of events) this.add(event);
  }

  /** Every send but those of probes, in order of invocation. */
  get sends(): readonly Send[] {
    return this.#sends;
  }

  /** Every transaction that was begun, but by a probe, in order of `begin`. */
  get transactions(): readonly ClientTransaction[] {
    return this.#transactions;
  }

  /** Polls of read_committed that returned, in the order in which they did. */
  get committedPolls(): readonly Poll[] {
    return this.#committedPolls;
  }

  /** Polls of read_uncommitted that returned, in the order in which they did. */
  get uncommittedPolls(): readonly Poll[] {
    return this.#uncommittedPolls;
  }

  /** Consumer groups, in the order in which the history first names them. */
  get groups(): Iterable<GroupHistory> {
    return this.#groups.groups;
  }

  /** Requests on the wire, in order of sending. */
  get attempts(): readonly WireAttempt[] {
    return this.#attempts;
  }

  get crashes(): readonly Crash[] {
    return this.#crashes;
  }

  get processes(): Iterable<ClientProcess> {
    return this.#processes.values();
  }

  /** What readers saw after quiescence, by isolation level and partition. */
  get finalReads(): FinalReads {
    this.#finalReads ??= {
      committed: finalReads(this.#committedPolls, this.recordsRead),
      uncommitted: finalReads(this.#uncommittedPolls, this.recordsRead),
    };
    return this.#finalReads;
  }

  /** What readers of committed records saw of each send. */
  get committedReads(): Sightings {
    this.#committedReads ??= new Sightings(this, this.#committedPolls);
    return this.#committedReads;
  }

  /** What readers of uncommitted records saw of each send. */
  get uncommittedReads(): Sightings {
    this.#uncommittedReads ??= new Sightings(this, this.#uncommittedPolls);
    return this.#uncommittedReads;
  }

  /** The send of a value; undefined: nobody sent it. */
  sendOf(value: string): Send | undefined {
    return this.#sendByValue.get(value);
  }

  /** The transaction that a send belongs to; undefined: it was sent outside any. */
  transactionOf(send: Send): ClientTransaction | undefined {
    const { process, transaction } = send.invocation;
    return transaction === null ? undefined : this.transaction(process, transaction);
  }

  transaction(process: string, ordinal: number): ClientTransaction | undefined {
    return this.#processes.get(process)?.transactions[ordinal - 1];
  }

  processNamed(name: string): ClientProcess | undefined {
    return this.#processes.get(name);
  }

  /** Processes by transactional id, in the order in which their first `init` returned; without probes. */
  get instances(): ReadonlyMap<string, readonly ClientProcess[]> {
    this.#instances ??= instancesById(this.#processes.values());
    return this.#instances;
  }

  /**
   * What a function makes of the whole history: computed once, when first asked for. Several claims and checks ask for the
   * same. (A `WeakMap` by history would do, and costs every scenario several per cent in garbage collection.)
   */
  derived<Value>(derive: (history: HistoryIndex) => Value): Value {
    if (!this.#derived.has(derive)) this.#derived.set(derive, derive(this));
    return this.#derived.get(derive) as Value;
  }

  #process(name: string): WritableProcess {
    let process = this.#processes.get(name);
    if (process === undefined) {
      process = {
        name,
        transactionalId: null,
        inits: [],
        transactions: [],
        crashedAt: NEVER,
        isProbe: false,
      };
      this.#processes.set(name, process);
    }
    return process;
  }

  protected override invoked(
    operation: Operation,
    transaction: ClientTransaction | undefined,
  ): void {
    const { invocation } = operation;
    switch (invocation.call) {
      case 'init': {
        const process = this.#process(invocation.process);
        process.transactionalId ??= invocation.transactionalId;
        process.inits.push(operation as Init);
        process.isProbe ||= invocation.probe === true;
        break;
      }
      case 'begin': {
        const process = this.#process(invocation.process);
        process.transactions[invocation.transaction - 1] = transaction!;
        if (!process.isProbe) this.#transactions.push(transaction!);
        break;
      }
      case 'send': {
        const send = operation as Send;
        if (send.ordinal !== -1) this.#sends.push(send);
        this.#sendByValue.set(invocation.value, send);
        if (transaction === undefined) this.transactionOf(send)?.addSend(send);
        break;
      }
      case 'commit':
      case 'abort':
        // What is over to the history while it is read is not forgotten here.
        if (transaction === undefined) {
          this.transaction(invocation.process, invocation.transaction)?.addEnd(operation as End);
        }
        break;
      default:
        if (!('group' in invocation)) break;
        this.#groups.add(operation as Operation<GroupInvocation>);
        if (invocation.call === 'send-offsets' && transaction === undefined) {
          const { process, transaction: ordinal } = invocation;
          this.transaction(process, ordinal)?.addOffsetSend(operation as SendOffsets);
        }
    }
  }

  /** Records go into their table. */
  protected override polled(answered: AnsweredPoll, records: readonly RecordRead[]): void {
    const poll = answered as { -readonly [Field in keyof Poll]: Poll[Field] };
    poll.firstRow = this.recordsRead.length;
    for (const record of records) this.recordsRead.add(record);
    poll.endRow = this.recordsRead.length;
    if (poll.invocation.isolation === 'read_committed') this.#committedPolls.push(poll);
    else this.#uncommittedPolls.push(poll);
  }

  protected override attempted(attempt: WireAttempt): void {
    this.#attempts.push(attempt);
  }

  protected override crashed(process: string, position: number): void {
    this.#process(process).crashedAt = position;
    this.#crashes.push({ process, at: position });
  }
}
