/** The drawings of the machines are those of their definitions. `npm run update-docs` writes them again. */

import { Graphviz } from '@hpcc-js/wasm-graphviz';
import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { DRAWN_MACHINES, machineJson, machinePage, machineSvg } from './machine-pages.ts';

const graphviz = await Graphviz.load();

describe.each(DRAWN_MACHINES.map((drawn) => [drawn.machine.id, drawn] as const))(
  'docs/machines/%s',
  (id, drawn) => {
    test('.md is up to date', async () => {
      await expect(machinePage(drawn)).toMatchFileSnapshot(`machines/${id}.md`);
    });

    test('.svg is up to date', async () => {
      await expect(machineSvg(drawn.machine, graphviz)).toMatchFileSnapshot(`machines/${id}.svg`);
    });

    test('.json is up to date', async () => {
      await expect(machineJson(drawn.machine)).toMatchFileSnapshot(`machines/${id}.json`);
    });

    test('.json is a chart of the same states and events', () => {
      const opened = createMachine(JSON.parse(machineJson(drawn.machine)) as object);
      expect(Object.keys(opened.states)).toEqual(Object.keys(drawn.machine.states));
      expect(new Set(opened.events)).toEqual(new Set(drawn.machine.events));
    });
  },
);
