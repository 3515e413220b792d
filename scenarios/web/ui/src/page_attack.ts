// The page of an attack: a run of each platform, one of them shown, or two side by side. Which, the fragment says:
// #platform=snp&profile=hardened&beside=tdx.baseline
import { h } from './dom';
import type { FilmData } from './film';
import { outcomeClass } from './matrix_data';
import { pageData, unpacked } from './packed';
import { mountRuns } from './run_view';

interface Held {
  platform: string;
  profile: string;
  outcome: string;
  agrees: boolean;
  packed: string;
}

const data = pageData() as { attack: string; runs: Held[] };
const films = new Map<Held, Promise<FilmData>>();

// Opened when first looked at: most of what the page holds is never asked for.
function film(run: Held): Promise<FilmData> {
  let out = films.get(run);
  if (!out) films.set(run, (out = unpacked(run.packed) as Promise<FilmData>));
  return out;
}

function nameOf(run: Held): string {
  return `${run.platform}.${run.profile}`;
}

function chosen(): { run: Held; beside: Held | undefined } {
  const words = new URLSearchParams(location.hash.slice(1)), platform = words.get('platform');
  const of = data.runs.filter((run) => run.platform === platform);
  const run = of.find((one) => one.profile === words.get('profile')) ?? of[0] ?? data.runs[0]!;
  return { run, beside: data.runs.find((one) => one !== run && nameOf(one) === words.get('beside')) };
}

function fragment(run: Held, beside: Held | undefined): string {
  return `#platform=${encodeURIComponent(run.platform)}${run.profile === 'baseline' ? '' : `&profile=${encodeURIComponent(run.profile)}`}` +
    (beside ? `&beside=${encodeURIComponent(nameOf(beside))}` : '');
}

const app = document.getElementById('app')!, place = h('main', { class: 'attack-runs runs-page' });
const bar = h('nav', { class: 'attack-bar', 'aria-label': 'Runs of this attack' });
app.className = 'attack-page';
app.append(bar, place);
const view = mountRuns(place, []);

// "snp broken > blocked", as in the matrix; each word is a link to its run.
function choice(platform: string, run: Held, beside: Held | undefined): HTMLElement {
  const links = data.runs.filter((one) => one.platform === platform).flatMap((one, i) => [i > 0 ? ' > ' : ' ',
    h('a', { href: fragment(one, beside === one ? undefined : beside), 'aria-current': one === run ? 'page' : null, 'aria-label': `${platform}, ${one.profile}: ${one.outcome}` },
      h('span', { class: outcomeClass(one.outcome) }, one.outcome), one.agrees ? null : h('b', { class: 'differs' }, ' !'))]);
  return h('span', { class: 'choice' }, platform, ...links);
}

function drawBar(run: Held, beside: Held | undefined): void {
  const select = h('select', { 'aria-label': 'Beside it', onchange: () => {
    location.hash = fragment(run, data.runs.find((one) => nameOf(one) === select.value));
  } }, h('option', { value: '' }, 'nothing beside it'), ...data.runs.filter((one) => one !== run).map((one) =>
    h('option', { value: nameOf(one), selected: one === beside }, `beside ${one.platform}${one.profile === 'baseline' ? '' : `, ${one.profile}`}: ${one.outcome}`)));
  bar.replaceChildren(h('a', { href: `index.html#show=attack:${encodeURIComponent(data.attack)}`, class: 'home' }, '← All attacks'),
    h('span', { class: 'choices' }, ...[...new Set(data.runs.map((one) => one.platform))].map((platform) => choice(platform, run, beside))),
    data.runs.length > 1 ? select : '');
}

let asked = 0;
async function draw(): Promise<void> {
  const { run, beside } = chosen(), mine = ++asked;
  drawBar(run, beside);
  const runs = await Promise.all([run, ...(beside ? [beside] : [])].map(film));
  if (mine === asked) view.replaceRuns(runs);
}
addEventListener('hashchange', () => void draw());
void draw();
