/**
 * A first transactional producer: configure, initialise, commit one transaction over two partitions, abort another.
 * `onceproof walk` runs exactly this on the reference and prints what the protocol does at each call.
 */

import type { ProducerConfiguration, TransactionalProducer } from 'onceproof';

export const configuration: ProducerConfiguration = {
  /** Names this producer across restarts: a new instance with the same id fences the old one. */
  transactionalId: 'shop',
  /** The coordinator aborts a transaction that stays open for longer than this. */
  transactionTimeoutMs: 60_000,
};

/** Where the records go: partition 0 of each topic. */
export const topics = { orders: 1, payments: 1 };

export async function sellTwice(producer: TransactionalProducer): Promise<void> {
  await producer.initTransactions();

  producer.beginTransaction();
  await producer.send({ topic: 'orders', partition: 0, value: 'order 1' });
  await producer.send({ topic: 'payments', partition: 0, value: 'payment 1' });
  await producer.commitTransaction();

  producer.beginTransaction();
  await producer.send({ topic: 'orders', partition: 0, value: 'order 2' });
  await producer.abortTransaction();
}
