/** A producer that tells who watches it of everything that it is told and says; otherwise like any other. */

import type { TopicPartition } from '../../protocol/ids.ts';
import type { ApiName, Response, RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { CommittedOffset } from '../../protocol/messages/txn-offset-commit.ts';
import type { DataRecord } from '../../protocol/records.ts';
import type { Outbound } from '../ports.ts';
import type { CallResult, Done } from '../producer/call-result.ts';
import { Producer, type ProducerOptions } from '../producer/producer.ts';
import type { ConsumerGroupMetadata } from '../producer/transactional-messages.ts';
import type { ProducerCall, ProducerObserver, ProducerRequest } from './observer.ts';
import { watchedTimers } from './timers.ts';

export class WatchedProducer extends Producer {
  readonly #observer: ProducerObserver;

  constructor(options: ProducerOptions, observer: ProducerObserver) {
    const { ports } = options;
    const timers = watchedTimers(ports.timers, observer);
    const outbound = observed(ports.outbound, observer);
    super({ ...options, ports: { ...ports, timers, outbound } });
    this.#observer = observer;
  }

  override initTransactions(done: Done): void {
    this.#watch({ name: 'initTransactions' }, done, (told) => super.initTransactions(told));
  }

  override beginTransaction(): CallResult {
    const call = { name: 'beginTransaction' } as const;
    this.#observer.called(call);
    const result = super.beginTransaction();
    this.#observer.returned(call, result);
    this.#observer.stepEnded();
    return result;
  }

  override send(partition: TopicPartition, record: DataRecord, done: Done): void {
    const call = { name: 'send', partition, record } as const;
    this.#watch(call, done, (told) => super.send(partition, record, told));
  }

  override sendOffsetsToTransaction(
    offsets: readonly CommittedOffset[],
    group: ConsumerGroupMetadata,
    done: Done,
  ): void {
    this.#watch({ name: 'sendOffsetsToTransaction' }, done, (told) =>
      super.sendOffsetsToTransaction(offsets, group, told),
    );
  }

  override commitTransaction(done: Done): void {
    this.#watch({ name: 'commitTransaction' }, done, (told) => super.commitTransaction(told));
  }

  override abortTransaction(done: Done): void {
    this.#watch({ name: 'abortTransaction' }, done, (told) => super.abortTransaction(told));
  }

  #watch(call: ProducerCall, done: Done, make: (told: Done) => void): void {
    const observer = this.#observer;
    observer.called(call);
    make((result) => {
      observer.returned(call, result);
      done(result);
    });
    observer.stepEnded();
  }
}

function observed(outbound: Outbound, observer: ProducerObserver): Outbound {
  return {
    call: <Api extends ApiName>(
      broker: number,
      request: RequestOf<Api>,
      timeoutMs: number,
      done: (response: ResponseOf<Api> | null) => void,
    ) => {
      // A producer sends no others.
      const sent = request as unknown as ProducerRequest;
      observer.requestSent(broker, sent);
      outbound.call(broker, request, timeoutMs, (response) => {
        observer.answered(broker, sent, response as Response | null);
        done(response);
        observer.stepEnded();
      });
    },
  };
}
