/** What `check` found out, in the terminal: verdict, scopes with their counts, invariants, and each trace. */

import type { CheckedProperty, CheckedScope, CheckResult } from '../evidence/check-result.ts';
import { PLAIN, statusColour, type Style } from '../terminal/style.ts';
import { bullet, wrap } from '../terminal/wrap.ts';

export interface CheckTextOptions {
  readonly columns: number;
  readonly style?: Style;
}

const COLUMNS = ['scope', 'verdict', 'states', 'steps', 'depth', 'CPU s'] as const;
const WIDTHS = [10, 14, 10, 10, 7, 7] as const;

export function renderCheck(result: CheckResult, options: CheckTextOptions): string {
  const style = options.style ?? PLAIN;
  const columns = Math.max(options.columns, 60);
  const lines = [
    headline(result, style),
    ...result.reasons.flatMap((reason) => bullet(reason, columns)),
    '',
    style.dim(cells(COLUMNS).join('').trimEnd()),
    ...result.scopes.flatMap((scope) => row(scope, columns, style)),
    '',
    summary(result),
    ...result.scopes.flatMap((scope) => traces(scope, columns, style)),
  ];
  return `${lines.join('\n')}\n`;
}

function headline(result: CheckResult, style: Style): string {
  const { verdict, transactionVersion, partitionVerification } = result;
  const word = style.bold(statusColour(verdict, style)(verdict.toUpperCase()));
  const verification = partitionVerification ? 'on' : 'off';
  return `${word} in the specification, transaction version ${transactionVersion}, partition verification ${verification}`;
}

function cells(texts: readonly string[]): string[] {
  return texts.map((text, index) =>
    index < 2 ? text.padEnd(WIDTHS[index]!) : `${text.padStart(WIDTHS[index]! - 2)}  `,
  );
}

function row(scope: CheckedScope, columns: number, style: Style): string[] {
  const { name, verdict, distinct, generated, depth, cpuSeconds, bounds } = scope;
  const counts = [distinct, generated, depth].map((count) => count.toLocaleString('en-US'));
  const texts = cells([name, verdict, ...counts, cpuSeconds.toFixed(1)]);
  texts[1] = statusColour(verdict, style)(texts[1]!);
  return [
    texts.join('').trimEnd(),
    ...wrap(bounds, columns - 2).map((line) => style.dim(`  ${line}`)),
  ];
}

/** How many properties have which status, and which are not simply fine. */
function summary({ properties }: CheckResult): string {
  const invariants = properties.filter(({ kind }) => kind === 'always');
  const held = invariants.filter(({ status }) => status === 'holds');
  const expected = invariants.filter(({ status }) => status === 'expected');
  const undecided = invariants.filter(({ status }) => status === 'undecided');
  return [
    `${held.length} of ${invariants.length} invariants hold in every state`,
    ...(expected.length === 0 ? [] : [`${expected.length} broken by what Kafka permits there`]),
    ...(undecided.length === 0 ? [] : [`${undecided.length} undecided`]),
  ].join(', ');
}

function traces(scope: CheckedScope, columns: number, style: Style): string[] {
  return scope.properties
    .filter(({ status }) => status === 'violated' || status === 'expected')
    .flatMap((property) => trace(scope, property, columns, style));
}

function trace(
  { name: scope }: CheckedScope,
  { name, status, sentence, source, steps }: CheckedProperty,
  columns: number,
  style: Style,
): string[] {
  const how = status === 'expected' ? 'broken, as Kafka permits' : 'broken';
  const citation = source === null ? '' : ` (${source})`;
  return [
    '',
    `${style.bold(name)} ${statusColour(status, style)(how)} in scope ${scope}`,
    ...wrap(`${sentence}${citation}`, columns - 2).map((line) => `  ${line}`),
    ...(steps ?? []).flatMap((line) =>
      wrap(line, columns - 6).map((part, index) => (index === 0 ? `    ${part}` : `      ${part}`)),
    ),
  ];
}
