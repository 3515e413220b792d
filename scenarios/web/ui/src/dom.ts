// Elements without markup: whatever a file or a guest said goes in as text nodes, never as HTML.

export type Child = Node | string | number | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;

// An attribute of a function is a listener ("onclick"), of true an empty attribute; false, null and undefined leave it out.
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const out = document.createElement(tag);
  apply(out, attributes, children);
  return out;
}

export function svg(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  const out = document.createElementNS('http://www.w3.org/2000/svg', tag);
  apply(out, attributes, children);
  return out;
}

function apply(out: Element, attributes: Attributes, children: Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === 'function') out.addEventListener(name.slice(2), value as EventListener);
    else out.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children)
    if (child !== null && child !== undefined && child !== false) out.append(child instanceof Node ? child : String(child));
}
