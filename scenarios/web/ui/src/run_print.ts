// What goes on paper: verdict, checks, and every line and mark of each run. Made when a printer asks.
import type { FilmModel } from './film_model';
import { timeText } from './film_model';
import { h } from './dom';
import { card, checkLines, notes } from './run_header';
import { fateWord, markShapes, markTags, said } from './run_words';

const kRowsMax = 3_000;

export function onPaper(models: FilmModel[]): HTMLElement {
  return h('div', { class: 'paper' }, ...models.map((model, side) => paperOf(model, models.length > 1 ? ['left', 'right'][side]! : '')));
}

function paperOf(model: FilmModel, side: string): HTMLElement {
  const head = card(model.data, side);
  head.querySelector('.more')?.remove();
  const out = h('section', {}, h('h1', {}, model.data.title), head);
  if (model.data.compared) out.append(h('h2', {}, 'Checks'), h('ul', { class: 'checks' }, ...checkLines(model.data)));
  out.append(...notes(model.data), h('h2', {}, 'Lines and marks'));
  const body = h('tbody');
  let rows = 0;
  for (let item = 0; item < model.count; ++item) {
    const mark = model.marks.get(item);
    if (model.kind(item) === 'message' && !mark) continue;
    if (++rows > kRowsMax) {
      body.append(h('tr', {}, h('td', { colspan: 3 }, '… what follows is left out on paper')));
      break;
    }
    body.append(h('tr', {}, h('td', { class: 'number' }, timeText(model.times[item]!)), h('td', {}, mark ? markShapes[mark] : ''), h('td', {}, wordsOf(model, item))));
  }
  out.append(h('table', {}, h('thead', {}, h('tr', {}, ...['time', '', 'what'].map((name) => h('th', { scope: 'col' }, name)))), body));
  return out;
}

function wordsOf(model: FilmModel, item: number): string {
  if (model.kind(item) === 'breach') return `promise broken: ${model.what(item)}`;
  if (model.kind(item) === 'message') return `${model.actor(item)}: ${model.what(item)}, ${fateWord(model, item)}`;
  const clause = model.text(model.raw(item)![7]), mark = model.marks.get(item);
  return `${mark ? markTags[mark] + ': ' : ''}${model.actor(item)} ${said(model, item)}${clause ? ` [${clause}]` : ''}`;
}
