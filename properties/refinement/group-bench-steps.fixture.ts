/** The steps of a group coordinator's workload, small records that fast-check can draw and shrink. */

import * as fc from 'fast-check';

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
  /** `init`: another instance of the transactional id takes over. */
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
  /** The last transactional commit, as its client would retry it. */
  | { readonly do: 'commit-again' }
  /** The transaction coordinator's next answer to AddPartitionsToTxn. */
  | { readonly do: 'lose-answer' }
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
      arbitrary: fc
        .constantFrom('commit-again' as const, 'lose-answer' as const)
        .map((step) => ({ do: step })),
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
