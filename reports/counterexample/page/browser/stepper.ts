/** Which event is looked at. Everything on the page that depends on it is drawn from here, and the URL names it. */

import type { Counterexample } from '../../document.ts';
import { html } from '../../../page/html.ts';
import { laneHeads, lanesSvg } from '../lanes-svg.ts';
import { statePanel } from '../state-panel.ts';
import { stepsOf } from '../steps.ts';
import { element, elementOf } from './element.ts';
import { drawMoment } from './moment.ts';

export type Move = 'first' | 'previous' | 'next' | 'last' | 'offending';
type Kind = 'offending' | 'fault';

export class Stepper {
  readonly #document: Counterexample;
  readonly #slider = elementOf('slider', HTMLInputElement);
  readonly #everything = elementOf('everything', HTMLInputElement);
  /** Numbers of the events that the view steps through. */
  #steps: number[];
  #at = 0;

  constructor(document: Counterexample) {
    this.#document = document;
    this.#steps = stepsOf(document, this.#everything.checked);
    this.#listen();
    this.#describeSteps();
    const cited = numberInHash();
    if (cited === null) this.#goTo(this.#last('offending') ?? this.#steps.length - 1, 'quietly');
    else this.show(cited);
  }

  move(move: Move): void {
    switch (move) {
      case 'first':
        return this.#goTo(0);
      case 'previous':
        return this.#goTo(this.#at - 1);
      case 'next':
        return this.#goTo(this.#at + 1);
      case 'last':
        return this.#goTo(this.#steps.length - 1);
      case 'offending':
        return this.moveTo('offending', 1);
    }
  }

  /** To the next event of a kind, or the previous one (-1), round the end. */
  moveTo(kind: Kind, direction: 1 | -1): void {
    const matching = this.#indexesOf(kind);
    const target =
      direction === 1
        ? (matching.find((index) => index > this.#at) ?? matching[0])
        : (matching.findLast((index) => index < this.#at) ?? matching.at(-1));
    if (target !== undefined) this.#goTo(target);
  }

  /** An event by its number; the view changes if it does not draw it. */
  show(number: number): void {
    if (!this.#steps.includes(number) && !this.#everything.checked) this.toggleEverything();
    const drawn = this.#steps.findIndex((step) => step >= number);
    this.#goTo(drawn === -1 ? this.#steps.length - 1 : drawn);
  }

  toggleEverything(): void {
    this.#everything.checked = !this.#everything.checked;
    this.#changeView();
  }

  #listen(): void {
    element('stepper').hidden = false;
    element('views').hidden = false;
    this.#everything.addEventListener('change', () => this.#changeView());
    this.#slider.addEventListener('input', () => this.#goTo(Number(this.#slider.value)));
    for (const button of element('stepper').querySelectorAll<HTMLElement>('[data-step]')) {
      button.addEventListener('click', () => this.move(button.dataset['step'] as Move));
    }
    element('lanes').addEventListener('click', ({ target }) => {
      const number = (target as Element).closest<SVGElement>('[data-event]')?.dataset['event'];
      if (number !== undefined) this.show(Number(number));
    });
    document.addEventListener('click', (event) => {
      const link = (event.target as Element).closest<HTMLAnchorElement>('a[href^="#e"]');
      const number = link === null ? null : numberIn(link.hash);
      if (number === null) return;
      event.preventDefault();
      this.show(number);
    });
    addEventListener('hashchange', () => {
      const number = numberInHash();
      if (number !== null) this.show(number);
    });
    // The browser has scrolled to the event's words; the picture is what a reader came for.
    addEventListener('load', () => {
      if (numberInHash() !== null) element('lanes').scrollIntoView({ block: 'nearest' });
    });
  }

  #changeView(): void {
    const all = this.#everything.checked;
    const number = this.#steps[this.#at] ?? 1;
    element('lanes').innerHTML =
      html`${laneHeads(this.#document, all)}${lanesSvg(this.#document, all)}`.toString();
    this.#steps = stepsOf(this.#document, all);
    this.#describeSteps();
    const drawn = this.#steps.findIndex((step) => step >= number);
    this.#goTo(drawn === -1 ? this.#steps.length - 1 : drawn);
  }

  #describeSteps(): void {
    this.#slider.max = String(this.#steps.length - 1);
    const ticks = [...this.#indexesOf('fault'), ...this.#indexesOf('offending')];
    element('ticks').replaceChildren(
      ...ticks.map((index) => {
        const tick = document.createElement('option');
        tick.value = String(index);
        return tick;
      }),
    );
  }

  #indexesOf(kind: Kind): number[] {
    return this.#steps.flatMap((number, index) => {
      const row = this.#document.rows[number - 1]!;
      const isFault = row.kind === 'crashed' || (row.kind === 'message' && row.isFault);
      const isMatch = kind === 'fault' ? isFault : row.offending !== null;
      return isMatch ? [index] : [];
    });
  }

  #last(kind: Kind): number | undefined {
    return this.#indexesOf(kind).at(-1);
  }

  #goTo(index: number, manner?: 'quietly'): void {
    this.#at = Math.min(Math.max(index, 0), this.#steps.length - 1);
    const number = this.#steps[this.#at]!;
    const previous = this.#steps[this.#at - 1] ?? 0;
    const place = `Event ${number}, step ${this.#at + 1} of ${this.#steps.length}`;
    this.#slider.value = String(this.#at);
    this.#slider.setAttribute('aria-valuetext', place);
    const panel = element('state');
    const wasOpen = panel.querySelector('details')?.open ?? false;
    panel.innerHTML = statePanel(this.#document, number, previous).toString();
    const details = panel.querySelector('details');
    if (details !== null) details.open = wasOpen;
    for (const button of element('stepper').querySelectorAll<HTMLButtonElement>('[data-step]')) {
      const move = button.dataset['step'] as Move;
      if (move === 'first' || move === 'previous') button.disabled = this.#at === 0;
      if (move === 'last' || move === 'next') button.disabled = this.#at === this.#steps.length - 1;
    }
    drawMoment(element('lanes'), number);
    if (manner === 'quietly') return;
    element('announcement').textContent = `${place}: ${this.#document.rows[number - 1]!.text}`;
    history.replaceState(null, '', `#e${number}`);
  }
}

function numberInHash(): number | null {
  return numberIn(location.hash);
}

function numberIn(hash: string): number | null {
  const number = /^#e(\d+)$/.exec(hash)?.[1];
  return number === undefined ? null : Number(number);
}
