/**
 * The producer's transition tables with Kafka's real constants. All runs of a process share them, so that XState is
 * asked only for what no run met before.
 */

import type { ProducerId } from '../../protocol/ids.ts';
import { NO_SEQUENCE } from '../../protocol/ids.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { TransitionCounter } from '../../model/checker/transition-counter.ts';
import type { StateId, TableEntry } from '../../model/checker/transition-table.ts';
import { TransitionTable } from '../../model/checker/transition-table.ts';
import type { ProducerAction } from '../../model/producer.machine.ts';
import { createProducer } from '../../model/producer.machine.ts';
import type { ProducerContext } from '../../model/producer-state.ts';
import { eachPartition, JAVA_PRODUCER_SCOPE } from '../../model/producer-state.ts';

type ProducerMachine = ReturnType<typeof createProducer>;
type Table = TransitionTable<ProducerMachine, ProducerAction>;

/** What the machine has instead of a real producer id. */
export const OWN_PRODUCER_ID: ProducerId = 0;
/** An instance's walk forgets a transaction when the next begins. */
const TRANSACTIONS_KEPT = 2;

type Change = Partial<ProducerContext>;

export interface TableScope {
  readonly transactionVersion: TransactionVersion;
  readonly bumpsEpoch: 0 | 1;
  readonly partitions: number;
}

/** A state among those that differ from it in names only, and by how much its sequences were lowered. */
export interface Canonical {
  readonly state: StateId;
  /** One a partition. */
  readonly lowered: readonly number[];
}

export class ProducerTable {
  readonly scope: TableScope;
  readonly table: Table;
  readonly #canonical = new Map<StateId, Canonical>();
  /** By name of the change, then by state. */
  readonly #edited = new Map<string, Map<StateId, StateId>>();

  constructor(scope: TableScope) {
    this.scope = scope;
    this.table = new TransitionTable(
      createProducer({
        ...JAVA_PRODUCER_SCOPE,
        ...scope,
        maxTransactions: TRANSACTIONS_KEPT,
        maxRecords: Number.MAX_SAFE_INTEGER,
      }),
    );
  }

  /**
   * The least of the states that are alike: only the last transaction is remembered, its records are not counted, and
   * sequences above 1 are lowered to it. 0 stays, so that a restart of the sequences shows.
   */
  canonical(state: StateId): Canonical {
    let found = this.#canonical.get(state);
    if (found === undefined) {
      found = this.#leastOf(state);
      this.#canonical.set(state, found);
    }
    return found;
  }

  /** The state with some fields of its context changed; `name` tells the change from others. */
  edited(state: StateId, name: string, change: (context: ProducerContext) => Change): StateId {
    let states = this.#edited.get(name);
    if (states === undefined) this.#edited.set(name, (states = new Map<StateId, StateId>()));
    let found = states.get(state);
    if (found === undefined) {
      const { value, context } = this.table.stateOf(state);
      found = this.table.idOf(value, { ...context, ...change(context) });
      states.set(state, found);
    }
    return found;
  }

  #leastOf(state: StateId): Canonical {
    const { value, context } = this.table.stateOf(state);
    const { assigned, nextSequence } = context;
    const zeros = eachPartition(context, 0);
    const lowered = nextSequence.map((next, partition) => {
      const least = assigned[partition] === NO_SEQUENCE ? next : assigned[partition]!;
      return Math.max(least - 1, 0);
    });
    const lower = (sequence: number, partition: number): number =>
      sequence === NO_SEQUENCE ? NO_SEQUENCE : sequence - lowered[partition]!;
    const least: ProducerContext = {
      ...context,
      assigned: assigned.map(lower),
      nextSequence: nextSequence.map(lower),
      records: zeros,
      told: context.told.slice(-1).map(({ outcome }) => ({ outcome, written: zeros })),
    };
    return { state: this.table.idOf(value, least), lowered };
  }
}

const TABLES = new Map<string, ProducerTable>();

export function producerTable(scope: TableScope): ProducerTable {
  const { transactionVersion, bumpsEpoch, partitions } = scope;
  const key = `${transactionVersion} ${bumpsEpoch} ${partitions}`;
  let table = TABLES.get(key);
  if (table === undefined) {
    table = new ProducerTable(scope);
    TABLES.set(key, table);
  }
  return table;
}

/** The chart is the same in every table. */
export function producerChart(): Table['chart'] {
  return producerTable({ transactionVersion: 2, bumpsEpoch: 1, partitions: 1 }).table.chart;
}

/** Counts over all tables. */
export class ProducerCounter {
  readonly #counters = new Map<Table, TransitionCounter<ProducerMachine, ProducerAction>>();

  count(table: Table, entry: TableEntry<ProducerAction>): void {
    let counter = this.#counters.get(table);
    if (counter === undefined) {
      counter = new TransitionCounter(table);
      this.#counters.set(table, counter);
    }
    counter.count(entry);
  }

  totals(): readonly number[] {
    const totals = producerChart().all.map(() => 0);
    for (const counter of this.#counters.values()) {
      for (const [number, times] of counter.totals().entries()) totals[number]! += times;
    }
    return totals;
  }
}
