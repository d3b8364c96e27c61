/**
 * The script of a counterexample's page: derives the counterexample from the embedded finding, by the functions that
 * made the markup, and makes the controls work.
 */

import { readEmbedded } from '../../../page/browser/read-embedded.ts';
import type { Finding } from '../../../evidence/finding.ts';
import { counterexample } from '../../document.ts';
import { renderVitest } from '../../exports/render-vitest.ts';
import { CopyButtons } from './copy-buttons.ts';
import { element } from './element.ts';
import { listenToKeys } from './keys.ts';
import { Stepper } from './stepper.ts';

const finding = (await readEmbedded('finding')) as Finding;
const document = counterexample(finding);
const copies = new CopyButtons({
  replay: () => element('replay-command').textContent,
  trace: () => JSON.stringify(finding.trace, null, 2),
  test: () => renderVitest(document, finding.scenario),
});
const stepper = new Stepper(document);
listenToKeys(stepper, copies);
