/** Escaping, embedding and the policy of pages, without a browser; `reports/counterexample` has the tests with one. */

import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EMBEDDED_BYTES_MAX, embedded } from './embedded.ts';
import { html } from './html.ts';
import { renderPage } from './page.ts';

describe('a template', () => {
  test('escapes every value, in text and in attributes', () => {
    const hostile = `</script><img src=x onerror="alert('1')">&amp;`;
    expect(html`<b title="${hostile}">${hostile}</b>`.toString()).not.toMatch(
      /<(?!\/?b\b)|onerror="/,
    );
  });

  test('inserts its own kind as it is, lists one after the other, nothing for nothing', () => {
    const items = ['a', '<'].map((text) => html`<li>${text}</li>`);
    const markup = html`<ul>${items}${null}${undefined}${false}${0}</ul>`;
    expect(markup.toString()).toBe('<ul><li>a</li><li>&lt;</li>0</ul>');
  });

  test('names characters that cannot be seen or turn text around', () => {
    const text = 'a\u202Eb\u0000c\u200Bd\uFEFF\uD800\u2028\tx\ny';
    expect(html`${text}`.toString()).toBe(
      'a‹U+202E›b‹U+0000›c‹U+200B›d‹U+FEFF›‹U+D800›‹U+2028›\tx\ny',
    );
  });

  test('leaves no character that could open an element or end an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(html`${text}`.toString()).not.toMatch(/[<>"']/);
      }),
    );
  });
});

describe('embedded data', () => {
  const contentOf = (element: string): string =>
    element.replaceAll(/^<script[^>]*>|<\/script>$/g, '');

  test('is JSON that ends no element', () => {
    const value = { hostile: '</script><!-- <script>\u202E\u0000\uD800\n' };
    const element = embedded('data', value)!.toString();
    expect(element.match(/</g)).toHaveLength(2);
    expect(element).not.toContain('\u202E');
    expect(JSON.parse(contentOf(element))).toEqual(value);
  });

  test('is compressed above 200 KB', () => {
    const value = Array.from({ length: 50_000 }, (_, index) => index);
    const element = embedded('data', value)!.toString();
    expect(element).toContain('type="application/gzip"');
    const json = gunzipSync(Buffer.from(contentOf(element), 'base64')).toString();
    expect(JSON.parse(json)).toEqual(value);
    expect(embedded('data', value)!.toString(), 'same value, same bytes').toBe(element);
  });

  test('is refused above 3 MB', () => {
    expect(embedded('data', 'x'.repeat(EMBEDDED_BYTES_MAX))).toBeNull();
  });
});

describe('a page', () => {
  const parts = {
    title: 'a <title>',
    generator: 'onceproof 0',
    css: 'p { color: red }',
    script: 'document.title = "&&";',
    header: html`<h1>h</h1>`,
    main: 'm',
    footer: 'f',
  };

  test('allows its own style and script by their hashes and nothing else', () => {
    const page = renderPage(parts);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!;
    const digest = (tag: string): string => {
      const content = new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`).exec(page)![1]!;
      return `sha256-${createHash('sha256').update(content).digest('base64')}`;
    };
    expect(policy.replaceAll('&#39;', "'")).toBe(
      `default-src 'none'; style-src '${digest('style')}'; script-src '${digest('script')}'; ` +
        "img-src data:; base-uri 'none'; form-action 'none'",
    );
    expect(page).toContain('<title>a &lt;title&gt;</title>');
  });

  test('without a script allows none', () => {
    expect(renderPage({ ...parts, script: null })).toContain('script-src &#39;none&#39;');
  });
});
