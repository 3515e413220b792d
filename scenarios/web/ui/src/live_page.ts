// The live page: what is open, how it is to be run, and what came of it.
import { h } from './dom';
import { Editor, type Mark } from './editor';
import { offersAt } from './editor_complete';
import type { FilmData } from './film';
import { helpDialog } from './live_help';
import { Lifts } from './live_lifts';
import { searchList } from './live_list';
import { Player } from './live_player';
import type { Socket } from './live_socket';
import { isMachine, stemOf, vocabularyOf, type FileMark, type RunAnswer, type Welcome } from './live_words';
import { mountRuns, type RunsView } from './run_view';

interface Opened {
  text: string;
  stored: string; // as it came from the catalogue
}

const kCheckPause = 250; // milliseconds without a key
const kUntitled = 'untitled.yaml';

export class LivePage {
  socket!: Socket;
  private welcome: Welcome | null = null;
  private readonly files = new Map<string, Opened>();
  private shown = ''; // in the editor
  private scenario = ''; // what is run
  private view: RunsView | null = null;
  private running = false;
  private checking = 0;
  private checks = 0;
  private films: FilmData[] = [];

  private readonly status = h('p', { class: 'live-status', role: 'status' }, 'connecting…');
  private readonly where = h('div', { class: 'live-runs' }, h('p', { class: 'live-hint' }, 'The run is shown here: Ctrl+Enter plays what the editor holds. Then a click on a defence that spoke plays it again without that defence, and sets both side by side.'));
  private readonly terminal = h('details', { class: 'live-terminal', hidden: true }, h('summary', {}, 'As the terminal says it'), h('pre', { tabindex: 0 }));
  private readonly platform = h('select', { id: 'platform' });
  private readonly seed = h('input', { id: 'seed', inputmode: 'numeric', value: '1', size: 6 });
  private readonly profile = h('select', { id: 'profile' });
  private readonly run = h('button', { type: 'button', class: 'primary', title: 'Ctrl+Enter', onclick: () => this.runOrStop() }, 'Run');
  private readonly lifts = new Lifts(() => void this.play());
  private readonly player = new Player(() => this.view);
  private readonly tabs = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Open files' });
  private readonly download = h('a', { class: 'download', href: '#' }, 'Download');
  private readonly revert = h('button', { type: 'button', onclick: () => this.takeBack() }, 'Take changes back');
  private readonly catalogue = searchList('Search scenarios and machines…', true, (name) => void this.open(name));
  private readonly help = helpDialog();
  private readonly editor = new Editor({
    offers: (text, offset) => (this.welcome ? offersAt(text, offset, vocabularyOf(this.welcome, this.shown)) : { from: offset, offers: [] }),
    changed: (text) => this.changed(text),
  });
  private readonly picker = h('section', { class: 'picker', 'aria-label': 'Catalogue' }, this.catalogue.element);
  private readonly desk = h('section', { class: 'desk', 'aria-label': 'Editor', hidden: true },
    h('div', { class: 'desk-head' }, this.tabs, h('div', { class: 'desk-tools' }, this.revert, this.download)), this.editor.element);
  private readonly pick = h('button', { type: 'button', 'aria-expanded': 'true', onclick: () => this.togglePicker() }, 'Catalogue');
  private readonly wide = h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => this.toggleWide() }, 'Hide editor');

  constructor(app: HTMLElement) {
    const setting = (label: string, id: string, field: HTMLElement): HTMLElement => h('span', { class: 'setting' }, h('label', { for: id }, label), field);
    app.replaceChildren(h('div', { class: 'live' },
      h('header', { class: 'live-bar' }, h('h1', {}, 'Glacis'), this.pick, this.wide,
        h('button', { type: 'button', onclick: () => this.openNew() }, 'New scenario'),
        h('span', { class: 'live-settings' }, setting('Platform', 'platform', this.platform), setting('Profile', 'profile', this.profile), setting('Seed', 'seed', this.seed), this.run),
        this.player.element, h('button', { type: 'button', class: 'live-help-button', onclick: () => this.help.showModal() }, 'Help')),
      h('div', { class: 'live-lifts' }, h('span', { class: 'live-label' }, 'Defences'), this.lifts.element),
      h('main', { class: 'live-main' }, h('div', { class: 'live-left' }, this.picker, this.desk),
        h('div', { class: 'live-right' }, this.status, this.terminal, this.where)), this.help));
    addEventListener('keydown', (event) => this.key(event));
    this.download.addEventListener('click', () => this.fillDownload());
    this.platform.addEventListener('change', () => this.lifts.reset());
  }

  say(text: string, wrong = false): void {
    this.status.textContent = text;
    this.status.classList.toggle('wrong', wrong);
  }

  async connected(): Promise<void> {
    this.welcome = await this.socket.ask<Welcome>('welcome');
    const { scenarios, machines, defences, profiles } = this.welcome;
    this.catalogue.set([
      ...scenarios.map((one) => ({ key: one.name, name: stemOf(one.name), about: one.title, group: one.group })),
      ...machines.map((one) => ({ key: one.name, name: stemOf(one.name), about: one.title, group: 'machines' }))]);
    this.lifts.set(defences);
    const profile = this.profile.value;
    this.profile.replaceChildren(...profiles.map((name) => h('option', { selected: name === profile }, name)));
    if (this.shown) return this.say('connected again');
    this.say('Pick a scenario of the catalogue, or begin a new one.');
    const wanted = decodeURIComponent(location.hash.slice(1));
    const named = [...scenarios, ...machines].find((one) => one.name === wanted || stemOf(one.name) === wanted);
    if (named) await this.open(named.name);
    else this.catalogue.input.focus();
  }

  private key(event: KeyboardEvent): void {
    if (this.help.open) return;
    if (event.key === 'Enter' && event.ctrlKey) void this.play();
    else if (event.altKey && event.key === 'ArrowLeft') this.player.step(-1);
    else if (event.altKey && event.key === 'ArrowRight') this.player.step(1);
    else if (event.altKey && event.code === 'KeyP') this.player.toggle();
    else if (event.key === 'F8') this.editor.next();
    else return;
    event.preventDefault();
  }

  private togglePicker(open = this.picker.hidden): void {
    this.picker.hidden = !open;
    this.desk.hidden = open || this.shown === '';
    this.pick.setAttribute('aria-expanded', String(open));
    if (open) {
      if (document.body.querySelector('.live')!.classList.contains('wide')) this.toggleWide();
      this.catalogue.input.focus();
    }
  }

  private toggleWide(): void {
    const wide = document.body.querySelector('.live')!.classList.toggle('wide');
    this.wide.setAttribute('aria-pressed', String(wide));
    this.wide.textContent = wide ? 'Show editor' : 'Hide editor';
  }

  private async open(name: string): Promise<void> {
    if (!this.files.has(name)) {
      try {
        const { text } = await this.socket.ask<{ text: string }>('open', { name });
        this.files.set(name, { text, stored: text });
      } catch (error) {
        return this.say(String((error as Error).message), true);
      }
    }
    this.show(name);
  }

  private openNew(): void {
    if (!this.files.has(kUntitled)) this.files.set(kUntitled, { text: kStart, stored: kStart });
    this.show(kUntitled);
  }

  private show(name: string): void {
    this.shown = name;
    if (!isMachine(name) && this.scenario !== name) {
      this.scenario = name;
      this.lifts.reset();
      this.fillPlatforms();
      history.replaceState(null, '', `${location.pathname}${location.search}#${encodeURIComponent(stemOf(name))}`);
    }
    this.editor.text = this.files.get(name)!.text;
    this.togglePicker(false);
    this.drawTabs();
    this.editor.area.focus();
    this.say(isMachine(name) ? `${stemOf(name)} is a machine: what you change here counts for the next run.` : `${stemOf(name)} is open; Ctrl+Enter runs it.`);
    this.checkSoon(0);
  }

  private drawTabs(): void {
    const move = (event: KeyboardEvent): void => {
      const names = [...this.files.keys()];
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step === undefined || event.altKey) return;
      event.preventDefault();
      this.show(names[(names.indexOf(this.shown) + step + names.length) % names.length]!);
      this.tabs.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
    };
    this.tabs.replaceChildren(...[...this.files].map(([name, file]) =>
      h('button', {
        type: 'button', role: 'tab', 'aria-selected': String(name === this.shown), 'aria-controls': 'editor', tabindex: name === this.shown ? 0 : -1, title: name,
        onclick: () => this.show(name), onkeydown: move,
      }, stemOf(name), file.text !== file.stored ? ' (changed)' : '', name === this.scenario && this.files.size > 1 ? h('span', { class: 'tab-run' }, ' · is run') : '')));
    const file = this.files.get(this.shown);
    this.revert.disabled = !file || file.text === file.stored;
    this.download.download = this.shown.slice(this.shown.lastIndexOf('/') + 1);
  }

  private takeBack(): void {
    const file = this.files.get(this.shown);
    if (!file) return;
    file.text = this.editor.text = file.stored;
    this.drawTabs();
    this.checkSoon(0);
    this.editor.area.focus();
  }

  private fillDownload(): void {
    URL.revokeObjectURL(this.download.href);
    this.download.href = URL.createObjectURL(new Blob([this.editor.text], { type: 'application/yaml' }));
  }

  // From the text, for the user may have changed them; else what the catalogue says.
  private fillPlatforms(): void {
    const all = this.welcome?.platforms.map(([name]) => name) ?? [];
    const said = /^platforms:\s*(.*)$/m.exec(this.files.get(this.scenario)?.text ?? '')?.[1] ?? '';
    const words: string[] = said.match(/[a-z][a-z0-9-]*/g) ?? [];
    const have = words.includes('all') ? all : all.filter((name) => words.includes(name));
    const before = this.platform.value;
    const options = [...this.platform.options].map((option) => option.value);
    if (options.join() === have.join() && options.length > 0) return;
    const wanted = have.includes(before) ? before : have.includes('snp') ? 'snp' : have[0] ?? '';
    this.platform.replaceChildren(...have.map((name) => h('option', { selected: name === wanted }, name)));
    this.platform.disabled = have.length === 0;
    if (have.length === 0) this.platform.replaceChildren(h('option', { value: '' }, 'as the machine says'));
  }

  private changed(text: string): void {
    const file = this.files.get(this.shown);
    if (!file) return;
    const was = file.text !== file.stored;
    file.text = text;
    if (was !== (file.text !== file.stored)) this.drawTabs();
    if (this.shown === this.scenario) this.fillPlatforms();
    this.checkSoon(kCheckPause);
  }

  private checkSoon(after: number): void {
    clearTimeout(this.checking);
    this.checking = window.setTimeout(() => void this.check(), after);
  }

  private texts(): Record<string, string> {
    const out: Record<string, string> = {};
    for (const [name, file] of this.files) if (name === this.scenario || name === this.shown || (isMachine(name) && file.text !== file.stored)) out[name] = file.text;
    return out;
  }

  private tooLarge(): string {
    const max = this.welcome?.text_bytes_max ?? 0;
    for (const [name, file] of this.files)
      if (new TextEncoder().encode(file.text).length > max) return `${stemOf(name)} is larger than the ${max / 1024} KiB that a page may edit`;
    return '';
  }

  private async check(): Promise<void> {
    const number = ++this.checks;
    const large = this.tooLarge();
    if (large) return this.say(large, true);
    try {
      const { marks } = await this.socket.ask<{ marks: FileMark[] }>('check', { name: this.shown, files: this.texts() });
      if (number === this.checks) this.mark(marks);
    } catch (error) {
      if (number === this.checks) this.say((error as Error).message, true);
    }
  }

  private mark(marks: FileMark[]): void {
    const here: Mark[] = marks.filter((one) => one.file === this.shown || one.file === '').map((one) => ({ line: one.line || 1, column: one.column || 1, text: one.text }));
    const other = marks.find((one) => one.file !== this.shown && one.file !== '');
    if (other) here.push({ line: 1, column: 1, text: `${other.file}:${other.line}:${other.column}: ${other.text}` });
    this.editor.show(here);
  }

  private runOrStop(): void {
    if (!this.running) return void this.play();
    void this.socket.ask('stop').catch(() => undefined);
  }

  private async play(): Promise<void> {
    if (this.running) return;
    if (!this.scenario) return this.say('Pick a scenario first.', true);
    const large = this.tooLarge();
    if (large) return this.say(large, true);
    this.setRunning(true);
    const lift = this.lifts.lifted;
    this.say(lift.length > 0 ? `playing ${stemOf(this.scenario)} with and without ${lift.join(', ')}…` : `playing ${stemOf(this.scenario)}…`);
    try {
      const answer = await this.socket.ask<RunAnswer>('run', {
        name: this.scenario, files: this.texts(), platform: this.platform.value, seed: this.seed.value.trim() || '1', profile: this.profile.value, lift,
      });
      this.showRun(answer);
    } catch (error) {
      this.say((error as Error).message, true);
    } finally {
      this.setRunning(false);
    }
  }

  private setRunning(on: boolean): void {
    this.running = on;
    this.run.textContent = on ? 'Stop' : 'Run';
    this.where.setAttribute('aria-busy', String(on));
  }

  private showRun(answer: RunAnswer): void {
    if (answer.marks) {
      const mark = answer.marks[0]!;
      if (mark.file === '' ) return this.say(mark.text, true);
      this.mark(answer.marks);
      return this.say(`not run: ${stemOf(mark.file)}, line ${mark.line}: ${mark.text}`, true);
    }
    const texts = answer.texts ?? [];
    this.films = answer.runs ?? [];
    this.terminal.hidden = texts.length === 0;
    this.terminal.open ||= this.films.some((film) => !film.agrees && film.compared);
    this.terminal.querySelector('pre')!.textContent = texts.join('\n');
    this.lifts.heard(this.films);
    this.player.enable(this.films.length > 0);
    if (this.films.length === 0) {
      this.view?.replaceRuns([]);
      return this.say(texts[0]?.split('\n')[1]?.trim() ?? 'nothing was played', true);
    }
    if (this.view) this.view.replaceRuns(this.films);
    else this.view = mountRuns(this.where, this.films);
    this.say(this.films.map((film) => (film.lift.length > 0 ? `without ${film.lift.join(', ')}: ` : '') + film.sentence).join(' — '), this.films.some((film) => !film.agrees && film.compared));
  }
}

const kStart = `format: 1
scenario: The host swaps two guest pages
why: >
  What is at stake, and how the attack works.
sources:
  mine: { cite: "where it is written" }
machine: machines/bare-vm.yaml
platforms: [ none, snp ]
guest: { vm0: keep-two-pages }
assumes: [ address of vm0.page.secret, moment vm0.stored ]
attack:
  - { by: vmm, at: vm0.mapping, when: { after: vm0.stored }, do: { swap: [ vm0.page.secret, vm0.page.decoy ] } }
expect:
  - { platforms: [ none ], outcome: broken, promise: integrity }
  - { platforms: [ snp ], outcome: blocked, by: rmp.access.gpa, at: cpu0 }
afterwards: { ends: { vm0: served } }
`;
