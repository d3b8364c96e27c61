/** On whose behalf each message travels, which no component sees: the instance, and its transaction. */

import type { Message } from '../../impl/simulation/network.ts';
import type { ProducerIdentity } from '../../protocol/ids.ts';
import { errorOf } from './run-observer.ts';

/** Transaction 0: before the first begin. */
export interface Ghost {
  readonly instance: string;
  readonly transaction: number;
}

/** The client instance of that name; undefined: a broker. */
type InstanceOf = (
  sender: string,
) => { readonly name: string; readonly transaction: number } | undefined;

export class Ghosts {
  readonly #instanceOf: InstanceOf;
  readonly #ofMessages = new Map<number, Ghost>();
  /** Of a WriteTxnMarkers with markers of several producers: whose transaction each of them ends. */
  readonly #ofMarkers = new Map<number, ReadonlyMap<number, Ghost | undefined>>();
  /** Of the last Produce or TxnOffsetCommit delivered for each producer identity. */
  readonly #ofIdentities = new Map<string, Ghost>();
  /**
   * Of the newest transaction of each producer id whose adding of partitions or end was accepted, and its epoch. Not of
   * the one that opened it at the coordinator: a late add of the transaction before may have done that.
   */
  readonly #newest = new Map<number, { readonly ghost: Ghost; readonly epoch: number }>();

  constructor(instanceOf: InstanceOf) {
    this.#instanceOf = instanceOf;
  }

  of({ id }: Message): Ghost | undefined {
    return this.#ofMessages.get(id);
  }

  /** Of the producer's marker, where the message carries those of others too. */
  ofMarker({ id }: Message, producerId: number): Ghost | undefined {
    return this.#ofMarkers.get(id)?.get(producerId);
  }

  sent(message: Message): void {
    const ghost = this.#ghostOf(message);
    if (ghost !== undefined) this.#ofMessages.set(message.id, ghost);
    const { api, body } = message.request;
    if (api !== 'WriteTxnMarkers' || body.markers.length === 1) return;
    const ghosts = body.markers.map(
      ({ producerId }) => [producerId, this.#newest.get(producerId)?.ghost] as const,
    );
    this.#ofMarkers.set(message.id, new Map(ghosts));
  }

  duplicated(message: Message, copy: Message): void {
    const ghost = this.#ofMessages.get(message.id);
    if (ghost !== undefined) this.#ofMessages.set(copy.id, ghost);
    const markers = this.#ofMarkers.get(message.id);
    if (markers !== undefined) this.#ofMarkers.set(copy.id, markers);
  }

  delivered(message: Message): void {
    const ghost = this.of(message);
    const { api, body } = message.request;
    if (ghost === undefined) return;
    if (api === 'TxnOffsetCommit') this.#ofIdentities.set(identityKey(body), ghost);
    if (api !== 'Produce') return;
    for (const { batch } of body.partitions) this.#ofIdentities.set(identityKey(batch), ghost);
  }

  answered(message: Message): void {
    const ghost = this.of(message);
    const { request, response } = message;
    if (ghost === undefined || errorOf(request, response!) !== 'NONE') return;
    if (request.api === 'EndTxn' || request.api === 'AddOffsetsToTxn') {
      this.#noteNewest(request.body, ghost);
    } else if (request.api === 'AddPartitionsToTxn') {
      this.#noteNewest(request.body.transactions[0]!, ghost);
    }
  }

  #noteNewest({ producerId, producerEpoch }: ProducerIdentity, ghost: Ghost): void {
    const newest = this.#newest.get(producerId);
    const isNewer =
      newest === undefined ||
      producerEpoch > newest.epoch ||
      (producerEpoch === newest.epoch && ghost.transaction > newest.ghost.transaction);
    if (isNewer) this.#newest.set(producerId, { ghost, epoch: producerEpoch });
  }

  /** A client's message belongs to its current transaction, a broker's to the transaction that it serves. */
  #ghostOf({ sender, request: { api, body } }: Message): Ghost | undefined {
    const instance = this.#instanceOf(sender.name);
    if (instance !== undefined) {
      return { instance: instance.name, transaction: instance.transaction };
    }
    if (api === 'AddPartitionsToTxn') {
      return this.#ofIdentities.get(identityKey(body.transactions[0]!));
    }
    if (api === 'WriteTxnMarkers' && body.markers.length === 1) {
      return this.#newest.get(body.markers[0]!.producerId)?.ghost;
    }
    return undefined;
  }
}

function identityKey({ producerId, producerEpoch }: ProducerIdentity): string {
  return `${producerId}/${producerEpoch}`;
}
