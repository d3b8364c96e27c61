/** Progress of long work on stderr: one line that is redrawn on a terminal, plain lines elsewhere. */

import type { Terminal } from './terminal.ts';

export interface Progress {
  readonly elapsedMs: number;
  /** From 0 to 1, by whichever budget ends first. */
  readonly share: number;
  /** Without the percentage. */
  readonly text: string;
}

/** The first plain line comes early, to show that it runs; then every tenth of the way or every half minute. */
const FIRST_LINE_MS = 2_000;
const LINE_EVERY_MS = 30_000;
const REDRAW_EVERY_MS = 100;

export class ProgressPrinter {
  readonly #terminal: Terminal;
  #lastMs = -Infinity;
  #lastTenth = 0;
  #lines = 0;
  #isDrawn = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  update(progress: Progress): void {
    if (this.#terminal.canRedraw) this.#redraw(progress);
    else this.#line(progress);
  }

  /** Leaves room for other output. */
  clear(): void {
    if (this.#isDrawn) this.#terminal.err('\r\u001b[K');
    this.#isDrawn = false;
  }

  #redraw(progress: Progress): void {
    if (progress.elapsedMs - this.#lastMs < REDRAW_EVERY_MS) return;
    this.#lastMs = progress.elapsedMs;
    const text = describe(progress).slice(0, this.#terminal.columns - 1);
    this.#terminal.err(`\r\u001b[K${text}`);
    this.#isDrawn = true;
  }

  #line(progress: Progress): void {
    const tenth = Math.floor(progress.share * 10);
    const isFirst = this.#lines === 0 && progress.elapsedMs >= FIRST_LINE_MS;
    const isDue = progress.elapsedMs - this.#lastMs >= LINE_EVERY_MS && this.#lines > 0;
    if (!isFirst && !isDue && tenth <= this.#lastTenth) return;
    this.#lastMs = progress.elapsedMs;
    this.#lastTenth = Math.max(tenth, this.#lastTenth);
    this.#lines += 1;
    this.#terminal.err(`${describe(progress)}\n`);
  }
}

function describe({ share, text }: Progress): string {
  return `${String(Math.floor(share * 100)).padStart(3)} %  ${text}`;
}
