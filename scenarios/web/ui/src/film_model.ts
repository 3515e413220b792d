// A film as the view works with it: each event with its absolute time, promises that broke in their place among the events, and
// bytes decoded only when somebody looks at them.
import { FactIndex } from './film_facts';
import type { FilmData, RawEvent } from './film';
import { fates, tones } from './film';
import { fromBase64 } from './packed';

export type Kind = 'line' | 'message' | 'breach';
export type Mark = 'touch' | 'defence' | 'lifted' | 'broken';

export const lineKind = 0, messageKind = 1;

// An item is an event, or a promise that broke: these have no number in the film and stand after the last event of their time.
export class FilmModel {
  readonly count: number;
  readonly times: Float64Array; // picoseconds, of each item
  readonly lanes: { name: string; kind: string }[];
  readonly facts: FactIndex;
  readonly marks: Map<number, Mark>; // by item, in their order
  private readonly events: (RawEvent | null)[] = []; // null: a breach
  private readonly breaches = new Map<number, number>();
  private readonly items: Int32Array; // of each event
  private readonly numbers: Int32Array; // of each item the last event that has happened
  private readonly decoded = new Map<number, Uint8Array>();

  constructor(readonly data: FilmData) {
    const order = data.breaches.map((_, i) => i).sort((a, b) => data.breaches[a]!.time - data.breaches[b]!.time || a - b);
    this.count = data.events.length + order.length;
    this.times = new Float64Array(this.count);
    this.items = new Int32Array(data.events.length);
    this.numbers = new Int32Array(this.count);
    this.lanes = data.lanes.map(([name, kind]) => ({ name, kind }));
    let time = 0, next = 0;
    const breach = (event: number): void => {
      const at = order[next++]!;
      this.breaches.set(this.events.length, at);
      this.times[this.events.length] = data.breaches[at]!.time;
      this.numbers[this.events.length] = event;
      this.events.push(null);
    };
    data.events.forEach((event, i) => {
      const then = time + event[1]!;
      while (next < order.length && data.breaches[order[next]!]!.time < then) breach(i - 1);
      time = then;
      this.items[i] = this.events.length;
      this.times[this.events.length] = time;
      this.numbers[this.events.length] = i;
      this.events.push(event);
    });
    while (next < order.length) breach(data.events.length - 1);
    this.marks = this.findMarks();
    this.facts = new FactIndex(data);
  }

  itemOf(event: number): number {
    return this.items[Math.min(Math.max(event, 0), this.items.length - 1)] ?? 0;
  }
  // The event, or of a breach the one before it; -1: nothing has happened yet.
  eventOf(item: number): number {
    return this.numbers[item] ?? -1;
  }
  kind(item: number): Kind {
    const event = this.events[item];
    return !event ? 'breach' : event[0] === lineKind ? 'line' : 'message';
  }
  raw(item: number): RawEvent | null {
    return this.events[item] ?? null;
  }
  breach(item: number): { promise: string; what: string } | null {
    const at = this.breaches.get(item);
    return at === undefined ? null : this.data.breaches[at] ?? null;
  }
  text(id: number | undefined): string {
    return this.data.texts[id ?? 0] ?? '';
  }
  attacking(item: number): boolean {
    return this.events[item]?.[2] === 1;
  }
  tone(item: number): (typeof tones)[number] {
    return tones[this.events[item]?.[3] ?? 0] ?? 'said';
  }
  fate(item: number): (typeof fates)[number] {
    return fates[this.events[item]?.[3] ?? 0] ?? 'arrived';
  }
  // The speaker, or of a message the boundary.
  actor(item: number): string {
    const event = this.events[item];
    return event ? this.text(event[0] === lineKind ? event[5] : event[7]) : '';
  }
  // What was said, or of a message its object.
  what(item: number): string {
    const event = this.events[item];
    if (event) return this.text(event[0] === lineKind ? event[6] : event[8]);
    const breach = this.breach(item);
    return breach ? `${breach.promise}: ${breach.what}` : '';
  }
  // Lanes: of a line the same twice.
  ends(item: number): [number, number] {
    const event = this.events[item];
    if (!event) return [-1, -1];
    return event[0] === lineKind ? [event[4]!, event[4]!] : [event[5]!, event[6]!];
  }
  bytes(blob: number | undefined): Uint8Array {
    const id = blob ?? 0;
    let out = this.decoded.get(id);
    if (!out) this.decoded.set(id, (out = fromBase64(this.data.blobs[id] ?? '')));
    return out;
  }
  size(blob: number | undefined): number {
    const text = this.data.blobs[blob ?? 0] ?? '';
    return (text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0);
  }
  boundaries(): { name: string; id: number; count: number }[] {
    const counts = new Map<number, number>();
    for (const event of this.data.events) if (event[0] === messageKind) counts.set(event[7]!, (counts.get(event[7]!) ?? 0) + 1);
    return [...counts].map(([id, count]) => ({ name: this.text(id), id, count })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private findMarks(): Map<number, Mark> {
    const out = new Map<number, Mark>();
    this.events.forEach((event, item) => {
      if (!event) out.set(item, 'broken');
      else if (event[0] === messageKind) event[3] !== 0 && out.set(item, 'touch');
      else {
        const mark = ([undefined, 'touch', 'defence', 'defence', 'defence', 'lifted'] as const)[event[3]!];
        if (mark) out.set(item, mark);
      }
    });
    return out;
  }
}

// As the terminal has it: "10.701 µs".
export function timeText(picoseconds: number): string {
  const micros = Math.floor(picoseconds / 1e6), nanos = Math.floor((picoseconds % 1e6) / 1e3);
  return `${micros}.${String(nanos).padStart(3, '0')} µs`;
}

