/** An operator who asks the coordinator what it holds of a transactional id (KIP-664); the answer goes into the history. */

import { COORDINATOR_BROKER, type Cluster } from '../../impl/simulation/cluster.ts';
import type { Endpoint } from '../../impl/simulation/network.ts';
import type { TransactionalId } from '../../protocol/ids.ts';
import { REQUEST_TIMEOUT_MS } from '../../protocol/limits.ts';
import type { OperationNumbers } from './call-log.ts';
import type { RunObserver } from './run-observer.ts';

const NAME = 'operator';
const DESCRIBE_TRANSACTIONS_VERSION = 0;

export class Operator {
  readonly #endpoint: Endpoint;
  readonly #observer: RunObserver;
  readonly #operations: OperationNumbers;

  constructor(cluster: Cluster, observer: RunObserver, operations: OperationNumbers) {
    this.#endpoint = cluster.createClient(NAME);
    this.#observer = observer;
    this.#operations = operations;
  }

  describe(transactionalId: TransactionalId): void {
    const op = this.#operations.next();
    this.#observer.record({
      type: 'invoke',
      time: this.#observer.scheduler.nowMs(),
      process: NAME,
      op,
      call: 'describe-transaction',
      transactionalId,
    });
    const request = {
      api: 'DescribeTransactions',
      apiVersion: DESCRIBE_TRANSACTIONS_VERSION,
      body: { transactionalIds: [transactionalId] },
    } as const;
    this.#endpoint.call(COORDINATOR_BROKER, request, REQUEST_TIMEOUT_MS, (response) => {
      const described = response?.transactionStates[0];
      const time = this.#observer.scheduler.nowMs();
      if (described?.errorCode === 'NONE' && described.transactionState !== '') {
        const state = described.transactionState;
        this.#observer.record({ type: 'ok', time, process: NAME, op, state });
      } else if (described?.errorCode === 'TRANSACTIONAL_ID_NOT_FOUND') {
        this.#observer.record({ type: 'ok', time, process: NAME, op, state: null });
      } else {
        const error = described?.errorCode ?? 'NETWORK_EXCEPTION';
        this.#observer.record({ type: 'failed', time, process: NAME, op, error });
      }
    });
  }
}
