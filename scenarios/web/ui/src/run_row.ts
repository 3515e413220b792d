// One side of a row of the stream: the time, an arrow or a mark in its lane, and what it is in words beside it.
import { h, svg } from './dom';
import { timeText, type FilmModel } from './film_model';
import { fateWord, label, markShapes, markTags, markWords, said, spoken } from './run_words';

export const kRowHeight = 22;
export const kTimeWidth = 92;
const kMiddle = kRowHeight / 2, kGap = 9, kTextRoom = 270, kLetter = 6.6;

export interface Geometry {
  width: number; // of the lanes with their text, without the time
  lanes: number[]; // x of each
}

// As far apart as leaves room for the text of what happens on the last lane.
export function geometryOf(model: FilmModel, half: number): Geometry {
  const width = Math.max(half - kTimeWidth, 100), count = model.lanes.length;
  const room = Math.min(kTextRoom, width * 0.52), apart = Math.min(130, Math.max(32, (width - room) / Math.max(count, 1)));
  return { width, lanes: model.lanes.map((_, i) => Math.round(apart * (i + 0.5))) };
}

// Life lines, as the background of every half of a row.
export function lifelines(geometry: Geometry): { image: string; position: string } {
  return {
    image: geometry.lanes.map(() => 'linear-gradient(var(--rule), var(--rule))').join(', '),
    position: geometry.lanes.map((x) => `${x + kTimeWidth}px 0`).join(', '),
  };
}

export function half(model: FilmModel, item: number, geometry: Geometry): HTMLElement {
  const kind = model.kind(item), mark = model.marks.get(item);
  const out = h('div', { class: `half ${kind}${mark ? ' ' + mark : ''}${model.attacking(item) ? ' begun' : ''}` });
  out.append(h('span', { class: 'time' }, timeText(model.times[item]!)));
  const picture = svg('svg', { width: geometry.width, height: kRowHeight, 'aria-hidden': 'true', class: 'picture' });
  let from: number, to: number;
  if (kind === 'breach') {
    from = to = 8;
    picture.append(shape('✖', 8));
  } else {
    const [a, b] = model.ends(item);
    from = geometry.lanes[a] ?? 8, to = geometry.lanes[b] ?? 8;
    if (kind === 'line') picture.append(mark ? shape(markShapes[mark], from) : svg('circle', { cx: from, cy: kMiddle, r: 4 }));
    else picture.append(...arrow(model, item, from, to));
  }
  out.append(picture, words(model, item, geometry, from, to));
  return out;
}

function shape(sign: string, x: number): SVGElement {
  return svg('text', { x, y: kMiddle + 5, 'text-anchor': 'middle', class: 'sign' }, sign);
}

// Altered: a sign in the middle; lost: it ends there; handed over outside: broken strokes.
function arrow(model: FilmModel, item: number, from: number, to: number): SVGElement[] {
  const fate = model.fate(item);
  if (from === to) {
    const loop = svg('path', { d: `M${from} ${kMiddle - 4} h12 v8 h-9`, class: 'stroke' });
    const out = [loop, head(from + 1, -1, kMiddle + 4)];
    if (fate !== 'arrived') out.push(sign(fate, from + 12));
    return out;
  }
  const way = Math.sign(to - from), middle = (from + to) / 2, end = fate === 'lost' ? middle : to - way * 2;
  const out = [svg('line', { x1: from, x2: end, y1: kMiddle, y2: kMiddle, class: 'stroke' })];
  if (fate !== 'lost') out.push(head(to - way, way, kMiddle));
  out.push(svg('circle', { cx: from, cy: kMiddle, r: 2, class: 'start' }));
  if (fate !== 'arrived') out.push(sign(fate, middle));
  return out;
}

function head(x: number, way: number, y: number): SVGElement {
  return svg('path', { d: `M${x} ${y} l${-way * 7} -4 v8 z`, class: 'head' });
}

function sign(fate: 'altered' | 'lost' | 'outside', x: number): SVGElement {
  return shape({ altered: '◆', lost: '✕', outside: '◇' }[fate], x);
}

function words(model: FilmModel, item: number, geometry: Geometry, from: number, to: number): HTMLElement {
  const kind = model.kind(item), mark = model.marks.get(item);
  const out = h('span', { class: 'words', title: spoken(model, item) });
  const tag = kind === 'message' ? fateWord(model, item) : mark ? markTags[mark] : '';
  if (tag) out.append(h('b', { class: 'tag', title: mark ? markWords[mark] : null }, tag), ' ');
  let length = label(model, item).length + (tag ? tag.length + 2 : 0);
  if (kind === 'line') {
    const clause = model.text(model.raw(item)![7]);
    out.append(h('b', { class: 'who' }, model.actor(item)), ' ' + said(model, item));
    if (clause) out.append(h('span', { class: 'aside' }, ` [${clause}]`)), (length += clause.length + 3);
  } else {
    out.append(label(model, item));
    if (kind === 'message') {
      const to = model.text(model.raw(item)![13]);
      const aside = ` ${model.raw(item)![4] ? 'reply ' : ''}${model.actor(item)}, ${model.size(model.raw(item)![9])} B${to ? ', led to ' + to : ''}`;
      out.append(h('span', { class: 'aside' }, aside)), (length += aside.length);
    }
  }
  const first = Math.min(from, to) - kGap, last = Math.max(from, to) + kGap + (from === to && kind === 'message' ? 8 : 0);
  const room = geometry.width - last;
  if (length * kLetter <= room || room >= first) out.style.left = `${kTimeWidth + last}px`, (out.style.maxWidth = `${room - 4}px`);
  else out.style.right = `${geometry.width - first}px`, (out.style.maxWidth = `${first - 6}px`);
  return out;
}
