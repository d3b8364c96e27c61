/** One sentence for a learner at the first occurrence of each message and record. */

export const NOTES: Readonly<Record<string, string>> = {
  FindCoordinator:
    'Which broker coordinates this transactional id? The leader of the partition of __transaction_state that the id hashes to.',
  InitProducerId:
    'Asks for a producer id and epoch. A known id gets a higher epoch, which fences every older instance.',
  COORDINATOR_LOAD_IN_PROGRESS:
    'The coordinator has no producer id to hand out yet: it asks the controller for a block of 1,000 and lets the client try again.',
  CONCURRENT_TRANSACTIONS:
    'The previous transaction still waits for its last markers; the client tries again.',
  AddPartitionsToTxn:
    'Tells the coordinator, before anything is written there, which partitions will need a marker at the end.',
  verify:
    'The leader asks the coordinator whether this partition really is part of an ongoing transaction (KIP-890 part 1).',
  Produce:
    'The batch carries producer id, epoch and sequence: a retry is recognised, an older epoch refused.',
  EndTxn: 'Asks the coordinator to decide. Once the decision is in its log it can never change.',
  WriteTxnMarkers: 'The coordinator tells each partition leader how the transaction ended.',
  Empty: 'The id is known and has no transaction.',
  Ongoing: 'The transaction is open on these partitions; from here a timeout would abort it.',
  PrepareCommit: 'The decision, durable: every coordinator from here on can only commit.',
  PrepareAbort: 'The decision, durable: every coordinator from here on can only abort.',
  CompleteCommit: 'Every partition has its marker; the next transaction may begin.',
  CompleteAbort: 'Every partition has its marker; the next transaction may begin.',
  batch:
    'In the log, but of an open transaction: read_committed readers stop before it, at the last stable offset (LSO).',
  marker:
    'A control record: it takes an offset, no reader sees it, and it decides the batches of this producer before it.',
};
