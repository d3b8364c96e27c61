/** Why a group's offsets cannot be what a fetch says they are: the arguments of OffsetAtomicity. */

import type { Violation } from '../../reports/evidence/finding.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import type { OffsetWrite } from '../history/offset-writes.ts';
import {
  citeCompletion,
  citeInvocation,
  type ClientTransaction,
  type FetchOffsets,
  type GroupHistory,
  type Send,
  type SendOffsets,
} from '../history/operations.ts';

function writeText({ operation, transaction, partition, offset }: OffsetWrite): string {
  const { process } = operation.invocation;
  return transaction === null
    ? `${process} committed ${partition}=${offset} outside any transaction (${citeInvocation(operation)})`
    : `${process} sent ${partition}=${offset} in ${transaction.name} (${citeInvocation(operation)})`;
}

function fetchedText(
  group: GroupHistory,
  fetch: FetchOffsets,
  partition: string,
  offset: number,
): string {
  const found = offset === -1 ? 'no offset' : `offset ${offset}`;
  return `A fetch found ${found} of ${partition} committed for group ${group.group} (${citeCompletion(fetch)}).`;
}

export function unwritten(
  history: HistoryIndex,
  group: GroupHistory,
  fetch: FetchOffsets,
  partition: string,
  offset: number,
): Violation {
  const sent = group.offsetSends.find(
    (send) =>
      send.invokedAt < fetch.completedAt &&
      send.invocation.offsets.some(
        (other) => other.partition === partition && other.offset === offset,
      ),
  );
  const fetched = fetchedText(group, fetch, partition, offset);
  if (sent === undefined) {
    return {
      message: `group ${group.group} has offset ${offset} of ${partition}, which nobody had committed`,
      events: [fetch.invokedAt, fetch.completedAt],
      why: [
        fetched,
        'Until then no transaction had sent and no plain commit had written this offset.',
        'So the offset moved by itself: a contradiction.',
      ],
    };
  }
  const { process, transaction: ordinal } = sent.invocation;
  const transaction = history.transaction(process, ordinal);
  const name = transaction?.name ?? `a transaction of ${process}`;
  const aborted = transaction?.toldAborted ?? null;
  return {
    message: `group ${group.group} has offset ${offset} of ${partition}, which only ${name} had sent, and that was not committed`,
    events: [aborted?.completedAt ?? sent.invokedAt, fetch.completedAt],
    why: [
      `${process} sent ${partition}=${offset} in ${name} (${citeInvocation(sent)}).`,
      aborted === null
        ? 'Until the fetch it had asked for no commit that could have happened.'
        : `It was told that the transaction is aborted (${citeCompletion(aborted)}).`,
      fetched,
      'The offset moved although the transaction that sent it was not committed: a contradiction.',
    ],
  };
}

export function lost(
  group: GroupHistory,
  fetch: FetchOffsets,
  offset: number,
  write: OffsetWrite,
  older: OffsetWrite | null,
): Violation {
  const { operation, transaction, partition } = write;
  const committed = transaction?.toldCommitted ?? null;
  const found = offset === -1 ? 'no offset' : `offset ${offset}`;
  const effect =
    committed === null
      ? `That is in effect: ${transaction === null ? `it was told so (${citeCompletion(operation)})` : `records of ${transaction.name}, or its offsets, were read as committed`}.`
      : `It was told that the transaction is committed (${citeCompletion(committed)}).`;
  return {
    message: `group ${group.group} has ${found} of ${partition}, although offset ${write.offset} had been committed after it by ${transaction?.name ?? operation.invocation.process}`,
    events: [committed?.completedAt ?? operation.completedAt, fetch.completedAt],
    why: [
      ...(older === null ? [] : [`${writeText(older)}.`]),
      `${older === null ? '' : 'Later, '}${writeText(write)}.`,
      effect,
      fetchedText(group, fetch, partition, offset),
      "The group's offset is not what was committed last: a contradiction.",
    ],
  };
}

export function passedOver(
  group: GroupHistory,
  fetch: FetchOffsets,
  mover: OffsetWrite,
  send: Send,
  transaction: ClientTransaction,
  input: number,
): Violation {
  const { partition, offset } = mover;
  const { value, process } = send.invocation;
  const aborted = transaction.toldAborted;
  return {
    message: `group ${group.group} has passed record ${input} of ${partition}, whose output was only ever in ${transaction.name}, and that was not committed`,
    events: [send.invokedAt, fetch.completedAt],
    why: [
      `${process} made ${value} from record ${input} of ${partition} in ${transaction.name} (${citeInvocation(send)}), and no other transaction that could have been committed holds an output of that record.`,
      aborted === null
        ? `No commit of ${transaction.name} that could have happened was asked for.`
        : `${process} was told that ${transaction.name} is aborted (${citeCompletion(aborted)}).`,
      `${writeText(mover)}.`,
      fetchedText(group, fetch, partition, offset),
      `So the group's offset moved past record ${input} without its output: a contradiction.`,
    ],
  };
}

export function halfCommitted(
  group: GroupHistory,
  write: OffsetWrite,
  fetch: FetchOffsets,
  send: Send,
  finalRead: string,
): Violation {
  const { value, partition, process } = send.invocation;
  const name = write.transaction?.name ?? '';
  return {
    message: `${name} is torn: its offset ${write.offset} of ${write.partition} is committed for group ${group.group}, ${value} is missing from ${partition}`,
    events: [send.completedAt, fetch.completedAt],
    why: [
      `${writeText(write)}, and nobody else wrote that offset.`,
      `${fetchedText(group, fetch, write.partition, write.offset)} So the transaction was committed.`,
      `${process} was told that ${value} is in ${partition} (${citeCompletion(send)}).`,
      `The final read of committed records on ${partition} (${finalRead}) has no ${value}.`,
      'So the transaction was not committed: a contradiction.',
    ],
  };
}

export function undecided(
  { group }: GroupHistory,
  fetch: FetchOffsets,
  suspect: SendOffsets | undefined,
): Violation {
  return {
    message: `the offsets of group ${group} never become stable: a transaction is undecided there`,
    events: [suspect?.invokedAt ?? fetch.invokedAt, fetch.completedAt],
    why: [
      `Faults have stopped, every process has stopped, and transaction timeouts have passed; then the offsets of group ${group} were fetched (${citeInvocation(fetch)}).`,
      `The group coordinator refused to the last, because an open transaction may still move them (${citeCompletion(fetch)}).`,
      'Every transaction is decided by then, and one is not: a contradiction.',
    ],
  };
}
