// Which defences are taken away: those that spoke in the last run are one click each, the rest are found by a search.
import { h } from './dom';
import { searchList } from './live_list';
import type { FilmData } from './film';
import type { Named } from './live_words';

export class Lifts {
  readonly element: HTMLElement;
  lifted: string[] = [];
  private spoke: string[] = [];
  private about = new Map<string, string>();
  private readonly chips = h('ul', { class: 'lifts', 'aria-label': 'Defences lifted and defences that spoke' });
  private readonly search = searchList('Lift another defence…', false, (id) => {
    this.search.clear();
    this.lift(id);
  });

  // `changed` hears that the set is another: the run is played again.
  constructor(private readonly changed: () => void) {
    this.element = h('div', { class: 'lift-box' }, this.chips, this.search.element);
    this.draw();
  }

  set(defences: Named[]): void {
    this.about = new Map(defences);
    this.search.set(defences.map(([id, about]) => ({ key: id, name: id, about, group: '' })));
    this.draw();
  }

  // What spoke in the run without anything lifted, and where one is lifted what speaks instead.
  heard(runs: FilmData[]): void {
    const ids = new Set<string>();
    for (const run of runs)
      for (const event of run.events) if (event[0] === 0 && event[8] && event[3]! >= 2) ids.add(run.texts[event[8]]!);
    this.spoke = [...ids].filter((id) => this.about.has(id));
    this.draw();
  }

  reset(): void {
    this.lifted = [];
    this.spoke = [];
    this.draw();
  }

  private lift(id: string): void {
    if (this.lifted.includes(id)) return;
    this.lifted = [...this.lifted, id];
    this.draw();
    this.changed();
  }

  private restore(id: string): void {
    this.lifted = this.lifted.filter((one) => one !== id);
    this.draw();
    this.changed();
  }

  private draw(): void {
    const lifted = this.lifted.map((id) =>
      h('li', {}, h('button', { type: 'button', class: 'lift lifted', 'aria-pressed': 'true', 'data-id': id, title: `${this.about.get(id) ?? ''}\nClick to put it back.`, onclick: () => this.restore(id) },
        h('span', { class: 'lift-word' }, 'lifted '), id, h('span', { class: 'lift-end', 'aria-hidden': 'true' }, ' ×'))));
    const spoke = this.spoke.filter((id) => !this.lifted.includes(id)).map((id) =>
      h('li', {}, h('button', { type: 'button', class: 'lift', 'aria-pressed': 'false', 'data-id': id, title: `${this.about.get(id) ?? ''}\nClick to play the same without it.`, onclick: () => this.lift(id) },
        h('span', { class: 'lift-word' }, 'lift '), id)));
    const none = lifted.length + spoke.length === 0 ? [h('li', { class: 'lift-none' }, 'no defence has spoken yet')] : [];
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['id'] : undefined;
    this.chips.replaceChildren(...lifted, ...spoke, ...none);
    if (focused) this.chips.querySelector<HTMLElement>(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  }
}
