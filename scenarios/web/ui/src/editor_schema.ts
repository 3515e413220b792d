// What may stand at a place of a file, as its JSON Schema says: keys of a map with their meaning, and words.

export interface Schema {
  type?: string | string[];
  enum?: string[];
  const?: string | number | boolean;
  pattern?: string;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  required?: string[];
  description?: string;
}

// The forms that a value at this path may have. Of several, those that know all the keys that are there.
export function formsAt(schema: Schema, path: string[]): Schema[] {
  let forms = flat([schema]);
  for (const step of path) {
    const next: Schema[] = [];
    for (const form of forms) {
      if (step === '[]') {
        if (form.items) next.push(form.items);
        continue;
      }
      const own = form.properties?.[step];
      if (own) next.push(own);
      else if (typeof form.additionalProperties === 'object') next.push(form.additionalProperties);
      else for (const [pattern, value] of Object.entries(form.patternProperties ?? {})) if (new RegExp(pattern, 'u').test(step)) next.push(value);
    }
    forms = flat(next);
  }
  return forms;
}

function flat(forms: Schema[]): Schema[] {
  return forms.flatMap((form) => {
    const inner = form.anyOf ?? (form.properties ? undefined : form.oneOf);
    return inner ? flat(inner) : [form];
  });
}

export interface SchemaKey {
  name: string;
  about: string;
  required: boolean;
}

// Keys that may still be added to a map that has these.
export function keysOf(forms: Schema[], present: string[]): SchemaKey[] {
  const out = new Map<string, SchemaKey>();
  for (const form of forms) {
    const properties = form.properties;
    if (!properties) continue;
    if (form.additionalProperties === false && !form.patternProperties && present.some((key) => !(key in properties))) continue;
    for (const [name, value] of Object.entries(properties)) {
      if (present.includes(name)) continue;
      const known = out.get(name);
      out.set(name, { name, about: value.description ?? known?.about ?? '', required: (form.required ?? []).includes(name) && (known?.required ?? true) });
    }
  }
  return [...out.values()];
}

// Words that may stand there. A pattern is given with `*` for what is left open, as `glacis list` writes it.
export function wordsOf(forms: Schema[]): string[] {
  const out = new Set<string>();
  for (const form of forms) {
    form.enum?.forEach((word) => out.add(word));
    if (form.const !== undefined) out.add(String(form.const));
    if (form.type === 'boolean') out.add('true').add('false');
    if (form.pattern?.includes('[^ ]+')) out.add(form.pattern.slice(1, -1).replaceAll('[^ ]+', '*').replace(/\\(.)/g, '$1'));
    if (form.items) wordsOf(flat([form.items])).forEach((word) => out.add(word));
  }
  return [...out];
}
