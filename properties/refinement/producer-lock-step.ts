/**
 * Walks the specification beside one transactional producer of the reference: each call, answer and expiry is a step of
 * the machine, with the same requests, the same results for the application, and the same state after it. Hidden steps
 * are in `producer-specified.ts`: several batches to a partition, offsets. What the client does in its own time (looking
 * up a coordinator, backing off) shows nothing: an answer that has a request sent again is taken when it is.
 */

import type { CallResult } from '../../impl/producer/call-result.ts';
import type { Producer } from '../../impl/producer/producer.ts';
import type {
  ProducerCall,
  ProducerObserver,
  ProducerRequest,
} from '../../impl/simulation/observer.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { BrokerId, TopicPartition } from '../../protocol/ids.ts';
import { MAX_IN_FLIGHT_REQUESTS } from '../../protocol/limits.ts';
import type { RequestOf, Response, ResponseOf } from '../../protocol/messages/rpc.ts';
import { PRODUCE_TV2, type TransactionVersion } from '../../protocol/transaction-version.ts';
import type { Disagreement } from './disagreement.ts';
import { fieldsOf, jsonOf } from './disagreement.ts';
import type { TrackedBatch } from './producer-batches.ts';
import { wasSent } from './producer-batches.ts';
import { batchEvent, failedEvent, heldEvent, leavesOpen } from './producer-batch-answers.ts';
import { ProducerCalls } from './producer-calls.ts';
import {
  abstractProducer,
  isAsSpecified,
  producerDifferences,
  visibleProducer,
} from './producer-instance.ts';
import { ProducerRequests } from './producer-requests.ts';
import type { BatchEvent } from './producer-specified.ts';
import { SpecifiedProducer } from './producer-specified.ts';
import type { ProducerCounter } from './producer-tables.ts';
import { producerTable } from './producer-tables.ts';
import { ProducerTwin } from './producer-twin.ts';

export interface ProducerLockStepOptions {
  /** `A#1`. */
  readonly name: string;
  readonly transactionVersion: TransactionVersion;
  /** Whether client and coordinator know KIP-360. */
  readonly supportsEpochBump: boolean;
  readonly partitions: readonly TopicPartition[];
  readonly nowMs: () => number;
  readonly producer: () => Producer;
  readonly counter?: ProducerCounter;
  /** Called at the first step that the model does not allow, as it happens. */
  readonly onDisagreement?: () => void;
}

type Difference = readonly [expected: readonly string[], found: string, why: string];

interface Answer {
  readonly request: ProducerRequest;
  readonly response: Response | null;
}

interface Returned {
  readonly call: ProducerCall;
  readonly result: CallResult;
}

export class ProducerLockStep implements ProducerObserver {
  readonly #options: ProducerLockStepOptions;
  readonly #twin: ProducerTwin;
  readonly #model: SpecifiedProducer;
  readonly #calls: ProducerCalls;
  readonly #requests: ProducerRequests;
  readonly #unanswered = new Map<BrokerId, number>();
  #disagreement: Disagreement | null = null;
  #steps = 0;
  #call: ProducerCall | null = null;
  #answer: Answer | null = null;
  #sent: ProducerRequest[] = [];
  #returned: Returned[] = [];

  constructor(options: ProducerLockStepOptions) {
    this.#options = options;
    const { transactionVersion, partitions, counter = null } = options;
    // Of no effect with transaction version 2, where every end brings a new epoch.
    const bumpsEpoch = transactionVersion === 2 || options.supportsEpochBump ? 1 : 0;
    const scope = { transactionVersion, bumpsEpoch, partitions: partitions.length + 1 } as const;
    this.#twin = new ProducerTwin({
      table: producerTable(scope),
      counter,
      onImpossible: (found) => this.#disagree([], found, 'the model holds that this cannot happen'),
    });
    this.#model = new SpecifiedProducer({
      twin: this.#twin,
      partitions: partitions.length,
      bumpsEpoch,
      onOtherSequence: (expected, found) =>
        this.#disagree([`sequence ${expected}`], `sequence ${found}`, 'the sequence differs'),
    });
    const comparesInitVersion = transactionVersion < 2 || options.supportsEpochBump;
    const walk = {
      twin: this.#twin,
      model: this.#model,
      disagree: (...difference: Difference) => this.#disagree(...difference),
    };
    this.#calls = new ProducerCalls({ ...walk, transactionVersion });
    this.#requests = new ProducerRequests({ ...walk, partitions, comparesInitVersion });
  }

  /** The first step that the model does not allow; nothing is compared after it. */
  get disagreement(): Disagreement | null {
    return this.#disagreement;
  }

  /** Steps compared so far. */
  get steps(): number {
    return this.#steps;
  }

  called(call: ProducerCall): void {
    this.#call = call;
  }

  returned(call: ProducerCall, result: CallResult): void {
    this.#returned.push({ call, result });
  }

  requestSent(broker: BrokerId, request: ProducerRequest): void {
    this.#sent.push(request);
    if (request.api === 'Produce') this.#countUnanswered(broker, 1);
  }

  answered(broker: BrokerId, request: ProducerRequest, response: Response | null): void {
    this.#answer = { request, response };
    if (request.api === 'Produce') this.#countUnanswered(broker, -1);
  }

  #countUnanswered(broker: BrokerId, by: number): void {
    this.#unanswered.set(broker, (this.#unanswered.get(broker) ?? 0) + by);
  }

  stepEnded(): void {
    this.#steps += 1;
    if (this.#disagreement === null && !this.#isIdle) this.#compareStep();
    this.#call = null;
    this.#answer = null;
    if (this.#sent.length > 0) this.#sent = [];
    if (this.#returned.length > 0) this.#returned = [];
  }

  /** A timer that has passed for what is done with. */
  get #isIdle(): boolean {
    return (
      this.#call === null &&
      this.#answer === null &&
      this.#sent.length === 0 &&
      this.#returned.length === 0
    );
  }

  #compareStep(): void {
    const { requests } = this.#options.producer();
    const { unfinished } = requests;
    this.#requests.beginStep(unfinished);
    if (this.#call !== null) this.#takeCall(this.#call);
    else if (this.#answer !== null) this.#takeAnswer(this.#answer);
    else this.#takeExpiries();
    for (const request of this.#sent) this.#compareRequest(request);
    this.#requests.stepEnded(requests.inFlight ? unfinished[0]! : null);
    this.#compareSilence();
    for (const { call, result } of this.#returned) this.#calls.returned(call, result);
    this.#calls.stepEnded(unfinished.length === 0);
    this.#model.endStep();
    this.#compareState();
  }

  #takeCall(call: ProducerCall): void {
    const { partitions, nowMs, producer } = this.#options;
    const partition = call.name === 'send' ? partitions.indexOf(call.partition) : -1;
    const deadlineMs = nowMs() + producer().config.deliveryTimeoutMs;
    this.#calls.called(call, this.#resultOf(call), partition, deadlineMs);
  }

  #resultOf(call: ProducerCall): CallResult | undefined {
    return this.#returned.find((returned) => returned.call === call)?.result;
  }

  #takeAnswer({ request, response }: Answer): void {
    if (request.api === 'FindCoordinator') return;
    if (request.api === 'Produce') {
      this.#takeBatchAnswer(request, response as ResponseOf<'Produce'> | null);
      return;
    }
    this.#requests.answered(request, response);
  }

  #takeBatchAnswer({ body }: RequestOf<'Produce'>, response: ResponseOf<'Produce'> | null): void {
    const { batches } = this.#model;
    const batch = batches.byRecord(body.partitions[0]!.batch.records[0]!);
    const errorCode = response?.partitions[0]?.errorCode ?? null;
    if (batch === undefined) return this.#takeLateAnswer(body.partitions[0]!.partition, errorCode);
    if (leavesOpen(errorCode)) batch.mayBeWritten = true;
    const event = batchEvent(batch.partition, errorCode);
    const result = this.#resultOf(batch.call);
    if (result === undefined) {
      const isOldest = batches.of(batch.partition)[0] === batch;
      const isNext = isOldest && !batch.renumbered;
      batch.held = heldEvent(event, isNext);
    } else if (result.status === 'ok') this.#finish(batch, event);
    else this.#finish(batch, failedEvent(batch, event, this.#options.nowMs()));
  }

  /** Of a batch that was given up: only an instance that does nothing more hears it. */
  #takeLateAnswer(name: TopicPartition, errorCode: ErrorCode | null): void {
    const partition = this.#options.partitions.indexOf(name);
    if (this.#twin.value === 'FatalError') this.#model.feed(batchEvent(partition, errorCode));
  }

  #finish(batch: TrackedBatch, event: BatchEvent): void {
    const isWritten = this.#model.finish(batch, event);
    if (isWritten !== null) this.#calls.decide(batch.call, isWritten);
  }

  #takeExpiries(): void {
    const { nowMs, producer } = this.#options;
    for (const { call, result } of this.#returned) {
      if (call.name !== 'send' || result.status === 'ok') continue;
      const batch = this.#model.batches.byRecord(call.record);
      if (batch !== undefined && batch.deadlineMs <= nowMs()) {
        this.#finish(batch, { type: 'BatchExpired', partition: batch.partition });
      } else if (this.#model.batches.isDroppedBefore(call, nowMs())) {
        // Whether it ran out of time or was given up in the same millisecond shows in nothing else.
        if (producer().isEpochBumpRequired) this.#model.expireDropped();
      }
    }
  }

  #compareRequest(request: ProducerRequest): void {
    if (request.api === 'FindCoordinator') return;
    if (request.api === 'Produce') this.#compareBatch(request);
    else this.#requests.sent(request);
  }

  #compareBatch({ apiVersion, body }: RequestOf<'Produce'>): void {
    const { batch: sent } = body.partitions[0]!;
    const { producerId, producerEpoch, baseSequence } = sent;
    const found = { apiVersion, producerId, producerEpoch, baseSequence };
    const { batches } = this.#model;
    const batch = batches.byRecord(sent.records[0]!);
    if (batch === undefined) {
      this.#disagree([], jsonOf(found), 'a batch is sent that was given up');
      return;
    }
    const expected =
      batches.of(batch.partition)[0] === batch ? this.#oldest(batch) : this.#behind(batch);
    if (expected === null) {
      this.#disagree([], jsonOf(found), 'the model sends no batch');
      return;
    }
    const message = { ...expected, ...this.#twin.identity };
    const fields = fieldsOf(message, found);
    if (fields.length > 0) {
      this.#disagree([jsonOf(message)], jsonOf(found), `${fields.join(', ')} differ`);
    }
    batch.sequence = baseSequence;
    batch.renumbered = false;
  }

  /** How the model sends the oldest batch of its partition; null: not at all. */
  #oldest(batch: TrackedBatch): ExpectedBatch | null {
    const { partition, held } = batch;
    batch.held = null;
    if (held !== null) this.#model.finish(batch, held as BatchEvent);
    else if (!this.#twin.owedBatches.has(partition)) this.#twin.sendReady(partition);
    const owed = this.#twin.owedBatches.get(partition);
    if (owed === undefined) return null;
    this.#twin.owedBatches.delete(partition);
    const baseSequence = this.#twin.sequence(partition, owed.baseSequence);
    return { apiVersion: owed.apiVersion, baseSequence };
  }

  /** A batch is sent while an older one is in flight: for the first time, in its turn, to a partition that was added. */
  #behind(batch: TrackedBatch): ExpectedBatch | null {
    const { partition } = batch;
    const pipeline = this.#model.batches.of(partition);
    const previous = pipeline[pipeline.indexOf(batch) - 1]!;
    if (wasSent(batch) || !wasSent(previous)) return null;
    const apiVersion = this.#options.transactionVersion === 2 ? PRODUCE_TV2 : PRODUCE_TV2 - 1;
    const baseSequence = this.#model.batches.nextSequence(
      partition,
      this.#twin.sequence(partition, this.#twin.context.assigned[partition]!) + 1,
    );
    return { apiVersion, baseSequence };
  }

  /** What the model put out and the implementation did not. */
  #compareSilence(): void {
    for (const [partition, message] of this.#twin.owedBatches) {
      const [oldest] = this.#model.batches.of(partition);
      if (oldest !== undefined && !wasSent(oldest) && this.#mayWait) this.#twin.putBack(partition);
      else this.#disagree([jsonOf(message)], 'no batch', 'the batch is not sent');
    }
  }

  /** A batch waits while a request to a coordinator is under way, or five are to its broker (Sender.runOnce). */
  get #mayWait(): boolean {
    if (this.#options.producer().requests.inFlight) return true;
    for (const count of this.#unanswered.values()) if (count >= MAX_IN_FLIGHT_REQUESTS) return true;
    return false;
  }

  #compareState(): void {
    if (this.#disagreement !== null) return;
    const { partitions, producer } = this.#options;
    if (isAsSpecified(producer(), this.#twin, this.#model, partitions)) return;
    const expected = visibleProducer(this.#twin, this.#model, partitions);
    const found = abstractProducer(producer(), partitions);
    const fields = producerDifferences(expected, found, this.#model.mayResolve);
    const why = `${fields.join(', ')} differ`;
    this.#disagree([jsonOf(expected, fields)], jsonOf(found, fields), why);
  }

  #disagree(expected: readonly string[], found: string, why: string): void {
    if (this.#disagreement !== null) return;
    this.#disagreement = {
      component: 'producer',
      subject: this.#options.name,
      step: this.#steps,
      cause: this.#cause,
      expected,
      found,
      why,
    };
    this.#options.onDisagreement?.();
  }

  get #cause(): string {
    if (this.#call !== null) return this.#call.name;
    if (this.#answer === null) return 'a timer';
    const { request, response } = this.#answer;
    return response === null ? `no answer to ${request.api}` : `an answer to ${request.api}`;
  }
}

interface ExpectedBatch {
  readonly apiVersion: number;
  readonly baseSequence: number;
}
