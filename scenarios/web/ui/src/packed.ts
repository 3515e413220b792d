// Opens what the program packed (scenarios/web/packed.h): JSON, deflated, as base64.
export async function unpacked(text: string): Promise<unknown> {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return JSON.parse(await new Response(stream).text());
}

export function pageData(): unknown {
  return JSON.parse(document.getElementById('glacis-data')!.textContent!);
}
