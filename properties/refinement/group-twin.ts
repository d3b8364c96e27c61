/**
 * The specification's side of the group coordinator's lock-step walk: one machine for each group of a run and one for the
 * partition as such, fed with what happened to the implementation, on a log that the implementation wrote. It keeps who
 * asked what, and what the model put out and the implementation has yet to show.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { TransactionalId } from '../../protocol/ids.ts';
import type { RequestOf } from '../../protocol/messages/rpc.ts';
import type { StoredBatch } from '../../protocol/records.ts';
import type { LocalState, StateId } from '../../model/checker/transition-table.ts';
import type { GroupEvent, GroupResponse } from '../../model/group-coordinator-state.ts';
import type { groupCoordinator } from '../../model/group-coordinator.machine.ts';
import type { AddPartitionsToTxnRequest } from '../../model/messages.ts';
import type {
  GroupLogEntry,
  OffsetsLog,
  StoredOffsets,
  StoredOffsetsEntry,
  StoredTombstones,
} from '../../model/offsets-log.ts';
import {
  EMPTY_OFFSETS_LOG,
  groupView,
  offsetsAppended,
  offsetsReloaded,
  offsetsReplicated,
  pendingOffsets,
  producerView,
} from '../../model/offsets-log.ts';
import { jsonOf } from './disagreement.ts';
import { GroupNames, visible } from './group-coordinator.ts';
import type { ComparedRequest, Demand } from './group-correspondence.ts';
import { entriesOf } from './group-correspondence.ts';
import type { GroupCounter, GroupTable } from './group-tables.ts';

/** A request on its way to its answer. */
export interface Exchange {
  readonly request: ComparedRequest;
  /** Requests before it. */
  readonly arrival: number;
  readonly tracked: Tracked;
  readonly answers: GroupResponse[];
  /** What a commit writes, if it does. */
  readonly offsets: StoredOffsets['offsets'];
  outstanding: number;
}

interface Asked {
  readonly exchange: Exchange;
  readonly demand: number;
}

/** A commit's question to the transaction coordinator. */
export interface Question {
  readonly name: number;
  readonly request: RequestOf<'TxnOffsetCommit'>;
  readonly message: AddPartitionsToTxnRequest;
  /** The request that carries it; null: still in AddPartitionsToTxnManager's queue. */
  sent: RequestOf<'AddPartitionsToTxn'> | null;
}

/** One group; null stands for the partition as such, which markers concern whether or not it has groups. */
export interface Tracked {
  readonly groupId: string | null;
  readonly group: number;
  state: StateId;
}

type Condition = 'NotCoordinator' | 'Loading' | 'Loaded';

/** Told when the model finds something impossible: the group, all that it allows, what happened, and a clause of why. */
export type Disagree = (
  groupId: string | null,
  expected: readonly string[],
  found: string,
  why: string,
) => void;

const NO_GROUP_NUMBER = -1;

export class GroupTwin {
  readonly names = new GroupNames();
  readonly partition: Tracked;
  /** Requests that the model answered in the current step. */
  answered: Exchange[] = [];
  /** What the model appended in the current step, as the log would hold it. */
  owed: StoredOffsetsEntry[] = [];
  /** Groups that the current step concerns. */
  readonly touched = new Set<Tracked>();
  condition: Condition = 'NotCoordinator';
  log: OffsetsLog = EMPTY_OFFSETS_LOG;
  readonly #table: GroupTable;
  readonly #counter: GroupCounter | null;
  readonly #disagree: Disagree;
  readonly #groups = new Map<string, Tracked>();
  readonly #asked: (Asked | null)[] = [];
  #arrivals = 0;
  #questions: Question[] = [];
  #expiring: readonly number[] = [];
  /** Last offset of each entry of `log`. */
  readonly #lastOffsets: number[] = [];

  constructor(table: GroupTable, counter: GroupCounter | null, disagree: Disagree) {
    this.#table = table;
    this.#counter = counter;
    this.#disagree = disagree;
    this.partition = { groupId: null, group: NO_GROUP_NUMBER, state: table.initial };
  }

  groups(): IterableIterator<Tracked> {
    return this.#groups.values();
  }

  stateOf(tracked: Tracked): LocalState<typeof groupCoordinator> {
    return this.#table.stateOf(tracked.state);
  }

  stepEnded(): void {
    this.answered = [];
    this.owed = [];
    this.touched.clear();
  }

  track(groupId: string): Tracked {
    const known = this.#groups.get(groupId);
    if (known !== undefined) return known;
    const group = this.names.groups.of(groupId);
    const tracked = { groupId, group, state: this.#table.initial };
    this.#groups.set(groupId, tracked);
    if (this.condition !== 'NotCoordinator') this.feed(tracked, { type: 'CoordinatorElected' });
    if (this.condition === 'Loaded') this.#load(tracked);
    return tracked;
  }

  elected(): void {
    this.condition = 'Loading';
    this.feedAll({ type: 'CoordinatorElected' });
  }

  /** The model's view is defined by the log. */
  loaded(): void {
    for (const groupId of this.names.groups.names) this.track(groupId);
    this.condition = 'Loaded';
    this.#load(this.partition);
    for (const tracked of this.#groups.values()) this.#load(tracked);
  }

  #load(tracked: Tracked): void {
    const view = groupView(this.log, tracked.group);
    this.feed(tracked, { type: 'CoordinatorLoaded', view });
  }

  crashed(): void {
    this.condition = 'NotCoordinator';
    this.feedAll({ type: 'CoordinatorCrashed' });
    this.log = offsetsReloaded(this.log, 0);
    this.#lastOffsets.length = this.log.entries.length;
    this.#asked.length = 0;
    this.#questions = [];
  }

  /** What the implementation wrote; the entries are compared with those that the model owes. */
  appended(batch: StoredBatch): readonly StoredOffsetsEntry[] {
    const entries = entriesOf(batch, this.names);
    for (const entry of entries) {
      if (entry.kind === 'tombstones') this.#expire(entry);
      this.log = offsetsAppended(this.log, entry);
      this.#lastOffsets.push(batch.lastOffset);
    }
    return entries;
  }

  /** When offsets expire is the implementation's choice, as long as no transaction may still move them. */
  #expire({ group, partitions, removesGroup }: StoredTombstones): void {
    const tracked = [...this.#groups.values()].find((candidate) => candidate.group === group)!;
    const concerned =
      removesGroup === 1 ? this.names.partitions.names.map((_, number) => number) : partitions;
    const isPending = concerned.some(
      (partition) => pendingOffsets(this.log.entries, group, partition).length > 0,
    );
    this.#expiring = partitions;
    this.touched.add(tracked);
    this.feed(tracked, {
      type: 'OffsetsExpired',
      offsets: 0,
      removesGroup,
      view: { pending: isPending ? 1 : 0 },
    });
  }

  replicated(highWatermark: number): void {
    while ((this.#lastOffsets[this.log.highWatermark] ?? Infinity) < highWatermark) {
      this.log = offsetsReplicated(this.log);
      this.feedAll({ type: 'Replicated' });
    }
  }

  /** A request's demands, each under a name that no unanswered one has. */
  ask(
    tracked: Tracked,
    request: ComparedRequest,
    demands: readonly Demand[],
    offsets: StoredOffsets['offsets'],
  ): void {
    const outstanding = demands.length;
    const arrival = this.#arrivals;
    const exchange: Exchange = { request, arrival, tracked, answers: [], offsets, outstanding };
    this.#arrivals += 1;
    this.touched.add(tracked);
    for (const [demand, eventNamed] of demands.entries()) {
      const free = this.#asked.indexOf(null);
      const name = free < 0 ? this.#asked.length : free;
      this.#asked[name] = { exchange, demand };
      const event = eventNamed(name);
      // A marker is an event of every group: what it does to the partition, it must do to each of them.
      if (event.type === 'WriteTxnMarkersRequest') this.feedAll(event);
      else this.feed(tracked, event);
    }
  }

  feedAll(event: GroupEvent): void {
    this.feed(this.partition, event);
    for (const tracked of this.#groups.values()) this.feed(tracked, event);
  }

  /** Takes one step of the model and notes what it puts out. */
  feed(tracked: Tracked, event: GroupEvent): void {
    const entry = this.#table.step(tracked.state, this.#table.eventIdOf(event));
    // The partition as such shows nothing that its groups do not, but where it has none.
    if (tracked.groupId !== null) this.#counter?.count(entry);
    if (entry.outcome === 'unexpected') {
      const found = `${jsonOf(event)} in ${this.#describe(tracked)}`;
      this.#disagree(tracked.groupId, [], found, 'the model holds that this cannot happen');
    }
    for (const action of entry.actions) {
      if (action.type === 'append') {
        this.#owe(tracked, action.params);
      } else if (action.type === 'send') {
        const { to, request } = action.params;
        if (to === 'coordinator') this.#question(request, action.params.message);
        else this.#answer(tracked, request, action.params.message);
      }
    }
    if (entry.next !== tracked.state) this.touched.add(tracked);
    tracked.state = entry.next;
  }

  #owe({ groupId, group }: Tracked, entry: GroupLogEntry): void {
    switch (entry.kind) {
      case 'marker':
        // One entry, though every group takes part.
        if (groupId === null) this.owed.push(entry);
        return;
      case 'group':
        this.owed.push({ ...entry, group });
        return;
      case 'offsets': {
        const { offsets } = this.#asked[entry.offsets]!.exchange;
        this.owed.push({ ...entry, group, offsets });
        return;
      }
      case 'tombstones': {
        const { removesGroup } = entry;
        this.owed.push({ kind: 'tombstones', group, partitions: this.#expiring, removesGroup });
      }
    }
  }

  #question(name: number, message: AddPartitionsToTxnRequest): void {
    const { exchange } = this.#asked[name]!;
    const request = exchange.request as RequestOf<'TxnOffsetCommit'>;
    this.#questions.push({ name, request, message, sent: null });
  }

  /** The newest question of a transactional id that is not under way: an older one gave way to it. */
  unsent(transactionalId: TransactionalId): Question | undefined {
    return this.#questions.findLast(
      ({ request, sent }) => sent === null && request.body.transactionalId === transactionalId,
    );
  }

  /** The questions of a request that the model waits for, oldest first: more than one if it arrived twice. */
  questionsOf(request: RequestOf<'TxnOffsetCommit'>): readonly Question[] {
    return this.#questions.filter((question) => question.request === request);
  }

  /** The questions that an AddPartitionsToTxn request carried, in its order, which is its sender's choice. */
  carriedBy(request: RequestOf<'AddPartitionsToTxn'>): readonly Question[] {
    const carried = this.#questions.filter(({ sent }) => sent === request);
    return request.body.transactions.flatMap(({ transactionalId }) =>
      carried.filter((question) => question.request.body.transactionalId === transactionalId),
    );
  }

  /** What the transaction coordinator said, or AddPartitionsToTxnManager in its place. */
  answerQuestion({ name, request, message }: Question, verdict: ErrorCode): void {
    const isAbortable = verdict === 'TRANSACTION_ABORTABLE';
    const { tracked } = this.#asked[name]!.exchange;
    this.touched.add(tracked);
    this.#questions = this.#questions.filter((question) => question.name !== name);
    this.feed(tracked, {
      type: 'AddPartitionsToTxnResponse',
      verifyOnly: message.verifyOnly,
      errorCode: isAbortable ? 'NONE' : verdict,
      abortable: isAbortable ? message.partitions : 0,
      request: name,
      view: producerView(this.log, request.body.producerId),
    });
  }

  /** Nothing else answers a write in a timer; of a request that arrived more than once, the first. */
  timedOut(answered: ComparedRequest): void {
    const waiting = this.#asked.flatMap((asked) => asked?.exchange ?? []);
    const [first] = waiting
      .filter(({ request }) => request === answered)
      .sort((one, other) => one.arrival - other.arrival);
    for (const [request, asked] of this.#asked.entries()) {
      if (asked === null || asked.exchange !== first) continue;
      const event = { type: 'WriteTimedOut', request } as const;
      if (answered.api === 'WriteTxnMarkers') this.feedAll(event);
      else this.feed(asked.exchange.tracked, event);
    }
  }

  #answer({ groupId }: Tracked, name: number, message: GroupResponse): void {
    if (message.type === 'WriteTxnMarkersResponse' && groupId !== null) return;
    const { exchange, demand } = this.#asked[name]!;
    this.#asked[name] = null;
    exchange.answers[demand] = message;
    exchange.outstanding -= 1;
    if (exchange.outstanding === 0) this.answered.push(exchange);
  }

  #describe(tracked: Tracked): string {
    const { value, context } = this.stateOf(tracked);
    return jsonOf(visible(value, context));
  }
}
