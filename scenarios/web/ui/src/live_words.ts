// What the program says when a page comes, and what a run brings (scenarios/glacis/web_catalogue.cc, web_worker.cc).
import type { Offer, Vocabulary } from './editor_complete';
import type { Schema } from './editor_schema';
import type { FilmData } from './film';

export type Named = [name: string, about: string];

export interface ListedScenario {
  name: string; // "scenarios/catalogue/memory/severed-remap.yaml"
  group: string;
  title: string;
  platforms: string[];
}

export interface ListedMachine {
  name: string;
  title: string;
}

export interface Welcome {
  version: string;
  text_bytes_max: number;
  scenarios: ListedScenario[];
  machines: ListedMachine[];
  platforms: Named[];
  profiles: string[];
  defences: Named[];
  about: Record<'verbs' | 'boundaries' | 'positions' | 'programs' | 'promises' | 'weather', Named[]>;
  schema: { scenario: Schema; machine: Schema };
}

export interface FileMark {
  file: string; // "": of no file
  line: number;
  column: number;
  text: string;
}

export interface RunAnswer {
  runs?: FilmData[];
  texts?: string[];
  marks?: FileMark[];
}

export const isMachine = (name: string): boolean => name.startsWith('scenarios/machines/');
export const stemOf = (name: string): string => name.slice(name.lastIndexOf('/') + 1).replace(/\.yaml$/, '');

export function vocabularyOf(welcome: Welcome, name: string): Vocabulary {
  const about = new Map<string, string>();
  for (const rows of [...Object.values(welcome.about), welcome.platforms, welcome.defences]) for (const [word, what] of rows) if (what) about.set(word, what);
  const offer = ([text, what]: Named): Offer => ({ text, about: what });
  return {
    schema: isMachine(name) ? welcome.schema.machine : welcome.schema.scenario,
    about,
    programs: welcome.about.programs.map(offer),
    machines: welcome.machines.map((one) => ({ text: one.name.slice('scenarios/'.length), about: one.title })),
  };
}
