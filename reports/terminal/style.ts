/** Emphasis for terminals. Meaning never hangs on it: plain text says the same. */

export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

const asIs = (text: string): string => text;

export const PLAIN: Style = { bold: asIs, dim: asIs, red: asIs, green: asIs, yellow: asIs };

const sgr =
  (on: number, off: number) =>
  (text: string): string =>
    `\u001b[${on}m${text}\u001b[${off}m`;

export const ANSI: Style = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39),
};

/** Of a verdict, or of what a claim or a property turned out to be. */
export function statusColour(status: string, style: Style): (text: string) => string {
  switch (status) {
    case 'holds':
      return style.green;
    case 'violated':
      return style.red;
    default:
      return style.yellow;
  }
}
