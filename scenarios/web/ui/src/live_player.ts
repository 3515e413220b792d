// Moves through a run that is already played: step, step back, and on by itself at a speed.
import { h } from './dom';

export interface Steps {
  step(rows: number): boolean; // false: it was at the end
}

const kSpeeds: [string, number][] = [['1 a second', 1], ['4 a second', 4], ['16 a second', 16], ['60 a second', 60]];

export class Player {
  readonly element: HTMLElement;
  private readonly play = h('button', { type: 'button', onclick: () => this.toggle() }, '▶ Play');
  private readonly speed = h('select', { 'aria-label': 'Speed', onchange: () => this.timer && this.start() }, ...kSpeeds.map(([name], i) => h('option', { value: i, selected: i === 1 }, name)));
  private timer = 0;

  constructor(private readonly steps: () => Steps | null) {
    this.element = h('div', { class: 'player', role: 'group', 'aria-label': 'Move through the run' },
      h('button', { type: 'button', title: 'One row back (Alt+←)', onclick: () => this.step(-1) }, '◀ Step back'), this.play,
      h('button', { type: 'button', title: 'One row on (Alt+→)', onclick: () => this.step(1) }, 'Step ▶'), this.speed);
    this.enable(false);
  }

  enable(on: boolean): void {
    this.pause();
    for (const one of this.element.querySelectorAll<HTMLButtonElement | HTMLSelectElement>('button, select')) one.disabled = !on;
  }

  step(rows: number): void {
    this.pause();
    this.steps()?.step(rows);
  }

  toggle(): void {
    this.timer ? this.pause() : this.start();
  }

  private start(): void {
    this.pause();
    const perSecond = kSpeeds[Number(this.speed.value)]![1];
    this.timer = window.setInterval(() => {
      if (!this.steps()?.step(1)) this.pause();
    }, 1000 / perSecond);
    this.play.textContent = '⏸ Pause';
    this.play.setAttribute('aria-pressed', 'true');
  }

  private pause(): void {
    clearInterval(this.timer);
    this.timer = 0;
    this.play.textContent = '▶ Play';
    this.play.setAttribute('aria-pressed', 'false');
  }
}
