/**
 * Walks the specification beside the reference's transaction coordinator: after every step of the implementation,
 * each transactional id's abstracted state, appended records, answers and markers must be what the model does in one
 * of the ways open to it. Open are only which producer id is allocated (any that is fresh) and what a timer does.
 */

import type { ClusterMetadata } from '../../impl/ports.ts';
import type {
  CoordinatorObserver,
  CoordinatorRequest,
  CoordinatorResponse,
} from '../../impl/simulation/observer.ts';
import type { TransactionCoordinator } from '../../impl/transaction-coordinator/transaction-coordinator.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { BrokerId, CoordinatorEpoch, TransactionalId } from '../../protocol/ids.ts';
import { NO_PRODUCER_ID } from '../../protocol/ids.ts';
import type { RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { TxnMarker } from '../../protocol/messages/write-txn-markers.ts';
import type { TransactionLogRecord } from '../../protocol/transaction-log.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { CoordinatorEvent } from '../../model/transaction-coordinator-state.ts';
import type { Cause } from './coordinator-correspondence.ts';
import {
  allocatedIn,
  demandsOf,
  markerEvents,
  refusedBeforehand,
  saysTheSame,
  timerEvent,
} from './coordinator-correspondence.ts';
import { COORDINATOR_TABLES, type CoordinatorCounter } from './coordinator-tables.ts';
import type { Tracked } from './coordinator-twin.ts';
import { CoordinatorTwin } from './coordinator-twin.ts';
import type { Disagreement } from './disagreement.ts';
import { fieldsOf, jsonOf } from './disagreement.ts';
import { abstract, differences, entryOf, visible } from './transaction-coordinator.ts';

interface Appended {
  readonly partition: number;
  readonly coordinatorEpoch: CoordinatorEpoch;
  readonly record: TransactionLogRecord;
}

interface Replied {
  readonly request: CoordinatorRequest;
  readonly response: CoordinatorResponse;
}

/** What is looked at from outside; a simulated cluster has it. */
export interface ObservedCluster {
  readonly metadata: Pick<
    ClusterMetadata,
    'consumerOffsetsPartitions' | 'leaderOf' | 'transactionStatePartitions'
  >;
  readonly coordinator: {
    /** Null while the broker is down. */
    readonly coordinator: TransactionCoordinator | null;
    log(partition: number): { readonly entries: readonly TransactionLogRecord[] };
  };
}

export interface LockStepOptions {
  /** Of the server. */
  readonly transactionVersion: TransactionVersion;
  /** Asked only once the cluster stands. */
  readonly cluster: () => ObservedCluster;
  /** Counts the model's transitions; of the table of that version. */
  readonly counter?: CoordinatorCounter;
  /** Called at the first step that the model does not allow, as it happens. */
  readonly onDisagreement?: () => void;
}

const NO_CAUSE: Cause = { kind: 'none' };
const TIMER: Cause = { kind: 'timer' };

export class CoordinatorLockStep implements CoordinatorObserver {
  readonly #cluster: () => ObservedCluster;
  readonly #onDisagreement: (() => void) | undefined;
  readonly #twin: CoordinatorTwin;
  #disagreement: Disagreement | null = null;
  #steps = 0;
  #cause: Cause = NO_CAUSE;
  #appends: Appended[] = [];
  #replies: Replied[] = [];
  #markers: RequestOf<'WriteTxnMarkers'>[] = [];

  constructor({ transactionVersion, cluster, counter, onDisagreement }: LockStepOptions) {
    this.#cluster = cluster;
    this.#onDisagreement = onDisagreement;
    this.#twin = new CoordinatorTwin(
      COORDINATOR_TABLES[transactionVersion],
      counter ?? null,
      () => cluster().metadata.transactionStatePartitions,
      (id, expected, found, why) => this.#disagree(id, expected, found, why),
    );
  }

  /** The first step that the model does not allow; nothing is compared after it. */
  get disagreement(): Disagreement | null {
    return this.#disagreement;
  }

  /** Steps compared so far. */
  get steps(): number {
    return this.#steps;
  }

  requestDelivered(request: CoordinatorRequest): void {
    this.#cause = { kind: 'request', request };
  }

  replied(request: CoordinatorRequest, response: CoordinatorResponse): void {
    this.#replies.push({ request, response });
  }

  appended(
    partition: number,
    coordinatorEpoch: CoordinatorEpoch,
    record: TransactionLogRecord,
  ): void {
    this.#appends.push({ partition, coordinatorEpoch, record });
  }

  appendCompleted(_partition: number, record: TransactionLogRecord, errorCode: ErrorCode): void {
    this.#cause = { kind: 'append', record, errorCode };
  }

  markersSent(_broker: BrokerId, request: RequestOf<'WriteTxnMarkers'>): void {
    this.#markers.push(request);
  }

  markersAnswered(
    _broker: BrokerId,
    request: RequestOf<'WriteTxnMarkers'>,
    response: ResponseOf<'WriteTxnMarkers'> | null,
  ): void {
    this.#cause = { kind: 'markers', request, response };
  }

  producerIdsAllocated(firstProducerId: number): void {
    this.#twin.allocation.blockArrived(firstProducerId);
  }

  elected(partition: number, coordinatorEpoch: CoordinatorEpoch): void {
    this.#twin.elected(partition, coordinatorEpoch);
  }

  /** The broker stopped leading the partition; a request that waits for its log is answered in the same step. */
  resigned(partition: number): void {
    this.#cause = { kind: 'resignation', partition };
  }

  /** At this moment: by the end of the step the coordinator may have appended to what it read. */
  logRead(partition: number): void {
    if (this.#disagreement !== null) return;
    this.#twin.load(partition, this.#cluster().coordinator.log(partition).entries);
  }

  timerFired(): void {
    this.#cause = TIMER;
  }

  crashed(): void {
    this.#twin.crashed();
    this.#forgetStep();
  }

  stepEnded(): void {
    this.#steps += 1;
    if (this.#disagreement === null) {
      this.#walkModel();
      this.#compareAppends();
      this.#compareReplies();
      this.#compareMarkers();
      for (const tracked of this.#twin.touched) this.#compareState(tracked);
    }
    this.#forgetStep();
  }

  #forgetStep(): void {
    this.#cause = NO_CAUSE;
    if (this.#appends.length > 0) this.#appends = [];
    if (this.#replies.length > 0) this.#replies = [];
    if (this.#markers.length > 0) this.#markers = [];
    this.#twin.stepEnded();
  }

  #walkModel(): void {
    const cause = this.#cause;
    switch (cause.kind) {
      case 'request':
        return this.#walkRequest(cause.request);
      case 'append': {
        const { errorCode } = cause;
        const event: CoordinatorEvent =
          errorCode === 'NONE'
            ? { type: 'TransactionLogAppended' }
            : { type: 'TransactionLogAppendFailed', errorCode };
        return this.#twin.feed(this.#twin.track(cause.record.key.transactionalId), event);
      }
      case 'markers':
        return cause.request.body.markers.forEach(({ producerId }, index) => {
          const tracked = this.#twin.withProducerId(producerId);
          if (tracked === undefined) return;
          for (const event of markerEvents(cause, index, this.#twin.bits))
            this.#twin.feed(tracked, event);
        });
      case 'timer':
        return this.#walkTimer();
      case 'resignation':
        return this.#twin.resigned(cause.partition);
      case 'none':
    }
  }

  #walkRequest(request: CoordinatorRequest): void {
    const reply = this.#replies.find((replied) => replied.request === request);
    if (
      reply !== undefined &&
      refusedBeforehand(request, reply.response, this.#cluster().metadata)
    ) {
      this.#replies = this.#replies.filter((replied) => replied !== reply);
      return;
    }
    const { consumerOffsetsPartitions } = this.#cluster().metadata;
    const demands = demandsOf(request, this.#twin.bits, consumerOffsetsPartitions);
    const exchange = { request, demands, answers: [], outstanding: demands.length };
    demands.forEach(({ transactionalId, event }, demand) => {
      const tracked = this.#twin.track(transactionalId);
      const allocated = this.#twin.needsProducerId(tracked)
        ? allocatedIn(this.#appendOf(transactionalId)?.record)
        : NO_PRODUCER_ID;
      this.#twin.feed(tracked, event(allocated), { exchange, demand });
    });
  }

  #walkTimer(): void {
    for (const { record } of this.#appends) {
      const tracked = this.#twin.track(record.key.transactionalId);
      const event = tracked.owed === null ? timerEvent(record) : null;
      if (event !== null) this.#twin.feed(tracked, event);
    }
    for (const tracked of this.#twin.all()) this.#twin.touched.add(tracked);
  }

  #compareAppends(): void {
    for (const { partition, coordinatorEpoch, record } of this.#appends) {
      const tracked = this.#twin.track(record.key.transactionalId);
      const { context } = this.#twin.stateOf(tracked);
      const found = entryOf(record, this.#twin.bits);
      const { owed } = tracked;
      tracked.owed = null;
      if (owed === null || fieldsOf(owed, found).length > 0) {
        const expected = owed === null ? [] : [jsonOf(owed)];
        this.#disagree(
          tracked.transactionalId,
          expected,
          jsonOf(found),
          'the record appended differs',
        );
      } else if (partition !== tracked.partition || coordinatorEpoch !== context.coordinatorEpoch) {
        const expected = [`partition ${tracked.partition} at epoch ${context.coordinatorEpoch}`];
        const place = `partition ${partition} at epoch ${coordinatorEpoch}`;
        this.#disagree(
          tracked.transactionalId,
          expected,
          place,
          'the record is appended elsewhere',
        );
      }
    }
    for (const tracked of this.#twin.touched) {
      if (tracked.owed === null || tracked.mayOwe) continue;
      this.#disagree(
        tracked.transactionalId,
        [jsonOf(tracked.owed)],
        'no record',
        'the record is not appended',
      );
    }
  }

  #compareReplies(): void {
    for (const { request, response } of this.#replies) {
      if (request.api === 'InitProducerId' && request.body.transactionalId === null) {
        const { producerId } = response as ResponseOf<'InitProducerId'>;
        if (!this.#twin.allocation.take(producerId)) {
          const expected = ['a fresh producer id, or none while none is left'];
          this.#disagreeOn(request, expected, jsonOf(response), 'producer ids are unique');
        }
        continue;
      }
      const index = this.#twin.answered.findIndex(
        ({ request: asked, demands, answers }) =>
          asked === request && saysTheSame(request, demands, answers, response, this.#twin.bits),
      );
      if (index >= 0) {
        this.#twin.answered.splice(index, 1);
        continue;
      }
      const expected = this.#twin.answered
        .filter((exchange) => exchange.request === request)
        .map(({ answers }) => jsonOf(answers));
      const why =
        expected.length === 0 ? 'it is answered too early, or twice' : 'the answer differs';
      this.#disagreeOn(request, expected, jsonOf(response), why);
      return;
    }
    const [unanswered] = this.#twin.answered;
    if (unanswered === undefined) return;
    const { request, answers } = unanswered;
    this.#disagreeOn(request, [jsonOf(answers)], 'no answer', 'the request is not answered');
  }

  /** A marker is lawful while the model holds it outstanding, in whatever order and as often as it takes. */
  #compareMarkers(): void {
    for (const { body } of this.#markers) {
      for (const marker of body.markers) this.#compareMarker(marker);
    }
  }

  #compareMarker(marker: TxnMarker): void {
    const tracked = this.#twin.withProducerId(marker.producerId);
    if (tracked === undefined) {
      this.#disagree('', [], jsonOf(marker), 'the marker is of no known producer id');
      return;
    }
    const { value, context } = this.#twin.stateOf(tracked);
    const expected = {
      producerId: context.producerId,
      producerEpoch: context.producerEpoch,
      result: value === 'PrepareCommit' ? 'COMMIT' : 'ABORT',
      coordinatorEpoch: context.coordinatorEpoch,
      transactionVersion: context.clientTransactionVersion,
    };
    const isOutstanding =
      context.awaiting === 'Markers' &&
      (this.#twin.bits.setOf(marker.partitions) & ~context.partitions) === 0;
    if (isOutstanding && fieldsOf(expected, marker).length === 0) return;
    const allowed = isOutstanding ? [jsonOf(expected)] : [];
    const why = 'the marker is not outstanding';
    this.#disagree(tracked.transactionalId, allowed, jsonOf(marker), why);
  }

  #compareState(tracked: Tracked): void {
    const { coordinator } = this.#cluster().coordinator;
    if (coordinator === null) return;
    const { value, context } = this.#twin.stateOf(tracked);
    const found = abstract(
      coordinator.snapshot(tracked.transactionalId),
      coordinator.state.ownerOf(tracked.transactionalId),
      this.#twin.bits,
    );
    const fields = differences(value, context, found);
    if (fields.length === 0) return;
    const expected = [jsonOf(visible(value, context), fields)];
    this.#disagree(
      tracked.transactionalId,
      expected,
      jsonOf(found, fields),
      `${fields.join(', ')} differ`,
    );
  }

  #appendOf(transactionalId: TransactionalId): Appended | undefined {
    return this.#appends.find(({ record }) => record.key.transactionalId === transactionalId);
  }

  #disagreeOn(
    request: CoordinatorRequest,
    expected: readonly string[],
    found: string,
    why: string,
  ): void {
    this.#disagree(transactionalIdOf(request), expected, found, why);
  }

  #disagree(
    transactionalId: TransactionalId,
    expected: readonly string[],
    found: string,
    why: string,
  ): void {
    if (this.#disagreement !== null) return;
    const step = this.#steps;
    const cause = this.#cause.kind;
    const component = 'transaction coordinator';
    const subject = transactionalId;
    this.#disagreement = { component, subject, step, cause, expected, found, why };
    this.#onDisagreement?.();
  }
}

/** Whom a request is about; the first of several. */
function transactionalIdOf(request: CoordinatorRequest): TransactionalId {
  if (request.api !== 'AddPartitionsToTxn') return request.body.transactionalId ?? '';
  return request.body.transactions[0]?.transactionalId ?? '';
}
