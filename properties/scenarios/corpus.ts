/** Historical scenarios, each a file: what went wrong in Kafka once, or what its protocol permits. */

import { scenarioSchema, type Scenario } from '../../reports/evidence/scenario.ts';
import lateEndTxnAbort from './corpus/kafka-17754-late-end-txn-abort.json' with { type: 'json' };
import lateEndTxnCommit from './corpus/kafka-17754-late-end-txn-commit.json' with { type: 'json' };
import lateProduceAfter from './corpus/kip-890-late-produce-after.json' with { type: 'json' };
import lateProduceNext from './corpus/kip-890-late-produce-next.json' with { type: 'json' };
import lateMarker from './corpus/late-marker-tv1.json' with { type: 'json' };

const FILES: readonly unknown[] = [
  lateEndTxnCommit,
  lateEndTxnAbort,
  lateProduceAfter,
  lateProduceNext,
  lateMarker,
];

export function corpusScenarios(): readonly Scenario[] {
  return FILES.map((file) => scenarioSchema.parse(file));
}
