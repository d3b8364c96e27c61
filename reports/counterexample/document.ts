/**
 * A counterexample as an argument for people: who took part, what happened, which two events cannot both be, and why.
 * A pure function of a finding; renderers (terminal, pages) draw the value and look at nothing else.
 */

import type { Finding, Violation } from '../evidence/finding.ts';
import type { HistoryEvent } from '../evidence/history.ts';
import type { Step } from '../evidence/scenario.ts';
import type { StateFields, TraceEvent } from '../evidence/trace.ts';
import { causalPast } from './causal-past.ts';
import { describeHistoryEvent, describeStep } from './describe.ts';
import { laneOfProcess, lanesOf, type Lane } from './lanes.ts';
import { Messages, type MessageContent } from './messages.ts';
import { SystemState, type Change } from './system-state.ts';

interface RowBase {
  /** Position in the history, if the row tells an event of it. */
  readonly historyEvent: number | null;
  /** Position among all rows, from 1: the same in every view of the finding. */
  readonly number: number;
  readonly timeMs: number;
  readonly text: string;
  /** Whether the offending events could depend on it. */
  readonly isPast: boolean;
  /** 1 or 2 for the offending events, in the order of the violation. */
  readonly offending: 1 | 2 | null;
  /** What it changed in the state of the whole system. */
  readonly changes: readonly Change[];
}

export interface MessageRow extends RowBase, MessageContent {}

export interface LaneRow extends RowBase {
  readonly kind:
    | 'step'
    | 'crashed'
    | 'restarted'
    | 'appended'
    | 'replicated'
    | 'state'
    | 'call'
    | 'completion';
  readonly lane: string;
  /** The state that a row is about, if it is. */
  readonly fields: StateFields | null;
}

export interface ClockRow extends RowBase {
  readonly kind: 'clock';
  readonly durationMs: number;
}

export type Row = MessageRow | LaneRow | ClockRow;

export interface Counterexample {
  readonly claim: string;
  readonly status: Finding['status'];
  readonly permitted: Finding['permitted'];
  readonly message: string;
  readonly why: readonly string[];
  readonly seed: string;
  readonly mutant: string | null;
  readonly toolVersion: string;
  readonly transactionVersion: number;
  readonly partitionVerification: boolean;
  readonly clientSteps: number;
  readonly faults: number;
  readonly shrink: Finding['shrink'];
  readonly lanes: readonly Lane[];
  readonly rows: readonly Row[];
}

/** Steps that are what the application does; all others are faults. */
const CLIENT_STEPS: readonly Step['do'][] = [
  'start',
  'begin',
  'send',
  'commit',
  'abort',
  'join',
  'consume',
  'transform',
  'send-offsets',
  'commit-offsets',
  'poll',
];

export function counterexample(finding: Finding): Counterexample {
  const { scenario, violation } = finding;
  const rows = rowsOf(finding);
  const clientSteps = scenario.steps.filter((step) => CLIENT_STEPS.includes(step.do)).length;
  return {
    claim: finding.claim,
    status: finding.status,
    permitted: finding.permitted,
    message: violation.message,
    why: violation.why.map((statement) => citeRows(statement, rows)),
    seed: finding.seed,
    mutant: finding.mutant,
    toolVersion: finding.tool.version,
    transactionVersion: scenario.transactionVersion,
    partitionVerification: scenario.partitionVerification,
    clientSteps,
    faults: scenario.steps.length - clientSteps,
    shrink: finding.shrink,
    lanes: lanesOf(finding),
    rows,
  };
}

/** Claims cite events by their position in the history, readers see rows. */
function citeRows(statement: string, rows: readonly Row[]): string {
  return statement.replaceAll(/\bevent (\d+)\b/g, (cited, position: string) => {
    const row = rows.find(({ historyEvent }) => historyEvent === Number(position));
    return row === undefined ? `history ${cited}` : `event ${row.number}`;
  });
}

function rowsOf(finding: Finding): Row[] {
  const past = causalPast(finding);
  const messages = new Messages(finding.trace);
  const state = new SystemState(messages);
  const rows: Row[] = [];
  for (const [index, event] of finding.trace.entries()) {
    const row = rowOf(event, finding, messages);
    const changes = state.changesBy(event);
    if (row === null) continue;
    rows.push({
      ...row,
      number: rows.length + 1,
      timeMs: event.time,
      historyEvent: event.kind === 'history' ? event.event : null,
      isPast: past.has(index),
      offending: offending(event, finding.violation),
      changes,
    });
  }
  return rows;
}

type RowContent<R extends Row = Row> = R extends Row
  ? Omit<R, keyof RowBase> & { text: string }
  : never;

/** Null: the event is told by another row. */
function rowOf(event: TraceEvent, finding: Finding, messages: Messages): RowContent | null {
  switch (event.kind) {
    case 'step': {
      const step = finding.scenario.steps[event.step];
      const text = step === undefined ? `step ${event.step}` : describeStep(step);
      return { ...lane(event.kind, 'script'), text: event.skipped ? `${text} (skipped)` : text };
    }
    case 'sent':
    case 'delivered':
    case 'lost':
    case 'held':
    case 'duplicated':
      return messages.row(event);
    case 'crashed':
    case 'restarted':
      return { ...lane(event.kind, event.lane), text: event.kind };
    case 'appended':
      return {
        ...lane(event.kind, event.lane),
        text: `${event.log} [${event.offset}] ${event.text}`,
      };
    case 'replicated':
      return {
        ...lane(event.kind, event.lane),
        text: `${event.log} high watermark ${event.highWatermark}`,
      };
    case 'state':
      return { ...lane(event.kind, event.lane), text: event.text, fields: event.fields ?? null };
    case 'clock':
      return clock(event.time - event.from);
    case 'history':
      return callRow(finding.history[event.event], finding.history);
  }
}

export function clock(durationMs: number): Omit<ClockRow, keyof RowBase> & { text: string } {
  return { kind: 'clock', durationMs, text: `${Math.round(durationMs)} ms pass` };
}

function lane(kind: LaneRow['kind'], id: string): Pick<LaneRow, 'kind' | 'lane' | 'fields'> {
  return { kind, lane: id, fields: null };
}

/** Attempts are told by the messages, a crash by the trace's own event. */
function callRow(
  event: HistoryEvent | undefined,
  history: readonly HistoryEvent[],
): RowContent | null {
  switch (event?.type) {
    case 'invoke':
      return {
        ...lane('call', laneOfProcess(event.process)),
        text: describeHistoryEvent(event, history),
      };
    case 'ok':
    case 'failed':
    case 'unknown':
      return {
        ...lane('completion', laneOfProcess(event.process)),
        text: describeHistoryEvent(event, history),
      };
    case 'request':
    case 'response':
    case 'copy':
    case 'crash':
    case undefined:
      return null;
  }
}

function offending(event: TraceEvent, violation: Violation): 1 | 2 | null {
  if (event.kind !== 'history') return null;
  if (event.event === violation.events[0]) return 1;
  return event.event === violation.events[1] ? 2 : null;
}
