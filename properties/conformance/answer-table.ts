/**
 * A table of measured answers: what a real broker answered to directed requests, one row a request. The shape is that
 * of `apache-kafka-answers.json` beside this file, whose origin stands in its README; field names are Kafka's own
 * message schemas'.
 */

import { z } from 'zod';

const fields = z.record(z.string(), z.unknown());

/** What DescribeTransactions said of the row's transactional id. */
const describedSchema = z.union([
  z.looseObject({
    state: z.string(),
    producerId: z.int(),
    producerEpoch: z.int(),
    partitions: z.array(z.string()),
  }),
  z.looseObject({ error: z.string() }),
]);
export type Described = z.infer<typeof describedSchema>;

export const answerRowSchema = z.looseObject({
  id: z.string(),
  /** Brokers that answered exactly this, for example `kafka-4.3.1 tv2`. */
  on: z.array(z.string()).min(1),
  precondition: z.string(),
  request: z.looseObject({
    api: z.string(),
    version: z.int().min(0),
    fields: fields.optional(),
  }),
  response: z.looseObject({
    errorName: z.string().optional(),
    fields: fields.optional(),
    closed: z.unknown().optional(),
  }),
  before: describedSchema.optional(),
  after: describedSchema.optional(),
  /** The partition afterwards, a line a batch. */
  log: z.array(z.string()).optional(),
  /** Row of the same scenario that came first. */
  follows: z.string().optional(),
  /** Requests before it, in order, in words. */
  setup: z.array(z.string()).default([]),
});
export type AnswerRow = z.infer<typeof answerRowSchema>;

export const answerTableSchema = z.array(answerRowSchema).min(1);

/** Rows of one broker that build on each other, in order. */
export interface MeasuredScenario {
  readonly broker: string;
  readonly rows: readonly AnswerRow[];
  /** Ids of rows that the newest release of the table answered otherwise under the same transaction version. */
  readonly superseded: ReadonlySet<string>;
}

/** In the table's order of their first rows. `newest` names the release that the reference is written after. */
export function scenariosOf(
  table: readonly AnswerRow[],
  newest: string,
): readonly MeasuredScenario[] {
  const brokers = [...new Set(table.flatMap(({ on }) => on))];
  return brokers.flatMap((broker) => {
    const superseded = supersededOn(broker, newest, table);
    return scenariosOn(broker, table).map((rows) => ({ broker, rows, superseded }));
  });
}

function supersededOn(
  broker: string,
  newest: string,
  table: readonly AnswerRow[],
): ReadonlySet<string> {
  const successor = broker.replace(/^\S+/, newest);
  const newer = new Map(
    table.filter(({ on }) => on.includes(successor)).map((row) => [row.id, comparedParts(row)]),
  );
  const differ = table.filter((row) => {
    const parts = newer.get(row.id);
    return row.on.includes(broker) && parts !== undefined && parts !== comparedParts(row);
  });
  return new Set(differ.map(({ id }) => id));
}

/** What a replay compares; rows are also kept apart by what brokers sent to themselves. */
function comparedParts({ response, before, after, log }: AnswerRow): string {
  return JSON.stringify([response.fields, before, after, log]);
}

/** Each row that follows none, with what follows it. One whose predecessor the table lacks begins a scenario as well. */
function scenariosOn(
  broker: string,
  table: readonly AnswerRow[],
): readonly (readonly AnswerRow[])[] {
  const rows = table.filter(({ on }) => on.includes(broker));
  const ids = new Set(rows.map(({ id }) => id));
  const followers = new Map(rows.map((row) => [row.follows, row]));
  return rows
    .filter(({ follows }) => follows === undefined || !ids.has(follows))
    .map((first) => {
      const chain = [first];
      for (;;) {
        const next = followers.get(chain.at(-1)!.id);
        if (next === undefined) return chain;
        chain.push(next);
      }
    });
}
