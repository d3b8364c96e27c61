/**
 * Ghost names of what applications write, as integers that stay small and comparable. Application transaction n of
 * producer instance i is `i * 8 + n`; its record k in a partition is that times 8 plus k. No scope reaches eight.
 */

const BASE = 8;

/** The ghost of what no application transaction caused. */
export const NO_TRANSACTION = -1;

/** The name of `ordinal` (from 0) among the transactions of `instance`. */
export function transactionName(instance: number, ordinal: number): number {
  return instance * BASE + ordinal;
}

export function instanceOf(transaction: number): number {
  return Math.floor(transaction / BASE);
}

export function ordinalOf(transaction: number): number {
  return transaction % BASE;
}

/** The name of record `index` (from 0) that `transaction` writes to a partition. */
export function recordName(transaction: number, index: number): number {
  return transaction * BASE + index;
}

/** The transaction that sent a record. */
export function transactionOf(record: number): number {
  return Math.floor(record / BASE);
}
