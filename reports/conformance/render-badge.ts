/** A badge: how many must clauses hold, of how many, by which rules. Never a percentage: those turn into rankings. */

import type { ConformanceReport } from '../evidence/conformance-report.ts';
import { html } from '../page/html.ts';
import { profileOf } from './subject.ts';

/** White text on each has a contrast of at least 4.5. */
const COLOURS: Readonly<Record<ConformanceReport['verdict']['value'], string>> = {
  conformant: '#1a7f37',
  partial: '#8a5a00',
  'non-conformant': '#b3141d',
  inconclusive: '#57606a',
  unavailable: '#57606a',
};
const LABEL_COLOUR = '#3b434e';

export function badgeText({ verdict, subject }: ConformanceReport): string {
  const { held, total } = verdict.must;
  const counted = `must ${held}/${total} · ${profileOf(subject)}`;
  switch (verdict.value) {
    case 'conformant':
      return counted;
    case 'partial':
      return `partial, ${counted}`;
    default:
      return `${verdict.value} · ${profileOf(subject)}`;
  }
}

/** Names the subject, so that the badge of a mutant is not taken for the reference's. */
function labelText({ subject }: ConformanceReport): string {
  return subject.mutant === null ? 'EOS' : `EOS ${subject.mutant}`;
}

const HEIGHT = 20;
const PADDING = 7;
/** Of 11px sans-serif, generously; `textLength` makes any font fit. */
const CHARACTER = 6.3;

export function renderBadge(report: ConformanceReport): string {
  const label = labelText(report);
  const text = badgeText(report);
  const [labelWidth, textWidth] = [widthOf(label), widthOf(text)];
  const width = labelWidth + textWidth;
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" role="img" aria-label="${label} ${text}">
<title>${label} ${text}</title>
<clipPath id="r"><rect width="${width}" height="${HEIGHT}" rx="3"/></clipPath>
<g clip-path="url(#r)"><rect width="${labelWidth}" height="${HEIGHT}" fill="${LABEL_COLOUR}"/><rect x="${labelWidth}" width="${textWidth}" height="${HEIGHT}" fill="${COLOURS[report.verdict.value]}"/></g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
<text x="${labelWidth / 2}" y="14" textLength="${labelWidth - 2 * PADDING}" lengthAdjust="spacingAndGlyphs">${label}</text>
<text x="${labelWidth + textWidth / 2}" y="14" textLength="${textWidth - 2 * PADDING}" lengthAdjust="spacingAndGlyphs">${text}</text>
</g>
</svg>
`.toString();
}

function widthOf(text: string): number {
  return Math.round(text.length * CHARACTER) + 2 * PADDING;
}
