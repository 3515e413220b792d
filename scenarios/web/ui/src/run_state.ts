// What is true at the moment: of memory whose each page is, who sees registers, how far devices and streams are, what the adversary
// knows. What has just changed is told first and marked, and so is what is otherwise in the other run.
import { h } from './dom';
import type { Fact } from './film_facts';
import type { FilmModel } from './film_model';

const groups: [string, string][] = [
  ['memory', 'Memory'], ['registers', 'Registers'], ['devices', 'Interfaces and streams'], ['knowledge', 'What the adversary knows'],
];
// Of a page: what stands in columns; what else is known of it stands below.
const kPageColumns = ['owner', 'host sees', 'guest address', 'system address'];

export interface Moment {
  model: FilmModel;
  event: number;
  since: number; // the first event that counts as just now
}

type Cell = (Fact | null)[]; // of each side
type Cells = Map<string, Cell>; // by key
type Names = Map<string, Cells>;

export function state(moments: Moment[]): HTMLElement {
  const out = h('section', { class: 'state', 'aria-label': 'State at this moment' }, h('h2', {}, 'State at this moment'));
  const all = new Map<string, Names>();
  moments.forEach((moment, side) => {
    for (const fact of moment.model.facts.at(moment.event, moment.since)) {
      const cells = entry(entry(all, fact.group, () => new Map<string, Cells>()), fact.name, () => new Map<string, Cell>());
      entry(cells, fact.key, () => moments.map((): Fact | null => null))[side] = fact;
    }
  });
  if (all.size === 0) out.append(h('p', { class: 'quiet' }, 'Nothing is known of the machine yet.'));
  else out.append(changes(moments));
  const known = groups.map(([name]) => name);
  for (const name of [...known.filter((one) => all.has(one)), ...[...all.keys()].filter((one) => !known.includes(one))]) {
    const title = groups.find(([one]) => one === name)?.[1] ?? name;
    out.append(h('div', { class: 'state-group', 'data-group': name }, name === 'memory' ? pages(title, all.get(name)!, moments) : pairs(title, all.get(name)!, moments)));
  }
  return out;
}

function entry<V>(map: Map<string, V>, key: string, make: () => V): V {
  let out = map.get(key);
  if (out === undefined) map.set(key, (out = make()));
  return out;
}

function changes(moments: Moment[]): HTMLElement {
  const lines = new Map<string, string>(); // with the sides on which it is so
  moments.forEach((moment, side) => {
    for (const fact of moment.model.facts.at(moment.event, moment.since)) {
      if (!isNew(fact, moment) || !fact.before) continue;
      const line = `${fact.name}, ${fact.key}: ${fact.before} → ${fact.value || 'no longer'}`;
      lines.set(line, lines.has(line) ? 'both' : sideName(side));
    }
  });
  const items = [...lines].map(([line, side]) => h('li', {}, moments.length > 1 ? h('span', { class: 'quiet' }, `${side} `) : null, line));
  return h('div', { class: 'changes' }, h('h3', {}, 'Changed just now'),
    items.length > 0 ? h('ul', {}, ...items) : h('p', { class: 'quiet' }, 'nothing that was known before'));
}

function isNew(fact: Fact, moment: Moment): boolean {
  return fact.since >= moment.since && fact.since <= moment.event;
}

function sideName(side: number): string {
  return side ? 'right' : 'left';
}

// Whose each page is, by VM; what belongs to no VM comes last.
function pages(title: string, names: Names, moments: Moment[]): HTMLElement {
  const columns = kPageColumns.filter((key) => [...names.values()].some((cells) => cells.has(key)));
  const body = h('tbody');
  const order = [...names.keys()].map((name) => ({ name, owner: name.split('.')[0] ?? name }));
  const rank = (owner: string): string => (owner.startsWith('vm') ? `0${owner}` : `1${owner}`);
  order.sort((a, b) => (rank(a.owner) < rank(b.owner) ? -1 : rank(a.owner) > rank(b.owner) ? 1 : 0));
  let last = '';
  for (const { name, owner } of order) {
    if (owner !== last) body.append(h('tr', { class: 'owner' }, h('th', { scope: 'rowgroup', colspan: columns.length + 1 }, `of ${owner}`)));
    last = owner;
    const cells = names.get(name)!, short = name.startsWith(`${owner}.page.`) ? name.slice(owner.length + 6) : name;
    const others = [...cells].filter(([key]) => !columns.includes(key));
    body.append(h('tr', { 'data-name': name }, h('th', { scope: 'row', title: name, rowspan: others.length > 0 ? 2 : 1 }, short),
      ...columns.map((key) => h('td', { 'data-key': key }, cells.has(key) ? value(cells.get(key)!, moments) : null))));
    if (others.length > 0) body.append(h('tr', { class: 'others', 'data-name': name }, h('td', { colspan: columns.length }, ...list(others, moments))));
  }
  return h('table', {}, h('caption', {}, title),
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'page'), ...columns.map((key) => h('th', { scope: 'col' }, key)))), body);
}

function pairs(title: string, names: Names, moments: Moment[]): HTMLElement {
  const body = h('tbody');
  for (const [name, cells] of names)
    body.append(h('tr', { 'data-name': name }, h('th', { scope: 'row' }, name), h('td', {}, ...list([...cells], moments))));
  return h('table', {}, h('caption', {}, title), body);
}

function list(cells: [string, Cell][], moments: Moment[]): HTMLElement[] {
  return cells.map(([key, cell]) => h('div', { class: 'pair', 'data-key': key }, h('span', { class: 'quiet' }, `${key} `), value(cell, moments)));
}

function value(cell: Cell, moments: Moment[]): HTMLElement {
  const changed = cell.map((fact, side) => fact !== null && isNew(fact, moments[side]!));
  const apart = cell.length > 1 && (cell[0]?.value ?? '') !== (cell[1]?.value ?? '');
  const out = h('span', { class: `fact${changed.includes(true) ? ' changed' : ''}${apart ? ' apart' : ''}` });
  for (const side of apart ? [0, 1] : [0]) {
    const fact = cell[side];
    if (side === 1) out.append(h('br'));
    if (apart) out.append(h('span', { class: 'quiet' }, `${sideName(side)} `));
    out.append(h('span', { class: 'value' }, fact ? fact.value || 'no longer' : '–'));
    if (changed[side]) out.append(h('span', { class: 'was' }, fact!.before ? ` ← ${fact!.before}` : ' ← new'));
  }
  return out;
}
