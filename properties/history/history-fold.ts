/**
 * What is told of a history while it is read, call by call, and keeps of it what it will be asked for. A claim that can be
 * judged so needs nothing else, and the history itself may be forgotten.
 */

import type {
  AnsweredPoll,
  ClientTransaction,
  Description,
  End,
  EndOffset,
  Init,
  LiveProducer,
  Operation,
  RecordRead,
  Send,
  WireAttempt,
} from './operations.ts';

/**
 * Each method is called after the history has taken the event. A transaction is undefined where it is over: its process
 * has begun another one. A producer is undefined where the process is none.
 */
export abstract class HistoryFold {
  /** An `init` returned. */
  initialised(_init: Init, _producer: LiveProducer): void {}

  /** A transaction was begun; `producer.current` is still the one before. */
  begun(_transaction: ClientTransaction, _producer: LiveProducer): void {}

  sending(_send: Send, _transaction: ClientTransaction | undefined): void {}

  acknowledged(_send: Send, _transaction: ClientTransaction | undefined): void {}

  /** A commit or an abort was asked for. */
  ending(_end: End, _transaction: ClientTransaction | undefined): void {}

  /** It returned. */
  ended(
    _end: End,
    _transaction: ClientTransaction | undefined,
    _producer: LiveProducer | undefined,
  ): void {}

  /** A poll, or a question about the end of a partition. */
  asking(_question: Operation): void {}

  polled(_poll: AnsweredPoll, _records: readonly RecordRead[]): void {}

  endTold(_answer: EndOffset): void {}

  described(_description: Description): void {}

  /** A call completed, and did not return. */
  refused(_operation: Operation, _producer: LiveProducer | undefined): void {}

  /** A call was outstanding when its process was killed. */
  abandoned(_operation: Operation, _producer: LiveProducer | undefined): void {}

  /** A request went out. */
  sent(_attempt: WireAttempt, _producer: LiveProducer | undefined): void {}

  /** The network copied a request. */
  copied(_attempt: WireAttempt): void {}

  /** A request was answered, its connection closed without an answer, or its process was killed. */
  settled(_attempt: WireAttempt): void {}

  /** A process was killed; `producer`: if it had called `init`. Nothing is known of it any more. */
  crashed(_process: string, _producer: LiveProducer | undefined): void {}
}

type Hook = keyof HistoryFold;

/** By what they are told of, the folds that take notice of it: most take little, and every call of every scenario is told. */
export class FoldsByCall implements Readonly<Record<Hook, readonly HistoryFold[]>> {
  readonly abandoned: HistoryFold[] = [];
  readonly acknowledged: HistoryFold[] = [];
  readonly asking: HistoryFold[] = [];
  readonly begun: HistoryFold[] = [];
  readonly copied: HistoryFold[] = [];
  readonly crashed: HistoryFold[] = [];
  readonly described: HistoryFold[] = [];
  readonly endTold: HistoryFold[] = [];
  readonly ended: HistoryFold[] = [];
  readonly ending: HistoryFold[] = [];
  readonly initialised: HistoryFold[] = [];
  readonly polled: HistoryFold[] = [];
  readonly refused: HistoryFold[] = [];
  readonly sending: HistoryFold[] = [];
  readonly sent: HistoryFold[] = [];
  readonly settled: HistoryFold[] = [];

  add(fold: HistoryFold): void {
    for (const hook of hooksOf(fold)) this[hook].push(fold);
  }
}

const HOOKS = Object.keys(new FoldsByCall()) as Hook[];

/** By kind of fold: every scenario has folds of the same few kinds. */
const known = new Map<unknown, readonly Hook[]>();

/** Those that it takes notice of. */
function hooksOf(fold: HistoryFold): readonly Hook[] {
  let hooks = known.get(fold.constructor);
  if (hooks === undefined) {
    hooks = HOOKS.filter((hook) => fold[hook] !== HistoryFold.prototype[hook]);
    known.set(fold.constructor, hooks);
  }
  return hooks;
}
