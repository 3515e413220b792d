// What a run is and what became of it: outcome, promises, how it compares with what its file expects.
import type { FilmData } from './film';
import { timeText } from './film_model';
import { h, type Child } from './dom';

// What tells a run from the others of its page.
function nameOf(run: FilmData, all: FilmData[]): string {
  const apart = (key: 'attack' | 'seed'): boolean => all.some((other) => other[key] !== run[key]);
  const parts = [apart('attack') ? `${run.attack} on ${run.platform}` : run.platform];
  if (apart('seed')) parts.push(`seed ${run.seed}`);
  if (run.profile !== 'baseline') parts.push(run.profile);
  if (run.lift.length > 0) parts.push(`without ${run.lift.join(', ')}`);
  for (const [key, value] of Object.entries(run.set)) parts.push(`${key}=${value}`);
  if (run.weather.length > 0) parts.push(run.weather.join(', '));
  return parts.join(', ');
}

export function card(run: FilmData, side: string): HTMLElement {
  const out = h('article', { class: 'card', 'aria-label': side ? `${side} run` : 'Run' });
  out.append(h('p', { class: 'verdict' }, h('span', { class: `outcome ${run.outcome}` }, run.outcome), ' ', rest(run)));
  out.append(h('p', { class: 'of' }, side ? h('span', { class: 'quiet' }, `${side}: `) : null, h('b', {}, run.attack), ` on ${run.platform}, seed ${run.seed}, profile ${run.profile}, ended at ${timeText(run.time)}`));
  const chips = h('span', { class: 'chips' });
  const chip = (name: string, value: string): void => chips.append(h('span', { class: 'chip' }, h('span', { class: 'quiet' }, `${name} `), value), ' ');
  for (const id of run.lift) chip('lifted', id);
  for (const [key, value] of Object.entries(run.set)) chip('set', `${key} = ${value}`);
  for (const one of run.weather) chip('weather', one);
  if (run.limit) chip('ended by the limit', run.limit);
  if (run.cut) chip('cut', 'a limit of the film was reached; what came after is missing');
  if (chips.childNodes.length > 0) out.lastElementChild!.append(' ', chips);
  const told = run.breaches.length === 1 && run.sentence.includes(run.breaches[0]!.what);
  if (told) out.firstElementChild!.append(h('span', { class: 'quiet' }, ` at ${timeText(run.breaches[0]!.time)}`));
  else if (run.breaches.length > 0)
    out.append(h('ul', { class: 'breaches', 'aria-label': 'Broken promises' }, ...run.breaches.map((breach) =>
      h('li', {}, h('b', {}, `✖ ${breach.promise}`), ` ${breach.what} (${timeText(breach.time)})`))));
  out.append(h('p', { class: 'more' }, checks(run), more('Assumed and simplified', notes(run)), more('Ends', ends(run)),
    run.source ? more('Scenario file', [h('p', { class: 'quiet' }, run.file), h('pre', {}, run.source)]) : null));
  return out;
}

// The sentence without its first word, which stands before it in colour.
function rest(run: FilmData): string {
  return run.sentence.startsWith(run.outcome) ? run.sentence.slice(run.outcome.length).replace(/^:?\s*/, '') : run.sentence;
}

function more(title: string, inside: Child[], open = false): HTMLElement | null {
  return inside.length === 0 ? null : h('details', { open }, h('summary', {}, title), h('div', { class: 'inside' }, ...inside));
}

export function checkLines(run: FilmData): HTMLElement[] {
  const out = run.checks.map((check) => h('li', { class: check.agrees ? 'ok' : 'fail' }, h('b', { class: 'mono' }, check.agrees ? 'ok  ' : 'FAIL'),
    ` ${check.label}: ${check.observed}${check.agrees ? '' : `; expected ${check.expected}`}`));
  out.push(...run.mismatches.map((line) => h('li', { class: 'fail' }, h('b', { class: 'mono' }, '!'), ` ${line}`)));
  return out;
}

function checks(run: FilmData): HTMLElement | null {
  if (!run.compared) return h('span', { class: 'quiet', title: 'the file expects nothing of this run' }, 'Compared with nothing');
  const bad = run.checks.filter((check) => !check.agrees).length + run.mismatches.length;
  const title = bad > 0 ? `${bad} FAIL of ${run.checks.length} checks` : `${run.checks.length} of ${run.checks.length} checks ok`;
  return more(title, [h('ul', { class: 'checks' }, ...checkLines(run))], bad > 0);
}

export function notes(run: FilmData): HTMLElement[] {
  const lines = [
    ...run.assumed.map((text) => `assumes: ${text}`), ...run.missed.map((id) => `lifted, would have spoken: ${id}`),
    ...run.conventions.map((text) => `convention: ${text}`),
  ];
  return lines.length === 0 ? [] : [h('ul', {}, ...lines.map((text) => h('li', {}, text)))];
}

function ends(run: FilmData): HTMLElement[] {
  const all = Object.entries(run.ends);
  return all.length === 0 ? [] : [h('ul', {}, ...all.map(([part, end]) => h('li', {}, `${part}: ${end}`)))];
}

// Which two of the page's runs are shown.
export function chooser(runs: FilmData[], left: number, right: number, choose: (left: number, right: number) => void): HTMLElement {
  const select = (label: string, chosen: number, none: boolean, hear: (at: number) => void): HTMLElement => {
    const out = h('select', { 'aria-label': label, onchange: () => hear(Number(out.value)) });
    if (none) out.append(h('option', { value: -1, selected: chosen < 0 }, 'no second run'));
    runs.forEach((run, i) => out.append(h('option', { value: i, selected: i === chosen }, nameOf(run, runs))));
    return h('label', {}, h('span', {}, `${label} `), out);
  };
  return h('div', { class: 'chooser' }, select('Left run', left, false, (at) => choose(at, right)), select('Right run', right, true, (at) => choose(left, at)));
}
