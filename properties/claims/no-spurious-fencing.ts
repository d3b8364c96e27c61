/**
 * NoSpuriousFencing: a producer is shut out for a reason. There is a newer instance of its transactional id, or one
 * that may yet come to be the newer; it asked for an identity itself and may have been given another; or a transaction
 * of it may have timed out.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import { wentUnanswered } from '../history/attempts.ts';
import {
  NEVER,
  type ClientTransaction,
  type End,
  type Init,
  type LiveProducer,
  type Operation,
  type WireAttempt,
  citeInvocation,
  citeCompletion,
} from '../history/operations.ts';
import { ClaimFold, type FoldedClaim } from './claim.ts';

export const noSpuriousFencing: FoldedClaim = {
  name: 'NoSpuriousFencing',
  statement:
    'No producer is told that it is fenced unless a newer instance, an identity that it asked for itself and did not get, or the timeout of a transaction can be the reason.',
  source: 'KIP-98, KIP-360, KIP-890 part 2; TransactionCoordinator.endTransaction',
  needs: ['producers', 'wire-attempts'],
  keeps:
    'of each transactional id what became of the last InitProducerId on the wire; of each producer that has not crashed its last init, the begin after it, and which end was left without an answer',
  begin: () => new NoSpuriousFencing(),
  witness: {
    situation:
      'an instance was left without an answer to an EndTxn, and was told how a later transaction of it ended',
    advice:
      'raise --scenarios, and keep lose-response and crash-coordinator in --faults, so that clients ask again for an end',
    needs: ['wire-attempts', 'transactions'],
  },
};

/** What says to a producer that its producer id or epoch is not the current one. */
const FENCING: ReadonlySet<string> = new Set([
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
]);

/** What became of the InitProducerId requests for a transactional id. */
interface Identity {
  /** One was left without an answer, or copied by the network: it may be carried out at any later time. */
  isUncertain: boolean;
  /** How many are under way. */
  asked: number;
  /** Where the last one was answered; -1: none was. */
  answeredAt: number;
  /** Whom the last answer gave the identity, if no other request can have been carried out after that one. */
  holder: string | null;
}

/** A producer that has not crashed. */
interface Instance {
  /** The last that returned. */
  init: Init | null;
  /** When the first transaction after it was begun. */
  begunAtMs: number | null;
  isFenced: boolean;
  /** Where the first EndTxn was sent that was left without an answer. */
  unansweredFrom: number;
  /** Where the last transaction was begun of which it was told how it ended; -1: none was. */
  toldFrom: number;
}

class NoSpuriousFencing extends ClaimFold {
  readonly #identities = new Map<string, Identity>();
  /** By name of the process. */
  readonly #instances = new Map<string, Instance>();
  /** InitProducerId requests under way. */
  readonly #inits = new Map<WireAttempt, Identity>();
  /** EndTxn requests under way. */
  readonly #ends = new Set<WireAttempt>();
  #violation: Violation | null = null;
  #reached = false;

  override initialised(init: Init, producer: LiveProducer): void {
    if (producer.transactionalId === null || producer.isProbe) return;
    const instance = this.#instance(producer.name);
    instance.init = init;
    instance.begunAtMs = null;
  }

  override begun({ begin }: ClientTransaction, { name }: LiveProducer): void {
    const instance = this.#instance(name);
    if (instance.init !== null) instance.begunAtMs ??= begin.invocation.time;
  }

  #instance(name: string): Instance {
    let instance = this.#instances.get(name);
    if (instance === undefined) {
      instance = {
        init: null,
        begunAtMs: null,
        isFenced: false,
        unansweredFrom: NEVER,
        toldFrom: -1,
      };
      this.#instances.set(name, instance);
    }
    return instance;
  }

  override sent(attempt: WireAttempt, producer: LiveProducer | undefined): void {
    const { api } = attempt.request;
    if (api === 'EndTxn') this.#ends.add(attempt);
    const transactionalId = producer?.transactionalId ?? null;
    if (api !== 'InitProducerId' || transactionalId === null) return;
    let identity = this.#identities.get(transactionalId);
    if (identity === undefined) {
      identity = { isUncertain: false, asked: 0, answeredAt: -1, holder: null };
      this.#identities.set(transactionalId, identity);
    }
    identity.asked += 1;
    this.#inits.set(attempt, identity);
  }

  override copied(attempt: WireAttempt): void {
    const identity = this.#inits.get(attempt);
    if (identity !== undefined) identity.isUncertain = true;
  }

  override settled(attempt: WireAttempt): void {
    switch (attempt.request.api) {
      case 'InitProducerId':
        this.#initSettled(attempt);
        break;
      case 'EndTxn':
        this.#endSettled(attempt);
        break;
      default:
    }
  }

  #initSettled(attempt: WireAttempt): void {
    const identity = this.#inits.get(attempt);
    if (identity === undefined) return;
    this.#inits.delete(attempt);
    identity.asked -= 1;
    if (wentUnanswered(attempt)) {
      identity.isUncertain = true;
      return;
    }
    const isAlone = identity.answeredAt < attempt.sentAt;
    identity.holder = attempt.errorCode === 'NONE' && isAlone ? attempt.request.process : null;
    identity.answeredAt = attempt.answeredAt;
  }

  #endSettled(attempt: WireAttempt): void {
    if (!this.#ends.delete(attempt) || !wentUnanswered(attempt)) return;
    const instance = this.#instances.get(attempt.request.process);
    if (instance === undefined) return;
    instance.unansweredFrom = Math.min(instance.unansweredFrom, attempt.sentAt);
    this.#reached ||= instance.unansweredFrom < instance.toldFrom;
  }

  override ended({ invocation }: End, transaction: ClientTransaction | undefined): void {
    const instance = this.#instances.get(invocation.process);
    if (instance === undefined || transaction === undefined) return;
    instance.toldFrom = transaction.begin.invokedAt;
    this.#reached ||= instance.unansweredFrom < instance.toldFrom;
  }

  /** The first call of a producer that was told so is judged, by what the history has shown by then. */
  override refused(fenced: Operation, producer: LiveProducer | undefined): void {
    if (!isFencing(fenced)) return;
    const instance = this.#instances.get(fenced.invocation.process);
    if (producer === undefined || instance === undefined || instance.isFenced) return;
    instance.isFenced = true;
    const { init } = instance;
    const identity = this.#identities.get(producer.transactionalId ?? '');
    if (init === null || identity === undefined || mayHaveTimedOut(instance, fenced)) return;
    if (!mayHaveBeenReplaced(identity, producer.name)) this.#violation ??= spurious(init, fenced);
  }

  override crashed(process: string): void {
    this.#instances.delete(process);
  }

  override violation(): Violation | null {
    return this.#violation;
  }

  override reached(): boolean {
    if (this.#reached) return true;
    for (const { request, sentAt } of this.#ends) {
      const instance = this.#instances.get(request.process);
      if (instance !== undefined && sentAt < instance.toldFrom) return true;
    }
    return false;
  }
}

function isFencing({ invocation, completion }: Operation): boolean {
  if (completion === null || completion.type === 'ok' || !FENCING.has(completion.error)) {
    return false;
  }
  const { call } = invocation;
  if (call === 'send') return invocation.transaction !== null;
  return call === 'commit' || call === 'abort';
}

/** Some transaction of it may have been open for longer than its timeout, which may not be known. */
function mayHaveTimedOut({ init, begunAtMs }: Instance, { completion }: Operation): boolean {
  const timeoutMs = init?.invocation.transactionTimeoutMs;
  if (timeoutMs === undefined || begunAtMs === null || completion === null) return true;
  return completion.time - begunAtMs >= timeoutMs;
}

/**
 * Whether some InitProducerId for its id, its own or another instance's, may have been carried out after the one that
 * gave it its identity. One without an answer, or one that the network copied, may have been at any later time.
 */
function mayHaveBeenReplaced({ isUncertain, asked, holder }: Identity, process: string): boolean {
  return isUncertain || asked > 0 || holder !== process;
}

function spurious(init: Init, fenced: Operation): Violation {
  const { process, call } = fenced.invocation;
  const { completion } = fenced;
  const error = completion === null || completion.type === 'ok' ? 'an error' : completion.error;
  return {
    message: `${process} was told ${error} by its ${call}, and nothing had taken its place`,
    events: [init.completedAt, fenced.completedAt],
    why: [
      `${process} initialised its transactional id (${citeCompletion(init)}), with a transaction timeout of ${init.invocation.transactionTimeoutMs} ms.`,
      `No other InitProducerId for that id can have been carried out later, and no transaction of ${process} had been open for that long.`,
      `Its ${call} (${citeInvocation(fenced)}) was told ${error} (${citeCompletion(fenced)}).`,
      'Only who was replaced is fenced, and this producer was not: a contradiction.',
    ],
  };
}
