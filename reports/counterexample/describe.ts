/** Steps of a script and events of a history in words. */

import type { Completion, HistoryEvent, Invocation } from '../evidence/history.ts';
import type { Step } from '../evidence/scenario.ts';

export function describeStep(step: Step): string {
  const wait = step.wait === undefined ? '' : `, ${step.wait} events later`;
  return `${describeAction(step)}${wait}`;
}

function describeAction(step: Step): string {
  switch (step.do) {
    case 'start':
      return `start ${step.producer}`;
    case 'begin':
    case 'commit':
    case 'abort':
    case 'join':
    case 'consume':
    case 'send-offsets':
    case 'commit-offsets':
      return `${step.instance} ${step.do}`;
    case 'transform':
      return `${step.instance} transform to ${step.partition}`;
    case 'send':
      return `${step.instance} send to ${step.partition}`;
    case 'poll':
      return 'poll';
    case 'crash-producer':
      return `crash ${step.instance}`;
    case 'crash-coordinator':
      return 'crash the coordinator';
    case 'crash-group-coordinator':
      return 'crash the group coordinator';
    case 'crash-leader':
      return `crash the leader of ${step.partition}`;
    case 'lose-request':
    case 'lose-response':
      return `${step.do} ${message(step)}`;
    case 'delay-request':
    case 'delay-response':
    case 'duplicate-request':
      return `${step.do} ${message(step)}, for ${step.steps} steps`;
    case 'fail-append':
      return `fail the next append to ${step.partition}: ${step.errorCode}`;
    case 'time-out-transaction':
      return 'let transactions time out';
  }
}

function message(step: Extract<Step, { api: string }>): string {
  const partition = step.partition === undefined ? '' : ` for ${step.partition}`;
  return `${step.api} from ${step.from}${partition}`;
}

/** A completion says which call it ends. */
export function describeHistoryEvent(
  event: Invocation | Completion,
  history: readonly HistoryEvent[],
): string {
  if (event.type === 'invoke') return describeCall(event);
  const call = history.find((other) => other.type === 'invoke' && other.op === event.op);
  const name = call?.type === 'invoke' ? describeCall(call) : `operation ${event.op}`;
  return `${name}: ${describeOutcome(event)}`;
}

function describeCall(call: Invocation): string {
  switch (call.call) {
    case 'init':
      return 'initTransactions';
    case 'begin':
    case 'commit':
    case 'abort':
      return `${call.call} transaction ${call.transaction}`;
    case 'send': {
      const within = call.transaction === null ? '' : ` in transaction ${call.transaction}`;
      const made =
        call.input === undefined ? '' : ` from ${call.input.partition}@${call.input.offset}`;
      return `send ${call.value} to ${call.partition}${within}${made}`;
    }
    case 'poll':
      return `${call.final ? 'final ' : ''}${call.isolation} poll of ${call.partition} from ${call.from}`;
    case 'join':
      return `join group ${call.group}`;
    case 'send-offsets':
      return `send ${describeOffsets(call.offsets)} of group ${call.group} in transaction ${call.transaction}`;
    case 'commit-offsets':
      return `commit ${describeOffsets(call.offsets)} of group ${call.group}`;
    case 'fetch-offsets':
      return `${call.final ? 'final ' : ''}fetch of group ${call.group}'s offsets of ${call.partitions.join(', ')}`;
    case 'end-offset':
      return `${call.isolation} end offset of ${call.partition}`;
    case 'describe-transaction':
      return `describe the transaction of ${call.transactionalId}`;
  }
}

function describeOffsets(offsets: readonly { partition: string; offset: number }[]): string {
  return `offsets ${offsets.map(({ partition, offset }) => `${partition}=${offset}`).join(' ')}`;
}

function describeOutcome(completion: Completion): string {
  if (completion.type !== 'ok') return `${completion.type}, ${completion.error}`;
  const facts = [
    fact('id', completion.producerId),
    fact('epoch', completion.producerEpoch),
    fact('offset', completion.offset),
    completion.records === undefined ? null : `read ${describeRecords(completion.records)}`,
    fact('last stable offset', completion.lastStableOffset),
    fact('high watermark', completion.highWatermark),
    fact('generation', completion.generation),
    completion.offsets === undefined ? null : describeOffsets(completion.offsets),
    completion.state === undefined ? null : `state ${completion.state ?? 'unknown id'}`,
  ].filter((text) => text !== null);
  return facts.length === 0 ? 'ok' : `ok, ${facts.join(', ')}`;
}

function describeRecords(records: readonly { value: string | null }[]): string {
  if (records.length === 0) return 'nothing';
  return `[${records.map((record) => record.value ?? 'null').join(' ')}]`;
}

function fact(name: string, value: number | undefined): string | null {
  return value === undefined ? null : `${name} ${value}`;
}
