/**
 * A notation in which tests write histories by hand, an event or two a line:
 *
 *     A#1 init A => ok 7 0                 the producer id and epoch may be left out
 *     A#1 init A 60000                     the transaction timeout may follow
 *     A#3 probe A => ok 7 3                a fresh instance after quiescence
 *     A#1 begin 1 => ok
 *     A#1 send 1 a-0 x => ok 0             the offset; transaction `-` means outside any
 *     A#1 commit 1 => unknown
 *     R poll committed a-0 => x@0 y@1 lso 2 hw 3
 *     R final uncommitted a-0 => x@0 null@1 lso 2 hw 2
 *     R poll committed a-0 from 2 => z@2   the offset that it reads from, without which it is 0
 *     A#1 send 1 a-0 y from in-0@3         an output and the input that it was made from
 *     A#1 join g => ok 2 m                 the generation and the member id
 *     A#1 send-offsets 1 g 2 m in-0=4 => ok    generation `-` instead of `2 m`: the group id alone
 *     A#1 commit-offsets g 2 m in-0=4 => ok
 *     A#1 fetch-offsets g in-0 => in-0=4   with a last word `unstable` before the arrow: requireStable is false
 *     A#1 final-offsets g in-0 => in-0=4   the last word on the group
 *     R end committed a-0 => ok 5          the latest offset at that isolation level
 *     operator describe A => ok CompleteAbort  or `ok unknown`: the coordinator does not know the id
 *     A#1 request Produce a-0 0            request 0: partition and base sequence may be left out; of producer (7,0)
 *     A#1 request EndTxn epoch 1           the same of producer (7,1)
 *     A#1 copy 0                           the network copied request 0
 *     A#1 response 0 NONE                  or `lost`: the connection closed without an answer
 *     A#1 crash
 *
 * Without `=>` a call stays outstanding; `late: A#1 commit 1` and, further down, `late => ok` complete it. Time is
 * the line's number.
 */

import type {
  Attempt,
  Completion,
  HistoryEvent,
  Invocation,
} from '../../reports/evidence/history.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { ApiName } from '../../protocol/messages/rpc.ts';
import type { TransactionState } from '../../protocol/states.ts';

interface Line {
  readonly time: number;
  readonly process: string;
  readonly words: readonly string[];
}

export function historyFrom(text: string): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  const labelled = new Map<string, Invocation>();
  let ops = 0;
  let requests = 0;
  for (const [time, row] of text.split('\n').entries()) {
    const [call = '', result] = row.split('=>').map((part) => part.trim());
    if (call === '') continue;
    const [, label, rest = call] = /^(\w+): (.*)$/.exec(call) ?? [];
    const [process = '', ...words] = rest.split(/\s+/);
    const line: Line = { time, process, words };
    const outstanding = labelled.get(rest);
    if (outstanding !== undefined) {
      events.push(completion(outstanding, time, result ?? ''));
    } else if (words[0] === 'crash') {
      events.push({ type: 'crash', time, process });
    } else if (words[0] === 'request') {
      events.push(request(line, requests));
      requests += 1;
    } else if (words[0] === 'response') {
      events.push(response(line));
    } else if (words[0] === 'copy') {
      events.push({ type: 'copy', time, process, request: Number(words[1]) });
    } else {
      const invoked = invocation(line, ops);
      ops += 1;
      events.push(invoked);
      if (label !== undefined) labelled.set(label, invoked);
      if (result !== undefined) events.push(completion(invoked, time, result));
    }
  }
  return events;
}

function invocation({ time, process, words }: Line, op: number): Invocation {
  const [call, first = '', second = '', third = ''] = words;
  const at = { type: 'invoke', time, process, op } as const;
  switch (call) {
    case 'init':
    case 'probe':
      return {
        ...at,
        call: 'init',
        transactionalId: first === '-' ? null : first,
        ...(second === '' ? {} : { transactionTimeoutMs: Number(second) }),
        ...(call === 'probe' && { probe: true }),
      };
    case 'begin':
    case 'commit':
    case 'abort':
      return { ...at, call, transaction: Number(first) };
    case 'send': {
      const transaction = first === '-' ? null : Number(first);
      const input = /^from (.+)@(\d+)$/.exec(words.slice(4).join(' '));
      return {
        ...at,
        call,
        transaction,
        partition: second,
        value: third,
        ...(input === null ? {} : { input: { partition: input[1]!, offset: Number(input[2]) } }),
      };
    }
    case 'poll':
    case 'final':
      return {
        ...at,
        call: 'poll',
        isolation: isolationOf(first),
        partition: second,
        from: third === 'from' ? Number(words[4]) : 0,
        final: call === 'final',
      };
    case 'end':
      return { ...at, call: 'end-offset', isolation: isolationOf(first), partition: second };
    case 'describe':
      return { ...at, call: 'describe-transaction', transactionalId: first };
    case 'join':
      return { ...at, call, group: first };
    case 'send-offsets':
      return { ...at, call, transaction: Number(first), ...memberAndOffsets(words.slice(2)) };
    case 'commit-offsets':
      return { ...at, call, ...memberAndOffsets(words.slice(1)) };
    case 'fetch-offsets':
    case 'final-offsets': {
      const requireStable = words.at(-1) !== 'unstable';
      const partitions = words.slice(2, requireStable ? undefined : -1);
      const final = call === 'final-offsets';
      return { ...at, call: 'fetch-offsets', group: first, partitions, requireStable, final };
    }
    default:
      throw new Error(`no such call: ${words.join(' ')}`);
  }
}

/** `g 2 m in-0=4`, or `g - in-0=4`. */
function memberAndOffsets([group = '', generation = '', ...rest]: readonly string[]) {
  const isMember = generation !== '-';
  return {
    group,
    generation: isMember ? Number(generation) : -1,
    memberId: isMember ? (rest[0] ?? '') : '',
    offsets: groupOffsets(rest),
  };
}

function groupOffsets(words: readonly string[]): { partition: string; offset: number }[] {
  return words
    .map((word) => /^(.+)=(-?\d+)$/.exec(word))
    .filter((match) => match !== null)
    .map(([, partition = '', offset]) => ({ partition, offset: Number(offset) }));
}

function isolationOf(word: string): 'read_committed' | 'read_uncommitted' {
  return word === 'committed' ? 'read_committed' : 'read_uncommitted';
}

function completion(invoked: Invocation, time: number, result: string): Completion {
  const words = result.split(/\s+/).filter((word) => word !== '');
  const at = { time, process: invoked.process, op: invoked.op };
  if (words[0] === 'failed' || words[0] === 'unknown') {
    return { type: words[0], ...at, error: words[1] ?? 'REQUEST_TIMED_OUT' };
  }
  if (invoked.call === 'poll') return { type: 'ok', ...at, ...pollResult(words) };
  if (invoked.call === 'fetch-offsets') {
    return { type: 'ok', ...at, offsets: groupOffsets(words) };
  }
  if (invoked.call === 'join' && words.length > 1) {
    return { type: 'ok', ...at, generation: Number(words[1]), memberId: words[2] ?? '' };
  }
  if (invoked.call === 'describe-transaction') {
    const state = words[1] === 'unknown' ? null : (words[1] as TransactionState);
    return { type: 'ok', ...at, state };
  }
  const [first, second] = words.slice(1).map(Number);
  if (first === undefined) return { type: 'ok', ...at };
  if (invoked.call === 'send' || invoked.call === 'end-offset') {
    return { type: 'ok', ...at, offset: first };
  }
  return { type: 'ok', ...at, producerId: first, producerEpoch: second ?? 0 };
}

function pollResult(words: readonly string[]): Partial<Extract<Completion, { type: 'ok' }>> {
  const numberAfter = (word: string): number | undefined =>
    words.includes(word) ? Number(words[words.indexOf(word) + 1]) : undefined;
  const records = words
    .map((word) => /^(.+)@(\d+)$/.exec(word))
    .filter((match) => match !== null)
    .map(([, value = '', offset]) => ({
      offset: Number(offset),
      value: value === 'null' ? null : value,
    }));
  const end = (records.at(-1)?.offset ?? -1) + 1;
  const highWatermark = numberAfter('hw') ?? end;
  const lastStableOffset = numberAfter('lso') ?? highWatermark;
  return { records, position: numberAfter('position') ?? end, highWatermark, lastStableOffset };
}

function request({ time, process, words }: Line, number: number): Attempt {
  const hasEpoch = words[2] === 'epoch';
  const [, api = '', partition, sequence] = hasEpoch ? words.slice(0, 2) : words;
  const at = { type: 'request', time, process, request: number, apiVersion: 4 } as const;
  return {
    ...at,
    api: api as ApiName,
    producerId: 7,
    producerEpoch: hasEpoch ? Number(words[3]) : 0,
    ...(partition === undefined ? {} : { partition }),
    ...(sequence === undefined ? {} : { baseSequence: Number(sequence) }),
  };
}

function response({ time, process, words }: Line): Attempt {
  const [, number, error] = words;
  const errorCode = error === 'lost' ? null : (error as ErrorCode);
  return { type: 'response', time, process, request: Number(number), errorCode };
}
