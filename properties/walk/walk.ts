/**
 * The learner's walk: an application's transactions, run on the reference call by call, with everything that the
 * protocol did in between and what readers of both isolation levels would see at each moment.
 */

import { filterFetched } from '../../impl/consumer/aborted-filter.ts';
import { CONSUMER_DECISIONS } from '../../impl/consumer/decisions.ts';
import { componentsWith } from '../../impl/simulation/overrides.ts';
import type { DataBroker } from '../../impl/simulation/data-broker.ts';
import {
  DELIVERY_TIMEOUT_MS,
  MAX_BLOCK_MS,
  REQUEST_TIMEOUT_MS,
  TRANSACTION_STATE_PARTITIONS,
  TRANSACTION_STATE_REPLICATION_FACTOR,
} from '../../protocol/limits.ts';
import { topicPartition } from '../../protocol/ids.ts';
import type { IsolationLevel } from '../../protocol/messages/fetch.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { Completion } from '../../reports/evidence/history.ts';
import { SCENARIO_SCHEMA_VERSION } from '../../reports/evidence/scenario.ts';
import type { PartitionView, Walk, WalkCall } from '../../reports/walk/walk-document.ts';
import type { Instance } from '../scenarios/instance.ts';
import { Run } from '../scenarios/run-scenario.ts';
import type {
  ProducerConfiguration,
  ProducerRecord,
  TransactionalProducer,
} from './transactional-producer.ts';

export interface WalkOptions {
  readonly transactionVersion: TransactionVersion;
  readonly configuration: ProducerConfiguration;
  /** Topic to number of partitions. */
  readonly topics: Readonly<Record<string, number>>;
}

export class CallFailedError extends Error {
  readonly code = 'CALL_FAILED';
}

export async function walk(
  options: WalkOptions,
  application: (producer: TransactionalProducer) => Promise<void>,
): Promise<Walk> {
  const walker = new Walker(options);
  await application(walker);
  return { transactionVersion: options.transactionVersion, calls: walker.calls };
}

class Walker implements TransactionalProducer {
  readonly calls: WalkCall[] = [];
  readonly #run: Run;
  readonly #transactionalId: string;
  #instance: Instance | null = null;
  #seen = 0;

  constructor({ transactionVersion, configuration, topics }: WalkOptions) {
    this.#transactionalId = configuration.transactionalId;
    this.#run = new Run(
      {
        kind: 'scenario',
        schemaVersion: SCENARIO_SCHEMA_VERSION,
        transactionVersion,
        partitionVerification: true,
        topology: {
          topics: { ...topics },
          producers: [
            {
              name: configuration.transactionalId,
              transactional: true,
              bumpsEpochAfterAbort: true,
            },
          ],
          transactionStatePartitions: TRANSACTION_STATE_PARTITIONS,
          transactionStateReplicationFactor: TRANSACTION_STATE_REPLICATION_FACTOR,
          requestTimeoutMs: REQUEST_TIMEOUT_MS,
          deliveryTimeoutMs: DELIVERY_TIMEOUT_MS,
          maxBlockMs: MAX_BLOCK_MS,
          transactionTimeoutMs: configuration.transactionTimeoutMs,
        },
        steps: [],
        choices: [],
      },
      { components: componentsWith({}), trace: true, coordinatorObserver: null },
    );
    this.#run.drain();
    this.#seen = this.#run.observer.trace.length;
  }

  async initTransactions(): Promise<void> {
    this.#call('initTransactions()', () => {
      this.#instance = this.#run.start(this.#transactionalId);
      return this.#instance !== null;
    });
  }

  beginTransaction(): void {
    this.#call('beginTransaction()', () => this.#instance?.begin() ?? false);
  }

  async send({ topic, partition, value }: ProducerRecord): Promise<number> {
    const name = topicPartition({ topic, partition });
    const completion = this.#call(
      `send(${name}, ${JSON.stringify(value)})`,
      () => this.#instance?.send(name, { value }) ?? false,
    );
    return completion.type === 'ok' ? (completion.offset ?? -1) : -1;
  }

  async commitTransaction(): Promise<void> {
    this.#call('commitTransaction()', () => this.#instance?.commit() ?? false);
  }

  async abortTransaction(): Promise<void> {
    this.#call('abortTransaction()', () => this.#instance?.abort() ?? false);
  }

  /** Makes the call, runs until it returns, looks at the partitions, runs until the network is quiet, looks again. */
  #call(name: string, make: () => boolean): Completion {
    const { scheduler, observer } = this.#run;
    const operation = observer.history.length;
    if (!make()) throw new CallFailedError(`${name} is not allowed now`);
    while (this.#instance?.isBusy && (this.#run.runOne() || scheduler.fireNextTimer(Infinity)));
    const completion = observer.history
      .slice(operation)
      .find((event): event is Completion => isCompletion(event.type));
    if (completion?.type !== 'ok') {
      throw new CallFailedError(`${name} failed: ${completion?.error ?? 'it never returned'}`);
    }
    const untilReturn = this.#newEvents();
    const atReturn = this.#views();
    this.#run.drain();
    const afterReturn = this.#newEvents();
    this.calls.push({
      call: name,
      untilReturn,
      result: resultText(completion),
      atReturn,
      afterReturn,
      whenQuiet: afterReturn.length === 0 ? null : this.#views(),
    });
    return completion;
  }

  #newEvents(): WalkCall['untilReturn'] {
    const { trace } = this.#run.observer;
    const events = trace.slice(this.#seen);
    this.#seen = trace.length;
    return events;
  }

  #views(): readonly PartitionView[] {
    return this.#run.cluster.dataBrokers.map(partitionView);
  }
}

function isCompletion(type: string): boolean {
  return type === 'ok' || type === 'failed' || type === 'unknown';
}

function resultText(completion: Extract<Completion, { readonly type: 'ok' }>): string {
  if (completion.offset !== undefined) return `offset ${completion.offset}`;
  if (completion.producerId !== undefined) {
    return `producer id ${completion.producerId}, epoch ${completion.producerEpoch}`;
  }
  return 'ok';
}

function partitionView(broker: DataBroker): PartitionView {
  const leader = broker.leader!;
  return {
    partition: broker.partition,
    lastStableOffset: leader.lastStableOffset,
    highWatermark: leader.highWatermark,
    readUncommitted: valuesFor(broker, 'read_uncommitted'),
    readCommitted: valuesFor(broker, 'read_committed'),
  };
}

/** What a reader from the log start would be given, without disturbing the run. */
function valuesFor(broker: DataBroker, isolationLevel: IsolationLevel): readonly string[] {
  const fetched = broker.leader!.fetch({ isolationLevel, fetchOffset: 0, maxBatches: Infinity });
  const { records } = filterFetched({ ...fetched, position: 0 }, CONSUMER_DECISIONS);
  return records.map(({ value }) => value ?? 'null');
}
