/** Adds evidence up to a report. Same evidence in the same order, same bytes: nothing here knows the time. */

import {
  CONFORMANCE_REPORT_SCHEMA_VERSION,
  type ConformanceReport,
  type ReportedFinding,
  type Subject,
} from '../evidence/conformance-report.ts';
import type { Judgement } from '../evidence/judgement.ts';
import type { RunResult } from '../evidence/run-result.ts';
import type { FaultKind } from '../evidence/scenario.ts';
import { TOOL } from '../evidence/tool.ts';
import { reportedClaim, sum, withoutRepetitions } from './claims.ts';
import { reportedClause } from './clauses.ts';
import { reportedMachines } from './coverage.ts';
import { ConflictingEvidenceError } from './errors.ts';
import { usedEvidence } from './evidence-list.ts';
import type { Catalogue, ConformanceInputs, Located, LocatedFinding } from './inputs.ts';
import { notChecked } from './not-checked.ts';
import { judgeCommand, reproduceCommands } from './reproduce.ts';
import { replayCommand } from '../counterexample/headline.ts';
import { subjectOf } from './subject.ts';
import { verdictOf } from './verdict.ts';

export function conformanceReport(
  inputs: ConformanceInputs,
  catalogue: Catalogue,
): ConformanceReport {
  const subject = subjectOf(inputs);
  refuseUnknownClaims(inputs, catalogue);
  const claims = catalogue.claims.map((statement) => reportedClaim(statement, inputs));
  const clauses = catalogue.clauses.map((statement) =>
    reportedClause(statement, { subject, claims, inputs }),
  );
  const refinement = refinementOf(inputs);
  const coverage = [...reportedMachines(inputs)];
  const faults = faultsOf(inputs);
  const partial = inputs.runs.some(({ value }) => value.partial);
  const environment = inputs.environments.flatMap(({ value }) => value.commands);
  return {
    kind: 'conformance-report',
    schemaVersion: CONFORMANCE_REPORT_SCHEMA_VERSION,
    tool: TOOL,
    gathered:
      environment
        .map(({ started }) => started)
        .toSorted()
        .at(-1) ?? null,
    subject,
    verdict: verdictOf({ claims, clauses, anomalies: anomaliesOf(inputs), refinement, partial }),
    partial,
    scope: scopeOf(inputs, subject),
    evidence: usedEvidence(inputs),
    claims,
    clauses,
    findings: findingsOf(inputs, catalogue),
    anomalies: anomaliesOf(inputs),
    refinement,
    coverage,
    faults,
    mutation: mutationOf(inputs),
    notChecked: notChecked({ claims, clauses, coverage, faults, refinement, subject }, inputs),
    environment,
    reproduce: reproduceCommands(
      inputs,
      catalogue.claims.map(({ name }) => name),
    ),
  };
}

/** What the report would leave out without a word. */
function refuseUnknownClaims(
  { runs, judgements, findings }: ConformanceInputs,
  { claims }: Catalogue,
): void {
  const known = [...claims.map(({ name }) => name), REFINEMENT];
  const named = [
    ...[...runs, ...judgements].flatMap(({ file, value }) =>
      value.claims.map(({ name }) => ({ file, name })),
    ),
    ...findings.map(({ file, value }) => ({ file, name: value.claim })),
  ];
  const unknown = named.find(({ name }) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ConflictingEvidenceError(
    `${unknown.file}: expected claims that ${TOOL.name} ${TOOL.version} has, found ${unknown.name}. ` +
      'Make the report with the version that gathered the evidence.',
  );
}

const REFINEMENT = 'Refinement';

function refinementOf({
  runs,
  judgements,
  findings,
}: ConformanceInputs): ConformanceReport['refinement'] {
  const all = runs.map(({ value }) => value.refinement);
  const steps = sum(distinctRuns(runs), ({ refinement }) => refinement.steps);
  const isViolated =
    all.some(({ status }) => status === 'violated') ||
    findings.some(({ value }) => value.claim === REFINEMENT);
  if (isViolated) return { status: 'violated', steps, reason: null };
  if (all.some(({ status }) => status === 'holds')) return { status: 'holds', steps, reason: null };
  if (runs.length === 0 && judgements.length > 0) {
    const reason = 'a history from outside has no steps to compare';
    return { status: 'not-applicable', steps, reason };
  }
  const [first] = all;
  return first ?? { status: 'inconclusive', steps, reason: 'no run was given' };
}

function distinctRuns(runs: ConformanceInputs['runs']): readonly RunResult[] {
  return withoutRepetitions(runs.map(({ value: run }) => ({ run }))).map(({ run }) => run);
}

function faultsOf({ runs }: ConformanceInputs): ConformanceReport['faults'] {
  const rows = new Map<FaultKind, { kind: FaultKind; armed: number; fired: number }>();
  for (const { kind, armed, fired } of distinctRuns(runs).flatMap((run) => run.faults)) {
    const row = rows.get(kind) ?? { kind, armed: 0, fired: 0 };
    rows.set(kind, { kind, armed: row.armed + armed, fired: row.fired + fired });
  }
  return [...rows.values()];
}

/** Bounds that all runs share are told once. */
function scopeOf(
  { runs, judgements }: ConformanceInputs,
  subject: Subject,
): ConformanceReport['scope'] {
  if (subject.kind === 'system') return observedScope(judgements);
  const bounds = runs.map(({ value }) => value.scope);
  const told = (of: (scope: (typeof bounds)[number]) => string): string =>
    [...new Set(bounds.map(of))].join(' / ') || 'no run was given';
  return [
    {
      name: 'Transaction version',
      value: subject.transactionVersion === null ? 'not said' : String(subject.transactionVersion),
    },
    {
      name: 'Partition verification',
      value: told(({ partitionVerification }) => (partitionVerification ? 'on' : 'off')),
    },
    { name: 'Producers', value: told(({ producers }) => producers) },
    { name: 'Partitions', value: told(({ partitions }) => partitions) },
    { name: 'Steps', value: told(({ steps }) => steps) },
    { name: 'Faults', value: told(({ faults }) => faults.join(', ') || 'none') },
  ];
}

/** What was in the histories: they are all that was judged. */
function observedScope(judgements: ConformanceInputs['judgements']): ConformanceReport['scope'] {
  const scopes = judgements.map(({ value }) => value.scope);
  const told = (name: string, of: (scope: Judgement['scope']) => number) => ({
    name,
    value: String(sum(scopes, of)),
  });
  return [
    { name: 'Histories', value: String(judgements.length) },
    told('Operations', ({ operations }) => operations),
    told('Transactions', ({ transactions }) => transactions),
    told('Records read', ({ recordsRead }) => recordsRead),
    told('Requests on the wire', ({ attempts }) => attempts),
  ];
}

/** Violations before permitted anomalies, claims in their order, the shortest first. */
function findingsOf(
  { findings, judgements }: ConformanceInputs,
  { claims }: Catalogue,
): ReportedFinding[] {
  const rank = ({ claim }: ReportedFinding): number =>
    claims.findIndex(({ name }) => name === claim);
  const names = claims.map(({ name }) => name);
  const judged = judgements.flatMap((judgement) => judgedFindings(judgement, names));
  return [...findings.map(reportedFinding), ...judged].toSorted(
    (a, b) =>
      Number(a.status === 'expected') - Number(b.status === 'expected') ||
      rank(a) - rank(b) ||
      (a.steps ?? 0) - (b.steps ?? 0) ||
      (a.file < b.file ? -1 : 1),
  );
}

function reportedFinding({ file, page, value }: LocatedFinding): ReportedFinding {
  const { claim, status, violation, permitted, seed, scenario } = value;
  return {
    claim,
    status,
    message: violation.message,
    why: violation.why,
    permitted,
    seed,
    steps: scenario.steps.length,
    file,
    replay: replayCommand(file),
    page,
  };
}

function judgedFindings(
  { file, value }: Located<Judgement>,
  claimNames: readonly string[],
): ReportedFinding[] {
  return value.claims.flatMap(({ name, violation }): ReportedFinding[] =>
    violation === null
      ? []
      : [
          {
            claim: name,
            status: 'violated',
            message: violation.message,
            why: violation.why,
            permitted: null,
            seed: null,
            steps: null,
            file,
            replay: judgeCommand(value, claimNames),
            page: null,
          },
        ],
  );
}

function anomaliesOf({ judgements }: ConformanceInputs): ConformanceReport['anomalies'] {
  return judgements.flatMap(({ file, value }) =>
    value.anomalies.map(({ name, statement, verdict, status, count, reason }) => ({
      name,
      statement,
      verdict,
      status,
      count,
      reason,
      file,
    })),
  );
}

/** Of a mutant that several results have, the last one given counts. */
function mutationOf({ mutations }: ConformanceInputs): ConformanceReport['mutation'] {
  if (mutations.length === 0) return null;
  const byId = new Map(
    mutations.flatMap(({ value }) => value.mutants).map((mutant) => [mutant.id, mutant] as const),
  );
  const mutants = [...byId.values()];
  const killed = mutants.filter(({ status }) => status === 'killed').length;
  return { killed, total: mutants.length, mutants };
}
