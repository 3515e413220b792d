// The keyboard, and the sheet that says what each key does.
import { h } from './dom';

export interface KeyActions {
  step(rows: number): void;
  page(pages: number): void;
  edge(end: boolean): void;
  mark(step: number): void;
  difference(): void;
  search(): void;
  detail(): void;
}

const sheet: [string, string][] = [
  ['j, ↓', 'the next event'], ['k, ↑', 'the event before'], ['Page Down, Page Up', 'a screen on, a screen back'], ['Home, End', 'the first, the last event'],
  ['n, p', 'the next mark, the one before'], ['d', 'the next difference between the two runs'], ['/', 'search; Enter the next match, Shift+Enter the one before'],
  ['Enter', 'to the fields and bytes of the event'], ['Escape', 'back to the events'], ['?', 'this sheet'],
];
const signs: [string, string][] = [
  ['◆', 'the adversary’s touch: an act of his, or a message altered or led elsewhere on the way'], ['✕', 'a message that was lost on the way'],
  ['◇', 'a message that the adversary handed over outside of any crossing'], ['■', 'a defence spoke'],
  ['□', 'a defence that is lifted would have spoken'], ['✖', 'a promise broke'], ['≠', 'a field that differs'],
];

export function helpSheet(): HTMLDialogElement {
  const rows = (all: [string, string][]): HTMLElement => {
    const list = h('dl', { class: 'keys' });
    for (const [key, text] of all) list.append(h('dt', {}, key), h('dd', {}, text));
    return list;
  };
  const out = h('dialog', { class: 'help', 'aria-label': 'Keys and signs' });
  out.append(h('h2', {}, 'Keys'), rows(sheet), h('h2', {}, 'Signs'), rows(signs),
    h('p', {}, 'A bar at the time says that the adversary had begun.'),
    h('form', { method: 'dialog' }, h('button', {}, 'Close')));
  return out;
}

// Hears keys of the view, and of the page where nothing else has the focus. The answer takes it away again.
export function listen(where: HTMLElement, stream: HTMLElement, help: HTMLDialogElement, act: KeyActions): () => void {
  const hear = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.altKey || event.metaKey || help.open || event.defaultPrevented) return;
    if (target !== document.body && !where.contains(target)) return;
    if (event.key === 'Escape' && where.contains(target)) return void stream.focus();
    if (/^(input|select|textarea)$/i.test(target.tagName) || target.isContentEditable) return;
    const inStream = target === stream || target === document.body;
    const go = actionOf(event.key, inStream, act, help);
    if (!go) return;
    event.preventDefault();
    go();
  };
  document.addEventListener('keydown', hear);
  return () => document.removeEventListener('keydown', hear);
}

// Arrows and their like belong to whatever has the focus; letters work everywhere in the view.
function actionOf(key: string, inStream: boolean, act: KeyActions, help: HTMLDialogElement): (() => void) | null {
  switch (key) {
    case 'j': return () => act.step(1);
    case 'k': return () => act.step(-1);
    case 'n': return () => act.mark(1);
    case 'p': return () => act.mark(-1);
    case 'd': return () => act.difference();
    case '/': return () => act.search();
    case '?': return () => help.showModal();
  }
  if (!inStream) return null;
  switch (key) {
    case 'ArrowDown': return () => act.step(1);
    case 'ArrowUp': return () => act.step(-1);
    case 'PageDown': return () => act.page(1);
    case 'PageUp': return () => act.page(-1);
    case 'Home': return () => act.edge(false);
    case 'End': return () => act.edge(true);
    case 'Enter': return () => act.detail();
  }
  return null;
}
