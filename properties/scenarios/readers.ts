/** One reader of each isolation level, polling every partition; what they saw goes into the history. */

import type { Consumer } from '../../impl/consumer/consumer.ts';
import type { Cluster } from '../../impl/simulation/cluster.ts';
import type { Offset, TopicPartition } from '../../protocol/ids.ts';
import { ISOLATION_LEVELS, type IsolationLevel } from '../../protocol/messages/fetch.ts';
import type { OperationNumbers } from './call-log.ts';
import type { RunObserver } from './run-observer.ts';

interface Position {
  readonly consumer: Consumer;
  readonly isolation: IsolationLevel;
  readonly partition: TopicPartition;
  /** In the history; one string, by which its operations are told from others' over and over. */
  readonly process: string;
  offset: Offset;
  isPolling: boolean;
  /** Its last poll returned what it read. */
  hasReturned: boolean;
}

export class Readers {
  readonly #observer: RunObserver;
  readonly #operations: OperationNumbers;
  readonly #positions: Position[] = [];
  readonly #final: boolean;
  /** Rounds of polls so far: with each of them another reader asks for the end of its partition. */
  #rounds = 0;

  /** `final`: fresh readers that go from the log start to the end they can see. */
  constructor(
    cluster: Cluster,
    observer: RunObserver,
    operations: OperationNumbers,
    final: boolean,
  ) {
    this.#observer = observer;
    this.#operations = operations;
    this.#final = final;
    const suffix = final ? ' (final)' : '';
    for (const isolation of ISOLATION_LEVELS) {
      const consumer = cluster.createConsumer('reader', isolation);
      for (const partition of cluster.config.partitions) {
        this.#positions.push({
          consumer,
          isolation,
          partition,
          process: `reader ${isolation}${suffix} ${partition}`,
          offset: 0,
          isPolling: false,
          hasReturned: false,
        });
      }
    }
  }

  get isBusy(): boolean {
    return this.#positions.some(({ isPolling }) => isPolling);
  }

  /** Whose last poll did not return. */
  get unread(): readonly string[] {
    return this.#positions.flatMap(({ isolation, partition, hasReturned }) =>
      hasReturned ? [] : [`${isolation} ${partition}`],
    );
  }

  /**
   * Polls each partition once, where no poll is outstanding, and asks for the end of one; final readers only read,
   * until they reach the end or come no further.
   */
  poll(): void {
    for (const position of this.#positions) if (!position.isPolling) this.#poll(position);
    if (this.#final) return;
    this.#askEndOffset(this.#positions[this.#rounds % this.#positions.length]!);
    this.#rounds += 1;
  }

  #askEndOffset({ consumer, isolation, partition, process }: Position): void {
    const op = this.#operations.next();
    this.#observer.record({
      type: 'invoke',
      time: this.#observer.scheduler.nowMs(),
      process,
      op,
      call: 'end-offset',
      isolation,
      partition,
    });
    consumer.endOffset(partition, ({ errorCode, offset }) => {
      const time = this.#observer.scheduler.nowMs();
      this.#observer.record(
        errorCode === 'NONE'
          ? { type: 'ok', time, process, op, offset }
          : { type: 'failed', time, process, op, error: errorCode },
      );
    });
  }

  #poll(position: Position): void {
    const { consumer, isolation, partition, process } = position;
    const op = this.#operations.next();
    const from = position.offset;
    position.isPolling = true;
    position.hasReturned = false;
    this.#observer.record({
      type: 'invoke',
      time: this.#observer.scheduler.nowMs(),
      process,
      op,
      call: 'poll',
      isolation,
      partition,
      from,
      final: this.#final,
    });
    consumer.poll(partition, from, (result) => {
      position.isPolling = false;
      const time = this.#observer.scheduler.nowMs();
      if (result.errorCode !== 'NONE') {
        this.#observer.record({ type: 'failed', time, process, op, error: result.errorCode });
        return;
      }
      position.offset = result.position;
      this.#observer.record({
        type: 'ok',
        time,
        process,
        op,
        records: result.records.map(({ offset, value }) => ({ offset, value })),
        position: result.position,
        highWatermark: result.highWatermark,
        lastStableOffset: result.lastStableOffset,
      });
      const end = isolation === 'read_committed' ? result.lastStableOffset : result.highWatermark;
      position.hasReturned = true;
      if (this.#final && result.position < end && result.position > from) this.#poll(position);
    });
  }
}
