/**
 * Walks the specification beside the reference's group coordinator: after every step of the implementation each group's
 * abstracted state and offsets, the batches appended, the answers, and the questions to the transaction coordinator must
 * be what the model does. Open are only when offsets expire, and of AddPartitionsToTxnManager's questions which of two it
 * drops and in which order one request carries those of several transactional ids.
 */

import type { GroupCoordinator } from '../../impl/group-coordinator/group-coordinator.ts';
import type { ClusterMetadata } from '../../impl/ports.ts';
import type { GroupBrokerRequest, GroupObserver } from '../../impl/simulation/observer.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { TopicPartition } from '../../protocol/ids.ts';
import type { RequestOf, Response, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { StoredBatch } from '../../protocol/records.ts';
import type { StoredOffsetsEntry } from '../../model/offsets-log.ts';
import type { Disagreement } from './disagreement.ts';
import { fieldsOf, jsonOf } from './disagreement.ts';
import type { VisibleGroup } from './group-coordinator.ts';
import { abstract, differences, offsetsByLog, offsetsOf, visible } from './group-coordinator.ts';
import type { MembershipRequest } from './group-correspondence.ts';
import {
  acceptedOffsets,
  demandsOf,
  displacementOf,
  groupOf,
  isCompared,
  isUnreachable,
  saysTheSame,
  verdictOf,
} from './group-correspondence.ts';
import { membershipEvents } from './group-membership.ts';
import { GROUP_TABLES, type GroupCounter } from './group-tables.ts';
import type { Question, Tracked } from './group-twin.ts';
import { GroupTwin } from './group-twin.ts';

/** What is looked at from outside; a simulated cluster has it. */
export interface ObservedGroups {
  readonly metadata: Pick<ClusterMetadata, 'isAlive' | 'leaderOf' | 'transactionStatePartitions'>;
  readonly groupCoordinator: {
    readonly partition: TopicPartition;
    /** Null while the broker is down. */
    readonly coordinator: GroupCoordinator | null;
  } | null;
}

export interface GroupLockStepOptions {
  readonly partitionVerification: boolean;
  /** Asked only once the cluster stands. */
  readonly cluster: () => ObservedGroups;
  /** Counts the model's transitions; of the table of that setting. */
  readonly counter?: GroupCounter;
  /** Called at the first step that the model does not allow, as it happens. */
  readonly onDisagreement?: () => void;
}

/** Why the coordinator acts. */
type Cause =
  | { readonly kind: 'request'; readonly request: GroupBrokerRequest }
  | { readonly kind: 'verification' | 'flush' | 'timer' | 'none' };

interface Replied {
  readonly request: GroupBrokerRequest;
  readonly response: Response;
}

const NOTHING: Cause = { kind: 'none' };

export class GroupLockStep implements GroupObserver {
  readonly #cluster: () => ObservedGroups;
  readonly #onDisagreement: (() => void) | undefined;
  readonly #twin: GroupTwin;
  #disagreement: Disagreement | null = null;
  #steps = 0;
  #cause: Cause = NOTHING;
  /** Entries not yet replicated when the step began. */
  #unreplicated = 0;
  #appends: StoredOffsetsEntry[] = [];
  #replies: Replied[] = [];

  constructor(options: GroupLockStepOptions) {
    const { partitionVerification, cluster, counter = null, onDisagreement } = options;
    this.#cluster = cluster;
    this.#onDisagreement = onDisagreement;
    this.#twin = new GroupTwin(
      GROUP_TABLES[partitionVerification ? 1 : 0],
      counter,
      (...difference) => this.#disagree(...difference),
    );
  }

  /** The first step that the model does not allow; nothing is compared after it. */
  get disagreement(): Disagreement | null {
    return this.#disagreement;
  }

  /** Steps compared so far. */
  get steps(): number {
    return this.#steps;
  }

  get #offsetsPartition(): TopicPartition {
    return this.#cluster().groupCoordinator!.partition;
  }

  requestDelivered(request: GroupBrokerRequest): void {
    this.#begin({ kind: 'request', request });
    const twin = this.#twin;
    if (this.#disagreement !== null) return;
    if (!isCompared(request)) {
      twin.touched.add(twin.track(request.body.groupId));
      return;
    }
    const { metadata } = this.#cluster();
    const demands = demandsOf(request, this.#offsetsPartition, metadata, twin.log, twin.names);
    if (demands.length === 0) return;
    const isCommit = request.api === 'TxnOffsetCommit' || request.api === 'OffsetCommit';
    const offsets = isCommit ? acceptedOffsets(request, metadata) : [];
    const tracked =
      request.api === 'WriteTxnMarkers' ? twin.partition : twin.track(request.body.groupId);
    twin.ask(
      tracked,
      request,
      demands,
      offsets.map(({ partition, committedOffset }) => [
        twin.names.partitions.of(partition),
        committedOffset,
      ]),
    );
  }

  replied(request: GroupBrokerRequest, response: Response): void {
    this.#replies.push({ request, response });
  }

  verificationSent(request: RequestOf<'AddPartitionsToTxn'>): void {
    if (this.#disagreement !== null) return;
    for (const transaction of request.body.transactions) {
      const { transactionalId, producerId, producerEpoch, partitions } = transaction;
      const question = this.#twin.unsent(transactionalId);
      const expected =
        question === undefined
          ? []
          : [
              jsonOf({
                ...question.message,
                transactionalId: question.request.body.transactionalId,
              }),
            ];
      if (
        question === undefined ||
        question.message.producerId !== producerId ||
        question.message.producerEpoch !== producerEpoch ||
        question.message.verifyOnly !== (transaction.verifyOnly ? 1 : 0) ||
        partitions.length !== 1 ||
        partitions[0] !== this.#offsetsPartition
      ) {
        this.#disagree(null, expected, jsonOf(transaction), 'the coordinator is asked otherwise');
        return;
      }
      question.sent = request;
    }
  }

  verificationAnswered(
    request: RequestOf<'AddPartitionsToTxn'>,
    response: ResponseOf<'AddPartitionsToTxn'> | null,
  ): void {
    this.#begin({ kind: 'verification' });
    if (this.#disagreement !== null) return;
    for (const question of this.#twin.carriedBy(request)) {
      const { transactionalId } = question.request.body;
      const verdict = verdictOf(transactionalId, this.#offsetsPartition, response);
      this.#twin.answerQuestion(question, verdict);
    }
  }

  appended(batch: StoredBatch): void {
    if (this.#disagreement !== null) return;
    this.#appends.push(...this.#twin.appended(batch));
  }

  replicated(highWatermark: number): void {
    this.#begin({ kind: 'flush' });
    if (this.#disagreement === null) this.#twin.replicated(highWatermark);
  }

  elected(): void {
    this.#twin.elected();
  }

  loading(): void {
    if (this.#disagreement === null) this.#twin.loaded();
  }

  timerFired(): void {
    this.#begin({ kind: 'timer' });
    for (const tracked of this.#twin.groups()) this.#twin.touched.add(tracked);
  }

  crashed(): void {
    this.#twin.crashed();
    this.#forgetStep();
  }

  stepEnded(): void {
    this.#steps += 1;
    if (this.#disagreement === null) {
      this.#walkGivenUp();
      for (const tracked of this.#twin.touched) this.#walkMembership(tracked);
      const hasAppended = this.#compareAppends();
      this.#compareReplies();
      for (const tracked of this.#twin.touched) this.#compareState(tracked);
      if (hasAppended || this.#cause.kind === 'timer') this.#compareOffsets();
    }
    this.#forgetStep();
  }

  #begin(cause: Cause): void {
    const { entries, highWatermark } = this.#twin.log;
    this.#cause = cause;
    this.#unreplicated = entries.length - highWatermark;
  }

  #forgetStep(): void {
    this.#cause = NOTHING;
    this.#appends = [];
    this.#replies = [];
    this.#twin.stepEnded();
  }

  /** Requests that were given up: commits whose question was never sent, and writes that took too long. */
  #walkGivenUp(): void {
    const explained = [...this.#twin.answered];
    for (const { request } of this.#replies) {
      if (!isCompared(request)) continue;
      // A retry is the same request: if the model answered one of them, the reply need not be the other's.
      const answered = explained.findIndex((exchange) => exchange.request === request);
      if (answered >= 0) {
        explained.splice(answered, 1);
        continue;
      }
      const questions = request.api === 'TxnOffsetCommit' ? this.#twin.questionsOf(request) : [];
      const unsent = questions.find(({ sent }) => sent === null);
      if (unsent !== undefined) {
        const verdict = this.#refusalOf(unsent);
        if (verdict !== null) this.#twin.answerQuestion(unsent, verdict);
      } else if (questions.length === 0 && this.#cause.kind === 'timer') {
        this.#twin.timedOut(request);
      }
    }
  }

  #refusalOf(refused: Question): ErrorCode | null {
    const { transactionalId } = refused.request.body;
    if (isUnreachable(transactionalId, this.#cluster().metadata)) {
      return 'COORDINATOR_NOT_AVAILABLE';
    }
    const cause = this.#cause;
    if (cause.kind !== 'request' || cause.request.api !== 'TxnOffsetCommit') return null;
    // The same request may have arrived twice; the newer question is the one of this step.
    const arrived = this.#twin.questionsOf(cause.request).at(-1);
    return arrived === undefined ? null : displacementOf(refused, arrived);
  }

  #walkMembership(tracked: Tracked): void {
    const cause = this.#cause;
    const isChange =
      cause.kind === 'timer' || (cause.kind === 'request' && !isCompared(cause.request));
    const found = isChange ? this.#found(tracked) : null;
    if (found === null) return;
    const { value, context } = this.#twin.stateOf(tracked);
    // The leader's assignment is given up like any other write.
    const isTimedOut = cause.kind === 'timer' && context.assignmentAhead > 0;
    const began = isTimedOut ? 'AssignmentTimedOut' : 'RebalanceBegan';
    for (const event of membershipEvents(visible(value, context), found, began)) {
      this.#twin.feed(tracked, event);
    }
    if (cause.kind === 'request' && !isCompared(cause.request)) {
      this.#walkAssignment(tracked, cause.request);
    }
  }

  /** The leader's SyncGroup, if it is neither refused nor told what is assigned already. */
  #walkAssignment(tracked: Tracked, request: MembershipRequest): void {
    if (request.api !== 'SyncGroup') return;
    const isAnswered = this.#replies.some((replied) => replied.request === request);
    const { groupId, memberId } = request.body;
    const leader = this.#cluster().groupCoordinator?.coordinator?.snapshot(groupId)?.leader;
    if (isAnswered || leader !== memberId) return;
    const view = { unreplicated: this.#unreplicated };
    this.#twin.feed(tracked, { type: 'AssignmentReceived', view });
  }

  #compareAppends(): boolean {
    const { owed } = this.#twin;
    for (const [index, found] of this.#appends.entries()) {
      const expected = owed[index];
      if (expected !== undefined && jsonOf(sorted(expected)) === jsonOf(sorted(found))) continue;
      const allowed = expected === undefined ? [] : [jsonOf(expected)];
      this.#disagree(null, allowed, jsonOf(found), 'the record appended differs');
    }
    const missing = owed[this.#appends.length];
    if (missing !== undefined) {
      this.#disagree(null, [jsonOf(missing)], 'no record', 'the record is not appended');
    }
    return this.#appends.length > 0;
  }

  #compareReplies(): void {
    const { answered } = this.#twin;
    const { metadata } = this.#cluster();
    for (const { request, response } of this.#replies) {
      if (!isCompared(request) || this.#isBeneath(request)) continue;
      const possible = answered.filter((exchange) => exchange.request === request);
      const said = possible.find(({ answers }) =>
        saysTheSame(request, answers, response, this.#offsetsPartition, metadata),
      );
      if (said === undefined) {
        const expected = possible.map(({ answers }) => jsonOf(answers));
        const why =
          expected.length === 0 ? 'it is answered too early, or twice' : 'the answer differs';
        this.#disagree(groupOf(request), expected, jsonOf(response), why);
        return;
      }
      answered.splice(answered.indexOf(said), 1);
    }
    const [unanswered] = answered;
    if (unanswered === undefined) return;
    const { request, answers } = unanswered;
    this.#disagree(groupOf(request), [jsonOf(answers)], 'no answer', 'the request is not answered');
  }

  /** Refused before it gets to a group's state, with cause: a stutter. */
  #isBeneath(request: Parameters<typeof demandsOf>[0]): boolean {
    const { log, names } = this.#twin;
    const { metadata } = this.#cluster();
    return demandsOf(request, this.#offsetsPartition, metadata, log, names).length === 0;
  }

  #found({ groupId }: Tracked): VisibleGroup | null {
    const coordinator = this.#cluster().groupCoordinator?.coordinator ?? null;
    if (coordinator === null || groupId === null) return null;
    return abstract(coordinator.snapshot(groupId), this.#twin.condition, this.#twin.names);
  }

  #compareState(tracked: Tracked): void {
    const found = this.#found(tracked);
    if (found === null) return;
    const { value, context } = this.#twin.stateOf(tracked);
    const expected = visible(value, context);
    const fields = differences(expected, found);
    if (fields.length === 0) return;
    this.#disagree(
      tracked.groupId,
      [jsonOf(pick(expected, fields))],
      jsonOf(pick(found, fields)),
      `${fields.join(', ')} differ`,
    );
  }

  /** Pending and committed offsets of every group, against what the log defines. */
  #compareOffsets(): void {
    const coordinator = this.#cluster().groupCoordinator?.coordinator ?? null;
    if (coordinator === null || this.#twin.condition !== 'Loaded') return;
    const { log, names } = this.#twin;
    for (const { groupId } of this.#twin.groups()) {
      const expected = offsetsByLog(log, groupId!, names);
      const found = offsetsOf(coordinator.snapshot(groupId!), names);
      const index = expected.findIndex((offsets, n) => fieldsOf(offsets, found[n]!).length > 0);
      if (index < 0 || jsonOf(expected) === jsonOf(found)) continue;
      const why = `offsets of ${found[index]!.partition} differ`;
      this.#disagree(groupId, [jsonOf(expected)], jsonOf(found), why);
    }
  }

  #disagree(groupId: string | null, expected: readonly string[], found: string, why: string): void {
    if (this.#disagreement !== null) return;
    this.#disagreement = {
      component: 'group coordinator',
      subject: groupId ?? this.#offsetsPartition,
      step: this.#steps,
      cause: this.#cause.kind === 'request' ? this.#cause.request.api : this.#cause.kind,
      expected,
      found,
      why,
    };
    this.#onDisagreement?.();
  }
}

/** Key order is no difference. */
function sorted(entry: StoredOffsetsEntry): object {
  return Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function pick(state: VisibleGroup, fields: readonly (keyof VisibleGroup)[]): object {
  return Object.fromEntries(fields.map((field) => [field, state[field]]));
}
