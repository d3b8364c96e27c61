/** How a counterexample's page looks beyond the theme. */

export const PAGE_CSS = `
.story { font-size: 1.1rem; }
.notice { padding: 0.5rem 0.8rem; background: var(--warn-paper); color: var(--warn); }
.copies button { margin: 0 0.3rem 0.3rem 0; }
.columns { display: grid; grid-template: 'picture argument' auto 'picture steps' 1fr / minmax(0, 1fr) 23rem; gap: 0 1.25rem; }
.picture { grid-area: picture; }
.argument { grid-area: argument; }
.steps { grid-area: steps; }
.why { padding-left: 1.4rem; margin: 0.4rem 0; }
.lanes-frame { overflow: auto; max-height: calc(100vh - 9rem); border: 1px solid var(--line); border-radius: 0.3rem; }
.lane-heads { box-sizing: content-box; position: sticky; top: 0; z-index: 1; display: block; background: var(--paper); border-bottom: 1px solid var(--line); }
svg.lanes { display: block; }
.picture svg.lanes { margin-top: -24px; }
.paper-heads { display: none; }
svg text { font: 12px/1 system-ui, 'Segoe UI', 'Noto Sans', sans-serif; fill: var(--ink); }
svg .gutter { text-anchor: end; fill: var(--quiet); font-variant-numeric: tabular-nums; }
svg .lane-head { text-anchor: middle; font-weight: 600; }
svg .mark { text-anchor: start; font-weight: 700; fill: var(--bad); }
.band { width: 100%; fill: transparent; cursor: pointer; }
.band:hover { fill: var(--raised); }
.band.offending { fill: var(--bad-paper); }
.band.current { fill: var(--mark-paper); }
.band.current.offending { stroke: var(--bad); stroke-width: 2; fill: var(--bad-paper); }
.signs { pointer-events: none; }
.lane-line { stroke: var(--line); stroke-width: 2; }
.lane-line.zombie { stroke: var(--warn); stroke-dasharray: 2 5; }
.down { fill: var(--raised); stroke: var(--line); stroke-dasharray: 3 3; }
.brace { fill: none; stroke: var(--bad); stroke-width: 2; }
.arrow { pointer-events: none; stroke: var(--ink); fill: var(--ink); }
.arrow.fault { stroke: var(--warn); fill: var(--warn); }
.arrow.late .way { stroke-dasharray: 7 4; }
.way { stroke-width: 1.5; fill: none; }
.cross { stroke-width: 2.5; fill: none; }
.ring { fill: var(--paper); stroke-width: 2; }
.tip { stroke: none; }
svg .label, svg .times { font-size: 10.5px; text-anchor: middle; fill: var(--quiet); stroke: var(--paper); stroke-width: 4px; paint-order: stroke; stroke-linejoin: round; }
svg .fault .label, svg .fault .times, svg .row.fault .words { fill: var(--warn); }
.solid, .dot { fill: var(--ink); stroke: none; }
.open { fill: var(--paper); stroke: var(--ink); stroke-width: 1.5; }
.crash { stroke: var(--bad); stroke-width: 3; fill: none; }
svg .row.crashed .words { fill: var(--bad); font-weight: 600; }
svg .row.offending .words { fill: var(--bad); font-weight: 600; }
.around { fill: none; stroke: var(--bad); stroke-width: 2.5; }
.state-chip { fill: var(--raised); stroke: var(--quiet); }
svg .chip-text { font-size: 11px; text-anchor: middle; }
.clock-line { stroke: var(--quiet); stroke-dasharray: 1 6; stroke-width: 2; stroke-linecap: round; fill: none; }
svg .clock .words, svg .gap text, svg .aside .words, svg .aside .chip-text { fill: var(--quiet); }
.arrow.aside { stroke: var(--quiet); fill: var(--quiet); }
.aside .solid, .aside .dot { fill: var(--quiet); }
.aside .open { stroke: var(--quiet); }
.later { opacity: 0.25; }
.flying > * { opacity: 0.15; }
.now-line { stroke: var(--link); stroke-width: 1; stroke-dasharray: 4 3; }
.now-way { stroke: var(--link); stroke-width: 2.5; }
.now-end { fill: var(--paper); stroke: var(--link); stroke-width: 2.5; }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; margin: 0.5rem 0; padding: 0; list-style: none; font-size: 0.8125rem; color: var(--quiet); }
.legend li { display: flex; gap: 0.4rem; align-items: center; }
.stepper { padding: 0.3rem 0; background: var(--paper); }
.stepper .buttons { display: flex; flex-wrap: wrap; gap: 0.3rem; }
.stepper button { padding: 0.2rem 0.5rem; font-size: 0.875rem; }
.stepper input { width: 100%; margin: 0.6rem 0 0; accent-color: var(--link); }
#announcement { margin: 0.2rem 0; min-height: 1.5em; font-size: 0.875rem; }
.event-text { padding: 0.35rem 0.6rem; background: var(--mark-paper); border-radius: 0.3rem; }
.diff { width: 100%; font-size: 0.8125rem; }
.diff thead th { white-space: nowrap; }
.diff th[scope='row'] { font-weight: 400; }
.diff ins { color: var(--good); text-decoration: none; font-weight: 600; }
.diff del { color: var(--bad); }
.whole-state { margin-top: 0.6rem; }
.events { padding-left: 3.2rem; font-size: 0.875rem; }
.events li { padding: 0.05rem 0.4rem; }
.events li > b { font-weight: inherit; color: var(--quiet); }
.events .aside { color: var(--quiet); }
.events .offending { background: var(--bad-paper); border-radius: 0.2rem; }
.events li:target, .events .current { box-shadow: inset 3px 0 0 var(--link); }
dialog { max-width: 28rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--paper); color: var(--ink); }
dialog dl > div { display: flex; gap: 1rem; }
dialog dt { min-width: 5rem; }
dialog dd { margin: 0; }
@media (max-width: 86rem) {
  .columns { grid-template-columns: minmax(0, 1fr) 20rem; }
}
@media (max-width: 64rem) {
  .columns { grid-template: 'argument' auto 'picture' auto 'steps' auto / minmax(0, 1fr); }
  .lanes-frame { max-height: 65vh; }
  .stepper { position: sticky; bottom: 0; border-top: 1px solid var(--line); }
}
@media (max-width: 40rem) {
  .events { padding-left: 2.6rem; }
}
@media print {
  .columns { display: block; }
  .picture h2, .picture .lane-heads { display: none; }
  .paper-heads { display: inline; }
  .lanes-frame { max-height: none; overflow: visible; border: none; }
  .picture svg.lanes { width: 100%; height: auto; margin: 0; }
  .later { opacity: 1; }
  .now, .steps { display: none; }
  .flying > * { opacity: 1; }
  .events { columns: 2; column-gap: 4rem; font-size: 0.7rem; }
}
`;
