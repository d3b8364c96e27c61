/**
 * A partition leader on ports that a test drives by hand, and a small language for that: a script is lines of
 * `step => outcome`, and running it yields the same lines with the outcomes that really came. Outcomes of a step are
 * the replies that it caused, whoever had asked.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import { NO_PRODUCER_ID } from '../../protocol/ids.ts';
import type {
  AbortedTransactionEntry,
  DataRecord,
  ProducedBatch,
  StoredBatch,
} from '../../protocol/records.ts';
import type {
  TransactionSupportedOperation,
  TransactionVersion,
} from '../../protocol/transaction-version.ts';
import { DurableLog } from '../log/durable-log.ts';
import { DECISIONS, type LeaderDecisions } from './decisions.ts';
import { HANDLERS, type LeaderHandlers } from './handlers.ts';
import { PartitionLeader } from './partition-leader.ts';
import type { ProducerEntry } from './producer-state.ts';
import { lastSequenceOf } from './producer-state.ts';
import type { TransactionVerification, VerificationRequest } from './verification.ts';

type Answer = Parameters<TransactionVerification['verify']>[1];

/** How the kinds of produce steps travel. */
const KINDS: Readonly<
  Record<string, { readonly transactional: boolean; operation: TransactionSupportedOperation }>
> = {
  i: { transactional: false, operation: 'GENERIC_ERROR_SUPPORTED' },
  t0: { transactional: true, operation: 'DEFAULT_ERROR' },
  t1: { transactional: true, operation: 'GENERIC_ERROR_SUPPORTED' },
  t2: { transactional: true, operation: 'ADD_PARTITION' },
};

const TIMEOUT_MS = 1_000;

function recordsOf(count: number): DataRecord[] {
  return Array.from({ length: count }, () => ({ key: null, value: 'v' }));
}

export class LeaderBench {
  nowMs = 0;
  leader: PartitionLeader;
  readonly #config = { partitionVerification: true, producerIdExpirationMs: 10_000 };
  readonly #log = new DurableLog<StoredBatch>(() => undefined);
  #timers: { readonly atMs: number; readonly callback: () => void }[] = [];
  #questions: { readonly request: VerificationRequest; readonly done: Answer }[] = [];
  #answersByHand = false;
  #flushesByHand = false;
  #again: () => void = () => undefined;
  #replies: string[] = [];
  #acks: -1 | 1 = -1;
  readonly #rules: { readonly decisions: LeaderDecisions; readonly handlers: LeaderHandlers };

  /** With its rules replaced, it is a leader with a defect. */
  constructor(
    replaced: {
      readonly decisions?: Partial<LeaderDecisions>;
      readonly handlers?: Partial<LeaderHandlers>;
    } = {},
  ) {
    this.#rules = {
      decisions: { ...DECISIONS, ...replaced.decisions },
      handlers: { ...HANDLERS, ...replaced.handlers },
    };
    this.leader = this.#start();
  }

  #start(): PartitionLeader {
    this.#timers = [];
    this.#questions = [];
    return new PartitionLeader({
      partition: 'a-0',
      leaderEpoch: 0,
      log: this.#log,
      config: this.#config,
      ...this.#rules,
      ports: {
        clock: { nowMs: () => this.nowMs },
        timers: { after: (delayMs, callback) => this.#after(delayMs, callback) },
        verification: { verify: (request, done) => this.#ask(request, done) },
      },
    });
  }

  #after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  #ask(request: VerificationRequest, done: Answer): void {
    if (this.#answersByHand) this.#questions.push({ request, done });
    else done('NONE', null);
  }

  /** The script with the outcomes that came. */
  run(script: string): string {
    return script
      .trim()
      .split('\n')
      .map((line) => {
        const step = line.split('=>')[0]!.trim();
        return `${step} => ${this.step(step)}`;
      })
      .join('\n');
  }

  step(step: string): string {
    this.#replies = [];
    const [verb = '', ...words] = step.split(/\s+/);
    const told = this.#query(verb, words) ?? this.#act(verb, words);
    if (!this.#flushesByHand) this.#log.flush();
    if (told !== null) return told;
    return this.#replies.length === 0 ? 'nothing' : this.#replies.join(', ');
  }

  #act(verb: string, words: readonly string[]): null {
    if (KINDS[verb] !== undefined) this.#produce(verb, words);
    else if (verb === 'commit' || verb === 'abort') this.#mark(verb, words);
    else if (verb === 'replicated') this.#replicated(words);
    else this.#world(verb, words);
    return null;
  }

  #produce(kind: string, words: readonly string[]): void {
    const { transactional, operation } = KINDS[kind]!;
    const batch = batchOf(words, transactional);
    this.leader.produce(
      {
        transactionalId: transactional ? 'T' : null,
        operation,
        acks: this.#acks,
        timeoutMs: TIMEOUT_MS,
        batch,
      },
      ({ errorCode, baseOffset, logAppendTimeMs }) => {
        const again = logAppendTimeMs === -1 ? '' : 'again ';
        this.#replies.push(errorCode === 'NONE' ? `${again}at ${baseOffset}` : errorCode);
      },
    );
  }

  /** `commit 7.1 c0 tv2`. */
  #mark(verb: 'commit' | 'abort', words: readonly string[]): void {
    const [producerId, producerEpoch] = identityOf(words[0]!);
    this.leader.writeMarker(
      {
        producerId,
        producerEpoch,
        result: verb === 'commit' ? 'COMMIT' : 'ABORT',
        coordinatorEpoch: Number(words[1]!.slice(1)),
        transactionVersion: Number(words[2]!.slice(2)) as TransactionVersion,
      },
      TIMEOUT_MS,
      (errorCode) => this.#replies.push(errorCode === 'NONE' ? 'written' : errorCode),
    );
  }

  /** `replicated t1 7.0 @5`: a follower's log got the batch unjudged, and the follower became the leader. */
  #replicated(words: readonly string[]): void {
    const { control: _, ...batch } = batchOf(words.slice(1), KINDS[words[0]!]!.transactional);
    const baseOffset = this.#log.logEndOffset;
    const lastOffset = baseOffset + batch.records.length - 1;
    this.#log.append(
      { kind: 'data', ...batch, baseOffset, lastOffset, timestamp: this.nowMs },
      batch.records.length,
      () => undefined,
    );
    this.#log.flush();
    this.leader = this.#start();
  }

  #world(verb: string, words: readonly string[]): void {
    switch (verb) {
      case 'acks':
        this.#acks = words[0] === 'all' ? -1 : 1;
        return;
      case 'verification':
        this.#config.partitionVerification = words[0] === 'on';
        return;
      case 'answers-by-hand':
        this.#answersByHand = true;
        return;
      case 'answer':
        this.#answer(words[0] as ErrorCode, words[1] === 'retriably');
        return;
      case 'again':
        this.#again();
        return;
      case 'flushes-by-hand':
        this.#flushesByHand = true;
        return;
      case 'flush':
        this.#log.flush();
        return;
      case 'crash':
        this.#log.loseUnflushed();
        this.leader = this.#start();
        return;
      case 'expire':
        this.leader.removeExpiredProducers();
        return;
      case 'pass':
        this.#pass(Number(words[0]));
        return;
      default:
        throw new Error(`a step is one of the bench's verbs; found ${verb}`);
    }
  }

  #answer(errorCode: ErrorCode, retriably: boolean): void {
    const question = this.#questions.shift()!;
    question.done(errorCode, retriably ? (again) => (this.#again = again) : null);
  }

  #pass(ms: number): void {
    this.nowMs += ms;
    const due = this.#timers.filter(({ atMs }) => atMs <= this.nowMs);
    this.#timers = this.#timers.filter(({ atMs }) => atMs > this.nowMs);
    for (const { callback } of due) callback();
  }

  #query(verb: string, words: readonly string[]): string | null {
    switch (verb) {
      case 'lso':
        return String(this.leader.lastStableOffset);
      case 'log':
        return this.leader.log.entries.map(batchText).join(' ');
      case 'fetch':
        return this.#fetch(words);
      case 'latest':
        return String(
          this.leader.listOffsets({ isolationLevel: isolation(words[0]!), timestamp: 'LATEST' }),
        );
      case 'producer':
        return producerText(this.leader.producers.get(Number(words[0])));
      case 'span':
        return this.#span(Number(words[0]));
      case 'questions':
        return (
          this.#questions
            .map(({ request }) => `${request.producerId}.${request.producerEpoch}`)
            .join(' ') || 'none'
        );
      case 'index':
        return this.leader.index.entries.map(indexText).join(' ') || 'none';
      default:
        return null;
    }
  }

  /** `fetch committed 0 2`: from offset 0, at most 2 batches. */
  #fetch(words: readonly string[]): string {
    const response = this.leader.fetch({
      isolationLevel: isolation(words[0]!),
      fetchOffset: Number(words[1]),
      maxBatches: Number(words[2] ?? 100),
    });
    if (response.errorCode !== 'NONE') return response.errorCode;
    const { batches, abortedTransactions } = response;
    const bases = batches.map(({ baseOffset }) => baseOffset).join(' ');
    const aborted = (abortedTransactions ?? [])
      .map(({ producerId, firstOffset }) => ` ${producerId}@${firstOffset}`)
      .join('');
    return `[${bases}]${abortedTransactions === null ? '' : ` aborted${aborted}`}`;
  }

  #span(producerId: number): string {
    const entry = this.leader.verification.get(producerId);
    return entry === undefined
      ? 'none'
      : `guard ${entry.guard} epoch ${entry.producerEpoch} lowest ${entry.lowestSequence}`;
  }
}

function isolation(word: string): 'read_committed' | 'read_uncommitted' {
  return word === 'committed' ? 'read_committed' : 'read_uncommitted';
}

function identityOf(word: string): [producerId: number, producerEpoch: number] {
  const [producerId, producerEpoch] = word.split('.').map(Number);
  return [producerId!, producerEpoch!];
}

/** `7.0 @5x3`: producer 7, epoch 0, three records from sequence 5. `-` is no producer; `control` sets the flag. */
function batchOf(words: readonly string[], transactional: boolean): ProducedBatch {
  const [producerId, producerEpoch] =
    words[0] === '-' ? [NO_PRODUCER_ID, -1] : identityOf(words[0]!);
  const [sequence, count] = (words[1] ?? '@-1').slice(1).split('x').map(Number);
  return {
    producerId,
    producerEpoch,
    baseSequence: sequence!,
    transactional,
    control: words[2] === 'control',
    records: recordsOf(count ?? 1),
  };
}

function indexText(entry: AbortedTransactionEntry): string {
  return `${entry.producerId}:${entry.firstOffset}-${entry.lastOffset}/${entry.lastStableOffset}`;
}

function batchText(stored: StoredBatch): string {
  const { baseOffset, producerId, producerEpoch } = stored;
  if (stored.kind === 'control') {
    return `${baseOffset}:${producerId}.${producerEpoch}${stored.marker.type}`;
  }
  return `${baseOffset}:${producerId}.${producerEpoch}@${stored.baseSequence}`;
}

function producerText(entry: ProducerEntry | undefined): string {
  if (entry === undefined) return 'unknown';
  const { producerEpoch, coordinatorEpoch, batches, currentTransactionFirstOffset } = entry;
  const window = batches.map(({ firstSequence }) => firstSequence).join(' ');
  return `epoch ${producerEpoch} last ${lastSequenceOf(entry)} window [${window}] open ${currentTransactionFirstOffset} coordinator ${coordinatorEpoch}`;
}
