/** `check`: searches every state of the specification within named bounds. */

import type { Command } from 'commander';
import { search, type PropertyResult, type SearchResult } from '../../model/checker/search.ts';
import { INVARIANTS } from '../../model/invariants.ts';
import { narrative } from '../../model/narrative.ts';
import { boundsOf, SCOPES, type Scope, type ScopeName } from '../../model/scopes.ts';
import { REACHED, searched } from '../../model/searched-system.ts';
import { System, type SystemAction } from '../../model/system.ts';
import { renderCheck } from '../../reports/check/render-text.ts';
import {
  CHECK_RESULT_SCHEMA_VERSION,
  PROPERTY_STATUSES,
  type CheckedProperty,
  type CheckedScope,
  type CheckResult,
} from '../../reports/evidence/check-result.ts';
import { TOOL } from '../../reports/evidence/tool.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { parseCount, parseName } from '../option-values.ts';
import { parseSwitch, parseTransactionVersion } from '../run-options.ts';

const SCOPE_NAMES = Object.keys(SCOPES) as ScopeName[];
const STATES_MAX = 100_000_000;
const DEFAULT_STATES = 5_000_000;

interface CheckFlags {
  readonly transactionVersion?: string;
  readonly partitionVerification?: string;
  readonly maxStates?: string;
  readonly json?: boolean;
}

interface Settings {
  readonly transactionVersion: TransactionVersion;
  readonly partitionVerification: boolean;
  readonly maxStates: number;
}

export function addCheckCommand(program: Command, { terminal, exitWith }: CommandContext): void {
  program
    .command('check')
    .description('search every state of the specification within named bounds (docs/CHECKER.md)')
    .argument('[scopes...]', 'default: all (see `list scopes`)')
    .option('--transaction-version <version>', '0, 1 or 2 (default: 2)')
    .option('--partition-verification <on|off>', 'whether leaders verify partitions (default: on)')
    .option('--max-states <n>', `give up a scope with more (default: ${DEFAULT_STATES})`)
    .option('--json', 'one JSON object on stdout, narration on stderr')
    .action((texts: readonly string[], flags: CheckFlags) => {
      const asked = texts.map((text) => parseName('scope', text, SCOPE_NAMES));
      const names = SCOPE_NAMES.filter((name) => asked.length === 0 || asked.includes(name));
      const settings = parseSettings(flags);
      const scopes = names.map((name) => {
        terminal.err(`${TOOL.name} ${TOOL.version}: searching scope ${name}\n`);
        return checkScope(name, settings);
      });
      const result = resultOf(scopes, settings);
      const { columns, outStyle: style } = terminal;
      terminal.out(
        flags.json === true
          ? `${JSON.stringify(result, null, 2)}\n`
          : renderCheck(result, { columns, style }),
      );
      exitWith(exitCodeOf({ verdict: result.verdict, interrupted: false }));
    });
}

function parseSettings(flags: CheckFlags): Settings {
  return {
    transactionVersion: parseTransactionVersion(flags.transactionVersion),
    partitionVerification: parseSwitch('--partition-verification', flags.partitionVerification),
    maxStates:
      flags.maxStates === undefined
        ? DEFAULT_STATES
        : parseCount('--max-states', flags.maxStates, STATES_MAX),
  };
}

function checkScope(name: ScopeName, settings: Settings): CheckedScope {
  const { transactionVersion, partitionVerification, maxStates } = settings;
  const scope: Scope = {
    ...SCOPES[name],
    transactionVersion,
    partitionVerification: partitionVerification ? 1 : 0,
  };
  const before = process.cpuUsage();
  const found = search(searched(new System(scope), INVARIANTS), { maxStates });
  const { user, system } = process.cpuUsage(before);
  const cpuSeconds = (user + system) / 1e6;
  return {
    name,
    bounds: boundsOf(scope),
    ...countsOf(found, cpuSeconds),
    properties: found.properties.map((property) => checkedProperty(property, scope)),
  };
}

function countsOf(found: SearchResult<SystemAction>, cpuSeconds: number) {
  const { verdict, reasons, distinct, generated, depth, bytesPerState } = found;
  const statesPerCpuSecond = Math.round(distinct / Math.max(cpuSeconds, 0.001));
  return {
    verdict,
    reasons: [...reasons],
    distinct,
    generated,
    depth,
    cpuSeconds,
    statesPerCpuSecond,
    bytesPerState,
  };
}

function checkedProperty(found: PropertyResult<SystemAction>, scope: Scope): CheckedProperty {
  const { name, kind, status, message, trace } = found;
  const known = [...INVARIANTS, ...REACHED].find((property) => property.name === name);
  const isBroken = status === 'violated' || status === 'expected';
  const actions = (trace ?? []).flatMap(({ action }) => (action === null ? [] : [action]));
  return {
    name,
    kind,
    status,
    sentence: known?.sentence ?? message ?? '',
    source: known !== undefined && 'source' in known ? known.source : null,
    steps: isBroken ? [...narrative(scope, actions)] : null,
  };
}

function resultOf(scopes: CheckedScope[], settings: Settings): CheckResult {
  const { transactionVersion, partitionVerification } = settings;
  const sum = (of: (scope: CheckedScope) => number): number =>
    scopes.reduce((total, scope) => total + of(scope), 0);
  const distinct = sum((scope) => scope.distinct);
  const cpuSeconds = sum((scope) => scope.cpuSeconds);
  return {
    kind: 'check',
    schemaVersion: CHECK_RESULT_SCHEMA_VERSION,
    tool: TOOL,
    transactionVersion,
    partitionVerification,
    verdict: worst(scopes),
    reasons: scopes.flatMap(({ name, reasons }) => reasons.map((reason) => `${name}: ${reason}`)),
    distinct,
    generated: sum(({ generated }) => generated),
    depth: Math.max(...scopes.map(({ depth }) => depth)),
    cpuSeconds,
    statesPerCpuSecond: Math.round(distinct / Math.max(cpuSeconds, 0.001)),
    bytesPerState: sum((scope) => scope.bytesPerState * scope.distinct) / distinct,
    properties: propertiesOf(scopes),
    scopes,
  };
}

function worst(scopes: readonly CheckedScope[]): CheckedScope['verdict'] {
  const verdicts = scopes.map(({ verdict }) => verdict);
  if (verdicts.includes('violated')) return 'violated';
  return verdicts.includes('inconclusive') ? 'inconclusive' : 'holds';
}

/** From what ends the verdict to what is fine. */
const WORST_FIRST: readonly CheckedProperty['status'][] = [
  'violated',
  'unreached',
  'undecided',
  'expected',
  ...PROPERTY_STATUSES,
];

function propertiesOf(scopes: readonly CheckedScope[]): CheckResult['properties'] {
  const all = scopes.flatMap(({ properties }) => properties);
  const names = [...new Set(all.map(({ name }) => name))];
  return names.map((name) => {
    const same = all.filter((property) => property.name === name);
    const status = WORST_FIRST.find((one) => same.some((property) => property.status === one))!;
    return { name, kind: same[0]!.kind, status };
  });
}
