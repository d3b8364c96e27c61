/** Names that a measured scenario leaves out of its setup, because every request of it uses the same. */

import type { ProducerId, TransactionalId } from '../../protocol/ids.ts';
import type { AnswerRow } from './answer-table.ts';

/** Every topic of the measured runs but those that were not to exist has a name like this. */
const TOPIC = /[\w.-]+\.t\d(?=(?:-\d+)?")/g;

export class ScenarioNames {
  readonly topic: string;
  /** Topics that exist. */
  readonly topics: readonly string[];
  readonly group: string;
  /** Of a static member; null: members are dynamic. */
  readonly groupInstanceId: string | null;
  readonly #owners = new Map<ProducerId, TransactionalId>();
  readonly #main: TransactionalId;
  #mainIsTaken = false;

  constructor(rows: readonly AnswerRow[]) {
    const text = JSON.stringify(rows);
    const topics = text.match(TOPIC) ?? [];
    this.topic = topics.find((name) => name.endsWith('.t1')) ?? 'scenario.t1';
    this.topics = [...new Set([...topics, this.topic])];
    // May be the empty string, which AddOffsetsToTxn accepts.
    this.group = /"GroupId":"([^"]*)"/.exec(text)?.[1] ?? 'group';
    this.groupInstanceId = stringsOf(text, 'GroupInstanceId')[0] ?? null;
    for (const { request } of rows) collectOwners(request.fields, this.#owners);
    this.#main = [...this.#owners.values(), ...stringsOf(text, 'TransactionalId')][0] ?? 'scenario';
  }

  /**
   * Whose a producer id is, asked in order of appearance. One that no request names together with its owner belongs to
   * the scenario's only transactional id, or to one of its own where that has a producer already.
   */
  transactionalIdOf(producerId: ProducerId): TransactionalId {
    if (producerId < 0) return this.#main;
    const unnamed = this.#mainIsTaken ? `${this.#main}-${producerId}` : this.#main;
    const owner = this.#owners.get(producerId) ?? unnamed;
    this.#owners.set(producerId, owner);
    if (owner === this.#main) this.#mainIsTaken = true;
    return owner;
  }
}

function stringsOf(text: string, field: string): string[] {
  return [...text.matchAll(new RegExp(`"(?:V3AndBelow)?${field}":"([^"]+)"`, 'g'))].map(
    ([, value]) => value!,
  );
}

/** Whose producer id a request names: where several ids share a scenario, this tells them apart. */
function collectOwners(
  value: unknown,
  owners: Map<ProducerId, TransactionalId>,
  above: TransactionalId | null = null,
): void {
  if (typeof value !== 'object' || value === null) return;
  const fields = value as Readonly<Record<string, unknown>>;
  const named = fields['TransactionalId'] ?? fields['V3AndBelowTransactionalId'];
  const owner = typeof named === 'string' && named !== '' ? named : above;
  const producerId = fields['ProducerId'] ?? fields['V3AndBelowProducerId'] ?? fields['producerId'];
  if (owner !== null && typeof producerId === 'number' && producerId >= 0) {
    if (!owners.has(producerId)) owners.set(producerId, owner);
  }
  for (const child of Object.values(fields)) collectOwners(child, owners, owner);
}
