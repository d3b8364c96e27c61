/** Who wrote a file of evidence. A test compares the version with the package's manifest. */

export const TOOL = { name: 'onceproof', version: '0.1.0' } as const;
