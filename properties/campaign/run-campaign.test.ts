import { describe, expect, test } from 'vitest';
import type { Finding } from '../../reports/evidence/finding.ts';
import { FAULT_KINDS } from '../../reports/evidence/scenario.ts';
import { CLAIM_NAMES } from '../claim-names.ts';
import { replayFinding } from './replay.ts';
import { runCampaign, type CampaignOptions, type CampaignOutcome } from './run-campaign.ts';

const NO_HOOKS = { onProgress: () => undefined, shouldStop: () => false };

const OPTIONS: CampaignOptions = {
  claims: CLAIM_NAMES,
  transactionVersion: 2,
  partitionVerification: true,
  faults: FAULT_KINDS,
  mutant: null,
  scenarios: 1_000,
  timeMs: null,
  seed: 'test',
  workers: 1,
  earlier: [],
};

function campaign(options: Partial<CampaignOptions>): Promise<CampaignOutcome> {
  return runCampaign({ ...OPTIONS, ...options }, NO_HOOKS);
}

function statuses({ result }: CampaignOutcome): readonly string[] {
  return [...new Set(result.claims.map(({ status }) => status))];
}

describe('the reference under transaction version 2', () => {
  test('every claim holds, every witness is reached, the model allows every step', async () => {
    const outcome = await campaign({});
    expect(outcome.result).toMatchObject({ verdict: 'holds', reasons: [], partial: false });
    expect(outcome.result.refinement.status).toBe('holds');
    expect(outcome.result.refinement.steps).toBeGreaterThan(10_000);
    expect(statuses(outcome)).toEqual(['holds']);
    expect(outcome.findings).toEqual([]);
  });

  test('the result does not depend on the number of workers', async () => {
    const alone = await campaign({ scenarios: 600 });
    const shared = await campaign({ scenarios: 600, workers: 3 });
    expect(JSON.stringify(shared)).toBe(JSON.stringify(alone));
  });

  test('a violated run does not depend on the number of workers either', async () => {
    const alone = await campaign({ mutant: 'T08' });
    const shared = await campaign({ mutant: 'T08', workers: 3 });
    expect(alone.result.verdict).toBe('violated');
    expect(alone.result.reasons.every((reason) => reason.endsWith('is violated.'))).toBe(true);
    expect(JSON.stringify(shared)).toBe(JSON.stringify(alone));
  });

  test('a witness that was not reached makes the verdict inconclusive and says what to raise', async () => {
    const { result } = await campaign({ scenarios: 1, faults: [] });
    expect(result.verdict).toBe('inconclusive');
    expect(result.reasons.join(' ')).toContain('raise');
  });

  test('a fault that never fired makes the verdict inconclusive', async () => {
    const { result } = await campaign({ scenarios: 1, claims: ['NoAbortedRead'] });
    expect(result.verdict).toBe('inconclusive');
    expect(result.reasons.join(' ')).toMatch(/fault [a-z-]+ never fired/);
  });

  test('nothing goes wrong but what --faults allows, in the corpus neither', async () => {
    const calm = await campaign({ scenarios: 1, faults: [] });
    expect(calm.result.faults.filter(({ armed }) => armed > 0)).toEqual([]);
    const delays = await campaign({ scenarios: 1, faults: ['delay-request'] });
    expect(delays.result.scenarios).toBeGreaterThan(calm.result.scenarios);
  });

  test('an interrupted run is partial and inconclusive', async () => {
    const { result } = await runCampaign(
      { ...OPTIONS, scenarios: null },
      { onProgress: () => undefined, shouldStop: () => true },
    );
    expect(result).toMatchObject({ verdict: 'inconclusive', partial: true });
  });

  test('an interruption while shrinking settles for what is small so far', async () => {
    const patient = await campaign({ mutant: 'T08' });
    let ended = false;
    const { findings } = await runCampaign(
      { ...OPTIONS, mutant: 'T08' },
      {
        onProgress: ({ violations }) => {
          ended = violations > 0;
        },
        shouldStop: () => ended,
      },
    );
    const tried = ({ shrink }: Finding): number => shrink.reduce((sum, row) => sum + row.tried, 0);
    expect(findings[0]!.claim).toBe(patient.findings[0]!.claim);
    expect(tried(findings[0]!)).toBeLessThan(tried(patient.findings[0]!));
    expect(replayFinding(findings[0]!)).toMatchObject({ outcome: 'reproduced' });
  });
});

describe('the reference under transaction versions 0 and 1', () => {
  test('permitted anomalies are counted where violations alone are to be explained', async () => {
    const options = { transactionVersion: 1, scenarios: 1 } as const;
    const all = await campaign(options);
    const outcome = await campaign({ ...options, violationsOnly: true });
    expect(statuses(outcome)).toContain('expected');
    expect(outcome.result).toEqual(all.result);
    expect([all.findings.length > 0, outcome.findings]).toEqual([true, []]);
  });

  test.each([0, 1] as const)(
    'version %i shows permitted anomalies and nothing else',
    async (version) => {
      const outcome = await campaign({ transactionVersion: version });
      expect(outcome.result.verdict).toBe('holds');
      expect(statuses(outcome)).toContain('expected');
      expect(outcome.findings.every(({ status }) => status === 'expected')).toBe(true);
      const anomalies = outcome.findings.map(({ permitted }) => permitted?.anomaly);
      expect(anomalies).toContain('LateEndTxn');
      expect(anomalies).not.toContain('LateProduceAfter');
    },
  );

  test('without verification a late produce hangs (KIP-890)', async () => {
    const { findings } = await campaign({ transactionVersion: 1, partitionVerification: false });
    const anomalies = findings.map(({ permitted }) => permitted?.anomaly);
    expect(anomalies).toContain('LateProduceAfter');
    // What the protocol permits, the specification does as well.
    for (const finding of findings) {
      expect(replayFinding(finding)).toHaveProperty('refinement.disagreement', null);
    }
  });
});

describe('a finding', () => {
  test('is small, replays to the same trace, and fails first in the next run', async () => {
    const { findings } = await campaign({ mutant: 'C14' });
    const [finding] = findings;
    expect(finding!.scenario.steps.length).toBeLessThanOrEqual(12);
    const replayed = replayFinding(finding!);
    expect(replayed).toMatchObject({ outcome: 'reproduced', sameTrace: true });
    const what = 'the transaction coordinator took a step for A that the model does not allow';
    expect(replayed).toHaveProperty('refinement.disagreement', expect.stringContaining(what));
    const again = await campaign({ mutant: 'C14', earlier: findings, scenarios: 250 });
    expect(again.result).toMatchObject({ verdict: 'violated', scenarios: findings.length });
  });

  test('that no longer fails is said to hold', async () => {
    const { findings } = await campaign({ mutant: 'C14' });
    expect(replayFinding({ ...findings[0]!, mutant: null })).toEqual({ outcome: 'held' });
  });

  test('of an unknown mutant is refused', async () => {
    const { findings } = await campaign({ mutant: 'C14' });
    expect(replayFinding({ ...findings[0]!, mutant: 'C99' })).toEqual({
      outcome: 'unknown-subject',
      what: 'mutant C99',
    });
  });
});
