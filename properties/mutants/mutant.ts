/**
 * A mutant: one known defect of a broker or client, made by overriding exactly one decision or one handler of the
 * reference. A suite that does not kill it would not have seen the defect.
 */

import type { Overrides } from '../../impl/simulation/overrides.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { ClaimName } from '../claim-names.ts';

export interface Mutant {
  /** Row of the mutation table, for example `C04`. */
  readonly id: string;
  /** What was forgotten, for example `init-over-ongoing-without-abort`. */
  readonly name: string;
  /** One sentence. */
  readonly change: string;
  /** KIP, Kafka class or ticket whose rule it breaks. */
  readonly source: string;
  /** Under which transaction versions the defect can be observed. */
  readonly transactionVersions: readonly TransactionVersion[];
  /** Present where partition verification would hide the defect: it shows with verification off only. */
  readonly partitionVerification?: false;
  /** Fewest faults of a schedule that shows it. */
  readonly minFaults: 0 | 1 | 2 | 3;
  /** Claims that its row names. Any of them has to kill it, alone: what other claims would notice does not count. */
  readonly killedBy: readonly ClaimName[];
  /**
   * Present where generated scenarios do not kill it: why. A gap of the suite, shown as a survivor; a test fails once it is
   * killed.
   */
  readonly survives?: string;
  /** Exactly one entry of one component (checked by a test). */
  readonly overrides: Overrides;
}
