/** The package's public entry: run, replay and judge, the catalogue of claims and mutants, the formats of evidence. */

export { runCampaign } from './campaign/run-campaign.ts';
export type {
  CampaignHooks,
  CampaignOptions,
  CampaignOutcome,
  CampaignProgress,
} from './campaign/run-campaign.ts';
export { replayFinding } from './campaign/replay.ts';
export type { Replay } from './campaign/replay.ts';
export { violationOf } from './campaign/violation-of.ts';
export type { ViolationOfOptions } from './campaign/violation-of.ts';
export { CLAIM_NAMES } from './claim-names.ts';
export type { ClaimName } from './claim-names.ts';
export { CLAIMS } from './claims/all-claims.ts';
export type { Claim } from './claims/claim.ts';
export { JudgedHistory } from './claims/judged-history.ts';
export { HistoryIndex } from './history/history-index.ts';
export { HistoryJudge } from './judge/history-judge.ts';
export { MUTANTS } from './mutants/mutants.ts';
export type { Mutant } from './mutants/mutant.ts';
export { corpusScenarios } from './scenarios/corpus.ts';
export { walk } from './walk/walk.ts';
export type { WalkOptions } from './walk/walk.ts';
export type {
  ProducerConfiguration,
  ProducerRecord,
  TransactionalProducer,
} from './walk/transactional-producer.ts';
export { EvidenceError } from '../reports/evidence/errors.ts';
export { findingSchema } from '../reports/evidence/finding.ts';
export type { Finding, Violation } from '../reports/evidence/finding.ts';
export { historyEventSchema, historyHeaderSchema } from '../reports/evidence/history.ts';
export type { HistoryEvent, HistoryHeader } from '../reports/evidence/history.ts';
export { HistoryReader, readHistory } from '../reports/evidence/history-reader.ts';
export { judgementSchema } from '../reports/evidence/judgement.ts';
export type { Judgement } from '../reports/evidence/judgement.ts';
export { readFinding, readScenario } from '../reports/evidence/read.ts';
export { runResultSchema } from '../reports/evidence/run-result.ts';
export type { RunResult } from '../reports/evidence/run-result.ts';
export { scenarioSchema } from '../reports/evidence/scenario.ts';
export type { Scenario } from '../reports/evidence/scenario.ts';
