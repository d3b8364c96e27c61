/**
 * Refuses a history that no recorder of real clients can have written. Claims are judged on well-formed histories
 * only: a malformed one would be blamed on the subject although the recorder is wrong.
 */

import { HistoryIndex } from './history-index.ts';
import { LintedProcesses, type ProcessState } from './linted-processes.ts';
import { NumberSet } from './number-set.ts';
import type { OpenHistory } from './open-history.ts';
import type {
  Attempt,
  Completion,
  HistoryEvent,
  Invocation,
} from '../../reports/evidence/history.ts';

/** A rule, and the sentence that states it. */
export const HISTORY_RULES = {
  'time-goes-back': 'time never decreases along a history',
  'event-after-crash': 'nothing happens in a process after it crashed',
  'operation-reused': 'each invocation has an operation number of its own',
  'completion-without-invocation': 'a completion follows the invocation that it completes',
  'completed-twice': 'an operation completes at most once',
  'completed-elsewhere': 'an operation completes in the process that invoked it',
  'concurrent-calls':
    'a process does nothing else while a call that blocks it is outstanding (sends and polls may overlap)',
  'value-reused': 'each send has a value of its own, because the value names the record',
  'before-init': 'a producer calls init before it begins, sends or ends anything',
  'no-transactional-id':
    'only a producer with a transactional id begins, ends or sends in transactions',
  'transaction-out-of-order':
    'a begin carries its ordinal: the n-th begin of a process has transaction n',
  'transaction-not-current':
    'a send, send-offsets, commit or abort names the transaction that its process began last',
  'poll-without-records': 'a poll that returned says which records it returned, if only none',
  'final-read-without-offsets': 'a final read says the last stable offset and the high watermark',
  'join-without-member': 'a join that returned says the member id and the generation',
  'fetch-without-offsets':
    'a fetch of offsets that returned says the offset of each partition that it asked for',
  'call-after-final-read': 'producers but for probes have stopped before the final reads begin',
  'end-offset-missing': 'an end-offset that returned says the offset',
  'state-missing': 'a describe-transaction that returned says the state, if only null',
  'request-out-of-place': 'the k-th request of a history has number k, counted from 0',
  'response-without-request': 'a response answers an earlier request of the same process',
  'copy-without-request': 'a copy repeats an unanswered request of the same process',
  'answered-twice': 'a request is answered at most once',
  'resent-end-failed':
    'an error on an EndTxn that was sent more than once is `unknown`: the first attempt may have ended the transaction',
} as const;
export type HistoryRule = keyof typeof HISTORY_RULES;

/** By rule, the field of the event that is at fault; empty: one that is not there. */
export const RULE_FIELDS: Readonly<Record<HistoryRule, string>> = {
  'time-goes-back': 'time',
  'event-after-crash': 'process',
  'operation-reused': 'op',
  'completion-without-invocation': 'op',
  'completed-twice': 'op',
  'completed-elsewhere': 'process',
  'concurrent-calls': 'call',
  'value-reused': 'value',
  'before-init': 'call',
  'no-transactional-id': 'transaction',
  'transaction-out-of-order': 'transaction',
  'transaction-not-current': 'transaction',
  'poll-without-records': '',
  'final-read-without-offsets': '',
  'join-without-member': '',
  'fetch-without-offsets': 'offsets',
  'call-after-final-read': 'call',
  'end-offset-missing': '',
  'state-missing': '',
  'request-out-of-place': 'request',
  'response-without-request': 'request',
  'copy-without-request': 'request',
  'answered-twice': 'request',
  'resent-end-failed': 'type',
};

/** The first event that breaks a rule. In a file it stands on line `event + 2`, after the header. */
export interface Malformation {
  readonly event: number;
  readonly rule: HistoryRule;
  /** What was found, and the rule. */
  readonly message: string;
}

/** Null: well-formed. */
export function firstMalformation(events: readonly HistoryEvent[]): Malformation | null {
  const index = new HistoryIndex();
  const linter = new HistoryLinter(index, index);
  for (const [event, entry] of events.entries()) {
    const rule = linter.brokenBy(entry);
    if (rule === null) {
      index.add(entry);
      continue;
    }
    return { event, rule, message: `event ${event} (${describe(entry)}): ${HISTORY_RULES[rule]}` };
  }
  return null;
}

/** For people: `commit of A#1 at 12 ms`. */
export function describe(event: HistoryEvent): string {
  const what = 'call' in event ? event.call : event.type;
  return `${what} of ${event.process} at ${event.time} ms`;
}

/** A process may do something else while one of these is outstanding. */
const OVERLAPPING_CALLS: ReadonlySet<Invocation['call']> = new Set([
  'send',
  'poll',
  'end-offset',
  'describe-transaction',
]);

/** Calls that only ask. */
type Query = 'poll' | 'fetch-offsets' | 'end-offset' | 'describe-transaction';
type ChangingCall = Exclude<Invocation, { readonly call: Query }>;

/** A rule that was not checked everywhere, and why. */
export interface UncheckedRule {
  readonly rule: HistoryRule;
  readonly reason: string;
}

/** Takes a history event by event, each before the history takes it, and keeps only what that does not. */
export class HistoryLinter {
  readonly #history: OpenHistory;
  readonly #whole: HistoryIndex | null;
  readonly #invoked = new NumberSet();
  readonly #processes = new LintedProcesses();
  #time = 0;
  #finalReadsBegan = false;

  /** `history`: of the events before; `whole`: null, if it forgets what is over. */
  constructor(history: OpenHistory, whole: HistoryIndex | null) {
    this.#history = history;
    this.#whole = whole;
    if (whole === null) history.watch(this.#processes);
  }

  /** What only a history that is kept as a whole can be checked for. */
  get unchecked(): readonly UncheckedRule[] {
    if (this.#whole !== null) return [];
    const ofCrashed = 'a process that crashed was forgotten';
    return [
      { rule: 'value-reused', reason: 'no claim that was asked for needs the values' },
      ...(this.#processes.forgetsCrashed
        ? [{ rule: 'event-after-crash', reason: ofCrashed } as const]
        : []),
    ];
  }

  /** The rule that the next event breaks; null: none. */
  brokenBy(event: HistoryEvent): HistoryRule | null {
    if (event.time < this.#time) return 'time-goes-back';
    this.#time = event.time;
    const process = this.#processes.of(event.process);
    const broken = this.#broken(event, process);
    if (this.#whole === null) this.#processes.forgetReader(event.process);
    return broken;
  }

  #broken(event: HistoryEvent, process: ProcessState): HistoryRule | null {
    if (process.crashed) return 'event-after-crash';
    switch (event.type) {
      case 'invoke':
        return this.#invocation(event, process);
      case 'request':
        return this.#request(event, process);
      case 'response':
        return this.#response(event);
      case 'copy':
        return this.#senderOf(event.request) === event.process ? null : 'copy-without-request';
      case 'crash':
        process.crashed = true;
        return null;
      default:
        return this.#completion(event, process);
    }
  }

  #invocation(invocation: Invocation, process: ProcessState): HistoryRule | null {
    if (this.#invoked.has(invocation.op)) return 'operation-reused';
    this.#invoked.add(invocation.op);
    if (process.exclusive !== null) return 'concurrent-calls';
    const broken = this.#call(invocation, process);
    if (broken !== null) return broken;
    if (!OVERLAPPING_CALLS.has(invocation.call)) process.exclusive = invocation.op;
    return null;
  }

  #call(invocation: Invocation, process: ProcessState): HistoryRule | null {
    switch (invocation.call) {
      case 'poll':
      case 'fetch-offsets':
        this.#finalReadsBegan ||= invocation.final;
        return null;
      case 'end-offset':
      case 'describe-transaction':
        return null;
      default:
        return this.#changingCall(invocation, process);
    }
  }

  /** A call that may have an effect. */
  #changingCall(invocation: ChangingCall, process: ProcessState): HistoryRule | null {
    if (invocation.call === 'init') process.probe ||= invocation.probe === true;
    if (this.#finalReadsBegan && !process.probe) return 'call-after-final-read';
    if (invocation.call === 'init') {
      process.initialised = true;
      process.transactional ||= invocation.transactionalId !== null;
      return null;
    }
    if (invocation.call === 'join' || invocation.call === 'commit-offsets') return null;
    if (!process.initialised) return 'before-init';
    if (invocation.call === 'send' && this.#whole?.sendOf(invocation.value) !== undefined) {
      return 'value-reused';
    }
    if (invocation.transaction === null) return null;
    if (!process.transactional) return 'no-transactional-id';
    if (invocation.call !== 'begin') {
      const isEnd = invocation.call === 'commit' || invocation.call === 'abort';
      if (isEnd && invocation.call !== process.end) {
        process.end = invocation.call;
        process.endTxns = 0;
      }
      process.endTxnsBefore = process.endTxns;
      return invocation.transaction === process.transactions ? null : 'transaction-not-current';
    }
    process.transactions += 1;
    process.end = null;
    return invocation.transaction === process.transactions ? null : 'transaction-out-of-order';
  }

  #completion(completion: Completion, process: ProcessState): HistoryRule | null {
    const operation = this.#history.outstanding(completion.op);
    if (operation === undefined) {
      return this.#invoked.has(completion.op) ? 'completed-twice' : 'completion-without-invocation';
    }
    const { invocation } = operation;
    if (invocation.process !== completion.process) return 'completed-elsewhere';
    if (process.exclusive === completion.op) process.exclusive = null;
    if (completion.type === 'ok') return incomplete(invocation, completion);
    const ends = invocation.call === 'commit' || invocation.call === 'abort';
    if (!ends || completion.type !== 'failed') return null;
    const sentByThisCall = process.endTxns > process.endTxnsBefore;
    return sentByThisCall && process.endTxns > 1 ? 'resent-end-failed' : null;
  }

  #request(
    request: Extract<Attempt, { readonly type: 'request' }>,
    process: ProcessState,
  ): HistoryRule | null {
    if (request.request !== this.#history.counts.attempts) return 'request-out-of-place';
    if (request.api === 'EndTxn') process.endTxns += 1;
    return null;
  }

  #response(response: Extract<Attempt, { readonly type: 'response' }>): HistoryRule | null {
    const { request, process } = response;
    const sender = this.#senderOf(request);
    if (sender === undefined && request < this.#history.counts.attempts) return 'answered-twice';
    return sender === process ? null : 'response-without-request';
  }

  /** Process of a request that is not answered. */
  #senderOf(request: number): string | undefined {
    return this.#history.unanswered(request)?.request.process;
  }
}

type Ok = Extract<Completion, { readonly type: 'ok' }>;

/** What a call that returned should have said and did not. */
function incomplete(invocation: Invocation, completion: Ok): HistoryRule | null {
  switch (invocation.call) {
    case 'poll':
      return pollIncomplete(invocation, completion);
    case 'join': {
      const { generation, memberId } = completion;
      return generation === undefined || memberId === undefined ? 'join-without-member' : null;
    }
    case 'fetch-offsets': {
      const told = completion.offsets?.map(({ partition }) => partition) ?? [];
      const isTold = invocation.partitions.every((partition) => told.includes(partition));
      return isTold ? null : 'fetch-without-offsets';
    }
    case 'end-offset':
      return completion.offset === undefined ? 'end-offset-missing' : null;
    case 'describe-transaction':
      return completion.state === undefined ? 'state-missing' : null;
    default:
      return null;
  }
}

function pollIncomplete(
  invocation: Extract<Invocation, { readonly call: 'poll' }>,
  completion: Ok,
): HistoryRule | null {
  if (completion.records === undefined) return 'poll-without-records';
  const { lastStableOffset, highWatermark } = completion;
  const told = lastStableOffset !== undefined && highWatermark !== undefined;
  return invocation.final && !told ? 'final-read-without-offsets' : null;
}
