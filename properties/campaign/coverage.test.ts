import { describe, expect, test } from 'vitest';
import type { ChartTransition } from '../../model/checker/chart-transitions.ts';
import { coverageSchema, type Coverage } from '../../reports/evidence/coverage.ts';
import { FAULT_KINDS } from '../../reports/evidence/scenario.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { REASONS } from '../coverage-matrix/all-reasons.ts';
import { countedCharts, type CountedSettings } from '../coverage-matrix/coverage-record.ts';
import { concerns, reasonFor } from '../coverage-matrix/unexercised.ts';
import { runCampaign, type CampaignOutcome } from './run-campaign.ts';

const SCENARIOS = 6_000;
/** What is called rare is met in fewer scenarios than one of so many. */
const RARE = 100;

function campaign(
  transactionVersion: TransactionVersion,
  scenarios: number,
  seed: string,
): Promise<CampaignOutcome> {
  return runCampaign(
    {
      claims: [],
      transactionVersion,
      partitionVerification: true,
      faults: FAULT_KINDS,
      mutant: null,
      scenarios,
      timeMs: null,
      seed,
      workers: scenarios > 1_000 ? 2 : 1,
      earlier: [],
    },
    { onProgress: () => undefined, shouldStop: () => false },
  );
}

interface Covered extends ChartTransition {
  readonly name: string;
  readonly machine: string;
  readonly times: number;
}

/** The transitions that the chart holds possible. */
function possible({ machines, scope }: Coverage): readonly Covered[] {
  const charts = countedCharts(scope as CountedSettings);
  return machines.flatMap(({ machine, cells }) => {
    const times = cells.flatMap(({ transitions }) => transitions.map((found) => found.times));
    return charts.get(machine)!.flatMap((transition, number) => {
      if (transition.outcome === 'unexpected') return [];
      const { state, event, guard } = transition;
      const name = `${machine}: ${state}, ${event}, ${guard ?? 'else'}`;
      return [{ ...transition, name, machine, times: times[number]! }];
    });
  });
}

/** `missed`: neither taken nor listed, nor known to be rare. `stale`: taken, although a reason says otherwise. */
function faultsOf(coverage: Coverage): { readonly missed: string[]; readonly stale: string[] } {
  const missed: string[] = [];
  const stale: string[] = [];
  for (const transition of possible(coverage)) {
    const found = reasonFor(REASONS.get(transition.machine)!, transition, coverage.scope);
    const { times, name } = transition;
    if (found === null && times === 0) missed.push(name);
    const allowed = found?.isRare === true ? coverage.scenarios / RARE : 0;
    if (found !== null && times > allowed) stale.push(`${name}: ${found.reason}`);
  }
  return { missed, stale };
}

describe('the coverage of the specification by generated scenarios', () => {
  test.each([1, 2] as const)(
    'under transaction version %s every transition is taken, or listed with a reason that is not stale',
    async (transactionVersion) => {
      const { coverage } = await campaign(transactionVersion, SCENARIOS, 'coverage');
      expect(faultsOf(coverage!)).toEqual({ missed: [], stale: [] });
    },
  );

  test('a transition that nobody takes and no reason lists is noticed, and so is a reason that is not true', async () => {
    const { coverage } = await campaign(2, 100, 'few');
    expect(faultsOf(coverage!).missed.length).toBeGreaterThan(0);
    const machines = coverage!.machines.map((machine) => ({
      ...machine,
      cells: machine.cells.map((cell) => ({
        ...cell,
        transitions: cell.transitions.map((transition) => ({ ...transition, times: 1 })),
      })),
    }));
    expect(faultsOf({ ...coverage!, machines }).stale.length).toBeGreaterThan(50);
  });

  test('every reason is about a transition that some chart has', () => {
    const charts = countedCharts({ transactionVersion: 2, partitionVerification: true });
    const idle = [...REASONS].flatMap(([machine, reasons]) =>
      reasons
        .filter((reason) => !charts.get(machine)!.some((found) => concerns(reason, found)))
        .map(({ reason }) => `${machine}: ${reason}`),
    );
    expect(idle).toEqual([]);
    expect([...REASONS.keys()]).toEqual([...charts.keys()]);
  });

  test('the document is what its schema says, and sums up to what the result tells', async () => {
    const { coverage, result } = await campaign(1, 100, 'few');
    expect(coverageSchema.parse(coverage)).toEqual(coverage);
    const cells = coverage!.machines.flatMap((machine) => machine.cells);
    const exercised = cells.filter(({ status }) => status === 'exercised').length;
    const missed = cells.filter(({ status }) => status === 'missed').length;
    expect(result.coverage!.cells).toMatchObject({ exercised, reachable: exercised + missed });
  });
});
