/** The producer instances of a run, with what each of them reads, and the steps that drive them. */

import { GROUP_MEMBER_DEFAULTS, type GroupMemberConfig } from '../../impl/consumer/group-member.ts';
import { PRODUCER_DEFAULTS } from '../../impl/producer/config.ts';
import type { Cluster } from '../../impl/simulation/cluster.ts';
import type { Consumes, Scenario, Step, Topology } from '../../reports/evidence/scenario.ts';
import { Application } from './application.ts';
import { CallLog, type OperationNumbers } from './call-log.ts';
import { Instance } from './instance.ts';
import type { RunObserver } from './run-observer.ts';

interface Options {
  readonly scenario: Scenario;
  readonly cluster: Cluster;
  readonly observer: RunObserver;
  readonly operations: OperationNumbers;
  /** An instance is about to start while an older one of its transactional id lives on. */
  readonly onZombie: () => void;
}

/** A step that one instance takes. */
export type InstanceStep = Exclude<
  Extract<Step, { readonly instance: string }>,
  { readonly do: 'crash-producer' }
>;

export class Instances {
  readonly #options: Options;
  readonly #byName = new Map<string, Instance>();
  readonly #started = new Map<string, number>();

  constructor(options: Options) {
    this.#options = options;
  }

  /** By name, in order of start. */
  get byName(): ReadonlyMap<string, Instance> {
    return this.#byName;
  }

  get isAnyBusy(): boolean {
    for (const instance of this.#byName.values()) if (instance.isBusy) return true;
    return false;
  }

  /** Ids of which an instance was started, in the order of the topology. */
  get usedTransactionalIds(): readonly string[] {
    const { producers } = this.#options.scenario.topology;
    return producers
      .filter(({ name, transactional }) => transactional && this.#started.has(name))
      .map(({ name }) => name);
  }

  /** Every process ends. */
  stop(): void {
    for (const instance of this.#byName.values()) instance.stop();
  }

  /** Starts the next instance of a producer and calls its initTransactions; null if there is no such producer. */
  start(name: string, isProbe: boolean): Instance | null {
    const { scenario, cluster, observer, operations, onZombie } = this.#options;
    const { topology, transactionVersion } = scenario;
    const producer = topology.producers.find((candidate) => candidate.name === name);
    if (producer === undefined) return null;
    const ordinal = (this.#started.get(name) ?? 0) + 1;
    this.#started.set(name, ordinal);
    const instanceName = `${name}#${ordinal}`;
    const transactionalId = producer.transactional ? name : null;
    if (transactionalId !== null && this.#byName.get(`${name}#${ordinal - 1}`)?.isAlive) onZombie();
    const calls = new CallLog(instanceName, observer, operations);
    const clients = cluster.createProducer(instanceName, {
      ...PRODUCER_DEFAULTS,
      transactionalId,
      transactionVersion,
      coordinatorSupportsEpochBump: producer.bumpsEpochAfterAbort,
      requestTimeoutMs: topology.requestTimeoutMs,
      deliveryTimeoutMs: topology.deliveryTimeoutMs,
      maxBlockMs: topology.maxBlockMs,
      transactionTimeoutMs: topology.transactionTimeoutMs,
    });
    observer.watch(clients.endpoint);
    const { consumes } = producer;
    const application =
      consumes === undefined || isProbe ? null : this.#application(consumes, calls);
    const { transactionTimeoutMs } = topology;
    const instance = new Instance({
      transactionalId,
      calls,
      application,
      transactionTimeoutMs,
      isProbe,
      ...clients,
    });
    this.#byName.set(instanceName, instance);
    instance.init();
    return instance;
  }

  #application(consumes: Consumes, calls: CallLog): Application {
    const { scenario, cluster, observer } = this.#options;
    const { group, partitions } = consumes;
    const config = groupMemberConfig(scenario.topology, group, partitions);
    const clients = cluster.createConsumingClients(calls.process, config);
    observer.watch(clients.endpoint);
    return new Application(clients, consumes, calls);
  }

  /** False if the step is not enabled. */
  take(step: InstanceStep): boolean {
    const instance = this.#byName.get(step.instance);
    if (instance === undefined) return false;
    switch (step.do) {
      case 'begin':
        return instance.begin();
      case 'send':
        return this.#isPartition(step.partition) && instance.send(step.partition);
      case 'commit':
        return instance.commit();
      case 'abort':
        return instance.abort();
      case 'join':
        return instance.join();
      case 'consume':
        return instance.consume();
      case 'transform':
        return this.#isPartition(step.partition) && instance.transform(step.partition);
      case 'send-offsets':
        return instance.sendOffsets();
      case 'commit-offsets':
        return instance.commitOffsets();
    }
  }

  #isPartition(partition: string): boolean {
    return this.#options.cluster.leader(partition) !== undefined;
  }
}

export function groupMemberConfig(
  { requestTimeoutMs }: Topology,
  groupId: string,
  partitions: readonly string[],
): GroupMemberConfig {
  return { ...GROUP_MEMBER_DEFAULTS, groupId, partitions, requestTimeoutMs };
}
