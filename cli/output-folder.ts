/**
 * Where a command leaves its evidence: `run.json`, `coverage.json` and one file a finding, `mutation.json`,
 * `clauses.json`, `judgement.json`. A lock keeps a second run out of the folder, and every file appears whole or not
 * at all.
 */

import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Coverage } from '../reports/evidence/coverage.ts';
import {
  environmentSchema,
  type CommandRun,
  type Environment,
} from '../reports/evidence/environment.ts';
import type { ClauseResults } from '../reports/evidence/clause.ts';
import type { Finding } from '../reports/evidence/finding.ts';
import type { Judgement } from '../reports/evidence/judgement.ts';
import type { MutationResult } from '../reports/evidence/mutation.ts';
import type { RunResult } from '../reports/evidence/run-result.ts';
import { withCommand } from './environment.ts';
import { UsageError } from './errors.ts';
import { writeWholeFile } from './output-file.ts';

const FINDINGS = 'findings';
const RESULT = 'run.json';
const MUTATION = 'mutation.json';
const COVERAGE = 'coverage.json';
const CLAUSES = 'clauses.json';
const JUDGEMENT = 'judgement.json';
const ENVIRONMENT = 'environment.json';
const LOCK = 'lock';

export class OutputFolder {
  readonly path: string;
  readonly #token: string;

  private constructor(path: string, token: string) {
    this.path = path;
    this.#token = token;
  }

  /** Creates the folder if needed and locks it; refuses one that cannot be written or that another run uses. */
  static open(path: string): OutputFolder {
    const token = `${process.pid} ${randomUUID()}`;
    const lock = join(path, LOCK);
    if (path === '') {
      throw new UsageError('--out: expected a folder, found nothing. Name one, or leave it out.');
    }
    refusingUnwritable(path, () => makeFolder(resolve(path)));
    refuseOccupied(join(path, FINDINGS), 'a folder', (found) => found.isDirectory());
    for (const file of [RESULT, MUTATION, COVERAGE, CLAUSES, JUDGEMENT, ENVIRONMENT]) {
      refuseOccupied(join(path, file), 'a file', (found) => found.isFile());
    }
    for (let attempt = 0; attempt < 2; attempt += 1) {
      if (refusingUnwritable(path, () => create(lock, token))) return new OutputFolder(path, token);
      const owner = readFileSync(lock, 'utf8');
      if (isRunning(owner)) throw inUse(path, owner);
      // Left behind by a run that was killed. Renaming first, so that of two runs only one takes it away.
      const stale = `${lock}.${randomUUID()}`;
      renameSync(lock, stale);
      rmSync(stale, { force: true });
    }
    throw inUse(path, 'another run');
  }

  /** Findings of earlier runs, oldest first. */
  earlierFindings(): string[] {
    const folder = join(this.path, FINDINGS);
    try {
      return readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => join(folder, name))
        .toSorted((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs || (a < b ? -1 : 1));
    } catch {
      return [];
    }
  }

  /** Returns the file's path. The same counterexample has the same name in every run. */
  writeFinding(finding: Finding): string {
    const folder = join(this.path, FINDINGS);
    makeFolder(folder);
    const path = join(folder, `${findingName(finding)}.json`);
    writeWhole(path, finding);
    return path;
  }

  writeResult(result: RunResult): string {
    const path = join(this.path, RESULT);
    writeWhole(path, result);
    return path;
  }

  writeMutation(result: MutationResult): void {
    writeWhole(join(this.path, MUTATION), result);
  }

  /** Null: this run has none, and an earlier run's would be taken for its own. */
  writeCoverage(coverage: Coverage | null): void {
    const path = join(this.path, COVERAGE);
    if (coverage === null) rmSync(path, { force: true });
    else writeWhole(path, coverage);
  }

  writeClauses(results: ClauseResults): void {
    writeWhole(join(this.path, CLAUSES), results);
  }

  writeJudgement(judgement: Judgement): void {
    writeWhole(join(this.path, JUDGEMENT), judgement);
  }

  /** Apart from the results, whose bytes depend on nothing but the seed. */
  writeEnvironment(run: CommandRun): void {
    const path = join(this.path, ENVIRONMENT);
    writeWhole(path, withCommand(readEnvironment(path), run));
  }

  close(): void {
    const lock = join(this.path, LOCK);
    if (readFileSync(lock, 'utf8') === this.#token) rmSync(lock);
  }
}

/** One by one: Node's recursive mode never returns for folders like /proc, where making one says "no such file". */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

function findingName(finding: Finding): string {
  const content = JSON.stringify([finding.claim, finding.mutant, finding.scenario]);
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 8);
  const mutant = finding.mutant === null ? '' : `-${finding.mutant}`;
  return `${finding.claim}${mutant}-${digest}`;
}

/** Null: there is none, or none that this version can add to. */
function readEnvironment(path: string): Environment | null {
  if (!existsSync(path)) return null;
  try {
    return environmentSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}

function writeWhole(path: string, value: unknown): void {
  writeWholeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** False if the file exists. */
function create(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (isErrno(error) && error.code === 'EEXIST') return false;
    throw error;
  }
}

function refusingUnwritable<Value>(path: string, write: () => Value): Value {
  try {
    return write();
  } catch (cause) {
    const found = isErrno(cause) ? cause.message : String(cause);
    throw new UsageError(
      `--out: expected a folder that can be written, found "${path}": ${found}. Name another folder.`,
      { cause },
    );
  }
}

/** What is to be written at the end must not turn out to be impossible then. */
function refuseOccupied(path: string, what: string, isFine: (found: Stats) => boolean): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || isFine(found)) return;
  throw new UsageError(
    `--out: expected ${what} at "${path}", or nothing, found something else. Move it away, or name another folder.`,
  );
}

function isRunning(owner: string): boolean {
  const pid = Number(owner.split(' ')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isErrno(error) && error.code === 'EPERM';
  }
}

function inUse(path: string, owner: string): UsageError {
  return new UsageError(
    `--out: expected a folder that no other run uses, found "${path}", locked by process ` +
      `${owner.split(' ')[0]}. Wait for it, or name another folder.`,
  );
}

function isErrno(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error;
}
