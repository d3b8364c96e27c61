/** What the progress line says of a run. */

import type { CampaignProgress } from '../properties/campaign/run-campaign.ts';
import type { Progress } from './progress.ts';

export function campaignProgress(progress: CampaignProgress): Progress {
  const { elapsedMs, scenarios, scenariosPlanned, timeMs, violations } = progress;
  const byCount = scenariosPlanned === null ? 0 : scenarios / scenariosPlanned;
  const byTime = timeMs === null ? 0 : elapsedMs / timeMs;
  const seconds = elapsedMs / 1_000;
  const rate = seconds > 0 ? Math.round(scenarios / seconds) : 0;
  const found = violations === 0 ? 'no violation' : `${violations} violations`;
  return {
    elapsedMs,
    share: Math.min(Math.max(byCount, byTime), 1),
    text:
      `${scenarios} scenarios, ${rate}/s, ${found}, ${progress.witnessesReached} of ` +
      `${progress.claims} witnesses reached, ${seconds.toFixed(1)} s`,
  };
}
