/**
 * `onceproof/vitest`: the catalogue as a suite in a project of one's own, a test a claim. A claim whose witness was not
 * reached fails like one that is violated: what was not exercised has not passed.
 */

import { beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../reports/evidence/finding.ts';
import type { ClaimResult } from '../../reports/evidence/run-result.ts';
import { FAULT_KINDS } from '../../reports/evidence/scenario.ts';
import { counterexample } from '../../reports/counterexample/document.ts';
import { renderCounterexample } from '../../reports/counterexample/render-text.ts';
import {
  runCampaign,
  type CampaignOptions,
  type CampaignOutcome,
} from '../campaign/run-campaign.ts';
import { CLAIM_NAMES } from '../claim-names.ts';

/** What is left out is as in `onceproof run`; by default 2,000 scenarios of the seed `1`, in the test's own thread. */
export type CatalogueSuiteOptions = Partial<Omit<CampaignOptions, 'earlier'>>;

const SCENARIOS = 2_000;
const SEED = '1';
/** Longer than any run that a test should hold. */
const TIMEOUT_MS = 600_000;
/** Of the counterexample in a failure's message. */
const COLUMNS = 100;

/** Registers the suite: one run of generated scenarios, then a test for each claim and one for the refinement. */
export function describeCatalogue(options: CatalogueSuiteOptions = {}): void {
  const campaign: CampaignOptions = {
    claims: CLAIM_NAMES,
    transactionVersion: 2,
    partitionVerification: true,
    faults: FAULT_KINDS,
    mutant: null,
    scenarios: SCENARIOS,
    timeMs: null,
    seed: SEED,
    workers: 1,
    ...options,
    earlier: [],
  };
  describe(`onceproof: ${subjectOf(campaign)}`, () => {
    let outcome: CampaignOutcome;
    beforeAll(async () => {
      outcome = await runCampaign(campaign, {
        onProgress: () => undefined,
        shouldStop: () => false,
      });
    }, TIMEOUT_MS);

    test.each(campaign.claims)('%s', (name) => {
      const { claims } = outcome.result;
      expectHeld(
        claims.find((claim) => claim.name === name)!,
        outcome.findings,
      );
    });

    test.skipIf(campaign.mutant !== null)('the reference refines the model', () => {
      expectHeld({ name: 'Refinement', ...outcome.result.refinement }, outcome.findings);
    });
  });
}

function subjectOf({ transactionVersion, seed, mutant }: CampaignOptions): string {
  const subject = mutant === null ? 'the reference' : `mutant ${mutant}`;
  return `${subject}, transaction version ${transactionVersion}, seed ${seed}`;
}

/** A permitted anomaly is `expected`: the claim stands but for what Kafka documents. */
function expectHeld(
  { name, status, reason }: Pick<ClaimResult, 'name' | 'status' | 'reason'>,
  findings: readonly Finding[],
): void {
  const finding = findings.find((found) => found.claim === name && found.status === 'violated');
  const message = [
    `${name} is ${status}`,
    ...(reason === null ? [] : [reason]),
    ...(finding === undefined ? [] : [shown(finding)]),
  ];
  expect(['holds', 'expected'], message.join('\n')).toContain(status);
}

function shown(finding: Finding): string {
  const { claim, seed, mutant, scenario } = finding;
  const command = [
    `npx onceproof run ${claim} --seed ${seed}`,
    `--transaction-version ${scenario.transactionVersion}`,
    `--partition-verification ${scenario.partitionVerification ? 'on' : 'off'}`,
    ...(mutant === null ? [] : [`--mutant ${mutant}`]),
  ];
  const options = { columns: COLUMNS, all: false, file: 'FINDING' };
  return `${renderCounterexample(counterexample(finding), options)}\nThe finding's file is written by\n  ${command.join(' ')}\n`;
}
