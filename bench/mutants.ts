/** What it takes to kill each mutant by generated scenarios: how many, how long, how short the counterexample. */

import { runCampaign } from '../properties/campaign/run-campaign.ts';
import { claimsAgainst, type Mutant } from '../properties/mutants/mutant.ts';
import { MUTANTS } from '../properties/mutants/mutants.ts';
import { FAULT_KINDS } from '../reports/evidence/scenario.ts';

const MAX_SCENARIOS = 40_000;
const SEED = '1';

export async function benchMutants(print: (line: string) => void): Promise<void> {
  print(`| mutant | TV | killed by | scenarios | CPU s | steps | what was forgotten |`);
  print(`| --- | --- | --- | --- | --- | --- | --- |`);
  const lengths: number[] = [];
  for (const mutant of MUTANTS) {
    const { row, steps } = await kill(mutant);
    if (steps !== null) lengths.push(steps);
    print(row);
  }
  const sorted = lengths.toSorted((left, right) => left - right);
  print(
    `\n${lengths.length} of ${MUTANTS.length} mutants killed by the claims of their rows alone; ` +
      `median counterexample ${sorted[sorted.length >> 1] ?? '-'} steps, longest ${sorted.at(-1) ?? '-'}`,
  );
}

async function kill(
  mutant: Mutant,
): Promise<{ readonly row: string; readonly steps: number | null }> {
  const transactionVersion = mutant.transactionVersions.at(-1)!;
  const before = process.cpuUsage().user;
  const { result, findings } = await runCampaign(
    {
      claims: claimsAgainst(mutant),
      transactionVersion,
      partitionVerification: mutant.partitionVerification ?? true,
      faults: FAULT_KINDS,
      mutant: mutant.id,
      scenarios: MAX_SCENARIOS,
      timeMs: null,
      seed: SEED,
      workers: 1,
      earlier: [],
    },
    { onProgress: () => undefined, shouldStop: () => false },
  );
  const seconds = (process.cpuUsage().user - before) / 1e6;
  const kills = findings.filter(({ status }) => status === 'violated');
  const steps =
    kills.length === 0 ? null : Math.min(...kills.map(({ scenario }) => scenario.steps.length));
  const cells = [
    mutant.id,
    String(transactionVersion),
    kills.map(({ claim }) => claim).join(', ') || 'survived',
    String(result.scenarios),
    seconds.toFixed(1),
    steps === null ? '-' : String(steps),
    mutant.name,
  ];
  return { row: `| ${cells.join(' | ')} |`, steps };
}
