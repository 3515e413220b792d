// The stream of events in lanes. Only the rows in sight are elements, so that a hundred thousand cost what forty cost.
import { h } from './dom';
import type { Rows } from './film_compare';
import type { FilmModel } from './film_model';
import type { Shown } from './run_filter';
import { geometryOf, half, kRowHeight, kTimeWidth, lifelines, type Geometry } from './run_row';
import { spoken } from './run_words';

const kBeyond = 12; // rows drawn above and below what is in sight

export interface Stream {
  element: HTMLElement;
  scroller: HTMLElement;
  set(models: FilmModel[], rows: Rows, shown: Shown): void;
  cursor(place: number, centred?: boolean): void;
  pageRows(): number;
  destroy(): void;
}

export function makeStream(id: string, onMove: (place: number) => void): Stream {
  const heads = h('div', { class: 'lane-heads', 'aria-hidden': 'true' });
  const space = h('div', { class: 'space', role: 'presentation' });
  const scroller = h('div', { class: 'scroller', role: 'listbox', tabindex: '0', 'aria-label': 'Events of the run' }, space);
  const empty = h('p', { class: 'nothing', hidden: true }, 'Nothing passes the filter.');
  const element = h('section', { class: 'stream', 'aria-label': 'Events' }, heads, empty, scroller);
  let models: FilmModel[] = [], rows: Rows, shown: Shown = { rows: new Int32Array(), hits: new Int32Array(), marks: new Int32Array() };
  let geometry: Geometry[] = [], at = 0, hits = new Set<number>(), width = 0, planned = 0;
  const drawn = new Map<number, HTMLElement>();

  const rowElement = (place: number): HTMLElement => {
    const row = shown.rows[place]!, left = rows.left[row]!, right = rows.right ? rows.right[row]! : -1;
    const differs = rows.differs(row), first = row === rows.firstDifference;
    const words: string[] = [];
    if (first) words.push('first difference');
    else if (differs) words.push('differs');
    if (left >= 0) words.push(spoken(models[0]!, left));
    if (right >= 0 && (differs || left < 0)) words.push('right run: ' + spoken(models[1]!, right));
    const out = h('div', {
      id: `${id}-row-${row}`, role: 'option', 'aria-setsize': shown.rows.length, 'aria-posinset': place + 1,
      'aria-selected': place === at ? 'true' : 'false', 'aria-label': words.join('; '), 'data-row': row,
      class: 'row' + (hits.has(place) ? ' hit' : '') + (differs ? ' differs' : '') + (first ? ' first' : '') + (rows.right ? ' two' : ''),
    });
    out.style.top = `${place * kRowHeight}px`;
    const sides: [FilmModel, number, Geometry][] = [[models[0]!, left, geometry[0]!]];
    if (rows.right) sides.push([models[1]!, right, geometry[1]!]);
    for (const [model, item, shape] of sides) out.append(item >= 0 ? half(model, item, shape) : h('div', { class: 'half absent' }));
    if (first) out.append(h('b', { class: 'first-word' }, 'first difference'));
    out.addEventListener('click', () => onMove(place));
    return out;
  };
  const draw = (): void => {
    planned = 0;
    if (!rows) return;
    const first = Math.max(0, Math.floor(scroller.scrollTop / kRowHeight) - kBeyond);
    const last = Math.min(shown.rows.length, Math.ceil((scroller.scrollTop + scroller.clientHeight) / kRowHeight) + kBeyond);
    const wanted: HTMLElement[] = [];
    for (const place of [...drawn.keys()]) if (place < first || place >= last) drawn.delete(place);
    for (let place = first; place < last; ++place) {
      let one = drawn.get(place);
      if (!one) drawn.set(place, (one = rowElement(place)));
      wanted.push(one);
    }
    space.replaceChildren(...wanted);
  };
  const plan = (): void => {
    if (!planned) planned = requestAnimationFrame(draw);
  };
  const lay = (): void => {
    if (models.length === 0) return;
    width = scroller.clientWidth;
    const share = width / models.length;
    geometry = models.map((model) => geometryOf(model, share));
    heads.style.width = `${width}px`;
    heads.replaceChildren(...models.map((model, side) => laneHeads(model, geometry[side]!, share)));
    geometry.forEach((one, side) => {
      const lines = lifelines(one);
      element.style.setProperty(side ? '--lines-right' : '--lines-left', lines.image);
      element.style.setProperty(side ? '--places-right' : '--places-left', lines.position);
    });
    drawn.clear();
    draw();
  };
  const watch = new ResizeObserver(() => {
    if (scroller.clientWidth !== width) lay();
    else plan();
  });
  watch.observe(scroller);
  scroller.addEventListener('scroll', plan, { passive: true });

  return {
    element,
    scroller,
    set(nextModels, nextRows, nextShown) {
      models = nextModels, rows = nextRows, shown = nextShown;
      hits = new Set(shown.hits);
      space.style.height = `${shown.rows.length * kRowHeight}px`;
      empty.hidden = shown.rows.length > 0;
      lay();
    },
    cursor(place, centred = false) {
      drawn.get(at)?.setAttribute('aria-selected', 'false');
      at = place;
      const top = place * kRowHeight, view = scroller.clientHeight;
      if (centred && (top < scroller.scrollTop + kRowHeight * 2 || top > scroller.scrollTop + view - kRowHeight * 3))
        scroller.scrollTop = top - view / 2;
      else if (top < scroller.scrollTop) scroller.scrollTop = top;
      else if (top + kRowHeight > scroller.scrollTop + view) scroller.scrollTop = top + kRowHeight - view;
      draw();
      drawn.get(place)?.setAttribute('aria-selected', 'true');
      if (shown.rows.length > 0) scroller.setAttribute('aria-activedescendant', `${id}-row-${shown.rows[place]}`);
      else scroller.removeAttribute('aria-activedescendant');
    },
    pageRows: () => Math.max(1, Math.floor(scroller.clientHeight / kRowHeight) - 1),
    destroy() {
      watch.disconnect();
      if (planned) cancelAnimationFrame(planned);
    },
  };
}

function laneHeads(model: FilmModel, geometry: Geometry, share: number): HTMLElement {
  const out = h('div', { class: 'lane-half' });
  out.style.width = `${share}px`;
  const apart = geometry.lanes.length > 1 ? geometry.lanes[1]! - geometry.lanes[0]! : 120;
  const left = (lane: number): number => kTimeWidth + geometry.lanes[lane]! - apart / 2 + 1;
  for (let first = 0, next = 0; first < model.lanes.length; first = next) {
    const kind = model.lanes[first]!.kind;
    while (next < model.lanes.length && model.lanes[next]!.kind === kind) ++next;
    out.append(placed(h('span', { class: 'lane-kind' }, kind), left(first), apart * (next - first) - 2));
  }
  model.lanes.forEach((lane, i) => {
    const head = h('b', { class: 'lane-head', title: `${lane.name}: ${lane.kind}` }, lane.name);
    out.append(placed(head, left(i), apart - 2));
  });
  return out;
}

function placed(out: HTMLElement, left: number, width: number): HTMLElement {
  out.style.left = `${left}px`;
  out.style.width = `${width}px`;
  return out;
}
