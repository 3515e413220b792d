// Opens what the program packed (scenarios/web/packed.h): JSON, deflated, as base64.
export async function unpacked(text: string): Promise<unknown> {
  const stream = new Blob([fromBase64(text)]).stream().pipeThrough(new DecompressionStream('deflate'));
  return JSON.parse(await new Response(stream).text());
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

export function pageData(): unknown {
  return JSON.parse(document.getElementById('glacis-data')!.textContent!);
}
