/**
 * Judges a history from outside: takes it event by event, refuses a malformed one with its line, and at the end asks
 * every claim that it has the events for, and every anomaly check.
 */

import { EvidenceError } from '../../reports/evidence/errors.ts';
import type { Violation } from '../../reports/evidence/finding.ts';
import type { HistoryEvent, HistoryHeader } from '../../reports/evidence/history.ts';
import type { ColumnOf } from '../../reports/evidence/history-reader.ts';
import {
  JUDGEMENT_SCHEMA_VERSION,
  type CitedViolation,
  type JudgedAnomaly,
  type JudgedClaim,
  type Judgement,
} from '../../reports/evidence/judgement.ts';
import { TOOL } from '../../reports/evidence/tool.ts';
import type { Claim } from '../claims/claim.ts';
import { JudgedHistory } from '../claims/judged-history.ts';
import { ANOMALY_CHECKS } from '../history/anomalies/all-anomalies.ts';
import type { AnomalyCheck } from '../history/anomalies/anomaly-check.ts';
import { HISTORY_CONTENTS, HistoryContents, type HistoryContent } from '../history/contents.ts';
import {
  HISTORY_RULES,
  HistoryLinter,
  RULE_FIELDS,
  describe,
  type HistoryRule,
} from '../history/linter.ts';

/** What of a judgement is not said by the claims. */
export interface JudgingOptions {
  /** Whether to look for the anomalies too: they need every record of the history. */
  readonly anomalies: boolean;
}

/** In a file the header comes first, and lines count from 1. */
export const lineOf = (position: number): number => position + 2;

export class HistoryJudge {
  readonly #file: string;
  readonly #claims: readonly Claim[];
  readonly #anomalies: boolean;
  readonly #judged: JudgedHistory;
  readonly #contents = new HistoryContents();
  readonly #linter: HistoryLinter;
  #operations = 0;
  #recordsRead = 0;

  /** `file` is how to call the history in messages. */
  constructor(
    file: string,
    claims: readonly Claim[],
    { anomalies }: JudgingOptions = { anomalies: true },
  ) {
    this.#file = file;
    this.#claims = claims;
    this.#anomalies = anomalies;
    this.#judged = new JudgedHistory(claims, anomalies);
    this.#linter = new HistoryLinter(this.#judged.history, this.#judged.whole);
  }

  /** Operations so far. */
  get operations(): number {
    return this.#operations;
  }

  /** Takes the next event; throws if the history is malformed. `columnOf` tells where in its line a field stands. */
  add(event: HistoryEvent, columnOf?: ColumnOf): void {
    const rule = this.#linter.brokenBy(event);
    if (rule !== null) throw this.#malformed(event, rule, columnOf);
    const completed = this.#judged.history.add(event);
    switch (event.type) {
      case 'invoke':
        this.#operations += 1;
        break;
      case 'request':
        this.#contents.attempted();
        break;
      case 'ok':
        if (completed !== null) this.#contents.returned(completed.invocation, event);
        this.#recordsRead += event.records?.length ?? 0;
        break;
      default:
    }
  }

  #malformed(event: HistoryEvent, rule: HistoryRule, columnOf?: ColumnOf): EvidenceError {
    const field = RULE_FIELDS[rule];
    const place = [
      `line ${lineOf(this.#judged.history.length)}`,
      ...(columnOf === undefined ? [] : [`column ${columnOf(field)}`]),
      ...(field === '' ? [] : [`at ${field}`]),
    ].join(', ');
    return new EvidenceError(
      'malformed',
      this.#file,
      `${this.#file}, ${place}: expected a history in which ${HISTORY_RULES[rule]}; ` +
        `found ${describe(event)}, which breaks that rule (${rule}). docs/JUDGE.md says how to record one.`,
    );
  }

  /** After the last event. Of a violation's events it knows the lines only. `onSubject`: before each claim and check. */
  judgement({ subject }: HistoryHeader, onSubject: (name: string) => void): Judgement {
    const claims = this.#claims.map((claim) => {
      onSubject(claim.name);
      return this.#claimJudged(claim);
    });
    const anomalies = ANOMALY_CHECKS.map((check) => {
      onSubject(check.name);
      return this.#looked(check);
    });
    const violated = [
      ...claims.flatMap(({ name, status }) =>
        status === 'violated' ? [`${name} is violated.`] : [],
      ),
      ...anomalies.flatMap(({ name, verdict, status }) =>
        verdict === 'forbidden' && status === 'found' ? [`The anomaly ${name} was found.`] : [],
      ),
    ];
    const missed = claims.flatMap(({ name, status, reason }) =>
      status === 'inconclusive' ? [`${name}: ${reason}`] : [],
    );
    if (claims.every(({ status }) => status === 'not-applicable')) {
      missed.push('No claim applies: nothing was judged.');
    }
    return {
      kind: 'judgement',
      schemaVersion: JUDGEMENT_SCHEMA_VERSION,
      tool: TOOL,
      file: this.#file,
      subject,
      verdict: verdictOf(violated, missed),
      reasons: violated.length > 0 ? violated : missed,
      scope: {
        events: this.#judged.history.length,
        operations: this.#operations,
        ...this.#judged.history.counts,
        recordsRead: this.#recordsRead,
      },
      claims,
      anomalies,
      unchecked: [...this.#linter.unchecked],
    };
  }

  #claimJudged(claim: Claim): JudgedClaim {
    const { name, statement, needs, witness } = claim;
    const { situation } = witness;
    const judged = { name, statement, witness: { situation, reached: false }, violation: null };
    const lacking = this.#lacks(needs);
    if (lacking !== null) return { ...judged, status: 'not-applicable', reason: lacking };
    const found = this.#judged.violationOf(claim);
    const unseen = this.#lacks(witness.needs);
    const reached = unseen === null && this.#judged.isReached(claim);
    const result = { ...judged, witness: { situation, reached } };
    if (found !== null) {
      return { ...result, status: 'violated', reason: null, violation: cited(found) };
    }
    if (reached) return { ...result, status: 'holds', reason: null };
    const why = unseen ?? `the situation that makes it bite is not in the history (${situation})`;
    return { ...result, status: 'inconclusive', reason: why };
  }

  #looked({ name, statement, verdict, needs, find }: AnomalyCheck): JudgedAnomaly {
    const anomaly = { name, statement, verdict, count: 0, first: null };
    const { whole } = this.#judged;
    if (!this.#anomalies || whole === null) {
      return { ...anomaly, status: 'not-asked', reason: 'only claims were asked for' };
    }
    const reason = this.#lacks(needs);
    if (reason !== null) return { ...anomaly, status: 'not-applicable', reason };
    const { count, first } = find(whole);
    if (first === null) return { ...anomaly, status: 'absent', reason: null };
    return { ...anomaly, status: 'found', count, first: cited(first), reason: null };
  }

  /** What is needed and not there, as a sentence; null: nothing. */
  #lacks(needs: readonly HistoryContent[]): string | null {
    const missing = needs.filter((content) => !this.#contents.has(content));
    if (missing.length === 0) return null;
    return `the history has no ${missing.map((content) => HISTORY_CONTENTS[content].what).join(', and no ')}`;
  }
}

function verdictOf(violated: readonly string[], missed: readonly string[]): Judgement['verdict'] {
  if (violated.length > 0) return 'violated';
  return missed.length > 0 ? 'inconclusive' : 'holds';
}

/** Claims cite events by position, people look for lines. */
function cited({ message, why, events }: Violation): CitedViolation {
  const [first, second] = events;
  return {
    message,
    why: why.map((statement) =>
      statement.replaceAll(
        /\bevent (\d+)\b/g,
        (_, position: string) => `line ${lineOf(Number(position))}`,
      ),
    ),
    events: [
      { line: lineOf(first), event: null },
      { line: lineOf(second), event: null },
    ],
  };
}
