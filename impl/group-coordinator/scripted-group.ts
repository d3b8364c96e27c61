/**
 * A group coordinator on ports that a test drives by hand: a clock that moves when told, a log that replicates when
 * told, a transaction coordinator that answers when told.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import { NO_PRODUCER_ID } from '../../protocol/ids.ts';
import type { JoinGroupRequest, JoinGroupResponse } from '../../protocol/messages/join-group.ts';
import type { RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { CommittedOffset } from '../../protocol/messages/txn-offset-commit.ts';
import type { StoredBatch } from '../../protocol/records.ts';
import type { TransactionResult } from '../../protocol/states.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { DurableLog } from '../log/durable-log.ts';
import { PartitionLeader } from '../partition-leader/partition-leader.ts';
import type {
  TransactionVerification,
  VerificationRequest,
} from '../partition-leader/verification.ts';
import type { GroupApi } from './answers.ts';
import type { GroupConfig } from './config.ts';
import { DECISIONS, type GroupDecisions } from './decisions.ts';
import { GroupCoordinator, type GroupSnapshot } from './group-coordinator.ts';
import { HANDLERS, type GroupHandlers } from './handlers.ts';

type VerificationAnswer = Parameters<TransactionVerification['verify']>[1];

export interface Question {
  readonly request: VerificationRequest;
  readonly answer: (errorCode: ErrorCode) => void;
}

export interface GroupBenchOptions {
  readonly config?: Partial<GroupConfig>;
  readonly decisions?: Partial<GroupDecisions>;
  readonly handlers?: Partial<GroupHandlers>;
  readonly partitionVerification?: boolean;
}

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** A request's answers so far: one, unless something is wrong. */
export type Answers<Api extends GroupApi> = ResponseOf<Api>[];

export const GROUP = 'g';

export class GroupBench {
  nowMs = 0;
  readonly log = new DurableLog<StoredBatch>(() => {
    if (this.replicatesAtOnce) this.#flushDue = true;
  });
  replicatesAtOnce = true;
  /** What the transaction coordinator says; null: it answers through `questions`. */
  verdict: ErrorCode | null = 'NONE';
  questions: Question[] = [];
  coordinator: GroupCoordinator;
  leader: PartitionLeader;
  readonly #options: GroupBenchOptions;
  #timers: Timer[] = [];
  #uuids = 0;
  #flushDue = false;

  constructor(options: GroupBenchOptions = {}) {
    this.#options = options;
    this.leader = this.#newLeader();
    this.coordinator = this.#newCoordinator();
    this.#elect();
  }

  #newLeader(): PartitionLeader {
    return new PartitionLeader({
      partition: '__consumer_offsets-0',
      leaderEpoch: 0,
      log: this.log,
      config: { partitionVerification: this.#options.partitionVerification ?? true },
      ports: {
        clock: { nowMs: () => this.nowMs },
        timers: { after: (delayMs, callback) => this.#after(delayMs, callback) },
        verification: { verify: (request, done) => this.#verify(request, done) },
      },
    });
  }

  #newCoordinator(): GroupCoordinator {
    const { config, decisions, handlers } = this.#options;
    return new GroupCoordinator({
      config: config ?? {},
      ports: {
        clock: { nowMs: () => this.nowMs },
        timers: { after: (delayMs, callback) => this.#after(delayMs, callback) },
        metadata: {
          leaderOf: () => 1,
          isAlive: () => true,
          transactionStatePartitions: 1,
          consumerOffsetsPartitions: 1,
          transactionVersion: 2,
        },
        uuid: () => {
          this.#uuids += 1;
          return String(this.#uuids);
        },
      },
      decisions: { ...DECISIONS, ...decisions },
      handlers: { ...HANDLERS, ...handlers },
    });
  }

  #elect(): void {
    this.coordinator.onElection(0, this.leader);
    if ((this.#options.config?.loadMs ?? 0) === 0) this.advance(0);
  }

  #after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  #verify(request: VerificationRequest, done: VerificationAnswer): void {
    if (this.verdict !== null) return done(this.verdict, null);
    this.questions.push({
      request,
      answer: (errorCode) => {
        done(errorCode, null);
        this.#settle();
      },
    });
  }

  #settle(): void {
    while (this.#flushDue) {
      this.#flushDue = false;
      this.log.flush();
    }
  }

  /** Replicates what was appended. */
  flush(): void {
    this.log.flush();
    this.#settle();
  }

  /** Time passes; timers fire in their order. */
  advance(ms: number): void {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const due = this.#timers.filter(({ atMs }) => atMs <= untilMs);
      const next = due.reduce<Timer | null>(
        (first, timer) => (first === null || timer.atMs < first.atMs ? timer : first),
        null,
      );
      if (next === null) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.callback();
      this.#settle();
    }
    this.nowMs = untilMs;
  }

  /** The broker dies, with everything that was not replicated, and starts again. */
  crash(): void {
    this.#timers = [];
    this.questions = [];
    this.log.loseUnflushed();
    this.leader = this.#newLeader();
    this.coordinator = this.#newCoordinator();
    this.#elect();
  }

  ask<Api extends GroupApi>(
    api: Api,
    apiVersion: number,
    body: RequestOf<Api>['body'],
  ): Answers<Api> {
    const answers: Answers<Api> = [];
    const request = { api, apiVersion, body } as never;
    this.coordinator.handle(request, (response) => answers.push(response as ResponseOf<Api>));
    this.#settle();
    return answers;
  }

  /** An open transaction of producer 7 commits offsets; the answer's error. Absent: the group id alone. */
  transactionalCommit(
    offset: number,
    {
      version = 5,
      epoch = 0,
      producerId = 7,
      generation = -1,
      memberId = '',
      groupInstanceId = null as string | null,
      group = GROUP,
      metadata = '' as string | null,
    } = {},
  ): ErrorCode | null {
    const answers = this.ask('TxnOffsetCommit', version, {
      transactionalId: `id-${producerId}`,
      groupId: group,
      producerId,
      producerEpoch: epoch,
      generationIdOrMemberEpoch: generation,
      memberId,
      groupInstanceId,
      offsets: [offsetOf(offset, metadata)],
    });
    return answers[0]?.partitions[0]!.errorCode ?? null;
  }

  /** OffsetCommit outside any transaction. */
  commit(
    offset: number,
    { version = 8, generation = -1, memberId = '', groupInstanceId = null as string | null } = {},
  ): ErrorCode | null {
    const answers = this.ask('OffsetCommit', version, {
      groupId: GROUP,
      generationIdOrMemberEpoch: generation,
      memberId,
      groupInstanceId,
      offsets: [offsetOf(offset, '')],
    });
    return answers[0]?.partitions[0]!.errorCode ?? null;
  }

  /** The committed offset, or the error. */
  fetch(requireStable = true, group = GROUP): number | ErrorCode | null {
    const [answer] = this.ask('OffsetFetch', 8, {
      groupId: group,
      partitions: ['in-0'],
      requireStable,
    });
    if (answer === undefined) return null;
    const { errorCode, committedOffset } = answer.partitions[0]!;
    return errorCode === 'NONE' ? committedOffset : errorCode;
  }

  marker(
    result: TransactionResult,
    producerEpoch: number,
    { producerId = 7, coordinatorEpoch = 0, transactionVersion = 2 as TransactionVersion } = {},
  ): ErrorCode | null {
    const answers: ErrorCode[] = [];
    this.coordinator.completeTransaction(
      '__consumer_offsets-0',
      { producerId, producerEpoch, result, coordinatorEpoch, transactionVersion },
      1_000,
      (errorCode) => answers.push(errorCode),
    );
    this.#settle();
    return answers[0] ?? null;
  }

  join(memberId: string, changes: Partial<JoinGroupRequest> = {}): JoinGroupResponse[] {
    return this.ask('JoinGroup', 7, {
      groupId: GROUP,
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 60_000,
      memberId,
      groupInstanceId: null,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: 'in' }],
      ...changes,
    });
  }

  /** A new member: asks for an id, and joins with it. */
  joinAnew(changes: Partial<JoinGroupRequest> = {}): {
    readonly memberId: string;
    readonly answers: JoinGroupResponse[];
  } {
    const { memberId } = this.join('', changes)[0]!;
    return { memberId, answers: this.join(memberId, changes) };
  }

  sync(memberId: string, generationId: number, assigned: Readonly<Record<string, string>> = {}) {
    return this.ask('SyncGroup', 4, {
      groupId: GROUP,
      generationId,
      memberId,
      groupInstanceId: null,
      assignments: Object.entries(assigned).map(([id, assignment]) => ({
        memberId: id,
        assignment,
      })),
    });
  }

  heartbeat(memberId: string, generationId: number): ErrorCode {
    return this.ask('Heartbeat', 4, {
      groupId: GROUP,
      generationId,
      memberId,
      groupInstanceId: null,
    })[0]!.errorCode;
  }

  /** A stable group of one member, at generation 1. */
  stableGroup(): string {
    const { memberId } = this.joinAnew();
    this.advance(3_000);
    this.sync(memberId, 1, { [memberId]: 'in-0' });
    return memberId;
  }

  group(id = GROUP): GroupSnapshot {
    return this.coordinator.snapshot(id)!;
  }

  /** Batches of the log: what each holds, and whose it is. */
  batches(): readonly string[] {
    return this.log.entries.map((batch) =>
      batch.kind === 'control'
        ? `${batch.marker.type} (${batch.producerId},${batch.producerEpoch})`
        : batch.producerId === NO_PRODUCER_ID
          ? 'records'
          : `records (${batch.producerId},${batch.producerEpoch})`,
    );
  }
}

function offsetOf(committedOffset: number, committedMetadata: string | null): CommittedOffset {
  return { partition: 'in-0', committedOffset, committedLeaderEpoch: -1, committedMetadata };
}
