// Rows of one run, or of two side by side. Two stand on the same row as long as the same happens in both; after the first
// difference where the same is said at the same time, and else each in its place by time.
import { lineKind, type FilmModel } from './film_model';

export interface Rows {
  count: number;
  left: Int32Array; // items, -1: nothing on this side
  right: Int32Array | null;
  firstDifference: number; // a row; -1: none
  differs(row: number): boolean;
  // The last item of a side that has happened at a row; -1: none yet.
  leftAt(row: number): number;
  rightAt(row: number): number;
  // The row of an item of the left side.
  rowOf(item: number): number;
}

export function singleRows(model: FilmModel): Rows {
  const left = Int32Array.from({ length: model.count }, (_, i) => i);
  return {
    count: model.count, left, right: null, firstDifference: -1, differs: () => false,
    leftAt: (row) => row, rightAt: () => -1, rowOf: (item) => item,
  };
}

const kLookAhead = 64;

export function pairedRows(a: FilmModel, b: FilmModel): Rows {
  const key = keys(a, b);
  const left: number[] = [], right: number[] = [];
  const put = (l: number, r: number): void => void (left.push(l), right.push(r));
  let i = 0, j = 0;
  while (i < a.count && j < b.count && key.same(i, j)) put(i++, j++);
  const firstDifference = i < a.count || j < b.count ? i : -1;
  while (i < a.count || j < b.count) {
    if (j >= b.count || (i < a.count && a.times[i]! < b.times[j]!)) put(i++, -1);
    else if (i >= a.count || b.times[j]! < a.times[i]!) put(-1, j++);
    else if (key.alike(i, j)) put(i++, j++);
    else {
      let ahead = 1;
      while (ahead < kLookAhead && j + ahead < b.count && b.times[j + ahead] === a.times[i] && !key.alike(i, j + ahead)) ++ahead;
      const found = ahead < kLookAhead && j + ahead < b.count && b.times[j + ahead] === a.times[i];
      if (found) while (ahead-- > 0) put(-1, j++);
      else put(i++, -1);
    }
  }
  const lefts = Int32Array.from(left), rights = Int32Array.from(right);
  const soFarLeft = soFar(lefts), soFarRight = soFar(rights);
  const rowOfLeft = new Int32Array(a.count);
  lefts.forEach((item, row) => item >= 0 && (rowOfLeft[item] = row));
  return {
    count: lefts.length, left: lefts, right: rights, firstDifference,
    differs: (row) => firstDifference >= 0 && row >= firstDifference &&
      (lefts[row]! < 0 || rights[row]! < 0 || !key.same(lefts[row]!, rights[row]!)),
    leftAt: (row) => soFarLeft[row] ?? -1,
    rightAt: (row) => soFarRight[row] ?? -1,
    rowOf: (item) => rowOfLeft[item] ?? 0,
  };
}

function soFar(items: Int32Array): Int32Array {
  let last = -1;
  return items.map((item) => (last = item >= 0 ? item : last));
}

// Texts and bytes have other numbers in each film: those of the second are told in the first one's.
function keys(a: FilmModel, b: FilmModel) {
  const texts = translation(a.data.texts, b.data.texts), blobs = translation(a.data.blobs, b.data.blobs);
  const alike = (i: number, j: number): boolean => {
    const x = a.raw(i), y = b.raw(j);
    if (!x || !y) return !x && !y && a.what(i) === b.what(j);
    if (x[0] !== y[0]) return false;
    if (x[0] === lineKind) return x[3] === y[3] && x[5] === texts[y[5]!] && x[6] === texts[y[6]!] && x[7] === texts[y[7]!];
    return x[4] === y[4] && x[7] === texts[y[7]!] && x[8] === texts[y[8]!];
  };
  const same = (i: number, j: number): boolean => {
    if (!alike(i, j)) return false;
    const x = a.raw(i), y = b.raw(j);
    if (!x || !y || x[0] === lineKind) return true;
    return x[3] === y[3] && x[9] === blobs[y[9]!] && x[10] === blobs[y[10]!] && x[13] === texts[y[13]!];
  };
  return { alike, same };
}

function translation(first: string[], second: string[]): Int32Array {
  const ids = new Map<string, number>();
  first.forEach((text, id) => ids.has(text) || ids.set(text, id));
  return Int32Array.from(second, (text) => ids.get(text) ?? -1);
}
