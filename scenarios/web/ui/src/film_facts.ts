// What was true at an event: for each (group, name, key) its values in the order of time, made once and searched by halves.
import type { FilmData } from './film';

export interface Fact {
  group: string;
  name: string;
  key: string;
  value: string; // empty: no longer so
  since: number; // the event from which it is true
  before: string; // the value it had until then
}

interface Track {
  group: string;
  name: string;
  key: string;
  events: number[];
  values: number[];
}

export class FactIndex {
  private readonly tracks: Track[] = [];

  constructor(private readonly data: FilmData) {
    const byKey = new Map<string, Track>();
    for (const [event, group, name, key, value] of data.facts) {
      const id = `${group} ${name} ${key}`;
      let track = byKey.get(id);
      if (!track) {
        track = { group: data.texts[group] ?? '', name: data.texts[name] ?? '', key: data.texts[key] ?? '', events: [], values: [] };
        byKey.set(id, track);
        this.tracks.push(track);
      }
      const last = track.events.length - 1;
      if (last >= 0 && track.events[last] === event) track.values[last] = value;
      else track.events.push(event), track.values.push(value);
    }
  }

  // In the order in which each first became known. What has ended is told where it ended after `since`.
  at(event: number, since = event): Fact[] {
    const out: Fact[] = [];
    for (const track of this.tracks) {
      const at = lastNotAfter(track.events, event);
      if (at < 0) continue;
      const value = this.data.texts[track.values[at]!] ?? '';
      if (!value && track.events[at]! < since) continue;
      const before = at > 0 ? this.data.texts[track.values[at - 1]!] ?? '' : '';
      out.push({ group: track.group, name: track.name, key: track.key, value, since: track.events[at]!, before });
    }
    return out;
  }
}

// The last place whose number is not above `wanted`; -1: there is none.
export function lastNotAfter(sorted: ArrayLike<number>, wanted: number): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
