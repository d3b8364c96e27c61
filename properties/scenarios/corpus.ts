/** Historical scenarios, each a file: what went wrong in Kafka once, what its protocol permits, or what it was made for. */

import { scenarioSchema, type Scenario } from '../../reports/evidence/scenario.ts';
import lateEndTxnAbort from './corpus/kafka-17754-late-end-txn-abort.json' with { type: 'json' };
import lateEndTxnCommit from './corpus/kafka-17754-late-end-txn-commit.json' with { type: 'json' };
import lateProduceAfter from './corpus/kip-890-late-produce-after.json' with { type: 'json' };
import lateProduceNext from './corpus/kip-890-late-produce-next.json' with { type: 'json' };
import lateTxnOffsetCommit from './corpus/kafka-15449-late-txn-offset-commit.json' with { type: 'json' };
import olderGeneration from './corpus/kip-447-older-generation.json' with { type: 'json' };
import lateTxnOffsetCommitNext from './corpus/kip-890-late-txn-offset-commit-next.json' with { type: 'json' };
import lateMarker from './corpus/late-marker-tv1.json' with { type: 'json' };
import pipelineTakeover from './corpus/pipeline-takeover.json' with { type: 'json' };

const FILES: readonly unknown[] = [
  lateEndTxnCommit,
  lateEndTxnAbort,
  lateProduceAfter,
  lateProduceNext,
  lateMarker,
  lateTxnOffsetCommit,
  lateTxnOffsetCommitNext,
  olderGeneration,
  pipelineTakeover,
];

export function corpusScenarios(): readonly Scenario[] {
  return FILES.map((file) => scenarioSchema.parse(file));
}
