/** Records everything that happens in a run, with ghosts: on whose behalf each message travels. */

import type { Message } from '../../impl/simulation/network.ts';
import { COORDINATOR_BROKER } from '../../impl/simulation/cluster.ts';
import { OFFSETS_PARTITION } from '../../impl/simulation/group-broker.ts';
import type { Scheduler } from '../../impl/simulation/scheduler.ts';
import type { BrokerId, TopicPartition } from '../../protocol/ids.ts';
import { TRANSACTION_STATE_TOPIC } from '../../protocol/limits.ts';
import type { TxnOffsetCommitRequest } from '../../protocol/messages/txn-offset-commit.ts';
import type { StoredBatch } from '../../protocol/records.ts';
import {
  transactionStatePartition,
  type TransactionLogRecord,
} from '../../protocol/transaction-log.ts';
import type { HistoryEvent } from '../../reports/evidence/history.ts';
import type { StateFields, TraceEvent } from '../../reports/evidence/trace.ts';
import { Ghosts, type Ghost } from './ghosts.ts';
import {
  batchText,
  identityText,
  offsetsBatchText,
  requestText,
  responseText,
  transactionLogText,
} from './message-text.ts';
import type { Run } from './run-scenario.ts';
import { RunObserver } from './run-observer.ts';
import { coordinatorStateFields, groupStateFields, leaderStateFields } from './state-fields.ts';
import { coordinatorStateText, groupStateText, leaderStateText } from './state-text.ts';

export class TraceObserver extends RunObserver {
  readonly #events: TraceEvent[] = [];
  readonly #run: () => Run;
  readonly #states = new Map<string, string>();
  readonly #ghosts: Ghosts;
  /** The last Produce delivered that carried the record. */
  readonly #produceOfValue = new Map<string, number>();
  /** The last TxnOffsetCommit delivered that would be appended as this. */
  readonly #commitOfOffsets = new Map<string, number>();
  #handling: Message | null = null;

  constructor(scheduler: Scheduler, run: () => Run) {
    super(scheduler);
    this.#run = run;
    this.#ghosts = new Ghosts((sender) => run().instances.get(sender));
  }

  override get trace(): readonly TraceEvent[] {
    return this.#events;
  }

  override record(event: HistoryEvent): void {
    super.record(event);
    this.#push({ kind: 'history', time: this.scheduler.nowMs(), event: this.history.length - 1 });
  }

  override stepTaken(index: number, taken: boolean): void {
    const event = this.#events.findLast(({ kind }) => kind === 'step');
    if (event?.kind === 'step' && event.step === index) event.skipped = !taken;
    this.#noteStates();
  }

  override stepStarted(index: number): void {
    this.#push({ kind: 'step', time: this.scheduler.nowMs(), step: index, skipped: false });
  }

  override clockMoved(fromMs: number): void {
    this.#push({ kind: 'clock', time: this.scheduler.nowMs(), from: fromMs });
    this.#noteStates();
  }

  override requestSent(message: Message): void {
    const { request } = message;
    this.#ghosts.sent(message);
    const ghost = this.#ghosts.of(message);
    this.#push({
      kind: 'sent',
      time: this.scheduler.nowMs(),
      message: requestId(message),
      leg: 'request',
      from: message.sender.name,
      to: this.#lane(message.broker),
      api: request.api,
      apiVersion: request.apiVersion,
      text: requestText(request),
      ...(ghost === undefined ? {} : { ghost }),
    });
    super.requestSent(message);
  }

  override responseSent(message: Message): void {
    this.#ghosts.answered(message);
    const ghost = this.#ghosts.of(message);
    this.#push({
      kind: 'sent',
      time: this.scheduler.nowMs(),
      message: responseId(message),
      leg: 'response',
      answers: requestId(message),
      from: this.#lane(message.broker),
      to: message.sender.name,
      api: message.request.api,
      apiVersion: message.request.apiVersion,
      text: responseText(message.request, message.response!),
      ...(ghost === undefined ? {} : { ghost }),
    });
  }

  override requestDelivered(message: Message, late: boolean): void {
    this.#handling = message;
    const { request } = message;
    this.#ghosts.delivered(message);
    if (request.api === 'Produce') {
      for (const { batch } of request.body.partitions) {
        for (const { value } of batch.records) {
          if (value !== null) this.#produceOfValue.set(value, requestId(message));
        }
      }
    }
    if (request.api === 'TxnOffsetCommit') {
      this.#commitOfOffsets.set(appendedText(request.body), requestId(message));
    }
    this.#push({
      kind: 'delivered',
      time: this.scheduler.nowMs(),
      message: requestId(message),
      late,
    });
  }

  override responseDelivered(message: Message): void {
    this.#push({
      kind: 'delivered',
      time: this.scheduler.nowMs(),
      message: responseId(message),
      late: false,
    });
    this.#handling = message;
    super.responseDelivered(message);
  }

  override handled(): void {
    this.#handling = null;
    this.#noteStates();
  }

  override requestLost(message: Message, reason: 'fault' | 'closed' | 'down'): void {
    this.#push({
      kind: 'lost',
      time: this.scheduler.nowMs(),
      message: requestId(message),
      reason,
    });
  }

  override responseLost(message: Message, reason: 'fault' | 'closed'): void {
    this.#push({
      kind: 'lost',
      time: this.scheduler.nowMs(),
      message: responseId(message),
      reason,
    });
  }

  override requestHeld(message: Message): void {
    this.#push({ kind: 'held', time: this.scheduler.nowMs(), message: requestId(message) });
  }

  override responseHeld(message: Message): void {
    this.#push({ kind: 'held', time: this.scheduler.nowMs(), message: responseId(message) });
  }

  override requestDuplicated(message: Message, copy: Message): void {
    this.#ghosts.duplicated(message, copy);
    this.#push({
      kind: 'duplicated',
      time: this.scheduler.nowMs(),
      message: requestId(message),
      copy: requestId(copy),
    });
    super.requestDuplicated(message, copy);
  }

  override brokerCrashed(broker: BrokerId): void {
    this.#push({ kind: 'crashed', time: this.scheduler.nowMs(), lane: this.#lane(broker) });
  }

  override brokerRestarted(broker: BrokerId): void {
    this.#push({ kind: 'restarted', time: this.scheduler.nowMs(), lane: this.#lane(broker) });
  }

  override batchAppended(partition: TopicPartition, batch: StoredBatch): void {
    const isOffsets = partition === OFFSETS_PARTITION;
    const cause = isOffsets ? this.#causeOfOffsets(batch) : this.#causeOfRecords(batch);
    const text = isOffsets ? offsetsBatchText(batch) : batchText(batch);
    this.#appended(
      laneOfLog(partition),
      partition,
      batch.baseOffset,
      text,
      cause ?? (this.#handling === null ? undefined : requestId(this.#handling)),
      batch.kind === 'control' ? this.#markerGhost(batch.producerId) : undefined,
    );
  }

  #markerGhost(producerId: number): Ghost | undefined {
    return this.#handling === null ? undefined : this.#ghosts.ofMarker(this.#handling, producerId);
  }

  /** Data is appended once it is verified, when another message is being handled. */
  #causeOfRecords(batch: StoredBatch): number | undefined {
    const value = batch.kind === 'data' ? batch.records[0]?.value : null;
    return typeof value === 'string' ? this.#produceOfValue.get(value) : undefined;
  }

  #causeOfOffsets(batch: StoredBatch): number | undefined {
    if (batch.kind !== 'data' || !batch.transactional) return undefined;
    return this.#commitOfOffsets.get(offsetsBatchText(batch));
  }

  override transactionLogAppended(
    partition: number,
    offset: number,
    record: TransactionLogRecord,
  ): void {
    const cause = this.#handling;
    this.#appended(
      'coordinator',
      transactionStatePartition(partition),
      offset,
      transactionLogText(record),
      cause === null ? undefined : requestId(cause),
    );
  }

  override logReplicated(log: TopicPartition, highWatermark: number): void {
    this.#push({
      kind: 'replicated',
      time: this.scheduler.nowMs(),
      lane: laneOfLog(log),
      log,
      highWatermark,
    });
  }

  #appended(
    lane: string,
    log: string,
    offset: number,
    text: string,
    cause: number | undefined,
    ghost?: Ghost,
  ): void {
    this.#push({
      kind: 'appended',
      time: this.scheduler.nowMs(),
      lane,
      log,
      offset,
      text,
      ...(cause === undefined ? {} : { cause }),
      ...(ghost === undefined ? {} : { ghost }),
    });
  }

  #lane(broker: BrokerId): string {
    if (broker === COORDINATOR_BROKER) return 'coordinator';
    const { dataBrokers, groupCoordinator } = this.#run().cluster;
    if (broker === groupCoordinator?.id) return 'group';
    return `leader ${dataBrokers.find(({ id }) => id === broker)?.partition ?? broker}`;
  }

  #push(event: TraceEvent): void {
    this.#events.push(event);
  }

  #noteStates(): void {
    const { cluster } = this.#run();
    for (const id of cluster.coordinator.coordinator?.transactionalIds() ?? []) {
      this.#noteState('coordinator', id, coordinatorStateText(cluster, id), () =>
        coordinatorStateFields(cluster, id),
      );
    }
    for (const broker of cluster.dataBrokers) {
      this.#noteState(`leader ${broker.partition}`, '', leaderStateText(broker), () =>
        leaderStateFields(broker),
      );
    }
    const groups = cluster.groupCoordinator?.coordinator ?? null;
    for (const id of groups?.groupIds() ?? []) {
      this.#noteState('group', id, groupStateText(groups!, id), () =>
        groupStateFields(groups!, id),
      );
    }
    for (const instance of this.#run().instances.values()) {
      if (!instance.isAlive) continue;
      this.#noteState(instance.name, '', instance.stateText, () => instance.stateFields);
    }
  }

  /** The text changes when and only when a field does. */
  #noteState(
    lane: string,
    of: string,
    text: string,
    fieldsNow: () => StateFields | undefined,
  ): void {
    const key = `${lane}/${of}`;
    if (this.#states.get(key) === text) return;
    this.#states.set(key, text);
    const fields = fieldsNow();
    this.#push({
      kind: 'state',
      time: this.scheduler.nowMs(),
      lane,
      text,
      ...(of === '' ? {} : { of }),
      ...(fields === undefined ? {} : { fields }),
    });
  }
}

function laneOfLog(log: TopicPartition): string {
  if (log.startsWith(TRANSACTION_STATE_TOPIC)) return 'coordinator';
  return log === OFFSETS_PARTITION ? 'group' : `leader ${log}`;
}

/** A request and its answer travel as two messages; ids are even for requests, odd for answers. */
function requestId(message: Message): number {
  return message.id * 2;
}

function responseId(message: Message): number {
  return message.id * 2 + 1;
}

/** What `offsetsBatchText` will say of it. */
function appendedText({ groupId, offsets, ...identity }: TxnOffsetCommitRequest): string {
  const records = offsets.map(
    ({ partition, committedOffset }) => `${groupId} ${partition}=${committedOffset}`,
  );
  return `${records.join(' ')} ${identityText(identity)}`;
}
