/** The instances of each transactional id, by which fencing is judged. */

import { returnedOk, type ClientProcess } from './operations.ts';

/**
 * In the order in which their first `init` returned; without those whose did not, and without probes, which come after
 * everything else.
 */
export function instancesById(
  processes: Iterable<ClientProcess>,
): ReadonlyMap<string, readonly ClientProcess[]> {
  const byId = new Map<string, { process: ClientProcess; initialisedAt: number }[]>();
  for (const process of processes) {
    const { transactionalId } = process;
    const init = process.inits.find(returnedOk);
    if (transactionalId === null || init === undefined || process.isProbe) continue;
    const entry = { process, initialisedAt: init.completedAt };
    const siblings = byId.get(transactionalId);
    if (siblings === undefined) byId.set(transactionalId, [entry]);
    else siblings.push(entry);
  }
  const ordered = new Map<string, readonly ClientProcess[]>();
  for (const [transactionalId, entries] of byId) {
    entries.sort((left, right) => left.initialisedAt - right.initialisedAt);
    ordered.set(
      transactionalId,
      entries.map((entry) => entry.process),
    );
  }
  return ordered;
}
