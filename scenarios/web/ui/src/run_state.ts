// What is true at the moment: of memory whose each page is, who sees registers, how far devices and streams are, what the adversary
// knows. What has just changed is marked, and so is what is otherwise in the other run.
import { h } from './dom';
import type { Fact } from './film_facts';
import type { FilmModel } from './film_model';

const groups: [string, string, string][] = [
  ['memory', 'Memory', 'page'], ['registers', 'Registers', 'VM'], ['devices', 'Devices: interfaces and streams', 'part'],
  ['knowledge', 'What the adversary knows', 'secret'],
];

export interface Moment {
  model: FilmModel;
  event: number;
  since: number; // the first event that counts as just now
}

interface Cell {
  facts: (Fact | null)[]; // of each side
}

export function state(moments: Moment[]): HTMLElement {
  const out = h('section', { class: 'state', 'aria-label': 'State at this moment' }, h('h2', {}, 'State at this moment'));
  const tables = new Map<string, Map<string, Map<string, Cell>>>();
  moments.forEach((moment, side) => {
    for (const fact of moment.model.facts.at(moment.event, moment.since)) {
      const rows = entry(tables, fact.group, () => new Map<string, Map<string, Cell>>());
      const cells = entry(rows, fact.name, () => new Map<string, Cell>());
      entry(cells, fact.key, () => ({ facts: moments.map(() => null) })).facts[side] = fact;
    }
  });
  if (tables.size === 0) out.append(h('p', { class: 'quiet' }, 'Nothing is known of the machine yet.'));
  const known = groups.map(([name]) => name);
  const names = [...known.filter((name) => tables.has(name)), ...[...tables.keys()].filter((name) => !known.includes(name))];
  for (const name of names) out.append(table(name, tables.get(name)!, moments));
  return out;
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  let out = map.get(key);
  if (out === undefined) map.set(key, (out = make()));
  return out;
}

function table(group: string, rows: Map<string, Map<string, Cell>>, moments: Moment[]): HTMLElement {
  const [, title, what] = groups.find(([name]) => name === group) ?? [group, group, 'name'];
  const keys = [...new Set([...rows.values()].flatMap((cells) => [...cells.keys()]))];
  const body = h('tbody');
  let owner = '';
  const names = [...rows.keys()];
  if (group === 'memory') names.sort((a, b) => ownerOf(a) < ownerOf(b) ? -1 : ownerOf(a) > ownerOf(b) ? 1 : 0);
  for (const name of names) {
    let short = name;
    if (group === 'memory') {
      if (ownerOf(name) !== owner) {
        owner = ownerOf(name);
        body.append(h('tr', { class: 'owner' }, h('th', { scope: 'rowgroup', colspan: keys.length + 1 }, `pages of ${owner}`)));
      }
      short = name.startsWith(`${owner}.page.`) ? name.slice(owner.length + 6) : name;
    }
    const cells = rows.get(name)!;
    body.append(h('tr', {}, h('th', { scope: 'row', title: name }, short), ...keys.map((key) => cellElement(cells.get(key), moments))));
  }
  return h('div', { class: 'state-group' }, h('table', {}, h('caption', {}, title),
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, what), ...keys.map((key) => h('th', { scope: 'col' }, key)))), body));
}

function ownerOf(page: string): string {
  return page.split('.')[0] ?? page;
}

function cellElement(cell: Cell | undefined, moments: Moment[]): HTMLElement {
  if (!cell) return h('td');
  const changed = cell.facts.map((fact, side) => fact !== null && fact.since >= moments[side]!.since && fact.since <= moments[side]!.event);
  const values = cell.facts.map((fact) => fact?.value ?? '');
  const apart = values.length > 1 && values[0] !== values[1];
  const out = h('td', { class: [changed.includes(true) ? 'changed' : '', apart ? 'apart' : ''].join(' ').trim() || null });
  const one = (side: number, name: string): void => {
    const fact = cell.facts[side];
    out.append(h('div', {}, name ? h('span', { class: 'quiet' }, name + ' ') : null,
      h('span', { class: 'value' }, values[side] || (fact ? 'no longer' : '–')),
      changed[side] ? h('span', { class: 'was' }, fact!.before ? ` ← was ${fact!.before}` : ' ← new') : null));
  };
  if (apart) one(0, 'left'), one(1, 'right');
  else one(0, '');
  return out;
}
