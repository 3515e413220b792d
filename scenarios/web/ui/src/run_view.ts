// A run, or two side by side, inside an element of any page: header, stream, message, state. The element decides the height.
import { h } from './dom';
import type { FilmData } from './film';
import { pairedRows, singleRows, type Rows } from './film_compare';
import { lastNotAfter } from './film_facts';
import { FilmModel } from './film_model';
import { detail } from './run_detail';
import { firstFilter, shown as shownOf, type Filter, type Shown } from './run_filter';
import { card, chooser } from './run_header';
import { helpSheet, listen } from './run_keys';
import { onPaper } from './run_print';
import { makeScrubber } from './run_scrub';
import { state, type Moment } from './run_state';
import { makeStream } from './run_stream';
import { makeTools, type Tools } from './run_tools';

export interface RunsOptions {
  // Hears the event that the view stands at, of the run on the left; -1: before the first.
  onMove?(event: number): void;
}

export interface RunsView {
  show(event: number): void;
  step(rows: number): boolean; // false: there is no such row
  // Filters stay where the run on the left is of the same attack on the same platform.
  replaceRuns(runs: FilmData[]): void;
  destroy(): void;
}

let views = 0; // for ids that no other view of the page has

export function mountRuns(where: HTMLElement, runs: FilmData[], options: RunsOptions = {}): RunsView {
  const view = new View(where, options, `runs${++views}`);
  view.replaceRuns(runs);
  return view;
}

class View implements RunsView {
  private runs: FilmData[] = [];
  private models: FilmModel[] = [];
  private readonly kept = new Map<FilmData, FilmModel>();
  private rows: Rows = singleRows(new FilmModel(nothing));
  private filter: Filter = { view: 'all', hidden: new Set(), text: '', matchesOnly: false };
  private shown: Shown = { rows: new Int32Array(), hits: new Int32Array(), marks: new Int32Array() };
  private place = 0;
  private moved = 0; // a frame in which panes are drawn anew
  private tools!: Tools;
  private readonly head = h('header', { class: 'runs-head' });
  private readonly bar = h('div', { class: 'runs-bar' });
  private readonly panes = h('div', { class: 'panes', tabindex: -1 });
  private readonly help = helpSheet();
  private readonly scrub = makeScrubber((place) => this.move(place, true));
  private readonly stream;
  private readonly element;
  private readonly unlisten: () => void;
  private readonly print = (): void => {
    this.element.querySelector('.paper')?.remove();
    this.element.append(onPaper(this.models));
  };

  constructor(where: HTMLElement, private readonly options: RunsOptions, id: string) {
    this.stream = makeStream(id, (place) => this.move(place));
    this.element = h('div', { class: 'runs' }, this.head, this.bar, this.scrub.element,
      h('div', { class: 'runs-body' }, this.stream.element, this.panes), this.help);
    where.replaceChildren(this.element);
    this.unlisten = listen(this.element, this.stream.scroller, this.help, {
      step: (rows) => this.move(this.place + rows),
      page: (pages) => this.move(this.place + pages * this.stream.pageRows()),
      edge: (end) => this.move(end ? this.shown.rows.length - 1 : 0),
      mark: (step) => this.jump(this.shown.marks, step),
      difference: () => this.nextDifference(),
      search: () => this.tools.focusSearch(),
      detail: () => this.panes.focus(),
    });
    addEventListener('beforeprint', this.print);
  }

  show(event: number): void {
    const model = this.models[0];
    if (!model) return;
    const row = this.rows.rowOf(model.itemOf(event));
    this.move(Math.max(0, lastNotAfter(this.shown.rows, row)), true);
  }

  step(rows: number): boolean {
    const place = this.place + rows;
    if (place < 0 || place >= this.shown.rows.length) return false;
    this.move(place);
    return true;
  }

  replaceRuns(runs: FilmData[]): void {
    const before = this.runs[0], now = runs[0];
    const again = before && now && before.attack === now.attack && before.platform === now.platform;
    this.runs = runs;
    this.kept.clear();
    this.element.hidden = runs.length === 0;
    if (now) this.choose(0, runs.length > 1 ? 1 : -1, again ? this.filter : null);
  }

  destroy(): void {
    this.unlisten();
    removeEventListener('beforeprint', this.print);
    if (this.moved) cancelAnimationFrame(this.moved);
    this.stream.destroy();
    this.scrub.destroy();
    this.element.remove();
  }

  private model(run: FilmData): FilmModel {
    let out = this.kept.get(run);
    if (!out) this.kept.set(run, (out = new FilmModel(run)));
    return out;
  }

  private choose(left: number, right: number, filter: Filter | null = null): void {
    const two = right >= 0 && right !== left;
    this.models = [this.model(this.runs[left]!)];
    if (two) this.models.push(this.model(this.runs[right]!));
    this.rows = two ? pairedRows(this.models[0]!, this.models[1]!) : singleRows(this.models[0]!);
    this.filter = filter ?? firstFilter(this.models);
    this.element.classList.toggle('side-by-side', two);
    const titles = [...new Set(this.models.map((model) => model.data.title))];
    this.head.replaceChildren(h('div', { class: 'titles' }, h('h1', {}, titles.join(' / ')),
      this.runs.length > 1 && chooser(this.runs, left, two ? right : -1, (l, r) => this.choose(l, r))),
      h('div', { class: 'cards' }, ...this.models.map((model, side) => card(model.data, two ? ['left', 'right'][side]! : ''))));
    this.tools = makeTools(this.filter, this.boundaries(), {
      filter: () => this.refilter(),
      hit: (step) => this.jump(this.shown.hits, step),
      mark: (step) => this.jump(this.shown.marks, step),
      difference: () => this.firstDifference(),
      help: () => this.help.showModal(),
    });
    this.bar.replaceChildren(this.tools.element);
    this.reshow();
    this.move(this.begin(), true);
  }

  // Where the adversary first touched something, else at the beginning.
  private begin(): number {
    for (const place of this.shown.marks) {
      const row = this.shown.rows[place]!;
      if (this.models[0]!.marks.get(this.rows.left[row]!) === 'touch') return place;
    }
    return 0;
  }

  private boundaries(): { name: string; count: number }[] {
    const counts = new Map<string, number>();
    for (const model of this.models)
      for (const { name, count } of model.boundaries()) counts.set(name, Math.max(count, counts.get(name) ?? 0));
    return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private reshow(): void {
    this.shown = shownOf(this.rows, this.models, this.filter);
    this.stream.set(this.models, this.rows, this.shown);
    this.scrub.set(this.models, this.rows, this.shown);
    this.tools.tell(this.shown.hits.length, this.shown.marks.length, this.rows.right ? this.rows.firstDifference >= 0 : null);
  }

  private refilter(): void {
    const row = this.shown.rows[this.place] ?? 0;
    this.reshow();
    this.move(Math.max(0, lastNotAfter(this.shown.rows, row)), true);
  }

  private move(place: number, centred = false): void {
    this.place = Math.max(0, Math.min(place, this.shown.rows.length - 1));
    this.stream.cursor(this.place, centred);
    this.scrub.cursor(this.place);
    if (!this.moved) this.moved = requestAnimationFrame(() => this.drawPanes());
  }

  private drawPanes(): void {
    this.moved = 0;
    const row = this.shown.rows[this.place];
    if (row === undefined) return void this.panes.replaceChildren();
    const before = this.place > 0 ? this.shown.rows[this.place - 1]! : -1;
    const two = this.models.length > 1;
    const sides = this.models.map((model, side) => {
      const at = side ? this.rows.rightAt : this.rows.leftAt, items = side ? this.rows.right! : this.rows.left;
      const moment: Moment = { model, event: model.eventOf(at(row)), since: before < 0 ? 0 : model.eventOf(at(before)) + 1 };
      return { moment, detail: detail(model, items[row]!, two ? ['left', 'right'][side]! : '', two ? 8 : 16) };
    });
    this.panes.replaceChildren(...sides.map((side) => side.detail), state(sides.map((side) => side.moment)));
    this.options.onMove?.(sides[0]!.moment.event);
  }

  private jump(places: Int32Array, step: number): void {
    if (places.length === 0) return;
    const at = lastNotAfter(places, step > 0 ? this.place : this.place - 1);
    const next = step > 0 ? at + 1 : at;
    this.move(places[next < 0 ? places.length - 1 : next >= places.length ? 0 : next]!, true);
  }

  private firstDifference(): void {
    if (this.rows.firstDifference < 0) return;
    const at = lastNotAfter(this.shown.rows, this.rows.firstDifference - 1) + 1;
    this.move(at, true);
    this.stream.scroller.focus({ preventScroll: true });
  }

  private nextDifference(): void {
    for (let place = this.place + 1; place < this.shown.rows.length; ++place)
      if (this.rows.differs(this.shown.rows[place]!)) return this.move(place, true);
    this.firstDifference();
  }
}

const nothing: FilmData = {
  attack: '', title: '', platform: '', seed: 0, profile: '', lift: [], set: {}, weather: [], outcome: 'held', sentence: '', breaches: [], missed: [],
  assumed: [], conventions: [], ends: {}, limit: '', time: 0, compared: false, agrees: true, checks: [], mismatches: [], file: '', source: '',
  cut: false, texts: [''], blobs: [''], shapes: [['', []]], lanes: [], events: [], facts: [],
};
