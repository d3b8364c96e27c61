/**
 * The network of a simulated run: connections that keep their order each way, and faults on single messages. A
 * broker works on one request of a connection at a time and takes the next only after it answered (Kafka mutes
 * the channel). A connection is a byte stream: once a message is lost, nothing behind it in that direction arrives.
 * A sender that gives up closes its connection; a request that was held up is then delivered late, in its place on
 * the old connection, and its answer goes nowhere.
 */

import type { Outbound } from '../ports.ts';
import type { BrokerId } from '../../protocol/ids.ts';
import type {
  ApiName,
  Request,
  RequestOf,
  Response,
  ResponseOf,
} from '../../protocol/messages/rpc.ts';
import { AnswerQueue } from './answer-queue.ts';
import type { SimulationObserver } from './observer.ts';
import type { Scheduler, Task } from './scheduler.ts';

/** A request on its way and back. Observers read it; only the network writes it. */
export interface Message {
  /** In order of sending, from 0; a late copy has its own. */
  readonly id: number;
  readonly sender: Endpoint;
  readonly broker: BrokerId;
  readonly request: Request;
  response: Response | null;
}

interface PendingMessage extends Message {
  readonly connection: Connection;
  done: ((response: Response | null) => void) | null;
  cancelTimeout: (() => void) | null;
  /** On its way there, or its answer on its way back. */
  held: boolean;
  delivered: boolean;
  /** Of a copy: what it is a copy of. It may not come before it. */
  readonly original: PendingMessage | null;
  /** A copy that was let go before its original had arrived. */
  waitingCopy: PendingMessage | null;
}

/** A broker as the network sees it. */
export interface Server {
  readonly isAlive: boolean;
  /** Counts incarnations: a connection ends with the one it was opened to. */
  readonly incarnation: number;
  receive(message: Message, reply: (response: Response) => void): void;
}

/** What becomes of a request or response that is about to travel. */
export interface MessageFaults {
  onRequest(message: Message): 'deliver' | 'lose' | 'hold' | 'duplicate';
  onResponse(message: Message): 'deliver' | 'lose' | 'hold';
  /** A request that is to be duplicated travels, and this copy waits to be released. */
  onCopy(original: Message, copy: Message): void;
  /** `late`: its connection was closed before it arrived. */
  onDelivered(message: Message, late: boolean): void;
}

export class Network {
  readonly scheduler: Scheduler;
  readonly faults: MessageFaults;
  readonly observer: SimulationObserver;
  readonly #servers: ReadonlyMap<BrokerId, Server>;
  #messages = 0;

  constructor(options: {
    readonly scheduler: Scheduler;
    readonly servers: ReadonlyMap<BrokerId, Server>;
    readonly faults: MessageFaults;
    readonly observer: SimulationObserver;
  }) {
    this.scheduler = options.scheduler;
    this.faults = options.faults;
    this.observer = options.observer;
    this.#servers = options.servers;
  }

  server(broker: BrokerId): Server | undefined {
    return this.#servers.get(broker);
  }

  nextMessageId(): number {
    this.#messages += 1;
    return this.#messages - 1;
  }

  /** Keeps a copy of a request to deliver later; returns it. */
  keepCopy(original: PendingMessage): Message {
    const copy: PendingMessage = {
      ...original,
      id: this.nextMessageId(),
      response: null,
      done: null,
      cancelTimeout: null,
      held: true,
      original,
    };
    return copy;
  }

  /** Lets a held message, answer or copy travel; whether its connection is still open decides where its answer goes. */
  release(message: Message): void {
    const pending = message as PendingMessage;
    if (!pending.held) return;
    pending.held = false;
    const { original } = pending;
    if (original === null) pending.connection.released(pending);
    else if (original.delivered) this.deliverCopy(pending);
    else if (original.connection.isQueued(original)) original.waitingCopy = pending;
    else this.observer.requestLost(pending, 'closed');
  }

  /** Like a first attempt that arrives on a connection of its own, which its sender has given up. */
  deliverCopy(copy: PendingMessage): void {
    this.scheduler.enqueue({ run: () => this.#deliverCopy(copy) });
  }

  #deliverCopy(copy: PendingMessage): void {
    const server = this.#servers.get(copy.broker);
    if (!server?.isAlive || server.incarnation !== copy.connection.serverIncarnation) {
      this.observer.requestLost(copy, 'down');
      return;
    }
    this.observer.requestDelivered(copy, true);
    this.faults.onDelivered(copy, true);
    server.receive(copy, (response) => {
      copy.response = response;
      this.observer.responseSent(copy);
      this.observer.responseLost(copy, 'closed');
    });
    this.observer.handled(copy);
  }

  /** The broker stopped: every connection to it breaks, and each sender learns of it in its own time. */
  disconnectServer(broker: BrokerId, endpoints: Iterable<Endpoint>): void {
    for (const endpoint of endpoints) endpoint.connectionTo(broker)?.break();
  }
}

/** One node's side of the network: its single connection to each broker. Lives as long as its incarnation. */
export class Endpoint implements Outbound {
  /** Who speaks: a producer instance, `coordinator`, `leader a-0`, a reader. */
  readonly name: string;
  readonly #network: Network;
  readonly #connections = new Map<BrokerId, Connection>();
  #alive = true;

  constructor(name: string, network: Network) {
    this.name = name;
    this.#network = network;
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  /** The node is gone: nothing calls it back. Of what it had sent, some still travels. */
  kill(): void {
    this.#alive = false;
    for (const connection of this.#connections.values()) connection.senderDied();
  }

  connectionTo(broker: BrokerId): Connection | undefined {
    return this.#connections.get(broker);
  }

  forget(connection: Connection): void {
    if (this.#connections.get(connection.broker) === connection) {
      this.#connections.delete(connection.broker);
    }
  }

  call<Api extends ApiName>(
    broker: BrokerId,
    request: RequestOf<Api>,
    timeoutMs: number,
    done: (response: ResponseOf<Api> | null) => void,
  ): void {
    if (!this.#alive) return;
    let connection = this.#connections.get(broker);
    if (connection === undefined) {
      connection = new Connection(this, broker, this.#network);
      this.#connections.set(broker, connection);
    }
    // The answer's type is fixed by `api`; the queue between holds them all alike.
    connection.send(
      request as unknown as Request,
      timeoutMs,
      done as (response: Response | null) => void,
    );
  }
}

export class Connection {
  readonly sender: Endpoint;
  readonly broker: BrokerId;
  readonly serverIncarnation: number;
  readonly #network: Network;
  readonly #requests: PendingMessage[] = [];
  readonly #inFlight: PendingMessage[] = [];
  readonly #responses: AnswerQueue<PendingMessage>;
  readonly #requestTask: Task = { run: () => this.#deliverRequest() };
  #requestTaskQueued = false;
  #serverBusy = false;
  #open = true;
  /** Something was lost on the way there; on the way back. */
  #requestsStopped = false;
  #responsesStopped = false;

  constructor(sender: Endpoint, broker: BrokerId, network: Network) {
    this.sender = sender;
    this.broker = broker;
    this.#network = network;
    this.#responses = new AnswerQueue(network.scheduler, () => this.#deliverResponse());
    this.serverIncarnation = network.server(broker)?.incarnation ?? -1;
  }

  /** Whether the request may still arrive. */
  isQueued(message: PendingMessage): boolean {
    return this.#requests.includes(message);
  }

  send(request: Request, timeoutMs: number, done: (response: Response | null) => void): void {
    const network = this.#network;
    const message: PendingMessage = {
      id: network.nextMessageId(),
      sender: this.sender,
      broker: this.broker,
      request,
      response: null,
      connection: this,
      done,
      cancelTimeout: null,
      held: false,
      delivered: false,
      original: null,
      waitingCopy: null,
    };
    this.#inFlight.push(message);
    network.observer.requestSent(message);
    if (!network.server(this.broker)?.isAlive) {
      network.observer.requestLost(message, 'down');
      this.break();
      return;
    }
    message.cancelTimeout = network.scheduler.after(timeoutMs, () => this.#close());
    if (this.#requestsStopped) {
      network.observer.requestLost(message, 'closed');
      return;
    }
    switch (network.faults.onRequest(message)) {
      case 'lose':
        this.#requestsStopped = true;
        network.observer.requestLost(message, 'fault');
        return;
      case 'hold':
        message.held = true;
        network.observer.requestHeld(message);
        break;
      case 'duplicate': {
        const copy = network.keepCopy(message);
        network.observer.requestDuplicated(message, copy);
        network.faults.onCopy(message, copy);
        break;
      }
      case 'deliver':
        break;
    }
    this.#requests.push(message);
    this.wake();
  }

  released(message: PendingMessage): void {
    if (message.response === null) this.wake();
    else this.#responses.wake();
  }

  /** Makes the head of the request queue runnable if it can be delivered. */
  wake(): void {
    const head = this.#requests[0];
    if (this.#requestTaskQueued || head === undefined || head.held) return;
    if (this.#serverBusy && this.#server !== null) return;
    this.#requestTaskQueued = true;
    this.#network.scheduler.enqueue(this.#requestTask);
  }

  /** Null: the incarnation that the connection was opened to is gone. */
  get #server(): Server | null {
    const server = this.#network.server(this.broker);
    return server?.isAlive && server.incarnation === this.serverIncarnation ? server : null;
  }

  #deliverRequest(): void {
    this.#requestTaskQueued = false;
    const message = this.#requests[0];
    if (message === undefined || message.held) return;
    this.#requests.shift();
    const server = this.#server;
    if (server === null) {
      this.#lose(message, 'down');
      this.wake();
      return;
    }
    const { observer, faults } = this.#network;
    this.#serverBusy = true;
    message.delivered = true;
    observer.requestDelivered(message, !this.#open);
    faults.onDelivered(message, !this.#open);
    if (message.waitingCopy !== null) this.#network.deliverCopy(message.waitingCopy);
    server.receive(message, (response) => this.#answer(message, response));
    observer.handled(message);
  }

  #answer(message: PendingMessage, response: Response): void {
    const { observer, faults } = this.#network;
    message.response = response;
    this.#serverBusy = false;
    observer.responseSent(message);
    const arrives = this.#open && !this.#responsesStopped;
    const fate = arrives ? faults.onResponse(message) : 'closed';
    if (fate === 'hold') observer.responseHeld(message);
    if (fate === 'deliver' || fate === 'hold') {
      message.held = fate === 'hold';
      this.#responses.push(message);
    } else {
      this.#responsesStopped ||= fate === 'lose';
      observer.responseLost(message, fate === 'lose' ? 'fault' : 'closed');
    }
    this.wake();
  }

  #deliverResponse(): void {
    const message = this.#responses.take();
    if (message === undefined) return;
    // Answers come in the order of the requests; whoever gave up waits for none.
    if (this.#inFlight[0] === message) this.#inFlight.shift();
    message.cancelTimeout?.();
    if (!this.sender.isAlive) {
      this.#network.observer.responseLost(message, 'closed');
      return;
    }
    this.#network.observer.responseDelivered(message);
    message.done!(message.response);
    this.#network.observer.handled(message);
  }

  /** What the sender had handed to its machine gets through up to some request, and nothing behind it. */
  senderDied(): void {
    const { scheduler } = this.#network;
    const through = this.#requests.length - scheduler.choose(this.#requests.length + 1);
    for (const message of this.#requests.splice(through)) this.#lose(message, 'closed');
    this.#requestsStopped = true;
  }

  /** The other side is gone; the sender will notice. */
  break(): void {
    if (!this.#open) return;
    this.#shut();
    if (this.#inFlight.length > 0) {
      this.#network.scheduler.enqueue({ run: () => this.#tellDisconnected() });
    }
  }

  /** The sender waited long enough. */
  #close(): void {
    if (!this.#open) return;
    this.#shut();
    this.#tellDisconnected();
  }

  /** What was held up, and what is before it in the stream, may still arrive; nobody waits for the answers. */
  #shut(): void {
    const { observer } = this.#network;
    this.#open = false;
    this.sender.forget(this);
    const through = this.#requests.findLastIndex(({ held }) => held) + 1;
    for (const message of this.#requests.splice(through)) this.#lose(message, 'closed');
    for (const message of this.#responses.clear()) observer.responseLost(message, 'closed');
  }

  #lose(message: PendingMessage, reason: 'closed' | 'down'): void {
    const { observer } = this.#network;
    observer.requestLost(message, reason);
    if (message.waitingCopy !== null) observer.requestLost(message.waitingCopy, reason);
  }

  #tellDisconnected(): void {
    const outstanding = this.#inFlight.splice(0);
    for (const message of outstanding) {
      message.cancelTimeout?.();
      if (!this.sender.isAlive) continue;
      this.#network.observer.disconnected(message);
      message.done!(null);
    }
  }
}
