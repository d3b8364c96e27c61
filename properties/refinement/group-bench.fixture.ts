/**
 * A workload of the group coordinator beside its specification: members that come and go, commits of every kind and
 * identity, fetches, transactions that end, crashes, time that passes.
 */

import type { GroupApi } from '../../impl/group-coordinator/answers.ts';
import type { Producer } from '../../impl/producer/producer.ts';
import { ClusterBench, NO_FAULTS } from '../../impl/simulation/cluster.fixture.ts';
import type { Overrides } from '../../impl/simulation/overrides.ts';
import type { Endpoint } from '../../impl/simulation/network.ts';
import type { TransactionalId } from '../../protocol/ids.ts';
import type { Request, RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { GroupBenchStep } from './group-bench-steps.fixture.ts';
import { GroupLockStep } from './group-lock-step.ts';

const GROUPS = ['g', 'h'] as const;
/** `group.initial.rebalance.delay.ms`. */
const INITIAL_REBALANCE_DELAY_MS = 3_000;
/** Each commits offsets of the group of its number: the model's groups do not share verification entries. */
const TRANSACTIONAL_IDS = ['id', 'other'] as const;
const INPUTS = ['in-0', 'out-0'] as const;

/** A member of a group, as its client knows it. */
interface Client {
  readonly endpoint: Endpoint;
  readonly groupInstanceId: string | null;
  memberId: string;
  generationId: number;
}

/** Runs the steps; the walk beside them is the result. */
export function walkGroups(
  steps: readonly GroupBenchStep[],
  transactionVersion: TransactionVersion,
  overrides: Overrides = {},
  partitionVerification = true,
): GroupLockStep {
  return new GroupWorkload(transactionVersion, overrides, partitionVerification).run(steps);
}

class GroupWorkload {
  readonly #bench: ClusterBench;
  readonly #lockStep: GroupLockStep;
  readonly #clients: readonly Client[];
  readonly #producers: Producer[];
  readonly #raw: Endpoint;
  #instances = 0;
  #losesAnswer = false;
  #lastCommit: RequestOf<'TxnOffsetCommit'> | null = null;

  constructor(
    transactionVersion: TransactionVersion,
    overrides: Overrides,
    partitionVerification: boolean,
  ) {
    let lockStep: GroupLockStep | null = null;
    const bench = new ClusterBench(transactionVersion, {
      overrides,
      partitionVerification,
      faults: { ...NO_FAULTS, onResponse: ({ request }) => this.#fateOfAnswerTo(request) },
      groupObserver: (cluster) => {
        lockStep = new GroupLockStep({ partitionVerification, cluster });
        return lockStep;
      },
    });
    this.#lockStep = lockStep!;
    this.#bench = bench;
    this.#raw = bench.client('raw');
    this.#clients = [null, null, 'i', 'i'].map((groupInstanceId, index) => ({
      endpoint: this.#bench.client(`client ${index}`),
      groupInstanceId,
      memberId: '',
      generationId: -1,
    }));
    this.#producers = TRANSACTIONAL_IDS.map((_, producer) => this.#instance(producer));
    bench.settle();
  }

  run(steps: readonly GroupBenchStep[]): GroupLockStep {
    for (const step of steps) {
      this.#take(step);
      if (this.#lockStep.disagreement !== null) break;
    }
    this.#bench.settle();
    return this.#lockStep;
  }

  #take(step: GroupBenchStep): void {
    const ignore = (): void => undefined;
    switch (step.do) {
      case 'join':
        return this.#join(this.#clients[step.client]!, GROUPS[step.group]!);
      case 'sync':
        return this.#sync(this.#clients[step.client]!, GROUPS[step.group]!);
      case 'leave':
      case 'heartbeat':
        return this.#leaveOrBeat(step.do, this.#clients[step.client]!, GROUPS[step.group]!);
      case 'commit':
      case 'commit-in-transaction':
        return this.#commit(step);
      case 'fetch': {
        const body = {
          groupId: GROUPS[step.group]!,
          partitions: INPUTS,
          requireStable: step.requireStable,
        };
        return this.#ask(this.#raw, { api: 'OffsetFetch', apiVersion: 8, body }, ignore);
      }
      case 'init':
        this.#producers[step.producer] = this.#instance(step.producer);
        return;
      case 'begin':
        return void this.#producers[step.producer]!.beginTransaction();
      case 'commit-transaction':
        return this.#producers[step.producer]!.commitTransaction(ignore);
      case 'abort-transaction':
        return this.#producers[step.producer]!.abortTransaction(ignore);
      case 'send-offsets': {
        const { memberId, generationId, groupInstanceId } = this.#clients[step.client]!;
        const offsets = [offsetOf('in-0', step.offset)];
        const groupId = GROUPS[step.producer]!;
        const metadata = { groupId, generationId, memberId, groupInstanceId };
        const sender = this.#producers[step.producer]!;
        return sender.sendOffsetsToTransaction(offsets, metadata, ignore);
      }
      case 'crash-group':
        return void this.#bench.cluster.crash(this.#bench.cluster.groupCoordinator!);
      case 'crash-coordinator':
        return void this.#bench.cluster.crash(this.#bench.cluster.coordinator);
      case 'commit-again':
        if (this.#lastCommit !== null) this.#deliver(this.#lastCommit);
        return;
      case 'lose-answer':
        this.#losesAnswer = true;
        return;
      case 'form':
        return this.#form(this.#clients[step.client]!, GROUPS[step.group]!);
      case 'run':
        for (let event = 0; event < step.events; event += 1) this.#bench.scheduler.runOne();
        return;
      case 'settle':
        return this.#bench.settle();
      case 'advance':
        return this.#bench.advance(step.ms);
    }
  }

  #instance(number: number): Producer {
    const transactionalId = TRANSACTIONAL_IDS[number]!;
    this.#instances += 1;
    const producer = this.#bench.producer(`${transactionalId}#${this.#instances}`, transactionalId);
    producer.initTransactions(() => undefined);
    return producer;
  }

  #ask<Api extends GroupApi>(
    endpoint: Endpoint,
    request: RequestOf<Api>,
    done: (response: ResponseOf<Api>) => void,
  ): void {
    const broker = this.#bench.cluster.groupCoordinator!.id;
    endpoint.call(broker, request, 400_000, (response) => {
      if (response !== null) done(response);
    });
  }

  #join(joining: Client, groupId: string): void {
    const { endpoint, groupInstanceId, memberId } = joining;
    const protocols = [{ name: 'range', metadata: groupId }];
    const timeouts = { sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 60_000 };
    const body = {
      groupId,
      ...timeouts,
      memberId,
      groupInstanceId,
      protocolType: 'consumer',
      protocols,
    };
    this.#ask(endpoint, { api: 'JoinGroup', apiVersion: 7, body }, (response) => {
      if (response.memberId !== '') joining.memberId = response.memberId;
      if (response.errorCode === 'NONE') joining.generationId = response.generationId;
      if (response.errorCode === 'UNKNOWN_MEMBER_ID') joining.memberId = '';
    });
  }

  #form(forming: Client, groupId: string): void {
    this.#join(forming, groupId);
    this.#bench.settle();
    this.#join(forming, groupId);
    this.#bench.advance(INITIAL_REBALANCE_DELAY_MS);
    this.#sync(forming, groupId);
    this.#bench.settle();
  }

  #sync({ endpoint, groupInstanceId, memberId, generationId }: Client, groupId: string): void {
    const assignments = [{ memberId, assignment: 'in-0' }];
    const body = { groupId, generationId, memberId, groupInstanceId, assignments };
    this.#ask(endpoint, { api: 'SyncGroup', apiVersion: 4, body }, () => undefined);
  }

  #leaveOrBeat(
    call: 'leave' | 'heartbeat',
    { endpoint, groupInstanceId, memberId, generationId }: Client,
    groupId: string,
  ): void {
    if (call === 'heartbeat') {
      const body = { groupId, generationId, memberId, groupInstanceId };
      return this.#ask(endpoint, { api: 'Heartbeat', apiVersion: 3, body }, () => undefined);
    }
    const body = { groupId, members: [{ memberId, groupInstanceId }] };
    this.#ask(endpoint, { api: 'LeaveGroup', apiVersion: 4, body }, () => undefined);
  }

  #commit(
    step: Extract<GroupBenchStep, { readonly do: 'commit' | 'commit-in-transaction' }>,
  ): void {
    const { memberId, generationId, groupInstanceId } = this.#clients[step.client]!;
    const claim = {
      generationIdOrMemberEpoch: step.generation < 0 ? -1 : generationId + step.generation,
      memberId: step.names === 'member' ? memberId : step.names === 'nobody' ? '' : 'stranger',
      groupInstanceId: step.names === 'nobody' ? null : groupInstanceId,
    };
    const offsets = [offsetOf(INPUTS[step.partition]!, step.offset)];
    const { version: apiVersion } = step;
    if (step.do === 'commit') {
      const body = { groupId: GROUPS[step.group]!, ...claim, offsets };
      return this.#ask(this.#raw, { api: 'OffsetCommit', apiVersion, body }, () => undefined);
    }
    const number = step.producer ?? 0;
    const transactionalId = TRANSACTIONAL_IDS[number]!;
    const identity = this.#identity(transactionalId, step.epoch);
    const body = { groupId: GROUPS[number]!, ...claim, offsets, transactionalId, ...identity };
    const request = { api: 'TxnOffsetCommit', apiVersion, body } as const;
    this.#lastCommit = request;
    for (let time = 0; time < step.times; time += 1) this.#deliver(request);
  }

  /** On one connection commits would be served one after the other. */
  #deliver(request: RequestOf<'TxnOffsetCommit'>): void {
    this.#ask(this.#bench.client('raw'), request, () => undefined);
  }

  #fateOfAnswerTo({ api }: Request): 'deliver' | 'lose' {
    if (!this.#losesAnswer || api !== 'AddPartitionsToTxn') return 'deliver';
    this.#losesAnswer = false;
    return 'lose';
  }

  /** As the transaction coordinator knows it, or one epoch off. */
  #identity(
    transactionalId: TransactionalId,
    difference: number,
  ): { readonly producerId: number; readonly producerEpoch: number } {
    const snapshot = this.#bench.cluster.coordinator.coordinator?.snapshot(transactionalId);
    const { producerId = 0, producerEpoch = 0 } = snapshot ?? {};
    return { producerId, producerEpoch: Math.max(0, producerEpoch + difference) };
  }
}

function offsetOf(partition: string, committedOffset: number) {
  return { partition, committedOffset, committedLeaderEpoch: -1, committedMetadata: null };
}
