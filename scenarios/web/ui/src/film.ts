// What a run's page is given: the program writes it (scenarios/web/film_json.cc), nothing else does. Indices lead into texts, blobs,
// shapes and lanes; index 0 of the first three is none. Times are picoseconds.

export type Outcome = 'broken' | 'inert' | 'blocked' | 'detected' | 'stopped' | 'held';

export interface Breach {
  promise: string;
  what: string;
  time: number;
}

export interface Check {
  label: string;
  expected: string;
  observed: string;
  agrees: boolean;
}

// name, offset, size, kind: 0 little-endian number, 1 big-endian number, 2 bytes, 3 reserved
export type RawField = [string, number, number, number];

// [0, time since the event before, attack begun, tone, lane, actor, text, clause, defence]
// [1, time since the event before, attack begun, fate, reply, lane from, lane to, boundary, object, sent, arrived, sent shape,
//  arrived shape, led to]
export type RawEvent = number[];

export interface FilmData {
  attack: string;
  title: string;
  platform: string;
  seed: number;
  profile: string;
  lift: string[];
  set: Record<string, string>;
  weather: string[];
  outcome: Outcome;
  sentence: string;
  breaches: Breach[];
  missed: string[];
  assumed: string[];
  conventions: string[];
  ends: Record<string, string>;
  limit: string;
  time: number;
  compared: boolean; // with what the file expects
  agrees: boolean;
  checks: Check[];
  mismatches: string[];
  file: string; // its name
  source: string;
  cut: boolean; // a limit was reached, and what came after is missing
  texts: string[];
  blobs: string[]; // base64
  shapes: [string, RawField[]][];
  lanes: [string, string][]; // name, kind
  events: RawEvent[];
  facts: [number, number, number, number, number][]; // event, group, name, key, value
}

export const tones = ['said', 'act', 'refused', 'noticed', 'withheld', 'missed'] as const;
export const fates = ['arrived', 'altered', 'lost', 'outside'] as const;
