import { describe, expect, test } from 'vitest';
import type { Request, RequestOf, Response } from '../../protocol/messages/rpc.ts';
import { Endpoint, Network, type Message, type MessageFaults, type Server } from './network.ts';
import { SimulationObserver } from './observer.ts';
import { Scheduler } from './scheduler.ts';

const BROKER = 1;
const TIMEOUT_MS = 100;

type Fault = 'lose' | 'hold' | 'duplicate' | 'hold answer';

/** A broker that answers when the test says so, and what a test sees of its network. */
class World extends SimulationObserver implements Server, MessageFaults {
  readonly scheduler = new Scheduler([]);
  readonly network: Network;
  readonly endpoint: Endpoint;
  /** Keys of FindCoordinator requests, in the order in which they arrived; `late` says which way. */
  readonly arrived: string[] = [];
  readonly lost: string[] = [];
  /** What each sender's callback was told, in order. */
  readonly told: string[] = [];
  readonly held = new Map<string, Message>();
  readonly #faults: Readonly<Record<string, Fault>>;
  readonly #replies = new Map<string, (response: Response) => void>();
  isAlive = true;
  incarnation = 0;

  constructor(faults: Readonly<Record<string, Fault>> = {}) {
    super();
    this.#faults = faults;
    const { scheduler } = this;
    const servers = new Map<number, Server>([[BROKER, this]]);
    this.network = new Network({ scheduler, servers, faults: this, observer: this });
    this.endpoint = new Endpoint('A#1', this.network);
  }

  send(...keys: readonly string[]): void {
    for (const key of keys) {
      const request: RequestOf<'FindCoordinator'> = {
        api: 'FindCoordinator',
        apiVersion: 4,
        body: { keyType: 'TRANSACTION', key },
      };
      this.endpoint.call(BROKER, request, TIMEOUT_MS, (response) =>
        this.told.push(`${key} ${response === null ? 'disconnected' : 'answered'}`),
      );
    }
    this.drain();
  }

  onDelivered(): void {}

  receive(message: Message, reply: (response: Response) => void): void {
    this.#replies.set(keyOf(message.request), reply);
  }

  answer(key: string): void {
    this.#replies.get(key)!({ errorCode: 'NONE', nodeId: BROKER });
    this.drain();
  }

  release(key: string): void {
    this.network.release(this.held.get(key)!);
    this.drain();
  }

  timeOut(): void {
    while (this.scheduler.fireNextTimer(this.scheduler.nowMs() + TIMEOUT_MS));
    this.drain();
  }

  drain(): void {
    while (this.scheduler.runOne());
  }

  onRequest({ request }: Message): 'deliver' | 'lose' | 'hold' | 'duplicate' {
    const fault = this.#faults[keyOf(request)] ?? 'deliver';
    return fault === 'hold answer' ? 'deliver' : fault;
  }

  onResponse({ request }: Message): 'deliver' | 'hold' {
    return this.#faults[keyOf(request)] === 'hold answer' ? 'hold' : 'deliver';
  }

  onCopy({ request }: Message, copy: Message): void {
    this.held.set(keyOf(request), copy);
  }

  override requestHeld(message: Message): void {
    this.held.set(keyOf(message.request), message);
  }

  override responseHeld(message: Message): void {
    this.held.set(keyOf(message.request), message);
  }

  override requestDelivered({ request }: Message, late: boolean): void {
    this.arrived.push(late ? `${keyOf(request)} late` : keyOf(request));
  }

  override requestLost({ request }: Message, reason: string): void {
    this.lost.push(`${keyOf(request)} ${reason}`);
  }
}

function keyOf(request: Request): string {
  return request.api === 'FindCoordinator' ? request.body.key : request.api;
}

describe('a connection', () => {
  test('hands a broker one request at a time, in order (the channel is muted meanwhile)', () => {
    const world = new World();
    world.send('a', 'b');
    expect(world.arrived).toEqual(['a']);
    world.answer('a');
    expect(world.arrived).toEqual(['a', 'b']);
    world.answer('b');
    expect(world.told).toEqual(['a answered', 'b answered']);
  });

  test('is a stream: nothing arrives behind what was lost, and a timeout ends it for all', () => {
    const world = new World({ a: 'lose' });
    world.send('a', 'b');
    expect(world.lost).toEqual(['a fault', 'b closed']);
    world.timeOut();
    expect(world.told).toEqual(['a disconnected', 'b disconnected']);
  });

  test('keeps its order after its sender gave up: what was held up first arrives first', () => {
    const world = new World({ a: 'hold', c: 'hold' });
    world.send('a', 'b', 'c', 'd');
    world.timeOut();
    expect(world.lost).toEqual(['d closed']);
    world.release('c');
    expect(world.arrived).toEqual([]);
    world.release('a');
    for (const key of ['a', 'b', 'c']) world.answer(key);
    expect(world.arrived).toEqual(['a late', 'b late', 'c late']);
    expect(world.told).not.toContain('a answered');
  });

  test('holds up every answer behind one that is held, and the broker works on meanwhile', () => {
    const world = new World({ a: 'hold answer', c: 'hold answer' });
    world.send('a', 'b', 'c', 'd');
    for (const key of ['a', 'b', 'c', 'd']) world.answer(key);
    expect(world.arrived).toEqual(['a', 'b', 'c', 'd']);
    expect(world.told).toEqual([]);
    world.release('c');
    expect(world.told).toEqual([]);
    world.release('a');
    expect(world.told).toEqual(['a answered', 'b answered', 'c answered', 'd answered']);
  });

  test('loses the answer that was held when its sender gives up', () => {
    const world = new World({ a: 'hold answer' });
    world.send('a');
    world.answer('a');
    world.timeOut();
    world.release('a');
    expect(world.told).toEqual(['a disconnected']);
  });

  test('stays muted after its sender gave up, until the broker has answered', () => {
    const world = new World({ b: 'hold' });
    world.send('a', 'b');
    world.timeOut();
    world.release('b');
    expect(world.arrived).toEqual(['a']);
    world.answer('a');
    expect(world.arrived).toEqual(['a', 'b late']);
  });

  test('ends with the incarnation of the broker that it was opened to', () => {
    const world = new World({ a: 'hold' });
    world.send('a', 'b');
    world.incarnation += 1;
    world.network.disconnectServer(BROKER, [world.endpoint]);
    world.release('a');
    expect(world.arrived).toEqual([]);
    expect(world.lost.toSorted()).toEqual(['a down', 'b closed']);
    expect(world.told).toEqual(['a disconnected', 'b disconnected']);
  });
});

describe('a copy', () => {
  test('arrives after its original, and its answer reaches nobody', () => {
    const world = new World({ a: 'duplicate' });
    world.send('a');
    world.answer('a');
    world.release('a');
    world.answer('a');
    expect(world.arrived).toEqual(['a', 'a late']);
    expect(world.told).toEqual(['a answered']);
  });

  test('that was let go too early waits for its original, and is lost with it', () => {
    const waiting = new World({ b: 'duplicate' });
    waiting.send('a', 'b');
    waiting.release('b');
    expect(waiting.arrived).toEqual(['a']);
    waiting.answer('a');
    expect(waiting.arrived).toEqual(['a', 'b', 'b late']);

    const lost = new World({ b: 'duplicate' });
    lost.send('a', 'b');
    lost.timeOut();
    lost.release('b');
    expect(lost.arrived).toEqual(['a']);
    expect(lost.lost).toEqual(['b closed', 'b closed']);
  });
});

test('of a dead sender what was handed over before still arrives, and nothing calls it back', () => {
  const world = new World();
  world.send('a', 'b');
  world.endpoint.kill();
  world.answer('a');
  world.answer('b');
  expect(world.arrived).toEqual(['a', 'b']);
  expect(world.told).toEqual([]);
});
