// The list of what may stand at the caret: Ctrl+Space opens it, arrows choose, Enter or Tab takes, Escape leaves. The text keeps the
// focus; aria-activedescendant says which option is meant.
import { h } from './dom';
import type { Offer, Offers } from './editor_complete';

type Ask = (offset: number) => Offers;
type Replace = (from: number, to: number, text: string, select?: [number, number]) => void;
type Place = (offset: number) => { x: number; y: number; height: number };

const kRowsShown = 100;

export class Suggest {
  readonly list = h('ul', { class: 'suggest', id: 'suggestions', role: 'listbox', 'aria-label': 'What may stand here', hidden: true });
  readonly status = h('div', { class: 'unseen', role: 'status' });
  private offers: Offer[] = [];
  private from = 0;
  private chosen = 0;
  private asking = false; // the change comes from taking an offer

  constructor(private readonly area: HTMLTextAreaElement, private readonly placeOf: Place, private readonly replace: Replace) {
    // A text of many lines is a textbox, not a combobox; the rest of the pattern is that of one.
    area.setAttribute('aria-autocomplete', 'list');
    area.setAttribute('aria-haspopup', 'listbox');
    area.setAttribute('aria-controls', this.list.id);
  }

  get opened(): boolean {
    return !this.list.hidden;
  }

  open(ask: Ask): void {
    const { from, offers } = ask(this.area.selectionStart);
    if (offers.length === 0) {
      this.close();
      this.status.textContent = 'nothing to complete here';
      return;
    }
    this.from = from;
    this.offers = offers.slice(0, kRowsShown);
    this.chosen = 0;
    this.list.replaceChildren(...this.offers.map((offer, i) =>
      h('li', { id: `suggestion${i}`, role: 'option', onmousedown: (event: MouseEvent) => this.clicked(event, i) },
        h('span', { class: 'suggest-text' }, offer.text.trim()), h('span', { class: 'suggest-about' }, offer.about))));
    this.list.hidden = false;
    this.place();
    this.choose(0);
    this.status.textContent = `${this.offers.length} to choose from`;
  }

  // While it is open it follows what is typed.
  refresh(ask: Ask): void {
    if (this.asking || !this.opened) return;
    const caret = this.area.selectionStart;
    if (caret < this.from || this.area.value.slice(this.from, caret).includes('\n')) return this.close();
    this.open(ask);
  }

  close(): void {
    if (!this.opened) return;
    this.list.hidden = true;
    this.status.textContent = '';
    this.area.removeAttribute('aria-activedescendant');
  }

  // True: the key was for the list.
  key(event: KeyboardEvent): boolean {
    if (!this.opened) return false;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined) this.choose(Math.abs(step) === 1 ? this.chosen + step : Math.max(0, Math.min(this.offers.length - 1, this.chosen + step)));
    else if ((event.key === 'Enter' && !event.ctrlKey) || event.key === 'Tab') this.take();
    else if (event.key === 'Escape') this.close();
    else {
      if (event.key === 'ArrowLeft' || event.key === 'ArrowRight' || event.key === 'Home' || event.key === 'End') this.close();
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  private clicked(event: MouseEvent, at: number): void {
    event.preventDefault(); // the text keeps the focus
    this.chosen = at;
    this.take();
  }

  private choose(at: number): void {
    const count = this.offers.length;
    this.list.children[this.chosen]?.removeAttribute('aria-selected');
    this.chosen = (at + count) % count;
    const option = this.list.children[this.chosen] as HTMLElement;
    option.setAttribute('aria-selected', 'true');
    // Only the list itself scrolls: scrollIntoView would move the panes around it.
    if (option.offsetTop < this.list.scrollTop) this.list.scrollTop = option.offsetTop;
    const bottom = option.offsetTop + option.offsetHeight - this.list.clientHeight;
    if (bottom > this.list.scrollTop) this.list.scrollTop = bottom;
    this.area.setAttribute('aria-activedescendant', option.id);
  }

  private take(): void {
    const offer = this.offers[this.chosen]!;
    this.close();
    let { text } = offer;
    // A key that stands there already keeps its colon; a pattern leaves its first * to be typed over.
    const behind = this.area.value.slice(this.area.selectionStart);
    if (text.endsWith(': ') && /^\s*:/.test(behind)) text = text.slice(0, -2);
    const star = text.endsWith(': ') ? -1 : text.indexOf('*');
    this.asking = true;
    this.replace(this.from, this.area.selectionStart, text, star < 0 ? undefined : [star, star + 1]);
    this.asking = false;
  }

  // Below the word, or above it where there is more room.
  private place(): void {
    const { x, y, height } = this.placeOf(this.from);
    const pane = this.area.getBoundingClientRect();
    const below = pane.height - y - height, above = y;
    const up = below < 160 && above > below;
    this.list.style.maxHeight = `${Math.max(100, Math.min(280, (up ? above : Math.max(below, 160)) - 8))}px`;
    this.list.style.left = `${Math.max(0, Math.min(x, pane.width - this.list.offsetWidth))}px`;
    this.list.style.top = up ? 'auto' : `${y + height}px`;
    this.list.style.bottom = up ? `${pane.height - y}px` : 'auto';
  }
}
