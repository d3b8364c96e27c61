/**
 * Gives equal records the same small integer, in the order of first sight.
 *
 * Records are flat by design (integers, strings, booleans; at most a nested record or array of these), and all
 * records of one kind have the same keys: an absent field would make two normal forms of one value. A record is
 * found by walking its values through nested maps, which needs neither a string built from parts nor `JSON.stringify`.
 */

import { MalformedRecordError } from './errors.ts';

type Branch = Map<unknown, Branch | number>;

interface Kind {
  readonly keys: readonly string[];
  readonly root: Branch;
}

export class RecordInterner<Item extends object> {
  readonly #kinds = new Map<string, Kind>();
  readonly #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** The integer of `item`; `kind` separates records of different keys (an event's type, a state's name). */
  idOf(kind: string, item: Item): number {
    let entry = this.#kinds.get(kind);
    if (entry === undefined) {
      entry = { keys: Object.keys(item).sort(), root: new Map() };
      this.#kinds.set(kind, entry);
    }
    const { keys, root } = entry;
    if (keyCount(item) !== keys.length) throw differentKeys(kind, keys, item);
    const last = keys.length - 1;
    let branch = root;
    for (let depth = 0; depth < last; depth += 1) {
      branch = this.#descend(branch, kind, keys, depth, item);
    }
    const value = last < 0 ? undefined : canonicalValue(kind, keys, last, item);
    const found = branch.get(value);
    if (found !== undefined) return found as number;
    const id = this.#items.length;
    this.#items.push(deepFreeze(item));
    branch.set(value, id);
    return id;
  }

  itemOf(id: number): Item {
    const item = this.#items[id];
    if (item === undefined) {
      throw new MalformedRecordError(`expected an id below ${this.#items.length}; found ${id}`);
    }
    return item;
  }

  #descend(
    branch: Branch,
    kind: string,
    keys: readonly string[],
    depth: number,
    item: Item,
  ): Branch {
    const value = canonicalValue(kind, keys, depth, item);
    const next = branch.get(value);
    if (next !== undefined) return next as Branch;
    const created: Branch = new Map();
    branch.set(value, created);
    return created;
  }
}

function keyCount(item: object): number {
  let count = 0;
  for (const _key in item) count += 1;
  return count;
}

function canonicalValue(
  kind: string,
  keys: readonly string[],
  depth: number,
  item: object,
): unknown {
  const key = keys[depth]!;
  const value = (item as Readonly<Record<string, unknown>>)[key];
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return value;
  } else if (typeof value === 'string' || typeof value === 'boolean') {
    return value;
  } else if (typeof value === 'object' && value !== null) {
    return canonicalForm(kind, key, value);
  }
  throw unusable(kind, key, value);
}

/** What an interner froze, all the way down. */
const FROZEN = new WeakSet<object>();
/** Of nested values among it: whoever passes one again is spared the comparison. */
const CANONICAL_FORMS = new WeakMap<object, string>();

function canonicalForm(kind: string, key: string, value: object): string {
  const known = CANONICAL_FORMS.get(value);
  if (known !== undefined) return known;
  const form = `\u0000${canonicalJson(kind, key, value)}`;
  if (FROZEN.has(value)) CANONICAL_FORMS.set(value, form);
  return form;
}

function canonicalJson(kind: string, path: string, value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map((element) => canonicalJson(kind, path, element)).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) throw unusable(kind, path, value);
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries
      .map(
        ([key, field]) => `${JSON.stringify(key)}:${canonicalJson(kind, `${path}.${key}`, field)}`,
      )
      .join(',')}}`;
  }
  const usable =
    typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);
  if (!usable) throw unusable(kind, path, value);
  return JSON.stringify(value);
}

/** A transition that writes to a shared record would merge states silently; frozen, it throws. */
function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    FROZEN.add(value);
    for (const field of Object.values(value)) deepFreeze(field);
  }
  return value;
}

function differentKeys(kind: string, keys: readonly string[], item: object): MalformedRecordError {
  return new MalformedRecordError(
    `every record of kind ${kind} has the keys ${keys.join(', ')}; found ${Object.keys(item).sort().join(', ')}`,
  );
}

function unusable(kind: string, path: string, value: unknown): MalformedRecordError {
  return new MalformedRecordError(
    `${kind}.${path} must be an integer, a string, a boolean, or an array or plain record of these; found ${describe(value)}`,
  );
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? `an instance of ${value.constructor.name}`
    : String(value);
}
