/**
 * HTML and SVG as template literals in which every value is escaped: what a history, a file or a mutant is called can
 * never become markup. Only another `html` literal is inserted as it is.
 */

/** Text that is safe as markup. Made by `html` and by this folder alone. */
export class Html {
  readonly #markup: string;

  private constructor(markup: string) {
    this.#markup = markup;
  }

  /** The one way around escaping, for markup that the caller has made safe itself. */
  static trusted(markup: string): Html {
    return new Html(markup);
  }

  toString(): string {
    return this.#markup;
  }
}

/** Nothing is drawn of null, undefined and false. */
export type Content = Html | string | number | null | undefined | false | readonly Content[];

export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  const markup = parts.map((part, index) =>
    index === 0 ? part : markupOf(values[index - 1]) + part,
  );
  return Html.trusted(markup.join(''));
}

function markupOf(content: Content): string {
  if (content === null || content === undefined || content === false) return '';
  if (content instanceof Html) return content.toString();
  if (typeof content === 'object') return content.map(markupOf).join('');
  return escapeHtml(visible(String(content)));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/**
 * Controls, zero-width and bidirectional characters (which make text read other than it is stored, CVE-2021-42574)
 * and lone surrogates; not tab and line feed.
 */
export const INVISIBLE =
  /[\p{Cc}\p{Cs}\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/gu;

/** Names what would not be seen: U+202E as `‹U+202E›`. */
export function visible(text: string): string {
  return text.replaceAll(INVISIBLE, (character) => {
    if (character === '\t' || character === '\n') return character;
    const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    return `‹U+${code}›`;
  });
}
