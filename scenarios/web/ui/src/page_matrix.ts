// The page of the whole matrix. The table stands in the page already; this adds filters, the panes, and the other two views.
import { h } from './dom';
import { makeBar } from './matrix_bar';
import type { MatrixData } from './matrix_data';
import { fragmentOf, parseFragment, type Filter, type View } from './matrix_filter';
import { defenceList, defencePane, threatList, threatPane, type Listing } from './matrix_others';
import { attackPane } from './matrix_pane';
import { makeTable } from './matrix_table';
import { pageData, unpacked } from './packed';

const views: [View, string][] = [['attacks', 'Attacks'], ['defences', 'Defences'], ['threats', 'Threat model']];

function start(data: MatrixData): void {
  let filter = parseFragment(location.hash);
  const frame = document.getElementById('matrix-frame')!, app = document.getElementById('app')!;
  const element = document.getElementById('matrix') as HTMLTableElement;
  const lists = new Map<View, Listing>();
  const told = h('p', { class: 'mx-told', role: 'status' });
  const tabs = views.map(([view, name]) => h('a', { href: `#view=${view}`, onclick: (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    change({ view, text: '', show: '' });
  } }, name));
  const pane = h('aside', { class: 'mx-pane', 'aria-label': 'Details', tabindex: -1, hidden: true });
  const stage = h('main', { class: 'mx-stage' }, frame);
  const bar = makeBar(data, (part) => change(part));
  const show = (what: string): void => change({ show: what });
  const table = makeTable(element, data, (attack, platform) => show(`attack:${attack}${platform ? `:${platform}` : ''}`));
  frame.tabIndex = 0;
  frame.setAttribute('role', 'region');
  frame.setAttribute('aria-label', 'Attacks by platforms; arrow keys move between cells');

  function listOf(view: View): Listing | undefined {
    if (view !== 'attacks' && !lists.has(view)) lists.set(view, view === 'defences' ? defenceList(data, show) : threatList(data, show));
    return lists.get(view);
  }

  // Typing and ticking change the address in place; what opens a view or a pane can be gone back from.
  function change(part: Partial<Filter>): void {
    const next = { ...filter, ...part };
    const goes = next.view !== filter.view || next.show !== filter.show;
    if (goes) history.pushState(null, '', fragmentOf(next));
    else history.replaceState(null, '', fragmentOf(next));
    apply(next, goes && next.show !== '');
  }

  function apply(next: Filter, focus: boolean): void {
    const newPane = next.show !== filter.show || pane.childNodes.length === 0;
    filter = next;
    bar.set(filter);
    tabs.forEach((tab, i) => (views[i]![0] === filter.view ? tab.setAttribute('aria-current', 'page') : tab.removeAttribute('aria-current')));
    const listed = listOf(filter.view);
    const now = listed ? listed.element : frame;
    if (stage.firstElementChild !== now) stage.replaceChildren(now);
    if (listed) told.textContent = `${listed.set(filter.text)} shown`;
    else {
      const { attacks, cells } = table.set(filter);
      told.textContent = attacks === 0 ? 'No attack is like that. Clear a filter to see more.' : `${attacks} of ${data.attacks.length} attacks, ${cells} ${cells === 1 ? 'cell' : 'cells'}`;
    }
    if (newPane) drawPane(focus);
  }

  function drawPane(focus: boolean): void {
    const [kind, id, platform] = filter.show.split(':');
    const attack = kind === 'attack' ? data.attacks.find((one) => one.id === id) : undefined;
    const defence = kind === 'defence' ? data.defences.find((one) => one.id === id) : undefined;
    const threat = kind === 'threat' ? data.threats.find((one) => one.id === id) : undefined;
    const inside = attack ? attackPane(attack, platform ?? '', data, show)
      : defence ? defencePane(defence, show, (text) => change({ view: 'attacks', text })) : threat ? threatPane(threat, show) : [];
    pane.hidden = inside.length === 0;
    table.chosen(attack?.id ?? '');
    for (const one of lists.values()) one.chosen(defence?.id ?? threat?.id ?? '');
    const close = h('button', { type: 'button', class: 'mx-close', 'aria-label': 'Close details', onclick: () => shut() }, '×');
    pane.replaceChildren(...(pane.hidden ? [] : [close, ...inside.filter((child) => child instanceof Node)]));
    pane.scrollTop = 0;
    if (focus) pane.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
    if (platform) pane.querySelector('.cell.open')?.scrollIntoView({ block: 'nearest' });
  }

  // Where the keys were before: the attack's link, so that one goes on from there.
  function shut(): void {
    const id = filter.show.split(':')[1];
    change({ show: '' });
    frame.querySelector<HTMLElement>(`tr[data-attack="${CSS.escape(id ?? '')}"] a`)?.focus({ preventScroll: true });
  }

  addEventListener('popstate', () => apply(parseFragment(location.hash), false));
  addEventListener('hashchange', () => {
    if (fragmentOf(filter) !== location.hash) apply(parseFragment(location.hash), false);
  });
  addEventListener('keydown', (event) => {
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key === 'Escape' && !pane.hidden && !typing) shut();
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) event.preventDefault(), bar.focus();
  });

  app.className = 'mx';
  app.append(h('header', { class: 'mx-head' }, h('h1', {}, 'Attacks by platforms'), h('nav', { 'aria-label': 'Views' }, ...tabs), told), bar.element,
    h('div', { class: 'mx-body' }, stage, pane));
  document.getElementById('matrix-page')!.remove();
  apply(filter, false);
}

const packed = (pageData() as { packed: string[] }).packed[0]!;
void unpacked(packed).then((data) => start(data as MatrixData));
