/**
 * Walks the specification beside the reference's leader of one partition: whatever reaches the leader is a step of the
 * machine of the producer id concerned, with the same appended entries, questions to the coordinator and answers, and
 * the same state after it. Reads are compared with what the log defines. Not compared: producer ids that write outside
 * transactions are compared as if verification were off; whatever has no producer id, or asks for less than acks=all,
 * is a stutter. Hidden steps: whose question it is that a queued one waits for, and the leader's own repetition of a
 * question after CONCURRENT_TRANSACTIONS (ReplicaManager.handleProduceAppend, TV2), which the model leaves to the client.
 */

import type { ClusterMetadata } from '../../impl/ports.ts';
import type { PartitionLeader } from '../../impl/partition-leader/partition-leader.ts';
import type {
  LeaderObserver,
  LeaderRequest,
  LeaderResponse,
} from '../../impl/simulation/observer.ts';
import type { TopicPartition } from '../../protocol/ids.ts';
import { NO_PRODUCER_ID } from '../../protocol/ids.ts';
import type { RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { ProducedBatch, StoredBatch } from '../../protocol/records.ts';
import type { PartitionLogEntry } from '../../model/partition-log.ts';
import type { Disagreement } from './disagreement.ts';
import { fieldsOf, jsonOf } from './disagreement.ts';
import type { LeaderWrite } from './leader-correspondence.ts';
import { batchFor, errorsIn, isMalformed, isWrite, storedEntry } from './leader-correspondence.ts';
import { unlawfulRead } from './leader-reads.ts';
import type { LeaderCounter } from './leader-tables.ts';
import type { TrackedProducer, WriteExchange } from './leader-twin.ts';
import { LeaderTwin } from './leader-twin.ts';
import { abstractProducer, producerDifferences, visibleProducer } from './partition-leader.ts';

export interface LeaderLockStepOptions {
  readonly partition: TopicPartition;
  readonly partitionVerification: boolean;
  /** Asked only once the cluster stands. */
  readonly metadata: () => Pick<
    ClusterMetadata,
    'leaderOf' | 'isAlive' | 'transactionStatePartitions'
  >;
  /** Null while the broker is down. */
  readonly leader: () => PartitionLeader | null;
  /** Counts the model's transitions; of the table of that setting. */
  readonly counter?: LeaderCounter;
  /** Called at the first step that the model does not allow, as it happens. */
  readonly onDisagreement?: () => void;
}

export class LeaderLockStep implements LeaderObserver {
  readonly #options: LeaderLockStepOptions;
  readonly #twin: LeaderTwin;
  /** By delivery. */
  readonly #exchanges = new Map<number, WriteExchange>();
  #disagreement: Disagreement | null = null;
  #steps = 0;
  #cause = 'a timer';
  #logChanged = false;

  constructor(options: LeaderLockStepOptions) {
    this.#options = options;
    const { partition, partitionVerification, metadata, counter = null } = options;
    this.#twin = new LeaderTwin({
      partition,
      partitionVerification,
      metadata,
      counter,
      onImpossible: (producer, found) =>
        this.#disagree(producer, [], found, 'the model holds that this cannot happen'),
    });
  }

  /** The first step that the model does not allow; nothing is compared after it. */
  get disagreement(): Disagreement | null {
    return this.#disagreement;
  }

  /** Steps compared so far. */
  get steps(): number {
    return this.#steps;
  }

  requestDelivered(delivery: number, request: LeaderRequest): void {
    this.#cause = request.api;
    if (this.#disagreement !== null || !isWrite(request)) return;
    if (request.api === 'WriteTxnMarkers') {
      this.#twin.markers(this.#exchange(delivery, request, null));
      return;
    }
    const batch = batchFor(request, this.#options.partition);
    if (batch === undefined || isMalformed(request)) return;
    this.#twin.produce(this.#exchange(delivery, request, batch));
  }

  produceRepeated(delivery: number): void {
    if (this.#disagreement !== null) return;
    this.#cause = 'a verification that is repeated';
    const exchange = this.#exchanges.get(delivery);
    // Of what the model knows nothing, or what it answered for good, the step's outputs tell.
    if (exchange === undefined || !this.#twin.withheld.delete(exchange)) return;
    this.#twin.produce(exchange);
  }

  replied(delivery: number, request: LeaderRequest, response: LeaderResponse): void {
    if (this.#disagreement !== null) return;
    if (!isWrite(request)) {
      const { partition } = this.#options;
      const unlawful = unlawfulRead(request, response, partition, this.#twin.log);
      if (unlawful === null) return;
      this.#disagree(null, [unlawful.expected], unlawful.found, unlawful.why);
      return;
    }
    const exchange = this.#exchanges.get(delivery);
    if (exchange === undefined) return;
    this.#exchanges.delete(delivery);
    this.#compareAnswer(exchange, response);
  }

  appended(batch: StoredBatch): void {
    this.#logChanged = true;
    if (this.#disagreement !== null) return;
    const found = storedEntry(batch);
    const owed = this.#twin.owedEntries.shift();
    if (owed === undefined) {
      this.#disagree(batch.producerId, [], jsonOf(found), 'the model appends nothing');
    } else if (
      owed.producer.producerId !== batch.producerId ||
      fieldsOf<PartitionLogEntry>(owed.entry, found as never).length > 0
    ) {
      this.#disagree(
        batch.producerId,
        [jsonOf(owed.entry)],
        jsonOf(found),
        'the entry appended differs',
      );
    }
  }

  replicated(): void {
    this.#cause = 'a flush';
    this.#logChanged = true;
    if (this.#disagreement === null) this.#twin.replicated();
  }

  verificationSent(request: RequestOf<'AddPartitionsToTxn'>): void {
    if (this.#disagreement !== null) return;
    this.#twin.questionSent();
    for (const { producerId, producerEpoch, verifyOnly, partitions } of request.body.transactions) {
      const index = this.#twin.owedQuestions.findIndex(
        ({ producer, message }) =>
          producer.producerId === producerId &&
          message.producerEpoch === producerEpoch &&
          message.verifyOnly === (verifyOnly ? 1 : 0) &&
          partitions.length === 1 &&
          partitions[0] === this.#options.partition,
      );
      if (index >= 0) {
        this.#twin.owedQuestions.splice(index, 1);
        continue;
      }
      const expected = this.#twin.owedQuestions.map(({ message }) => jsonOf(message));
      const found = jsonOf({ producerEpoch, verifyOnly, partitions });
      this.#disagree(producerId, expected, found, 'the question to the coordinator differs');
    }
  }

  verificationAnswered(
    request: RequestOf<'AddPartitionsToTxn'>,
    response: ResponseOf<'AddPartitionsToTxn'> | null,
  ): void {
    this.#cause = 'an answer of the coordinator';
    if (this.#disagreement === null) this.#twin.questionAnswered(request, response);
  }

  crashed(): void {
    this.#exchanges.clear();
    this.#twin.crashed();
  }

  loaded(): void {
    this.#cause = 'a load';
    this.#logChanged = true;
    if (this.#disagreement === null) this.#twin.loaded();
  }

  stepEnded(): void {
    this.#steps += 1;
    if (this.#disagreement === null) {
      this.#compareSilence();
      if (this.#logChanged) this.#compareBounds();
      for (const producer of this.#twin.touched) this.#compareState(producer);
    }
    this.#logChanged = false;
    this.#cause = 'a timer';
    this.#twin.forgetStep();
  }

  /** What the leader still keeps to itself when nothing more happens, it has forgotten. */
  runEnded(): void {
    const [forgotten] = this.#twin.withheld;
    if (forgotten === undefined || this.#disagreement !== null) return;
    const expected = ['the question once more, or CONCURRENT_TRANSACTIONS'];
    this.#disagree(
      forgotten.batch!.producerId,
      expected,
      'no answer',
      'the request is not answered',
    );
  }

  #exchange(delivery: number, request: LeaderWrite, batch: ProducedBatch | null): WriteExchange {
    const exchange = { request, batch, answers: [], outstanding: 0, mayAskAgain: false };
    this.#exchanges.set(delivery, exchange);
    return exchange;
  }

  #compareAnswer(exchange: WriteExchange, response: LeaderResponse): void {
    const found = errorsIn(exchange.request, response, this.#options.partition);
    const index = this.#twin.answered.indexOf(exchange);
    if (index === -1) {
      const why = 'it is answered too early, or twice';
      this.#disagree(producerIdOf(exchange), [], found.join(', '), why);
      return;
    }
    this.#twin.answered.splice(index, 1);
    const { answers } = exchange;
    if (answers.length === found.length && answers.every((code, place) => code === found[place]))
      return;
    this.#disagree(
      producerIdOf(exchange),
      [answers.join(', ')],
      found.join(', '),
      'the answer differs',
    );
  }

  /** What the model put out and the implementation did not. */
  #compareSilence(): void {
    const { answered, owedEntries, owedQuestions, withheld } = this.#twin;
    const [entry] = owedEntries;
    if (entry !== undefined) {
      this.#disagree(
        entry.producer,
        [jsonOf(entry.entry)],
        'no entry',
        'the entry is not appended',
      );
    }
    const [question] = owedQuestions;
    if (question !== undefined) {
      const expected = [jsonOf(question.message)];
      this.#disagree(question.producer, expected, 'no question', 'the coordinator is not asked');
    }
    for (const exchange of answered) {
      if (exchange.mayAskAgain) withheld.add(exchange);
      else {
        const expected = [exchange.answers.join(', ')];
        this.#disagree(
          producerIdOf(exchange),
          expected,
          'no answer',
          'the request is not answered',
        );
      }
    }
  }

  #compareBounds(): void {
    const leader = this.#twin.log.length === 0 ? null : this.#options.leader();
    if (leader === null) return;
    const { log } = this.#twin;
    const expected = {
      logEndOffset: log.length,
      highWatermark: log.highWatermark,
      lastStableOffset: log.lastStableOffset(),
    };
    const fields = fieldsOf(expected, leader);
    if (fields.length === 0) return;
    const found = jsonOf({
      logEndOffset: leader.logEndOffset,
      highWatermark: leader.highWatermark,
      lastStableOffset: leader.lastStableOffset,
    });
    this.#disagree(null, [jsonOf(expected)], found, `${fields.join(', ')} differ`);
  }

  #compareState(producer: TrackedProducer): void {
    const leader = this.#options.leader();
    if (leader === null) return;
    const { producerId, context } = producer;
    const view = this.#twin.viewOf(producer);
    const entry = leader.producers.get(producerId);
    const verification = leader.verification.get(producerId);
    const fields = producerDifferences(view, context, entry, verification);
    if (fields.length === 0) return;
    const expected = jsonOf(visibleProducer(view, context), fields);
    const found = jsonOf(abstractProducer(entry, verification), fields);
    this.#disagree(producer, [expected], found, `${fields.join(', ')} differ`);
  }

  #disagree(
    whom: TrackedProducer | number | null,
    expected: readonly string[],
    found: string,
    why: string,
  ): void {
    if (this.#disagreement !== null) return;
    const producerId = typeof whom === 'object' ? (whom?.producerId ?? NO_PRODUCER_ID) : whom;
    const { partition } = this.#options;
    this.#disagreement = {
      component: 'partition leader',
      subject:
        producerId === NO_PRODUCER_ID ? partition : `${partition}, producer id ${producerId}`,
      step: this.#steps,
      cause: this.#cause,
      expected,
      found,
      why,
    };
    this.#options.onDisagreement?.();
  }
}

function producerIdOf({ request, batch }: WriteExchange): number {
  if (batch !== null) return batch.producerId;
  return request.api === 'WriteTxnMarkers' ? request.body.markers[0]!.producerId : NO_PRODUCER_ID;
}
