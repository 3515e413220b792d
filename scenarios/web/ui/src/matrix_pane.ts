// The details of an attack, with all that its file and its sources say.
import { h, type Child } from './dom';
import { outcomeClass, type Attack, type Cell, type MatrixData } from './matrix_data';

export type Show = (what: string) => void;

export function word(outcome: string): HTMLElement {
  return h('span', { class: outcomeClass(outcome) }, outcome);
}

// A link to another pane; the address it leads to is that of a view with nothing filtered.
export function inner(what: string, text: string, show: Show): HTMLElement {
  return h('a', { href: `#show=${encodeURIComponent(what).replaceAll('%3A', ':')}`, onclick: (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(what);
  } }, text);
}

export function section(title: string, ...inside: Child[]): HTMLElement | null {
  return inside.some((child) => child !== null && child !== false && child !== undefined) ? h('section', {}, h('h3', {}, title), ...inside) : null;
}

export function list(lines: Child[], ordered = false): HTMLElement | null {
  return lines.length === 0 ? null : h(ordered ? 'ol' : 'ul', {}, ...lines.map((line) => h('li', {}, line)));
}

export function between(items: HTMLElement[], glue = ', '): Child[] {
  return items.flatMap((item, i) => (i > 0 ? [glue, item] : [item]));
}

export function attackPane(attack: Attack, platform: string, data: MatrixData, show: Show): Child[] {
  const told = attack.variants.filter((variant) => variant.steps.length > 0);
  return [
    h('h2', { tabindex: -1 }, attack.id),
    h('p', { class: 'lead' }, attack.title),
    h('p', { class: 'quiet' }, `${attack.group}; by ${attack.by.join(', ') || 'nobody'}`, attack.breaks.length > 0 ? `; may break ${attack.breaks.join(', ')}` : ''),
    attack.why ? h('p', {}, attack.why) : null,
    attack.page ? h('p', {}, h('a', { href: attack.page, class: 'go' }, 'Open its runs')) : null,
    section('Outcomes', h('div', { class: 'outcomes' }, ...data.columns.map((column) => outcomeOf(attack, column, column === platform, data, show)))),
    section('Steps', ...told.flatMap((variant) => [variant.name ? h('h4', {}, variant.name) : null, list(variant.steps, true)])),
    section('Assumes', list(attack.assumes)),
    section('Sources', ...attack.sources.map((source) => h('div', { class: 'source' }, h('p', {}, h('code', {}, source.key), ` ${source.cite}`),
      source.quote ? h('blockquote', {}, source.quote) : null, saysOf(source.says)))),
    catalogue(attack),
    section('Threat model', attack.threats.length > 0 ? h('p', {}, ...between(attack.threats.map((id) => inner(`threat:${id}`, id, show)))) : null),
    section('Played on', list([...attack.machines, ...attack.guests])),
    attack.afterwards ? section('Afterwards', h('p', {}, attack.afterwards)) : null,
  ];
}

function saysOf(says: Record<string, string>): HTMLElement | null {
  const all = Object.entries(says);
  return all.length === 0 ? null : h('p', { class: 'quiet' }, 'says ', ...all.flatMap(([platform, outcome], i) => [i > 0 ? ', ' : '', `${platform} `, word(outcome)]));
}

function outcomeOf(attack: Attack, platform: string, open: boolean, data: MatrixData, show: Show): HTMLElement {
  const cell = attack.cells[platform];
  if (!cell) return h('div', { class: 'cell' }, h('p', {}, h('b', {}, platform), ' ', h('span', { class: 'quiet' }, 'the file says nothing of it')));
  const known = new Set(data.defences.map((defence) => defence.id));
  const spoke = cell.defence.map((id) => (known.has(id) ? inner(`defence:${id}`, id, show) : h('span', {}, id)));
  const run = (profile: string): string => `${attack.page}#platform=${platform}${profile}`;
  return h('div', { class: open ? 'cell open' : 'cell', 'data-platform': platform },
    cell.observed === 'n/a' ? null : h('a', { class: 'to-run', href: run('') }, 'run'),
    h('p', {}, h('b', {}, platform), ' ', word(cell.observed), cell.agrees ? null : h('b', { class: 'differs' }, ' !'),
      cell.promise.length > 0 ? ` ${cell.promise.join(', ')}` : '', ...(spoke.length > 0 ? [' by ', ...between(spoke)] : [])),
    cell.hardened ? h('a', { class: 'to-run', href: run('&profile=hardened') }, 'hardened run') : null,
    cell.hardened ? h('p', { class: 'then' }, '> ', word(cell.hardened), ' hardened') : null,
    cell.reason ? h('p', {}, cell.reason) : null,
    claims(cell),
    cell.mismatches.length > 0 ? h('ul', { class: 'fail' }, ...cell.mismatches.map((line) => h('li', {}, `! ${line}`))) : null,
    cell.checks.length > 0 ? h('details', { open }, h('summary', {}, `${cell.checks.length} checks`), h('ul', { class: 'checks' }, ...cell.checks.map(
      ([label, expected, observed, agrees]) => h('li', {}, `${agrees ? 'ok' : 'FAIL'} ${label}: ${observed}${agrees ? '' : `; expected ${expected}`}`)))) : null);
}

function claims(cell: Cell): HTMLElement | null {
  const other = cell.claims.filter(([, , differs]) => differs);
  return other.length === 0 ? null : h('p', { class: 'claim' }, ...other.flatMap(([source, says], i) => [i > 0 ? '; ' : '', `${source} says `, word(says)]));
}

function catalogue(attack: Attack): HTMLElement | null {
  const row = attack.catalogue;
  if (!row) return null;
  const lines: [string, string][] = [['name', row.name], ['source', row.source], ['adversary', row.adversary], ['steps', row.steps],
    ['violates', row.violates.join(', ')], ['what stops it', row.mechanism], ['why', row.why], ['evidence', row.evidence],
    ['read in a source for', row.verified.join(', ')]];
  return section('Attack catalogue', h('p', {}, h('code', {}, row.id)),
    h('dl', {}, ...lines.filter(([, text]) => text).flatMap(([name, text]) => [h('dt', {}, name), h('dd', {}, text)])));
}
