/**
 * The one scheduler of a simulated run: it owns the clock and every interleaving. Tasks that can run now wait in the
 * order in which they became runnable; at each event a choice picks one. Time passes only when the owner says so,
 * normally when nothing else can happen. Same choices, same run.
 */

/** Something that can happen: a delivery, a flush, a timer's callback. */
export interface Task {
  run(): void;
}

/**
 * Far beyond what any scenario needs. Whoever reaches it waits for something that never comes: periodic timers go on
 * for ever.
 */
export const MAX_EVENTS = 1_000_000;

interface Timer {
  readonly dueMs: number;
  /** Order of creation: timers due together fire in it. */
  readonly order: number;
  callback: (() => void) | null;
}

export class EndlessRunError extends Error {
  readonly code = 'ENDLESS_RUN';

  constructor() {
    super(`expected the run to come to an end, found ${MAX_EVENTS} events and more to come`);
  }
}

export class Scheduler {
  readonly #choices: readonly number[];
  readonly #ready: Task[] = [];
  /** Binary heap by (dueMs, order). */
  readonly #timers: Timer[] = [];
  #nextChoice = 0;
  #timersCreated = 0;
  #nowMs = 0;
  #events = 0;

  constructor(choices: readonly number[]) {
    this.#choices = choices;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  /** Events so far: tasks run and timers fired. */
  get events(): number {
    return this.#events;
  }

  /** How many choices were consumed: the rest of the sequence was irrelevant to this run. */
  get choicesUsed(): number {
    return Math.min(this.#nextChoice, this.#choices.length);
  }

  get isQuiet(): boolean {
    return this.#ready.length === 0;
  }

  enqueue(task: Task): void {
    this.#ready.push(task);
  }

  /** Calls back once after `delayMs`; a delay of 0 is a task like any other. The returned function cancels it. */
  after(delayMs: number, callback: () => void): () => void {
    const timer: Timer = {
      dueMs: this.#nowMs + delayMs,
      order: this.#timersCreated,
      callback,
    };
    this.#timersCreated += 1;
    if (delayMs <= 0) this.enqueue({ run: () => timer.callback?.() });
    else this.#push(timer);
    return () => {
      timer.callback = null;
    };
  }

  /** The next choice among so many possibilities, counted from 0; nothing is consumed where there is but one. */
  choose(possibilities: number): number {
    if (possibilities < 2) return 0;
    const choice = this.#choices[this.#nextChoice] ?? 0;
    this.#nextChoice += 1;
    return choice % possibilities;
  }

  /** Runs one task, chosen by the next choice; false when none is runnable. */
  runOne(): boolean {
    const ready = this.#ready;
    if (ready.length === 0) return false;
    this.#countEvent();
    const picked = this.choose(ready.length);
    const task = picked === 0 ? ready.shift()! : ready.splice(picked, 1)[0]!;
    task.run();
    return true;
  }

  /** Moves the clock to the next timer due at or before `limitMs` and fires it; false when there is none. */
  fireNextTimer(limitMs: number): boolean {
    for (;;) {
      const timer = this.#timers[0];
      if (timer === undefined || timer.dueMs > limitMs) return false;
      this.#pop();
      const { callback } = timer;
      if (callback === null) continue;
      this.#nowMs = timer.dueMs;
      this.#countEvent();
      callback();
      return true;
    }
  }

  /** Moves the clock when no timer is due before `toMs`. */
  passTime(toMs: number): void {
    if (toMs > this.#nowMs) this.#nowMs = toMs;
  }

  #countEvent(): void {
    this.#events += 1;
    if (this.#events > MAX_EVENTS) throw new EndlessRunError();
  }

  #push(timer: Timer): void {
    const heap = this.#timers;
    let child = heap.length;
    heap.push(timer);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!isBefore(timer, heap[parent]!)) break;
      heap[child] = heap[parent]!;
      child = parent;
    }
    heap[child] = timer;
  }

  #pop(): void {
    const heap = this.#timers;
    const last = heap.pop()!;
    const size = heap.length;
    if (size === 0) return;
    let parent = 0;
    for (;;) {
      let child = parent * 2 + 1;
      if (child >= size) break;
      if (child + 1 < size && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[parent] = heap[child]!;
      parent = child;
    }
    heap[parent] = last;
  }
}

function isBefore(left: Timer, right: Timer): boolean {
  return left.dueMs < right.dueMs || (left.dueMs === right.dueMs && left.order < right.order);
}
