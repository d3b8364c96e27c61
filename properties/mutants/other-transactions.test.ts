/** A mutant is one behavioural change: it may spoil the transaction that it meets, and no other. */

import { expect, test } from 'vitest';
import {
  Bench,
  ID_PARTITION,
  record,
} from '../../impl/transaction-coordinator/scripted-coordinator.ts';
import type { TransactionalId } from '../../protocol/ids.ts';
import { C07 } from './C07-init-flips-prepare-commit.ts';
import { C08 } from './C08-abort-in-prepare-commit.ts';
import type { Mutant } from './mutant.ts';

const MUTANTS: readonly (readonly [string, Mutant, (bench: Bench) => unknown])[] = [
  ['C07', C07, (bench) => bench.init()],
  ['C08', C08, (bench) => bench.end([7, 0], 'ABORT')],
];

/** Another id of the same partition of `__transaction_state`. */
function neighbour(bench: Bench): TransactionalId {
  const { state } = bench.coordinator;
  const isNeighbour = (id: string) => state.ownerOf(id)?.partition === ID_PARTITION;
  return ['n0', 'n1', 'n2', 'n3'].find(isNeighbour)!;
}

test.each(MUTANTS)(
  '%s turns round one decision, and its neighbour completes',
  (_id, mutant, meet) => {
    const ongoing = { transactionStatus: 'Ongoing', transactionPartitions: ['a-0'] } as const;
    const other = {
      key: { transactionalId: neighbour(new Bench()) },
      value: { ...record(ongoing).value!, producerId: 8 },
    };
    const bench = new Bench({
      log: [record(ongoing), other],
      ...mutant.overrides.transactionCoordinator,
    });
    const identity = {
      transactionalId: other.key.transactionalId,
      producerId: 8,
      producerEpoch: 0,
    };
    bench.end([7, 0], 'COMMIT');
    bench.ask({ api: 'EndTxn', apiVersion: 5, body: { ...identity, committed: true } });
    meet(bench);
    bench.answerMarkers();
    bench.answerMarkers();
    expect(bench.logged().slice(2)).toContain('PrepareAbort (7,2) a-0');
    expect(bench.coordinator.snapshot(other.key.transactionalId)?.state).toBe('CompleteCommit');
  },
);
