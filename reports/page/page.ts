/**
 * A page that is one file and asks nobody for anything: its Content-Security-Policy allows the style and the script
 * whose hashes it names, and no request at all.
 */

import { createHash } from 'node:crypto';
import { Html, html, type Content } from './html.ts';
import { THEME_CSS } from './theme.ts';

export interface PageParts {
  readonly title: string;
  /** The tool and its version, for the page's meta data. */
  readonly generator: string;
  /** Of this kind of page, after the theme's. */
  readonly css: string;
  /** JavaScript as written by the project; null: the page needs none. */
  readonly script: string | null;
  readonly header: Content;
  readonly main: Content;
  readonly footer: Content;
}

export function renderPage(parts: PageParts): string {
  const style = THEME_CSS + parts.css;
  const { script } = parts;
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src ${script === null ? "'none'" : `'${hashOf(script)}'`}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="${parts.generator}">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${parts.title}</title>
<style>${Html.trusted(style)}</style>
</head>
<body>
<a class="skip-link no-print" href="#main">Skip to the content</a>
<header>
<label class="theme">Colours <select id="theme"><option value="system">as the system</option><option value="light">light</option><option value="dark">dark</option></select></label>
${parts.header}
</header>
<main id="main" tabindex="-1">${parts.main}</main>
<footer>${parts.footer}</footer>
${script !== null && html`<script type="module">${Html.trusted(script)}</script>`}
</body>
</html>
`.toString();
}

/** As `Content-Security-Policy` names an inline element. */
function hashOf(content: string): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}
