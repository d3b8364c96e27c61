/** `npm run bench -- NAME...`: measurements, each a table on stdout. Without a name: all of them. */

import { benchChecker } from './checker.ts';
import { benchColdStart } from './cold-start.ts';
import { benchJudge } from './judge.ts';
import { benchLongHistory } from './long-history.ts';
import { benchMinimal } from './minimal.ts';
import { benchSimulation } from './simulation.ts';

const BENCHES: Readonly<Record<string, (print: (line: string) => void) => Promise<void>>> = {
  checker: benchChecker,
  simulation: benchSimulation,
  'cold-start': benchColdStart,
  judge: benchJudge,
  'long-history': benchLongHistory,
  minimal: benchMinimal,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  process.stderr.write(
    `Expected names of benchmarks (${Object.keys(BENCHES).join(', ')}), found ${unknown.join(', ')}.\n`,
  );
  process.exitCode = 4;
} else {
  for (const name of asked.length === 0 ? Object.keys(BENCHES) : asked) {
    await BENCHES[name]!((line) => process.stdout.write(`${line}\n`));
  }
}
