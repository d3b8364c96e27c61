/** Sums up a run's chunks. The one place where statuses and the verdict are decided. */

import {
  RUN_RESULT_SCHEMA_VERSION,
  type ClaimResult,
  type RunResult,
} from '../../reports/evidence/run-result.ts';
import { COVERAGE_SCHEMA_VERSION, type Coverage } from '../../reports/evidence/coverage.ts';
import { TOOL } from '../../reports/evidence/tool.ts';
import type { ClaimName } from '../claim-names.ts';
import { CLAIMS } from '../claims/all-claims.ts';
import type { Claim } from '../claims/claim.ts';
import { REASONS } from '../coverage-matrix/all-reasons.ts';
import { coverageCounts, machineCoverage } from '../coverage-matrix/matrix.ts';
import { countedCharts, summed } from '../coverage-matrix/coverage-record.ts';
import { FaultTally } from '../scenarios/fault-tally.ts';
import type { ChunkResult } from './chunk.ts';
import { REFINEMENT } from './judge.ts';
import type { RunSettings } from './settings.ts';

export function runResultOf(
  settings: RunSettings,
  seed: string,
  chunks: readonly ChunkResult[],
  coverage: Coverage | null,
  interrupted: boolean,
): RunResult {
  const claims = CLAIMS.filter(({ name }) => settings.claims.includes(name)).map((claim) =>
    claimResultOf(claim, chunks),
  );
  const refinement = refinementOf(settings, chunks);
  const faults = faultsOf(settings, chunks);
  const violated = [...claims, { name: REFINEMENT, ...refinement }].flatMap(({ name, status }) =>
    status === 'violated' ? [`${name} is violated.`] : [],
  );
  // What a run that ended at a violation did not come to is not news.
  const missed = [
    ...claims.flatMap(({ name, reason }) => (reason === null ? [] : [`${name}: ${reason}`])),
    ...(refinement.status === 'inconclusive' ? [`${REFINEMENT}: ${refinement.reason}`] : []),
    ...unfiredReasons(faults),
  ];
  const reasons = [
    ...(violated.length > 0 ? violated : missed),
    ...(interrupted ? ['The run was interrupted: only what is counted here was run.'] : []),
  ];
  return {
    kind: 'run',
    schemaVersion: RUN_RESULT_SCHEMA_VERSION,
    tool: TOOL,
    verdict: verdictOf(violated, reasons),
    reasons,
    partial: interrupted,
    seed,
    scenarios: sum(chunks, ({ scenarios }) => scenarios),
    scope: scopeOf(settings),
    claims,
    refinement,
    coverage: coverage === null ? null : coverageCounts(coverage.machines),
    faults,
    skippedSteps: sum(chunks, ({ skippedSteps }) => skippedSteps),
    findings: [],
  };
}

function scopeOf(settings: RunSettings): RunResult['scope'] {
  return {
    transactionVersion: settings.transactionVersion,
    partitionVerification: settings.partitionVerification,
    producers:
      '1 to 3, each with any number of instances; in one scenario of four some consume for a group',
    partitions: '1 to 4',
    steps: `${settings.minSteps} to ${settings.maxSteps} client steps and faults`,
    faults: [...settings.faults],
    mutant: settings.mutant,
  };
}

/** What the refinement saw of the specification's machines; null without refinement. */
export function coverageOf(
  settings: RunSettings,
  seed: string,
  chunks: readonly ChunkResult[],
): Coverage | null {
  if (!settings.refinement) return null;
  const scope = scopeOf(settings);
  const charts = countedCharts(settings);
  const counts = summed(chunks.map((chunk) => chunk.coverage));
  return {
    kind: 'coverage',
    schemaVersion: COVERAGE_SCHEMA_VERSION,
    tool: TOOL,
    seed,
    scenarios: sum(chunks, ({ scenarios }) => scenarios),
    scope,
    machines: counts.map((machine) =>
      machineCoverage(
        machine,
        charts.get(machine.machine)!,
        REASONS.get(machine.machine) ?? [],
        scope,
      ),
    ),
  };
}

function verdictOf(violated: readonly string[], reasons: readonly string[]): RunResult['verdict'] {
  if (violated.length > 0) return 'violated';
  return reasons.length > 0 ? 'inconclusive' : 'holds';
}

function claimResultOf(claim: Claim, chunks: readonly ChunkResult[]): ClaimResult {
  const { name, witness } = claim;
  const failures = chunks.flatMap((chunk) =>
    chunk.failures.filter(({ subject }) => subject === name),
  );
  const reached = countOf(chunks, name, (chunk) => chunk.witnessed);
  const result = {
    name,
    witness: { situation: witness.situation, reached },
    violations: countOf(chunks, name, (chunk) => chunk.violations),
    reason: null,
  };
  if (failures.some(({ permitted }) => permitted === null))
    return { ...result, status: 'violated' };
  if (reached === 0) {
    return {
      ...result,
      status: 'inconclusive',
      reason: `the situation that makes it bite was never reached (${witness.situation}); ${witness.advice}`,
    };
  }
  return { ...result, status: failures.length > 0 ? 'expected' : 'holds' };
}

function refinementOf(
  settings: RunSettings,
  chunks: readonly ChunkResult[],
): RunResult['refinement'] {
  const steps = sum(chunks, ({ refinementSteps }) => refinementSteps);
  if (!settings.refinement) {
    const reason = 'a mutant is judged by the claims alone';
    return { status: 'not-applicable', steps, reason };
  }
  const violated = chunks.some(({ failures }) =>
    failures.some(({ subject }) => subject === REFINEMENT),
  );
  if (violated) return { status: 'violated', steps, reason: null };
  return steps === 0
    ? { status: 'inconclusive', steps, reason: 'no step was compared' }
    : { status: 'holds', steps, reason: null };
}

function faultsOf(settings: RunSettings, chunks: readonly ChunkResult[]): RunResult['faults'] {
  const tally = new FaultTally();
  for (const { faults } of chunks) for (const row of faults) tally.addRow(row);
  return settings.faults.map(
    (kind) => tally.rows.find((row) => row.kind === kind) ?? { kind, armed: 0, fired: 0 },
  );
}

/** A kind of fault that never fired has tested nothing. */
function unfiredReasons(faults: RunResult['faults']): readonly string[] {
  return faults
    .filter(({ fired }) => fired === 0)
    .map(
      ({ kind }) =>
        `The fault ${kind} never fired; raise --scenarios, or leave it out of --faults.`,
    );
}

function countOf(
  chunks: readonly ChunkResult[],
  name: ClaimName,
  counts: (chunk: ChunkResult) => ChunkResult['violations'],
): number {
  return sum(chunks, (chunk) => counts(chunk).find(([claim]) => claim === name)?.[1] ?? 0);
}

function sum(chunks: readonly ChunkResult[], count: (chunk: ChunkResult) => number): number {
  return chunks.reduce((total, chunk) => total + count(chunk), 0);
}
