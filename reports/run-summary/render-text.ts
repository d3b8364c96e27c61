/**
 * The last block of a run. Its order never changes: verdict, counts of all statuses, claims, faults, findings, how to
 * replay, scope, seed. A green run says under which bounds it is green.
 */

import { CLAIM_STATUSES, type ClaimResult, type RunResult } from '../evidence/run-result.ts';
import { PLAIN, statusColour, type Style } from '../terminal/style.ts';
import { bullet, wrap } from '../terminal/wrap.ts';

export interface SummaryOptions {
  readonly columns: number;
  readonly style?: Style;
}

export function renderRunSummary(result: RunResult, options: SummaryOptions): string {
  const style = options.style ?? PLAIN;
  const columns = Math.max(options.columns, 60);
  const lines = [
    ...verdict(result, columns, style),
    counts(result),
    '',
    ...claims(result, columns, style),
    ...refinement(result, columns),
    ...coverage(result, columns),
    ...faults(result, columns),
    ...findings(result, columns, style),
    ...paragraph('Scope', scope(result), columns),
    ...paragraph('Seed', result.seed, columns),
  ];
  return `${lines.join('\n')}\n`;
}

function verdict(result: RunResult, columns: number, style: Style): string[] {
  const word = style.bold(statusColour(result.verdict, style)(result.verdict.toUpperCase()));
  const partial = result.partial ? ' (partial: it ended before its time)' : '';
  const mutant = result.scope.mutant === null ? '' : ` with mutant ${result.scope.mutant}`;
  return [
    `${word} after ${number(result.scenarios)} scenarios${mutant}${partial}`,
    ...result.reasons.flatMap((reason) => bullet(reason, columns)),
  ];
}

/** All statuses, those of nobody too: what is not listed might have been forgotten. */
function counts(result: RunResult): string {
  const count = (status: string): number =>
    result.claims.filter((claim) => claim.status === status).length;
  return CLAIM_STATUSES.map((status) => `${count(status)} ${status}`).join(', ');
}

function claims(result: RunResult, columns: number, style: Style): string[] {
  const width = Math.max(...result.claims.map((claim) => claim.name.length), 5) + 2;
  const head = `${'claim'.padEnd(width)}${'status'.padEnd(15)}${'witnessed'.padStart(10)}  violated`;
  const rows = result.claims.flatMap((claim) => claimRow(claim, width, columns, style));
  return [style.dim(head), ...rows, ''];
}

function claimRow(claim: ClaimResult, width: number, columns: number, style: Style): string[] {
  const status = statusColour(claim.status, style)(claim.status.padEnd(15));
  const reached = number(claim.witness.reached).padStart(10);
  const violated = number(claim.violations).padStart(8);
  const row = `${claim.name.padEnd(width)}${status}${reached}  ${violated}`;
  return claim.reason === null ? [row] : [row, ...bullet(claim.reason, columns)];
}

function refinement(result: RunResult, columns: number): string[] {
  const { status, steps, reason } = result.refinement;
  const why = reason === null ? '' : ` (${reason})`;
  return paragraph('Refinement', `${status}, ${number(steps)} steps compared${why}`, columns);
}

/** What is out of reach is no shortfall of the run; `coverage.json` says why it is, and tells of transitions. */
function coverage(result: RunResult, columns: number): string[] {
  if (result.coverage === null) return [];
  const { exercised, reachable, listed } = result.coverage.cells;
  const text = `${exercised} of ${reachable} reachable cells exercised, ${listed} listed (coverage.json)`;
  return paragraph('Coverage', text, columns);
}

function faults(result: RunResult, columns: number): string[] {
  const fired = result.faults.map((fault) => `${fault.kind} ${fault.fired}/${fault.armed}`);
  const text = fired.length === 0 ? 'none' : `fired/armed: ${fired.join(', ')}`;
  const skipped = `${number(result.skippedSteps)} steps were not enabled and skipped`;
  return [...paragraph('Faults', text, columns), ...paragraph('', skipped, columns)];
}

function findings(result: RunResult, columns: number, style: Style): string[] {
  if (result.findings.length === 0) return paragraph('Findings', 'none', columns);
  return [
    ...result.findings.flatMap((file, index) =>
      paragraph(index === 0 ? 'Findings' : '', file, columns),
    ),
    `${'Replay'.padEnd(LABEL)}${style.bold(`npx onceproof replay ${result.findings[0]}`)}`,
    `${'Look'.padEnd(LABEL)}${style.bold(`npx onceproof inspect ${result.findings[0]}`)}`,
  ];
}

function scope(result: RunResult): string {
  const { scope } = result;
  return [
    `transaction version ${scope.transactionVersion}`,
    `partition verification ${scope.partitionVerification ? 'on' : 'off'}`,
    `producers ${scope.producers}`,
    `partitions ${scope.partitions}`,
    `steps ${scope.steps}`,
    `faults ${scope.faults.length === 0 ? 'none' : scope.faults.join(', ')}`,
  ].join('; ');
}

const LABEL = 12;

function paragraph(label: string, text: string, columns: number): string[] {
  return wrap(text, columns - LABEL).map(
    (line, index) => `${(index === 0 ? label : '').padEnd(LABEL)}${line}`,
  );
}

function number(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}
