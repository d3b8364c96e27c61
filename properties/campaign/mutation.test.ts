import { describe, expect, test } from 'vitest';
import { mutationResultSchema, type MutationResult } from '../../reports/evidence/mutation.ts';
import { mutantWithId } from '../mutants/mutants.ts';
import { mutate, type MutationOptions } from './mutation.ts';

const OPTIONS: MutationOptions = {
  mutants: [mutantWithId('C01'), mutantWithId('K09')],
  scenarios: 1_000,
  timeMs: null,
  seed: '1',
  workers: 1,
};
const GO_ON = { onProgress: () => undefined, shouldStop: () => false };

function withoutTimes(result: MutationResult): unknown {
  const mutants = result.mutants.map((mutant) => ({ ...mutant, cpuSeconds: 0 }));
  return { ...result, cpuSeconds: 0, mutants };
}

describe('a mutation run', () => {
  test('tells for each mutant which claim of its row killed it, and what it took', async () => {
    const { result, findings } = await mutate(OPTIONS, GO_ON);
    expect(() => mutationResultSchema.parse(result)).not.toThrow();
    expect(result).toMatchObject({ killed: 2, total: 2, partial: false });
    expect(result.mutants.map(({ id, claims }) => [id, claims])).toEqual([
      ['C01', ['ZombieFencing']],
      ['K09', ['NoAbortedRead']],
    ]);
    for (const { steps, stepsGenerated, cpuSeconds } of result.mutants) {
      expect(steps).toBeLessThan(stepsGenerated!);
      expect(cpuSeconds).toBeGreaterThan(0);
    }
    expect(findings.map(({ mutant }) => mutant)).toEqual(['C01', 'K09']);
  });

  test('runs the reference on the same scenarios, which must not alarm', async () => {
    const { result } = await mutate(OPTIONS, GO_ON);
    const scenarios = Math.max(...result.mutants.map((mutant) => mutant.scenarios));
    const [row, ...others] = result.reference;
    expect(others).toEqual([]);
    expect(row).toMatchObject({ transactionVersion: 2, partitionVerification: true, alarms: [] });
    expect(row!.scenarios).toBeGreaterThanOrEqual(scenarios);
  });

  test('does not depend on how many processes share the work', async () => {
    const [one, two] = [
      await mutate(OPTIONS, GO_ON),
      await mutate({ ...OPTIONS, workers: 2 }, GO_ON),
    ];
    expect(withoutTimes(two.result)).toEqual(withoutTimes(one.result));
  });

  test('shows a survivor as one', async () => {
    const { result } = await mutate(
      { ...OPTIONS, mutants: [mutantWithId('F03')], scenarios: 1 },
      GO_ON,
    );
    expect(result).toMatchObject({ killed: 0, total: 1, partial: false });
    expect(result.mutants[0]).toMatchObject({ status: 'survived', claims: [], steps: null });
  });

  test('lists mutants whose turn did not come, and does not take them for survivors', async () => {
    const { result } = await mutate(OPTIONS, { ...GO_ON, shouldStop: () => true });
    expect(result).toMatchObject({ killed: 0, total: 2, partial: true, reference: [] });
    expect(result.mutants.map(({ status }) => status)).toEqual(['not-run', 'not-run']);
  });
});
