/** What the evidence says nothing about, and why: the part of a report that readers miss most. */

import type {
  ConformanceReport,
  ReportedClaim,
  ReportedClause,
  Subject,
} from '../evidence/conformance-report.ts';
import type { ConformanceInputs } from './inputs.ts';
import { isHeld } from './status.ts';

type NotChecked = ConformanceReport['notChecked'];

export function notChecked(
  report: Pick<
    ConformanceReport,
    'claims' | 'clauses' | 'coverage' | 'faults' | 'refinement' | 'subject'
  >,
  inputs: ConformanceInputs,
): NotChecked {
  return [
    ...report.claims.flatMap(openClaim),
    ...report.clauses.flatMap(openClause),
    ...unfiredFaults(report.faults),
    ...partialEvidence(inputs),
    ...unseenAnomalies(inputs),
    ...uncheckedRules(inputs),
    ...(report.subject.kind === 'reference' ? openCells(report.coverage) : []),
    ...(report.subject.kind === 'system' ||
    isHeld(report.refinement.status) ||
    report.refinement.status === 'violated'
      ? []
      : [
          {
            what: 'refinement of the specification',
            why: report.refinement.reason ?? 'no step was compared',
          },
        ]),
    ...(inputs.mutations.length > 0 || report.subject.kind === 'system'
      ? []
      : [
          {
            what: 'strength of the suite',
            why: 'no mutation result was given; `npx onceproof mutate --out FOLDER` makes one',
          },
        ]),
    ...inputs.missingFindings.map((file) => ({
      what: `finding ${file}`,
      why: 'a run names it, and it is not there',
    })),
    ...(report.subject.kind === 'reference' ? ofReference(report.subject) : OF_SYSTEM),
  ];
}

function ofReference({ name }: Subject): NotChecked {
  return [
    {
      what: 'every scenario',
      why: 'scenarios were sampled and directed tests are single courses: what none of them reached is open',
    },
    {
      what: 'real brokers and clients',
      why: `the subject is the ${name} in its simulation: no network, disk or process was involved`,
    },
  ];
}

const OF_SYSTEM: NotChecked = [
  {
    what: 'everything that is not in the histories',
    why: 'what the subject does under other loads and faults was not observed',
  },
];

function openClaim({ name, status, reason }: ReportedClaim): NotChecked {
  if (isHeld(status) || status === 'violated') return [];
  return [{ what: `claim ${name}`, why: reason ?? status }];
}

function openClause({ id, status, reason }: ReportedClause): NotChecked {
  if (isHeld(status) || status === 'violated') return [];
  return [{ what: `clause ${id}`, why: reason ?? status }];
}

/** A kind of fault that never fired has tested nothing. */
function unfiredFaults(faults: ConformanceReport['faults']): NotChecked {
  return faults
    .filter(({ fired }) => fired === 0)
    .map(({ kind, armed }) => ({
      what: `fault ${kind}`,
      why: armed === 0 ? 'it was never drawn' : `it was armed ${armed} times and never fired`,
    }));
}

function unseenAnomalies({ judgements }: ConformanceInputs): NotChecked {
  return judgements.flatMap(({ file, value }) =>
    value.anomalies
      .filter(({ status }) => status === 'not-asked' || status === 'not-applicable')
      .map(({ name, status, reason }) => ({
        what: `anomaly ${name} in ${file}`,
        why: reason ?? status,
      })),
  );
}

function uncheckedRules({ judgements }: ConformanceInputs): NotChecked {
  return judgements.flatMap(({ file, value }) =>
    value.unchecked.map(({ rule, reason }) => ({
      what: `rule ${rule} in the history of ${file}`,
      why: reason,
    })),
  );
}

function openCells(machines: ConformanceReport['coverage']): NotChecked {
  if (machines.length === 0) {
    const why = 'no coverage was given; `npx onceproof run` writes it beside run.json';
    return [{ what: 'coverage of the specification', why }];
  }
  return machines.flatMap(({ machine, cells }) => {
    const missed = cells.filter(({ status }) => status === 'missed');
    const listed = cells.filter(({ status }) => status === 'listed').length;
    return [
      ...missed.map(({ state, event, reason }) => ({
        what: `${machine}: ${event} in ${state}`,
        why: reason ?? 'within reach of these runs, and not taken',
      })),
      ...(listed === 0
        ? []
        : [
            {
              what: `${machine}: ${listed} cells`,
              why: 'out of reach of these runs, each for the reason that the coverage gives',
            },
          ]),
    ];
  });
}

function partialEvidence({ runs, mutations }: ConformanceInputs): NotChecked {
  return [
    ...runs
      .filter(({ value }) => value.partial)
      .map(({ file, value }) => ({
        what: `the rest of ${file}`,
        why: `the run was interrupted after ${value.scenarios} scenarios`,
      })),
    ...mutations.flatMap(({ value }) =>
      value.mutants
        .filter(({ status }) => status === 'not-run')
        .map(({ id }) => ({ what: `mutant ${id}`, why: 'the time was up before its turn' })),
    ),
  ];
}
