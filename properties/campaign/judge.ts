/** Runs scenarios on one subject under one set of settings and judges what its clients saw by the chosen claims. */

import { componentsWith, type Components } from '../../impl/simulation/overrides.ts';
import type { Violation } from '../../reports/evidence/finding.ts';
import type { Scenario } from '../../reports/evidence/scenario.ts';
import type { ClaimName } from '../claim-names.ts';
import { CLAIMS } from '../claims/all-claims.ts';
import type { Claim } from '../claims/claim.ts';
import { HistoryIndex } from '../history/history-index.ts';
import { mutantWithId } from '../mutants/mutants.ts';
import type { PermittedAnomaly } from '../permitted-anomalies/anomaly.ts';
import { permittedAnomaly } from '../permitted-anomalies.ts';
import { runScenario, type ScenarioRun } from '../scenarios/run-scenario.ts';
import type { RunSettings } from './settings.ts';

export interface ClaimViolation {
  readonly claim: ClaimName;
  readonly violation: Violation;
}

export interface Judged {
  readonly run: ScenarioRun;
  readonly history: HistoryIndex;
  readonly violations: readonly ClaimViolation[];
}

export class Judge {
  readonly settings: RunSettings;
  readonly claims: readonly Claim[];
  readonly #components: Components;

  constructor(settings: RunSettings) {
    this.settings = settings;
    this.claims = CLAIMS.filter(({ name }) => settings.claims.includes(name));
    const overrides = settings.mutant === null ? {} : mutantWithId(settings.mutant).overrides;
    this.#components = componentsWith(overrides);
  }

  judge(scenario: Scenario): Judged {
    const run = this.#run(scenario, false);
    const history = new HistoryIndex(run.history);
    const violations: ClaimViolation[] = [];
    for (const { name, violation } of this.claims) {
      const found = violation(history);
      if (found !== null) violations.push({ claim: name, violation: found });
    }
    return { run, history, violations };
  }

  /** The violation of one claim by a scenario; null if it holds. */
  violationOf(claim: ClaimName, scenario: Scenario): Violation | null {
    const { violation } = CLAIMS.find(({ name }) => name === claim)!;
    return violation(new HistoryIndex(this.#run(scenario, false).history));
  }

  /** The same run with everything recorded. */
  traced(scenario: Scenario): ScenarioRun {
    return this.#run(scenario, true);
  }

  /** The anomaly, permitted at this transaction version, that caused a violation; null: none did. */
  permitted(scenario: Scenario, { claim, violation }: ClaimViolation): PermittedAnomaly | null {
    if (scenario.transactionVersion === 2) return null;
    const { trace, history } = this.traced(scenario);
    return permittedAnomaly(scenario, new HistoryIndex(history), trace, claim, violation);
  }

  #run(scenario: Scenario, trace: boolean): ScenarioRun {
    return runScenario(scenario, {
      components: this.#components,
      trace,
      coordinatorObserver: null,
    });
  }
}
