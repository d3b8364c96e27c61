/**
 * A workload of the group coordinator beside its specification: members that come and go, commits of every kind and
 * identity, fetches, transactions that end, crashes, time that passes. Steps are small records, so that fast-check can
 * draw and shrink them.
 */

import * as fc from 'fast-check';
import type { GroupApi } from '../../impl/group-coordinator/answers.ts';
import type { Producer } from '../../impl/producer/producer.ts';
import { ClusterBench } from '../../impl/simulation/cluster.fixture.ts';
import type { Overrides } from '../../impl/simulation/overrides.ts';
import type { Endpoint } from '../../impl/simulation/network.ts';
import type { TransactionalId } from '../../protocol/ids.ts';
import type { RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { GroupLockStep } from './group-lock-step.ts';

const GROUPS = ['g', 'h'] as const;
/** `group.initial.rebalance.delay.ms`. */
const INITIAL_REBALANCE_DELAY_MS = 3_000;
const TRANSACTIONAL_IDS = ['id', 'other'] as const;
const INPUTS = ['in-0', 'out-0'] as const;

/** A member of a group, as its client knows it. */
interface Client {
  readonly endpoint: Endpoint;
  readonly groupInstanceId: string | null;
  memberId: string;
  generationId: number;
}

export type GroupBenchStep =
  | {
      readonly do: 'join' | 'sync' | 'leave' | 'heartbeat';
      readonly client: number;
      readonly group: number;
    }
  | {
      readonly do: 'commit' | 'commit-in-transaction';
      readonly client: number;
      readonly group: number;
      /** In whose transaction; the first one's unless said. */
      readonly producer?: number;
      /** Whose generation: 0 its own, -1 none, 1 one too high. */
      readonly generation: number;
      readonly names: 'member' | 'nobody' | 'stranger';
      readonly version: number;
      readonly offset: number;
      readonly partition: number;
      readonly epoch: number;
      /** 2: the network delivers it twice. */
      readonly times: number;
    }
  | {
      readonly do: 'fetch';
      readonly group: number;
      readonly requireStable: boolean;
    }
  | {
      readonly do: 'begin' | 'commit-transaction' | 'abort-transaction' | 'init';
      readonly producer: number;
    }
  | {
      readonly do: 'send-offsets';
      readonly producer: number;
      readonly client: number;
      readonly offset: number;
    }
  /** The client joins, is given its assignment, and settles. */
  | { readonly do: 'form'; readonly client: number; readonly group: number }
  /** So many events of the scheduler, so that others come between them. */
  | { readonly do: 'run'; readonly events: number }
  | { readonly do: 'crash-group' | 'crash-coordinator' }
  | { readonly do: 'settle' }
  | { readonly do: 'advance'; readonly ms: number };

const client = fc.nat({ max: 3 });
const producer = fc.constantFrom(0, 0, 1);
const group = fc.constantFrom(0, 0, 0, 1);
const offset = fc.nat({ max: 5 });

const member = fc.record({
  do: fc.constantFrom(
    'join' as const,
    'join' as const,
    'sync' as const,
    'leave' as const,
    'heartbeat' as const,
  ),
  client,
  group,
});
const commit = fc.record({
  do: fc.constantFrom('commit' as const, 'commit-in-transaction' as const),
  client,
  group,
  producer,
  generation: fc.constantFrom(0, 0, 0, -1, 1),
  names: fc.constantFrom(
    'member' as const,
    'member' as const,
    'nobody' as const,
    'stranger' as const,
  ),
  version: fc.constantFrom(1, 3, 4, 5, 6, 9),
  offset,
  partition: fc.nat({ max: 1 }),
  epoch: fc.constantFrom(0, 0, -1, 1),
  times: fc.constantFrom(1, 1, 1, 2),
});

export const groupBenchSteps: fc.Arbitrary<readonly GroupBenchStep[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: member as fc.Arbitrary<GroupBenchStep> },
    { weight: 6, arbitrary: commit as fc.Arbitrary<GroupBenchStep> },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('fetch' as const),
        group,
        requireStable: fc.boolean(),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constantFrom(
          'begin' as const,
          'commit-transaction' as const,
          'abort-transaction' as const,
          'init' as const,
        ),
        producer,
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('send-offsets' as const), producer, client, offset }),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('crash-group' as const, 'crash-group' as const, 'crash-coordinator' as const)
        .map((crash) => ({ do: crash })),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('form' as const), client, group }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('run' as const),
        events: fc.integer({ min: 1, max: 6 }),
      }),
    },
    { weight: 4, arbitrary: fc.constant({ do: 'settle' as const }) },
    {
      weight: 4,
      arbitrary: fc
        .constantFrom(20, 100, 100, 3_000, 3_000, 3_000, 12_000, 70_000)
        .map((ms) => ({ do: 'advance' as const, ms })),
    },
  ),
  { minLength: 10, maxLength: 60, size: 'max' },
);

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
  readonly #producers: readonly Producer[];
  readonly #raw: Endpoint;

  constructor(
    transactionVersion: TransactionVersion,
    overrides: Overrides,
    partitionVerification: boolean,
  ) {
    let lockStep: GroupLockStep | null = null;
    const bench = new ClusterBench(transactionVersion, {
      overrides,
      partitionVerification,
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
    this.#producers = TRANSACTIONAL_IDS.map((id) => bench.producer(`${id}#1`, id));
    for (const producer of this.#producers) producer.initTransactions(() => undefined);
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
        return this.#producers[step.producer]!.initTransactions(ignore);
      case 'begin':
        return void this.#producers[step.producer]!.beginTransaction();
      case 'commit-transaction':
        return this.#producers[step.producer]!.commitTransaction(ignore);
      case 'abort-transaction':
        return this.#producers[step.producer]!.abortTransaction(ignore);
      case 'send-offsets': {
        const { memberId, generationId, groupInstanceId } = this.#clients[step.client]!;
        const offsets = [offsetOf('in-0', step.offset)];
        const groupId = GROUPS[0];
        const metadata = { groupId, generationId, memberId, groupInstanceId };
        const sender = this.#producers[step.producer]!;
        return sender.sendOffsetsToTransaction(offsets, metadata, ignore);
      }
      case 'crash-group':
        return void this.#bench.cluster.crash(this.#bench.cluster.groupCoordinator!);
      case 'crash-coordinator':
        return void this.#bench.cluster.crash(this.#bench.cluster.coordinator);
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
    const groupId = GROUPS[step.group]!;
    const offsets = [offsetOf(INPUTS[step.partition]!, step.offset)];
    const body = { groupId, ...claim, offsets };
    const { version: apiVersion } = step;
    if (step.do === 'commit') {
      return this.#ask(this.#raw, { api: 'OffsetCommit', apiVersion, body }, () => undefined);
    }
    const transactionalId = TRANSACTIONAL_IDS[step.producer ?? 0]!;
    const identity = this.#identity(transactionalId, step.epoch);
    const transactional = { ...body, transactionalId, ...identity };
    const request = { api: 'TxnOffsetCommit', apiVersion, body: transactional } as const;
    for (let time = 0; time < step.times; time += 1) {
      // On one connection they would be served one after the other.
      this.#ask(this.#bench.client('raw'), request, () => undefined);
    }
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
