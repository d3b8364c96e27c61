/** A history with its events at hand, for whoever starts from a position in it: causes of anomalies, pages, tests. */

import type { HistoryEvent } from '../../reports/evidence/history.ts';
import { HistoryIndex } from './history-index.ts';
import type { ClientTransaction, Operation } from './operations.ts';

export class RecordedHistory extends HistoryIndex {
  readonly events: readonly HistoryEvent[];
  readonly #operations = new Map<number, Operation>();

  constructor(events: readonly HistoryEvent[]) {
    super();
    this.events = events;
    for (const event of events) this.add(event);
  }

  /** The operation that an invocation or a completion belongs to. */
  operationAt(position: number): Operation | undefined {
    const event = this.events[position];
    if (event === undefined || !('op' in event)) return undefined;
    return this.#operations.get(event.op);
  }

  protected override invoked(
    operation: Operation,
    transaction: ClientTransaction | undefined,
  ): void {
    super.invoked(operation, transaction);
    this.#operations.set(operation.invocation.op, operation);
  }
}
