/** The final block, whole. */

import { expect, test } from 'vitest';
import type { RunResult } from '../evidence/run-result.ts';
import { TOOL } from '../evidence/tool.ts';
import { renderRunSummary } from './render-text.ts';

const HELD: RunResult = {
  kind: 'run',
  schemaVersion: 1,
  tool: { name: TOOL.name, version: TOOL.version },
  verdict: 'holds',
  reasons: [],
  partial: false,
  seed: '5eed',
  scenarios: 20_000,
  scope: {
    transactionVersion: 2,
    partitionVerification: true,
    producers: '1 to 2',
    partitions: '1 to 3',
    steps: 'up to 40',
    faults: ['crash-producer', 'lose-request', 'delay-request', 'crash-leader'],
    mutant: null,
  },
  claims: [
    {
      name: 'NoDuplicates',
      status: 'holds',
      witness: { situation: 'a batch was sent again', reached: 1_234 },
      violations: 0,
      reason: null,
    },
  ],
  refinement: { status: 'holds', steps: 1_250_000, reason: null },
  coverage: {
    cells: { exercised: 71, reachable: 72, listed: 20 },
    transitions: { exercised: 180, reachable: 184, listed: 90 },
  },
  faults: [
    { kind: 'crash-producer', armed: 4_000, fired: 3_990 },
    { kind: 'lose-request', armed: 900, fired: 450 },
  ],
  skippedSteps: 12,
  findings: [],
};

const VIOLATED: RunResult = {
  ...HELD,
  verdict: 'violated',
  partial: true,
  reasons: ['NoDuplicates is violated in 3 scenarios.'],
  scope: { ...HELD.scope, mutant: 'P03' },
  claims: [
    { ...HELD.claims[0]!, status: 'violated', violations: 3 },
    {
      name: 'ZombieFencing',
      status: 'inconclusive',
      witness: { situation: 'an older instance lived on', reached: 0 },
      violations: 0,
      reason: 'Its witness was never reached: raise --scenarios, or allow the fault zombie.',
    },
  ],
  findings: ['.onceproof/NoDuplicates-5eed-1.json', '.onceproof/NoDuplicates-5eed-2.json'],
};

test('a run in which everything holds says under which bounds', () => {
  expect(renderRunSummary(HELD, { columns: 80 })).toMatchInlineSnapshot(`
    "HOLDS after 20,000 scenarios
    1 holds, 0 violated, 0 inconclusive, 0 expected, 0 unavailable, 0 not-applicable

    claim         status          witnessed  violated
    NoDuplicates  holds               1,234         0

    Refinement  holds, 1,250,000 steps compared
    Coverage    71 of 72 reachable cells exercised, 20 listed (coverage.json)
    Faults      fired/armed: crash-producer 3990/4000, lose-request 450/900
                12 steps were not enabled and skipped
    Findings    none
    Scope       transaction version 2; partition verification on; producers 1 to 2;
                partitions 1 to 3; steps up to 40; faults crash-producer,
                lose-request, delay-request, crash-leader
    Seed        5eed
    "
  `);
});

test('a run that ended early with findings says how to replay them', () => {
  expect(renderRunSummary(VIOLATED, { columns: 80 })).toMatchInlineSnapshot(`
    "VIOLATED after 20,000 scenarios with mutant P03 (partial: it ended before its time)
      - NoDuplicates is violated in 3 scenarios.
    0 holds, 1 violated, 1 inconclusive, 0 expected, 0 unavailable, 0 not-applicable

    claim          status          witnessed  violated
    NoDuplicates   violated            1,234         3
    ZombieFencing  inconclusive            0         0
      - Its witness was never reached: raise --scenarios, or allow the fault zombie.

    Refinement  holds, 1,250,000 steps compared
    Coverage    71 of 72 reachable cells exercised, 20 listed (coverage.json)
    Faults      fired/armed: crash-producer 3990/4000, lose-request 450/900
                12 steps were not enabled and skipped
    Findings    .onceproof/NoDuplicates-5eed-1.json
                .onceproof/NoDuplicates-5eed-2.json
    Replay      npx onceproof replay .onceproof/NoDuplicates-5eed-1.json
    Look        npx onceproof inspect .onceproof/NoDuplicates-5eed-1.json
    Scope       transaction version 2; partition verification on; producers 1 to 2;
                partitions 1 to 3; steps up to 40; faults crash-producer,
                lose-request, delay-request, crash-leader
    Seed        5eed
    "
  `);
});
