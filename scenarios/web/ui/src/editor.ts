// A text editor for YAML: a text area, so that the browser's own editing, undo and reading aloud work; behind it the same lines in
// colours with the marks of what is wrong, beside it their numbers. Only lines in view are drawn.
import { h } from './dom';
import { painted } from './editor_paint';
import { Suggest } from './editor_suggest';
import type { Offers } from './editor_complete';

export interface Mark {
  line: number; // from one
  column: number; // characters from one
  text: string;
}

export interface EditorOptions {
  offers(text: string, offset: number): Offers;
  changed(text: string): void;
}

const kLinesAround = 20;

export class Editor {
  readonly element: HTMLElement;
  readonly area: HTMLTextAreaElement;
  private readonly lines = h('div', { class: 'ed-lines', 'aria-hidden': 'true' });
  private readonly paint = h('div', { class: 'ed-paint', 'aria-hidden': 'true' });
  private readonly ruler = h('span', { class: 'ed-ruler', 'aria-hidden': 'true' }, 'x'.repeat(100));
  private readonly problems = h('ol', { class: 'ed-problems', 'aria-label': 'What is wrong in the file', hidden: true });
  private readonly suggest: Suggest;
  private marks: Mark[] = [];
  private split: string[] = [''];

  constructor(private readonly options: EditorOptions) {
    this.area = h('textarea', {
      class: 'ed-area', id: 'editor', spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', wrap: 'off', 'aria-label': 'Text of the file',
      'aria-describedby': 'editor-status', oninput: () => this.input(), onscroll: () => this.draw(), onkeydown: (event: KeyboardEvent) => this.key(event),
      onblur: () => this.suggest.close(), onclick: () => this.suggest.close(),
    });
    this.suggest = new Suggest(this.area, (offset) => this.placeOf(offset), (from, to, text, select) => this.replace(from, to, text, select));
    this.element = h('div', { class: 'ed' },
      h('div', { class: 'ed-body' }, this.lines, h('div', { class: 'ed-pane' }, this.paint, this.area, this.ruler, this.suggest.list)),
      this.problems, h('div', { id: 'editor-status', class: 'unseen', role: 'status' }), this.suggest.status);
    new ResizeObserver(() => this.draw()).observe(this.area);
  }

  get text(): string {
    return this.area.value;
  }

  set text(text: string) {
    this.area.value = text;
    this.area.setSelectionRange(0, 0);
    this.area.scrollTop = this.area.scrollLeft = 0;
    this.marks = [];
    this.suggest.close();
    this.relist();
    this.resplit();
  }

  show(marks: Mark[]): void {
    this.marks = marks;
    this.relist();
    this.draw();
  }

  goTo(mark: Mark): void {
    const offset = this.offsetOf(mark);
    this.area.focus();
    this.area.setSelectionRange(offset, offset);
    const top = (mark.line - 1) * this.lineHeight();
    if (top < this.area.scrollTop || top > this.area.scrollTop + this.area.clientHeight - 2 * this.lineHeight())
      this.area.scrollTop = top - this.area.clientHeight / 2;
  }

  // The mark behind the caret, else the first.
  next(): void {
    const caret = this.area.selectionStart;
    const mark = this.marks.find((one) => this.offsetOf(one) > caret) ?? this.marks[0];
    if (mark) this.goTo(mark);
  }

  private input(): void {
    this.marks = [];
    this.relist();
    this.resplit();
    this.options.changed(this.text);
    this.suggest.refresh((offset) => this.options.offers(this.text, offset));
  }

  private key(event: KeyboardEvent): void {
    if (this.suggest.key(event)) return;
    if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      this.suggest.open((offset) => this.options.offers(this.text, offset));
    } else if (event.key === 'Enter' && !event.ctrlKey && !event.altKey && !event.metaKey && !event.isComposing) {
      // The next line begins where this one does.
      const at = this.area.selectionStart;
      const line = this.text.slice(this.text.lastIndexOf('\n', at - 1) + 1, at);
      const indent = /^ */.exec(line)![0];
      if (indent === '') return;
      event.preventDefault();
      this.replace(at, this.area.selectionEnd, '\n' + indent);
    }
  }

  // Through the browser's own editing, so that undo takes it back.
  private replace(from: number, to: number, text: string, select?: [number, number]): void {
    this.area.setSelectionRange(from, to);
    if (!document.execCommand('insertText', false, text)) {
      this.area.setRangeText(text, from, to, 'end');
      this.input();
    }
    if (select) this.area.setSelectionRange(from + select[0], from + select[1]);
  }

  private resplit(): void {
    this.split = this.text.split('\n');
    this.draw();
  }

  private lineHeight(): number {
    return parseFloat(getComputedStyle(this.area).lineHeight) || 18;
  }

  private offsetOf(mark: Mark): number {
    let offset = 0;
    for (let i = 0; i < mark.line - 1 && i < this.split.length; i++) offset += this.split[i]!.length + 1;
    const line = this.split[mark.line - 1] ?? '';
    return Math.min(this.text.length, offset + [...line].slice(0, mark.column - 1).join('').length);
  }

  // Pixels from the pane's corner to the character at this offset.
  private placeOf(offset: number): { x: number; y: number; height: number } {
    const before = this.text.slice(0, offset);
    const line = before.length - before.replaceAll('\n', '').length;
    const column = offset - before.lastIndexOf('\n') - 1;
    const style = getComputedStyle(this.area);
    const width = this.ruler.getBoundingClientRect().width / 100;
    return {
      x: parseFloat(style.paddingLeft) + column * width - this.area.scrollLeft,
      y: parseFloat(style.paddingTop) + line * this.lineHeight() - this.area.scrollTop, height: this.lineHeight(),
    };
  }

  private draw(): void {
    const height = this.lineHeight();
    const first = Math.max(0, Math.floor(this.area.scrollTop / height) - kLinesAround);
    const last = Math.min(this.split.length, Math.ceil((this.area.scrollTop + this.area.clientHeight) / height) + kLinesAround);
    const numbers: Node[] = [], rows: Node[] = [];
    for (let i = first; i < last; i++) {
      const mark = this.marks.find((one) => one.line === i + 1);
      numbers.push(h('div', { class: mark ? 'ed-wrong' : null }, i + 1));
      rows.push(h('div', { class: mark ? 'ed-row ed-wrong' : 'ed-row' }, ...(mark ? this.underlined(this.split[i]!, mark) : painted(this.split[i]!)), '\n'));
    }
    const shift = first * height - this.area.scrollTop;
    this.lines.replaceChildren(h('div', { class: 'ed-shift' }, ...numbers));
    this.paint.replaceChildren(h('div', { class: 'ed-shift' }, ...rows));
    (this.lines.firstElementChild as HTMLElement).style.transform = `translateY(${shift}px)`;
    (this.paint.firstElementChild as HTMLElement).style.transform = `translate(${-this.area.scrollLeft}px, ${shift}px)`;
    this.lines.style.width = `${Math.max(3, String(this.split.length).length + 1)}ch`;
  }

  // The word that the complaint points at, else the rest of the line.
  private underlined(line: string, mark: Mark): (Node | string)[] {
    const characters = [...line];
    const begin = characters.slice(0, mark.column - 1).join('');
    const rest = line.slice(begin.length);
    const word = /^[^\s,{}[\]]+/.exec(rest)?.[0] ?? (rest === '' ? ' ' : rest[0]!);
    return [...painted(begin), h('span', { class: 'ed-squiggle' }, word), ...painted(rest.slice(word.length))];
  }

  private relist(): void {
    this.problems.hidden = this.marks.length === 0;
    this.problems.replaceChildren(...this.marks.map((mark) =>
      h('li', {}, h('button', { type: 'button', onclick: () => this.goTo(mark) }, `line ${mark.line}, column ${mark.column}: ${mark.text}`))));
    const status = this.element.querySelector('#editor-status');
    if (status) status.textContent = this.marks.map((mark) => `line ${mark.line}, column ${mark.column}: ${mark.text}`).join('; ');
  }
}
