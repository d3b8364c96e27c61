/**
 * Draws the specification's machines from their XState definitions: a page with tables, a graph, and the definition
 * as JSON that Stately's editor opens. Nothing here is written by hand but each machine's sentence.
 */

import type { Graphviz } from '@hpcc-js/wasm-graphviz';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { ALWAYS, referenceName } from '../model/checker/chart-transitions.ts';
import { groupCoordinator } from '../model/group-coordinator.machine.ts';
import { partitionLeader } from '../model/partition-leader.machine.ts';
import { producer } from '../model/producer.machine.ts';
import { transactionCoordinator } from '../model/transaction-coordinator.machine.ts';

/** A machine with what its page says first. */
export interface DrawnMachine {
  readonly machine: AnyStateMachine;
  readonly title: string;
  readonly sentence: string;
}

export const DRAWN_MACHINES: readonly DrawnMachine[] = [
  {
    machine: producer,
    title: 'Producer',
    sentence:
      "One instance of a transactional producer. Its states are those of Java's TransactionManager; `always` is the sender loop.",
  },
  {
    machine: transactionCoordinator,
    title: 'Transaction coordinator',
    sentence:
      'The coordinator of one transactional id on one broker. Its states are those that Kafka publishes, and three for a broker that does not, or does not yet, hold the id.',
  },
  {
    machine: partitionLeader,
    title: 'Partition leader',
    sentence:
      'What the leader of one partition keeps in memory for one producer id. What it must know of its log comes with the event, as a view.',
  },
  {
    machine: groupCoordinator,
    title: 'Group coordinator',
    sentence:
      'The coordinator of one consumer group on one broker. Its states are those of a classic group, and three for a broker that does not, or does not yet, hold the group. Which offsets are pending and which committed, the log of `__consumer_offsets` says.',
  },
];

/** One way to leave a cell. */
interface Row {
  readonly event: string;
  readonly guard: string;
  readonly target: string;
  readonly actions: readonly string[];
}

/** Rows of a state in the chart's order, its ancestors' after its own. */
function rowsOf(state: AnyStateNode): readonly Row[] {
  const rows: Row[] = [];
  for (const candidate of state.always ?? []) rows.push(rowOf(ALWAYS, candidate));
  for (let node: AnyStateNode | undefined = state; node !== undefined; node = node.parent) {
    for (const [event, candidates] of node.transitions) {
      for (const candidate of candidates) rows.push(rowOf(event, candidate));
    }
  }
  return rows;
}

interface Candidate {
  readonly guard?: unknown;
  readonly target?: readonly AnyStateNode[] | undefined;
  readonly actions: readonly unknown[];
}

function rowOf(event: string, { guard, target, actions }: Candidate): Row {
  return {
    event,
    guard: guard === undefined ? '' : referenceName(guard),
    target: target?.[0]?.key ?? '',
    actions: actions.map(referenceName),
  };
}

function statesOf(machine: AnyStateMachine): readonly AnyStateNode[] {
  return Object.values(machine.root.states) as readonly AnyStateNode[];
}

/** Events in the order of the first state's cells. */
function eventsOf(machine: AnyStateMachine): readonly string[] {
  const events = statesOf(machine).flatMap((state) => rowsOf(state).map(({ event }) => event));
  return [...new Set(events)].filter((event) => event !== ALWAYS);
}

function overviewCell(state: AnyStateNode, event: string): string {
  const rows = rowsOf(state).filter((row) => row.event === event);
  const effects = rows.map(({ target, actions }) => {
    if (target !== '' && target !== state.key) return target;
    return actions.length === 1 && isSilent(actions[0]!) ? actions[0]! : 'stays';
  });
  const seen = [...new Set(effects)];
  return seen.filter((effect) => effect !== 'unexpected' || seen.length === 1).join(', ');
}

function isSilent(action: string): boolean {
  return action === 'ignore' || action === 'unexpected';
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function overviewOf(machine: AnyStateMachine): readonly string[] {
  const states = statesOf(machine);
  return [
    tableRow(['event', ...states.map(({ key }) => key)]),
    tableRow(['---', ...states.map(() => '---')]),
    ...eventsOf(machine).map((event) =>
      tableRow([event, ...states.map((state) => overviewCell(state, event))]),
    ),
  ];
}

function sectionOf(state: AnyStateNode): readonly string[] {
  return [
    '',
    `### ${state.key}`,
    '',
    tableRow(['event', 'if', 'next', 'does']),
    tableRow(['---', '---', '---', '---']),
    ...rowsOf(state).map(({ event, guard, target, actions }) =>
      tableRow([event, guard, target, actions.join(', ')]),
    ),
  ];
}

/** The machine's page, in Markdown. */
export function machinePage({ machine, title, sentence }: DrawnMachine): string {
  const lines = [
    `# ${title}`,
    '',
    `${sentence} Generated from \`model/${machine.id}.machine.ts\`; \`npm run update-docs\` writes it again.`,
    '',
    `![States and transitions of the machine](${machine.id}.svg)`,
    '',
    'The graph leaves out what does not change the state. A dashed line is taken at once, whatever the event.',
    `[${machine.id}.json](${machine.id}.json) is the same chart for [Stately's editor](https://stately.ai/editor) (import a machine from JSON).`,
    '',
    '## Every cell',
    '',
    'For each event and state: the states that it can lead to; `stays` when the machine acts and does not move; `ignore` when nothing happens; `unexpected` when it cannot arrive.',
    '',
    ...overviewOf(machine),
    '',
    '## State by state',
    '',
    'The first row of an event whose question is answered with yes is taken.',
    ...statesOf(machine).flatMap(sectionOf),
    '',
  ];
  return lines.join('\n');
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

/** Edges of the graph: one for each pair of states, and one more for what is taken at once. */
function edgesOf(machine: AnyStateMachine): readonly string[] {
  const labels = new Map<string, string[]>();
  for (const state of statesOf(machine)) {
    for (const { event, guard, target } of rowsOf(state)) {
      if (target === '' || target === state.key) continue;
      const style = event === ALWAYS ? 'dashed' : 'solid';
      const edge = `${quoted(state.key)} -> ${quoted(target)} [style=${style}, label=`;
      const label = event === ALWAYS ? guard : event;
      const known = labels.get(edge) ?? [];
      if (!known.includes(label)) known.push(label);
      labels.set(edge, known);
    }
  }
  return [...labels].map(([edge, names]) => `  ${edge}${quoted(names.join('\n'))}];`);
}

/** The machine as a graph in Graphviz's language. */
export function machineGraph(machine: AnyStateMachine): string {
  const initial = machine.root.initial.target[0]!.key;
  return [
    `digraph ${quoted(machine.id)} {`,
    '  rankdir=TB; nodesep=0.4; ranksep=0.7;',
    '  node [shape=box, style="rounded,filled", fillcolor="#f4f4f8", fontname="Helvetica", fontsize=12];',
    '  edge [fontname="Helvetica", fontsize=9, color="#555566", fontcolor="#333344"];',
    '  start [shape=point, width=0.12];',
    `  start -> ${quoted(initial)};`,
    ...statesOf(machine).map(({ key }) => `  ${quoted(key)};`),
    ...edgesOf(machine),
    '}',
    '',
  ].join('\n');
}

/** The graph as SVG. */
export function machineSvg(machine: AnyStateMachine, graphviz: Graphviz): string {
  return graphviz.dot(machineGraph(machine), 'svg');
}

/** The chart as JSON: functions have no place in it, so a params mapper is left out and its action keeps its name. */
export function machineJson(machine: AnyStateMachine): string {
  return `${JSON.stringify(machine.config, null, 2)}\n`;
}
