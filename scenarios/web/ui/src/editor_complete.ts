// What to offer at a place of a scenario or machine file: keys by where it is, words by the key.
import { contextAt, type Context } from './editor_context';
import { formsAt, keysOf, wordsOf, type Schema } from './editor_schema';

export interface Offer {
  text: string;
  about: string;
}

export interface Offers {
  from: number; // what stands from here to the caret is replaced
  offers: Offer[];
}

export interface Vocabulary {
  schema: Schema;
  about: Map<string, string>; // of words
  programs: Offer[];
  machines: Offer[];
}

const kOffersMax = 200;

export function offersAt(text: string, offset: number, words: Vocabulary): Offers {
  const at = contextAt(text, offset);
  if (at.nothing) return { from: offset, offers: [] };
  // The first word of an item may be the first key of a map.
  const both = at.typing === 'value' && !at.flow && at.path[at.path.length - 1] === '[]';
  const all = at.typing === 'key' ? keys(at, words) : [...values(at, text, words), ...(both ? keys(at, words) : [])];
  return { from: at.from, offers: ranked(all, at.word) };
}

function keys(at: Context, words: Vocabulary): Offer[] {
  const forms = formsAt(words.schema, at.path);
  const typed = at.word.trim();
  const found = keysOf(forms, at.present.filter((key) => key !== typed));
  const out = found.map((key) => ({ text: key.name + ': ', about: (key.about || words.about.get(key.name) || '') + (key.required ? ' (required)' : '') }));
  // `do: drop`: a word where a map could stand too.
  if (at.path.length > 0) for (const word of wordsOf(forms)) if (!word.includes('*')) out.push({ text: word, about: words.about.get(word) ?? '' });
  return out;
}

function values(at: Context, text: string, words: Vocabulary): Offer[] {
  const named = special(at, words);
  if (named) return named;
  const forms = formsAt(words.schema, at.path);
  const out: Offer[] = wordsOf(forms).flatMap((word) => {
    const about = words.about.get(word) ?? '';
    if (!word.includes('*')) return [{ text: word, about }];
    return [...partsOf(word, text, at.word).map((name) => ({ text: name, about })), { text: word, about: about || 'put a name for *' }];
  });
  // Names that this file uses and that fit one of the patterns: vm0.mapping, vm0.stored.
  const patterns = formPatterns(forms).filter((pattern) => /\\\.| /.test(pattern)).map((pattern) => new RegExp(pattern, 'u'));
  if (patterns.length > 0) {
    const used = new Set(text.match(/[a-z]+[0-9]+(\.[a-z0-9-]+)+/g) ?? []);
    const own: Offer[] = [...used].filter((word) => word !== at.word && patterns.some((pattern) => pattern.test(word))).map((word) => ({ text: word, about: 'used in this file' }));
    return [...own, ...out];
  }
  return out;
}

function formPatterns(forms: Schema[]): string[] {
  return forms.flatMap((form) => [...(form.pattern?.includes('[^ ]+') ? [form.pattern] : []), ...(form.items ? formPatterns(form.items.anyOf ?? [form.items]) : [])]);
}

// A pattern of one part, or of a kind of part, for each that the file names: vm0.mapping of vm*.mapping or *.mapping. Where it names
// none of the kind, the first: most machines have one of each.
function partsOf(pattern: string, text: string, word: string): string[] {
  const match = /^([a-z]*)\*(\..*)?$/.exec(pattern);
  if (!match || match[2]?.includes('*')) return [];
  const [, kind, rest = ''] = match;
  const parts = new Set(text.match(/\b[a-z]+[0-9]+\b/g) ?? []);
  const typed = word.indexOf('.');
  if (typed > 0) parts.add(word.slice(0, typed));
  const named = [...parts].filter((part) => kind === '' || part.replace(/[0-9]+$/, '') === kind).sort();
  return (named.length === 0 ? [`${kind}0`] : named).map((part) => part + rest);
}

// Where the schema takes any text and we know better.
function special(at: Context, words: Vocabulary): Offer[] | null {
  const [first, second, third] = at.path;
  if (first === 'machine' && second === undefined) return words.machines;
  if (first === 'machines' && second !== undefined) return words.machines;
  if (first === 'guest' && second !== undefined && third !== 'library' && third !== 'connect' && third !== 'arguments') return at.word.includes(' ') ? [] : words.programs;
  return null;
}

// What begins so first, then what holds it.
function ranked(all: Offer[], word: string): Offer[] {
  const wanted = word.trim().toLowerCase();
  const once = [...new Map(all.map((offer) => [offer.text, offer])).values()];
  const begin = once.filter((offer) => offer.text.toLowerCase().startsWith(wanted));
  const hold = wanted === '' ? [] : once.filter((offer) => !begin.includes(offer) && offer.text.toLowerCase().includes(wanted));
  return [...begin, ...hold].slice(0, kOffersMax);
}
