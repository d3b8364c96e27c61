/** After quiescence: what each group has committed in the end, as a member that joins then would hear it. */

import type { Cluster } from '../../impl/simulation/cluster.ts';
import type { Topology } from '../../reports/evidence/scenario.ts';
import { CallLog, type OperationNumbers } from './call-log.ts';
import { groupMemberConfig } from './instances.ts';
import { groupsOfTopology } from './partitions.ts';
import type { RunObserver } from './run-observer.ts';

export class GroupReaders {
  readonly #unanswered: string[] = [];
  #outstanding = 0;

  get isBusy(): boolean {
    return this.#outstanding > 0;
  }

  /** Groups whose coordinator did not say; that an offset is unstable to the end is an answer. */
  get unread(): readonly string[] {
    return this.#unanswered;
  }

  fetch(
    topology: Topology,
    cluster: Cluster,
    observer: RunObserver,
    operations: OperationNumbers,
  ): void {
    for (const [group, partitions] of groupsOfTopology(topology)) {
      const process = `reader of group ${group} (final)`;
      const calls = new CallLog(process, observer, operations);
      const member = cluster.createGroupMember(
        process,
        groupMemberConfig(topology, group, partitions),
      );
      const op = calls.invoke({
        call: 'fetch-offsets',
        group,
        partitions: [...partitions],
        requireStable: true,
        final: true,
      });
      this.#outstanding += 1;
      member.fetchOffsets(partitions, (result) => {
        this.#outstanding -= 1;
        if (result.status === 'ok') return calls.ok(op, { offsets: [...result.value] });
        const { outcome, errorCode } = result;
        calls.error(op, outcome, errorCode);
        if (errorCode !== 'UNSTABLE_OFFSET_COMMIT') this.#unanswered.push(`group ${group}`);
      });
    }
  }
}
