/** What went into a report: each file with what it adds. */

import type { UsedEvidence } from '../evidence/conformance-report.ts';
import type { ConformanceInputs, Located } from './inputs.ts';
import { count, number } from './wording.ts';

export function usedEvidence(inputs: ConformanceInputs): UsedEvidence[] {
  return [
    ...inputs.runs.map((run) => ({
      ...fileOf('run', run),
      summary: `${count(run.value.scenarios, 'scenario')}, seed ${run.value.seed}, ${count(run.value.claims.length, 'claim')}: ${run.value.verdict}`,
      partial: run.value.partial,
    })),
    ...inputs.clauseResults.map((results) => ({
      ...fileOf('clause results', results),
      summary: `${count(results.value.tests.length, 'directed test')}: ${results.value.verdict}`,
      partial: false,
    })),
    ...inputs.judgements.map((judgement) => ({
      ...fileOf('judgement', judgement),
      summary: `${judgement.value.file}, ${count(judgement.value.scope.operations, 'operation')}: ${judgement.value.verdict}`,
      partial: false,
    })),
    ...inputs.coverages.map((coverage) => ({
      ...fileOf('coverage', coverage),
      summary: coverage.value.machines.map(({ machine }) => machine).join(', '),
      partial: false,
    })),
    ...inputs.mutations.map((mutation) => ({
      ...fileOf('mutation', mutation),
      summary: `${number(mutation.value.killed)} of ${count(mutation.value.total, 'mutant')} killed`,
      partial: mutation.value.partial,
    })),
    ...inputs.findings.map((finding) => ({
      ...fileOf('finding', finding),
      summary: `${finding.value.claim} ${finding.value.status}`,
      partial: false,
    })),
    ...inputs.environments.map((environment) => ({
      ...fileOf('environment', environment),
      summary: environment.value.commands.map(({ command }) => command).join(', '),
      partial: false,
    })),
  ];
}

function fileOf(
  kind: string,
  { file, value }: Located<{ readonly tool: { readonly version: string } }>,
): Pick<UsedEvidence, 'kind' | 'file' | 'toolVersion'> {
  return { kind, file, toolVersion: value.tool.version };
}
