/**
 * Remembers what a rule says of the fields that it reads, as a tree: each node reads one field, and leads on by its value.
 * A rule that finds its first field out of place is answered by one look, so disabled steps cost next to nothing.
 */

import { ImpureRuleError } from './errors.ts';
import type { FieldIndex, Read } from './system.ts';

class Node<Answer> {
  /** -1: nothing is known here, or this is a leaf. */
  field: FieldIndex = -1;
  /** By value of the field. */
  readonly children: Node<Answer>[] = [];
  answer: Answer | null = null;
}

export class DecisionTable<Answer> {
  readonly #name: string;
  readonly #rule: (read: Read) => Answer;
  readonly #root = new Node<Answer>();
  readonly #reads = new Set<FieldIndex>();
  #size = 0;

  /** `rule` is a pure function of what it reads. `name`: how errors call it. */
  constructor(name: string, rule: (read: Read) => Answer) {
    this.#name = name;
    this.#rule = rule;
  }

  /** How often the rule was asked. */
  get size(): number {
    return this.#size;
  }

  /** Every field that the rule was seen to read. */
  get reads(): ReadonlySet<FieldIndex> {
    return this.#reads;
  }

  /** What the rule says of a state, by its fields. */
  of(values: Int32Array): Answer {
    let node: Node<Answer> | undefined = this.#root;
    while (node.answer === null) {
      node = node.children[values[node.field]!];
      if (node === undefined) return this.#ask(values);
    }
    return node.answer;
  }

  #ask(values: Int32Array): Answer {
    const path: FieldIndex[] = [];
    const answer = this.#rule((field) => {
      if (!path.includes(field)) path.push(field);
      return values[field]!;
    });
    this.#size += 1;
    let node = this.#root;
    for (const field of path) {
      if (node.answer !== null || (node.field !== -1 && node.field !== field)) {
        throw new ImpureRuleError(this.#name);
      }
      node.field = field;
      this.#reads.add(field);
      const value = values[field]!;
      node = node.children[value] ??= new Node();
    }
    if (node.field !== -1) throw new ImpureRuleError(this.#name);
    node.answer = answer;
    return answer;
  }
}
