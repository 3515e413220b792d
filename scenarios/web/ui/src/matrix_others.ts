// The defences and the threat model: a table of each, and the details of one.
import { h, type Child } from './dom';
import type { Defence, MatrixData, Threat } from './matrix_data';
import { wordsIn } from './matrix_filter';
import { between, inner, list, section, type Show } from './matrix_pane';

// Those attacks of which a row lifts it, each once.
export function attacksNeeding(defence: Defence): string[] {
  return [...new Set(defence.rows.map(([attack]) => attack))];
}

function kindOf(defence: Defence): string {
  return defence.conformance ? 'conformance' : defence.act;
}

export interface Listing {
  element: HTMLElement;
  set(text: string): number; // how many are shown
  chosen(id: string): void;
}

function listing(name: string, heads: string[], rows: { id: string; text: string; cells: Child[][] }[], note: string): Listing {
  const body = rows.map((row) => h('tr', { 'data-id': row.id }, ...row.cells.map((cell, i) => (i === 0 ? h('th', { scope: 'row' }, ...cell) : h('td', {}, ...cell)))));
  const element = h('div', { class: 'mx-list', tabindex: 0, role: 'region', 'aria-label': name }, h('p', { class: 'quiet' }, note),
    h('table', {}, h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))), h('tbody', {}, ...body)));
  return {
    element,
    set: (text) => {
      rows.forEach((row, i) => (body[i]!.hidden = !wordsIn(text, row.text)));
      return body.filter((row) => !row.hidden).length;
    },
    chosen: (id) => body.forEach((row) => row.classList.toggle('chosen', row.dataset.id === id)),
  };
}

export function defenceList(data: MatrixData, show: Show): Listing {
  // Those that attacks need come first.
  const sorted = [...data.defences].sort((a, b) => Number(a.conformance) - Number(b.conformance));
  const rows = sorted.map((defence) => {
    const needed = attacksNeeding(defence);
    return { id: defence.id, text: [defence.id, defence.promise, defence.clause, kindOf(defence), ...needed].join('\n').toLowerCase(), cells: [
      [inner(`defence:${defence.id}`, defence.id, show)], [defence.promise], [defence.clause], [kindOf(defence)],
      defence.conformance ? [h('span', { class: 'quiet' }, 'cannot be lifted')] : needed.length <= 3 ? between(needed.map((id) => inner(`attack:${id}`, id, show)))
        : [...between(needed.slice(0, 2).map((id) => inner(`attack:${id}`, id, show))), ', ', inner(`defence:${defence.id}`, `${needed.length - 2} more`, show)],
    ] };
  });
  const idle = data.defences.filter((defence) => !defence.conformance && !defence.kill).map((defence) => defence.id);
  const out = listing('Defences', ['defence', 'promise', 'clause', 'kind', 'attacks that need it'], rows,
    `${data.defences.length} defences, ${data.defences.filter((defence) => defence.conformance).length} of them rows that a specification asks for and no attack needs. ` +
    (idle.length > 0 ? `Needed by no attack here: ${idle.join(', ')}.` : 'Each of the others is needed by an attack that succeeds without it.'));
  out.element.classList.add('wide');
  return out;
}

export function threatList(data: MatrixData, show: Show): Listing {
  const rows = data.threats.map((threat) => ({ id: threat.id, text: [threat.id, threat.kind, threat.about, ...threat.attacks].join('\n').toLowerCase(), cells: [
    [inner(`threat:${threat.id}`, threat.id, show)], [threat.kind], [threat.about],
    [threat.attacks.length > 0 ? inner(`threat:${threat.id}`, `${threat.attacks.length}`, show) : h('b', { class: 'differs' }, 'none')],
  ] }));
  const covered = data.threats.filter((threat) => threat.attacks.length > 0).length;
  return listing('Threat model', ['item', 'kind', 'what it is', 'attacks'], rows,
    `The Linux threat model for confidential guests, item by item: ${covered} of ${data.threats.length} are exercised.` +
    (data.untagged.length > 0 ? ` Attacks that name no item: ${data.untagged.join(', ')}.` : ''));
}

export function defencePane(defence: Defence, show: Show, search: (text: string) => void): Child[] {
  const needed = attacksNeeding(defence), kill = defence.kill;
  const rows = (id: string): HTMLElement | null => list(defence.rows.filter(([attack]) => attack === id).map(([, platforms, profile, lifted, outcome]) => {
    const others = lifted.filter((one) => one !== defence.id);
    return h('span', {}, `${platforms.join(', ')}${profile === 'baseline' ? '' : ` (${profile})`}: ${outcome}`,
      ...(others.length > 0 ? [', also lifted: ', ...between(others.map((one) => inner(`defence:${one}`, one, show)))] : []));
  }));
  return [
    h('h2', { tabindex: -1 }, defence.id),
    h('p', { class: 'lead' }, defence.promise),
    h('dl', {}, h('dt', {}, 'clause'), h('dd', {}, defence.clause), h('dt', {}, 'kind'), h('dd', {}, defence.conformance
      ? 'a conformance row: the specification asks for it, no attack needs it yet, and it cannot be lifted'
      : `${defence.act}: an attack that it stops is ${defence.act === 'detects' ? 'detected' : 'blocked'}`)),
    kill ? section('Shown to matter by', h('p', { class: 'kill' }, inner(`attack:${kill.attack}`, kill.attack, show),
      ` on ${kill.platform} (${kill.profile}): no promise breaks with it, one does without`, ...(kill.lifted.length > 0
        ? ['; also lifted in both: ', ...between(kill.lifted.map((one) => inner(`defence:${one}`, one, show)))] : []))) : null,
    !kill && !defence.conformance ? section('Shown to matter by', h('p', { class: 'differs' }, 'no attack played here')) : null,
    needed.length > 0 ? h('section', {}, h('h3', {}, `Attacks that need it (${needed.length})`), ...needed.flatMap((id) => [
      h('p', { class: 'needs' }, inner(`attack:${id}`, id, show)), rows(id)])) : null,
    h('p', {}, h('button', { type: 'button', onclick: () => search(defence.id) }, 'Show the attacks that name it')),
  ];
}

export function threatPane(threat: Threat, show: Show): Child[] {
  return [
    h('h2', { tabindex: -1 }, threat.id),
    h('p', { class: 'lead' }, threat.about),
    h('p', { class: 'quiet' }, threat.kind),
    threat.attacks.length > 0 ? section(`Attacks that exercise it (${threat.attacks.length})`, list(threat.attacks.map((id) => inner(`attack:${id}`, id, show))))
      : h('p', { class: 'differs' }, 'No attack exercises it.'),
  ];
}
