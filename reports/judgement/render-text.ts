/**
 * A judgement in the terminal: verdict, claims, anomalies, then each violation as an argument with its two events. Names
 * and values are somebody else's, so everything is made printable first.
 */

import type {
  CitedEvent,
  CitedViolation,
  JudgedAnomaly,
  JudgedClaim,
  Judgement,
} from '../evidence/judgement.ts';
import { printable } from '../terminal/printable.ts';
import { PLAIN, type Style } from '../terminal/style.ts';
import { bullet, wrap } from '../terminal/wrap.ts';

export interface JudgementOptions {
  readonly columns: number;
  readonly style?: Style;
}

const LABEL = 12;
/** A claim that is violated needs no witness. */
const WITNESS_MISSED: Readonly<Record<JudgedClaim['status'], string>> = {
  holds: 'not in it',
  violated: '-',
  inconclusive: 'not in it',
  'not-applicable': '-',
};
/** Records of a poll and the like: what does not fit is in the file. */
const EVENT_MAX_LENGTH = 600;

export function renderJudgement(judgement: Judgement, options: JudgementOptions): string {
  const style = options.style ?? PLAIN;
  const columns = Math.max(options.columns, 60);
  const lines = [
    ...verdict(judgement, columns, style),
    counts(judgement),
    '',
    ...claims(judgement.claims, columns, style),
    ...anomalies(judgement.anomalies, columns, style),
    ...notLookedFor(judgement.anomalies, columns),
    ...unchecked(judgement, columns),
    ...violations(judgement, columns, style),
    ...paragraph('History', judgement.file, columns),
    ...paragraph('Scope', scope(judgement), columns),
  ];
  return `${lines.join('\n')}\n`;
}

function verdict(judgement: Judgement, columns: number, style: Style): string[] {
  const word = style.bold(colourOf(judgement.verdict, style)(judgement.verdict.toUpperCase()));
  return [
    `${word} by a history of ${number(judgement.scope.operations)} operations on ${printable(judgement.subject)}`,
    ...judgement.reasons.flatMap((reason) => bullet(printable(reason), columns)),
  ];
}

function colourOf(status: string, style: Style): (text: string) => string {
  switch (status) {
    case 'holds':
    case 'absent':
      return style.green;
    case 'violated':
    case 'found':
      return style.red;
    case 'not-applicable':
      return style.dim;
    default:
      return style.yellow;
  }
}

function counts({ claims: judged }: Judgement): string {
  return (['holds', 'violated', 'inconclusive', 'not-applicable'] as const)
    .map((status) => `${judged.filter((claim) => claim.status === status).length} ${status}`)
    .join(', ');
}

function claims(judged: readonly JudgedClaim[], columns: number, style: Style): string[] {
  const width = Math.max(...judged.map(({ name }) => name.length), 5) + 2;
  const head = `${'claim'.padEnd(width)}${'status'.padEnd(16)}witness`;
  const rows = judged.flatMap(({ name, status, witness, reason }) => {
    const reached = witness.reached ? 'in it' : WITNESS_MISSED[status];
    const shown = colourOf(status, style)(status.padEnd(16));
    return [
      `${name.padEnd(width)}${shown}${reached}`,
      ...(reason === null ? [] : bullet(printable(reason), columns)),
    ];
  });
  return [style.dim(head), ...rows, ''];
}

function anomalies(all: readonly JudgedAnomaly[], columns: number, style: Style): string[] {
  const judged = all.filter(({ status }) => status !== 'not-asked');
  if (judged.length === 0) return [];
  const width = Math.max(...judged.map(({ name }) => name.length), 7) + 2;
  const head = `${'anomaly'.padEnd(width)}${'status'.padEnd(16)}${'Kafka'.padEnd(11)}times`;
  const rows = judged.flatMap(({ name, status, verdict: allowed, count, reason }) => {
    const isFine = status === 'found' && allowed === 'allowed';
    const colour = isFine ? style.yellow : colourOf(status, style);
    const times = status === 'not-applicable' ? '-' : number(count);
    return [
      `${name.padEnd(width)}${colour(status.padEnd(16))}${allowed.padEnd(11)}${times}`,
      ...(reason === null ? [] : bullet(printable(reason), columns)),
    ];
  });
  return [style.dim(head), ...rows, ''];
}

function notLookedFor(all: readonly JudgedAnomaly[], columns: number): string[] {
  if (all.every(({ status }) => status !== 'not-asked')) return [];
  const text = 'not looked for: only claims were asked for (--anomalies has them looked for too)';
  return [...paragraph('Anomalies', text, columns), ''];
}

/** Grouped by reason. */
function unchecked({ unchecked: all }: Judgement, columns: number): string[] {
  const reasons = [...new Set(all.map(({ reason }) => reason))];
  if (reasons.length === 0) return [];
  const lines = reasons.flatMap((reason) => {
    const rules = all.filter((entry) => entry.reason === reason).map(({ rule }) => rule);
    return bullet(`${rules.join(', ')}: ${reason}`, columns);
  });
  return ['Rules of histories that were not checked everywhere:', ...lines, ''];
}

/** What is allowed is counted above, not argued. */
function violations(judgement: Judgement, columns: number, style: Style): string[] {
  const argued = [
    ...judgement.claims.map(({ name, violation }) => [name, violation] as const),
    ...judgement.anomalies
      .filter(({ verdict: allowed }) => allowed === 'forbidden')
      .map(({ name, first }) => [name, first] as const),
  ];
  return argued.flatMap(([name, violation]) =>
    violation === null ? [] : argument(name, violation, columns, style),
  );
}

function argument(
  name: string,
  violation: CitedViolation,
  columns: number,
  style: Style,
): string[] {
  const [first, ...rest] = wrap(printable(violation.message), columns - name.length - 2);
  const indent = ' '.repeat(name.length + 2);
  return [
    `${style.bold(style.red(name))}  ${first}`,
    ...rest.map((line) => `${indent}${line}`),
    ...violation.why.flatMap((statement, index) => numbered(index + 1, statement, columns)),
    ...violation.events.flatMap((event) => cited(event, columns, style)),
    '',
  ];
}

function numbered(index: number, statement: string, columns: number): string[] {
  const label = `${index}.`.padStart(4);
  return wrap(printable(statement), columns - 6).map((line, at) =>
    at === 0 ? `${label}  ${line}` : `      ${line}`,
  );
}

function cited({ line, event }: CitedEvent, columns: number, style: Style): string[] {
  const label = `  line ${line}  `;
  if (event === null) return [style.dim(label.trimEnd())];
  const text = printable(JSON.stringify(event));
  const shown =
    text.length <= EVENT_MAX_LENGTH
      ? text
      : `${text.slice(0, EVENT_MAX_LENGTH)}... (${text.length})`;
  return wrap(shown, columns - label.length).map((part, at) =>
    style.dim(`${at === 0 ? label : ' '.repeat(label.length)}${part}`),
  );
}

function scope({ scope: judged }: Judgement): string {
  return [
    `events ${number(judged.events)}`,
    `producer instances ${number(judged.producers)}`,
    `transactions ${number(judged.transactions)}`,
    `sends ${number(judged.sends)}`,
    `records read ${number(judged.recordsRead)}`,
    `requests on the wire ${number(judged.attempts)}`,
  ].join('; ');
}

function paragraph(label: string, text: string, columns: number): string[] {
  return wrap(printable(text), columns - LABEL).map(
    (line, index) => `${(index === 0 ? label : '').padEnd(LABEL)}${line}`,
  );
}

function number(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}
