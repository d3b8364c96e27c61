/**
 * The consuming half of an instance that consumes, transforms and produces: its membership in the group, what it reads,
 * what it may do next, and what the history says of it.
 */

import type { InputRecord, MessageProcessor } from '../../impl/application/message-processor.ts';
import type { Consumer, PollResult } from '../../impl/consumer/consumer.ts';
import {
  committedOffset,
  type GroupMember,
  type GroupResult,
} from '../../impl/consumer/group-member.ts';
import type { CallResult } from '../../impl/producer/call-result.ts';
import type { Producer } from '../../impl/producer/producer.ts';
import type { Endpoint } from '../../impl/simulation/network.ts';
import type { TopicPartition } from '../../protocol/ids.ts';
import type { Consumes } from '../../reports/evidence/scenario.ts';
import type { CallLog } from './call-log.ts';

/** The clients that an application reads with. */
export interface ConsumingClients {
  readonly endpoint: Endpoint;
  readonly consumer: Consumer;
  readonly member: GroupMember;
  readonly processor: MessageProcessor;
}

/** Where the offsets of the current transaction are. */
type OffsetsState = 'not sent' | 'sent' | 'in the transaction';

export class Application {
  readonly #clients: ConsumingClients;
  readonly #config: Consumes;
  readonly #calls: CallLog;
  /** Calls block their caller; polls of one `consume` do so together. */
  #outstanding = 0;
  #offsets: OffsetsState = 'not sent';

  constructor(clients: ConsumingClients, config: Consumes, calls: CallLog) {
    this.#clients = clients;
    this.#config = config;
    this.#calls = calls;
  }

  get isBlocked(): boolean {
    return this.#outstanding > 0;
  }

  /** An application never commits outputs without the offsets of what they were made from. */
  get mayCommit(): boolean {
    return !this.#clients.processor.hasProcessed || this.#offsets === 'in the transaction';
  }

  kill(): void {
    this.#clients.endpoint.kill();
  }

  join(): void {
    const { member, processor } = this.#clients;
    const op = this.#calls.invoke({ call: 'join', group: this.#config.group });
    processor.joined();
    this.#outstanding += 1;
    member.join((result) => {
      this.#outstanding -= 1;
      if (result.status === 'error') this.#failed(op, result);
      else {
        const { generationId, memberId } = result.value;
        this.#calls.ok(op, { generation: generationId, memberId });
      }
    });
  }

  /** Reads on; false if it is no member, or was assigned nothing. */
  consume(): boolean {
    const { member, processor } = this.#clients;
    if (member.assigned.length === 0) return false;
    if (processor.positions !== null) this.#pollAll();
    else this.#fetchOffsets();
    return true;
  }

  #fetchOffsets(): void {
    const { member, processor } = this.#clients;
    const { assigned } = member;
    const op = this.#calls.invoke({
      call: 'fetch-offsets',
      group: this.#config.group,
      partitions: [...assigned],
      requireStable: true,
      final: false,
    });
    this.#outstanding += 1;
    member.fetchOffsets(assigned, (result) => {
      this.#outstanding -= 1;
      if (result.status === 'error') return this.#failed(op, result);
      this.#calls.ok(op, { offsets: [...result.value] });
      processor.startFrom(result.value);
      this.#pollAll();
    });
  }

  #pollAll(): void {
    for (const [partition, from] of this.#clients.processor.positions ?? []) {
      this.#poll(partition, from);
    }
  }

  #poll(partition: TopicPartition, from: number): void {
    const op = this.#calls.invoke({
      call: 'poll',
      isolation: 'read_committed',
      partition,
      from,
      final: false,
    });
    this.#outstanding += 1;
    this.#clients.consumer.poll(partition, from, (result) => {
      this.#outstanding -= 1;
      if (result.errorCode === 'NONE') this.#read(op, partition, result);
      else this.#calls.error(op, 'failed', result.errorCode);
    });
  }

  #read(op: number, partition: TopicPartition, result: PollResult): void {
    const { records, position, highWatermark, lastStableOffset } = result;
    this.#calls.ok(op, {
      records: records.map(({ offset, value }) => ({ offset, value })),
      position,
      highWatermark,
      lastStableOffset,
    });
    const offsets = records.map(({ offset }) => offset);
    this.#clients.processor.read(partition, offsets, position);
  }

  /** What it now owes outputs for; it sends offsets last, so nothing after them. */
  process(): readonly InputRecord[] {
    return this.#offsets === 'not sent' ? this.#clients.processor.process() : [];
  }

  /** False if the transaction has transformed nothing. */
  sendOffsets(producer: Producer, transaction: number): boolean {
    const { member, processor } = this.#clients;
    if (!processor.hasProcessed) return false;
    const { group, fencesByGeneration } = this.#config;
    const groupAlone = { groupId: group, generationId: -1, memberId: '', groupInstanceId: null };
    const metadata = fencesByGeneration ? member.metadata : groupAlone;
    const offsets = processor.offsetsToCommit;
    const op = this.#calls.invoke({
      call: 'send-offsets',
      transaction,
      group,
      generation: metadata.generationId,
      memberId: metadata.memberId,
      offsets: [...offsets],
    });
    this.#offsets = 'sent';
    this.#outstanding += 1;
    producer.sendOffsetsToTransaction(offsets.map(committedOffset), metadata, (result) => {
      this.#outstanding -= 1;
      this.#offsetsSent(op, result);
    });
    return true;
  }

  #offsetsSent(op: number, result: CallResult): void {
    if (result.status === 'ok') {
      this.#offsets = 'in the transaction';
      this.#calls.ok(op);
    } else {
      const { outcome, errorCode, kind } = result.error;
      this.#calls.error(op, outcome, errorCode ?? kind);
    }
  }

  /** False if it has no position to commit. */
  commitOffsets(): boolean {
    const { member, processor } = this.#clients;
    const { generationId, memberId } = member.metadata;
    const offsets = [...(processor.positions ?? [])].map(([partition, offset]) => ({
      partition,
      offset,
    }));
    if (offsets.length === 0) return false;
    const op = this.#calls.invoke({
      call: 'commit-offsets',
      group: this.#config.group,
      generation: generationId,
      memberId,
      offsets,
    });
    this.#outstanding += 1;
    member.commitOffsets(offsets, (result) => {
      this.#outstanding -= 1;
      if (result.status === 'error') this.#failed(op, result);
      else this.#calls.ok(op);
    });
    return true;
  }

  /** The producer was told how its transaction ended. */
  transactionEnded(end: 'commit' | 'abort'): void {
    const { processor } = this.#clients;
    if (end === 'commit') processor.committed();
    else processor.aborted();
    this.#offsets = 'not sent';
  }

  #failed(
    op: number,
    { outcome, errorCode }: Extract<GroupResult<unknown>, { status: 'error' }>,
  ): void {
    this.#calls.error(op, outcome, errorCode);
  }
}
