import { describe, expect, test } from 'vitest';
import type { GroupApi } from '../group-coordinator/answers.ts';
import type { RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { CallResult } from '../producer/call-result.ts';
import { ClusterBench, LOAD_MS, RESTART_MS } from './cluster.fixture.ts';
import type { Endpoint } from './network.ts';

const OK = { status: 'ok' };

/** A member of group `g`, and what an application does with it. */
class Pipeline extends ClusterBench {
  consumer: Endpoint = this.client('consumer');

  ofGroup<Api extends GroupApi>(
    api: Api,
    apiVersion: number,
    body: RequestOf<Api>['body'],
    client = this.consumer,
  ): ResponseOf<Api> | null | undefined {
    const broker = this.cluster.groupCoordinator!.id;
    return this.ask(client, broker, { api, apiVersion, body } as RequestOf<Api>)[0];
  }

  join(memberId: string, client = this.consumer): ResponseOf<'JoinGroup'>[] {
    const broker = this.cluster.groupCoordinator!.id;
    const answers = this.ask(client, broker, {
      api: 'JoinGroup',
      apiVersion: 7,
      body: {
        groupId: 'g',
        sessionTimeoutMs: 10_000,
        rebalanceTimeoutMs: 60_000,
        memberId,
        groupInstanceId: null,
        protocolType: 'consumer',
        protocols: [{ name: 'range', metadata: 'in' }],
      },
    });
    return answers as ResponseOf<'JoinGroup'>[];
  }

  sync(memberId: string, generationId: number): ResponseOf<'SyncGroup'> | null | undefined {
    return this.ofGroup('SyncGroup', 4, {
      groupId: 'g',
      generationId,
      memberId,
      groupInstanceId: null,
      assignments: [{ memberId, assignment: 'in-0' }],
    });
  }

  /** The only member, at generation 1. */
  start(): string {
    const { memberId } = this.join('')[0]!;
    const joined = this.join(memberId);
    this.advance(3_000);
    this.sync(memberId, joined[0]!.generationId);
    return memberId;
  }

  fetchOffset(requireStable = true): number | string {
    const answer = this.ofGroup('OffsetFetch', 8, {
      groupId: 'g',
      partitions: ['in-0'],
      requireStable,
    });
    const { errorCode, committedOffset } = answer!.partitions[0]!;
    return errorCode === 'NONE' ? committedOffset : errorCode;
  }

  committedRecords(): number {
    const { leader } = this.cluster.leader('out-0')!;
    return leader!.fetch({ isolationLevel: 'read_committed', fetchOffset: 0, maxBatches: 9 })
      .batches.length;
  }
}

function sendOffsets(
  bench: ClusterBench,
  producer: ReturnType<ClusterBench['producer']>,
  offset: number,
  memberId: string,
  generationId: number,
): CallResult | undefined {
  return bench.call((done) =>
    producer.sendOffsetsToTransaction(
      [
        {
          partition: 'in-0',
          committedOffset: offset,
          committedLeaderEpoch: -1,
          committedMetadata: null,
        },
      ],
      { groupId: 'g', generationId, memberId, groupInstanceId: null },
      done,
    ),
  );
}

describe.each([1, 2] as const)('consume, transform, produce under TV%i', (transactionVersion) => {
  test('T9: output and offsets count together, once the transaction is committed', () => {
    const bench = new Pipeline(transactionVersion);
    const memberId = bench.start();
    const producer = bench.producer('A#1');
    expect(bench.call((done) => producer.initTransactions(done))).toEqual(OK);
    producer.beginTransaction();
    bench.call((done) => producer.send('out-0', { key: null, value: 'x' }, done));
    expect(sendOffsets(bench, producer, 5, memberId, 1)).toEqual(OK);
    expect(bench.fetchOffset()).toBe('UNSTABLE_OFFSET_COMMIT');
    expect(bench.fetchOffset(false)).toBe(-1);
    expect(bench.committedRecords()).toBe(0);
    expect(bench.call((done) => producer.commitTransaction(done))).toEqual(OK);
    bench.advance(100);
    expect(bench.fetchOffset()).toBe(5);
    expect(bench.committedRecords()).toBe(2);
    const { entries } = bench.cluster.groupCoordinator!.log;
    expect(entries.at(-1)).toMatchObject({
      kind: 'control',
      producerEpoch: transactionVersion === 2 ? 1 : 0,
      marker: { type: 'COMMIT' },
    });
  });

  test('T9: a member of an earlier generation is fenced, and its output goes with its offsets', () => {
    const bench = new Pipeline(transactionVersion);
    const memberId = bench.start();
    const producer = bench.producer('A#1');
    bench.call((done) => producer.initTransactions(done));
    producer.beginTransaction();
    bench.call((done) => producer.send('out-0', { key: null, value: 'x' }, done));
    const other = bench.client('other');
    const { memberId: newer } = bench.join('', other)[0]!;
    const joined = bench.join(newer, other);
    bench.advance(60_000);
    expect(joined[0]).toMatchObject({ errorCode: 'NONE', generationId: 2 });
    expect(sendOffsets(bench, producer, 5, memberId, 1)).toMatchObject({
      status: 'error',
      error: { errorCode: 'UNKNOWN_MEMBER_ID', kind: 'abortable' },
    });
    expect(bench.call((done) => producer.abortTransaction(done))).toEqual(OK);
    bench.advance(100);
    expect(bench.fetchOffset()).toBe(-1);
    expect(bench.cluster.leader('out-0')!.leader!.lastStableOffset).toBe(2);
  });

  test('a crash of the group coordinator loses neither group nor pending offsets', () => {
    const bench = new Pipeline(transactionVersion);
    const memberId = bench.start();
    const producer = bench.producer('A#1');
    bench.call((done) => producer.initTransactions(done));
    producer.beginTransaction();
    expect(sendOffsets(bench, producer, 5, memberId, 1)).toEqual(OK);
    const groups = bench.cluster.groupCoordinator!;
    expect(bench.cluster.crash(groups)).toBe(true);
    expect(bench.cluster.crash(groups)).toBe(false);
    expect(groups.coordinator).toBeNull();
    bench.advance(RESTART_MS);
    bench.consumer = bench.client('consumer, connected anew');
    expect(bench.fetchOffset()).toBe('COORDINATOR_LOAD_IN_PROGRESS');
    bench.advance(LOAD_MS);
    expect(bench.fetchOffset()).toBe('UNSTABLE_OFFSET_COMMIT');
    expect(groups.coordinator!.snapshot('g')).toMatchObject({ state: 'Stable', generation: 1 });
    expect(sendOffsets(bench, producer, 6, memberId, 1)).toEqual(OK);
    bench.call((done) => producer.commitTransaction(done));
    bench.advance(1_000);
    expect(bench.fetchOffset()).toBe(6);
  });
});

test('a consumer joins a group, is assigned a partition, and its group is durable', () => {
  const bench = new Pipeline(2);
  const { memberId } = bench.join('')[0]!;
  const joined = bench.join(memberId);
  bench.advance(3_000);
  expect(joined[0]).toMatchObject({ errorCode: 'NONE', generationId: 1, leader: memberId });
  expect(bench.sync(memberId, 1)).toEqual({ errorCode: 'NONE', assignment: 'in-0' });
  expect(bench.cluster.groupCoordinator!.log.entries).toHaveLength(2);
});

describe('the broker of the group coordinator', () => {
  test('exists where groups are asked for, and is found', () => {
    for (const groups of [true, false]) {
      const bench = new ClusterBench(2, { groups });
      const [answer] = bench.ask(bench.client('c'), 1, {
        api: 'FindCoordinator',
        apiVersion: 4,
        body: { keyType: 'GROUP', key: 'g' },
      });
      expect(answer).toEqual(
        groups
          ? { errorCode: 'NONE', nodeId: bench.cluster.groupCoordinator!.id }
          : { errorCode: 'COORDINATOR_NOT_AVAILABLE', nodeId: -1 },
      );
    }
  });

  test('refuses offsets of partitions that do not exist, and passes the others on', () => {
    const bench = new Pipeline(2);
    const commit = (...partitions: string[]) =>
      bench.ofGroup('OffsetCommit', 8, {
        groupId: 'g',
        generationIdOrMemberEpoch: -1,
        memberId: '',
        groupInstanceId: null,
        offsets: partitions.map((partition) => ({
          partition,
          committedOffset: 3,
          committedLeaderEpoch: -1,
          committedMetadata: null,
        })),
      });
    const unknown = { partition: 'no-9', errorCode: 'UNKNOWN_TOPIC_OR_PARTITION' };
    expect(commit('no-9')).toEqual({ partitions: [unknown] });
    expect(commit('no-9', 'in-0')).toEqual({
      partitions: [unknown, { partition: 'in-0', errorCode: 'NONE' }],
    });
    expect(bench.fetchOffset(false)).toBe(3);
  });

  test('shows a watcher what the coordinator is given and gives, in order', () => {
    const seen: string[] = [];
    const bench = new Pipeline(2, {
      groupObserver: () => ({
        requestDelivered: ({ api }) => seen.push(api),
        replied: ({ api }) => seen.push(`${api} answered`),
        verificationSent: ({ body }) =>
          seen.push(`asks ${body.transactions[0]!.partitions.join(' ')}`),
        verificationAnswered: () => seen.push('told'),
        appended: ({ kind }) => seen.push(`appended ${kind}`),
        replicated: (highWatermark) => seen.push(`replicated ${highWatermark}`),
        elected: (leaderEpoch) => seen.push(`elected ${leaderEpoch}`),
        loading: () => seen.push('loading'),
        timerFired: () => seen.push('timer'),
        crashed: () => seen.push('crashed'),
        stepEnded: () => seen.push('|'),
      }),
    });
    const producer = bench.producer('A#1');
    bench.call((done) => producer.initTransactions(done));
    producer.beginTransaction();
    sendOffsets(bench, producer, 5, '', -1);
    bench.call((done) => producer.commitTransaction(done));
    bench.cluster.crash(bench.cluster.groupCoordinator!);
    bench.advance(RESTART_MS + LOAD_MS);
    expect(seen.join(' ')).toBe(
      [
        'elected 0 timer loading |',
        'TxnOffsetCommit asks __consumer_offsets-0 | told appended data |',
        'replicated 1 TxnOffsetCommit answered |',
        'WriteTxnMarkers appended control | replicated 2 WriteTxnMarkers answered |',
        'crashed elected 1 timer loading |',
      ].join(' '),
    );
  });
});
