// Where in a YAML file a place is: the keys that lead to it, what is being typed there, and which keys its map has already. It reads
// unfinished files, so it guesses where the loader would refuse.

export interface Context {
  path: string[]; // keys from the top; '[]' for an item of a list
  typing: 'key' | 'value';
  from: number; // where the word that is being typed begins
  word: string;
  present: string[]; // keys of the map at the end of the path
  flow: boolean; // between brackets
  nothing: boolean; // in a comment, a quoted text or a text of many lines: there is nothing to complete
}

interface Frame {
  kind: 'map' | 'list';
  indent: number; // of a block; brackets have -1
  key: string | null;
  present: string[];
}

const keyLine = /^([^\s'"#{}[\],][^'"#{}[\],]*?|"[^"]*"|'[^']*')\s*:(\s|$)/;

export function contextAt(text: string, offset: number): Context {
  return new Reader(text, offset).context();
}

class Reader {
  private readonly frames: Frame[] = [{ kind: 'map', indent: 0, key: null, present: [] }];
  private scalar = -1; // indentation of the key whose text of many lines goes on
  private from = 0;
  private quoted = false;
  private comment = false;
  private typing: 'key' | 'value' = 'key';
  private inScalar = false;

  constructor(private readonly text: string, private readonly offset: number) {
    let at = 0;
    while (at <= offset) {
      const end = text.indexOf('\n', at);
      const next = end < 0 || end >= offset ? offset : end;
      this.line(at, next);
      at = next + 1;
    }
    // What stands behind the place in its map counts too: a key of a later line is not offered again.
    this.lookAhead();
  }

  context(): Context {
    const path: string[] = [];
    this.frames.forEach((frame, i) => {
      const last = i === this.frames.length - 1;
      if (frame.kind === 'list') path.push('[]');
      else if (frame.key !== null && (!last || this.typing === 'value')) path.push(frame.key);
    });
    const top = this.top();
    return {
      path, typing: this.typing, from: this.from, word: this.text.slice(this.from, this.offset), present: top.present, flow: top.indent < 0,
      nothing: this.quoted || this.comment || this.inScalar,
    };
  }

  private top(): Frame {
    return this.frames[this.frames.length - 1]!;
  }

  private line(begin: number, end: number): void {
    this.comment = false;
    this.inScalar = false;
    if (this.top().indent < 0) return this.flow(begin, end);
    const content = this.text.slice(begin, end);
    const indent = content.length - content.trimStart().length;
    const blank = indent === content.length;
    if (this.scalar >= 0 && (blank || indent > this.scalar)) {
      this.inScalar = true;
      return;
    }
    this.scalar = -1;
    if (blank && end < this.offset) return;
    let at = this.items(begin, end, indent);
    const column = at - begin;
    const rest = this.text.slice(at, end);
    if (rest.startsWith('#')) {
      this.comment = true;
      return;
    }
    this.popTo(column, false);
    const match = keyLine.exec(rest);
    if (!match && !rest.startsWith('{') && !rest.startsWith('[')) {
      // A word without a colon: the beginning of a key, or an item.
      this.from = at;
      const top = this.top();
      this.typing = top.kind === 'list' ? 'value' : 'key';
      if (top.kind === 'list' && rest.startsWith('"')) this.quoted = !/^"[^"]*"$/.test(rest);
      if (top.kind === 'map' && top.indent === column) top.key = null;
      else if (top.kind === 'map' && top.key !== null && column > top.indent) this.push('map', column);
      return;
    }
    if (match) {
      const top = this.top();
      if (top.kind === 'list' || top.indent < column) this.push('map', column);
      this.named(unquoted(match[1]!));
      at += match[0].length - (match[2] === '' ? 0 : 1);
    }
    this.value(at, end, column);
  }

  // The hyphens at the front of a line; the place behind them.
  private items(begin: number, end: number, indent: number): number {
    let at = begin + indent;
    while (this.text[at] === '-' && at < end && (at + 1 === end || this.text[at + 1] === ' ')) {
      this.popTo(at - begin, true);
      const top = this.top();
      if (!(top.kind === 'list' && top.indent === at - begin)) this.push('list', at - begin);
      at++;
      while (at < end && this.text[at] === ' ') at++;
    }
    return at;
  }

  // Leaves the blocks that a line of this indentation is not in.
  private popTo(column: number, item: boolean): void {
    while (this.frames.length > 1) {
      const top = this.top();
      if (top.indent > column || (top.kind === 'list' && !item && top.indent >= column)) this.frames.pop();
      else break;
    }
  }

  private push(kind: Frame['kind'], indent: number): void {
    this.frames.push({ kind, indent, key: null, present: [] });
  }

  private named(key: string): void {
    const top = this.top();
    top.key = key;
    top.present.push(key);
  }

  private value(begin: number, end: number, column: number): void {
    let at = begin;
    while (at < end && this.text[at] === ' ') at++;
    this.typing = 'value';
    this.from = at;
    const rest = this.text.slice(at, end);
    if (/^[|>][+-]?\d?\s*(#.*)?$/.test(rest)) {
      this.scalar = column;
      this.inScalar = this.offset <= end;
      return;
    }
    if (rest.startsWith('{') || rest.startsWith('[')) return this.flow(at, end);
    this.quoted = end === this.offset && isOpen(rest);
    this.comment = /(^|\s)#/.test(rest) && !isOpen(rest.slice(0, rest.search(/(^|\s)#/)));
  }

  // Between brackets, which may stretch over lines.
  private flow(begin: number, end: number): void {
    let word = begin, quote = '';
    this.quoted = false;
    const settle = (at: number): void => {
      while (word < at && this.text[word] === ' ') word++;
      this.from = word;
      const top = this.top();
      this.typing = top.kind === 'map' && top.key === null ? 'key' : 'value';
    };
    for (let at = begin; at < end; at++) {
      const c = this.text[at]!;
      if (quote) {
        if (c === quote) quote = '';
      } else if ((c === '"' || c === "'") && this.text.slice(word, at).trim() === '') {
        quote = c;
      } else if (c === '#' && (at === begin || this.text[at - 1] === ' ')) {
        this.comment = true;
        return settle(end);
      } else if (c === '{' || c === '[') {
        this.push(c === '{' ? 'map' : 'list', -1);
        word = at + 1;
      } else if (c === '}' || c === ']') {
        if (this.top().indent < 0) this.frames.pop();
        word = at + 1;
        if (this.top().indent >= 0) {
          this.typing = 'value';
          this.from = end;
          return;
        }
      } else if (c === ',') {
        const top = this.top();
        if (top.kind === 'map') top.key = null;
        word = at + 1;
      } else if (c === ':' && this.top().kind === 'map' && this.top().key === null && (at + 1 >= this.text.length || /\s/.test(this.text[at + 1]!))) {
        this.named(unquoted(this.text.slice(word, at).trim()));
        word = at + 1;
      }
    }
    this.quoted = quote !== '';
    settle(end);
  }

  // Keys of the same map behind the place.
  private lookAhead(): void {
    const top = this.top();
    if (top.kind !== 'map') return;
    if (top.indent < 0) {
      const rest = this.text.slice(this.offset, this.offset + 2000);
      let depth = 0;
      for (const match of rest.matchAll(/"[^"]*"|'[^']*'|([A-Za-z][\w.-]*)\s*:(?=\s)|[{}[\]]/g)) {
        const mark = match[0];
        if (mark === '{' || mark === '[') depth++;
        else if (mark === '}' || mark === ']') {
          if (--depth < 0) return;
        } else if (depth === 0 && match[1]) top.present.push(match[1]);
      }
      return;
    }
    for (const line of this.text.slice(this.offset).split('\n').slice(1)) {
      const indent = line.length - line.trimStart().length;
      if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
      if (indent < top.indent || (indent === top.indent && line.trimStart().startsWith('- '))) return;
      const match = indent === top.indent ? keyLine.exec(line.slice(indent)) : null;
      if (match) top.present.push(unquoted(match[1]!));
    }
  }
}

function unquoted(text: string): string {
  return /^(".*"|'.*')$/.test(text) ? text.slice(1, -1) : text;
}

function isOpen(text: string): boolean {
  const quote = text[0];
  return (quote === '"' || quote === "'") && text.indexOf(quote, 1) < 0;
}
