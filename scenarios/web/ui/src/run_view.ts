// A run, or two side by side, inside an element of any page: header, stream, message, state. The element decides the height.
import type { FilmData } from './film';
import { FilmModel, timeText } from './film_model';
import { h } from './dom';

export interface RunsOptions {
  // Hears the event that the view stands at, of the run on the left; -1: before the first.
  onMove?(event: number): void;
}

export interface RunsView {
  show(event: number): void;
  replaceRuns(runs: FilmData[]): void;
  destroy(): void;
}

export function mountRuns(where: HTMLElement, runs: FilmData[], options: RunsOptions = {}): RunsView {
  let model: FilmModel | null = null;
  const draw = (): void => {
    where.replaceChildren();
    if (!model) return;
    const lines = h('pre');
    for (let item = 0; item < model.count; ++item)
      if (model.kind(item) !== 'message') lines.append(`${timeText(model.times[item]!)}  ${model.actor(item)}  ${model.what(item)}\n`);
    where.append(h('h1', {}, model.data.title), h('p', {}, model.data.sentence), lines);
  };
  const replaceRuns = (next: FilmData[]): void => {
    model = next[0] ? new FilmModel(next[0]) : null;
    draw();
  };
  replaceRuns(runs);
  return {
    show: (event) => options.onMove?.(event),
    replaceRuns,
    destroy: () => where.replaceChildren(),
  };
}
