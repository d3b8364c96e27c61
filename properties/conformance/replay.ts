/** Replays measured scenarios on the reference, row by row, and says where it answers otherwise. */

import type { TopicPartition, TransactionalId } from '../../protocol/ids.ts';
import { NO_IDENTITY, type ProducerIdentity } from '../../protocol/ids.ts';
import type { Request, Response, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { StoredBatch } from '../../protocol/records.ts';
import { errorOf } from '../scenarios/run-observer.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import {
  scenariosOf,
  type AnswerRow,
  type Described,
  type MeasuredScenario,
} from './answer-table.ts';
import { BrokerUnderTest } from './broker-under-test.ts';
import { fieldDifferences } from './field-differences.ts';
import { ProducerNames } from './producer-names.ts';
import { NotApplicableError, requestOf } from './request-fields.ts';
import { responseFields } from './response-fields.ts';
import { ScenarioNames } from './scenario-names.ts';
import { parseSetupLine, type SetupRequest } from './setup-line.ts';
import { setupRequest } from './setup-requests.ts';

export type RowOutcome = 'passed' | 'failed' | 'not-applicable';

/** A row as one of its brokers answered it. */
interface AnswerResult {
  readonly row: AnswerRow;
  readonly broker: string;
  readonly outcome: RowOutcome;
  /** What differs, or why it is not applicable; empty if it passed. */
  readonly reasons: readonly string[];
}

export interface RowResult {
  readonly id: string;
  /** Failed if it failed as any of its brokers, passed if it passed as one and failed as none. */
  readonly outcome: RowOutcome;
  /** Each with the brokers that it is about. */
  readonly reasons: readonly string[];
}

/** In the table's order. */
export function replayTable(table: readonly AnswerRow[]): readonly RowResult[] {
  const answers = scenariosOf(table, REFERENCE_RELEASE).flatMap(replayScenario);
  const byRow = new Map<AnswerRow, AnswerResult[]>(table.map((row) => [row, []]));
  for (const answer of answers) byRow.get(answer.row)!.push(answer);
  return [...byRow].map(([row, results]) => rowResult(row, results));
}

const WORST_FIRST: readonly RowOutcome[] = ['failed', 'passed', 'not-applicable'];

function rowResult({ id }: AnswerRow, answers: readonly AnswerResult[]): RowResult {
  const outcome = WORST_FIRST.find((worst) => answers.some((answer) => answer.outcome === worst))!;
  const brokers = new Map<string, string[]>();
  for (const { broker, reasons } of answers.filter((answer) => answer.outcome === outcome)) {
    for (const reason of reasons) brokers.set(reason, [...(brokers.get(reason) ?? []), broker]);
  }
  const reasons = [...brokers].map(([reason, names]) => `${reason} (${names.join(', ')})`);
  return { id, outcome, reasons };
}

/** The release whose answers the reference has to give. */
const REFERENCE_RELEASE = 'kafka-4.3.1';

/** Longer than a transaction timeout of 300 ms and the check that follows it. */
const TIMED_OUT_MS = 11_000;

function replayScenario(scenario: MeasuredScenario): readonly AnswerResult[] {
  return new ScenarioReplay(scenario).run();
}

/** A setup request was answered otherwise than recorded: what follows cannot be compared. */
class SetupDiffersError extends Error {
  readonly code = 'SETUP_DIFFERS';
}

class ScenarioReplay {
  readonly #scenario: MeasuredScenario;
  readonly #names: ScenarioNames;
  readonly #producers = new ProducerNames();
  readonly #broker: BrokerUnderTest;
  #memberId = '';
  /** That a batch or a marker was last sent to: whose log a row means. */
  #lastPartition: TopicPartition;

  constructor(scenario: MeasuredScenario) {
    const circumstances = scenario.rows
      .flatMap((row) => [row.precondition, ...row.setup])
      .join('\n');
    this.#scenario = scenario;
    this.#names = new ScenarioNames(scenario.rows);
    this.#lastPartition = `${this.#names.topic}-0`;
    this.#broker = new BrokerUnderTest({
      transactionVersion: transactionVersionOf(scenario.broker),
      partitionVerification: !circumstances.includes(
        'transaction.partition.verification.enable=false',
      ),
      topics: this.#names.topics,
      holdsMarkers: circumstances.includes('WriteTxnMarkers held back'),
    });
  }

  run(): readonly AnswerResult[] {
    const { rows, broker } = this.#scenario;
    const reason = inapplicableScenario(this.#scenario);
    if (reason !== null) {
      return rows.map((row) => ({ row, broker, outcome: 'not-applicable', reasons: [reason] }));
    }
    return rows.map((row) => {
      const result = { row, broker };
      try {
        this.#prepare(row);
        const reasons = this.#ask(row);
        if (this.#scenario.superseded.has(row.id)) {
          const reason = `${REFERENCE_RELEASE}, which the reference is written after, answered otherwise`;
          return { ...result, outcome: 'not-applicable', reasons: [reason] };
        }
        return { ...result, outcome: reasons.length === 0 ? 'passed' : 'failed', reasons };
      } catch (error) {
        if (error instanceof NotApplicableError) {
          return { ...result, outcome: 'not-applicable', reasons: [error.message] };
        }
        if (error instanceof SetupDiffersError) {
          return { ...result, outcome: 'failed', reasons: [error.message] };
        }
        throw error;
      }
    });
  }

  #prepare(row: AnswerRow): void {
    for (const text of row.setup) {
      const line = parseSetupLine(text);
      if (line.kind === 'request') this.#setUp(line, text);
      else this.#circumstance(text);
    }
    const timesOut = row.setup.some((text) => text.includes('timeout 300'));
    if (timesOut) this.#broker.passTime(TIMED_OUT_MS);
  }

  #circumstance(text: string): void {
    if (text.startsWith('DeleteTopics')) this.#broker.deleteTopic(this.#names.topic);
    const [, seconds] = /^\((\d+) s later/.exec(text) ?? [];
    if (seconds !== undefined) this.#broker.passTime(Number(seconds) * 1_000);
    const [, bumps, producerId, epoch] = /^\((\d+) epoch bumps.*\((\d+),(\d+)\)/.exec(text) ?? [];
    if (bumps !== undefined) this.#bumpEpoch(Number(bumps), Number(producerId), Number(epoch));
  }

  #bumpEpoch(times: number, producerId: number, expectedEpoch: number): void {
    const transactionalId = this.#names.transactionalIdOf(producerId);
    let identity: ProducerIdentity = NO_IDENTITY;
    for (let time = 0; time <= times; time += 1) {
      identity = this.#broker.ask({
        api: 'InitProducerId',
        apiVersion: 5,
        body: {
          transactionalId,
          transactionTimeoutMs: 60_000,
          ...NO_IDENTITY,
          enable2Pc: false,
          keepPreparedTxn: false,
        },
      }) as ResponseOf<'InitProducerId'>;
    }
    this.#expectIdentity(identity, { producerId, producerEpoch: expectedEpoch }, 'epoch bumps');
  }

  #setUp(line: SetupRequest, text: string): void {
    const recorded = line.identity ?? NO_IDENTITY;
    const owner = line.identity ?? line.answeredIdentity ?? NO_IDENTITY;
    const request = setupRequest(line, {
      names: this.#names,
      identity: { ...recorded, producerId: this.#producers.actual(recorded.producerId) },
      transactionalId: this.#names.transactionalIdOf(owner.producerId),
      memberId: this.#memberId,
    });
    this.#lastPartition = partitionOf(request) ?? this.#lastPartition;
    const response = this.#broker.ask(request);
    const errorCode = response === null ? 'no answer' : errorOf(request, response);
    if (errorCode !== line.errorCode) {
      throw new SetupDiffersError(
        `setup "${text}": expected ${line.errorCode}, found ${errorCode}`,
      );
    }
    if (line.answeredIdentity !== null) {
      this.#expectIdentity(response as ResponseOf<'EndTxn'>, line.answeredIdentity, text);
    }
    if (request.api === 'JoinGroup')
      this.#memberId = (response as ResponseOf<'JoinGroup'>).memberId;
  }

  #expectIdentity(found: ProducerIdentity, recorded: ProducerIdentity, text: string): void {
    const isSame =
      this.#producers.isSame(found.producerId, recorded.producerId) &&
      found.producerEpoch === recorded.producerEpoch;
    if (isSame) return;
    throw new SetupDiffersError(
      `setup "${text}": expected (${recorded.producerId},${recorded.producerEpoch}), found (${found.producerId},${found.producerEpoch})`,
    );
  }

  #ask(row: AnswerRow): string[] {
    const request = requestOf(this.#withActualNames(row));
    const transactionalId = transactionalIdOf(request);
    this.#lastPartition = partitionOf(request) ?? this.#lastPartition;
    const before = this.#stateDifferences('before', transactionalId, row.before);
    const response = this.#broker.ask(request);
    if (response === null) return [...before, 'expected an answer, found none within a minute'];
    return [
      ...before,
      ...this.#responseDifferences(row, request, response),
      ...this.#stateDifferences('after', transactionalId, row.after),
      ...this.#logDifferences(row),
    ];
  }

  /** Topic ids stand for the topic, and the member's name for the member. */
  #withActualNames(row: AnswerRow): AnswerRow {
    const text = JSON.stringify(row.request)
      .replaceAll(/"TopicId":"[^"]*"/g, `"Name":"${this.#names.topic}"`)
      .replaceAll('"member-1"', JSON.stringify(this.#memberId));
    const request = this.#producers.inFields(JSON.parse(text) as AnswerRow['request']);
    return { ...row, request };
  }

  #responseDifferences(row: AnswerRow, request: Request, response: Response): string[] {
    const recorded = JSON.parse(
      JSON.stringify(row.response.fields ?? {}).replaceAll(
        /"TopicId":"[^"]*"/g,
        `"Name":"${this.#names.topic}"`,
      ),
    ) as unknown;
    return fieldDifferences(responseFields(request, response), recorded, this.#isSame);
  }

  readonly #isSame = (field: string, found: unknown, expected: unknown): boolean =>
    this.#producers.isProducerField(field) &&
    typeof found === 'number' &&
    typeof expected === 'number'
      ? this.#producers.isSame(found, expected)
      : found === expected;

  #stateDifferences(
    when: 'before' | 'after',
    transactionalId: TransactionalId | null,
    recorded: Described | undefined,
  ): string[] {
    if (recorded === undefined || transactionalId === null) return [];
    const found = this.#broker.describe(transactionalId);
    if ('error' in recorded) {
      return 'error' in found && found.error === recorded.error
        ? []
        : [`state ${when}: expected ${String(recorded.error)}, found ${JSON.stringify(found)}`];
    }
    const { state, producerId, producerEpoch, partitions } = recorded;
    const sorted = { state, producerId, producerEpoch, partitions: partitions.toSorted() };
    const foundSorted =
      'error' in found ? found : { ...found, partitions: found.partitions.toSorted() };
    return fieldDifferences(foundSorted, sorted, this.#isSame, `state ${when}`);
  }

  #logDifferences(row: AnswerRow): string[] {
    if (row.log === undefined) return [];
    const partition = this.#lastPartition;
    const found = this.#broker.batches(partition).map((batch) => this.#logLine(batch));
    const isSame =
      found.length === row.log.length && found.every((line, i) => line === row.log![i]);
    return isSame
      ? []
      : [`log of ${partition}: expected ${row.log.join('; ')}, found ${found.join('; ')}`];
  }

  #logLine(batch: StoredBatch): string {
    const { baseOffset, lastOffset, producerEpoch } = batch;
    const place = lastOffset === baseOffset ? String(baseOffset) : `${baseOffset}-${lastOffset}`;
    const head = `${place} pid=${this.#producers.recorded(batch.producerId)} epoch=${producerEpoch}`;
    if (batch.kind === 'control') {
      const { type, coordinatorEpoch } = batch.marker;
      return `${head} seq=-1 txn ${type} cEpoch=${coordinatorEpoch}`;
    }
    return `${head} seq=${batch.baseSequence}${batch.transactional ? ' txn' : ''}`;
  }
}

/** Null: it can be replayed. */
function inapplicableScenario({ rows }: MeasuredScenario): string | null {
  const { follows } = rows[0]!;
  return follows === undefined
    ? null
    : `its scenario begins with ${follows}, which the table lacks`;
}

/** `kafka-4.3.1 tv2`. */
function transactionVersionOf(broker: string): TransactionVersion {
  return Number(/tv([012])$/.exec(broker)?.[1] ?? 2) as TransactionVersion;
}

function transactionalIdOf(request: Request): TransactionalId | null {
  switch (request.api) {
    case 'AddPartitionsToTxn':
      return request.body.transactions[0]?.transactionalId ?? null;
    case 'InitProducerId':
    case 'AddOffsetsToTxn':
    case 'EndTxn':
    case 'TxnOffsetCommit':
    case 'Produce':
      return request.body.transactionalId;
    default:
      return null;
  }
}

function partitionOf(request: Request): TopicPartition | undefined {
  switch (request.api) {
    case 'Produce':
      return request.body.partitions[0]?.partition;
    case 'WriteTxnMarkers':
      return request.body.markers[0]?.partitions[0];
    default:
      return undefined;
  }
}
