/** Histories that violate a claim under transaction version 1, and the trace rows that tell the cause. */

export const TWO_TRANSACTIONS = `
  A#1 init A => ok
  A#1 begin 1 => ok
  A#1 request EndTxn
  A#1 commit 1 => ok
  A#1 begin 2 => ok
  A#1 request EndTxn
  A#1 send 2 a-0 x => ok 2
  A#1 abort 2 => ok
  B#1 init B => ok
  B#1 begin 1 => ok
  B#1 request EndTxn
  B#1 commit 1 => ok
  B#1 begin 2 => ok
  B#1 request EndTxn
  R poll committed a-0 => x@2
`;

/** The record x of transaction 1 was told lost, the transaction aborted; x became readable all the same. */
export const LATE_RECORD = `
  A#1 init A => ok
  A#1 begin 1 => ok
  A#1 send 1 a-0 x => unknown
  A#1 send 1 b-0 y => unknown
  A#1 request EndTxn
  A#1 abort 1 => ok
  A#1 begin 2 => ok
  A#1 request EndTxn
  A#1 commit 2 => ok
  R poll committed a-0 => x@1
  R final uncommitted a-0 => x@1 lso 3 hw 3
`;
export const ENDED_AND_MARKED = `
  begin A#1 1
  EndTxn A#1 1 __transaction_state-0 2
  WriteTxnMarkers A#1 1 a-0 0
  begin A#1 2
`;

export const HANGS = `
  A#1 init A => ok
  A#1 begin 1 => ok
  A#1 send 1 a-0 x => unknown
  A#1 abort 1 => ok
  B#1 init B => ok
  B#1 begin 1 => ok
  B#1 send 1 a-0 z => ok 2
  B#1 commit 1 => ok
  R final committed a-0 => position 1 lso 1 hw 4
  R final uncommitted a-0 => x@1 z@2 position 4 lso 1 hw 4
`;

export const REPLACED = `
  A#1 init A => ok
  A#1 begin 1 => ok
  A#1 send 1 a-0 x => unknown
  A#1 request EndTxn
  A#1 abort 1 => ok
  A#1 begin 2 => ok
  A#1 request EndTxn
  A#1 send 2 a-0 y => unknown
  A#1 abort 2 => unknown
  A#1 begin 3 => ok
  A#1 request EndTxn
  A#1 send 3 a-0 z => ok 1
  A#1 commit 3 => ok
  R final uncommitted a-0 => x@1 lso 3 hw 3
  R final committed a-0 => position 3 lso 3 hw 3
`;

/** x of transaction 2 stands open in the end. */
export const HANGS_NEXT = `
  A#1 init A => ok
  A#1 begin 1 => ok
  A#1 request EndTxn
  A#1 commit 1 => ok
  A#1 begin 2 => ok
  A#1 request EndTxn
  A#1 send 2 a-0 x => ok 1
  A#1 commit 2 => unknown
  R final committed a-0 => position 1 lso 1 hw 2
  R final uncommitted a-0 => x@1 position 2 lso 1 hw 2
`;
export const DECIDED_NEXT =
  'begin A#1 1\nEndTxn A#1 1 __transaction_state-0 3\nbegin A#1 2\nlate EndTxn A#1 1 __transaction_state-0 5';

/** A#2 supersedes A#1, which writes to b-0 all the same; A#2 commits a record of its own there. */
export const SUPERSEDED = `
  A#1 init A => ok 7 0
  A#1 begin 1 => ok
  A#1 request AddPartitionsToTxn epoch 0
  A#2 init A => ok 7 1
  A#1 send 1 b-0 x => ok 0
  A#2 begin 1 => ok
  A#2 request AddPartitionsToTxn epoch 1
  A#2 send 1 b-0 y => ok 1
  A#2 commit 1 => ok
  A#1 commit 1 => failed
  R poll committed b-0 => x@0 y@1
  R final committed b-0 => x@0 y@1
  R final uncommitted b-0 => x@0 y@1
`;
export const ZOMBIE_THEN_NEWER =
  'begin A#1 1\nProduce A#1 1 b-0 0\nbegin A#2 1\nProduce A#2 1 b-0 1\nWriteTxnMarkers A#2 1 b-0 2';

/** What happened; the history; the trace; partition verification; the verdict. */
