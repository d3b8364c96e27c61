/** Copies what a reader takes along. */

import { element } from './element.ts';

export class CopyButtons {
  readonly #texts: Readonly<Record<string, () => string>>;

  constructor(texts: Readonly<Record<string, () => string>>) {
    this.#texts = texts;
    element('copies').hidden = false;
    for (const button of element('copies').querySelectorAll('button')) {
      button.addEventListener('click', () => void this.copy(button.dataset['copy'] ?? ''));
    }
  }

  async copy(what: string): Promise<void> {
    const text = this.#texts[what]?.() ?? '';
    const isCopied = await write(text);
    element('copied').textContent = isCopied
      ? `Copied ${text.length.toLocaleString('en')} characters.`
      : 'The browser does not let the page copy.';
  }
}

async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return writeBySelection(text);
  }
}

/** Browsers that know no clipboard outside https can copy what is selected. */
function writeBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  return isCopied;
}
