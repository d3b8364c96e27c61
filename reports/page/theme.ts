/**
 * What all pages look like: light and dark by the reader's system or choice, on paper, on narrow screens. Every pair
 * of colours that text is set in has a contrast of at least 4.5 (WCAG 2.2 AA).
 */

export const THEME_CSS = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#ffffff, #14171c);
  --raised: light-dark(#f4f6f8, #1d2229);
  --line: light-dark(#c9d0d8, #3b434e);
  --ink: light-dark(#1b2129, #e3e8ee);
  --quiet: light-dark(#56616e, #a3afbd);
  --link: light-dark(#0b57b0, #86b8ff);
  --good: light-dark(#17692e, #7bd694);
  --bad: light-dark(#b3141d, #ff8f8a);
  --warn: light-dark(#8a4b00, #f0b35c);
  --good-paper: light-dark(#e4f5e8, #16301d);
  --bad-paper: light-dark(#fdeaea, #3c1a1b);
  --warn-paper: light-dark(#fdf1dc, #38280f);
  --mark-paper: light-dark(#e6effb, #1c2c44);
  --mono: ui-monospace, 'Cascadia Code', 'Segoe UI Mono', Menlo, 'DejaVu Sans Mono', monospace;
}
:root:has(#theme option[value='light']:checked) { color-scheme: light; }
:root:has(#theme option[value='dark']:checked) { color-scheme: dark; }
* { box-sizing: border-box; }
body {
  margin: 0 auto;
  max-width: 100rem;
  padding: 0 1.25rem 2rem;
  background: var(--paper);
  color: var(--ink);
  font: 1rem/1.5 system-ui, 'Segoe UI', 'Noto Sans', sans-serif;
  overflow-wrap: anywhere;
}
h1 { margin: 1rem 0 0.5rem; font-size: 1.4rem; line-height: 1.25; }
h2 { margin: 1.5rem 0 0.5rem; font-size: 1.1rem; }
h3 { margin: 1rem 0 0.4rem; font-size: 1rem; }
p { margin: 0.4rem 0; max-width: 75ch; }
a { color: var(--link); }
code, pre, kbd { font-family: var(--mono); font-size: 0.875em; }
pre { overflow-x: auto; padding: 0.6rem 0.8rem; background: var(--raised); border-radius: 0.3rem; }
kbd { padding: 0 0.35em; border: 1px solid var(--line); border-radius: 0.25em; background: var(--raised); }
table { border-collapse: collapse; }
th, td { padding: 0.25rem 0.6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; }
caption { text-align: left; color: var(--quiet); }
button, select {
  padding: 0.25rem 0.7rem;
  border: 1px solid var(--quiet);
  border-radius: 0.3rem;
  background: var(--raised);
  color: inherit;
  font: inherit;
}
button:hover:not(:disabled) { border-color: var(--link); }
button:disabled { color: var(--quiet); border-style: dashed; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.chip {
  display: inline-block;
  padding: 0.05rem 0.55rem;
  border: 1px solid currentColor;
  border-radius: 1rem;
  font-size: 0.875rem;
  font-weight: 600;
  white-space: nowrap;
}
.good { color: var(--good); }
.bad { color: var(--bad); }
.warn { color: var(--warn); }
.quiet { color: var(--quiet); }
.chip.good { background: var(--good-paper); }
.chip.bad { background: var(--bad-paper); }
.chip.warn { background: var(--warn-paper); }
.scroll { overflow-x: auto; }
.scroll th, .scroll td { overflow-wrap: normal; }
.skip-link { position: absolute; left: -100vw; padding: 0.5rem; background: var(--paper); }
.skip-link:focus { left: 0.5rem; top: 0.5rem; z-index: 9; }
.theme { float: right; margin: 0.9rem 0 0 1rem; font-size: 0.875rem; color: var(--quiet); }
body > footer { margin-top: 2rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: 0.875rem; }
@media (max-width: 40rem) {
  body { padding: 0 0.75rem 1.5rem; }
  h1 { font-size: 1.2rem; }
  .theme { display: block; float: none; margin: 0.6rem 0 0; text-align: right; }
}
@media print {
  :root, :root:has(#theme option:checked) { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 0.8rem; }
  a { color: inherit; }
  h2, h3 { break-after: avoid; }
  tr, li { break-inside: avoid; }
  .scroll { overflow: visible; }
  .theme, .skip-link, .no-print { display: none; }
}
@media (prefers-reduced-motion: no-preference) {
  html { scroll-behavior: smooth; }
}
`;
