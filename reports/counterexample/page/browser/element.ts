/** Finds what the page's markup promises. */

export function element(id: string): HTMLElement {
  return elementOf(id, HTMLElement);
}

export function elementOf<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`expected an element #${id} in the page`);
}
