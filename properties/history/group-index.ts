/** What happened in each consumer group, as a history tells it. */

import type { Invocation } from '../../reports/evidence/history.ts';
import type {
  CommitOffsets,
  FetchOffsets,
  GroupHistory,
  Join,
  Operation,
  SendOffsets,
} from './operations.ts';

export type GroupInvocation = Extract<Invocation, { readonly group: string }>;

interface WritableGroup extends GroupHistory {
  joins: Join[];
  offsetSends: SendOffsets[];
  commits: CommitOffsets[];
  fetches: FetchOffsets[];
}

export class GroupIndex {
  readonly #groups = new Map<string, WritableGroup>();

  /** In the order in which the history first names them. */
  get groups(): Iterable<GroupHistory> {
    return this.#groups.values();
  }

  /** Takes a call that concerns a group. */
  add(operation: Operation<GroupInvocation>): void {
    const group = this.#group(operation.invocation.group);
    switch (operation.invocation.call) {
      case 'join':
        group.joins.push(operation as Join);
        break;
      case 'send-offsets':
        group.offsetSends.push(operation as SendOffsets);
        break;
      case 'commit-offsets':
        group.commits.push(operation as CommitOffsets);
        break;
      case 'fetch-offsets':
        group.fetches.push(operation as FetchOffsets);
    }
  }

  #group(name: string): WritableGroup {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { group: name, joins: [], offsetSends: [], commits: [], fetches: [] };
      this.#groups.set(name, group);
    }
    return group;
  }
}
