// A search field over a list: type, arrows, Enter (WAI-ARIA's combobox with a listbox). What is chosen is the caller's business.
import { h } from './dom';

export interface Entry {
  key: string;
  name: string;
  about: string;
  group: string; // heading that it stands under; "": none
}

export interface SearchList {
  element: HTMLElement;
  input: HTMLInputElement;
  set(entries: Entry[]): void;
  clear(): void;
}

const kRowsShown = 400;
const kHeading = 28; // pixels
let lists = 0; // for ids

// `always`: the list is to be seen without a search, too.
export function searchList(label: string, always: boolean, chosen: (key: string) => void): SearchList {
  const id = `list${++lists}`;
  const list = h('ul', { id, class: 'sl-list', role: 'listbox', 'aria-label': label, hidden: !always });
  const input = h('input', {
    type: 'search', role: 'combobox', class: 'sl-input', placeholder: label, 'aria-label': label, 'aria-controls': id, 'aria-expanded': String(always), 'aria-autocomplete': 'list',
    autocomplete: 'off', spellcheck: 'false', oninput: () => draw(), onfocus: () => draw(), onblur: () => !always && show(false), onkeydown: (event: KeyboardEvent) => key(event),
  });
  let entries: Entry[] = [], found: Entry[] = [], rows: HTMLElement[] = [], at = -1;

  const show = (open: boolean): void => {
    list.hidden = !open && !always;
    input.setAttribute('aria-expanded', String(!list.hidden));
    if (list.hidden) input.removeAttribute('aria-activedescendant');
  };
  const move = (to: number): void => {
    rows[at]?.removeAttribute('aria-selected');
    at = rows.length === 0 ? -1 : Math.max(0, Math.min(to, rows.length - 1));
    const row = rows[at];
    if (!row) return void input.removeAttribute('aria-activedescendant');
    row.setAttribute('aria-selected', 'true');
    // Only the list itself scrolls: scrollIntoView would move the panes around it. A heading may stand over its first row.
    if (row.offsetTop - kHeading < list.scrollTop) list.scrollTop = row.offsetTop - kHeading;
    const bottom = row.offsetTop + row.offsetHeight - list.clientHeight;
    if (bottom > list.scrollTop) list.scrollTop = bottom;
    input.setAttribute('aria-activedescendant', row.id);
  };
  const take = (entry: Entry | undefined): void => {
    if (!entry) return;
    show(false);
    chosen(entry.key);
  };
  const draw = (): void => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = entries.filter((entry) => words.every((word) => `${entry.name} ${entry.about} ${entry.group}`.toLowerCase().includes(word))).slice(0, kRowsShown);
    const out: Node[] = [];
    let group = '';
    rows = found.map((entry, i) => {
      if (entry.group !== group) out.push(h('li', { class: 'sl-group', role: 'presentation' }, (group = entry.group)));
      const row = h('li', {
        id: `${id}-${i}`, role: 'option', onmousedown: (event: MouseEvent) => {
          event.preventDefault();
          take(entry);
        },
      }, h('span', { class: 'sl-name' }, entry.name), h('span', { class: 'sl-about' }, entry.about));
      out.push(row);
      return row;
    });
    if (rows.length === 0) out.push(h('li', { class: 'sl-group', role: 'presentation' }, 'nothing of that name'));
    list.replaceChildren(...out);
    at = -1;
    if (words.length > 0) move(0);
    show(document.activeElement === input);
  };
  const key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'ArrowDown') list.hidden ? draw() : move(at + 1);
    else if (event.key === 'ArrowUp') move(at - 1);
    else if (event.key === 'PageDown') move(at + 10);
    else if (event.key === 'PageUp') move(at - 10);
    else if (event.key === 'Enter') take(found[at]);
    else if (event.key === 'Escape' && (input.value !== '' || !list.hidden)) {
      input.value = '';
      draw();
      show(false);
    } else return;
    event.preventDefault();
  };
  return {
    element: h('div', { class: always ? 'sl sl-always' : 'sl' }, input, list),
    input,
    set(next) {
      entries = next;
      draw();
    },
    clear() {
      input.value = '';
      draw();
    },
  };
}
