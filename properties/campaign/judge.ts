/** Runs one scenario and judges what its clients saw by the chosen claims. */

import { componentsWith, type Components } from '../../impl/simulation/overrides.ts';
import type { Violation } from '../../reports/evidence/finding.ts';
import type { Scenario } from '../../reports/evidence/scenario.ts';
import type { ClaimName } from '../claim-names.ts';
import { claimNamed } from '../catalogue.ts';
import type { Claim } from '../claims/claim.ts';
import { HistoryIndex } from '../history/history-index.ts';
import { mutantWithId } from '../mutants/mutants.ts';
import { permittedAnomaly, type PermittedAnomaly } from '../permitted-anomalies.ts';
import { runScenario, type ScenarioRun } from '../scenarios/run-scenario.ts';
import { RefinementWatch, type Disagreement } from './refinement-watch.ts';
import type { RunSettings } from './settings.ts';

export interface ClaimViolation {
  readonly claim: ClaimName;
  readonly violation: Violation;
}

export interface Judged {
  readonly run: ScenarioRun;
  readonly history: HistoryIndex;
  readonly violations: readonly ClaimViolation[];
  /** Null: the reference stayed within the model, or was not watched. */
  readonly disagreement: Disagreement | null;
  readonly refinementSteps: number;
}

/** One subject under one set of settings; scenarios are judged one after another. */
export class Judge {
  readonly settings: RunSettings;
  readonly #components: Components;
  readonly #claims: readonly Claim[];

  constructor(settings: RunSettings) {
    this.settings = settings;
    this.#claims = settings.claims.map(claimNamed);
    const overrides = settings.mutant === null ? {} : mutantWithId(settings.mutant).overrides;
    this.#components = componentsWith(overrides);
  }

  get claims(): readonly Claim[] {
    return this.#claims;
  }

  judge(scenario: Scenario): Judged {
    const watch = this.settings.refinement ? new RefinementWatch(scenario) : null;
    const run = runScenario(scenario, {
      components: this.#components,
      trace: false,
      coordinatorObserver: watch === null ? null : (cluster) => watch.observe(cluster),
    });
    const history = new HistoryIndex(run.history);
    const violations: ClaimViolation[] = [];
    for (const { name, violation } of this.#claims) {
      const found = violation(history);
      if (found !== null) violations.push({ claim: name, violation: found });
    }
    return {
      run,
      history,
      violations,
      disagreement: watch?.disagreement ?? null,
      refinementSteps: watch?.steps ?? 0,
    };
  }

  /** The violation of one claim by a scenario, without watching the model; null if it holds. */
  violates(scenario: Scenario, claim: ClaimName): Violation | null {
    const run = runScenario(scenario, {
      components: this.#components,
      trace: false,
      coordinatorObserver: null,
    });
    return claimNamed(claim).violation(new HistoryIndex(run.history));
  }

  disagrees(scenario: Scenario): Disagreement | null {
    const watch = new RefinementWatch(scenario);
    runScenario(scenario, {
      components: this.#components,
      trace: false,
      coordinatorObserver: (cluster) => watch.observe(cluster),
    });
    return watch.disagreement;
  }

  /** The same run with everything recorded. */
  traced(scenario: Scenario): ScenarioRun {
    return runScenario(scenario, {
      components: this.#components,
      trace: true,
      coordinatorObserver: null,
    });
  }

  /** Whether the cause of a violation is an anomaly that Kafka permits at this transaction version. */
  permitted(scenario: Scenario, { claim, violation }: ClaimViolation): PermittedAnomaly | null {
    if (scenario.transactionVersion === 2) return null;
    const { trace, history } = this.traced(scenario);
    return permittedAnomaly({ scenario, trace, history, claim, violation });
  }
}
