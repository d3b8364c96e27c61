/**
 * Parses and checks a plain line of a history several times as fast as JSON.parse and the schema do. It returns
 * exactly what they would, or null: then they decide, and word the message. A test compares them on mutated lines.
 */

import { ERROR_CODES, type ErrorCode } from '../../protocol/error-codes.ts';
import { API_KEYS, type ApiName } from '../../protocol/messages/rpc.ts';
import { ByteCursor } from './byte-cursor.ts';
import type { Attempt, Completion, HistoryEvent, Invocation } from './history.ts';
import { BIT, FIELD_NAMES, LINE_SHAPES, VALUE_RULES } from './history-line-shapes.ts';

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const LETTER_N = 0x6e;
const bitsOf = (...bits: readonly number[]): number =>
  bits.reduce((seen, bit) => seen | (1 << bit), 0);
/** The fields of the `ok` of a send. */
const ACKNOWLEDGEMENT = bitsOf(BIT.time, BIT.process, BIT.op, BIT.offset);
/** The fields of a Produce. */
const PRODUCE = bitsOf(
  BIT.time,
  BIT.process,
  BIT.request,
  BIT.api,
  BIT.apiVersion,
  BIT.producerId,
  BIT.producerEpoch,
  BIT.partition,
  BIT.baseSequence,
);
const TYPE = FIELD_NAMES.indexOf('type');
const CALL = FIELD_NAMES.indexOf('call');

type Ok = Extract<Completion, { readonly type: 'ok' }>;
type RecordRead = NonNullable<Ok['records']>[number];
type OffsetsCall = Extract<Invocation, { readonly offsets: unknown }>;
type GroupOffset = OffsetsCall['offsets'][number];
type Isolation = Extract<Invocation, { readonly call: 'poll' }>['isolation'];

export class HistoryLineParser {
  readonly #cursor = new ByteCursor(FIELD_NAMES);
  /** By bit. What another line left behind counts as little as a bit that is not seen. */
  readonly #values: unknown[] = VALUE_RULES.map(() => null);
  #seen = 0;
  #nulls = 0;
  /** Null: not seen. */
  #type: string | null = null;
  #call: string | null = null;

  /** Where the line after the last one parsed begins. */
  get next(): number {
    return this.#cursor.position;
  }

  /** The line that begins at `from` and ends, with its line feed, before `to`. */
  parse(bytes: Buffer, from: number, to: number): HistoryEvent | null {
    const cursor = this.#cursor;
    cursor.start(bytes, from, to);
    this.#seen = 0;
    this.#nulls = 0;
    this.#type = null;
    this.#call = null;
    if (!cursor.take(OPEN_BRACE)) return null;
    let name = -1;
    do {
      name = cursor.name(name);
      if (name === -1 || !this.#field(name)) return null;
    } while (cursor.take(COMMA));
    if (!cursor.take(CLOSE_BRACE) || !cursor.take(LINE_FEED)) return null;
    return this.#hasItsFields() ? this.#event() : null;
  }

  /** Reads the value of the field with this number. */
  #field(name: number): boolean {
    const cursor = this.#cursor;
    if (name === TYPE) {
      if (this.#type !== null || !cursor.string()) return false;
      this.#type = cursor.text;
      return true;
    }
    if (name === CALL) {
      if (this.#call !== null || !cursor.string()) return false;
      this.#call = cursor.text;
      return true;
    }
    const bit = 1 << name;
    // Of a field that comes twice the last one counts; that is the slow path's business.
    if ((this.#seen & bit) !== 0) return false;
    this.#seen |= bit;
    if (cursor.peek() === LETTER_N) {
      this.#nulls |= bit;
      this.#values[name] = null;
      return cursor.word('null');
    }
    return this.#value(name);
  }

  #value(name: number): boolean {
    const cursor = this.#cursor;
    const rule = VALUE_RULES[name]!;
    switch (rule) {
      case 'text':
      case 'name':
        if (!cursor.string()) return false;
        this.#values[name] = cursor.text;
        return rule === 'text' || cursor.text !== '';
      case 'boolean': {
        const isTrue = cursor.word('true');
        this.#values[name] = isTrue;
        return isTrue || cursor.word('false');
      }
      case 'list':
        return this.#list(name);
      case 'place':
        return this.#place(name);
      case 'number':
        if (!cursor.integer() || cursor.number < 0) return false;
        this.#values[name] = cursor.number;
        return true;
      default:
        if (!cursor.integer() || cursor.number < rule) return false;
        this.#values[name] = cursor.number;
        return true;
    }
  }

  /** Of records, or of the offsets of partitions. */
  #list(name: number): boolean {
    const cursor = this.#cursor;
    const items: (RecordRead | GroupOffset)[] = [];
    this.#values[name] = items;
    if (!cursor.take(OPEN_BRACKET)) return false;
    if (cursor.take(CLOSE_BRACKET)) return true;
    do {
      const item = name === BIT.records ? this.#record() : this.#partitionOffset(-1);
      if (item === null) return false;
      items.push(item);
    } while (cursor.take(COMMA));
    return cursor.take(CLOSE_BRACKET);
  }

  #place(name: number): boolean {
    const place = this.#partitionOffset(0);
    this.#values[name] = place;
    return place !== null;
  }

  /** `{"offset":0,"value":"x"}`, in this order. */
  #record(): RecordRead | null {
    const cursor = this.#cursor;
    if (!cursor.take(OPEN_BRACE) || !cursor.isName(BIT.offset) || !cursor.integer()) return null;
    const offset = cursor.number;
    if (offset < 0 || !cursor.take(COMMA) || !cursor.isName(BIT.value)) return null;
    const isNull = cursor.peek() === LETTER_N;
    if (isNull ? !cursor.word('null') : !cursor.string()) return null;
    const value = isNull ? null : cursor.text;
    return cursor.take(CLOSE_BRACE) ? { offset, value } : null;
  }

  /** `{"partition":"a-0","offset":0}`, in this order. */
  #partitionOffset(min: number): GroupOffset | null {
    const cursor = this.#cursor;
    if (!cursor.take(OPEN_BRACE) || !cursor.isName(BIT.partition) || !cursor.string()) return null;
    const partition = cursor.text;
    if (!cursor.take(COMMA) || !cursor.isName(BIT.offset) || !cursor.integer()) return null;
    const offset = cursor.number;
    return offset >= min && cursor.take(CLOSE_BRACE) ? { partition, offset } : null;
  }

  #hasItsFields(): boolean {
    const isInvocation = this.#type === 'invoke';
    if (isInvocation !== (this.#call !== null)) return false;
    const shape = LINE_SHAPES.get((isInvocation ? this.#call : this.#type) ?? '');
    return (
      shape !== undefined &&
      (this.#seen & shape.required) === shape.required &&
      (this.#seen & ~shape.allowed) === 0 &&
      (this.#nulls & ~shape.nullable) === 0
    );
  }

  #event(): HistoryEvent | null {
    const values = this.#values;
    const time = values[BIT.time] as number;
    const process = values[BIT.process] as string;
    switch (this.#type) {
      case 'invoke':
        return this.#invocation(time, process, values[BIT.op] as number);
      case 'ok':
        return this.#ok(time, process, values[BIT.op] as number);
      case 'failed':
      case 'unknown': {
        const error = values[BIT.error] as string;
        return { type: this.#type, time, process, op: values[BIT.op] as number, error };
      }
      case 'request':
        return this.#request(time, process, values[BIT.request] as number);
      case 'response': {
        const errorCode = values[BIT.errorCode] as ErrorCode | null;
        if (errorCode !== null && !Object.hasOwn(ERROR_CODES, errorCode)) return null;
        return {
          type: 'response',
          time,
          process,
          request: values[BIT.request] as number,
          errorCode,
        };
      }
      case 'copy':
        return { type: 'copy', time, process, request: values[BIT.request] as number };
      case 'crash':
        return { type: 'crash', time, process };
      default:
        return null;
    }
  }

  /** Each literal has one shape, whatever the order of the line: what is made of them stays fast. */
  #invocation(time: number, process: string, op: number): Invocation | null {
    const values = this.#values;
    const type = 'invoke';
    switch (this.#call) {
      case 'send': {
        const transaction = values[BIT.transaction] as number | null;
        const partition = values[BIT.partition] as string;
        const value = values[BIT.value] as string;
        const call = 'send';
        return this.#has(BIT.input)
          ? {
              type,
              time,
              process,
              op,
              call,
              transaction,
              partition,
              value,
              input: values[BIT.input] as NonNullable<
                Extract<Invocation, { readonly call: 'send' }>['input']
              >,
            }
          : { type, time, process, op, call, transaction, partition, value };
      }
      case 'begin':
      case 'commit':
      case 'abort': {
        const transaction = values[BIT.transaction] as number;
        return { type, time, process, op, call: this.#call, transaction };
      }
      case 'init': {
        const transactionalId = values[BIT.transactionalId] as string | null;
        const head = { type, time, process, op, call: 'init', transactionalId } as const;
        return this.#has(BIT.probe) ? { ...head, probe: values[BIT.probe] as boolean } : head;
      }
      case 'poll':
      case 'end-offset':
        return this.#read(time, process, op);
      default:
        return this.#groupCall(time, process, op);
    }
  }

  #read(time: number, process: string, op: number): Invocation | null {
    const values = this.#values;
    const isolation = values[BIT.isolation] as Isolation;
    if (isolation !== 'read_committed' && isolation !== 'read_uncommitted') return null;
    const partition = values[BIT.partition] as string;
    const type = 'invoke';
    if (this.#call === 'end-offset') {
      return { type, time, process, op, call: 'end-offset', isolation, partition };
    }
    const from = values[BIT.from] as number;
    const final = values[BIT.final] as boolean;
    return { type, time, process, op, call: 'poll', isolation, partition, from, final };
  }

  #groupCall(time: number, process: string, op: number): Invocation | null {
    const values = this.#values;
    const head = { type: 'invoke', time, process, op } as const;
    if (this.#call === 'join') {
      return { ...head, call: 'join', group: values[BIT.group] as string };
    }
    const group = values[BIT.group] as string;
    const generation = values[BIT.generation] as number;
    const memberId = values[BIT.memberId] as string;
    const offsets = values[BIT.offsets] as GroupOffset[];
    switch (this.#call) {
      case 'send-offsets': {
        const transaction = values[BIT.transaction] as number;
        return { ...head, call: 'send-offsets', transaction, group, generation, memberId, offsets };
      }
      case 'commit-offsets':
        return { ...head, call: 'commit-offsets', group, generation, memberId, offsets };
      default:
        return null;
    }
  }

  #ok(time: number, process: string, op: number): Ok | null {
    const values = this.#values;
    // There are more of these than of all others, they are kept, and a literal takes less.
    if (this.#seen === ACKNOWLEDGEMENT) {
      return { type: 'ok', time, process, op, offset: values[BIT.offset] as number };
    }
    const ok: { -readonly [Name in keyof Ok]: Ok[Name] } = { type: 'ok', time, process, op };
    if (this.#has(BIT.offset)) ok.offset = values[BIT.offset] as number;
    if (this.#has(BIT.records)) ok.records = values[BIT.records] as RecordRead[];
    if (this.#has(BIT.position)) ok.position = values[BIT.position] as number;
    if (this.#has(BIT.highWatermark)) ok.highWatermark = values[BIT.highWatermark] as number;
    if (this.#has(BIT.lastStableOffset)) {
      ok.lastStableOffset = values[BIT.lastStableOffset] as number;
    }
    if (this.#has(BIT.producerId)) ok.producerId = values[BIT.producerId] as number;
    if (this.#has(BIT.producerEpoch)) ok.producerEpoch = values[BIT.producerEpoch] as number;
    if (this.#has(BIT.generation)) ok.generation = values[BIT.generation] as number;
    if (this.#has(BIT.memberId)) ok.memberId = values[BIT.memberId] as string;
    if (this.#has(BIT.offsets)) ok.offsets = values[BIT.offsets] as GroupOffset[];
    // The generation of a join is told by a coordinator; only a caller may leave it out with -1.
    return ok.generation === undefined || ok.generation >= 0 ? ok : null;
  }

  #request(time: number, process: string, request: number): Attempt | null {
    const values = this.#values;
    const api = values[BIT.api] as ApiName;
    if (!Object.hasOwn(API_KEYS, api)) return null;
    if (this.#seen === PRODUCE) return this.#produce(time, process, request, api);
    const attempt: {
      -readonly [Name in keyof Extract<Attempt, { readonly type: 'request' }>]: Extract<
        Attempt,
        { readonly type: 'request' }
      >[Name];
    } = {
      type: 'request',
      time,
      process,
      request,
      api,
      apiVersion: values[BIT.apiVersion] as number,
    };
    if (this.#has(BIT.producerId)) attempt.producerId = values[BIT.producerId] as number;
    if (this.#has(BIT.producerEpoch)) attempt.producerEpoch = values[BIT.producerEpoch] as number;
    if (this.#has(BIT.partition)) attempt.partition = values[BIT.partition] as string;
    if (this.#has(BIT.baseSequence)) attempt.baseSequence = values[BIT.baseSequence] as number;
    if (this.#has(BIT.committed)) attempt.committed = values[BIT.committed] as boolean;
    return attempt;
  }

  #produce(time: number, process: string, request: number, api: ApiName): Attempt {
    const values = this.#values;
    return {
      type: 'request',
      time,
      process,
      request,
      api,
      apiVersion: values[BIT.apiVersion] as number,
      producerId: values[BIT.producerId] as number,
      producerEpoch: values[BIT.producerEpoch] as number,
      partition: values[BIT.partition] as string,
      baseSequence: values[BIT.baseSequence] as number,
    };
  }

  #has(bit: number): boolean {
    return (this.#seen & (1 << bit)) !== 0;
  }
}
