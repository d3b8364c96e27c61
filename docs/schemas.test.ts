/** The published JSON Schemas are those of the zod definitions. `npm run update-docs` writes them again. */

import { expect, test } from 'vitest';
import { z } from 'zod';
import { checkResultSchema } from '../reports/evidence/check-result.ts';
import { coverageSchema } from '../reports/evidence/coverage.ts';
import { clauseResultsSchema, clausesSchema } from '../reports/evidence/clause.ts';
import { conformanceDiffSchema } from '../reports/evidence/conformance-diff.ts';
import { conformanceReportSchema } from '../reports/evidence/conformance-report.ts';
import { environmentSchema } from '../reports/evidence/environment.ts';
import { findingSchema } from '../reports/evidence/finding.ts';
import { historyEventSchema, historyHeaderSchema } from '../reports/evidence/history.ts';
import { judgementSchema } from '../reports/evidence/judgement.ts';
import { mutationResultSchema } from '../reports/evidence/mutation.ts';
import { runResultSchema } from '../reports/evidence/run-result.ts';
import { scenarioSchema } from '../reports/evidence/scenario.ts';

const FORMATS: Record<string, z.ZodType> = {
  'check-result': checkResultSchema,
  coverage: coverageSchema,
  clauses: clausesSchema,
  'clause-results': clauseResultsSchema,
  'conformance-diff': conformanceDiffSchema,
  'conformance-report': conformanceReportSchema,
  environment: environmentSchema,
  finding: findingSchema,
  scenario: scenarioSchema,
  'history-line': z.union([historyHeaderSchema, historyEventSchema]),
  mutation: mutationResultSchema,
  judgement: judgementSchema,
  'run-result': runResultSchema,
};

test.each(Object.entries(FORMATS))('docs/schemas/%s.json is up to date', async (name, schema) => {
  const text = `${JSON.stringify(z.toJSONSchema(schema, { io: 'input' }), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(`schemas/${name}.json`);
});
