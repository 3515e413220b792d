// What is shown, as the fragment of the address says it: a view can be linked, and is there again on the way back.
import { promisesOf, type Attack, type Cell } from './matrix_data';

export type View = 'attacks' | 'defences' | 'threats';
export const lists = ['group', 'by', 'breaks', 'on', 'outcome'] as const;
export type ListName = (typeof lists)[number];

export interface Filter {
  view: View;
  group: string[]; // nothing chosen: all
  by: string[];
  breaks: string[];
  on: string[]; // platforms whose columns are shown
  outcome: string[];
  differs: '' | 'file' | 'source';
  text: string;
  show: string; // in the pane: "attack:ID", "attack:ID:PLATFORM", "defence:ID", "threat:ID"
}

export function emptyFilter(): Filter {
  return { view: 'attacks', group: [], by: [], breaks: [], on: [], outcome: [], differs: '', text: '', show: '' };
}

// Links of the table that work without a script are "#about.ID", "#na.ID" and "#defence.ID".
export function parseFragment(fragment: string): Filter {
  const out = emptyFilter(), plain = /^#?(about|na|defence)\.(.+)$/.exec(fragment);
  if (plain) {
    out.show = `${plain[1] === 'defence' ? 'defence' : 'attack'}:${decode(plain[2]!)}`;
    return out;
  }
  for (const part of fragment.replace(/^#/, '').split('&')) {
    const at = part.indexOf('='), key = part.slice(0, at), value = part.slice(at + 1);
    if (at < 0) continue;
    if ((lists as readonly string[]).includes(key)) out[key as ListName] = value.split(',').filter((word) => word).map(decode);
    else if (key === 'view' && (value === 'defences' || value === 'threats')) out.view = value;
    else if (key === 'differs' && (value === 'file' || value === 'source')) out.differs = value;
    else if (key === 'text') out.text = decode(value);
    else if (key === 'show') out.show = decode(value);
  }
  return out;
}

export function fragmentOf(filter: Filter): string {
  const parts: string[] = [];
  if (filter.view !== 'attacks') parts.push(`view=${filter.view}`);
  for (const name of lists) if (filter[name].length > 0) parts.push(`${name}=${filter[name].map(encodeURIComponent).join(',')}`);
  if (filter.differs) parts.push(`differs=${filter.differs}`);
  if (filter.text) parts.push(`text=${encodeURIComponent(filter.text)}`);
  if (filter.show) parts.push(`show=${encodeURIComponent(filter.show).replaceAll('%3A', ':')}`);
  return '#' + parts.join('&');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const texts = new WeakMap<Attack, string>();

function textOf(attack: Attack): string {
  let out = texts.get(attack);
  if (out === undefined) {
    const row = attack.catalogue;
    out = [attack.id, attack.title, attack.why, attack.group, ...attack.threats, ...attack.assumes, ...attack.guests, ...attack.machines,
      ...attack.variants.flatMap((variant) => variant.steps), ...attack.sources.flatMap((source) => [source.key, source.cite, source.quote]),
      ...(row ? [row.id, row.name, row.source, row.mechanism] : []),
      ...Object.values(attack.cells).flatMap((cell) => [...cell.defence, ...cell.checks.map((check) => check[0]), cell.reason ?? '']),
    ].join('\n').toLowerCase();
    texts.set(attack, out);
  }
  return out;
}

// Whether a cell is one of those asked for.
export function cellMatches(cell: Cell, filter: Filter): boolean {
  if (filter.outcome.length > 0 && !filter.outcome.includes(cell.observed) && !filter.outcome.includes(cell.hardened ?? '')) return false;
  if (filter.differs === 'file') return !cell.agrees;
  if (filter.differs === 'source') return cell.claims.some(([, , differs]) => differs);
  return true;
}

export function asksForCells(filter: Filter): boolean {
  return filter.outcome.length > 0 || filter.differs !== '';
}

export function attackMatches(attack: Attack, filter: Filter, columns: string[]): boolean {
  const some = (chosen: string[], have: string[]): boolean => chosen.length === 0 || have.some((one) => chosen.includes(one));
  if (!some(filter.group, [attack.group]) || !some(filter.by, attack.by) || !some(filter.breaks, promisesOf(attack))) return false;
  if (!wordsIn(filter.text, textOf(attack))) return false;
  if (!asksForCells(filter) && filter.on.length === 0) return true;
  return columns.some((column) => {
    const cell = attack.cells[column];
    return cell !== undefined && cellMatches(cell, filter);
  });
}

// Every word stands somewhere in the text.
export function wordsIn(words: string, text: string): boolean {
  return words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
