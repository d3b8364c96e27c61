/**
 * What Kafka's protocol is known to allow before KIP-890 part 2. Runs recognise each by its cause in the trace
 * (properties/permitted-anomalies/), the specification says which invariants it breaks.
 */

export type PermittedAnomalyName =
  | 'LateEndTxn'
  | 'LateMarker'
  | 'LateProduceAfter'
  | 'LateProduceNext'
  | 'LateTxnOffsetCommit'
  | 'ZombieAppend';
