import { describe, expect, test } from 'vitest';
import { corpusScenarios } from '../scenarios/corpus.ts';
import { runChunk } from './chunk.ts';
import { Judge, type Judged } from './judge.ts';
import { shrinkScenario } from './shrink.ts';

/** Judges a few scenarios and then breaks, as a reference with a programming error would. */
class BreakingJudge extends Judge {
  #judged = 0;

  override judge(scenario: Parameters<Judge['judge']>[0]): Judged {
    this.#judged += 1;
    if (this.#judged > 3) throw new TypeError('undefined is not a function');
    return super.judge(scenario);
  }
}

describe('an exception is no verdict', () => {
  test('a scenario that crashes ends the run with the crash, its place and the scenario', () => {
    const judge = new BreakingJudge({
      claims: ['NoDuplicates'],
      transactionVersion: 2,
      partitionVerification: true,
      faults: [],
      minSteps: 6,
      maxSteps: 10,
      mutant: null,
      refinement: false,
    });
    const run = (): unknown => runChunk(judge, { seed: '1', index: 0, scenarios: 10 });
    expect(run).toThrow(/undefined is not a function, in the scenario \{"kind":"scenario"/);
  });

  test('a crash while shrinking does not pass for a smaller counterexample', async () => {
    const [scenario] = corpusScenarios();
    let tried = 0;
    const shrunk = shrinkScenario(scenario!, {
      fails: (candidate) => {
        tried += 1;
        if (tried === 2) throw new TypeError('undefined is not a function');
        return candidate === scenario;
      },
      shouldStop: () => false,
    });
    await expect(shrunk).rejects.toThrow('undefined is not a function');
  });
});
