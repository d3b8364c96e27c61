/** In the browser: reads what `embedded` put into the page. */

export async function readEmbedded(id: string): Promise<unknown> {
  const element = document.getElementById(id);
  const content = element?.textContent ?? 'null';
  const isCompressed = element?.getAttribute('type') === 'application/gzip';
  return JSON.parse(isCompressed ? await decompressed(content) : content);
}

async function decompressed(base64: string): Promise<string> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).text();
}
