/**
 * Runs a scenario on the reference in the simulation: takes its steps, lets the network go quiet in between or not
 * as each step says, injects its faults, ends in quiescence, reads everything back. Deterministic.
 */

import { Cluster, type WatchProducer } from '../../impl/simulation/cluster.ts';
import type {
  CoordinatorObserver,
  GroupObserver,
  LeaderObserver,
} from '../../impl/simulation/observer.ts';
import type { Components } from '../../impl/simulation/overrides.ts';
import { Scheduler } from '../../impl/simulation/scheduler.ts';
import { IllegalTransitionError } from '../../impl/transaction-coordinator/transaction-metadata.ts';
import type { TopicPartition } from '../../protocol/ids.ts';
import { ABORT_TIMED_OUT_INTERVAL_MS, RETRY_BACKOFF_MS } from '../../protocol/limits.ts';
import type { HistoryEvent } from '../../reports/evidence/history.ts';
import type { FaultKind, Scenario, Step } from '../../reports/evidence/scenario.ts';
import type { TraceEvent } from '../../reports/evidence/trace.ts';
import { ScriptedAppendFaults } from './append-faults.ts';
import { FaultTally } from './fault-tally.ts';
import { GroupReaders } from './group-readers.ts';
import type { Instance } from './instance.ts';
import { Instances } from './instances.ts';
import { ScriptedFaults } from './message-faults.ts';
import { Operator } from './operator.ts';
import { groupsOfTopology, partitionsOfTopology, usedIdsOf } from './partitions.ts';
import { Readers } from './readers.ts';
import { RunObserver } from './run-observer.ts';
import { TraceObserver } from './trace-observer.ts';

/** A broker is down for this long: longer than a client's back-off, shorter than its patience. */
const RESTART_MS = 5 * RETRY_BACKOFF_MS;
/** Long enough that a client's retry meets a coordinator that is still loading. */
const LOAD_MS = 150;
/** Rounds of passing every transaction timeout before the run is declared quiescent regardless. */
const QUIESCENCE_ROUNDS = 4;

export interface RunOptions {
  readonly components: Components;
  /** Record everything that happens, for findings and people. */
  readonly trace: boolean;
  /** Watches the coordinator, for lock-step refinement. */
  readonly coordinatorObserver: ((cluster: () => Cluster) => CoordinatorObserver) | null;
  /** Watches the group coordinator, where there is one. */
  readonly groupObserver?: (cluster: () => Cluster) => GroupObserver;
  /** Watches the leader of each data partition, for lock-step refinement; absent: nobody does. */
  readonly leaderObserver?: (cluster: () => Cluster, partition: TopicPartition) => LeaderObserver;
  /** Watches each transactional producer. */
  readonly producerObserver?: WatchProducer;
}

export interface ScenarioRun {
  readonly history: readonly HistoryEvent[];
  /** Empty unless asked for. */
  readonly trace: readonly TraceEvent[];
  readonly faults: FaultTally;
  /** Whether each step was taken; the others were not enabled when their turn came. */
  readonly taken: readonly boolean[];
  /** How many of the scenario's choices mattered. */
  readonly choicesUsed: number;
  /** Events of the scheduler. */
  readonly events: number;
  /** Transitions that the coordinator itself refused as impossible. */
  readonly illegalTransitions: readonly string[];
}

/** Claims are judged by the final reads: where these failed, silence would pass for a claim that holds. */
export class UnreadPartitionsError extends Error {
  readonly code = 'UNREAD_PARTITIONS';

  constructor(unread: readonly string[]) {
    super(
      `expected the final reads of every partition to return, not those of ${unread.join(', ')}`,
    );
  }
}

export function runScenario(scenario: Scenario, options: RunOptions): ScenarioRun {
  return new Run(scenario, options).run();
}

/** A scenario in progress. */
export class Run {
  readonly scenario: Scenario;
  readonly scheduler: Scheduler;
  readonly cluster: Cluster;
  readonly observer: RunObserver;
  readonly faults = new FaultTally();
  readonly #messageFaults: ScriptedFaults;
  readonly #appendFaults = new ScriptedAppendFaults(() => this.faults.fired('fail-append'));
  readonly #instances: Instances;
  readonly #readers: Readers;
  readonly #taken: boolean[] = [];
  readonly #illegalTransitions: string[] = [];
  #operations = 0;

  constructor(scenario: Scenario, options: RunOptions) {
    this.scenario = scenario;
    this.scheduler = new Scheduler(scenario.choices);
    this.observer = options.trace
      ? new TraceObserver(this.scheduler, () => this)
      : new RunObserver(this.scheduler);
    this.#messageFaults = new ScriptedFaults(
      (partition) => this.cluster.metadata.leaderOf(partition),
      (kind) => this.faults.fired(kind),
    );
    const { leaderObserver } = options;
    this.cluster = new Cluster({
      config: {
        transactionVersion: scenario.transactionVersion,
        partitionVerification: scenario.partitionVerification,
        partitions: partitionsOfTopology(scenario.topology),
        transactionStatePartitions: scenario.topology.transactionStatePartitions,
        groups: groupsOfTopology(scenario.topology).size > 0,
        restartMs: RESTART_MS,
        loadMs: LOAD_MS,
        usedIds: usedIdsOf(scenario.topology),
      },
      components: options.components,
      scheduler: this.scheduler,
      faults: this.#messageFaults,
      appendFaults: this.#appendFaults,
      observer: this.observer,
      coordinatorObserver: options.coordinatorObserver?.(() => this.cluster) ?? null,
      groupObserver: options.groupObserver?.(() => this.cluster) ?? null,
      leaderObserver:
        leaderObserver === undefined
          ? null
          : (partition) => leaderObserver(() => this.cluster, partition),
      producerObserver: options.producerObserver ?? null,
    });
    this.#instances = new Instances({
      scenario,
      cluster: this.cluster,
      observer: this.observer,
      operations: this,
      onZombie: () => this.#fault('zombie', true),
    });
    this.#readers = new Readers(this.cluster, this.observer, this, false);
  }

  /** Operation numbers, in order of invocation. */
  next(): number {
    this.#operations += 1;
    return this.#operations - 1;
  }

  /** By name, in order of start. */
  get instances(): ReadonlyMap<string, Instance> {
    return this.#instances.byName;
  }

  run(): ScenarioRun {
    this.drain();
    this.scenario.steps.forEach((step, index) => this.takeStep(step, index));
    this.quiesce();
    return {
      history: this.observer.history,
      trace: this.observer.trace,
      faults: this.faults,
      taken: this.#taken,
      choicesUsed: this.scheduler.choicesUsed,
      events: this.scheduler.events,
      illegalTransitions: this.#illegalTransitions,
    };
  }

  takeStep(step: Step, index: number): void {
    if (step.wait === undefined) this.#settle(callerOf(step));
    else for (let event = 0; event < step.wait && this.runOne(); event += 1);
    if (this.#messageFaults.releaseDue(index, this.cluster.network) && step.wait === undefined) {
      this.drain();
    }
    this.observer.stepStarted(index);
    const taken = this.#take(step);
    this.#taken.push(taken);
    this.observer.stepTaken(index, taken);
  }

  #take(step: Step): boolean {
    switch (step.do) {
      case 'start':
        return this.start(step.producer) !== null;
      case 'poll':
        this.#readers.poll();
        return true;
      case 'crash-producer':
        return this.#fault(step.do, this.instances.get(step.instance)?.crash() ?? false);
      case 'crash-coordinator':
        return this.#fault(step.do, this.cluster.crash(this.cluster.coordinator));
      case 'crash-leader': {
        const leader = this.cluster.leader(step.partition);
        return this.#fault(step.do, leader !== undefined && this.cluster.crash(leader));
      }
      case 'crash-group-coordinator': {
        const { groupCoordinator } = this.cluster;
        return this.#fault(
          step.do,
          groupCoordinator !== null && this.cluster.crash(groupCoordinator),
        );
      }
      case 'time-out-transaction':
        return this.#timeOutTransactions();
      case 'lose-request':
      case 'lose-response':
      case 'delay-request':
      case 'delay-response':
      case 'duplicate-request':
        this.faults.armed(step.do);
        this.#messageFaults.arm(step);
        return true;
      case 'fail-append':
        this.faults.armed(step.do);
        this.#appendFaults.arm(step);
        return true;
      default:
        return this.#instances.take(step);
    }
  }

  #fault(kind: FaultKind, fired: boolean): boolean {
    if (!fired) return false;
    this.faults.armed(kind);
    this.faults.fired(kind);
    return true;
  }

  /** Starts the next instance of a producer; null if there is no such producer. */
  start(name: string, isProbe = false): Instance | null {
    return this.#instances.start(name, isProbe);
  }

  /** Clients are silent while the clock passes the transaction timeout and the coordinator's next check. */
  #timeOutTransactions(): boolean {
    const ongoing = this.#transactionalIdsIn('Ongoing');
    this.faults.armed('time-out-transaction');
    this.#passTime(this.scenario.topology.transactionTimeoutMs + ABORT_TIMED_OUT_INTERVAL_MS + 1);
    const { coordinator } = this.cluster.coordinator;
    const aborted = ongoing.some((id) => coordinator?.snapshot(id)?.state.endsWith('Abort'));
    if (aborted) this.faults.fired('time-out-transaction');
    return true;
  }

  #transactionalIdsIn(...states: readonly string[]): readonly string[] {
    const { coordinator } = this.cluster.coordinator;
    if (coordinator === null) return [];
    return coordinator
      .transactionalIds()
      .filter((id) => states.includes(coordinator.snapshot(id)?.state ?? ''));
  }

  /** Lets the network go quiet; while the caller's previous call has not returned, lets time pass as well. */
  #settle(instanceName: string | null): void {
    const instance = instanceName === null ? undefined : this.instances.get(instanceName);
    this.drain();
    while (instance?.isBlocked) this.#nextTimer(Number.POSITIVE_INFINITY);
  }

  /** Lets everything happen that can happen without time passing. */
  drain(): void {
    for (;;) {
      try {
        while (this.scheduler.runOne());
        return;
      } catch (error) {
        this.#survive(error);
      }
    }
  }

  /** One event; false if nothing can happen without time passing. */
  runOne(): boolean {
    try {
      return this.scheduler.runOne();
    } catch (error) {
      return this.#survive(error);
    }
  }

  #fireNextTimer(limitMs: number): boolean {
    try {
      return this.scheduler.fireNextTimer(limitMs);
    } catch (error) {
      return this.#survive(error);
    }
  }

  /**
   * A broker that finds itself in an impossible state logs it and goes on without finishing what it was doing
   * (TransactionMetadata.throwStateTransitionFailure, whose exception ends in the request handler).
   */
  #survive(error: unknown): true {
    if (!(error instanceof IllegalTransitionError)) throw error;
    this.#illegalTransitions.push(error.message);
    return true;
  }

  #nextTimer(limitMs: number): boolean {
    const from = this.scheduler.nowMs();
    const fired = this.#fireNextTimer(limitMs);
    if (fired && this.scheduler.nowMs() > from) this.observer.clockMoved(from);
    this.drain();
    return fired;
  }

  #untilCallsReturn(): void {
    while (this.#instances.isAnyBusy) this.#nextTimer(Number.POSITIVE_INFINITY);
  }

  #passTime(ms: number): void {
    const limitMs = this.scheduler.nowMs() + ms;
    this.drain();
    while (this.#nextTimer(limitMs));
    this.scheduler.passTime(limitMs);
  }

  /**
   * Calls return, faults stop, processes stop, transaction timeouts pass; then everything is read back, the coordinator
   * is asked what became of each id, and a fresh instance of each tries whether it can still be used.
   */
  quiesce(): void {
    this.drain();
    this.#untilCallsReturn();
    this.#messageFaults.disarm();
    this.#appendFaults.disarm();
    this.#messageFaults.releaseAll(this.cluster.network);
    this.drain();
    this.#untilCallsReturn();
    this.#instances.stop();
    const { transactionTimeoutMs } = this.scenario.topology;
    for (let round = 0; round < QUIESCENCE_ROUNDS; round += 1) {
      this.#passTime(transactionTimeoutMs + 2 * ABORT_TIMED_OUT_INTERVAL_MS);
      if (this.#transactionalIdsIn('Ongoing', 'PrepareCommit', 'PrepareAbort').length === 0) break;
    }
    this.#readEverything();
  }

  #readEverything(): void {
    const readers = new Readers(this.cluster, this.observer, this, true);
    readers.poll();
    this.drain();
    while (readers.isBusy && this.#nextTimer(Number.POSITIVE_INFINITY));
    const groups = new GroupReaders();
    groups.fetch(this.scenario.topology, this.cluster, this.observer, this);
    this.drain();
    while (groups.isBusy && this.#nextTimer(Number.POSITIVE_INFINITY));
    const unread = [...readers.unread, ...groups.unread];
    if (unread.length > 0) throw new UnreadPartitionsError(unread);
    const ids = this.#instances.usedTransactionalIds;
    const operator = new Operator(this.cluster, this.observer, this);
    for (const id of ids) operator.describe(id);
    this.drain();
    for (const id of ids) this.#probe(id);
  }

  /** Not before the final reads: its init would abort what hangs, and its markers would hide it. */
  #probe(transactionalId: string): void {
    const probe = this.start(transactionalId, true)!;
    this.#settle(probe.name);
    if (!probe.begin()) return;
    probe.send(this.cluster.config.partitions[0]!);
    probe.commit();
    this.#settle(probe.name);
  }
}

/** Whose previous call has to return first; a process can be killed in the middle of one. */
function callerOf(step: Step): string | null {
  return 'instance' in step && step.do !== 'crash-producer' ? step.instance : null;
}
