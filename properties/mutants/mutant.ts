/**
 * A mutant: one known defect of a broker or client, made by overriding exactly one decision or one handler of the
 * reference. A suite that does not kill it would not have seen the defect.
 */

import type { BrokerDecisions } from '../../impl/broker/decisions.ts';
import type { ConsumerDecisions } from '../../impl/consumer/decisions.ts';
import type { LeaderDecisions } from '../../impl/partition-leader/decisions.ts';
import type { LeaderHandlers } from '../../impl/partition-leader/handlers.ts';
import type { ProducerDecisions } from '../../impl/producer/decisions.ts';
import type { ProducerHandlers } from '../../impl/producer/handlers.ts';
import type { CoordinatorDecisions } from '../../impl/transaction-coordinator/decisions.ts';
import type { CoordinatorHandlers } from '../../impl/transaction-coordinator/handlers.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { ClaimName } from '../claim-names.ts';

interface Override<Decisions, Handlers = never> {
  readonly decisions?: Partial<Decisions>;
  readonly handlers?: Partial<Handlers>;
}

/** By component; exactly one entry of one of them is set (checked by a test). */
export interface Overrides {
  readonly transactionCoordinator?: Override<CoordinatorDecisions, CoordinatorHandlers>;
  readonly partitionLeader?: Override<LeaderDecisions, LeaderHandlers>;
  readonly broker?: Override<BrokerDecisions>;
  readonly producer?: Override<ProducerDecisions, ProducerHandlers>;
  readonly consumer?: Override<ConsumerDecisions>;
}

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
  /** Fewest faults of a schedule that shows it. */
  readonly minFaults: 0 | 1 | 2 | 3;
  /** Any of these claims may kill it. */
  readonly killedBy: readonly ClaimName[];
  readonly overrides: Overrides;
}
