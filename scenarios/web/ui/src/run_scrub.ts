// Moves time: a slider over what is shown, and above it a map of where the marks are.
import { h } from './dom';
import type { Rows } from './film_compare';
import { timeText, type FilmModel, type Mark } from './film_model';
import type { Shown } from './run_filter';

const kHeight = 26;

export interface Scrubber {
  element: HTMLElement;
  set(models: FilmModel[], rows: Rows, shown: Shown): void;
  cursor(place: number): void;
  destroy(): void;
}

export function makeScrubber(onMove: (place: number) => void): Scrubber {
  const map = h('canvas', { class: 'map', role: 'img' });
  const range = h('input', { type: 'range', min: 0, max: 0, step: 1, 'aria-label': 'Time' });
  const now = h('output', { class: 'now' });
  const element = h('div', { class: 'scrub' }, h('div', { class: 'scrub-bar' }, map, range), now);
  let models: FilmModel[] = [], rows: Rows, shown: Shown;
  range.addEventListener('input', () => onMove(Number(range.value)));
  const move = (event: PointerEvent): void => {
    const box = map.getBoundingClientRect();
    onMove(Math.round(((event.clientX - box.left) / box.width) * (shown.rows.length - 1)));
  };
  map.addEventListener('pointerdown', (event) => (map.setPointerCapture(event.pointerId), move(event)));
  map.addEventListener('pointermove', (event) => event.buttons === 1 && move(event));

  const draw = (): void => {
    if (!rows) return;
    const ratio = devicePixelRatio || 1, width = map.clientWidth;
    map.width = Math.max(1, width * ratio), map.height = kHeight * ratio;
    const pen = map.getContext('2d');
    if (!pen) return;
    const style = getComputedStyle(map), colour = (name: string): string => style.getPropertyValue(name).trim();
    pen.scale(ratio, ratio);
    const x = (place: number): number => 4 + (place / Math.max(1, shown.rows.length - 1)) * (width - 8);
    const seen = new Set<number>();
    shown.rows.forEach((row, place) => {
      const left = rows.left[row]!, spot = Math.round(x(place));
      const line = left >= 0 ? models[0]!.kind(left) === 'line' : models[1]!.kind(rows.right![row]!) === 'line';
      const differs = rows.differs(row), key = spot * 4 + (line ? 1 : 0) + (differs ? 2 : 0);
      if (seen.has(key)) return;
      seen.add(key);
      if (differs) (pen.fillStyle = colour('--changed-paper')), pen.fillRect(spot - 1, 0, 2, kHeight);
      pen.fillStyle = colour(line ? '--quiet' : '--rule');
      pen.fillRect(spot, line ? kHeight - 9 : kHeight - 4, 1, line ? 9 : 4);
    });
    for (const place of shown.marks) drawMark(pen, Math.round(x(place)), markOf(place), colour);
    if (rows.firstDifference >= 0) {
      const place = shown.rows.indexOf(rows.firstDifference);
      if (place >= 0) (pen.fillStyle = colour('--stopped')), pen.fillRect(Math.round(x(place)) - 1, 0, 2, kHeight);
    }
  };
  const markOf = (place: number): Mark | undefined => {
    const row = shown.rows[place]!;
    return models[0]!.marks.get(rows.left[row]!) ?? models[1]?.marks.get(rows.right![row]!);
  };
  const watch = new ResizeObserver(draw);
  watch.observe(map);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', draw);

  return {
    element,
    set(nextModels, nextRows, nextShown) {
      models = nextModels, rows = nextRows, shown = nextShown;
      range.max = String(Math.max(0, shown.rows.length - 1));
      range.disabled = shown.rows.length === 0;
      const counts = new Map<string, number>();
      for (const place of shown.marks) counts.set(markOf(place)!, (counts.get(markOf(place)!) ?? 0) + 1);
      map.setAttribute('aria-label', `Map of marks: ${[...counts].map(([mark, count]) => `${mark} ${count}`).join(', ') || 'none'}`);
      draw();
    },
    cursor(place) {
      range.value = String(place);
      const row = shown.rows[place];
      if (row === undefined) return void (now.textContent = 'nothing is shown');
      const left = rows.left[row]!;
      const time = left >= 0 ? models[0]!.times[left]! : models[1]!.times[rows.right![row]!]!;
      const words = `${timeText(time)}, ${place + 1} of ${shown.rows.length}`;
      range.setAttribute('aria-valuetext', words);
      const hidden = rows.count - shown.rows.length;
      now.replaceChildren(h('b', {}, timeText(time)), h('span', { class: 'quiet' }, `${place + 1} of ${shown.rows.length}${hidden > 0 ? `, ${hidden} hidden` : ''}`));
    },
    destroy() {
      watch.disconnect();
      scheme.removeEventListener('change', draw);
    },
  };
}

// Each kind has its shape and its height, so that it is told without its colour.
function drawMark(pen: CanvasRenderingContext2D, x: number, mark: Mark | undefined, colour: (name: string) => string): void {
  pen.beginPath();
  if (mark === 'touch') {
    pen.fillStyle = colour('--touch');
    pen.moveTo(x - 4, 1), pen.lineTo(x + 4, 1), pen.lineTo(x, 9);
    pen.fill();
  } else if (mark === 'broken') {
    pen.strokeStyle = colour('--broken'), (pen.lineWidth = 2);
    pen.moveTo(x - 4, 2), pen.lineTo(x + 4, 12), pen.moveTo(x + 4, 2), pen.lineTo(x - 4, 12);
    pen.stroke();
    pen.fillStyle = colour('--broken'), pen.fillRect(x - 1, 12, 2, kHeight - 12);
  } else {
    const hollow = mark !== 'defence';
    pen.fillStyle = pen.strokeStyle = colour(hollow ? '--stopped' : '--blocked'), (pen.lineWidth = 1.5);
    pen.rect(x - 3.5, 4, 7, 7);
    if (hollow) pen.stroke();
    else pen.fill();
  }
}
