// One line of YAML in colours: comments, keys, quoted texts. It reads a line alone, which is enough for the eye.
import { h } from './dom';

const token = /(#.*$)|("(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?)|([A-Za-z_][\w./-]*)(?=\s*:(?:\s|$))|([{}[\],])/g;

export function painted(line: string): (Node | string)[] {
  const out: (Node | string)[] = [];
  let done = 0;
  for (const match of line.matchAll(token)) {
    const [whole, comment, quoted, key] = match;
    // A hash within a word is no comment, and a quote within one no text.
    const before = match.index > 0 ? line[match.index - 1]! : ' ';
    if ((comment || quoted) && !/[\s{[,(]/.test(before)) continue;
    out.push(line.slice(done, match.index));
    out.push(h('span', { class: comment ? 'y-comment' : quoted ? 'y-text' : key ? 'y-key' : 'y-bracket' }, whole));
    done = match.index + whole.length;
  }
  out.push(line.slice(done));
  return out;
}
