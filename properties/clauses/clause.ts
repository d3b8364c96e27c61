/**
 * A clause: one requirement of the exactly-once protocol, with an id that is its address for good. An id is never
 * used again, and a requirement that changes its meaning gets a new one.
 */

import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { ClaimName } from '../claim-names.ts';
import type { DirectedTest } from './directed-test.ts';
import type { KipId } from './kips.ts';

/** Part of the protocol that a clause is about, in the order in which reports list them. */
export const AREAS = {
  SEE: 'what clients see',
  INIT: 'identities',
  FENCE: 'fencing',
  ADD: 'adding partitions',
  END: 'ending a transaction',
  MARK: 'markers',
  LOG: 'the transaction log',
  TIME: 'timeouts and expiration',
  IDEM: 'idempotent append',
  VERIFY: 'verification',
  LSO: 'the last stable offset and fetch',
  READ: 'the read_committed consumer',
  OFFSET: 'offsets of groups',
  CLIENT: 'the producer client',
} as const;
export type AreaId = keyof typeof AREAS;
export type ClauseId = `EOS-${AreaId}-${string}`;

export interface Clause {
  /** `EOS-<AREA>-NN`. */
  readonly id: ClauseId;
  readonly level: 'must' | 'should' | 'may';
  /** One sentence, in our own words. */
  readonly requirement: string;
  readonly kips: readonly KipId[];
  /** Where Apache Kafka does it, `Class.method`; null where the KIP alone says so. */
  readonly kafka: string | null;
  /** Under which transaction versions it applies; absent: all. */
  readonly transactionVersions?: readonly TransactionVersion[];
  /** Claims that fail of a history in which it was broken. */
  readonly claims: readonly ClaimName[];
  /** What the reference is asked directly. */
  readonly tests: readonly DirectedTest[];
}

export function areaOf(id: ClauseId): AreaId {
  return id.split('-')[1] as AreaId;
}
