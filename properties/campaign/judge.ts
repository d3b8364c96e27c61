/** Runs scenarios on one subject under one set of settings and judges what its clients saw by the chosen claims. */

import { componentsWith, type Components } from '../../impl/simulation/overrides.ts';
import type { Violation } from '../../reports/evidence/finding.ts';
import type { Scenario } from '../../reports/evidence/scenario.ts';
import type { ClaimName } from '../claim-names.ts';
import { CLAIMS } from '../claims/all-claims.ts';
import type { Claim } from '../claims/claim.ts';
import { JudgedHistory } from '../claims/judged-history.ts';
import type { CoverageRecord } from '../coverage-matrix/coverage-record.ts';
import { RecordedHistory } from '../history/recorded-history.ts';
import { mutantWithId } from '../mutants/mutants.ts';
import type { PermittedAnomaly } from '../permitted-anomalies/anomaly.ts';
import { permittedAnomaly } from '../permitted-anomalies.ts';
import { runScenario, type ScenarioRun } from '../scenarios/run-scenario.ts';
import { runBesideModel, type WatchedRun } from './refinement.ts';
import type { RunSettings } from './settings.ts';

/** What a scenario can violate. */
export type Subject = ClaimName | typeof REFINEMENT;
export const REFINEMENT = 'Refinement';

export interface SubjectViolation {
  readonly subject: Subject;
  readonly violation: Violation;
}

export interface Judged {
  readonly run: ScenarioRun;
  readonly history: JudgedHistory;
  readonly violations: readonly SubjectViolation[];
  /** Steps of the coordinator that were compared with the model. */
  readonly refinementSteps: number;
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

  /** `coverage`: where to count what the refinement sees. */
  judge(scenario: Scenario, coverage: CoverageRecord | null = null): Judged {
    const watched = this.settings.refinement
      ? runBesideModel(scenario, { components: this.#components, trace: false }, coverage)
      : { run: this.#run(scenario, false), violation: null, steps: 0 };
    const history = JudgedHistory.of(watched.run.history, this.claims);
    const violations: SubjectViolation[] = [];
    for (const claim of this.claims) {
      const found = history.violationOf(claim);
      if (found !== null) violations.push({ subject: claim.name, violation: found });
    }
    if (watched.violation !== null) {
      violations.push({ subject: REFINEMENT, violation: watched.violation });
    }
    return { run: watched.run, history, violations, refinementSteps: watched.steps };
  }

  /** The violation of one claim, or of the refinement, by a scenario; null if it holds. */
  violationOf(subject: Subject, scenario: Scenario): Violation | null {
    if (subject === REFINEMENT) {
      return runBesideModel(scenario, { components: this.#components, trace: false }).violation;
    }
    const claim = CLAIMS.find(({ name }) => name === subject)!;
    return JudgedHistory.of(this.#run(scenario, false).history, [claim]).violationOf(claim);
  }

  /** The same run with everything recorded. */
  traced(scenario: Scenario): ScenarioRun {
    return this.#run(scenario, true);
  }

  /** And the specification beside it. */
  tracedBesideModel(scenario: Scenario): WatchedRun {
    return runBesideModel(scenario, { components: this.#components, trace: true });
  }

  /** The anomaly, permitted at this transaction version, that caused a violation; null: none did. */
  permitted(scenario: Scenario, { subject, violation }: SubjectViolation): PermittedAnomaly | null {
    if (scenario.transactionVersion === 2 || subject === REFINEMENT) return null;
    const { trace, history } = this.traced(scenario);
    return permittedAnomaly(scenario, new RecordedHistory(history), trace, subject, violation);
  }

  #run(scenario: Scenario, trace: boolean): ScenarioRun {
    return runScenario(scenario, {
      components: this.#components,
      trace,
      coordinatorObserver: null,
    });
  }
}
