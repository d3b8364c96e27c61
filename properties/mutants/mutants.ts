/**
 * Every mutant, in the order of the mutation tables: coordinator, log, markers, leader, producer, consumer, group
 * coordinator, failover.
 */

import { C01 } from './C01-end-without-epoch-check.ts';
import { C03 } from './C03-add-without-epoch-check.ts';
import { C04 } from './C04-init-over-ongoing-without-abort.ts';
import { C05 } from './C05-fence-keeps-the-epoch.ts';
import { C06 } from './C06-timeout-keeps-the-epoch.ts';
import { C07 } from './C07-init-flips-prepare-commit.ts';
import { C08 } from './C08-abort-in-prepare-commit.ts';
import { C09 } from './C09-commit-of-an-aborted-succeeds.ts';
import { C14 } from './C14-no-bump-at-the-end.ts';
import { C15 } from './C15-retried-end-bumps-again.ts';
import { C16 } from './C16-retried-end-hits-the-next-transaction.ts';
import { C17 } from './C17-fence-bumps-twice.ts';
import { C18 } from './C18-exhausted-id-not-rotated.ts';
import { C19 } from './C19-rotation-skipped-when-fencing.ts';
import { C22 } from './C22-stale-identity-bumped.ts';
import { C23 } from './C23-epoch-tested-before-pending.ts';
import { C24 } from './C24-no-transaction-timeout.ts';
import { C28 } from './C28-verified-after-the-end.ts';
import { F01 } from './F01-load-ignores-prepared.ts';
import { F02 } from './F02-load-flips-prepare-commit.ts';
import { F03 } from './F03-load-resumes-under-the-old-term.ts';
import { F04 } from './F04-served-while-loading.ts';
import { F08 } from './F08-empty-producer-state.ts';
import { F09 } from './F09-windows-lost.ts';
import { G01 } from './G01-pending-offsets-visible.ts';
import { G02 } from './G02-abort-materialises.ts';
import { G03 } from './G03-commit-drops.ts';
import { G04 } from './G04-marker-order-wins.ts';
import { G05 } from './G05-require-stable-ignored.ts';
import { G06 } from './G06-generation-not-checked.ts';
import { G07 } from './G07-generation-checked-before-verification.ts';
import { G08 } from './G08-acknowledged-before-materialised.ts';
import { G09 } from './G09-marker-settles-all.ts';
import { G10 } from './G10-pending-kept-after-abort.ts';
import { G11 } from './G11-expiry-ignores-pending.ts';
import { G12 } from './G12-load-drops-pending.ts';
import { G13 } from './G13-load-commits-pending.ts';
import { G14 } from './G14-offsets-without-add.ts';
import { K01 } from './K01-no-aborted-filter.ts';
import { K02 } from './K02-any-marker-ends-the-range.ts';
import { K03 } from './K03-one-range-per-producer.ts';
import { K04 } from './K04-aborted-list-taken-as-sorted.ts';
import { K05 } from './K05-one-range-met-per-batch.ts';
import { K06 } from './K06-range-needs-its-marker.ts';
import { K07 } from './K07-any-abort-marker-ends-ranges.ts';
import { K09 } from './K09-control-records-returned.ts';
import { K10 } from './K10-position-stays-at-what-is-dropped.ts';
import { K12 } from './K12-no-rewind-after-abort.ts';
import { K13 } from './K13-last-offset-committed.ts';
import { K14 } from './K14-unprocessed-offsets-committed.ts';
import { M01 } from './M01-closed-connection-counts-as-written.ts';
import { M03 } from './M03-marker-not-retried.ts';
import { M04 } from './M04-two-outcomes.ts';
import { M05 } from './M05-marker-of-the-previous-epoch.ts';
import { M06 } from './M06-marker-without-coordinator-epoch.ts';
import { M11 } from './M11-markers-counted-not-named.ts';
import { P01 } from './P01-window-of-one.ts';
import { P02 } from './P02-retry-appended-again.ts';
import { P03 } from './P03-retry-out-of-order.ts';
import { P07 } from './P07-window-survives-epoch.ts';
import { P08 } from './P08-stale-epoch-data.ts';
import { P09 } from './P09-stale-epoch-marker.ts';
import { P10 } from './P10-marker-of-previous-transaction.ts';
import { P11 } from './P11-repeated-marker-refused.ts';
import { P12 } from './P12-stale-coordinator-marker.ts';
import { P14 } from './P14-first-append-unverified.ts';
import { P15 } from './P15-verification-not-checked-at-append.ts';
import { P16 } from './P16-append-before-added.ts';
import { P17 } from './P17-stable-offset-inclusive.ts';
import { P18 } from './P18-stable-offset-beyond-high-watermark.ts';
import { P19 } from './P19-stable-offset-of-latest.ts';
import { P23 } from './P23-aborted-list-by-start.ts';
import { P24 } from './P24-committed-in-aborted-index.ts';
import { P25 } from './P25-latest-offset-unstable.ts';
import { P26 } from './P26-acknowledged-before-replicated.ts';
import { R02 } from './R02-sequence-reused-after-unknown-outcome.ts';
import { R03 } from './R03-retry-takes-a-new-sequence.ts';
import { R05 } from './R05-sequences-reassigned-in-reverse.ts';
import { R07 } from './R07-end-before-batches-drain.ts';
import { R08 } from './R08-partition-used-before-added.ts';
import { R09 } from './R09-partitions-kept-across-transactions.ts';
import { R10 } from './R10-failed-send-forgotten.ts';
import { R12 } from './R12-begin-after-commit-timed-out.ts';
import { R13 } from './R13-fenced-retried.ts';
import { R14 } from './R14-concurrent-transactions-fatal.ts';
import { R15 } from './R15-answered-epoch-ignored.ts';
import { R16 } from './R16-answered-id-ignored.ts';
import { R17 } from './R17-new-epoch-inside-the-transaction.ts';
import { R18 } from './R18-sequences-forgotten-with-the-connection.ts';
import { R19 } from './R19-ambiguous-error-told-as-failure.ts';
import { R21 } from './R21-refused-end-taken-for-success.ts';
import { R22 } from './R22-empty-transaction-asks.ts';
import { T01 } from './T01-end-answered-before-replicated.ts';
import { T02 } from './T02-markers-before-replicated.ts';
import { T03 } from './T03-add-answered-before-replicated.ts';
import { T05 } from './T05-pending-kept-after-failed-append.ts';
import { T06 } from './T06-bump-not-in-the-record.ts';
import { T07 } from './T07-fence-bumped-on-each-failure.ts';
import { T08 } from './T08-complete-after-any-marker.ts';
import { T09 } from './T09-record-omits-a-partition.ts';
import { T11 } from './T11-client-version-not-persisted.ts';
import type { Mutant } from './mutant.ts';

export const MUTANTS: readonly Mutant[] = [
  C01,
  C03,
  C04,
  C05,
  C06,
  C07,
  C08,
  C09,
  C14,
  C15,
  C16,
  C17,
  C18,
  C19,
  C22,
  C23,
  C24,
  C28,
  T01,
  T02,
  T03,
  T05,
  T06,
  T07,
  T08,
  T09,
  T11,
  M01,
  M03,
  M04,
  M05,
  M06,
  M11,
  P01,
  P02,
  P03,
  P07,
  P08,
  P09,
  P10,
  P11,
  P12,
  P14,
  P15,
  P16,
  P17,
  P18,
  P19,
  P23,
  P24,
  P25,
  P26,
  R02,
  R03,
  R05,
  R07,
  R08,
  R09,
  R10,
  R12,
  R13,
  R14,
  R15,
  R16,
  R17,
  R18,
  R19,
  R21,
  R22,
  K01,
  K02,
  K03,
  K04,
  K05,
  K06,
  K07,
  K09,
  K10,
  K12,
  K13,
  K14,
  G01,
  G02,
  G03,
  G04,
  G05,
  G06,
  G07,
  G08,
  G09,
  G10,
  G11,
  G12,
  G13,
  G14,
  F01,
  F02,
  F03,
  F04,
  F08,
  F09,
];

export function mutantWithId(id: string): Mutant {
  const mutant = MUTANTS.find((candidate) => candidate.id === id);
  if (mutant === undefined) throw new Error(`no mutant has the id ${JSON.stringify(id)}`);
  return mutant;
}
