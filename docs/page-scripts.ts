/**
 * The scripts of pages as they are inlined: each `browser/main.ts` bundled into one constant, which is committed so that
 * neither users nor tests need a bundler.
 */

import { build } from 'esbuild';

/** Entry to where its bundle is kept. */
export const PAGE_SCRIPTS = [
  {
    entry: 'reports/counterexample/page/browser/main.ts',
    bundle: 'reports/counterexample/page/page-script.ts',
  },
] as const;

export async function bundled(root: string, entry: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    charset: 'ascii',
    legalComments: 'none',
  });
  const script = outputFiles[0]!.text.trim().replaceAll('</script', String.raw`<\/script`);
  return `/** ${entry} as browsers get it. Generated: \`npm run update-docs\` writes it again. */

// oxfmt-ignore
export const PAGE_SCRIPT = ${JSON.stringify(script)};
`;
}
