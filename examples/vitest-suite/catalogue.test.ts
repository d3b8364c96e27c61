/** The catalogue of claims as a vitest suite: these lines are all that a project needs. */

import { describeCatalogue } from 'onceproof/vitest';

describeCatalogue({ scenarios: 500, seed: '1' });
describeCatalogue({ scenarios: 500, seed: '1', transactionVersion: 1 });
