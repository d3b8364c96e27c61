/**
 * What the fast parser of history lines knows: the fields, as bits, and which of them each kind of line must and may
 * have. The latter comes from the schema itself, so that a line with a field that is new there takes the slow path.
 */

import type { z } from 'zod';
import { attemptSchema, completionSchema, crashSchema, invocationSchema } from './history.ts';

/** Fields besides `type` and `call`, in the order of their bits. */
const FIELDS = [
  'time',
  'process',
  'op',
  'transactionalId',
  'probe',
  'transaction',
  'partition',
  'value',
  'input',
  'isolation',
  'from',
  'final',
  'offset',
  'producerId',
  'producerEpoch',
  'records',
  'position',
  'highWatermark',
  'lastStableOffset',
  'error',
  'request',
  'api',
  'apiVersion',
  'baseSequence',
  'committed',
  'errorCode',
  'group',
  'generation',
  'memberId',
  'offsets',
] as const;
export type Field = (typeof FIELDS)[number];

/** The number of each field's bit. */
export const BIT = Object.fromEntries(FIELDS.map((name, bit) => [name, bit])) as Readonly<
  Record<Field, number>
>;

/** What a field's value is; a number is the least integer that it may be. */
export type ValueRule = 'number' | 'boolean' | 'text' | 'name' | 'place' | 'list' | number;

const RULES: Readonly<Record<Field, ValueRule>> = {
  time: 'number',
  process: 'name',
  op: 0,
  transactionalId: 'text',
  probe: 'boolean',
  transaction: 1,
  partition: 'text',
  value: 'text',
  input: 'place',
  isolation: 'text',
  from: -1,
  final: 'boolean',
  offset: -1,
  producerId: Number.MIN_SAFE_INTEGER,
  producerEpoch: Number.MIN_SAFE_INTEGER,
  records: 'list',
  position: -1,
  highWatermark: -1,
  lastStableOffset: -1,
  error: 'text',
  request: 0,
  api: 'text',
  apiVersion: 0,
  baseSequence: Number.MIN_SAFE_INTEGER,
  committed: 'boolean',
  errorCode: 'text',
  group: 'name',
  generation: -1,
  memberId: 'text',
  offsets: 'list',
};

/** By bit. */
export const VALUE_RULES: readonly ValueRule[] = FIELDS.map((name) => RULES[name]);
/** `type` and `call` come after the fields, at these numbers. */
export const FIELD_NAMES: readonly string[] = [...FIELDS, 'type', 'call'];

/** Bits of the fields of a kind of line. */
export interface LineShape {
  readonly required: number;
  readonly allowed: number;
  /** Those that may be null. */
  readonly nullable: number;
}

function shapeOf(fields: Readonly<Record<string, z.ZodType>>): LineShape | null {
  const shape = { required: 0, allowed: 0, nullable: 0 };
  for (const [name, type] of Object.entries(fields)) {
    if (name === 'type' || name === 'call') continue;
    const bit = FIELDS.indexOf(name as Field);
    const isOptional = type.safeParse(undefined).success;
    // A line that must have a field unknown here is never parsed fast.
    if (bit === -1 && !isOptional) return null;
    if (bit === -1) continue;
    shape.allowed |= 1 << bit;
    if (!isOptional) shape.required |= 1 << bit;
    if (type.safeParse(null).success) shape.nullable |= 1 << bit;
  }
  return shape;
}

/** By call of an invocation, else by type; without those that always take the slow path. */
export const LINE_SHAPES: ReadonlyMap<string, LineShape> = new Map(
  [
    ...invocationSchema.options.map((option) => [option.shape.call.value, option.shape] as const),
    ...[...completionSchema.options, ...attemptSchema.options, crashSchema].map(
      (option) => [option.shape.type.value, option.shape] as const,
    ),
  ].flatMap(([name, fields]) => {
    const shape = shapeOf(fields);
    return shape === null ? [] : [[name, shape] as const];
  }),
);
