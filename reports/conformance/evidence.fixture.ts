/** Small evidence of every kind, to be changed where a test is about it. */

import type { ClauseResults, ClauseStatement } from '../evidence/clause.ts';
import type { Coverage } from '../evidence/coverage.ts';
import type { Environment } from '../evidence/environment.ts';
import type { Finding } from '../evidence/finding.ts';
import { HANGING_TRANSACTION } from '../evidence/hanging-transaction.fixture.ts';
import type { Judgement } from '../evidence/judgement.ts';
import type { MutationResult } from '../evidence/mutation.ts';
import type { ClaimResult, RunResult } from '../evidence/run-result.ts';
import { TOOL } from '../evidence/tool.ts';
import type { Catalogue, ConformanceInputs, Located } from './inputs.ts';

export function claim(changes: Partial<ClaimResult> = {}): ClaimResult {
  return {
    name: 'NoDuplicates',
    status: 'holds',
    witness: { situation: 'a batch was sent twice', reached: 300 },
    violations: 0,
    reason: null,
    ...changes,
  };
}

export function run(changes: Partial<RunResult> = {}): RunResult {
  return {
    kind: 'run',
    schemaVersion: 1,
    tool: TOOL,
    verdict: 'holds',
    reasons: [],
    partial: false,
    seed: 'one',
    scenarios: 1_000,
    scope: {
      transactionVersion: 2,
      partitionVerification: true,
      producers: '1 or 2',
      partitions: '1 or 3',
      steps: '6 to 40',
      faults: ['zombie', 'lose-request'],
      mutant: null,
    },
    claims: [claim()],
    refinement: { status: 'holds', steps: 5_000, reason: null },
    coverage: null,
    faults: [
      { kind: 'zombie', armed: 10, fired: 9 },
      { kind: 'lose-request', armed: 4, fired: 4 },
    ],
    skippedSteps: 0,
    findings: [],
    ...changes,
  };
}

export function asked(changes: Partial<ClauseResults> = {}): ClauseResults {
  return {
    kind: 'clause-results',
    schemaVersion: 1,
    tool: TOOL,
    verdict: 'holds',
    mutant: null,
    transactionVersion: 2,
    tests: [
      {
        name: 'retry-is-recognised',
        clause: 'EOS-IDEM-01',
        component: 'partition-leader',
        status: 'holds',
        steps: 4,
        difference: null,
      },
    ],
    ...changes,
  };
}

export function mutation(changes: Partial<MutationResult> = {}): MutationResult {
  return {
    kind: 'mutation',
    schemaVersion: 1,
    tool: TOOL,
    seed: '1',
    scenariosPerMutant: 100,
    killed: 1,
    total: 2,
    partial: false,
    cpuSeconds: 1,
    mutants: [
      {
        id: 'P01',
        name: 'window-of-one',
        status: 'killed',
        claims: ['NoDuplicates'],
        row: ['NoDuplicates'],
        gap: null,
        transactionVersion: 2,
        partitionVerification: true,
        scenarios: 50,
        cpuSeconds: 1,
        steps: 4,
        stepsGenerated: 20,
      },
      {
        id: 'P02',
        name: 'retry-appended-again',
        status: 'survived',
        claims: [],
        row: ['NoDuplicates'],
        gap: null,
        transactionVersion: 2,
        partitionVerification: true,
        scenarios: 100,
        cpuSeconds: 1,
        steps: null,
        stepsGenerated: null,
      },
    ],
    reference: [],
    ...changes,
  };
}

export function coverage(status: 'exercised' | 'missed', times: number): Coverage {
  const reason = status === 'missed' ? 'needs a second crash' : null;
  return {
    kind: 'coverage',
    schemaVersion: 1,
    tool: TOOL,
    seed: 'one',
    scenarios: 1_000,
    scope: run().scope,
    machines: [
      {
        machine: 'transaction-coordinator',
        cells: [
          {
            state: 'Empty',
            event: 'EndTxnRequest',
            status,
            transitions: [{ guard: null, target: null, actions: [], status, times, reason }],
          },
        ],
      },
    ],
  };
}

/** Of a history of some system. */
export function judgement(changes: Partial<Judgement> = {}): Judgement {
  return {
    kind: 'judgement',
    schemaVersion: 1,
    tool: TOOL,
    file: 'history.jsonl',
    subject: 'Some Broker 1.2',
    verdict: 'holds',
    reasons: [],
    scope: {
      events: 40,
      operations: 12,
      producers: 2,
      transactions: 3,
      sends: 5,
      recordsRead: 5,
      attempts: 9,
    },
    claims: [
      {
        name: 'NoDuplicates',
        statement: 'Nothing is there twice.',
        status: 'holds',
        witness: { situation: 'a batch was sent twice', reached: true },
        violation: null,
        reason: null,
      },
    ],
    anomalies: [
      {
        name: 'lost-write',
        statement: 'A record is missing.',
        verdict: 'forbidden',
        status: 'absent',
        count: 0,
        first: null,
        reason: null,
      },
    ],
    unchecked: [],
    ...changes,
  };
}

/** Nothing but that history. */
export function observed(changes: Partial<Judgement> = {}): ConformanceInputs {
  return {
    ...inputs(),
    runs: [],
    coverages: [],
    clauseResults: [],
    mutations: [],
    environments: [],
    judgements: [at('j.json', judgement(changes))],
  };
}

export const ENVIRONMENT: Environment = {
  kind: 'environment',
  schemaVersion: 1,
  tool: TOOL,
  commands: [
    {
      command: 'run',
      arguments: ['run', '--seed', 'one'],
      started: '2026-01-02T03:04:05.000Z',
      durationMs: 1_500,
      node: '20.19.0',
      platform: 'linux',
      release: '6.1',
      architecture: 'x64',
      cpu: 'some processor',
      cores: 2,
    },
  ],
};

/** Of the reference under transaction version 2, like the rest. */
export function finding(changes: Partial<Finding> = {}): Finding {
  const { scenario } = HANGING_TRANSACTION;
  return {
    ...HANGING_TRANSACTION,
    claim: 'NoDuplicates',
    status: 'violated',
    permitted: null,
    mutant: null,
    scenario: { ...scenario, transactionVersion: 2, partitionVerification: true },
    ...changes,
  };
}

export function clause(changes: Partial<ClauseStatement> = {}): ClauseStatement {
  return {
    id: 'EOS-IDEM-01',
    area: 'idempotent append',
    level: 'must',
    requirement: 'A retry is recognised.',
    kips: [{ id: 'KIP-98', title: 'Exactly Once', link: 'https://example.org/KIP-98' }],
    kafka: 'ProducerStateEntry.findDuplicateBatch',
    transactionVersions: [0, 1, 2],
    claims: ['NoDuplicates'],
    tests: [{ name: 'retry-is-recognised', transactionVersions: [0, 1, 2] }],
    ...changes,
  };
}

export const CATALOGUE: Catalogue = {
  claims: [
    {
      name: 'NoDuplicates',
      statement: 'Nothing is there twice.',
      source: 'KIP-98',
      witness: { situation: 'a batch was sent twice' },
    },
  ],
  clauses: [clause()],
};

export function at<Value>(file: string, value: Value): Located<Value> {
  return { file, value };
}

export function inputs(changes: Partial<ConformanceInputs> = {}): ConformanceInputs {
  return {
    runs: [at('a/run.json', run())],
    judgements: [],
    coverages: [at('a/coverage.json', coverage('exercised', 3))],
    clauseResults: [at('a/clauses.json', asked())],
    mutations: [at('a/mutation.json', mutation())],
    findings: [],
    environments: [at('a/environment.json', ENVIRONMENT)],
    missingFindings: [],
    ...changes,
  };
}

/** What an attacker, or an unlucky name, would put into every text that a report shows. */
export const HOSTILE = `</script><img src=x onerror="alert(1)">&\`|'*[x](javascript:1)\u202E\u0000`;

export function hostileInputs(): ConformanceInputs {
  const found = finding();
  return inputs({
    runs: [
      at(
        `${HOSTILE}/run.json`,
        run({
          seed: HOSTILE,
          claims: [claim({ status: 'inconclusive', reason: HOSTILE })],
          scope: { ...run().scope, producers: HOSTILE },
          partial: true,
        }),
      ),
    ],
    findings: [
      {
        ...at(
          `-${HOSTILE}`,
          finding({ violation: { ...found.violation, message: HOSTILE, why: [HOSTILE] } }),
        ),
        page: 'counterexamples/hostile.html',
      },
    ],
    environments: [
      at('e', {
        ...ENVIRONMENT,
        commands: [{ ...ENVIRONMENT.commands[0]!, cpu: HOSTILE, arguments: [HOSTILE] }],
      }),
    ],
    missingFindings: [HOSTILE],
  });
}
