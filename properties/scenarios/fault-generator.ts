/**
 * Draws faults and aims them: at messages that are likely to come, at crashes that come while something is under way.
 * What makes a fault matter is drawn with it.
 */

import { TRANSACTION_STATE_TOPIC } from '../../protocol/limits.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import {
  APPEND_ERRORS,
  DUPLICABLE_APIS,
  type FaultKind,
  type Step,
  type Topology,
} from '../../reports/evidence/scenario.ts';
import type { Draw } from './draw.ts';
import type { ExpectedInstance, ExpectedScript } from './expected-script.ts';
import { groupsOfTopology, partitionsOfTopology } from './partitions.ts';

interface FaultOptions {
  readonly topology: Topology;
  readonly transactionVersion: TransactionVersion;
  readonly kinds: readonly FaultKind[];
}

type Api = Extract<Step, { do: 'lose-request' }>['api'];
type MessageFaultKind = Extract<
  FaultKind,
  'lose-request' | 'lose-response' | 'delay-request' | 'delay-response' | 'duplicate-request'
>;

/**
 * Of each RPC among the faults on messages: every RPC that travels is to be hit, the two that decide most of all. A
 * test holds this to its word.
 */
const API_WEIGHTS: readonly (readonly [Api, number])[] = [
  ['FindCoordinator', 1],
  ['InitProducerId', 2],
  ['AddPartitionsToTxn', 3],
  ['Produce', 4],
  ['EndTxn', 5],
  ['WriteTxnMarkers', 3],
];

/** The same where applications read for a group. */
const GROUP_API_WEIGHTS: readonly (readonly [Api, number])[] = [
  ['FindCoordinator', 1],
  ['InitProducerId', 2],
  ['AddPartitionsToTxn', 6],
  ['Produce', 3],
  ['EndTxn', 5],
  ['WriteTxnMarkers', 4],
  ['TxnOffsetCommit', 6],
  ['AddOffsetsToTxn', 3],
  ['OffsetFetch', 2],
  ['OffsetCommit', 2],
  ['JoinGroup', 1],
  ['SyncGroup', 1],
];

/** More than a scenario has. */
const UNTIL_THE_END = 100;

/** What needs few of its kind to show is drawn less often, for each takes the place of another. */
const RARE_KINDS: ReadonlyMap<FaultKind, number> = new Map([
  ['delay-response', 2],
  ['fail-append', 1],
]);
const USUAL_WEIGHT = 4;

export class FaultGenerator {
  readonly kinds: readonly FaultKind[];
  readonly #weights: readonly (readonly [FaultKind, number])[];
  readonly #draw: Draw;
  readonly #script: ExpectedScript;
  readonly #options: FaultOptions;
  readonly #partitions: readonly string[];
  readonly #hasGroups: boolean;
  readonly #apiWeights: readonly (readonly [Api, number])[];

  constructor(draw: Draw, script: ExpectedScript, options: FaultOptions) {
    this.kinds = options.kinds;
    this.#weights = options.kinds.map((kind) => [kind, RARE_KINDS.get(kind) ?? USUAL_WEIGHT]);
    this.#draw = draw;
    this.#script = script;
    this.#options = options;
    this.#partitions = partitionsOfTopology(options.topology);
    this.#hasGroups = groupsOfTopology(options.topology).size > 0;
    this.#apiWeights = this.#hasGroups ? GROUP_API_WEIGHTS : API_WEIGHTS;
  }

  fault(): void {
    const kind = this.#draw.weighted(this.#weights);
    switch (kind) {
      case 'zombie':
        this.#zombie();
        return;
      case 'crash-producer':
        this.#crashProducer();
        return;
      case 'crash-coordinator':
        this.#crashCoordinator();
        return;
      case 'crash-leader':
        this.#script.amid({ do: kind, partition: this.#draw.pick(this.#partitions) }, 12);
        return;
      case 'crash-group-coordinator':
        this.#script.amid({ do: kind }, 12);
        return;
      case 'time-out-transaction':
        this.#script.push({ do: kind });
        return;
      case 'fail-append':
        this.#failAppend();
        return;
      default:
        this.#messageFault(kind);
    }
  }

  /** A second instance takes over; the first lives on and may be used again. */
  #zombie(): void {
    const candidates = this.#script.instances.filter(({ transactional }) => transactional);
    if (candidates.length === 0) return;
    const old = this.#draw.pick(candidates);
    this.#script.start(old.producer);
    this.#script.attend(this.#draw.chance(1, 2) ? old : this.#script.instances.at(-1)!);
  }

  #crashProducer(): void {
    const { instances } = this.#script;
    if (instances.length === 0) return;
    const victim = this.#script.nextInstance()!;
    instances.splice(instances.indexOf(victim), 1);
    this.#script.push({ do: 'crash-producer', instance: victim.name });
    if (this.#draw.chance(3, 4)) {
      this.#script.start(victim.producer);
      this.#script.attend(instances.at(-1)!);
    }
  }

  /** Something is logged next, else the fault meets whatever comes. */
  #failAppend(): void {
    const { transactionStatePartitions } = this.#options.topology;
    this.#script.push({
      do: 'fail-append',
      partition: `${TRANSACTION_STATE_TOPIC}-${this.#draw.between(0, transactionStatePartitions - 1)}`,
      errorCode: this.#draw.pick(APPEND_ERRORS),
    });
  }

  #messageFault(kind: MessageFaultKind): void {
    const possible = this.#apiWeights.filter(
      ([name]) =>
        (kind !== 'duplicate-request' || isDuplicable(name)) &&
        (name !== 'AddPartitionsToTxn' || this.#mayMeetAddPartitions),
    );
    const api = this.#draw.weighted(possible);
    switch (api) {
      case 'WriteTxnMarkers':
        return this.#faultOnMarkers(kind);
      case 'FindCoordinator':
      case 'InitProducerId':
        return this.#faultAtStart(kind, api);
      case 'AddPartitionsToTxn':
        if (this.#hasGroups && this.#draw.chance(2, 3)) {
          return this.#faultOnVerification(kind);
        }
        if (this.#options.transactionVersion === 2 || this.#draw.chance(1, 2)) {
          return this.#arm(kind, { api, from: 'leader' });
        }
        return this.#faultOfInstance(kind, api);
      case 'Produce':
      case 'EndTxn':
        return this.#faultOfInstance(kind, api);
      case 'AddOffsetsToTxn':
      case 'TxnOffsetCommit':
      case 'OffsetFetch':
      case 'OffsetCommit':
      case 'JoinGroup':
      case 'SyncGroup':
        return this.#faultOfApplication(kind, api);
    }
  }

  /** A marker under way matters most when its coordinator is not there to hear of it. */
  #faultOnMarkers(kind: MessageFaultKind): void {
    const alone = !this.kinds.includes('crash-coordinator') || this.#draw.chance(1, 2);
    // Held until a later transaction is under way, which may well be the last.
    const untilTheEnd = !alone && this.#draw.chance(1, 2);
    const steps = untilTheEnd ? UNTIL_THE_END : this.#draw.between(alone ? 0 : 2, alone ? 6 : 5);
    this.#arm(kind, { api: 'WriteTxnMarkers', from: 'coordinator' }, steps);
    if (!alone) this.#crashCoordinator(untilTheEnd ? 'after' : 'amid');
  }

  /**
   * A coordinator's crash matters most in the middle of a decision; and what only the dead one knew matters most
   * where its client is not there to repeat the question. `after`: once its markers are under way.
   */
  #crashCoordinator(when: 'amid' | 'after' = 'amid'): void {
    const deciding = this.#script.instances.find(hasSomethingToDecide);
    if (deciding !== undefined && this.#draw.chance(2, 3)) {
      const { application } = deciding;
      if (application?.transformed && !application.offsetsSent) this.#script.sendOffsets(deciding);
      this.#script.end(deciding, this.#draw.chance(2, 3) ? 'commit' : 'abort');
    }
    if (when === 'after') this.#script.push({ do: 'crash-coordinator' });
    else this.#script.amid({ do: 'crash-coordinator' }, deciding === undefined ? 12 : 6);
    if (deciding === undefined) return;
    this.#script.attend(deciding);
    if (this.kinds.includes('crash-producer') && this.#draw.chance(1, 4)) {
      this.#crashProducer();
    }
  }

  /** The message belongs to an instance that is yet to start; it starts next. */
  #faultAtStart(kind: MessageFaultKind, api: Api): void {
    const candidates = this.#options.topology.producers.filter(
      ({ name, transactional }) => !transactional || this.#mayOverlap || !this.#script.isLive(name),
    );
    if (candidates.length === 0) return;
    const producer = this.#draw.pick(candidates).name;
    this.#arm(kind, { api, from: this.#script.nextName(producer) });
    this.#script.start(producer);
    this.#script.attend(this.#script.instances.at(-1)!);
  }

  #faultOfInstance(kind: MessageFaultKind, api: Api): void {
    const instance = this.#script.nextInstance();
    if (instance === null) return;
    this.#script.attend(instance);
    this.#arm(kind, { api: instance.transactional ? api : 'Produce', from: instance.name });
  }

  /** The call that sends the message follows, where it is enabled. */
  #faultOfApplication(kind: MessageFaultKind, api: Api): void {
    const candidates = this.#script.instances.filter(({ application }) => application !== null);
    if (candidates.length === 0) return;
    const instance = this.#draw.pick(candidates);
    this.#script.attend(instance);
    this.#arm(kind, { api, from: instance.name });
    this.#provoke(instance, api);
  }

  /** Of the offsets partition, by the group coordinator, once some application sends offsets. */
  #faultOnVerification(kind: MessageFaultKind): void {
    this.#arm(kind, { api: 'AddPartitionsToTxn', from: 'group' });
    const ready = this.#script.instances.find(({ application }) => application?.transformed);
    if (ready !== undefined) this.#provoke(ready, 'TxnOffsetCommit');
  }

  #provoke(instance: ExpectedInstance, api: Api): void {
    const { state, application } = instance;
    if (application === null) return;
    const { position, transformed, offsetsSent } = application;
    if (api === 'OffsetCommit') {
      if (position !== null) this.#script.commitOffsets(instance);
    } else if (api === 'AddOffsetsToTxn' || api === 'TxnOffsetCommit') {
      if (transformed && !offsetsSent) this.#script.sendOffsets(instance);
    } else if (state === 'Ready') {
      this.#script.join(instance);
      if (api === 'OffsetFetch') this.#script.consume(instance);
    }
  }

  #arm(
    kind: MessageFaultKind,
    message: { readonly api: Api; readonly from: string },
    steps = this.#draw.between(0, 6),
  ): void {
    if (kind === 'lose-request' || kind === 'lose-response') {
      this.#script.push({ do: kind, ...message });
    } else if (kind === 'delay-request' || kind === 'delay-response') {
      this.#script.push({ do: kind, ...message, steps });
    } else if (isDuplicable(message.api)) {
      this.#script.push({ do: kind, ...message, api: message.api, steps });
    }
  }

  /**
   * Where a new producer id begins at epoch 0, a question of the old one that still waits in a broker fences it: Kafka
   * compares their epochs (ADR 10). A client's own AddPartitionsToTxn is left alone there too.
   */
  get #mayMeetAddPartitions(): boolean {
    return this.#options.topology.usedProducerEpoch === undefined;
  }

  /** Whether an instance may start while an older one of its transactional id lives on. */
  get #mayOverlap(): boolean {
    return this.kinds.includes('zombie');
  }
}

function isDuplicable(api: Api): api is (typeof DUPLICABLE_APIS)[number] {
  const apis: readonly Api[] = DUPLICABLE_APIS;
  return apis.includes(api);
}

function hasSomethingToDecide({ state, sends, application }: ExpectedInstance): boolean {
  return state === 'InTransaction' && (sends > 0 || (application?.transformed ?? false));
}
