/** A group coordinator on its log: what the composition does with a machine's outputs, for one group alone. */

import type { ErrorCode } from '../protocol/error-codes.ts';
import type { TransactionResult } from '../protocol/states.ts';
import type { TransactionVersion } from '../protocol/transaction-version.ts';
import type { GroupEvent, GroupResponse } from './group-coordinator-state.ts';
import type { GroupTable } from './group-coordinator.fixture.ts';
import { groupTable, NOBODY } from './group-coordinator.fixture.ts';
import type { GroupClaim } from './messages.ts';
import type { GroupLogEntry, OffsetsLog, StoredOffsetsEntry } from './offsets-log.ts';
import {
  EMPTY_OFFSETS_LOG,
  fetchView,
  groupView,
  offsetsAppended,
  offsetsReloaded,
  offsetsReplicated,
  producerView,
} from './offsets-log.ts';

const GROUP = 0;
const PARTITION = 0;
const PRODUCER_ID = 7;

/** One group that reads partition 0, one producer of id 7. An offset names itself. */
export class GroupOnLog {
  readonly #table: GroupTable = groupTable();
  #state = this.#table.initial;
  #log: OffsetsLog = EMPTY_OFFSETS_LOG;
  #request = 0;
  #answers = new Map<number, GroupResponse>();
  #asked: number[] = [];

  constructor() {
    this.load();
  }

  get state(): string {
    return this.#table.stateOf(this.#state).value;
  }

  /** The transaction coordinator's answer to every commit that is parked. */
  transactionCoordinatorSays(errorCode: ErrorCode): void {
    for (const request of this.#asked.splice(0)) {
      const view = producerView(this.#log, PRODUCER_ID);
      const type = 'AddPartitionsToTxnResponse';
      this.feed({ type, verifyOnly: 0, errorCode, abortable: 0, request, view });
    }
  }

  /** Commits an offset, verified or added as the version wants; the answer once everything is replicated. */
  commitInTransaction(
    offset: number,
    epoch: number,
    who: GroupClaim = NOBODY,
    version = 5,
  ): ErrorCode | undefined {
    const identity = { apiVersion: version, producerId: PRODUCER_ID, producerEpoch: epoch };
    return this.#ask((request) => ({
      type: 'TxnOffsetCommitRequest',
      ...identity,
      ...who,
      offsets: offset,
      request,
      view: producerView(this.#log, PRODUCER_ID),
    }));
  }

  commit(offset: number, who: GroupClaim = NOBODY): ErrorCode | undefined {
    const { length } = this.#log.entries;
    const view = { unreplicated: length - this.#log.highWatermark };
    const type = 'OffsetCommitRequest';
    return this.#ask((request) => ({
      type,
      apiVersion: 8,
      ...who,
      offsets: offset,
      request,
      view,
    }));
  }

  end(
    result: TransactionResult,
    producerEpoch: number,
    transactionVersion: TransactionVersion,
  ): ErrorCode | undefined {
    const identity = { producerId: PRODUCER_ID, producerEpoch, coordinatorEpoch: 0 };
    const view = producerView(this.#log, PRODUCER_ID);
    const type = 'WriteTxnMarkersRequest';
    const rest = { result, transactionVersion, partitions: 1, view };
    return this.#ask((request) => ({ type, ...identity, ...rest, request }));
  }

  /** What a fetch answers: the offset, or the error. */
  fetch(requireStable: 0 | 1): number | ErrorCode {
    const request = this.#nextRequest();
    const view = fetchView(this.#log, GROUP, PARTITION);
    this.feed({ type: 'OffsetFetchRequest', requireStable, request, view });
    const answer = this.#answers.get(request);
    if (answer?.type !== 'OffsetFetchResponse') throw new TypeError('a fetch waits');
    return answer.errorCode === 'NONE' ? answer.committedOffset : answer.errorCode;
  }

  crash(): void {
    this.feed({ type: 'CoordinatorCrashed' });
    this.#log = offsetsReloaded(this.#log, 0);
    this.load();
  }

  load(): void {
    this.feed({ type: 'CoordinatorElected' });
    this.feed({ type: 'CoordinatorLoaded', view: groupView(this.#log, GROUP) });
  }

  feed(event: GroupEvent): void {
    const { next, actions } = this.#table.step(this.#state, this.#table.eventIdOf(event));
    this.#state = next;
    for (const action of actions) {
      if (action.type === 'append') this.#append(action.params);
      if (action.type !== 'send') continue;
      const { request } = action.params;
      if (action.params.to === 'coordinator') this.#asked.push(request);
      else this.#answers.set(request, action.params.message);
    }
    while (this.#log.highWatermark < this.#log.entries.length) {
      this.#log = offsetsReplicated(this.#log);
      this.feed({ type: 'Replicated' });
    }
  }

  #append(entry: GroupLogEntry): void {
    this.#log = offsetsAppended(this.#log, stored(entry));
  }

  #nextRequest(): number {
    this.#request += 1;
    return this.#request;
  }

  #ask(event: (request: number) => GroupEvent): ErrorCode | undefined {
    const request = this.#nextRequest();
    this.feed(event(request));
    this.transactionCoordinatorSays('NONE');
    return this.#answers.get(request)?.errorCode;
  }
}

function stored(entry: GroupLogEntry): StoredOffsetsEntry {
  switch (entry.kind) {
    case 'marker':
      return entry;
    case 'group':
      return { ...entry, group: GROUP };
    case 'tombstones':
      throw new TypeError('no test here lets an offset expire');
    case 'offsets':
      return { ...entry, group: GROUP, offsets: [[PARTITION, entry.offsets]] };
  }
}
