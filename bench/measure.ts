/** CPU time of this process, which a busy machine disturbs less than the clock. */

/** User CPU seconds that `work` took. */
export function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage().user;
  work();
  return (process.cpuUsage().user - before) / 1e6;
}

/** Median of `rounds` measurements; the first round, which warms up, comes in addition and is not counted. */
export function median(rounds: number, measure: (round: number) => number): number {
  measure(rounds + 1);
  const measured = Array.from({ length: rounds }, (_, round) => measure(round + 1));
  return measured.toSorted((left, right) => left - right)[rounds >> 1]!;
}
