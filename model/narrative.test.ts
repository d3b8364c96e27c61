import { expect, test } from 'vitest';
import { explore } from './explore.ts';
import type { Invariant } from './invariants.ts';
import { NO_HANGING_TRANSACTION, WRITTEN_IS_KEPT } from './invariants.ts';
import { narrative } from './narrative.ts';
import type { Scope } from './scopes.ts';
import { SCOPES } from './scopes.ts';
import { System } from './system.ts';

function told(scope: Scope, invariant: Invariant): string {
  const { violation } = explore(new System(scope), [invariant]);
  return narrative(scope, violation!.actions).join('\n');
}

test('the late produce request that hangs (Z02 `after`), told', () => {
  const scope = { ...SCOPES.hang, transactionVersion: 1, partitionVerification: 0 } as const;
  expect(told(scope, NO_HANGING_TRANSACTION)).toMatchInlineSnapshot(`
    "application 0 calls InitTransactions
    the coordinator takes InitProducerId v5 (-1, -1) from producer 0
      __transaction_state: Empty (0, 0) {}
    producer 0 takes the answer NONE to InitProducerId from the coordinator
    application 0 calls BeginTransaction
    application 0 calls Send to partition 0
    the coordinator takes AddPartitionsToTxn v3 (0, 0) from producer 0
      __transaction_state: Ongoing (0, 0) {0}
    producer 0 takes the answer NONE to AddPartitionsToTxn from the coordinator
    application 0 calls AbortTransaction
    Produce v11 (0, 0), sequence 0: record of transaction 0 of producer 0 from producer 0 is late; the batch expires
    the coordinator takes EndTxn v4 (0, 0) ABORT from producer 0
      __transaction_state: PrepareAbort (0, 0) {0}
    the leader of partition 0 takes WriteTxnMarkers (0, 0) ABORT from the coordinator
      partition 0: ABORT marker (0, 0)
    the coordinator takes the answer NONE to WriteTxnMarkers from the leader of partition 0
      __transaction_state: CompleteAbort (0, 0) {}
    the leader of partition 0 takes, late, Produce v11 (0, 0), sequence 0: record of transaction 0 of producer 0 from producer 0
      partition 0: (0, 0), sequence 0: record of transaction 0 of producer 0"
  `);
});

test('the late produce request that joins the next transaction (Z02 `next`), told', () => {
  const scope = { ...SCOPES.late, transactionVersion: 1, bumpsEpoch: 0 } as const;
  expect(told(scope, WRITTEN_IS_KEPT)).toMatchInlineSnapshot(`
    "application 0 calls InitTransactions
    the coordinator takes InitProducerId v1 (-1, -1) from producer 0
      __transaction_state: Empty (0, 0) {}
    producer 0 takes the answer NONE to InitProducerId from the coordinator
    application 0 calls BeginTransaction
    application 0 calls Send to partition 0
    the coordinator takes AddPartitionsToTxn v3 (0, 0) from producer 0
      __transaction_state: Ongoing (0, 0) {0}
    producer 0 takes the answer NONE to AddPartitionsToTxn from the coordinator
    application 0 calls AbortTransaction
    Produce v11 (0, 0), sequence 0: record of transaction 0 of producer 0 from producer 0 is late; the batch expires
    the coordinator takes EndTxn v4 (0, 0) ABORT from producer 0
      __transaction_state: PrepareAbort (0, 0) {0}
    producer 0 takes the answer NONE to EndTxn from the coordinator
    application 0 calls BeginTransaction
    application 0 calls Send to partition 0
    application 0 calls CommitTransaction
    the leader of partition 0 takes WriteTxnMarkers (0, 0) ABORT from the coordinator
      partition 0: ABORT marker (0, 0)
    the coordinator takes the answer NONE to WriteTxnMarkers from the leader of partition 0
      __transaction_state: CompleteAbort (0, 0) {}
    the coordinator takes AddPartitionsToTxn v3 (0, 0) from producer 0
      __transaction_state: Ongoing (0, 0) {0}
    producer 0 takes the answer NONE to AddPartitionsToTxn from the coordinator
    the leader of partition 0 takes, late, Produce v11 (0, 0), sequence 0: record of transaction 0 of producer 0 from producer 0
    the coordinator takes AddPartitionsToTxn v4 to verify (0, 0) from the leader of partition 0
    the leader of partition 0 takes the answer NONE to AddPartitionsToTxn from the coordinator
      partition 0: (0, 0), sequence 0: record of transaction 0 of producer 0
    the leader of partition 0 takes Produce v11 (0, 0), sequence 0: record of transaction 1 of producer 0 from producer 0
    producer 0 takes the answer NONE to Produce from the leader of partition 0
    the coordinator takes EndTxn v4 (0, 0) COMMIT from producer 0
      __transaction_state: PrepareCommit (0, 0) {0}
    producer 0 takes the answer NONE to EndTxn from the coordinator"
  `);
});
