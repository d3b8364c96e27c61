/** Compares two reports, each claim and clause with itself. */

import {
  CHANGES,
  CONFORMANCE_DIFF_SCHEMA_VERSION,
  type ConformanceChange,
  type ConformanceDiff,
} from '../evidence/conformance-diff.ts';
import type { ConformanceReport, Strength } from '../evidence/conformance-report.ts';
import { TOOL } from '../evidence/tool.ts';
import { isHeld, type Status } from './status.ts';

interface Entry {
  readonly of: ConformanceChange['of'];
  readonly name: string;
  readonly status: Status;
  readonly evidence: readonly Strength[];
}

/** Null: as it was. */
type Change = Pick<ConformanceChange, 'change' | 'why'> | null;

export function conformanceDiff(
  before: ConformanceReport,
  after: ConformanceReport,
): ConformanceDiff {
  const [earlier, later] = [entriesOf(before), entriesOf(after)];
  const names = [...new Map([...earlier, ...later].map((entry) => [keyOf(entry), entry])).values()];
  const compared = names.map((named) => {
    const one = earlier.find((entry) => keyOf(entry) === keyOf(named));
    const other = later.find((entry) => keyOf(entry) === keyOf(named));
    return { named, one, other, change: changeOf(one, other) };
  });
  const changes = compared.flatMap(({ named, one, other, change }): ConformanceChange[] =>
    change === null
      ? []
      : [
          {
            name: named.name,
            of: named.of,
            ...change,
            before: one?.status ?? null,
            after: other?.status ?? null,
          },
        ],
  );
  return {
    kind: 'conformance-diff',
    schemaVersion: CONFORMANCE_DIFF_SCHEMA_VERSION,
    tool: TOOL,
    before: sideOf(before),
    after: sideOf(after),
    changes: changes.toSorted((a, b) => CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change)),
    unchanged: compared.length - changes.length,
  };
}

function entriesOf({ claims, clauses }: ConformanceReport): readonly Entry[] {
  return [
    ...claims.map((claim): Entry => ({ of: 'claim', ...claim })),
    ...clauses.map((clause): Entry => ({ of: 'clause', name: clause.id, ...clause })),
  ];
}

function keyOf({ of, name }: Entry): string {
  return `${of} ${name}`;
}

function sideOf({ tool, subject, verdict }: ConformanceReport): ConformanceDiff['before'] {
  return { toolVersion: tool.version, subject, verdict: verdict.value };
}

function changeOf(before: Entry | undefined, after: Entry | undefined): Change {
  if (before === undefined) return { change: 'new', why: 'the earlier report does not have it' };
  if (after === undefined) return { change: 'gone', why: 'the later report does not have it' };
  if (after.status === 'violated') {
    return before.status === 'violated'
      ? { change: 'still-failing', why: 'violated before and now' }
      : { change: 'new-fail', why: `violated; it was ${before.status}` };
  }
  if (before.status === 'violated') {
    return isHeld(after.status)
      ? { change: 'fixed', why: `${after.status}; it was violated` }
      : {
          change: 'weaker-evidence',
          why: `violated before, and now ${after.status}: nothing says it is fixed`,
        };
  }
  if (isHeld(before.status) !== isHeld(after.status)) {
    return isHeld(after.status)
      ? { change: 'stronger-evidence', why: `${after.status}; it was ${before.status}` }
      : { change: 'weaker-evidence', why: `${after.status}; it was ${before.status}` };
  }
  if (before.status !== after.status) {
    const change = after.status === 'expected' ? 'weaker-evidence' : 'stronger-evidence';
    return { change, why: `${after.status}; it was ${before.status}` };
  }
  return isHeld(after.status) ? strengthChange(before, after) : null;
}

/** Sampling varies by itself: only half as much evidence is worth a word. */
const NOTABLE = 2;

function strengthChange(before: Entry, after: Entry): Change {
  const [one, other] = [witnessed(before), witnessed(after)];
  if (one >= NOTABLE * other && one > other) {
    return { change: 'weaker-evidence', why: `witnessed ${other} times; it was ${one}` };
  }
  if (other >= NOTABLE * one && other > one) {
    return { change: 'stronger-evidence', why: `witnessed ${other} times; it was ${one}` };
  }
  const [fewer, asked] = [directed(before), directed(after)];
  if (fewer === asked) return null;
  const change = asked < fewer ? 'weaker-evidence' : 'stronger-evidence';
  return { change, why: `${asked} directed tests; it was ${fewer}` };
}

function witnessed({ evidence }: Entry): number {
  return Math.min(
    ...evidence.flatMap((of) => (of.kind === 'directed' ? [] : [of.witnessed])),
    Infinity,
  );
}

function directed({ evidence }: Entry): number {
  return Math.max(...evidence.flatMap((of) => (of.kind === 'directed' ? [of.tests] : [])), 0);
}
