/** Keys, as the help lists them. They can be turned off, for those whose software sends keys of its own (WCAG 2.1.4). */

import type { CopyButtons } from './copy-buttons.ts';
import { element, elementOf } from './element.ts';
import type { Stepper } from './stepper.ts';

export function listenToKeys(stepper: Stepper, copies: CopyButtons): void {
  const help = elementOf('help', HTMLDialogElement);
  const actions: Readonly<Record<string, () => void>> = {
    j: () => stepper.move('next'),
    ArrowRight: () => stepper.move('next'),
    k: () => stepper.move('previous'),
    ArrowLeft: () => stepper.move('previous'),
    Home: () => stepper.move('first'),
    End: () => stepper.move('last'),
    n: () => stepper.moveTo('offending', 1),
    p: () => stepper.moveTo('offending', -1),
    ']': () => stepper.moveTo('fault', 1),
    '[': () => stepper.moveTo('fault', -1),
    a: () => stepper.toggleEverything(),
    c: () => void copies.copy('replay'),
    t: () => void copies.copy('test'),
    '?': () => help.showModal(),
  };
  element('help-button').addEventListener('click', () => help.showModal());
  document.addEventListener('keydown', (event) => {
    const action = actions[event.key];
    if (action === undefined || !isForThePage(event, help)) return;
    event.preventDefault();
    action();
  });
}

function isForThePage(event: KeyboardEvent, help: HTMLDialogElement): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return false;
  if (!elementOf('keys', HTMLInputElement).checked) return false;
  // A list of choices finds its entries by letters.
  return !(event.target instanceof HTMLSelectElement);
}
