// Which rows are shown, and which of them a search finds.
import { messageKind, type FilmModel } from './film_model';
import type { Rows } from './film_compare';

export type View = 'all' | 'play' | 'touched';

export interface Filter {
  view: View;
  hidden: Set<string>; // boundaries
  text: string;
  matchesOnly: boolean;
}

// Packets on links are left out at first where they drown the rest.
export function firstFilter(models: FilmModel[]): Filter {
  const hidden = new Set<string>();
  for (const model of models) {
    const links = model.boundaries().filter((boundary) => boundary.name.startsWith('link '));
    const packets = links.reduce((sum, link) => sum + link.count, 0);
    if (packets > 200 && packets * 2 > model.count) for (const link of links) hidden.add(link.name);
  }
  return { view: 'all', hidden, text: '', matchesOnly: false };
}

// Which items of a model contain a text: texts are looked at once each.
export function matcher(model: FilmModel, text: string): (item: number) => boolean {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return () => false;
  const found = new Uint8Array(model.data.texts.length);
  model.data.texts.forEach((one, id) => (found[id] = one.toLowerCase().includes(wanted) ? 1 : 0));
  return (item) => {
    const event = model.raw(item);
    if (!event) return model.what(item).toLowerCase().includes(wanted);
    if (event[0] === messageKind) return (found[event[7]!]! | found[event[8]!]! | found[event[13]!]!) === 1;
    return (found[event[5]!]! | found[event[6]!]! | found[event[7]!]! | found[event[8]!]!) === 1;
  };
}

function passes(model: FilmModel, filter: Filter, matches: (item: number) => boolean): (item: number) => boolean {
  const hidden = new Uint8Array(model.data.texts.length);
  model.data.texts.forEach((text, id) => (hidden[id] = filter.hidden.has(text) ? 1 : 0));
  const only = filter.matchesOnly && filter.text.trim() !== '';
  return (item) => {
    if (item < 0) return false;
    if (only && !matches(item)) return false;
    const event = model.raw(item);
    if (!event) return true;
    const touched = model.marks.get(item) === 'touch';
    if (filter.view === 'touched') return touched;
    if (event[0] !== messageKind || touched) return true;
    return filter.view === 'all' && hidden[event[7]!] === 0;
  };
}

export interface Shown {
  rows: Int32Array;
  hits: Int32Array; // places in rows that the search finds
  marks: Int32Array; // places in rows of marks
}

export function shown(rows: Rows, models: FilmModel[], filter: Filter): Shown {
  const left = models[0]!, right = models[1];
  const leftMatches = matcher(left, filter.text), leftPasses = passes(left, filter, leftMatches);
  const rightMatches = right ? matcher(right, filter.text) : () => false;
  const rightPasses = right ? passes(right, filter, rightMatches) : () => false;
  const out: number[] = [], hits: number[] = [], marks: number[] = [];
  // The first difference is shown even where a boundary is hidden, for there is a button that goes to it.
  const always = filter.view === 'all' && !(filter.matchesOnly && filter.text.trim() !== '') ? rows.firstDifference : -1;
  for (let row = 0; row < rows.count; ++row) {
    const l = rows.left[row]!, r = rows.right ? rows.right[row]! : -1;
    if (!leftPasses(l) && !rightPasses(r) && row !== always) continue;
    if ((l >= 0 && leftMatches(l)) || (r >= 0 && rightMatches(r))) hits.push(out.length);
    if ((l >= 0 && left.marks.has(l)) || (r >= 0 && right!.marks.has(r))) marks.push(out.length);
    out.push(row);
  }
  return { rows: Int32Array.from(out), hits: Int32Array.from(hits), marks: Int32Array.from(marks) };
}
