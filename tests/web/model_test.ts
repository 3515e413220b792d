// What a film becomes before anything of it is drawn; model_test.py bundles this and runs it in node.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FilmData } from './src/film';
import { fieldsOf } from './src/film_bytes';
import { pairedRows, singleRows } from './src/film_compare';
import { FactIndex, lastNotAfter } from './src/film_facts';
import { FilmModel, timeText } from './src/film_model';
import { fromBase64 } from './src/packed';
import { firstFilter, shown } from './src/run_filter';

const nothing: FilmData = {
  attack: 'a', title: '', platform: 'snp', seed: 1, profile: 'baseline', lift: [], set: {}, weather: [], outcome: 'held', sentence: '', breaches: [],
  missed: [], assumed: [], conventions: [], ends: {}, limit: '', time: 0, compared: false, agrees: true, checks: [], mismatches: [], file: '',
  source: '', cut: false, texts: [''], blobs: [''], shapes: [['', []]], lanes: [['vm0', 'guest'], ['vmm', 'VMM']], events: [], facts: [],
};

// A film of lines, each [time, what].
function lines(...all: [number, string][]): FilmModel {
  const texts = ['', 'vm0'];
  let before = 0;
  const events = all.map(([time, what]) => {
    if (!texts.includes(what)) texts.push(what);
    const out = [0, time - before, 0, 0, 0, 1, texts.indexOf(what), 0, 0];
    before = time;
    return out;
  });
  return new FilmModel({ ...nothing, texts, events });
}

function pairs(a: FilmModel, b: FilmModel): string[] {
  const rows = pairedRows(a, b);
  return Array.from({ length: rows.count }, (_, row) => {
    const l = rows.left[row]!, r = rows.right![row]!;
    return `${l < 0 ? '-' : a.what(l)}|${r < 0 ? '-' : b.what(r)}${rows.differs(row) ? '*' : ''}`;
  });
}

test('time is cut to nanoseconds, as the terminal cuts it', () => {
  assert.deepEqual([0, 999, 1_000, 10_701_000, 1_371_906_999].map(timeText), ['0.000 µs', '0.000 µs', '0.001 µs', '10.701 µs', '1371.906 µs']);
});

test('differences between times add up', () => {
  assert.deepEqual([...lines([5, 'a'], [5, 'b'], [1_000_000, 'c']).times], [5, 5, 1_000_000]);
});

test('a promise that broke stands after the last event of its time', () => {
  const { data } = lines([10, 'a'], [20, 'b'], [20, 'c'], [30, 'd']);
  const model = new FilmModel({ ...data, breaches: [{ promise: 'late', what: 'z', time: 99 }, { promise: 'integrity', what: 'y', time: 20 }] });
  assert.deepEqual(Array.from({ length: model.count }, (_, item) => model.what(item)), ['a', 'b', 'c', 'integrity: y', 'd', 'late: z']);
  assert.deepEqual([0, 1, 2, 3].map((event) => model.itemOf(event)), [0, 1, 2, 4]);
  assert.deepEqual([0, 1, 2, 3, 4, 5].map((item) => model.eventOf(item)), [0, 1, 2, 2, 3, 3]);
  assert.deepEqual([...model.marks], [[3, 'broken'], [5, 'broken']]);
});

test('two runs stand side by side until they part, and then by time', () => {
  assert.deepEqual(pairs(lines([1, 'a'], [2, 'b'], [4, 'c']), lines([1, 'a'], [2, 'x'], [3, 'y'], [4, 'c'])),
    ['a|a', 'b|-*', '-|x*', '-|y*', 'c|c']);
  assert.deepEqual(pairs(lines([1, 'a'], [2, 'b']), lines([1, 'a'])), ['a|a', 'b|-*']);
  assert.deepEqual(pairs(lines([2, 'b']), lines([2, 'a'], [2, 'b'])), ['-|a*', 'b|b']);
  assert.equal(pairedRows(lines([1, 'a'], [2, 'b']), lines([1, 'a'], [2, 'x'])).firstDifference, 1);
});

test('the same run twice differs nowhere', () => {
  const rows = pairedRows(lines([1, 'a'], [2, 'b']), lines([1, 'a'], [2, 'b']));
  assert.deepEqual([rows.firstDifference, rows.count, rows.differs(0), rows.differs(1)], [-1, 2, false, false]);
});

test('what happened later in one run alone is a difference although it is the same', () => {
  assert.deepEqual(pairs(lines([1, 'a']), lines([3, 'a'])), ['a|a']);
  assert.deepEqual(pairs(lines([1, 'a'], [2, 'x'], [3, 'b']), lines([1, 'a'], [3, 'y'], [4, 'b'])), ['a|a', 'x|-*', 'b|-*', '-|y*', '-|b*']);
});

test('the side that has nothing on a row is where it was', () => {
  const rows = pairedRows(lines([1, 'a'], [2, 'b'], [4, 'c']), lines([1, 'a'], [3, 'x']));
  assert.deepEqual([0, 1, 2, 3].map(rows.rightAt), [0, 0, 1, 1]);
  assert.deepEqual([0, 1, 2, 3].map(rows.leftAt), [0, 1, 1, 2]);
  assert.deepEqual([0, 1, 2].map(rows.rowOf), [0, 1, 3]);
});

test('facts hold from their event until the next of the same name', () => {
  const texts = ['', 'memory', 'page', 'owner', 'vm0', 'vm1'];
  const index = new FactIndex({ ...nothing, texts, facts: [[2, 1, 2, 3, 4], [5, 1, 2, 3, 5], [7, 1, 2, 3, 0]] });
  const at = (event: number): string[] => index.at(event).map((fact) => `${fact.before}>${fact.value}@${fact.since}`);
  assert.deepEqual([1, 2, 4, 5, 6, 7, 8].map(at), [[], ['>vm0@2'], ['>vm0@2'], ['vm0>vm1@5'], ['vm0>vm1@5'], ['vm1>@7'], []]);
});

test('halving finds the last that is not after', () => {
  assert.deepEqual([0, 1, 2, 3, 9].map((wanted) => lastNotAfter([1, 3, 3, 7], wanted)), [-1, 0, 0, 2, 3]);
});

test('fields are read in their order of bytes, and what no field covers is told', () => {
  const bytes = Uint8Array.from([1, 2, 1, 2, 0x41, 0x42, 0x43, 0x44, 0, 0, 9]);
  const read = fieldsOf([['little', 0, 2, 0], ['big', 2, 2, 1], ['name', 4, 4, 2], ['reserved', 8, 2, 3]], bytes);
  assert.deepEqual(read.map((field) => field.value), ['0x201 (513)', '0x102 (258)', '41424344 "ABCD"', 'zero', '09']);
  assert.equal(read.at(-1)!.name, '(rest)');
  assert.equal(fieldsOf([['wide', 0, 8, 0]], Uint8Array.from([255, 255, 255, 255, 255, 255, 255, 255]))[0]!.value,
    '0xffffffffffffffff (18446744073709551615)');
  assert.deepEqual([...fromBase64('+/8=')], [0xfb, 0xff]);
});

test('a search finds by speaker and by words, whatever their case', () => {
  const model = lines([1, 'Reaches stored'], [2, 'ends']), filter = firstFilter([model]);
  const places = (text: string, matchesOnly = false): number[][] => {
    const out = shown(singleRows(model), [model], { ...filter, text, matchesOnly });
    return [[...out.rows], [...out.hits]];
  };
  assert.deepEqual(places('STORED'), [[0, 1], [0]]);
  assert.deepEqual(places('vm0', true), [[0, 1], [0, 1]]);
  assert.deepEqual(places('ends', true), [[1], [0]]);
  assert.deepEqual(places('  ', true), [[0, 1], []]);
});

// Messages of one object over a boundary, each with its bytes.
function messages(boundary: string, ...bytes: string[]): FilmModel {
  const events = bytes.map((_, i) => [1, 1, 0, 0, 0, 0, 1, 1, 2, i + 1, i + 1, 0, 0, 0]);
  return new FilmModel({ ...nothing, texts: ['', boundary, 'OBJECT'], blobs: ['', ...bytes], events });
}

test('a message is as large as its bytes are, which are read when they are looked at', () => {
  const model = messages('link', 'AA==', '+/8=', 'AAEC', 'AAECAw==');
  assert.deepEqual([0, 1, 2, 3, 4].map((blob) => model.size(blob)), [0, 1, 2, 3, 4]);
  assert.deepEqual([0, 1, 2, 3, 4].map((blob) => [...model.bytes(blob)]), [[], [0], [0xfb, 0xff], [0, 1, 2], [0, 1, 2, 3]]);
});

test('the first difference is shown even where its boundary is hidden', () => {
  const left = messages('link', 'AA==', 'AQ==', 'Ag==', 'Aw=='), right = messages('link', 'AA==', 'Ag==', 'AQ==', 'Aw=='), rows = pairedRows(left, right);
  assert.deepEqual([rows.firstDifference, [0, 1, 2, 3].map((row) => rows.differs(row))], [1, [false, true, true, false]]);
  const filter = { ...firstFilter([left, right]), hidden: new Set(['link']) };
  assert.deepEqual([...shown(rows, [left, right], filter).rows], [1]);
  assert.deepEqual([...shown(rows, [left, right], { ...filter, view: 'touched' }).rows], []);
});

test('packets on links are hidden at first only where they drown the rest', () => {
  const many = Array.from({ length: 300 }, () => 'AA==');
  assert.deepEqual([...firstFilter([messages('link a', ...many)]).hidden], ['link a']);
  assert.deepEqual([...firstFilter([messages('link a', 'AA==')]).hidden], []);
  assert.deepEqual([...firstFilter([messages('vm0.exit', ...many)]).hidden], []);
});
