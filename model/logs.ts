/**
 * Logs as small integers. Two logs are the same log for a search when their fold summaries are equal, whatever
 * their lists: as lists, logs are what makes a search explode. The first list of each summary is kept, for traces and
 * as the oracle; `logs.test.ts` checks that equal summaries stay equal after the same operation.
 */

export type LogId = number;

/** Interns the logs of one kind. Every operation on a log is evaluated once and remembered. */
export class LogStore<Log> {
  readonly #summary: (log: Log) => unknown;
  readonly #ids = new Map<string, LogId>();
  readonly #logs: Log[] = [];
  readonly #derived = new Map<string, LogId>();

  /** `summary` is the identity of a log: plain data, keys in one order. */
  constructor(summary: (log: Log) => unknown) {
    this.#summary = summary;
  }

  get size(): number {
    return this.#logs.length;
  }

  idOf(log: Log): LogId {
    const key = JSON.stringify(this.#summary(log));
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#logs.length;
    this.#logs.push(log);
    this.#ids.set(key, id);
    return id;
  }

  /** The first log seen with this summary. */
  logOf(id: LogId): Log {
    return this.#logs[id]!;
  }

  /** The log after `operation`, whose name says all that `apply` depends on. */
  after(id: LogId, operation: string, apply: (log: Log) => Log): LogId {
    const key = `${id} ${operation}`;
    const known = this.#derived.get(key);
    if (known !== undefined) return known;
    const next = this.idOf(apply(this.logOf(id)));
    this.#derived.set(key, next);
    return next;
  }
}
