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
  returnedOk,
  type Begin,
  type ClientProcess,
  type CommitOffsets,
  type End,
  type FetchOffsets,
  type GroupHistory,
  type Init,
  type Join,
  type Operation,
  type Poll,
  type Send,
  type SendOffsets,
  type WireAttempt,
} from './operations.ts';
import { finalReads, type FinalReads } from './final-reads.ts';

type GroupInvocation = Extract<Invocation, { readonly group: string }>;

interface WritableOperation {
  invocation: Invocation;
  invokedAt: number;
  completion: Completion | null;
  completedAt: number;
  ordinal?: number;
  sends?: null;
}

interface WritableProcess extends ClientProcess {
  transactionalId: string | null;
  inits: Init[];
  transactions: ClientTransaction[];
  crashedAt: number;
}

interface WritableGroup extends GroupHistory {
  joins: Join[];
  offsetSends: SendOffsets[];
  commits: CommitOffsets[];
  fetches: FetchOffsets[];
}

interface WritableAttempt {
  request: Extract<Attempt, { readonly type: 'request' }>;
  sentAt: number;
  errorCode: WireAttempt['errorCode'];
  answeredAt: number;
}

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
  readonly #groups = new Map<string, WritableGroup>();
  readonly #attempts: WritableAttempt[] = [];
  readonly #crashes: Crash[] = [];
  #length = 0;
  #finalReads: FinalReads | null = null;
  /** By ordinal of the send: 1 if readers of committed records returned it, and if the final ones did. */
  #read: Uint8Array | null = null;
  #readInTheEnd: Uint8Array | null = null;
  #instances: ReadonlyMap<string, readonly ClientProcess[]> | null = null;

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
        });
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

  /** Every send, in order of invocation. */
  get sends(): readonly Send[] {
    return this.#sends;
  }

  /** Every transaction that was begun, in order of `begin`. */
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
    return this.#groups.values();
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
    this.#finalReads ??= finalReads(this.#committedPolls, this.#uncommittedPolls);
    return this.#finalReads;
  }

  /** The operation with this number, if it has not completed. */
  outstanding(op: number): Operation | undefined {
    return this.#outstanding.get(op) as Operation | undefined;
  }

  /** Whether a reader of committed records ever returned it from the partition that it was sent to. */
  isRead(send: Send): boolean {
    this.#read ??= this.#collectRead(() => true);
    return this.#read[send.ordinal] === 1;
  }

  /** Whether the final read of committed records on the partition that it was sent to returned it. */
  isInFinalRead(send: Send): boolean {
    this.#readInTheEnd ??= this.#collectRead(({ invocation }) => invocation.final);
    return this.#readInTheEnd[send.ordinal] === 1;
  }

  #collectRead(counts: (poll: Poll) => boolean): Uint8Array {
    const found = new Uint8Array(this.#sends.length);
    for (const poll of this.#committedPolls) {
      if (!counts(poll)) continue;
      for (const send of this.sendsRead(poll)) {
        if (send?.invocation.partition === poll.invocation.partition) found[send.ordinal] = 1;
      }
    }
    return found;
  }

  /** The send of a value; undefined: nobody sent it. */
  sendOf(value: string): Send | undefined {
    return this.#sendByValue.get(value);
  }

  /** The send of each record that a poll returned; undefined: nobody sent it. */
  sendsRead(poll: Poll): readonly (Send | undefined)[] {
    poll.sends ??= (poll.completion.records ?? []).map(({ value }) =>
      value === null ? undefined : this.#sendByValue.get(value),
    );
    return poll.sends;
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

  /** Processes by transactional id, in the order in which their first `init` returned; without those whose did not. */
  get instances(): ReadonlyMap<string, readonly ClientProcess[]> {
    this.#instances ??= this.#collectInstances();
    return this.#instances;
  }

  #collectInstances(): ReadonlyMap<string, readonly ClientProcess[]> {
    const byId = new Map<string, { process: ClientProcess; initialisedAt: number }[]>();
    for (const process of this.#processes.values()) {
      const { transactionalId } = process;
      const init = process.inits.find(returnedOk);
      if (transactionalId === null || init === undefined) continue;
      const entry = { process, initialisedAt: init.completedAt };
      const siblings = byId.get(transactionalId);
      if (siblings === undefined) byId.set(transactionalId, [entry]);
      else siblings.push(entry);
    }
    const ordered = new Map<string, readonly ClientProcess[]>();
    for (const [transactionalId, entries] of byId) {
      entries.sort((left, right) => left.initialisedAt - right.initialisedAt);
      ordered.set(
        transactionalId,
        entries.map((entry) => entry.process),
      );
    }
    return ordered;
  }

  #process(name: string): WritableProcess {
    let process = this.#processes.get(name);
    if (process === undefined) {
      process = { name, transactionalId: null, inits: [], transactions: [], crashedAt: NEVER };
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
        break;
      }
      case 'begin': {
        const transaction = new ClientTransaction(operation as Begin);
        this.#process(invocation.process).transactions[invocation.transaction - 1] = transaction;
        this.#transactions.push(transaction);
        break;
      }
      case 'send': {
        const send = operation as Send;
        this.#sends.push(send);
        this.#sendByValue.set(invocation.value, send);
        this.transactionOf(send)?.sends.push(send);
        break;
      }
      case 'commit':
      case 'abort':
        this.transaction(invocation.process, invocation.transaction)?.ends.push(operation as End);
        break;
      default:
        if ('group' in invocation) this.#inGroup(operation, invocation);
    }
  }

  #inGroup(operation: WritableOperation, invocation: GroupInvocation): void {
    const group = this.#group(invocation.group);
    switch (invocation.call) {
      case 'join':
        group.joins.push(operation as Join);
        break;
      case 'send-offsets': {
        const { process, transaction } = invocation;
        group.offsetSends.push(operation as SendOffsets);
        this.transaction(process, transaction)?.offsetSends.push(operation as SendOffsets);
        break;
      }
      case 'commit-offsets':
        group.commits.push(operation as CommitOffsets);
        break;
      case 'fetch-offsets':
        group.fetches.push(operation as FetchOffsets);
    }
  }

  #group(name: string): WritableGroup {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { group: name, joins: [], offsetSends: [], commits: [], fetches: [] };
      this.#groups.set(name, group);
    }
    return group;
  }

  /** Written out case by case: this runs for every call of every scenario, and spreading costs ten times as much. */
  #operation(invocation: Invocation, invokedAt: number): WritableOperation {
    switch (invocation.call) {
      case 'send': {
        const ordinal = this.#sends.length;
        return { invocation, invokedAt, completion: null, completedAt: NEVER, ordinal };
      }
      case 'poll':
        return { invocation, invokedAt, completion: null, completedAt: NEVER, sends: null };
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
    const { invocation } = operation;
    if (completion.type === 'ok' && invocation.call === 'poll') {
      const polls =
        invocation.isolation === 'read_committed' ? this.#committedPolls : this.#uncommittedPolls;
      polls.push(operation as Poll);
    }
    return operation as Operation;
  }

  #answer(response: Extract<Attempt, { readonly type: 'response' }>, position: number): void {
    const attempt = this.#attempts[response.request];
    if (attempt === undefined) return;
    attempt.errorCode = response.errorCode;
    attempt.answeredAt = position;
  }
}
