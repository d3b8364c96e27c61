/**
 * The transitions that a chart draws, numbered, and which of them a machine takes: the unit of coverage. A cell's
 * candidates are asked in order, so that a guard was true where its transition was taken, and false where a later one
 * of the cell was.
 */

import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { getMicrosteps } from 'xstate';
import { MachineRuleError } from './errors.ts';

/** The event of transitions that are taken by themselves, within a step. */
export const ALWAYS = 'always';

/** `unexpected`: the chart holds that it is never taken. */
export type ChartOutcome = 'handled' | 'ignored' | 'unexpected';

export interface ChartTransition {
  readonly state: string;
  /** An event type, or `always`. */
  readonly event: string;
  /** Null: taken if no candidate before it is. */
  readonly guard: string | null;
  /** Null: stays. */
  readonly target: string | null;
  readonly actions: readonly string[];
  readonly outcome: ChartOutcome;
}

/** One (state, event) as XState would be asked. */
export interface Occasion {
  readonly value: unknown;
  readonly context: unknown;
  readonly event: { readonly type: string };
}

export class ChartTransitions {
  /** In the chart's order: state by state, what happens by itself first, then event by event. */
  readonly all: readonly ChartTransition[];
  readonly #machine: AnyStateMachine;
  readonly #leaves = new Map<string, AnyStateNode>();
  readonly #numbers = new Map<string, Map<AnyTransitionDefinition, number>>();

  constructor(machine: AnyStateMachine) {
    this.#machine = machine;
    const all: ChartTransition[] = [];
    for (const leaf of leavesOf(machine.root)) {
      const state = nameOf(leaf);
      const numbers = new Map<AnyTransitionDefinition, number>();
      this.#leaves.set(state, leaf);
      this.#numbers.set(state, numbers);
      for (const [event, candidate] of candidatesOf(leaf)) {
        numbers.set(candidate, all.length);
        all.push(described(state, event, candidate));
      }
    }
    this.all = all;
  }

  /** Numbers of the transitions that XState takes, in order. Throws MachineRuleError where they cannot be told. */
  taken({ value, context, event }: Occasion): readonly number[] {
    const machine = this.#machine;
    const snapshot = machine.resolveState({ value: value as never, context });
    const microsteps = getMicrosteps(machine, snapshot as never, event);
    const taken: number[] = [];
    let state = stateName(snapshot.value);
    for (const [index, [after]] of microsteps.entries()) {
      const before = index === 0 ? snapshot : microsteps[index - 1]![0];
      const candidate =
        index === 0
          ? machine.getTransitionData(snapshot as never, event)[0]
          : this.#enabledAlways(state, before.context, event);
      const number = candidate && this.#numbers.get(state)!.get(candidate);
      if (number === undefined) throw this.#untold(state, event);
      taken.push(number);
      const next = stateName(after.value);
      const target = this.all[number]!.target ?? state;
      if (next !== target) throw this.#untold(state, event);
      state = next;
    }
    return taken;
  }

  /** XState's own choice of an eventless transition is not public; the guards are, and are pure. */
  #enabledAlways(
    state: string,
    context: unknown,
    event: Occasion['event'],
  ): AnyTransitionDefinition | undefined {
    const { guards } = this.#machine.implementations;
    return this.#leaves.get(state)!.always?.find(({ guard }) => {
      if (guard === undefined) return true;
      const { type, params } = referenceOf(guard);
      return (guards[type] as (step: object, params: unknown) => boolean)(
        { context, event },
        params,
      );
    });
  }

  #untold(state: string, event: Occasion['event']): MachineRuleError {
    const what = `which transition is taken in ${state} on ${event.type} cannot be told`;
    return new MachineRuleError(this.#machine.id, [what]);
  }
}

function leavesOf(node: AnyStateNode): readonly AnyStateNode[] {
  const children = Object.values(node.states) as readonly AnyStateNode[];
  return children.length === 0 ? [node] : children.flatMap(leavesOf);
}

/** Its own candidates before those of its ancestors, as XState asks. */
function* candidatesOf(
  leaf: AnyStateNode,
): Generator<readonly [event: string, candidate: AnyTransitionDefinition]> {
  for (const candidate of leaf.always ?? []) yield [ALWAYS, candidate];
  for (let node: AnyStateNode | undefined = leaf; node !== undefined; node = node.parent) {
    for (const [event, candidates] of node.transitions) {
      for (const candidate of candidates) yield [event, candidate];
    }
  }
}

function described(
  state: string,
  event: string,
  { guard, target, actions }: AnyTransitionDefinition,
): ChartTransition {
  const names = actions.map(referenceName);
  return {
    state,
    event,
    guard: guard === undefined ? null : referenceName(guard),
    target: target?.[0] === undefined ? null : nameOf(target[0]),
    actions: names,
    outcome: names.includes('unexpected')
      ? 'unexpected'
      : names.includes('ignore')
        ? 'ignored'
        : 'handled',
  };
}

function nameOf(node: AnyStateNode): string {
  return node.path.join('.');
}

function stateName(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[parent, child]] = Object.entries(value as object) as [[string, unknown]];
  return `${parent}.${stateName(child)}`;
}

interface Reference {
  readonly type: string;
  readonly params?: unknown;
}

function referenceOf(reference: unknown): Reference {
  return typeof reference === 'string' ? { type: reference } : (reference as Reference);
}

/** A guard or action by its name, with its params: plain ones by value, a mapper by its name. */
export function referenceName(reference: unknown): string {
  const { type, params } = referenceOf(reference);
  const shown = shownParams(params);
  return shown === '' ? type : `${type}(${shown})`;
}

function shownParams(params: unknown): string {
  // A mapper that is written in place is called after its property.
  if (typeof params === 'function') return params.name === 'params' ? '' : params.name;
  if (typeof params !== 'object' || params === null) return '';
  return Object.values(params)
    .filter((value) => typeof value !== 'object')
    .join(', ');
}
