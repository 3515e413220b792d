// What the matrix page is given: the program writes it (scenarios/web/matrix_json.cc), nothing else does.

export interface Cell {
  observed: string; // an outcome, "n/a" or "error"
  expected: string;
  hardened?: string; // observed on the hardened machine, where the file says something of it
  expectedHardened?: string;
  agrees: boolean;
  reason?: string; // of "n/a"
  defence: string[]; // what spoke
  promise: string[]; // what broke
  mismatches: string[];
  checks: [label: string, expected: string, observed: string, agrees: boolean][];
  claims: [source: string, says: string, differs: boolean][];
}

export interface Source {
  key: string;
  cite: string;
  quote: string;
  says: Record<string, string>; // platform -> outcome
}

export interface CatalogueRow {
  id: string;
  name: string;
  source: string;
  adversary: string;
  steps: string;
  violates: string[];
  mechanism: string;
  why: string;
  evidence: string;
  verified: string[];
}

export interface Attack {
  id: string;
  title: string;
  why: string;
  group: string;
  page: string; // "" where nothing of it is played
  by: string[];
  breaks: string[];
  threats: string[];
  assumes: string[];
  guests: string[];
  machines: string[];
  variants: { name: string; steps: string[] }[];
  sources: Source[];
  catalogue: CatalogueRow | null;
  afterwards: string;
  cells: Record<string, Cell>; // by platform
}

export interface Defence {
  id: string;
  clause: string;
  promise: string;
  act: string;
  conformance: boolean;
  rows: [attack: string, platforms: string[], profile: string, lifted: string[], outcome: string][];
  kill?: { attack: string; platform: string; profile: string; lifted: string[] };
}

export interface Threat {
  id: string;
  kind: string;
  about: string;
  attacks: string[];
}

export interface MatrixData {
  columns: string[];
  attacks: Attack[];
  defences: Defence[];
  threats: Threat[];
  untagged: string[];
}

// The order in which outcomes are told.
export const outcomes = ['broken', 'blocked', 'detected', 'stopped', 'held', 'inert', 'error', 'n/a'] as const;

export function outcomeClass(outcome: string): string {
  return outcome === 'n/a' ? 'o na' : `o ${outcome}`;
}

// Of each attack the promises that break in it, in a row of its file or in a run.
export function promisesOf(attack: Attack): string[] {
  return [...new Set([...attack.breaks, ...Object.values(attack.cells).flatMap((cell) => cell.promise)])];
}
