// The table that stands in the page: which rows and columns are shown, its totals, its tips, and the way through it by keys.
import { h } from './dom';
import { outcomeClass, outcomes, type Attack, type Cell, type MatrixData } from './matrix_data';
import { asksForCells, attackMatches, cellMatches, type Filter } from './matrix_filter';

interface Row {
  element: HTMLTableRowElement;
  attack: Attack;
  cells: HTMLTableCellElement[]; // by column
}

export interface Table {
  // How many attacks are shown, and how many of their cells.
  set(filter: Filter): { attacks: number; cells: number };
  chosen(attack: string): void;
}

// `open` hears of the attack and perhaps the platform whose details are asked for.
export function makeTable(table: HTMLTableElement, data: MatrixData, open: (attack: string, platform: string) => void): Table {
  const byId = new Map(data.attacks.map((attack) => [attack.id, attack]));
  const rows: Row[] = [...table.querySelectorAll<HTMLTableRowElement>('tr[data-attack]')].map((element) => (
    { element, attack: byId.get(element.dataset.attack!)!, cells: [...element.cells].slice(1) }));
  const columnCells = data.columns.map((_, i) => [...table.querySelectorAll<HTMLTableCellElement>('thead tr, tfoot tr')].map((row) =>
    (row as unknown as HTMLTableRowElement).cells[i + 1]!).concat(rows.map((row) => row.cells[i]!)));
  const heads = data.columns.map((_, i) => {
    const bar = h('span', { class: 'mx-share', 'aria-hidden': 'true' }), count = h('span', { class: 'mx-count' });
    columnCells[i]![0]!.append(bar, count);
    return { bar, count };
  });
  listen(table, rows, data, open);
  return {
    set: (filter) => {
      const shown = data.columns.map((column) => filter.on.length === 0 || filter.on.includes(column));
      const columns = data.columns.filter((_, i) => shown[i]);
      columnCells.forEach((cells, i) => cells.forEach((cell) => (cell.hidden = !shown[i])));
      const counts = data.columns.map(() => new Map<string, number>()), dims = asksForCells(filter);
      let attacks = 0, cells = 0;
      for (const row of rows) {
        row.element.hidden = !attackMatches(row.attack, filter, columns);
        if (row.element.hidden) continue;
        ++attacks;
        data.columns.forEach((column, i) => {
          const cell = row.attack.cells[column];
          const matches = cell !== undefined && shown[i]! && cellMatches(cell, filter);
          row.cells[i]!.classList.toggle('dim', dims && !matches);
          if (!matches) return;
          ++cells;
          counts[i]!.set(cell.observed, (counts[i]!.get(cell.observed) ?? 0) + 1);
        });
      }
      for (const body of table.tBodies) groupCount(body);
      for (const row of table.tFoot!.rows)
        data.columns.forEach((_, i) => (row.cells[i + 1]!.textContent = String(counts[i]!.get(row.dataset.outcome!) ?? 0)));
      heads.forEach(({ bar, count }, i) => {
        share(bar, counts[i]!);
        count.textContent = `${counts[i]!.get('broken') ?? 0} broken`;
      });
      return { attacks, cells };
    },
    chosen: (attack) => {
      for (const row of rows) row.element.classList.toggle('chosen', row.attack.id === attack);
    },
  };
}

function groupCount(body: HTMLTableSectionElement): void {
  const count = [...body.rows].filter((row) => row.dataset.attack && !row.hidden).length;
  body.hidden = count === 0;
  body.rows[0]!.querySelector('span')!.textContent = `${count} attack${count === 1 ? '' : 's'}`;
}

// The share of each outcome, as a strip; the numbers stand at the foot.
function share(bar: HTMLElement, counts: Map<string, number>): void {
  bar.replaceChildren(...outcomes.filter((outcome) => counts.has(outcome)).map((outcome) =>
    h('span', { class: outcomeClass(outcome), style: `flex: ${counts.get(outcome)}` })));
}

// A cell in one sentence.
export function sentenceOf(cell: Cell): string {
  if (cell.observed === 'n/a') return cell.reason ?? '';
  const through = cell.promise.length > 0 ? `: ${cell.promise.join(', ')}` : cell.defence.length > 0 ? ` by ${cell.defence.join(', ')}` : '';
  return `${cell.observed}${through}${cell.hardened ? `; hardened: ${cell.hardened}` : ''}${cell.agrees ? '' : '; not as the file expects'}`;
}

function listen(table: HTMLTableElement, rows: Row[], data: MatrixData, open: (attack: string, platform: string) => void): void {
  const tip = h('div', { class: 'mx-tip', role: 'tooltip', id: 'mx-tip', hidden: true });
  document.body.append(tip);
  const places = new Map<Element, [row: number, column: number]>(); // column 0 is the attack's own
  rows.forEach((row, at) => [row.element.cells[0]!, ...row.cells].forEach((cell, column) => {
    const link = cell.querySelector('a');
    if (!link) return;
    link.tabIndex = -1;
    link.removeAttribute('title');
    places.set(link, [at, column]);
  }));
  let entry = rows[0]?.element.cells[0]!.querySelector('a') ?? null; // by which Tab enters the table
  if (entry) entry.tabIndex = 0;

  const linkOf = (event: Event): HTMLAnchorElement | null => (event.target as Element).closest?.('tr[data-attack] a') ?? null;
  const tell = (link: HTMLAnchorElement | null): void => {
    const place = link && places.get(link), row = place && rows[place[0]]!;
    tip.hidden = !link || !place || !row;
    if (!link || !place || !row) return;
    const cell = place[1] > 0 ? row.attack.cells[data.columns[place[1] - 1]!] : undefined;
    tip.textContent = place[1] === 0 ? row.attack.title : cell ? sentenceOf(cell) : '';
    link.setAttribute('aria-describedby', tip.id);
    const box = link.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(box.left, innerWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = box.bottom + tip.offsetHeight + 6 > innerHeight ? `${box.top - tip.offsetHeight - 4}px` : `${box.bottom + 4}px`;
  };
  const enter = (link: HTMLAnchorElement): void => {
    if (entry) entry.tabIndex = -1;
    entry = link;
    link.tabIndex = 0;
  };
  table.addEventListener('mouseover', (event) => tell(linkOf(event)));
  table.addEventListener('mouseleave', () => tell(null));
  table.addEventListener('focusin', (event) => {
    const link = linkOf(event);
    if (link) enter(link);
    tell(link);
  });
  table.addEventListener('focusout', () => tell(null));
  table.parentElement!.addEventListener('scroll', () => tell(null));
  table.addEventListener('click', (event) => {
    const link = linkOf(event), place = link && places.get(link);
    if (!place || event.ctrlKey || event.metaKey || event.shiftKey || !link.getAttribute('href')!.startsWith('#')) return;
    event.preventDefault();
    open(rows[place[0]]!.attack.id, place[1] > 0 ? data.columns[place[1] - 1]! : '');
  });
  table.addEventListener('keydown', (event) => {
    const link = linkOf(event), place = link && places.get(link), step = steps[event.key];
    if (event.key === 'Escape') tell(null);
    if (!place || !step || event.ctrlKey || event.altKey || event.metaKey) return;
    const next = neighbour(rows, place, step);
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  });
}

const far = 1e6;
const steps: Record<string, [down: number, right: number]> = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-15, 0], PageDown: [15, 0], Home: [0, -far], End: [0, far],
};

// The nearest link that way; past the last it stays there.
function neighbour(rows: Row[], [at, column]: [number, number], [down, right]: [number, number]): HTMLAnchorElement | null {
  const link = (row: number, col: number): HTMLAnchorElement | null => {
    const cell = rows[row]!.element.cells[col]!;
    return cell.hidden || rows[row]!.element.hidden ? null : cell.querySelector('a');
  };
  let found: HTMLAnchorElement | null = null, left = Math.abs(down) + Math.abs(right);
  const sign = Math.sign(down) + Math.sign(right);
  for (let i = 1; left > 0; ++i) {
    const row = down ? at + sign * i : at, col = right ? column + sign * i : column;
    if (row < 0 || row >= rows.length || col < 0 || col >= rows[at]!.element.cells.length) break;
    const one = link(row, col);
    if (one) found = one, --left;
  }
  return found;
}
