/**
 * A history, read once, event by event, and turned into what claims ask for: operations, transactions, records by value,
 * polls, wire attempts. It is built for every simulated scenario, so it makes one linear pass; what only some claims
 * need is computed when first asked for. The events themselves are not kept: a history from outside may be long. It
 * expects a well-formed history (linter.ts).
 */

import type {
  Completion,
  HistoryEvent,
  Invocation,
  Attempt,
} from '../../reports/evidence/history.ts';
import {
  ClientTransaction,
  NEVER,
  type Begin,
  type ClientProcess,
  type Description,
  type End,
  type EndOffset,
  type GroupHistory,
  type Init,
  type Ok,
  type Operation,
  type Poll,
  type PollAnswer,
  type Send,
  type SendOffsets,
  type WireAttempt,
} from './operations.ts';
import { finalReads, type FinalReads } from './final-reads.ts';
import { GroupIndex, type GroupInvocation } from './group-index.ts';
import { instancesById } from './instances.ts';
import { RecordsRead } from './records-read.ts';
import { Sightings } from './sightings.ts';

interface WritableOperation {
  invocation: Invocation;
  invokedAt: number;
  completion: Completion | PollAnswer | null;
  completedAt: number;
  ordinal?: number;
  firstRow?: number;
  endRow?: number;
}

interface WritableProcess extends ClientProcess {
  transactionalId: string | null;
  inits: Init[];
  transactions: ClientTransaction[];
  crashedAt: number;
  isProbe: boolean;
}

type WritableAttempt = { -readonly [Field in keyof WireAttempt]: WireAttempt[Field] };

/** Where a process was killed. */
export interface Crash {
  readonly process: string;
  readonly at: number;
}

export class HistoryIndex {
  /** Operations that have not completed, by number. */
  readonly #outstanding = new Map<number, WritableOperation>();
  readonly #processes = new Map<string, WritableProcess>();
  readonly #sends: Send[] = [];
  readonly #sendByValue = new Map<string, Send>();
  readonly #transactions: ClientTransaction[] = [];
  readonly #committedPolls: Poll[] = [];
  readonly #uncommittedPolls: Poll[] = [];
  readonly #endsTold: (Poll | EndOffset)[] = [];
  readonly #descriptions: Description[] = [];
  readonly #groups = new GroupIndex();
  readonly #attempts: WritableAttempt[] = [];
  readonly #crashes: Crash[] = [];
  /** What polls returned. */
  readonly recordsRead = new RecordsRead(this.#sends, this.#sendByValue);
  readonly #probes: ClientProcess[] = [];
  #length = 0;
  #quiescentSince = NEVER;
  #finalReads: FinalReads | null = null;
  #committedReads: Sightings | null = null;
  #uncommittedReads: Sightings | null = null;
  #instances: ReadonlyMap<string, readonly ClientProcess[]> | null = null;
  readonly #derived = new Map<unknown, unknown>();

  constructor(events: readonly HistoryEvent[] = []) {
    for (const event of events) this.add(event);
  }

  /** Takes the next event. Returns the operation that it completes, if it does. */
  add(event: HistoryEvent): Operation | null {
    const position = this.#length;
    this.#length += 1;
    switch (event.type) {
      case 'invoke':
        this.#invoke(event, position);
        return null;
      case 'request':
        this.#attempts.push({
          request: event,
          sentAt: position,
          errorCode: undefined,
          answeredAt: NEVER,
          copied: false,
        });
        return null;
      case 'copy':
        this.#copy(event);
        return null;
      case 'response':
        this.#answer(event, position);
        return null;
      case 'crash':
        this.#process(event.process).crashedAt = position;
        this.#crashes.push({ process: event.process, at: position });
        return null;
      default:
        return this.#complete(event, position);
    }
  }

  /** Events taken so far. */
  get length(): number {
    return this.#length;
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

  /** What was said of the end of a partition, by polls and to questions about it, in order of the answers. */
  get endsTold(): readonly (Poll | EndOffset)[] {
    return this.#endsTold;
  }

  /** Questions about a transactional id that were answered, in order of the answers. */
  get descriptions(): readonly Description[] {
    return this.#descriptions;
  }

  /** Started after quiescence. What they do comes after the last word on every partition, and is kept apart. */
  get probes(): readonly ClientProcess[] {
    return this.#probes;
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

  /** Position of the first final read: faults, processes and timeouts lie before it. `NEVER`: there is none. */
  get quiescentSince(): number {
    return this.#quiescentSince;
  }

  /** What readers saw after quiescence, by isolation level and partition. */
  get finalReads(): FinalReads {
    this.#finalReads ??= {
      committed: finalReads(this.#committedPolls, this.recordsRead),
      uncommitted: finalReads(this.#uncommittedPolls, this.recordsRead),
    };
    return this.#finalReads;
  }

  /** The operation with this number, if it has not completed. */
  outstanding(op: number): Operation | undefined {
    return this.#outstanding.get(op) as Operation | undefined;
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

  #invoke(invocation: Invocation, position: number): void {
    const operation = this.#operation(invocation, position);
    this.#outstanding.set(invocation.op, operation);
    this.invoked(operation as Operation);
    switch (invocation.call) {
      case 'init': {
        const process = this.#process(invocation.process);
        process.transactionalId ??= invocation.transactionalId;
        process.inits.push(operation as Init);
        if (invocation.probe === true) {
          process.isProbe = true;
          this.#probes.push(process);
        }
        break;
      }
      case 'begin': {
        const transaction = new ClientTransaction(operation as Begin);
        const process = this.#process(invocation.process);
        process.transactions[invocation.transaction - 1] = transaction;
        if (!process.isProbe) this.#transactions.push(transaction);
        break;
      }
      case 'send': {
        const send = operation as Send;
        if (!this.#process(invocation.process).isProbe) this.#sends.push(send);
        this.#sendByValue.set(invocation.value, send);
        this.transactionOf(send)?.addSend(send);
        break;
      }
      case 'commit':
      case 'abort':
        this.transaction(invocation.process, invocation.transaction)?.addEnd(operation as End);
        break;
      case 'poll':
        if (invocation.final && position < this.#quiescentSince) this.#quiescentSince = position;
        break;
      default:
        if (!('group' in invocation)) break;
        this.#groups.add(operation as Operation<GroupInvocation>);
        if (invocation.call === 'send-offsets') {
          const { process, transaction } = invocation;
          this.transaction(process, transaction)?.addOffsetSend(operation as SendOffsets);
        }
    }
  }

  /** Written out case by case: this runs for every call of every scenario, and spreading costs ten times as much. */
  #operation(invocation: Invocation, invokedAt: number): WritableOperation {
    switch (invocation.call) {
      case 'send': {
        const isProbe = this.#processes.get(invocation.process)?.isProbe === true;
        const ordinal = isProbe ? -1 : this.#sends.length;
        return { invocation, invokedAt, completion: null, completedAt: NEVER, ordinal };
      }
      case 'poll': {
        const [completion, completedAt, row] = [null, NEVER, this.recordsRead.length];
        return { invocation, invokedAt, completion, completedAt, firstRow: row, endRow: row };
      }
      default:
        return { invocation, invokedAt, completion: null, completedAt: NEVER };
    }
  }

  /** For whoever needs every operation. */
  protected invoked(_operation: Operation): void {}

  #complete(completion: Completion, position: number): Operation | null {
    const operation = this.#outstanding.get(completion.op);
    if (operation === undefined) return null;
    this.#outstanding.delete(completion.op);
    operation.completion = completion;
    operation.completedAt = position;
    if (completion.type === 'ok') this.#answered(operation, completion);
    return operation as Operation;
  }

  /** Questions are kept in the order of their answers. */
  #answered(operation: WritableOperation, answer: Ok): void {
    switch (operation.invocation.call) {
      case 'poll':
        this.#returned(operation, answer);
        break;
      case 'commit':
      case 'abort': {
        const { process, transaction } = operation.invocation;
        this.transaction(process, transaction)?.close();
        break;
      }
      case 'end-offset':
        this.#endsTold.push(operation as EndOffset);
        break;
      case 'describe-transaction':
        this.#descriptions.push(operation as Description);
        break;
      default:
    }
  }

  /** Records go into their table, and the events that they came in may be forgotten. */
  #returned(operation: WritableOperation, answer: Ok): void {
    const { type, time, process, op, records = [] } = answer;
    const { position, highWatermark, lastStableOffset } = answer;
    operation.completion = { type, time, process, op, position, highWatermark, lastStableOffset };
    operation.firstRow = this.recordsRead.length;
    for (const record of records) this.recordsRead.add(record);
    operation.endRow = this.recordsRead.length;
    const poll = operation as Poll;
    if (poll.invocation.isolation === 'read_committed') this.#committedPolls.push(poll);
    else this.#uncommittedPolls.push(poll);
    this.#endsTold.push(poll);
  }

  #copy({ request }: Extract<Attempt, { readonly type: 'copy' }>): void {
    const attempt = this.#attempts[request];
    if (attempt !== undefined) attempt.copied = true;
  }

  #answer(response: Extract<Attempt, { readonly type: 'response' }>, position: number): void {
    const attempt = this.#attempts[response.request];
    if (attempt === undefined) return;
    attempt.errorCode = response.errorCode;
    attempt.answeredAt = position;
  }
}
