/**
 * The rules that make a machine's XState definition explorable, checked once when its table is built. XState itself
 * forgives each of these silently: an event without a handler is dropped, an unknown action is returned without an
 * implementation, an unknown guard throws only when it is evaluated, a delay never fires in the pure functions.
 */

import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { MachineRuleError } from './errors.ts';

interface Candidate {
  readonly guard?: unknown;
  readonly target?: unknown;
  readonly actions: readonly unknown[];
}

/** Event types that occur in the chart, sorted. Throws if the machine breaks a rule. */
export function checkedEventTypes(machine: AnyStateMachine): readonly string[] {
  const nodes = descendants(machine.root);
  const eventTypes = [...new Set(nodes.flatMap((node) => [...node.transitions.keys()]))].sort();
  const problems = [
    ...wildcards(eventTypes),
    ...nodes.flatMap((node) => [...shapeProblems(machine, node), ...nameProblems(machine, node)]),
    ...nodes
      .filter((node) => node.type === 'atomic')
      .flatMap((leaf) => eventTypes.flatMap((eventType) => cellProblems(leaf, eventType))),
  ];
  if (problems.length > 0) throw new MachineRuleError(machine.id, problems);
  return eventTypes;
}

function descendants(node: AnyStateNode): readonly AnyStateNode[] {
  const children = Object.values(node.states) as readonly AnyStateNode[];
  return [node, ...children.flatMap(descendants)];
}

function wildcards(eventTypes: readonly string[]): readonly string[] {
  return eventTypes
    .filter((eventType) => eventType.includes('*'))
    .map((eventType) => `the wildcard event "${eventType}" hides missing cells; write each cell`);
}

/** Parallel regions hide interleavings; history, invocations and delays are not part of value and context. */
function shapeProblems(machine: AnyStateMachine, node: AnyStateNode): readonly string[] {
  const problems: string[] = [];
  const where = node.path.join('.') || 'the root';
  if (node.type === 'parallel' || node.type === 'history' || node.type === 'final') {
    problems.push(
      `${where} is a ${node.type} state; only atomic and compound states can be explored`,
    );
  }
  if (node.invoke.length > 0) problems.push(`${where} invokes an actor`);
  if (node.after.length > 0) problems.push(`${where} has a delayed transition`);
  const { maxIterations } = machine.options;
  if (node.always !== undefined && !Number.isFinite(maxIterations ?? Infinity)) {
    problems.push(
      `${where} uses "always" while options.maxIterations is not set; a cycle would hang`,
    );
  }
  return problems;
}

function nameProblems(machine: AnyStateMachine, node: AnyStateNode): readonly string[] {
  const where = node.path.join('.') || 'the root';
  const candidates: readonly Candidate[] = [
    ...[...node.transitions.values()].flat(),
    ...(node.always ?? []),
  ];
  const actions = [...node.entry, ...node.exit, ...candidates.flatMap(({ actions }) => actions)];
  const guards = candidates.flatMap(({ guard }) => (guard === undefined ? [] : [guard]));
  return [
    ...actions.flatMap((action) =>
      unknownName(where, 'action', action, machine.implementations.actions),
    ),
    ...guards.flatMap((guard) =>
      unknownName(where, 'guard', guard, machine.implementations.guards),
    ),
  ];
}

function unknownName(
  where: string,
  sort: string,
  reference: unknown,
  implementations: object,
): readonly string[] {
  const name = typeof reference === 'string' ? reference : (reference as { type?: unknown }).type;
  if (typeof reference === 'function' || typeof name !== 'string') {
    return [
      `${where} has an inline ${sort}; only a named one, with a params mapper, can be tabulated`,
    ];
  }
  return Object.hasOwn(implementations, name)
    ? []
    : [`${where} names the unknown ${sort} "${name}"`];
}

/** A cell is the list of candidates of one event in one atomic state, its ancestors' after its own. */
function cellProblems(leaf: AnyStateNode, eventType: string): readonly string[] {
  const where = `the cell (${leaf.path.join('.')}, ${eventType})`;
  const candidates: Candidate[] = [];
  for (let node: AnyStateNode | undefined = leaf; node !== undefined; node = node.parent) {
    candidates.push(...(node.transitions.get(eventType) ?? []));
  }
  if (candidates.length === 0) {
    return [`${where} is missing: handle the event, or write "ignore" or "unexpected"`];
  }
  const problems: string[] = [];
  if (candidates.at(-1)!.guard !== undefined) {
    problems.push(`${where} is partial: its last candidate has a guard`);
  }
  if (candidates.slice(0, -1).some(({ guard }) => guard === undefined)) {
    problems.push(`${where} has a candidate after an unguarded one`);
  }
  if (candidates.some(({ target, actions }) => target === undefined && actions.length === 0)) {
    problems.push(`${where} has a candidate that neither moves nor acts; write "ignore"`);
  }
  return problems;
}
