// The filters above the table.
import { h } from './dom';
import { outcomes, promisesOf, type MatrixData } from './matrix_data';
import type { Filter, ListName } from './matrix_filter';

interface Choice {
  name: ListName;
  label: string;
  all: string; // what is said where nothing is chosen
  options: string[];
}

function choicesOf(data: MatrixData): Choice[] {
  const each = (of: string[]): string[] => [...new Set(of)].sort();
  const cells = data.attacks.flatMap((attack) => Object.values(attack.cells));
  const seen = new Set(cells.flatMap((cell) => [cell.observed, cell.hardened]));
  return [
    { name: 'group', label: 'Group', all: 'all', options: each(data.attacks.map((attack) => attack.group)) },
    { name: 'by', label: 'Adversary', all: 'any', options: each(data.attacks.flatMap((attack) => attack.by)) },
    { name: 'breaks', label: 'Promise', all: 'any', options: each(data.attacks.flatMap(promisesOf)) },
    { name: 'on', label: 'Technology', all: 'all', options: data.columns },
    { name: 'outcome', label: 'Outcome', all: 'any', options: outcomes.filter((outcome) => seen.has(outcome)) },
  ];
}

export interface Bar {
  element: HTMLElement;
  set(filter: Filter): void;
  focus(): void;
}

// `change` hears what is to be different.
export function makeBar(data: MatrixData, change: (part: Partial<Filter>) => void): Bar {
  const search = h('input', { type: 'search', placeholder: 'Text: attack, step, source, defence ...', 'aria-label': 'Text to look for',
    oninput: () => change({ text: search.value }) });
  const differs = h('select', { 'aria-label': 'Only disagreements', onchange: () => change({ differs: differs.value as Filter['differs'] }) },
    h('option', { value: '' }, 'Agreeing or not'), h('option', { value: 'file' }, 'Only: not as the file expects'),
    h('option', { value: 'source' }, 'Only: not as a source says'));
  const drops = choicesOf(data).map((choice) => makeDrop(choice, change));
  const clear = h('button', { type: 'button', onclick: () => change({ group: [], by: [], breaks: [], on: [], outcome: [], differs: '', text: '' }) },
    'Clear filters');
  const element = h('div', { class: 'mx-bar', role: 'search', 'aria-label': 'Filters' }, search, ...drops.map((drop) => drop.element), differs, clear);
  document.addEventListener('click', (event) => {
    for (const drop of drops) if (!drop.element.contains(event.target as Node)) drop.element.open = false;
  });
  return {
    element,
    focus: () => search.focus(),
    set: (filter) => {
      if (search.value !== filter.text) search.value = filter.text;
      differs.value = filter.differs;
      for (const drop of drops) drop.set(filter);
      const attacks = filter.view === 'attacks';
      for (const control of [...drops.map((drop) => drop.element), differs]) control.hidden = !attacks;
    },
  };
}

function makeDrop(choice: Choice, change: (part: Partial<Filter>) => void): { element: HTMLDetailsElement; set(filter: Filter): void } {
  const boxes = choice.options.map((option) => h('input', { type: 'checkbox', value: option,
    onchange: () => change({ [choice.name]: boxes.filter((box) => box.checked).map((box) => box.value) }) }));
  const told = h('b', {}, choice.all), summary = h('summary', {}, `${choice.label}: `, told);
  const element = h('details', { class: 'mx-drop', 'data-filter': choice.name, onkeydown: (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !element.open) return;
    element.open = false;
    summary.focus();
    event.stopPropagation();
  } }, summary, h('fieldset', {}, h('legend', { class: 'unseen' }, choice.label), ...boxes.map((box, i) => h('label', {}, box, ` ${choice.options[i]}`))));
  return {
    element,
    set: (filter) => {
      const chosen = filter[choice.name];
      for (const box of boxes) box.checked = chosen.includes(box.value);
      told.textContent = chosen.length === 0 ? choice.all : chosen.length > 2 ? `${chosen.length} of ${choice.options.length}` : chosen.join(', ');
      element.classList.toggle('chosen', chosen.length > 0);
    },
  };
}
