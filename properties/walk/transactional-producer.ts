/** The producer as an application sees it: Kafka's producer API, with promises. */

export interface ProducerConfiguration {
  readonly transactionalId: string;
  readonly transactionTimeoutMs: number;
}

export interface ProducerRecord {
  readonly topic: string;
  readonly partition: number;
  readonly value: string;
}

export interface TransactionalProducer {
  /** Obtains the identity; fences and aborts what an older instance of the same transactional id left open. */
  initTransactions(): Promise<void>;
  /** Local: nothing is sent. */
  beginTransaction(): void;
  /** Resolves with the record's offset. */
  send(record: ProducerRecord): Promise<number>;
  commitTransaction(): Promise<void>;
  abortTransaction(): Promise<void>;
}
