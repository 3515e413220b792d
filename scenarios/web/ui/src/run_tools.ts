// Filters, search and steps above the stream.
import { h } from './dom';
import type { Filter, View } from './run_filter';

export interface ToolActions {
  filter(filter: Filter): void;
  hit(step: number): void;
  mark(step: number): void;
  difference(): void;
  help(): void;
}

export interface Tools {
  element: HTMLElement;
  // How much a search finds, and whether there are marks and a difference to go to.
  tell(hits: number, marks: number, difference: boolean | null): void;
  focusSearch(): void;
}

const views: [View, string][] = [
  ['all', 'all events'], ['play', 'play and touched'], ['touched', 'only what was touched'],
];

export function makeTools(filter: Filter, boundaries: { name: string; count: number }[], act: ToolActions): Tools {
  const view = h('select', { 'aria-label': 'Show', onchange: () => ((filter.view = view.value as View), act.filter(filter)) },
    ...views.map(([value, text]) => h('option', { value, selected: value === filter.view }, text)));
  const search = h('input', { type: 'search', 'aria-label': 'Search', placeholder: 'Search  /', value: filter.text });
  search.addEventListener('input', () => ((filter.text = search.value), act.filter(filter)));
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') act.hit(event.shiftKey ? -1 : 1), event.preventDefault();
    if (event.key === 'Escape') (search.value = filter.text = ''), act.filter(filter), search.blur();
  });
  const only = h('input', { type: 'checkbox', checked: filter.matchesOnly });
  only.addEventListener('change', () => ((filter.matchesOnly = only.checked), act.filter(filter)));
  const found = h('span', { class: 'found quiet', role: 'status' });
  const button = (text: string, title: string, go: () => void): HTMLButtonElement => h('button', { type: 'button', title, onclick: go }, text);
  const back = button('◀ mark', 'Previous mark (p)', () => act.mark(-1)), next = button('mark ▶', 'Next mark (n)', () => act.mark(1));
  const difference = button('First difference', 'Go to the first difference; next ones with d', () => act.difference());
  const element = h('div', { class: 'tools', role: 'toolbar', 'aria-label': 'Filter and search' },
    h('label', {}, h('span', {}, 'Show '), view), boundaryMenu(filter, boundaries, act),
    search, h('label', { class: 'check' }, only, ' matches only'), found,
    h('span', { class: 'steps' }, back, next, difference, button('Keys ?', 'Keys and signs (?)', () => act.help())));
  return {
    element,
    tell(hits, marks, first) {
      found.textContent = filter.text.trim() === '' ? '' : hits === 1 ? '1 match' : `${hits} matches`;
      back.disabled = next.disabled = marks === 0;
      difference.hidden = first === null;
      difference.disabled = first === false;
      difference.textContent = first === false ? 'No difference' : 'First difference';
    },
    focusSearch: () => (search.focus(), search.select()),
  };
}

function boundaryMenu(filter: Filter, boundaries: { name: string; count: number }[], act: ToolActions): HTMLElement {
  const title = h('summary', {});
  const tell = (): void => {
    const hidden = boundaries.filter((one) => filter.hidden.has(one.name)).length;
    title.textContent = hidden > 0 ? `Boundaries: ${hidden} of ${boundaries.length} hidden` : `Boundaries: all ${boundaries.length}`;
  };
  const boxes: HTMLInputElement[] = [];
  const list = h('div', { class: 'menu', role: 'group', 'aria-label': 'Boundaries' });
  const set = (hide: boolean): void => {
    for (const one of boundaries) hide ? filter.hidden.add(one.name) : filter.hidden.delete(one.name);
    for (const box of boxes) box.checked = !hide;
    tell(), act.filter(filter);
  };
  list.append(h('p', {}, h('button', { type: 'button', onclick: () => set(false) }, 'Show all'), ' ',
    h('button', { type: 'button', onclick: () => set(true) }, 'Hide all')));
  for (const one of boundaries) {
    const box = h('input', { type: 'checkbox', checked: !filter.hidden.has(one.name) });
    box.addEventListener('change', () => {
      if (box.checked) filter.hidden.delete(one.name);
      else filter.hidden.add(one.name);
      tell(), act.filter(filter);
    });
    boxes.push(box);
    list.append(h('label', { class: 'check' }, box, ` ${one.name} `, h('span', { class: 'quiet' }, one.count)));
  }
  tell();
  const out = h('details', { class: 'boundaries' }, title, list);
  out.addEventListener('keydown', (event) => event.key === 'Escape' && out.open && ((out.open = false), title.focus(), event.stopPropagation()));
  return out;
}
