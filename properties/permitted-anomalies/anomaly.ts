/**
 * A permitted anomaly: something Kafka's protocol is known to allow before KIP-890 part 2, recognised by its cause in
 * the trace. It excuses a violation only if that cause touched the very transaction or record that the violation is
 * about; anything else stays a violation.
 */

import type { PermittedAnomalyName } from '../../protocol/permitted-anomalies.ts';
import type { Scenario } from '../../reports/evidence/scenario.ts';
import type { ClaimName } from '../claim-names.ts';
import type { TraceIndex } from './trace-index.ts';
import type { ViolationSubject } from './violation-subject.ts';

export interface Evidence {
  readonly scenario: Scenario;
  readonly trace: TraceIndex;
  readonly subject: ViolationSubject;
}

export interface PermittedAnomaly {
  readonly name: PermittedAnomalyName;
  /** One English sentence: the cause and what it does. */
  readonly statement: string;
  /** Where Kafka's documents or tickets admit it. */
  readonly source: string;
  /** Claims that it can break. */
  readonly explains: readonly ClaimName[];
  /** Whether it happened in this run, to what the violation is about. */
  readonly recognises: (evidence: Evidence) => boolean;
}
