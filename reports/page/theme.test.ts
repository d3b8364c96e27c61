/** The theme's colours keep WCAG's contrast for text (1.4.3) on every ground that text stands on. */

import { describe, expect, test } from 'vitest';
import { THEME_CSS } from './theme.ts';

const COLOURS = new Map(
  [...THEME_CSS.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(
    ([, name, light, dark]) => [name!, { light: light!, dark: dark! }],
  ),
);

const PAIRS: readonly (readonly [ink: string, grounds: readonly string[]])[] = [
  ['ink', ['paper', 'raised', 'mark-paper', 'bad-paper', 'good-paper', 'warn-paper']],
  ['quiet', ['paper', 'raised', 'mark-paper', 'bad-paper']],
  ['link', ['paper', 'raised', 'mark-paper', 'bad-paper']],
  ['good', ['paper', 'raised', 'good-paper']],
  ['bad', ['paper', 'raised', 'bad-paper', 'mark-paper']],
  ['warn', ['paper', 'raised', 'warn-paper']],
];

/** Relative luminance of an sRGB colour. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter! + 0.05) / (darker! + 0.05);
}

describe.each(['light', 'dark'] as const)('in %s', (scheme) => {
  test.each(PAIRS)('%s can be read', (ink, grounds) => {
    const poor = grounds.filter(
      (ground) => contrast(COLOURS.get(ink)![scheme], COLOURS.get(ground)![scheme]) < 4.5,
    );
    expect(poor).toEqual([]);
  });
});
