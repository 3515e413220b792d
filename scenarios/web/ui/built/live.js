"use strict";
(() => {
  // src/dom.ts
  function h(tag, attributes = {}, ...children) {
    const out = document.createElement(tag);
    apply(out, attributes, children);
    return out;
  }
  function svg(tag, attributes = {}, ...children) {
    const out = document.createElementNS("http://www.w3.org/2000/svg", tag);
    apply(out, attributes, children);
    return out;
  }
  function apply(out, attributes, children) {
    for (const [name, value2] of Object.entries(attributes)) {
      if (value2 === false || value2 === null || value2 === void 0) continue;
      if (typeof value2 === "function") out.addEventListener(name.slice(2), value2);
      else out.setAttribute(name, value2 === true ? "" : String(value2));
    }
    for (const child of children)
      if (child !== null && child !== void 0 && child !== false) out.append(child instanceof Node ? child : String(child));
  }

  // src/editor_paint.ts
  var token = /(#.*$)|("(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?)|([A-Za-z_][\w./-]*)(?=\s*:(?:\s|$))|([{}[\],])/g;
  function painted(line2) {
    const out = [];
    let done = 0;
    for (const match of line2.matchAll(token)) {
      const [whole, comment, quoted, key] = match;
      const before = match.index > 0 ? line2[match.index - 1] : " ";
      if ((comment || quoted) && !/[\s{[,(]/.test(before)) continue;
      out.push(line2.slice(done, match.index));
      out.push(h("span", { class: comment ? "y-comment" : quoted ? "y-text" : key ? "y-key" : "y-bracket" }, whole));
      done = match.index + whole.length;
    }
    out.push(line2.slice(done));
    return out;
  }

  // src/editor_suggest.ts
  var kRowsShown = 100;
  var Suggest = class {
    // the change comes from taking an offer
    constructor(area, placeOf, replace) {
      this.area = area;
      this.placeOf = placeOf;
      this.replace = replace;
      area.setAttribute("aria-autocomplete", "list");
      area.setAttribute("aria-haspopup", "listbox");
      area.setAttribute("aria-controls", this.list.id);
    }
    area;
    placeOf;
    replace;
    list = h("ul", { class: "suggest", id: "suggestions", role: "listbox", "aria-label": "What may stand here", hidden: true });
    status = h("div", { class: "unseen", role: "status" });
    offers = [];
    from = 0;
    chosen = 0;
    asking = false;
    get opened() {
      return !this.list.hidden;
    }
    open(ask) {
      const { from, offers } = ask(this.area.selectionStart);
      if (offers.length === 0) {
        this.close();
        this.status.textContent = "nothing to complete here";
        return;
      }
      this.from = from;
      this.offers = offers.slice(0, kRowsShown);
      this.chosen = 0;
      this.list.replaceChildren(...this.offers.map((offer, i) => h(
        "li",
        { id: `suggestion${i}`, role: "option", onmousedown: (event) => this.clicked(event, i) },
        h("span", { class: "suggest-text" }, offer.text.trim()),
        h("span", { class: "suggest-about" }, offer.about)
      )));
      this.list.hidden = false;
      this.place();
      this.choose(0);
      this.status.textContent = `${this.offers.length} to choose from`;
    }
    // While it is open it follows what is typed.
    refresh(ask) {
      if (this.asking || !this.opened) return;
      const caret = this.area.selectionStart;
      if (caret < this.from || this.area.value.slice(this.from, caret).includes("\n")) return this.close();
      this.open(ask);
    }
    close() {
      if (!this.opened) return;
      this.list.hidden = true;
      this.status.textContent = "";
      this.area.removeAttribute("aria-activedescendant");
    }
    // True: the key was for the list.
    key(event) {
      if (!this.opened) return false;
      const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
      if (step !== void 0) this.choose(Math.abs(step) === 1 ? this.chosen + step : Math.max(0, Math.min(this.offers.length - 1, this.chosen + step)));
      else if (event.key === "Enter" && !event.ctrlKey || event.key === "Tab") this.take();
      else if (event.key === "Escape") this.close();
      else {
        if (event.key === "ArrowLeft" || event.key === "ArrowRight" || event.key === "Home" || event.key === "End") this.close();
        return false;
      }
      event.preventDefault();
      event.stopPropagation();
      return true;
    }
    clicked(event, at) {
      event.preventDefault();
      this.chosen = at;
      this.take();
    }
    choose(at) {
      const count2 = this.offers.length;
      this.list.children[this.chosen]?.removeAttribute("aria-selected");
      this.chosen = (at + count2) % count2;
      const option = this.list.children[this.chosen];
      option.setAttribute("aria-selected", "true");
      if (option.offsetTop < this.list.scrollTop) this.list.scrollTop = option.offsetTop;
      const bottom = option.offsetTop + option.offsetHeight - this.list.clientHeight;
      if (bottom > this.list.scrollTop) this.list.scrollTop = bottom;
      this.area.setAttribute("aria-activedescendant", option.id);
    }
    take() {
      const offer = this.offers[this.chosen];
      this.close();
      let { text } = offer;
      const behind = this.area.value.slice(this.area.selectionStart);
      if (text.endsWith(": ") && /^\s*:/.test(behind)) text = text.slice(0, -2);
      const star = text.endsWith(": ") ? -1 : text.indexOf("*");
      this.asking = true;
      this.replace(this.from, this.area.selectionStart, text, star < 0 ? void 0 : [star, star + 1]);
      this.asking = false;
    }
    // Below the word, or above it where there is more room.
    place() {
      const { x, y, height } = this.placeOf(this.from);
      const pane = this.area.getBoundingClientRect();
      const below = pane.height - y - height, above = y;
      const up = below < 160 && above > below;
      this.list.style.maxHeight = `${Math.max(100, Math.min(280, (up ? above : Math.max(below, 160)) - 8))}px`;
      this.list.style.left = `${Math.max(0, Math.min(x, pane.width - this.list.offsetWidth))}px`;
      this.list.style.top = up ? "auto" : `${y + height}px`;
      this.list.style.bottom = up ? `${pane.height - y}px` : "auto";
    }
  };

  // src/editor.ts
  var kLinesAround = 20;
  var Editor = class {
    constructor(options) {
      this.options = options;
      this.area = h("textarea", {
        class: "ed-area",
        id: "editor",
        spellcheck: "false",
        autocomplete: "off",
        autocapitalize: "off",
        wrap: "off",
        "aria-label": "Text of the file",
        "aria-describedby": "editor-status",
        oninput: () => this.input(),
        onscroll: () => this.draw(),
        onkeydown: (event) => this.key(event),
        onblur: () => this.suggest.close(),
        onclick: () => this.suggest.close()
      });
      this.suggest = new Suggest(this.area, (offset) => this.placeOf(offset), (from, to, text, select) => this.replace(from, to, text, select));
      this.element = h(
        "div",
        { class: "ed" },
        h("div", { class: "ed-body" }, this.lines, h("div", { class: "ed-pane" }, this.paint, this.area, this.ruler, this.suggest.list)),
        this.problems,
        h("div", { id: "editor-status", class: "unseen", role: "status" }),
        this.suggest.status
      );
      new ResizeObserver(() => this.draw()).observe(this.area);
    }
    options;
    element;
    area;
    lines = h("div", { class: "ed-lines", "aria-hidden": "true" });
    paint = h("div", { class: "ed-paint", "aria-hidden": "true" });
    ruler = h("span", { class: "ed-ruler", "aria-hidden": "true" }, "x".repeat(100));
    problems = h("ol", { class: "ed-problems", "aria-label": "What is wrong in the file", hidden: true });
    suggest;
    marks = [];
    split = [""];
    get text() {
      return this.area.value;
    }
    set text(text) {
      this.area.value = text;
      this.area.setSelectionRange(0, 0);
      this.area.scrollTop = this.area.scrollLeft = 0;
      this.marks = [];
      this.suggest.close();
      this.relist();
      this.resplit();
    }
    show(marks) {
      this.marks = marks;
      this.relist();
      this.draw();
    }
    goTo(mark) {
      const offset = this.offsetOf(mark);
      this.area.focus();
      this.area.setSelectionRange(offset, offset);
      const top = (mark.line - 1) * this.lineHeight();
      if (top < this.area.scrollTop || top > this.area.scrollTop + this.area.clientHeight - 2 * this.lineHeight())
        this.area.scrollTop = top - this.area.clientHeight / 2;
    }
    // The mark behind the caret, else the first.
    next() {
      const caret = this.area.selectionStart;
      const mark = this.marks.find((one) => this.offsetOf(one) > caret) ?? this.marks[0];
      if (mark) this.goTo(mark);
    }
    input() {
      this.marks = [];
      this.relist();
      this.resplit();
      this.options.changed(this.text);
      this.suggest.refresh((offset) => this.options.offers(this.text, offset));
    }
    key(event) {
      if (this.suggest.key(event)) return;
      if (event.key === " " && event.ctrlKey) {
        event.preventDefault();
        this.suggest.open((offset) => this.options.offers(this.text, offset));
      } else if (event.key === "Enter" && !event.ctrlKey && !event.altKey && !event.metaKey && !event.isComposing) {
        const at = this.area.selectionStart;
        const line2 = this.text.slice(this.text.lastIndexOf("\n", at - 1) + 1, at);
        const indent = /^ */.exec(line2)[0];
        if (indent === "") return;
        event.preventDefault();
        this.replace(at, this.area.selectionEnd, "\n" + indent);
      }
    }
    // Through the browser's own editing, so that undo takes it back.
    replace(from, to, text, select) {
      this.area.setSelectionRange(from, to);
      if (!document.execCommand("insertText", false, text)) {
        this.area.setRangeText(text, from, to, "end");
        this.input();
      }
      if (select) this.area.setSelectionRange(from + select[0], from + select[1]);
    }
    resplit() {
      this.split = this.text.split("\n");
      this.draw();
    }
    lineHeight() {
      return parseFloat(getComputedStyle(this.area).lineHeight) || 18;
    }
    offsetOf(mark) {
      let offset = 0;
      for (let i = 0; i < mark.line - 1 && i < this.split.length; i++) offset += this.split[i].length + 1;
      const line2 = this.split[mark.line - 1] ?? "";
      return Math.min(this.text.length, offset + [...line2].slice(0, mark.column - 1).join("").length);
    }
    // Pixels from the pane's corner to the character at this offset.
    placeOf(offset) {
      const before = this.text.slice(0, offset);
      const line2 = before.length - before.replaceAll("\n", "").length;
      const column = offset - before.lastIndexOf("\n") - 1;
      const style = getComputedStyle(this.area);
      const width = this.ruler.getBoundingClientRect().width / 100;
      return {
        x: parseFloat(style.paddingLeft) + column * width - this.area.scrollLeft,
        y: parseFloat(style.paddingTop) + line2 * this.lineHeight() - this.area.scrollTop,
        height: this.lineHeight()
      };
    }
    draw() {
      const height = this.lineHeight();
      const first = Math.max(0, Math.floor(this.area.scrollTop / height) - kLinesAround);
      const last = Math.min(this.split.length, Math.ceil((this.area.scrollTop + this.area.clientHeight) / height) + kLinesAround);
      const numbers = [], rows2 = [];
      for (let i = first; i < last; i++) {
        const mark = this.marks.find((one) => one.line === i + 1);
        numbers.push(h("div", { class: mark ? "ed-wrong" : null }, i + 1));
        rows2.push(h("div", { class: mark ? "ed-row ed-wrong" : "ed-row" }, ...mark ? this.underlined(this.split[i], mark) : painted(this.split[i]), "\n"));
      }
      const shift = first * height - this.area.scrollTop;
      this.lines.replaceChildren(h("div", { class: "ed-shift" }, ...numbers));
      this.paint.replaceChildren(h("div", { class: "ed-shift" }, ...rows2));
      this.lines.firstElementChild.style.transform = `translateY(${shift}px)`;
      this.paint.firstElementChild.style.transform = `translate(${-this.area.scrollLeft}px, ${shift}px)`;
      this.lines.style.width = `${Math.max(3, String(this.split.length).length + 1)}ch`;
    }
    // The word that the complaint points at, else the rest of the line.
    underlined(line2, mark) {
      const characters = [...line2];
      const begin = characters.slice(0, mark.column - 1).join("");
      const rest2 = line2.slice(begin.length);
      const word = /^[^\s,{}[\]]+/.exec(rest2)?.[0] ?? (rest2 === "" ? " " : rest2[0]);
      return [...painted(begin), h("span", { class: "ed-squiggle" }, word), ...painted(rest2.slice(word.length))];
    }
    relist() {
      this.problems.hidden = this.marks.length === 0;
      this.problems.replaceChildren(...this.marks.map((mark) => h("li", {}, h("button", { type: "button", onclick: () => this.goTo(mark) }, `line ${mark.line}, column ${mark.column}: ${mark.text}`))));
      const status = this.element.querySelector("#editor-status");
      if (status) status.textContent = this.marks.map((mark) => `line ${mark.line}, column ${mark.column}: ${mark.text}`).join("; ");
    }
  };

  // src/editor_context.ts
  var keyLine = /^([^\s'"#{}[\],][^'"#{}[\],]*?|"[^"]*"|'[^']*')\s*:(\s|$)/;
  function contextAt(text, offset) {
    return new Reader(text, offset).context();
  }
  var Reader = class {
    constructor(text, offset) {
      this.text = text;
      this.offset = offset;
      let at = 0;
      while (at <= offset) {
        const end = text.indexOf("\n", at);
        const next = end < 0 || end >= offset ? offset : end;
        this.line(at, next);
        at = next + 1;
      }
      this.lookAhead();
    }
    text;
    offset;
    frames = [{ kind: "map", indent: 0, key: null, present: [] }];
    scalar = -1;
    // indentation of the key whose text of many lines goes on
    from = 0;
    quoted = false;
    comment = false;
    typing = "key";
    inScalar = false;
    context() {
      const path = [];
      this.frames.forEach((frame, i) => {
        const last = i === this.frames.length - 1;
        if (frame.kind === "list") path.push("[]");
        else if (frame.key !== null && (!last || this.typing === "value")) path.push(frame.key);
      });
      const top = this.top();
      return {
        path,
        typing: this.typing,
        from: this.from,
        word: this.text.slice(this.from, this.offset),
        present: top.present,
        flow: top.indent < 0,
        nothing: this.quoted || this.comment || this.inScalar
      };
    }
    top() {
      return this.frames[this.frames.length - 1];
    }
    line(begin, end) {
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
      const rest2 = this.text.slice(at, end);
      if (rest2.startsWith("#")) {
        this.comment = true;
        return;
      }
      this.popTo(column, false);
      const match = keyLine.exec(rest2);
      if (!match && !rest2.startsWith("{") && !rest2.startsWith("[")) {
        this.from = at;
        const top = this.top();
        this.typing = top.kind === "list" ? "value" : "key";
        if (top.kind === "list" && rest2.startsWith('"')) this.quoted = !/^"[^"]*"$/.test(rest2);
        if (top.kind === "map" && top.indent === column) top.key = null;
        else if (top.kind === "map" && top.key !== null && column > top.indent) this.push("map", column);
        return;
      }
      if (match) {
        const top = this.top();
        if (top.kind === "list" || top.indent < column) this.push("map", column);
        this.named(unquoted(match[1]));
        at += match[0].length - (match[2] === "" ? 0 : 1);
      }
      this.value(at, end, column);
    }
    // The hyphens at the front of a line; the place behind them.
    items(begin, end, indent) {
      let at = begin + indent;
      while (this.text[at] === "-" && at < end && (at + 1 === end || this.text[at + 1] === " ")) {
        this.popTo(at - begin, true);
        const top = this.top();
        if (!(top.kind === "list" && top.indent === at - begin)) this.push("list", at - begin);
        at++;
        while (at < end && this.text[at] === " ") at++;
      }
      return at;
    }
    // Leaves the blocks that a line of this indentation is not in.
    popTo(column, item) {
      while (this.frames.length > 1) {
        const top = this.top();
        if (top.indent > column || top.kind === "list" && !item && top.indent >= column) this.frames.pop();
        else break;
      }
    }
    push(kind, indent) {
      this.frames.push({ kind, indent, key: null, present: [] });
    }
    named(key) {
      const top = this.top();
      top.key = key;
      top.present.push(key);
    }
    value(begin, end, column) {
      let at = begin;
      while (at < end && this.text[at] === " ") at++;
      this.typing = "value";
      this.from = at;
      const rest2 = this.text.slice(at, end);
      if (/^[|>][+-]?\d?\s*(#.*)?$/.test(rest2)) {
        this.scalar = column;
        this.inScalar = this.offset <= end;
        return;
      }
      if (rest2.startsWith("{") || rest2.startsWith("[")) return this.flow(at, end);
      this.quoted = end === this.offset && isOpen(rest2);
      this.comment = /(^|\s)#/.test(rest2) && !isOpen(rest2.slice(0, rest2.search(/(^|\s)#/)));
    }
    // Between brackets, which may stretch over lines.
    flow(begin, end) {
      let word = begin, quote = "";
      this.quoted = false;
      const settle = (at) => {
        while (word < at && this.text[word] === " ") word++;
        this.from = word;
        const top = this.top();
        this.typing = top.kind === "map" && top.key === null ? "key" : "value";
      };
      for (let at = begin; at < end; at++) {
        const c = this.text[at];
        if (quote) {
          if (c === quote) quote = "";
        } else if ((c === '"' || c === "'") && this.text.slice(word, at).trim() === "") {
          quote = c;
        } else if (c === "#" && (at === begin || this.text[at - 1] === " ")) {
          this.comment = true;
          return settle(end);
        } else if (c === "{" || c === "[") {
          this.push(c === "{" ? "map" : "list", -1);
          word = at + 1;
        } else if (c === "}" || c === "]") {
          if (this.top().indent < 0) this.frames.pop();
          word = at + 1;
          if (this.top().indent >= 0) {
            this.typing = "value";
            this.from = end;
            return;
          }
        } else if (c === ",") {
          const top = this.top();
          if (top.kind === "map") top.key = null;
          word = at + 1;
        } else if (c === ":" && this.top().kind === "map" && this.top().key === null && (at + 1 >= this.text.length || /\s/.test(this.text[at + 1]))) {
          this.named(unquoted(this.text.slice(word, at).trim()));
          word = at + 1;
        }
      }
      this.quoted = quote !== "";
      settle(end);
    }
    // Keys of the same map behind the place.
    lookAhead() {
      const top = this.top();
      if (top.kind !== "map") return;
      if (top.indent < 0) {
        const rest2 = this.text.slice(this.offset, this.offset + 2e3);
        let depth = 0;
        for (const match of rest2.matchAll(/"[^"]*"|'[^']*'|([A-Za-z][\w.-]*)\s*:(?=\s)|[{}[\]]/g)) {
          const mark = match[0];
          if (mark === "{" || mark === "[") depth++;
          else if (mark === "}" || mark === "]") {
            if (--depth < 0) return;
          } else if (depth === 0 && match[1]) top.present.push(match[1]);
        }
        return;
      }
      for (const line2 of this.text.slice(this.offset).split("\n").slice(1)) {
        const indent = line2.length - line2.trimStart().length;
        if (line2.trim() === "" || line2.trimStart().startsWith("#")) continue;
        if (indent < top.indent || indent === top.indent && line2.trimStart().startsWith("- ")) return;
        const match = indent === top.indent ? keyLine.exec(line2.slice(indent)) : null;
        if (match) top.present.push(unquoted(match[1]));
      }
    }
  };
  function unquoted(text) {
    return /^(".*"|'.*')$/.test(text) ? text.slice(1, -1) : text;
  }
  function isOpen(text) {
    const quote = text[0];
    return (quote === '"' || quote === "'") && text.indexOf(quote, 1) < 0;
  }

  // src/editor_schema.ts
  function formsAt(schema, path) {
    let forms = flat([schema]);
    for (const step of path) {
      const next = [];
      for (const form of forms) {
        if (step === "[]") {
          if (form.items) next.push(form.items);
          continue;
        }
        const own = form.properties?.[step];
        if (own) next.push(own);
        else if (typeof form.additionalProperties === "object") next.push(form.additionalProperties);
        else for (const [pattern, value2] of Object.entries(form.patternProperties ?? {})) if (new RegExp(pattern, "u").test(step)) next.push(value2);
      }
      forms = flat(next);
    }
    return forms;
  }
  function flat(forms) {
    return forms.flatMap((form) => {
      const inner = form.anyOf ?? (form.properties ? void 0 : form.oneOf);
      return inner ? flat(inner) : [form];
    });
  }
  function keysOf(forms, present) {
    const out = /* @__PURE__ */ new Map();
    for (const form of forms) {
      const properties = form.properties;
      if (!properties) continue;
      if (form.additionalProperties === false && !form.patternProperties && present.some((key) => !(key in properties))) continue;
      for (const [name, value2] of Object.entries(properties)) {
        if (present.includes(name)) continue;
        const known = out.get(name);
        out.set(name, { name, about: value2.description ?? known?.about ?? "", required: (form.required ?? []).includes(name) && (known?.required ?? true) });
      }
    }
    return [...out.values()];
  }
  function wordsOf(forms) {
    const out = /* @__PURE__ */ new Set();
    for (const form of forms) {
      form.enum?.forEach((word) => out.add(word));
      if (form.const !== void 0) out.add(String(form.const));
      if (form.type === "boolean") out.add("true").add("false");
      if (form.pattern?.includes("[^ ]+")) out.add(form.pattern.slice(1, -1).replaceAll("[^ ]+", "*").replace(/\\(.)/g, "$1"));
      if (form.items) wordsOf(flat([form.items])).forEach((word) => out.add(word));
    }
    return [...out];
  }

  // src/editor_complete.ts
  var kOffersMax = 200;
  function offersAt(text, offset, words2) {
    const at = contextAt(text, offset);
    if (at.nothing) return { from: offset, offers: [] };
    const both = at.typing === "value" && !at.flow && at.path[at.path.length - 1] === "[]";
    const all = at.typing === "key" ? keys(at, words2) : [...values(at, text, words2), ...both ? keys(at, words2) : []];
    return { from: at.from, offers: ranked(all, at.word) };
  }
  function keys(at, words2) {
    const forms = formsAt(words2.schema, at.path);
    const typed = at.word.trim();
    const found = keysOf(forms, at.present.filter((key) => key !== typed));
    const out = found.map((key) => ({ text: key.name + ": ", about: (key.about || words2.about.get(key.name) || "") + (key.required ? " (required)" : "") }));
    if (at.path.length > 0) {
      for (const word of wordsOf(forms)) if (!word.includes("*")) out.push({ text: word, about: words2.about.get(word) ?? "" });
    }
    return out;
  }
  function values(at, text, words2) {
    const named = special(at, words2);
    if (named) return named;
    const forms = formsAt(words2.schema, at.path);
    const out = wordsOf(forms).flatMap((word) => {
      const about = words2.about.get(word) ?? "";
      if (!word.includes("*")) return [{ text: word, about }];
      return [...partsOf(word, text, at.word).map((name) => ({ text: name, about })), { text: word, about: about || "put a name for *" }];
    });
    const patterns = formPatterns(forms).filter((pattern) => /\\\.| /.test(pattern)).map((pattern) => new RegExp(pattern, "u"));
    if (patterns.length > 0) {
      const used = new Set(text.match(/[a-z]+[0-9]+(\.[a-z0-9-]+)+/g) ?? []);
      const own = [...used].filter((word) => word !== at.word && patterns.some((pattern) => pattern.test(word))).map((word) => ({ text: word, about: "used in this file" }));
      return [...own, ...out];
    }
    return out;
  }
  function formPatterns(forms) {
    return forms.flatMap((form) => [...form.pattern?.includes("[^ ]+") ? [form.pattern] : [], ...form.items ? formPatterns(form.items.anyOf ?? [form.items]) : []]);
  }
  function partsOf(pattern, text, word) {
    const match = /^([a-z]*)\*(\..*)?$/.exec(pattern);
    if (!match || match[2]?.includes("*")) return [];
    const [, kind, rest2 = ""] = match;
    const parts = new Set(text.match(/\b[a-z]+[0-9]+\b/g) ?? []);
    const typed = word.indexOf(".");
    if (typed > 0) parts.add(word.slice(0, typed));
    const named = [...parts].filter((part) => kind === "" || part.replace(/[0-9]+$/, "") === kind).sort();
    return (named.length === 0 ? [`${kind}0`] : named).map((part) => part + rest2);
  }
  function special(at, words2) {
    const [first, second, third] = at.path;
    if (first === "machine" && second === void 0) return words2.machines;
    if (first === "machines" && second !== void 0) return words2.machines;
    if (first === "guest" && second !== void 0 && third !== "library" && third !== "connect" && third !== "arguments") return at.word.includes(" ") ? [] : words2.programs;
    return null;
  }
  function ranked(all, word) {
    const wanted = word.trim().toLowerCase();
    const once = [...new Map(all.map((offer) => [offer.text, offer])).values()];
    const begin = once.filter((offer) => offer.text.toLowerCase().startsWith(wanted));
    const hold = wanted === "" ? [] : once.filter((offer) => !begin.includes(offer) && offer.text.toLowerCase().includes(wanted));
    return [...begin, ...hold].slice(0, kOffersMax);
  }

  // src/live_help.ts
  var rows = [
    ["Ctrl+Enter", "run what the editor holds"],
    ["Ctrl+Space", "what may stand at the caret; arrows, Enter or Tab, Escape"],
    ["Alt+← and Alt+→", "one row back or on in the run"],
    ["Alt+P", "play or pause"],
    ["F8", "the next mark of the editor"]
  ];
  function helpDialog() {
    const dialog = h(
      "dialog",
      { class: "live-help", "aria-labelledby": "live-help-title" },
      h("h2", { id: "live-help-title" }, "How this page works"),
      h("p", {}, "Pick a scenario or a machine, change it, run it. The text is read as if it lay where it was opened from. Changed machines count for the run. Nothing is written to disk; the download link gives you the text."),
      h("p", {}, "The program plays the run to its end with the real checks and sends it whole. The same file, platform and seed give the same run, so playing, pausing and stepping back move within what was played, and are exact."),
      h("p", {}, "A defence that spoke is one click: the run is played with it and without it, and both stand side by side. With a defence lifted, what the file expects is compared with the run on the left only."),
      h("p", {}, "Guests that are libraries or processes of this machine, and responders outside, are refused here: they would run or reach something outside the emulation. `glacis run` plays them. A run ends at limits of guest steps, simulated time and wall-clock time, and says which."),
      h("table", {}, h("tbody", {}, ...rows.map(([key, what]) => h("tr", {}, h("th", { scope: "row" }, h("kbd", {}, key)), h("td", {}, what))))),
      h("form", { method: "dialog" }, h("button", { autofocus: true }, "Close"))
    );
    return dialog;
  }

  // src/live_list.ts
  var kRowsShown2 = 400;
  var kHeading = 28;
  var lists = 0;
  function searchList(label2, always, chosen) {
    const id = `list${++lists}`;
    const list2 = h("ul", { id, class: "sl-list", role: "listbox", "aria-label": label2, hidden: !always });
    const input = h("input", {
      type: "search",
      role: "combobox",
      class: "sl-input",
      placeholder: label2,
      "aria-label": label2,
      "aria-controls": id,
      "aria-expanded": String(always),
      "aria-autocomplete": "list",
      autocomplete: "off",
      spellcheck: "false",
      oninput: () => draw(),
      onfocus: () => draw(),
      onblur: () => !always && show(false),
      onkeydown: (event) => key(event)
    });
    let entries = [], found = [], rows2 = [], at = -1;
    const show = (open) => {
      list2.hidden = !open && !always;
      input.setAttribute("aria-expanded", String(!list2.hidden));
      if (list2.hidden) input.removeAttribute("aria-activedescendant");
    };
    const move = (to) => {
      rows2[at]?.removeAttribute("aria-selected");
      at = rows2.length === 0 ? -1 : Math.max(0, Math.min(to, rows2.length - 1));
      const row = rows2[at];
      if (!row) return void input.removeAttribute("aria-activedescendant");
      row.setAttribute("aria-selected", "true");
      if (row.offsetTop - kHeading < list2.scrollTop) list2.scrollTop = row.offsetTop - kHeading;
      const bottom = row.offsetTop + row.offsetHeight - list2.clientHeight;
      if (bottom > list2.scrollTop) list2.scrollTop = bottom;
      input.setAttribute("aria-activedescendant", row.id);
    };
    const take = (entry2) => {
      if (!entry2) return;
      show(false);
      chosen(entry2.key);
    };
    const draw = () => {
      const words2 = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      found = entries.filter((entry2) => words2.every((word) => `${entry2.name} ${entry2.about} ${entry2.group}`.toLowerCase().includes(word))).slice(0, kRowsShown2);
      const out = [];
      let group = "";
      rows2 = found.map((entry2, i) => {
        if (entry2.group !== group) out.push(h("li", { class: "sl-group", role: "presentation" }, group = entry2.group));
        const row = h("li", {
          id: `${id}-${i}`,
          role: "option",
          onmousedown: (event) => {
            event.preventDefault();
            take(entry2);
          }
        }, h("span", { class: "sl-name" }, entry2.name), h("span", { class: "sl-about" }, entry2.about));
        out.push(row);
        return row;
      });
      if (rows2.length === 0) out.push(h("li", { class: "sl-group", role: "presentation" }, "nothing of that name"));
      list2.replaceChildren(...out);
      at = -1;
      if (words2.length > 0) move(0);
      show(document.activeElement === input);
    };
    const key = (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.key === "ArrowDown") list2.hidden ? draw() : move(at + 1);
      else if (event.key === "ArrowUp") move(at - 1);
      else if (event.key === "PageDown") move(at + 10);
      else if (event.key === "PageUp") move(at - 10);
      else if (event.key === "Enter") take(found[at]);
      else if (event.key === "Escape" && (input.value !== "" || !list2.hidden)) {
        input.value = "";
        draw();
        show(false);
      } else return;
      event.preventDefault();
    };
    return {
      element: h("div", { class: always ? "sl sl-always" : "sl" }, input, list2),
      input,
      set(next) {
        entries = next;
        draw();
      },
      clear() {
        input.value = "";
        draw();
      }
    };
  }

  // src/live_lifts.ts
  var Lifts = class {
    // `changed` hears that the set is another: the run is played again.
    constructor(changed) {
      this.changed = changed;
      this.element = h("div", { class: "lift-box" }, this.chips, this.search.element);
      this.draw();
    }
    changed;
    element;
    lifted = [];
    spoke = [];
    about = /* @__PURE__ */ new Map();
    chips = h("ul", { class: "lifts", "aria-label": "Defences lifted and defences that spoke" });
    search = searchList("Lift another defence…", false, (id) => {
      this.search.clear();
      this.lift(id);
    });
    set(defences) {
      this.about = new Map(defences);
      this.search.set(defences.map(([id, about]) => ({ key: id, name: id, about, group: "" })));
      this.draw();
    }
    // What spoke in the run without anything lifted, and where one is lifted what speaks instead.
    heard(runs) {
      const ids = /* @__PURE__ */ new Set();
      for (const run of runs)
        for (const event of run.events) if (event[0] === 0 && event[8] && event[3] >= 2) ids.add(run.texts[event[8]]);
      this.spoke = [...ids].filter((id) => this.about.has(id));
      this.draw();
    }
    reset() {
      this.lifted = [];
      this.spoke = [];
      this.draw();
    }
    lift(id) {
      if (this.lifted.includes(id)) return;
      this.lifted = [...this.lifted, id];
      this.draw();
      this.changed();
    }
    restore(id) {
      this.lifted = this.lifted.filter((one) => one !== id);
      this.draw();
      this.changed();
    }
    draw() {
      const lifted = this.lifted.map((id) => h("li", {}, h(
        "button",
        { type: "button", class: "lift lifted", "aria-pressed": "true", "data-id": id, title: `${this.about.get(id) ?? ""}
Click to put it back.`, onclick: () => this.restore(id) },
        h("span", { class: "lift-word" }, "lifted "),
        id,
        h("span", { class: "lift-end", "aria-hidden": "true" }, " ×")
      )));
      const spoke = this.spoke.filter((id) => !this.lifted.includes(id)).map((id) => h("li", {}, h(
        "button",
        { type: "button", class: "lift", "aria-pressed": "false", "data-id": id, title: `${this.about.get(id) ?? ""}
Click to play the same without it.`, onclick: () => this.lift(id) },
        h("span", { class: "lift-word" }, "lift "),
        id
      )));
      const none = lifted.length + spoke.length === 0 ? [h("li", { class: "lift-none" }, "no defence has spoken yet")] : [];
      const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset["id"] : void 0;
      this.chips.replaceChildren(...lifted, ...spoke, ...none);
      if (focused) this.chips.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
    }
  };

  // src/live_player.ts
  var kSpeeds = [["1 a second", 1], ["4 a second", 4], ["16 a second", 16], ["60 a second", 60]];
  var Player = class {
    constructor(steps) {
      this.steps = steps;
      this.element = h(
        "div",
        { class: "player", role: "group", "aria-label": "Move through the run" },
        h("button", { type: "button", title: "One row back (Alt+←)", onclick: () => this.step(-1) }, "◀ Step back"),
        this.play,
        h("button", { type: "button", title: "One row on (Alt+→)", onclick: () => this.step(1) }, "Step ▶"),
        this.speed
      );
      this.enable(false);
    }
    steps;
    element;
    play = h("button", { type: "button", onclick: () => this.toggle() }, "▶ Play");
    speed = h("select", { "aria-label": "Speed", onchange: () => this.timer && this.start() }, ...kSpeeds.map(([name], i) => h("option", { value: i, selected: i === 1 }, name)));
    timer = 0;
    enable(on) {
      this.pause();
      for (const one of this.element.querySelectorAll("button, select")) one.disabled = !on;
    }
    step(rows2) {
      this.pause();
      this.steps()?.step(rows2);
    }
    toggle() {
      this.timer ? this.pause() : this.start();
    }
    start() {
      this.pause();
      const perSecond = kSpeeds[Number(this.speed.value)][1];
      this.timer = window.setInterval(() => {
        if (!this.steps()?.step(1)) this.pause();
      }, 1e3 / perSecond);
      this.play.textContent = "⏸ Pause";
      this.play.setAttribute("aria-pressed", "true");
    }
    pause() {
      clearInterval(this.timer);
      this.timer = 0;
      this.play.textContent = "▶ Play";
      this.play.setAttribute("aria-pressed", "false");
    }
  };

  // src/live_words.ts
  var isMachine = (name) => name.startsWith("scenarios/machines/");
  var stemOf = (name) => name.slice(name.lastIndexOf("/") + 1).replace(/\.yaml$/, "");
  function vocabularyOf(welcome, name) {
    const about = /* @__PURE__ */ new Map();
    for (const rows2 of [...Object.values(welcome.about), welcome.platforms, welcome.defences]) for (const [word, what] of rows2) if (what) about.set(word, what);
    const offer = ([text, what]) => ({ text, about: what });
    return {
      schema: isMachine(name) ? welcome.schema.machine : welcome.schema.scenario,
      about,
      programs: welcome.about.programs.map(offer),
      machines: welcome.machines.map((one) => ({ text: one.name.slice("scenarios/".length), about: one.title }))
    };
  }

  // src/film_facts.ts
  var FactIndex = class {
    constructor(data) {
      this.data = data;
      const byKey = /* @__PURE__ */ new Map();
      for (const [event, group, name, key, value2] of data.facts) {
        const id = `${group} ${name} ${key}`;
        let track = byKey.get(id);
        if (!track) {
          track = { group: data.texts[group] ?? "", name: data.texts[name] ?? "", key: data.texts[key] ?? "", events: [], values: [] };
          byKey.set(id, track);
          this.tracks.push(track);
        }
        const last = track.events.length - 1;
        if (last >= 0 && track.events[last] === event) track.values[last] = value2;
        else track.events.push(event), track.values.push(value2);
      }
    }
    data;
    tracks = [];
    // In the order in which each first became known. What has ended is told where it ended after `since`.
    at(event, since = event) {
      const out = [];
      for (const track of this.tracks) {
        const at = lastNotAfter(track.events, event);
        if (at < 0) continue;
        const value2 = this.data.texts[track.values[at]] ?? "";
        if (!value2 && track.events[at] < since) continue;
        const before = at > 0 ? this.data.texts[track.values[at - 1]] ?? "" : "";
        out.push({ group: track.group, name: track.name, key: track.key, value: value2, since: track.events[at], before });
      }
      return out;
    }
  };
  function lastNotAfter(sorted, wanted) {
    let low = 0, high = sorted.length;
    while (low < high) {
      const middle = low + high >> 1;
      if (sorted[middle] <= wanted) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  // src/film.ts
  var tones = ["said", "act", "refused", "noticed", "withheld", "missed"];
  var fates = ["arrived", "altered", "lost", "outside"];

  // src/packed.ts
  function fromBase64(text) {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  }

  // src/film_model.ts
  var lineKind = 0;
  var messageKind = 1;
  var FilmModel = class {
    constructor(data) {
      this.data = data;
      const order = data.breaches.map((_, i) => i).sort((a, b) => data.breaches[a].time - data.breaches[b].time || a - b);
      this.count = data.events.length + order.length;
      this.times = new Float64Array(this.count);
      this.items = new Int32Array(data.events.length);
      this.numbers = new Int32Array(this.count);
      this.lanes = data.lanes.map(([name, kind]) => ({ name, kind }));
      let time = 0, next = 0;
      const breach = (event) => {
        const at = order[next++];
        this.breaches.set(this.events.length, at);
        this.times[this.events.length] = data.breaches[at].time;
        this.numbers[this.events.length] = event;
        this.events.push(null);
      };
      data.events.forEach((event, i) => {
        const then = time + event[1];
        while (next < order.length && data.breaches[order[next]].time < then) breach(i - 1);
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
    data;
    count;
    times;
    // picoseconds, of each item
    lanes;
    facts;
    marks;
    // by item, in their order
    events = [];
    // null: a breach
    breaches = /* @__PURE__ */ new Map();
    items;
    // of each event
    numbers;
    // of each item the last event that has happened
    decoded = /* @__PURE__ */ new Map();
    itemOf(event) {
      return this.items[Math.min(Math.max(event, 0), this.items.length - 1)] ?? 0;
    }
    // The event, or of a breach the one before it; -1: nothing has happened yet.
    eventOf(item) {
      return this.numbers[item] ?? -1;
    }
    kind(item) {
      const event = this.events[item];
      return !event ? "breach" : event[0] === lineKind ? "line" : "message";
    }
    raw(item) {
      return this.events[item] ?? null;
    }
    breach(item) {
      const at = this.breaches.get(item);
      return at === void 0 ? null : this.data.breaches[at] ?? null;
    }
    text(id) {
      return this.data.texts[id ?? 0] ?? "";
    }
    attacking(item) {
      return this.events[item]?.[2] === 1;
    }
    tone(item) {
      return tones[this.events[item]?.[3] ?? 0] ?? "said";
    }
    fate(item) {
      return fates[this.events[item]?.[3] ?? 0] ?? "arrived";
    }
    // The speaker, or of a message the boundary.
    actor(item) {
      const event = this.events[item];
      return event ? this.text(event[0] === lineKind ? event[5] : event[7]) : "";
    }
    // What was said, or of a message its object.
    what(item) {
      const event = this.events[item];
      if (event) return this.text(event[0] === lineKind ? event[6] : event[8]);
      const breach = this.breach(item);
      return breach ? `${breach.promise}: ${breach.what}` : "";
    }
    // Lanes: of a line the same twice.
    ends(item) {
      const event = this.events[item];
      if (!event) return [-1, -1];
      return event[0] === lineKind ? [event[4], event[4]] : [event[5], event[6]];
    }
    bytes(blob) {
      const id = blob ?? 0;
      let out = this.decoded.get(id);
      if (!out) this.decoded.set(id, out = fromBase64(this.data.blobs[id] ?? ""));
      return out;
    }
    size(blob) {
      const text = this.data.blobs[blob ?? 0] ?? "";
      return text.length / 4 * 3 - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0);
    }
    boundaries() {
      const counts = /* @__PURE__ */ new Map();
      for (const event of this.data.events) if (event[0] === messageKind) counts.set(event[7], (counts.get(event[7]) ?? 0) + 1);
      return [...counts].map(([id, count2]) => ({ name: this.text(id), id, count: count2 })).sort((a, b) => a.name < b.name ? -1 : 1);
    }
    findMarks() {
      const out = /* @__PURE__ */ new Map();
      this.events.forEach((event, item) => {
        if (!event) out.set(item, "broken");
        else if (event[0] === messageKind) event[3] !== 0 && out.set(item, "touch");
        else {
          const mark = [void 0, "touch", "defence", "defence", "defence", "lifted"][event[3]];
          if (mark) out.set(item, mark);
        }
      });
      return out;
    }
  };
  function timeText(picoseconds) {
    const micros = Math.floor(picoseconds / 1e6), nanos = Math.floor(picoseconds % 1e6 / 1e3);
    return `${micros}.${String(nanos).padStart(3, "0")} µs`;
  }

  // src/film_compare.ts
  function singleRows(model) {
    const left = Int32Array.from({ length: model.count }, (_, i) => i);
    return {
      count: model.count,
      left,
      right: null,
      firstDifference: -1,
      differs: () => false,
      leftAt: (row) => row,
      rightAt: () => -1,
      rowOf: (item) => item
    };
  }
  var kLookAhead = 64;
  function pairedRows(a, b) {
    const key = keys2(a, b);
    const left = [], right = [];
    const put = (l, r) => void (left.push(l), right.push(r));
    let i = 0, j = 0;
    while (i < a.count && j < b.count && key.same(i, j)) put(i++, j++);
    const firstDifference = i < a.count || j < b.count ? i : -1;
    while (i < a.count || j < b.count) {
      if (j >= b.count || i < a.count && a.times[i] < b.times[j]) put(i++, -1);
      else if (i >= a.count || b.times[j] < a.times[i]) put(-1, j++);
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
      count: lefts.length,
      left: lefts,
      right: rights,
      firstDifference,
      differs: (row) => firstDifference >= 0 && row >= firstDifference && (lefts[row] < 0 || rights[row] < 0 || !key.same(lefts[row], rights[row])),
      leftAt: (row) => soFarLeft[row] ?? -1,
      rightAt: (row) => soFarRight[row] ?? -1,
      rowOf: (item) => rowOfLeft[item] ?? 0
    };
  }
  function soFar(items) {
    let last = -1;
    return items.map((item) => last = item >= 0 ? item : last);
  }
  function keys2(a, b) {
    const texts = translation(a.data.texts, b.data.texts), blobs = translation(a.data.blobs, b.data.blobs);
    const alike = (i, j) => {
      const x = a.raw(i), y = b.raw(j);
      if (!x || !y) return !x && !y && a.what(i) === b.what(j);
      if (x[0] !== y[0]) return false;
      if (x[0] === lineKind) return x[3] === y[3] && x[5] === texts[y[5]] && x[6] === texts[y[6]] && x[7] === texts[y[7]];
      return x[4] === y[4] && x[7] === texts[y[7]] && x[8] === texts[y[8]];
    };
    const same = (i, j) => {
      if (!alike(i, j)) return false;
      const x = a.raw(i), y = b.raw(j);
      if (!x || !y || x[0] === lineKind) return true;
      return x[3] === y[3] && x[9] === blobs[y[9]] && x[10] === blobs[y[10]] && x[13] === texts[y[13]];
    };
    return { alike, same };
  }
  function translation(first, second) {
    const ids = /* @__PURE__ */ new Map();
    first.forEach((text, id) => ids.has(text) || ids.set(text, id));
    return Int32Array.from(second, (text) => ids.get(text) ?? -1);
  }

  // src/film_bytes.ts
  var kBytesShown = 24;
  function fieldsOf(layout, bytes) {
    const out = [];
    let end = 0;
    for (const [name, offset, size, kind] of layout) {
      out.push({ name, offset, size, value: valueOf(bytes.subarray(offset, offset + size), kind) });
      end = Math.max(end, offset + size);
    }
    if (layout.length > 0 && end < bytes.length)
      out.push({ name: "(rest)", offset: end, size: bytes.length - end, value: valueOf(bytes.subarray(end), 2) });
    return out;
  }
  function valueOf(bytes, kind) {
    if (kind < 2 && bytes.length <= 8) return numberText(kind === 0 ? bytes.slice().reverse() : bytes);
    if (kind === 3 && bytes.every((byte) => byte === 0)) return "zero";
    const hex = hexOf(bytes.subarray(0, kBytesShown)) + (bytes.length > kBytesShown ? "…" : "");
    const text = readable(bytes);
    return text ? `${hex} "${text}"` : hex || "empty";
  }
  function numberText(bigEndian) {
    let value2 = 0n;
    for (const byte of bigEndian) value2 = value2 << 8n | BigInt(byte);
    return value2 < 10n ? String(value2) : `0x${value2.toString(16)} (${value2})`;
  }
  function hexOf(bytes) {
    let out = "";
    for (const byte of bytes) out += byte.toString(16).padStart(2, "0");
    return out;
  }
  function readable(bytes) {
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] === 0) --end;
    if (end < 4 || end > 64) return "";
    let out = "";
    for (let i = 0; i < end; ++i) {
      const byte = bytes[i];
      if (byte < 32 || byte > 126) return "";
      out += String.fromCharCode(byte);
    }
    return out;
  }
  function printable(byte) {
    return byte >= 32 && byte <= 126 ? String.fromCharCode(byte) : ".";
  }
  function differs(a, b, at) {
    return a[at] !== b[at];
  }
  function rangeDiffers(a, b, offset, size) {
    for (let at = offset; at < offset + size; ++at) if (differs(a, b, at)) return true;
    return false;
  }

  // src/run_words.ts
  var fateWords = { arrived: "", altered: "altered", led: "led elsewhere", lost: "lost", outside: "handed over outside" };
  function fateOf(model, item) {
    const event = model.raw(item), fate = model.fate(item);
    return fate === "altered" && event && event[13] !== 0 && event[9] === event[10] ? "led" : fate;
  }
  function fateWord(model, item) {
    return fateWords[fateOf(model, item)];
  }
  var toneWords = {
    said: "",
    act: "",
    refused: "refused: ",
    noticed: "noticed: ",
    withheld: "withheld: ",
    missed: "would have spoken, but is lifted: "
  };
  var markShapes = { touch: "◆", defence: "■", lifted: "□", broken: "✖" };
  var markWords = {
    touch: "the adversary",
    defence: "a defence spoke",
    lifted: "a defence would have spoken, but is lifted",
    broken: "a promise broke"
  };
  var markTags = { touch: "adversary", defence: "defence", lifted: "lifted", broken: "" };
  function said(model, item) {
    return toneWords[model.tone(item)] + model.what(item);
  }
  function label(model, item) {
    const event = model.raw(item);
    if (!event) return `broken ${model.what(item)}`;
    if (model.kind(item) === "line") return `${model.actor(item)} ${said(model, item)}`;
    return model.what(item) || "(unnamed)";
  }
  function spoken(model, item) {
    const time = timeText(model.times[item]);
    if (model.kind(item) === "breach") return `${time}, promise broken, ${model.what(item)}`;
    if (model.kind(item) === "line") {
      const mark = model.marks.get(item);
      return `${time}, ${mark ? markTags[mark] + ", " : ""}${model.actor(item)} ${said(model, item)}`;
    }
    const [from, to] = model.ends(item), fate = fateWord(model, item);
    const reply = model.raw(item)[4] ? ", reply" : "";
    return `${time}, ${model.what(item)}, ${model.lanes[from]?.name} to ${model.lanes[to]?.name}${reply}, at ${model.actor(item)}${fate ? ", " + fate : ""}`;
  }

  // src/run_detail.ts
  var kBytesShown2 = 512;
  function detail(model, item, side, perLine) {
    const out = h("section", { class: "detail", "aria-label": side ? `Event, ${side} run` : "Event" });
    if (side) out.append(h("p", { class: "side" }, `${side} run`));
    if (item < 0) out.append(h("p", { class: "quiet" }, "Nothing on this side of the row."));
    else if (model.kind(item) === "message") message(out, model, item, perLine);
    else if (model.kind(item) === "line") line(out, model, item);
    else {
      const breach = model.breach(item);
      out.append(h("h2", {}, `Promise broken: ${breach.promise}`), facts([["time", timeText(model.times[item])], ["what", breach.what]]));
    }
    return out;
  }
  function facts(rows2) {
    const list2 = h("dl", { class: "facts" });
    for (const [name, value2] of rows2) if (value2) list2.append(h("dt", {}, name), h("dd", {}, value2));
    return list2;
  }
  function line(out, model, item) {
    const event = model.raw(item), mark = model.marks.get(item);
    out.append(h("h2", {}, `${model.actor(item)} ${said(model, item)}`));
    out.append(facts([
      ["time", timeText(model.times[item])],
      ["mark", mark ? markWords[mark] : ""],
      ["defence", model.text(event[8])],
      ["clause", model.text(event[7])]
    ]));
  }
  var fateSentences = {
    arrived: "as it was sent",
    altered: "altered on the way",
    led: "as it was sent, but elsewhere",
    lost: "lost: the adversary let nothing through",
    outside: "handed over by the adversary, outside of anybody’s crossing"
  };
  function message(out, model, item, perLine) {
    const event = model.raw(item), [from, to] = model.ends(item), fate = fateOf(model, item);
    out.append(h("h2", {}, model.what(item) || "(unnamed)"));
    const list2 = facts([
      ["time", timeText(model.times[item])],
      ["boundary", model.actor(item)],
      ["from", `${model.lanes[from]?.name ?? ""} to ${model.lanes[to]?.name ?? ""}${event[4] ? ", a reply" : ""}`],
      ["arrived", fateSentences[fate]],
      ["led to", model.text(event[13])],
      ["layout", model.data.shapes[event[11]]?.[0] || "none: bytes alone"]
    ]);
    if (fate !== "arrived") list2.classList.add("touched");
    out.append(list2);
    const sent = model.bytes(event[9]), sentShape = model.data.shapes[event[11]]?.[1] ?? [];
    if (fate !== "altered") {
      out.append(bytesView(fate === "lost" ? "Sent, never arrived" : fate === "outside" ? "Handed over" : "Sent and arrived", sentShape, sent, null, perLine));
      return;
    }
    const arrived = model.bytes(event[10]), arrivedShape = model.data.shapes[event[12]]?.[1] ?? [];
    out.append(bytesView("Sent", sentShape, sent, arrived, perLine), bytesView("Arrived", arrivedShape, arrived, sent, perLine));
  }
  function bytesView(title, layout, bytes, other, perLine) {
    const changed = other ? count(bytes, other) : 0;
    const dump = h("pre", { class: "dump", tabindex: 0, "aria-label": `${title}, bytes` });
    let chosen = null, all = false;
    const fill = () => dump.replaceChildren(...dumpLines(bytes, other, chosen, all ? bytes.length : kBytesShown2, perLine));
    fill();
    const out = h("div", { class: "bytes" });
    out.append(h("h3", {}, `${title}: ${bytes.length} bytes${other ? `, ${changed} ${changed === 1 ? "differs" : "differ"}` : ""}`));
    const fields = fieldsOf(layout, bytes);
    if (fields.length > 0) out.append(fieldTable(title, fields, bytes, other, (field) => (chosen = field, fill())));
    out.append(dump);
    if (bytes.length > kBytesShown2) {
      const more2 = h("button", { type: "button", onclick: () => (all = true, fill(), more2.remove()) }, `Show all ${bytes.length} bytes`);
      out.append(more2);
    }
    return out;
  }
  function count(a, b) {
    let out = 0;
    for (let at = 0; at < Math.max(a.length, b.length); ++at) if (differs(a, b, at)) ++out;
    return out;
  }
  function fieldTable(title, fields, bytes, other, choose) {
    const body = h("tbody");
    for (const field of fields) {
      const changed = other !== null && rangeDiffers(bytes, other, field.offset, field.size);
      const show = () => choose(field), hide = () => choose(null);
      const name = h("button", { type: "button", class: "field", onfocus: show, onblur: hide }, field.name);
      body.append(h(
        "tr",
        { class: changed ? "changed" : null, onmouseenter: show, onmouseleave: hide },
        h("td", {}, name),
        h("td", { class: "number" }, `0x${field.offset.toString(16)}`),
        h("td", { class: "number" }, field.size),
        h("td", { class: "value" }, changed ? h("b", {}, "≠ ") : null, field.value)
      ));
    }
    return h(
      "table",
      { class: "fields" },
      h("caption", { class: "unseen" }, `${title}, fields`),
      h("thead", {}, h("tr", {}, ...["field", "offset", "size", "value"].map((name) => h("th", { scope: "col" }, name)))),
      body
    );
  }
  function dumpLines(bytes, other, chosen, max, perLine) {
    if (bytes.length === 0) return [document.createTextNode("no bytes")];
    const out = [];
    let run = "", style = "";
    const flush = () => {
      if (run) out.push(style ? h("span", { class: style }, run) : document.createTextNode(run));
      run = "";
    };
    const put = (text, as) => {
      if (as !== style) flush(), style = as;
      run += text;
    };
    const look = (at) => {
      const changed = other !== null && at < bytes.length && differs(bytes, other, at);
      const pointed = chosen !== null && at >= chosen.offset && at < chosen.offset + chosen.size;
      return [changed ? "changed" : "", pointed ? "pointed" : ""].join(" ").trim();
    };
    const end = Math.min(bytes.length, max);
    for (let line2 = 0; line2 < end; line2 += perLine) {
      put(line2.toString(16).padStart(4, "0") + "  ", "place");
      for (let at = line2; at < line2 + perLine; ++at) {
        const is = at < end;
        put(is ? bytes[at].toString(16).padStart(2, "0") : "  ", is ? look(at) : "");
        const goes = at + 1 < Math.min(line2 + perLine, end) && look(at) === look(at + 1);
        put(at % 8 === 7 ? "  " : " ", goes ? look(at) : "");
      }
      for (let at = line2; at < Math.min(line2 + perLine, end); ++at) put(printable(bytes[at]), look(at));
      put("\n", "");
    }
    flush();
    return out;
  }

  // src/run_filter.ts
  function firstFilter(models) {
    const hidden = /* @__PURE__ */ new Set();
    for (const model of models) {
      const links = model.boundaries().filter((boundary) => boundary.name.startsWith("link "));
      const packets = links.reduce((sum, link) => sum + link.count, 0);
      if (packets > 200 && packets * 2 > model.count) for (const link of links) hidden.add(link.name);
    }
    return { view: "all", hidden, text: "", matchesOnly: false };
  }
  function matcher(model, text) {
    const wanted = text.trim().toLowerCase();
    if (!wanted) return () => false;
    const found = new Uint8Array(model.data.texts.length);
    model.data.texts.forEach((one, id) => found[id] = one.toLowerCase().includes(wanted) ? 1 : 0);
    return (item) => {
      const event = model.raw(item);
      if (!event) return model.what(item).toLowerCase().includes(wanted);
      if (event[0] === messageKind) return (found[event[7]] | found[event[8]] | found[event[13]]) === 1;
      return (found[event[5]] | found[event[6]] | found[event[7]] | found[event[8]]) === 1;
    };
  }
  function passes(model, filter, matches) {
    const hidden = new Uint8Array(model.data.texts.length);
    model.data.texts.forEach((text, id) => hidden[id] = filter.hidden.has(text) ? 1 : 0);
    const only = filter.matchesOnly && filter.text.trim() !== "";
    return (item) => {
      if (item < 0) return false;
      if (only && !matches(item)) return false;
      const event = model.raw(item);
      if (!event) return true;
      const touched = model.marks.get(item) === "touch";
      if (filter.view === "touched") return touched;
      if (event[0] !== messageKind || touched) return true;
      return filter.view === "all" && hidden[event[7]] === 0;
    };
  }
  function shown(rows2, models, filter) {
    const left = models[0], right = models[1];
    const leftMatches = matcher(left, filter.text), leftPasses = passes(left, filter, leftMatches);
    const rightMatches = right ? matcher(right, filter.text) : () => false;
    const rightPasses = right ? passes(right, filter, rightMatches) : () => false;
    const out = [], hits = [], marks = [];
    const always = filter.view === "all" && !(filter.matchesOnly && filter.text.trim() !== "") ? rows2.firstDifference : -1;
    for (let row = 0; row < rows2.count; ++row) {
      const l = rows2.left[row], r = rows2.right ? rows2.right[row] : -1;
      if (!leftPasses(l) && !rightPasses(r) && row !== always) continue;
      if (l >= 0 && leftMatches(l) || r >= 0 && rightMatches(r)) hits.push(out.length);
      if (l >= 0 && left.marks.has(l) || r >= 0 && right.marks.has(r)) marks.push(out.length);
      out.push(row);
    }
    return { rows: Int32Array.from(out), hits: Int32Array.from(hits), marks: Int32Array.from(marks) };
  }

  // src/run_header.ts
  function nameOf(run, all) {
    const apart = (key) => all.some((other) => other[key] !== run[key]);
    const parts = [apart("attack") ? `${run.attack} on ${run.platform}` : run.platform];
    if (apart("seed")) parts.push(`seed ${run.seed}`);
    if (run.profile !== "baseline") parts.push(run.profile);
    if (run.lift.length > 0) parts.push(`without ${run.lift.join(", ")}`);
    for (const [key, value2] of Object.entries(run.set)) parts.push(`${key}=${value2}`);
    if (run.weather.length > 0) parts.push(run.weather.join(", "));
    return parts.join(", ");
  }
  function card(run, side) {
    const out = h("article", { class: "card", "aria-label": side ? `${side} run` : "Run" });
    out.append(h("p", { class: "verdict" }, h("span", { class: `outcome ${run.outcome}` }, run.outcome), " ", rest(run)));
    out.append(h("p", { class: "of" }, side ? h("span", { class: "quiet" }, `${side}: `) : null, h("b", {}, run.attack), ` on ${run.platform}, seed ${run.seed}, profile ${run.profile}, ended at ${timeText(run.time)}`));
    const chips = h("span", { class: "chips" });
    const chip = (name, value2) => chips.append(h("span", { class: "chip" }, h("span", { class: "quiet" }, `${name} `), value2), " ");
    for (const id of run.lift) chip("lifted", id);
    for (const [key, value2] of Object.entries(run.set)) chip("set", `${key} = ${value2}`);
    for (const one of run.weather) chip("weather", one);
    if (run.limit) chip("ended by the limit", run.limit);
    if (run.cut) chip("cut", "a limit of the film was reached; what came after is missing");
    if (chips.childNodes.length > 0) out.lastElementChild.append(" ", chips);
    const told = run.breaches.length === 1 && run.sentence.includes(run.breaches[0].what);
    if (told) out.firstElementChild.append(h("span", { class: "quiet" }, ` at ${timeText(run.breaches[0].time)}`));
    else if (run.breaches.length > 0)
      out.append(h("ul", { class: "breaches", "aria-label": "Broken promises" }, ...run.breaches.map((breach) => h("li", {}, h("b", {}, `✖ ${breach.promise}`), ` ${breach.what} (${timeText(breach.time)})`))));
    out.append(h(
      "p",
      { class: "more" },
      checks(run),
      more("Assumed and simplified", notes(run)),
      more("Ends", ends(run)),
      run.source ? more("Scenario file", [h("p", { class: "quiet" }, run.file), h("pre", {}, run.source)]) : null
    ));
    return out;
  }
  function rest(run) {
    return run.sentence.startsWith(run.outcome) ? run.sentence.slice(run.outcome.length).replace(/^:?\s*/, "") : run.sentence;
  }
  function more(title, inside, open = false) {
    return inside.length === 0 ? null : h("details", { open }, h("summary", {}, title), h("div", { class: "inside" }, ...inside));
  }
  function checkLines(run) {
    const out = run.checks.map((check) => h(
      "li",
      { class: check.agrees ? "ok" : "fail" },
      h("b", { class: "mono" }, check.agrees ? "ok  " : "FAIL"),
      ` ${check.label}: ${check.observed}${check.agrees ? "" : `; expected ${check.expected}`}`
    ));
    out.push(...run.mismatches.map((line2) => h("li", { class: "fail" }, h("b", { class: "mono" }, "!"), ` ${line2}`)));
    return out;
  }
  function checks(run) {
    if (!run.compared) return h("span", { class: "quiet", title: "the file expects nothing of this run" }, "Compared with nothing");
    const bad = run.checks.filter((check) => !check.agrees).length + run.mismatches.length;
    const title = bad > 0 ? `${bad} FAIL of ${run.checks.length} checks` : `${run.checks.length} of ${run.checks.length} checks ok`;
    return more(title, [h("ul", { class: "checks" }, ...checkLines(run))], bad > 0);
  }
  function notes(run) {
    const lines = [
      ...run.assumed.map((text) => `assumes: ${text}`),
      ...run.missed.map((id) => `lifted, would have spoken: ${id}`),
      ...run.conventions.map((text) => `convention: ${text}`)
    ];
    return lines.length === 0 ? [] : [h("ul", {}, ...lines.map((text) => h("li", {}, text)))];
  }
  function ends(run) {
    const all = Object.entries(run.ends);
    return all.length === 0 ? [] : [h("ul", {}, ...all.map(([part, end]) => h("li", {}, `${part}: ${end}`)))];
  }
  function chooser(runs, left, right, choose) {
    const select = (label2, chosen, none, hear) => {
      const out = h("select", { "aria-label": label2, onchange: () => hear(Number(out.value)) });
      if (none) out.append(h("option", { value: -1, selected: chosen < 0 }, "no second run"));
      runs.forEach((run, i) => out.append(h("option", { value: i, selected: i === chosen }, nameOf(run, runs))));
      return h("label", {}, h("span", {}, `${label2} `), out);
    };
    return h("div", { class: "chooser" }, select("Left run", left, false, (at) => choose(at, right)), select("Right run", right, true, (at) => choose(left, at)));
  }

  // src/run_keys.ts
  var sheet = [
    ["j, ↓", "the next event"],
    ["k, ↑", "the event before"],
    ["Page Down, Page Up", "a screen on, a screen back"],
    ["Home, End", "the first, the last event"],
    ["n, p", "the next mark, the one before"],
    ["d", "the next difference between the two runs"],
    ["/", "search; Enter the next match, Shift+Enter the one before"],
    ["Enter", "to the fields and bytes of the event"],
    ["Escape", "back to the events"],
    ["?", "this sheet"]
  ];
  var signs = [
    ["◆", "the adversary’s touch: an act of his, or a message altered or led elsewhere on the way"],
    ["✕", "a message that was lost on the way"],
    ["◇", "a message that the adversary handed over outside of any crossing"],
    ["■", "a defence spoke"],
    ["□", "a defence that is lifted would have spoken"],
    ["✖", "a promise broke"],
    ["≠", "a field that differs"]
  ];
  function helpSheet() {
    const rows2 = (all) => {
      const list2 = h("dl", { class: "keys" });
      for (const [key, text] of all) list2.append(h("dt", {}, key), h("dd", {}, text));
      return list2;
    };
    const out = h("dialog", { class: "help", "aria-label": "Keys and signs" });
    out.append(
      h("h2", {}, "Keys"),
      rows2(sheet),
      h("h2", {}, "Signs"),
      rows2(signs),
      h("p", {}, "A bar at the time says that the adversary had begun."),
      h("form", { method: "dialog" }, h("button", {}, "Close"))
    );
    return out;
  }
  function listen(where, stream, help, act) {
    const hear = (event) => {
      const target = event.target;
      if (event.ctrlKey || event.altKey || event.metaKey || help.open || event.defaultPrevented) return;
      if (target !== document.body && !where.contains(target)) return;
      if (event.key === "Escape" && where.contains(target)) return void stream.focus();
      if (/^(input|select|textarea)$/i.test(target.tagName) || target.isContentEditable) return;
      const inStream = target === stream || target === document.body;
      const go = actionOf(event.key, inStream, act, help);
      if (!go) return;
      event.preventDefault();
      go();
    };
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }
  function actionOf(key, inStream, act, help) {
    switch (key) {
      case "j":
        return () => act.step(1);
      case "k":
        return () => act.step(-1);
      case "n":
        return () => act.mark(1);
      case "p":
        return () => act.mark(-1);
      case "d":
        return () => act.difference();
      case "/":
        return () => act.search();
      case "?":
        return () => help.showModal();
    }
    if (!inStream) return null;
    switch (key) {
      case "ArrowDown":
        return () => act.step(1);
      case "ArrowUp":
        return () => act.step(-1);
      case "PageDown":
        return () => act.page(1);
      case "PageUp":
        return () => act.page(-1);
      case "Home":
        return () => act.edge(false);
      case "End":
        return () => act.edge(true);
      case "Enter":
        return () => act.detail();
    }
    return null;
  }

  // src/run_print.ts
  var kRowsMax = 3e3;
  function onPaper(models) {
    return h("div", { class: "paper" }, ...models.map((model, side) => paperOf(model, models.length > 1 ? ["left", "right"][side] : "")));
  }
  function paperOf(model, side) {
    const head2 = card(model.data, side);
    head2.querySelector(".more")?.remove();
    const out = h("section", {}, h("h1", {}, model.data.title), head2);
    if (model.data.compared) out.append(h("h2", {}, "Checks"), h("ul", { class: "checks" }, ...checkLines(model.data)));
    out.append(...notes(model.data), h("h2", {}, "Lines and marks"));
    const body = h("tbody");
    let rows2 = 0;
    for (let item = 0; item < model.count; ++item) {
      const mark = model.marks.get(item);
      if (model.kind(item) === "message" && !mark) continue;
      if (++rows2 > kRowsMax) {
        body.append(h("tr", {}, h("td", { colspan: 3 }, "… what follows is left out on paper")));
        break;
      }
      body.append(h("tr", {}, h("td", { class: "number" }, timeText(model.times[item])), h("td", {}, mark ? markShapes[mark] : ""), h("td", {}, wordsOf2(model, item))));
    }
    out.append(h("table", {}, h("thead", {}, h("tr", {}, ...["time", "", "what"].map((name) => h("th", { scope: "col" }, name)))), body));
    return out;
  }
  function wordsOf2(model, item) {
    if (model.kind(item) === "breach") return `promise broken: ${model.what(item)}`;
    if (model.kind(item) === "message") return `${model.actor(item)}: ${model.what(item)}, ${fateWord(model, item)}`;
    const clause = model.text(model.raw(item)[7]), mark = model.marks.get(item);
    return `${mark ? markTags[mark] + ": " : ""}${model.actor(item)} ${said(model, item)}${clause ? ` [${clause}]` : ""}`;
  }

  // src/run_scrub.ts
  var kHeight = 26;
  function makeScrubber(onMove) {
    const map = h("canvas", { class: "map", role: "img" });
    const range = h("input", { type: "range", min: 0, max: 0, step: 1, "aria-label": "Time" });
    const now = h("output", { class: "now" });
    const element = h("div", { class: "scrub" }, h("div", { class: "scrub-bar" }, map, range), now);
    let models = [], rows2, shown2;
    range.addEventListener("input", () => onMove(Number(range.value)));
    const move = (event) => {
      const box = map.getBoundingClientRect();
      onMove(Math.round((event.clientX - box.left) / box.width * (shown2.rows.length - 1)));
    };
    map.addEventListener("pointerdown", (event) => (map.setPointerCapture(event.pointerId), move(event)));
    map.addEventListener("pointermove", (event) => event.buttons === 1 && move(event));
    const draw = () => {
      if (!rows2) return;
      const ratio = devicePixelRatio || 1, width = map.clientWidth;
      map.width = Math.max(1, width * ratio), map.height = kHeight * ratio;
      const pen = map.getContext("2d");
      if (!pen) return;
      const style = getComputedStyle(map), colour = (name) => style.getPropertyValue(name).trim();
      pen.scale(ratio, ratio);
      const x = (place) => 4 + place / Math.max(1, shown2.rows.length - 1) * (width - 8);
      const seen = /* @__PURE__ */ new Set();
      shown2.rows.forEach((row, place) => {
        const left = rows2.left[row], spot = Math.round(x(place));
        const line2 = left >= 0 ? models[0].kind(left) === "line" : models[1].kind(rows2.right[row]) === "line";
        const differs2 = rows2.differs(row), key = spot * 4 + (line2 ? 1 : 0) + (differs2 ? 2 : 0);
        if (seen.has(key)) return;
        seen.add(key);
        if (differs2) pen.fillStyle = colour("--changed-paper"), pen.fillRect(spot - 1, 0, 2, kHeight);
        pen.fillStyle = colour(line2 ? "--quiet" : "--rule");
        pen.fillRect(spot, line2 ? kHeight - 9 : kHeight - 4, 1, line2 ? 9 : 4);
      });
      for (const place of shown2.marks) drawMark(pen, Math.round(x(place)), markOf(place), colour);
      if (rows2.firstDifference >= 0) {
        const place = shown2.rows.indexOf(rows2.firstDifference);
        if (place >= 0) pen.fillStyle = colour("--stopped"), pen.fillRect(Math.round(x(place)) - 1, 0, 2, kHeight);
      }
    };
    const markOf = (place) => {
      const row = shown2.rows[place];
      return models[0].marks.get(rows2.left[row]) ?? models[1]?.marks.get(rows2.right[row]);
    };
    const watch = new ResizeObserver(draw);
    watch.observe(map);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", draw);
    return {
      element,
      set(nextModels, nextRows, nextShown) {
        models = nextModels, rows2 = nextRows, shown2 = nextShown;
        range.max = String(Math.max(0, shown2.rows.length - 1));
        range.disabled = shown2.rows.length === 0;
        const counts = /* @__PURE__ */ new Map();
        for (const place of shown2.marks) counts.set(markOf(place), (counts.get(markOf(place)) ?? 0) + 1);
        map.setAttribute("aria-label", `Map of marks: ${[...counts].map(([mark, count2]) => `${mark} ${count2}`).join(", ") || "none"}`);
        draw();
      },
      cursor(place) {
        range.value = String(place);
        const row = shown2.rows[place];
        if (row === void 0) return void (now.textContent = "nothing is shown");
        const left = rows2.left[row];
        const time = left >= 0 ? models[0].times[left] : models[1].times[rows2.right[row]];
        const words2 = `${timeText(time)}, ${place + 1} of ${shown2.rows.length}`;
        range.setAttribute("aria-valuetext", words2);
        const hidden = rows2.count - shown2.rows.length;
        now.replaceChildren(h("b", {}, timeText(time)), h("span", { class: "quiet" }, `${place + 1} of ${shown2.rows.length}${hidden > 0 ? `, ${hidden} hidden` : ""}`));
      },
      destroy() {
        watch.disconnect();
        scheme.removeEventListener("change", draw);
      }
    };
  }
  function drawMark(pen, x, mark, colour) {
    pen.beginPath();
    if (mark === "touch") {
      pen.fillStyle = colour("--touch");
      pen.moveTo(x - 4, 1), pen.lineTo(x + 4, 1), pen.lineTo(x, 9);
      pen.fill();
    } else if (mark === "broken") {
      pen.strokeStyle = colour("--broken"), pen.lineWidth = 2;
      pen.moveTo(x - 4, 2), pen.lineTo(x + 4, 12), pen.moveTo(x + 4, 2), pen.lineTo(x - 4, 12);
      pen.stroke();
      pen.fillStyle = colour("--broken"), pen.fillRect(x - 1, 12, 2, kHeight - 12);
    } else {
      const hollow = mark !== "defence";
      pen.fillStyle = pen.strokeStyle = colour(hollow ? "--stopped" : "--blocked"), pen.lineWidth = 1.5;
      pen.rect(x - 3.5, 4, 7, 7);
      if (hollow) pen.stroke();
      else pen.fill();
    }
  }

  // src/run_state.ts
  var groups = [
    ["memory", "Memory"],
    ["registers", "Registers"],
    ["devices", "Interfaces and streams"],
    ["knowledge", "What the adversary knows"]
  ];
  var kPageColumns = ["owner", "host sees", "guest address", "system address"];
  function state(moments) {
    const out = h("section", { class: "state", "aria-label": "State at this moment" }, h("h2", {}, "State at this moment"));
    const all = /* @__PURE__ */ new Map();
    moments.forEach((moment, side) => {
      for (const fact of moment.model.facts.at(moment.event, moment.since)) {
        const cells = entry(entry(all, fact.group, () => /* @__PURE__ */ new Map()), fact.name, () => /* @__PURE__ */ new Map());
        entry(cells, fact.key, () => moments.map(() => null))[side] = fact;
      }
    });
    if (all.size === 0) out.append(h("p", { class: "quiet" }, "Nothing is known of the machine yet."));
    else out.append(changes(moments));
    const known = groups.map(([name]) => name);
    for (const name of [...known.filter((one) => all.has(one)), ...[...all.keys()].filter((one) => !known.includes(one))]) {
      const title = groups.find(([one]) => one === name)?.[1] ?? name;
      out.append(h("div", { class: "state-group", "data-group": name }, name === "memory" ? pages(title, all.get(name), moments) : pairs(title, all.get(name), moments)));
    }
    return out;
  }
  function entry(map, key, make) {
    let out = map.get(key);
    if (out === void 0) map.set(key, out = make());
    return out;
  }
  function changes(moments) {
    const lines = /* @__PURE__ */ new Map();
    moments.forEach((moment, side) => {
      for (const fact of moment.model.facts.at(moment.event, moment.since)) {
        if (!isNew(fact, moment) || !fact.before) continue;
        const line2 = `${fact.name}, ${fact.key}: ${fact.before} → ${fact.value || "no longer"}`;
        lines.set(line2, lines.has(line2) ? "both" : sideName(side));
      }
    });
    const items = [...lines].map(([line2, side]) => h("li", {}, moments.length > 1 ? h("span", { class: "quiet" }, `${side} `) : null, line2));
    return h(
      "div",
      { class: "changes" },
      h("h3", {}, "Changed just now"),
      items.length > 0 ? h("ul", {}, ...items) : h("p", { class: "quiet" }, "nothing that was known before")
    );
  }
  function isNew(fact, moment) {
    return fact.since >= moment.since && fact.since <= moment.event;
  }
  function sideName(side) {
    return side ? "right" : "left";
  }
  function pages(title, names, moments) {
    const columns = kPageColumns.filter((key) => [...names.values()].some((cells) => cells.has(key)));
    const body = h("tbody");
    const order = [...names.keys()].map((name) => ({ name, owner: name.split(".")[0] ?? name }));
    const rank = (owner) => owner.startsWith("vm") ? `0${owner}` : `1${owner}`;
    order.sort((a, b) => rank(a.owner) < rank(b.owner) ? -1 : rank(a.owner) > rank(b.owner) ? 1 : 0);
    let last = "";
    for (const { name, owner } of order) {
      if (owner !== last) body.append(h("tr", { class: "owner" }, h("th", { scope: "rowgroup", colspan: columns.length + 1 }, `of ${owner}`)));
      last = owner;
      const cells = names.get(name), short = name.startsWith(`${owner}.page.`) ? name.slice(owner.length + 6) : name;
      const others = [...cells].filter(([key]) => !columns.includes(key));
      body.append(h(
        "tr",
        { "data-name": name },
        h("th", { scope: "row", title: name, rowspan: others.length > 0 ? 2 : 1 }, short),
        ...columns.map((key) => h("td", { "data-key": key }, cells.has(key) ? value(cells.get(key), moments) : null))
      ));
      if (others.length > 0) body.append(h("tr", { class: "others", "data-name": name }, h("td", { colspan: columns.length }, ...list(others, moments))));
    }
    return h(
      "table",
      {},
      h("caption", {}, title),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "page"), ...columns.map((key) => h("th", { scope: "col" }, key)))),
      body
    );
  }
  function pairs(title, names, moments) {
    const body = h("tbody");
    for (const [name, cells] of names)
      body.append(h("tr", { "data-name": name }, h("th", { scope: "row" }, name), h("td", {}, ...list([...cells], moments))));
    return h("table", {}, h("caption", {}, title), body);
  }
  function list(cells, moments) {
    return cells.map(([key, cell]) => h("div", { class: "pair", "data-key": key }, h("span", { class: "quiet" }, `${key} `), value(cell, moments)));
  }
  function value(cell, moments) {
    const changed = cell.map((fact, side) => fact !== null && isNew(fact, moments[side]));
    const apart = cell.length > 1 && (cell[0]?.value ?? "") !== (cell[1]?.value ?? "");
    const out = h("span", { class: `fact${changed.includes(true) ? " changed" : ""}${apart ? " apart" : ""}` });
    for (const side of apart ? [0, 1] : [0]) {
      const fact = cell[side];
      if (side === 1) out.append(h("br"));
      if (apart) out.append(h("span", { class: "quiet" }, `${sideName(side)} `));
      out.append(h("span", { class: "value" }, fact ? fact.value || "no longer" : "–"));
      if (changed[side]) out.append(h("span", { class: "was" }, fact.before ? ` ← ${fact.before}` : " ← new"));
    }
    return out;
  }

  // src/run_row.ts
  var kRowHeight = 22;
  var kTimeWidth = 92;
  var kMiddle = kRowHeight / 2;
  var kGap = 9;
  var kTextRoom = 270;
  var kLetter = 6.6;
  function geometryOf(model, half2) {
    const width = Math.max(half2 - kTimeWidth, 100), count2 = model.lanes.length;
    const room = Math.min(kTextRoom, width * 0.52), apart = Math.min(130, Math.max(32, (width - room) / Math.max(count2, 1)));
    return { width, lanes: model.lanes.map((_, i) => Math.round(apart * (i + 0.5))) };
  }
  function lifelines(geometry) {
    return {
      image: geometry.lanes.map(() => "linear-gradient(var(--rule), var(--rule))").join(", "),
      position: geometry.lanes.map((x) => `${x + kTimeWidth}px 0`).join(", ")
    };
  }
  function half(model, item, geometry) {
    const kind = model.kind(item), mark = model.marks.get(item);
    const out = h("div", { class: `half ${kind}${mark ? " " + mark : ""}${model.attacking(item) ? " begun" : ""}` });
    out.append(h("span", { class: "time" }, timeText(model.times[item])));
    const picture = svg("svg", { width: geometry.width, height: kRowHeight, "aria-hidden": "true", class: "picture" });
    let from, to;
    if (kind === "breach") {
      from = to = 8;
      picture.append(shape("✖", 8));
    } else {
      const [a, b] = model.ends(item);
      from = geometry.lanes[a] ?? 8, to = geometry.lanes[b] ?? 8;
      if (kind === "line") picture.append(mark ? shape(markShapes[mark], from) : svg("circle", { cx: from, cy: kMiddle, r: 4 }));
      else picture.append(...arrow(model, item, from, to));
    }
    out.append(picture, words(model, item, geometry, from, to));
    return out;
  }
  function shape(sign2, x) {
    return svg("text", { x, y: kMiddle + 5, "text-anchor": "middle", class: "sign" }, sign2);
  }
  function arrow(model, item, from, to) {
    const fate = model.fate(item);
    if (from === to) {
      const loop = svg("path", { d: `M${from} ${kMiddle - 4} h12 v8 h-9`, class: "stroke" });
      const out2 = [loop, head(from + 1, -1, kMiddle + 4)];
      if (fate !== "arrived") out2.push(sign(fate, from + 12));
      return out2;
    }
    const way = Math.sign(to - from), middle = (from + to) / 2, end = fate === "lost" ? middle : to - way * 2;
    const out = [svg("line", { x1: from, x2: end, y1: kMiddle, y2: kMiddle, class: "stroke" })];
    if (fate !== "lost") out.push(head(to - way, way, kMiddle));
    out.push(svg("circle", { cx: from, cy: kMiddle, r: 2, class: "start" }));
    if (fate !== "arrived") out.push(sign(fate, middle));
    return out;
  }
  function head(x, way, y) {
    return svg("path", { d: `M${x} ${y} l${-way * 7} -4 v8 z`, class: "head" });
  }
  function sign(fate, x) {
    return shape({ altered: "◆", lost: "✕", outside: "◇" }[fate], x);
  }
  function words(model, item, geometry, from, to) {
    const kind = model.kind(item), mark = model.marks.get(item);
    const out = h("span", { class: "words", title: spoken(model, item) });
    const tag = kind === "message" ? fateWord(model, item) : mark ? markTags[mark] : "";
    if (tag) out.append(h("b", { class: "tag", title: mark ? markWords[mark] : null }, tag), " ");
    let length = label(model, item).length + (tag ? tag.length + 2 : 0);
    if (kind === "line") {
      const clause = model.text(model.raw(item)[7]);
      out.append(h("b", { class: "who" }, model.actor(item)), " " + said(model, item));
      if (clause) out.append(h("span", { class: "aside" }, ` [${clause}]`)), length += clause.length + 3;
    } else {
      out.append(label(model, item));
      if (kind === "message") {
        const to2 = model.text(model.raw(item)[13]);
        const aside = ` ${model.raw(item)[4] ? "reply " : ""}${model.actor(item)}, ${model.size(model.raw(item)[9])} B${to2 ? ", led to " + to2 : ""}`;
        out.append(h("span", { class: "aside" }, aside)), length += aside.length;
      }
    }
    const first = Math.min(from, to) - kGap, last = Math.max(from, to) + kGap + (from === to && kind === "message" ? 8 : 0);
    const room = geometry.width - last;
    if (length * kLetter <= room || room >= first) out.style.left = `${kTimeWidth + last}px`, out.style.maxWidth = `${room - 4}px`;
    else out.style.right = `${geometry.width - first}px`, out.style.maxWidth = `${first - 6}px`;
    return out;
  }

  // src/run_stream.ts
  var kBeyond = 12;
  function makeStream(id, onMove) {
    const heads = h("div", { class: "lane-heads", "aria-hidden": "true" });
    const space = h("div", { class: "space", role: "presentation" });
    const scroller = h("div", { class: "scroller", role: "listbox", tabindex: "0", "aria-label": "Events of the run" }, space);
    const empty = h("p", { class: "nothing", hidden: true }, "Nothing passes the filter.");
    const element = h("section", { class: "stream", "aria-label": "Events" }, heads, empty, scroller);
    let models = [], rows2, shown2 = { rows: new Int32Array(), hits: new Int32Array(), marks: new Int32Array() };
    let geometry = [], at = 0, hits = /* @__PURE__ */ new Set(), width = 0, planned = 0;
    const drawn = /* @__PURE__ */ new Map();
    const rowElement = (place) => {
      const row = shown2.rows[place], left = rows2.left[row], right = rows2.right ? rows2.right[row] : -1;
      const differs2 = rows2.differs(row), first = row === rows2.firstDifference;
      const words2 = [];
      if (first) words2.push("first difference");
      else if (differs2) words2.push("differs");
      if (left >= 0) words2.push(spoken(models[0], left));
      if (right >= 0 && (differs2 || left < 0)) words2.push("right run: " + spoken(models[1], right));
      const out = h("div", {
        id: `${id}-row-${row}`,
        role: "option",
        "aria-setsize": shown2.rows.length,
        "aria-posinset": place + 1,
        "aria-selected": place === at ? "true" : "false",
        "aria-label": words2.join("; "),
        "data-row": row,
        class: "row" + (hits.has(place) ? " hit" : "") + (differs2 ? " differs" : "") + (first ? " first" : "") + (rows2.right ? " two" : "")
      });
      out.style.top = `${place * kRowHeight}px`;
      const sides = [[models[0], left, geometry[0]]];
      if (rows2.right) sides.push([models[1], right, geometry[1]]);
      for (const [model, item, shape2] of sides) out.append(item >= 0 ? half(model, item, shape2) : h("div", { class: "half absent" }));
      if (first) out.append(h("b", { class: "first-word" }, "first difference"));
      out.addEventListener("click", () => onMove(place));
      return out;
    };
    const draw = () => {
      planned = 0;
      if (!rows2) return;
      const first = Math.max(0, Math.floor(scroller.scrollTop / kRowHeight) - kBeyond);
      const last = Math.min(shown2.rows.length, Math.ceil((scroller.scrollTop + scroller.clientHeight) / kRowHeight) + kBeyond);
      const wanted = [];
      for (const place of [...drawn.keys()]) if (place < first || place >= last) drawn.delete(place);
      for (let place = first; place < last; ++place) {
        let one = drawn.get(place);
        if (!one) drawn.set(place, one = rowElement(place));
        wanted.push(one);
      }
      space.replaceChildren(...wanted);
    };
    const plan = () => {
      if (!planned) planned = requestAnimationFrame(draw);
    };
    const lay = () => {
      if (models.length === 0) return;
      width = scroller.clientWidth;
      const share = width / models.length;
      geometry = models.map((model) => geometryOf(model, share));
      heads.style.width = `${width}px`;
      heads.replaceChildren(...models.map((model, side) => laneHeads(model, geometry[side], share)));
      geometry.forEach((one, side) => {
        const lines = lifelines(one);
        element.style.setProperty(side ? "--lines-right" : "--lines-left", lines.image);
        element.style.setProperty(side ? "--places-right" : "--places-left", lines.position);
      });
      drawn.clear();
      draw();
    };
    const watch = new ResizeObserver(() => {
      if (scroller.clientWidth !== width) lay();
      else plan();
    });
    watch.observe(scroller);
    scroller.addEventListener("scroll", plan, { passive: true });
    return {
      element,
      scroller,
      set(nextModels, nextRows, nextShown) {
        models = nextModels, rows2 = nextRows, shown2 = nextShown;
        hits = new Set(shown2.hits);
        space.style.height = `${shown2.rows.length * kRowHeight}px`;
        empty.hidden = shown2.rows.length > 0;
        lay();
      },
      cursor(place, centred = false) {
        drawn.get(at)?.setAttribute("aria-selected", "false");
        at = place;
        const top = place * kRowHeight, view = scroller.clientHeight;
        if (centred && (top < scroller.scrollTop + kRowHeight * 2 || top > scroller.scrollTop + view - kRowHeight * 3))
          scroller.scrollTop = top - view / 2;
        else if (top < scroller.scrollTop) scroller.scrollTop = top;
        else if (top + kRowHeight > scroller.scrollTop + view) scroller.scrollTop = top + kRowHeight - view;
        draw();
        drawn.get(place)?.setAttribute("aria-selected", "true");
        if (shown2.rows.length > 0) scroller.setAttribute("aria-activedescendant", `${id}-row-${shown2.rows[place]}`);
        else scroller.removeAttribute("aria-activedescendant");
      },
      pageRows: () => Math.max(1, Math.floor(scroller.clientHeight / kRowHeight) - 1),
      destroy() {
        watch.disconnect();
        if (planned) cancelAnimationFrame(planned);
      }
    };
  }
  function laneHeads(model, geometry, share) {
    const out = h("div", { class: "lane-half" });
    out.style.width = `${share}px`;
    const apart = geometry.lanes.length > 1 ? geometry.lanes[1] - geometry.lanes[0] : 120;
    const left = (lane) => kTimeWidth + geometry.lanes[lane] - apart / 2 + 1;
    for (let first = 0, next = 0; first < model.lanes.length; first = next) {
      const kind = model.lanes[first].kind;
      while (next < model.lanes.length && model.lanes[next].kind === kind) ++next;
      out.append(placed(h("span", { class: "lane-kind" }, kind), left(first), apart * (next - first) - 2));
    }
    model.lanes.forEach((lane, i) => {
      const head2 = h("b", { class: "lane-head", title: `${lane.name}: ${lane.kind}` }, lane.name);
      out.append(placed(head2, left(i), apart - 2));
    });
    return out;
  }
  function placed(out, left, width) {
    out.style.left = `${left}px`;
    out.style.width = `${width}px`;
    return out;
  }

  // src/run_tools.ts
  var views = [
    ["all", "all events"],
    ["play", "play and touched"],
    ["touched", "only what was touched"]
  ];
  function makeTools(filter, boundaries, act) {
    const view = h(
      "select",
      { "aria-label": "Show", onchange: () => (filter.view = view.value, act.filter(filter)) },
      ...views.map(([value2, text]) => h("option", { value: value2, selected: value2 === filter.view }, text))
    );
    const search = h("input", { type: "search", "aria-label": "Search", placeholder: "Search  /", value: filter.text });
    search.addEventListener("input", () => (filter.text = search.value, act.filter(filter)));
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter") act.hit(event.shiftKey ? -1 : 1), event.preventDefault();
      if (event.key === "Escape") search.value = filter.text = "", act.filter(filter), search.blur();
    });
    const only = h("input", { type: "checkbox", checked: filter.matchesOnly });
    only.addEventListener("change", () => (filter.matchesOnly = only.checked, act.filter(filter)));
    const found = h("span", { class: "found quiet", role: "status" });
    const button = (text, title, go) => h("button", { type: "button", title, onclick: go }, text);
    const back = button("◀ mark", "Previous mark (p)", () => act.mark(-1)), next = button("mark ▶", "Next mark (n)", () => act.mark(1));
    const difference = button("First difference", "Go to the first difference; next ones with d", () => act.difference());
    const element = h(
      "div",
      { class: "tools", role: "toolbar", "aria-label": "Filter and search" },
      h("label", {}, h("span", {}, "Show "), view),
      boundaryMenu(filter, boundaries, act),
      search,
      h("label", { class: "check" }, only, " matches only"),
      found,
      h("span", { class: "steps" }, back, next, difference, button("Keys ?", "Keys and signs (?)", () => act.help()))
    );
    return {
      element,
      tell(hits, marks, first) {
        found.textContent = filter.text.trim() === "" ? "" : hits === 1 ? "1 match" : `${hits} matches`;
        back.disabled = next.disabled = marks === 0;
        difference.hidden = first === null;
        difference.disabled = first === false;
        difference.textContent = first === false ? "No difference" : "First difference";
      },
      focusSearch: () => (search.focus(), search.select())
    };
  }
  function boundaryMenu(filter, boundaries, act) {
    const title = h("summary", {});
    const tell = () => {
      const hidden = boundaries.filter((one) => filter.hidden.has(one.name)).length;
      title.textContent = hidden > 0 ? `Boundaries: ${hidden} of ${boundaries.length} hidden` : `Boundaries: all ${boundaries.length}`;
    };
    const boxes = [];
    const list2 = h("div", { class: "menu", role: "group", "aria-label": "Boundaries" });
    const set = (hide) => {
      for (const one of boundaries) hide ? filter.hidden.add(one.name) : filter.hidden.delete(one.name);
      for (const box of boxes) box.checked = !hide;
      tell(), act.filter(filter);
    };
    list2.append(h(
      "p",
      {},
      h("button", { type: "button", onclick: () => set(false) }, "Show all"),
      " ",
      h("button", { type: "button", onclick: () => set(true) }, "Hide all")
    ));
    for (const one of boundaries) {
      const box = h("input", { type: "checkbox", checked: !filter.hidden.has(one.name) });
      box.addEventListener("change", () => {
        if (box.checked) filter.hidden.delete(one.name);
        else filter.hidden.add(one.name);
        tell(), act.filter(filter);
      });
      boxes.push(box);
      list2.append(h("label", { class: "check" }, box, ` ${one.name} `, h("span", { class: "quiet" }, one.count)));
    }
    tell();
    const out = h("details", { class: "boundaries" }, title, list2);
    out.addEventListener("keydown", (event) => event.key === "Escape" && out.open && (out.open = false, title.focus(), event.stopPropagation()));
    return out;
  }

  // src/run_view.ts
  var views2 = 0;
  function mountRuns(where, runs, options = {}) {
    const view = new View(where, options, `runs${++views2}`);
    view.replaceRuns(runs);
    return view;
  }
  var View = class {
    constructor(where, options, id) {
      this.options = options;
      this.stream = makeStream(id, (place) => this.move(place));
      this.element = h(
        "div",
        { class: "runs" },
        this.head,
        this.bar,
        this.scrub.element,
        h("div", { class: "runs-body" }, this.stream.element, this.panes),
        this.help
      );
      where.replaceChildren(this.element);
      this.unlisten = listen(this.element, this.stream.scroller, this.help, {
        step: (rows2) => this.move(this.place + rows2),
        page: (pages2) => this.move(this.place + pages2 * this.stream.pageRows()),
        edge: (end) => this.move(end ? this.shown.rows.length - 1 : 0),
        mark: (step) => this.jump(this.shown.marks, step),
        difference: () => this.nextDifference(),
        search: () => this.tools.focusSearch(),
        detail: () => this.panes.focus()
      });
      addEventListener("beforeprint", this.print);
    }
    options;
    runs = [];
    models = [];
    kept = /* @__PURE__ */ new Map();
    rows = singleRows(new FilmModel(nothing));
    filter = { view: "all", hidden: /* @__PURE__ */ new Set(), text: "", matchesOnly: false };
    shown = { rows: new Int32Array(), hits: new Int32Array(), marks: new Int32Array() };
    place = 0;
    moved = 0;
    // a frame in which panes are drawn anew
    tools;
    head = h("header", { class: "runs-head" });
    bar = h("div", { class: "runs-bar" });
    panes = h("div", { class: "panes", tabindex: -1 });
    help = helpSheet();
    scrub = makeScrubber((place) => this.move(place, true));
    stream;
    element;
    unlisten;
    print = () => {
      this.element.querySelector(".paper")?.remove();
      this.element.append(onPaper(this.models));
    };
    show(event) {
      const model = this.models[0];
      if (!model) return;
      const row = this.rows.rowOf(model.itemOf(event));
      this.move(Math.max(0, lastNotAfter(this.shown.rows, row)), true);
    }
    step(rows2) {
      const place = this.place + rows2;
      if (place < 0 || place >= this.shown.rows.length) return false;
      this.move(place);
      return true;
    }
    replaceRuns(runs) {
      const before = this.runs[0], now = runs[0];
      const again = before && now && before.attack === now.attack && before.platform === now.platform;
      this.runs = runs;
      this.kept.clear();
      this.element.hidden = runs.length === 0;
      if (now) this.choose(0, runs.length > 1 ? 1 : -1, again ? this.filter : null);
    }
    destroy() {
      this.unlisten();
      removeEventListener("beforeprint", this.print);
      if (this.moved) cancelAnimationFrame(this.moved);
      this.stream.destroy();
      this.scrub.destroy();
      this.element.remove();
    }
    model(run) {
      let out = this.kept.get(run);
      if (!out) this.kept.set(run, out = new FilmModel(run));
      return out;
    }
    choose(left, right, filter = null) {
      const two = right >= 0 && right !== left;
      this.models = [this.model(this.runs[left])];
      if (two) this.models.push(this.model(this.runs[right]));
      this.rows = two ? pairedRows(this.models[0], this.models[1]) : singleRows(this.models[0]);
      this.filter = filter ?? firstFilter(this.models);
      this.element.classList.toggle("side-by-side", two);
      const titles = [...new Set(this.models.map((model) => model.data.title))];
      this.head.replaceChildren(
        h(
          "div",
          { class: "titles" },
          h("h1", {}, titles.join(" / ")),
          this.runs.length > 1 && chooser(this.runs, left, two ? right : -1, (l, r) => this.choose(l, r))
        ),
        h("div", { class: "cards" }, ...this.models.map((model, side) => card(model.data, two ? ["left", "right"][side] : "")))
      );
      this.tools = makeTools(this.filter, this.boundaries(), {
        filter: () => this.refilter(),
        hit: (step) => this.jump(this.shown.hits, step),
        mark: (step) => this.jump(this.shown.marks, step),
        difference: () => this.firstDifference(),
        help: () => this.help.showModal()
      });
      this.bar.replaceChildren(this.tools.element);
      this.reshow();
      this.move(this.begin(), true);
    }
    // Where the adversary first touched something, else at the beginning.
    begin() {
      for (const place of this.shown.marks) {
        const row = this.shown.rows[place];
        if (this.models[0].marks.get(this.rows.left[row]) === "touch") return place;
      }
      return 0;
    }
    boundaries() {
      const counts = /* @__PURE__ */ new Map();
      for (const model of this.models)
        for (const { name, count: count2 } of model.boundaries()) counts.set(name, Math.max(count2, counts.get(name) ?? 0));
      return [...counts].map(([name, count2]) => ({ name, count: count2 })).sort((a, b) => a.name < b.name ? -1 : 1);
    }
    reshow() {
      this.shown = shown(this.rows, this.models, this.filter);
      this.stream.set(this.models, this.rows, this.shown);
      this.scrub.set(this.models, this.rows, this.shown);
      this.tools.tell(this.shown.hits.length, this.shown.marks.length, this.rows.right ? this.rows.firstDifference >= 0 : null);
    }
    refilter() {
      const row = this.shown.rows[this.place] ?? 0;
      this.reshow();
      this.move(Math.max(0, lastNotAfter(this.shown.rows, row)), true);
    }
    move(place, centred = false) {
      this.place = Math.max(0, Math.min(place, this.shown.rows.length - 1));
      this.stream.cursor(this.place, centred);
      this.scrub.cursor(this.place);
      if (!this.moved) this.moved = requestAnimationFrame(() => this.drawPanes());
    }
    drawPanes() {
      this.moved = 0;
      const row = this.shown.rows[this.place];
      if (row === void 0) return void this.panes.replaceChildren();
      const before = this.place > 0 ? this.shown.rows[this.place - 1] : -1;
      const two = this.models.length > 1;
      const sides = this.models.map((model, side) => {
        const at = side ? this.rows.rightAt : this.rows.leftAt, items = side ? this.rows.right : this.rows.left;
        const moment = { model, event: model.eventOf(at(row)), since: before < 0 ? 0 : model.eventOf(at(before)) + 1 };
        return { moment, detail: detail(model, items[row], two ? ["left", "right"][side] : "", two ? 8 : 16) };
      });
      this.panes.replaceChildren(...sides.map((side) => side.detail), state(sides.map((side) => side.moment)));
      this.options.onMove?.(sides[0].moment.event);
    }
    jump(places, step) {
      if (places.length === 0) return;
      const at = lastNotAfter(places, step > 0 ? this.place : this.place - 1);
      const next = step > 0 ? at + 1 : at;
      this.move(places[next < 0 ? places.length - 1 : next >= places.length ? 0 : next], true);
    }
    firstDifference() {
      if (this.rows.firstDifference < 0) return;
      const at = lastNotAfter(this.shown.rows, this.rows.firstDifference - 1) + 1;
      this.move(at, true);
      this.stream.scroller.focus({ preventScroll: true });
    }
    nextDifference() {
      for (let place = this.place + 1; place < this.shown.rows.length; ++place)
        if (this.rows.differs(this.shown.rows[place])) return this.move(place, true);
      this.firstDifference();
    }
  };
  var nothing = {
    attack: "",
    title: "",
    platform: "",
    seed: 0,
    profile: "",
    lift: [],
    set: {},
    weather: [],
    outcome: "held",
    sentence: "",
    breaches: [],
    missed: [],
    assumed: [],
    conventions: [],
    ends: {},
    limit: "",
    time: 0,
    compared: false,
    agrees: true,
    checks: [],
    mismatches: [],
    file: "",
    source: "",
    cut: false,
    texts: [""],
    blobs: [""],
    shapes: [["", []]],
    lanes: [],
    events: [],
    facts: []
  };

  // src/live_page.ts
  var kCheckPause = 250;
  var kUntitled = "untitled.yaml";
  var LivePage = class {
    socket;
    welcome = null;
    files = /* @__PURE__ */ new Map();
    shown = "";
    // in the editor
    scenario = "";
    // what is run
    view = null;
    running = false;
    checking = 0;
    checks = 0;
    films = [];
    status = h("p", { class: "live-status", role: "status" }, "connecting…");
    where = h("div", { class: "live-runs" }, h("p", { class: "live-hint" }, "The run is shown here: Ctrl+Enter plays what the editor holds. Then a click on a defence that spoke plays it again without that defence, and sets both side by side."));
    terminal = h("details", { class: "live-terminal", hidden: true }, h("summary", {}, "As the terminal says it"), h("pre", { tabindex: 0 }));
    platform = h("select", { id: "platform" });
    seed = h("input", { id: "seed", inputmode: "numeric", value: "1", size: 6 });
    profile = h("select", { id: "profile" });
    run = h("button", { type: "button", class: "primary", title: "Ctrl+Enter", onclick: () => this.runOrStop() }, "Run");
    lifts = new Lifts(() => void this.play());
    player = new Player(() => this.view);
    tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "Open files" });
    download = h("a", { class: "download", href: "#" }, "Download");
    revert = h("button", { type: "button", onclick: () => this.takeBack() }, "Take changes back");
    catalogue = searchList("Search scenarios and machines…", true, (name) => void this.open(name));
    help = helpDialog();
    editor = new Editor({
      offers: (text, offset) => this.welcome ? offersAt(text, offset, vocabularyOf(this.welcome, this.shown)) : { from: offset, offers: [] },
      changed: (text) => this.changed(text)
    });
    picker = h("section", { class: "picker", "aria-label": "Catalogue" }, this.catalogue.element);
    desk = h(
      "section",
      { class: "desk", "aria-label": "Editor", hidden: true },
      h("div", { class: "desk-head" }, this.tabs, h("div", { class: "desk-tools" }, this.revert, this.download)),
      this.editor.element
    );
    pick = h("button", { type: "button", "aria-expanded": "true", onclick: () => this.togglePicker() }, "Catalogue");
    wide = h("button", { type: "button", "aria-pressed": "false", onclick: () => this.toggleWide() }, "Hide editor");
    constructor(app) {
      const setting = (label2, id, field) => h("span", { class: "setting" }, h("label", { for: id }, label2), field);
      app.replaceChildren(h(
        "div",
        { class: "live" },
        h(
          "header",
          { class: "live-bar" },
          h("h1", {}, "Glacis"),
          this.pick,
          this.wide,
          h("button", { type: "button", onclick: () => this.openNew() }, "New scenario"),
          h("span", { class: "live-settings" }, setting("Platform", "platform", this.platform), setting("Profile", "profile", this.profile), setting("Seed", "seed", this.seed), this.run),
          this.player.element,
          h("button", { type: "button", class: "live-help-button", onclick: () => this.help.showModal() }, "Help")
        ),
        h("div", { class: "live-lifts" }, h("span", { class: "live-label" }, "Defences"), this.lifts.element),
        h(
          "main",
          { class: "live-main" },
          h("div", { class: "live-left" }, this.picker, this.desk),
          h("div", { class: "live-right" }, this.status, this.terminal, this.where)
        ),
        this.help
      ));
      addEventListener("keydown", (event) => this.key(event));
      this.download.addEventListener("click", () => this.fillDownload());
      this.platform.addEventListener("change", () => this.lifts.reset());
    }
    say(text, wrong = false) {
      this.status.textContent = text;
      this.status.classList.toggle("wrong", wrong);
    }
    async connected() {
      this.welcome = await this.socket.ask("welcome");
      const { scenarios, machines, defences, profiles } = this.welcome;
      this.catalogue.set([
        ...scenarios.map((one) => ({ key: one.name, name: stemOf(one.name), about: one.title, group: one.group })),
        ...machines.map((one) => ({ key: one.name, name: stemOf(one.name), about: one.title, group: "machines" }))
      ]);
      this.lifts.set(defences);
      const profile = this.profile.value;
      this.profile.replaceChildren(...profiles.map((name) => h("option", { selected: name === profile }, name)));
      if (this.shown) return this.say("connected again");
      this.say("Pick a scenario of the catalogue, or begin a new one.");
      const wanted = decodeURIComponent(location.hash.slice(1));
      const named = [...scenarios, ...machines].find((one) => one.name === wanted || stemOf(one.name) === wanted);
      if (named) await this.open(named.name);
      else this.catalogue.input.focus();
    }
    key(event) {
      if (this.help.open) return;
      if (event.key === "Enter" && event.ctrlKey) void this.play();
      else if (event.altKey && event.key === "ArrowLeft") this.player.step(-1);
      else if (event.altKey && event.key === "ArrowRight") this.player.step(1);
      else if (event.altKey && event.code === "KeyP") this.player.toggle();
      else if (event.key === "F8") this.editor.next();
      else return;
      event.preventDefault();
    }
    togglePicker(open = this.picker.hidden) {
      this.picker.hidden = !open;
      this.desk.hidden = open || this.shown === "";
      this.pick.setAttribute("aria-expanded", String(open));
      if (open) {
        if (document.body.querySelector(".live").classList.contains("wide")) this.toggleWide();
        this.catalogue.input.focus();
      }
    }
    toggleWide() {
      const wide = document.body.querySelector(".live").classList.toggle("wide");
      this.wide.setAttribute("aria-pressed", String(wide));
      this.wide.textContent = wide ? "Show editor" : "Hide editor";
    }
    async open(name) {
      if (!this.files.has(name)) {
        try {
          const { text } = await this.socket.ask("open", { name });
          this.files.set(name, { text, stored: text });
        } catch (error) {
          return this.say(String(error.message), true);
        }
      }
      this.show(name);
    }
    openNew() {
      if (!this.files.has(kUntitled)) this.files.set(kUntitled, { text: kStart, stored: kStart });
      this.show(kUntitled);
    }
    show(name) {
      this.shown = name;
      if (!isMachine(name) && this.scenario !== name) {
        this.scenario = name;
        this.lifts.reset();
        this.fillPlatforms();
        history.replaceState(null, "", `${location.pathname}${location.search}#${encodeURIComponent(stemOf(name))}`);
      }
      this.editor.text = this.files.get(name).text;
      this.togglePicker(false);
      this.drawTabs();
      this.editor.area.focus();
      this.say(isMachine(name) ? `${stemOf(name)} is a machine: what you change here counts for the next run.` : `${stemOf(name)} is open; Ctrl+Enter runs it.`);
      this.checkSoon(0);
    }
    drawTabs() {
      const move = (event) => {
        const names = [...this.files.keys()];
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step === void 0 || event.altKey) return;
        event.preventDefault();
        this.show(names[(names.indexOf(this.shown) + step + names.length) % names.length]);
        this.tabs.querySelector('[aria-selected="true"]')?.focus();
      };
      this.tabs.replaceChildren(...[...this.files].map(([name, file2]) => h("button", {
        type: "button",
        role: "tab",
        "aria-selected": String(name === this.shown),
        "aria-controls": "editor",
        tabindex: name === this.shown ? 0 : -1,
        title: name,
        onclick: () => this.show(name),
        onkeydown: move
      }, stemOf(name), file2.text !== file2.stored ? " (changed)" : "", name === this.scenario && this.files.size > 1 ? h("span", { class: "tab-run" }, " · is run") : "")));
      const file = this.files.get(this.shown);
      this.revert.disabled = !file || file.text === file.stored;
      this.download.download = this.shown.slice(this.shown.lastIndexOf("/") + 1);
    }
    takeBack() {
      const file = this.files.get(this.shown);
      if (!file) return;
      file.text = this.editor.text = file.stored;
      this.drawTabs();
      this.checkSoon(0);
      this.editor.area.focus();
    }
    fillDownload() {
      URL.revokeObjectURL(this.download.href);
      this.download.href = URL.createObjectURL(new Blob([this.editor.text], { type: "application/yaml" }));
    }
    // From the text, for the user may have changed them; else what the catalogue says.
    fillPlatforms() {
      const all = this.welcome?.platforms.map(([name]) => name) ?? [];
      const said2 = /^platforms:\s*(.*)$/m.exec(this.files.get(this.scenario)?.text ?? "")?.[1] ?? "";
      const words2 = said2.match(/[a-z][a-z0-9-]*/g) ?? [];
      const have = words2.includes("all") ? all : all.filter((name) => words2.includes(name));
      const before = this.platform.value;
      const options = [...this.platform.options].map((option) => option.value);
      if (options.join() === have.join() && options.length > 0) return;
      const wanted = have.includes(before) ? before : have.includes("snp") ? "snp" : have[0] ?? "";
      this.platform.replaceChildren(...have.map((name) => h("option", { selected: name === wanted }, name)));
      this.platform.disabled = have.length === 0;
      if (have.length === 0) this.platform.replaceChildren(h("option", { value: "" }, "as the machine says"));
    }
    changed(text) {
      const file = this.files.get(this.shown);
      if (!file) return;
      const was = file.text !== file.stored;
      file.text = text;
      if (was !== (file.text !== file.stored)) this.drawTabs();
      if (this.shown === this.scenario) this.fillPlatforms();
      this.checkSoon(kCheckPause);
    }
    checkSoon(after) {
      clearTimeout(this.checking);
      this.checking = window.setTimeout(() => void this.check(), after);
    }
    texts() {
      const out = {};
      for (const [name, file] of this.files) if (name === this.scenario || name === this.shown || isMachine(name) && file.text !== file.stored) out[name] = file.text;
      return out;
    }
    tooLarge() {
      const max = this.welcome?.text_bytes_max ?? 0;
      for (const [name, file] of this.files)
        if (new TextEncoder().encode(file.text).length > max) return `${stemOf(name)} is larger than the ${max / 1024} KiB that a page may edit`;
      return "";
    }
    async check() {
      const number = ++this.checks;
      const large = this.tooLarge();
      if (large) return this.say(large, true);
      try {
        const { marks } = await this.socket.ask("check", { name: this.shown, files: this.texts() });
        if (number === this.checks) this.mark(marks);
      } catch (error) {
        if (number === this.checks) this.say(error.message, true);
      }
    }
    mark(marks) {
      const here = marks.filter((one) => one.file === this.shown || one.file === "").map((one) => ({ line: one.line || 1, column: one.column || 1, text: one.text }));
      const other = marks.find((one) => one.file !== this.shown && one.file !== "");
      if (other) here.push({ line: 1, column: 1, text: `${other.file}:${other.line}:${other.column}: ${other.text}` });
      this.editor.show(here);
    }
    runOrStop() {
      if (!this.running) return void this.play();
      void this.socket.ask("stop").catch(() => void 0);
    }
    async play() {
      if (this.running) return;
      if (!this.scenario) return this.say("Pick a scenario first.", true);
      const large = this.tooLarge();
      if (large) return this.say(large, true);
      this.setRunning(true);
      const lift = this.lifts.lifted;
      this.say(lift.length > 0 ? `playing ${stemOf(this.scenario)} with and without ${lift.join(", ")}…` : `playing ${stemOf(this.scenario)}…`);
      try {
        const answer = await this.socket.ask("run", {
          name: this.scenario,
          files: this.texts(),
          platform: this.platform.value,
          seed: this.seed.value.trim() || "1",
          profile: this.profile.value,
          lift
        });
        this.showRun(answer);
      } catch (error) {
        this.say(error.message, true);
      } finally {
        this.setRunning(false);
      }
    }
    setRunning(on) {
      this.running = on;
      this.run.textContent = on ? "Stop" : "Run";
      this.where.setAttribute("aria-busy", String(on));
    }
    showRun(answer) {
      if (answer.marks) {
        const mark = answer.marks[0];
        if (mark.file === "") return this.say(mark.text, true);
        this.mark(answer.marks);
        return this.say(`not run: ${stemOf(mark.file)}, line ${mark.line}: ${mark.text}`, true);
      }
      const texts = answer.texts ?? [];
      this.films = answer.runs ?? [];
      this.terminal.hidden = texts.length === 0;
      this.terminal.open ||= this.films.some((film) => !film.agrees && film.compared);
      this.terminal.querySelector("pre").textContent = texts.join("\n");
      this.lifts.heard(this.films);
      this.player.enable(this.films.length > 0);
      if (this.films.length === 0) {
        this.view?.replaceRuns([]);
        return this.say(texts[0]?.split("\n")[1]?.trim() ?? "nothing was played", true);
      }
      if (this.view) this.view.replaceRuns(this.films);
      else this.view = mountRuns(this.where, this.films);
      this.say(this.films.map((film) => (film.lift.length > 0 ? `without ${film.lift.join(", ")}: ` : "") + film.sentence).join(" — "), this.films.some((film) => !film.agrees && film.compared));
    }
  };
  var kStart = `format: 1
scenario: The host swaps two guest pages
why: >
  What is at stake, and how the attack works.
sources:
  mine: { cite: "where it is written" }
machine: machines/bare-vm.yaml
platforms: [ none, snp ]
guest: { vm0: keep-two-pages }
assumes: [ address of vm0.page.secret, moment vm0.stored ]
attack:
  - { by: vmm, at: vm0.mapping, when: { after: vm0.stored }, do: { swap: [ vm0.page.secret, vm0.page.decoy ] } }
expect:
  - { platforms: [ none ], outcome: broken, promise: integrity }
  - { platforms: [ snp ], outcome: blocked, by: rmp.access.gpa, at: cpu0 }
afterwards: { ends: { vm0: served } }
`;

  // src/live_socket.ts
  var Refused = class extends Error {
  };
  var kBackMin = 500;
  var kBackMax = 5e3;
  var Socket = class {
    // `stands` hears whether there is a connection, and what to tell the reader where there is none.
    constructor(token3, stands) {
      this.token = token3;
      this.stands = stands;
      this.connect();
    }
    token;
    stands;
    socket = null;
    waiting = /* @__PURE__ */ new Map();
    last = 0;
    back = kBackMin;
    ask(ask, fields = {}) {
      const socket = this.socket;
      if (!socket || socket.readyState !== WebSocket.OPEN) return Promise.reject(new Refused("the program is not there; is `glacis serve --web` still running?"));
      const id = ++this.last;
      return new Promise((good, bad) => {
        this.waiting.set(id, { good, bad });
        socket.send(JSON.stringify({ id, ask, ...fields }));
      });
    }
    connect() {
      const socket = new WebSocket(`ws://${location.host}/live?token=${this.token}`);
      this.socket = socket;
      socket.onopen = () => {
        this.back = kBackMin;
        this.stands(true, "");
      };
      socket.onmessage = (event) => this.hear(event.data);
      socket.onclose = (event) => {
        const why = event.code === 1009 ? "the message was too large for the program" : "the connection to the program ended";
        for (const one of this.waiting.values()) one.bad(new Refused(why));
        this.waiting.clear();
        this.stands(false, why);
        setTimeout(() => this.connect(), this.back);
        this.back = Math.min(this.back * 2, kBackMax);
      };
    }
    hear(text) {
      const said2 = JSON.parse(text);
      const one = this.waiting.get(said2.id);
      this.waiting.delete(said2.id);
      if (said2.error !== void 0) one?.bad(new Refused(said2.error));
      else one?.good(said2.ok);
    }
  };

  // src/page_live.ts
  var page = new LivePage(document.getElementById("app"));
  var token2 = new URLSearchParams(location.search).get("token") ?? "";
  page.socket = new Socket(token2, (open, why) => {
    if (open) page.connected().catch((error) => page.say(error.message, true));
    else page.say(`${why}; trying again…`, true);
  });
})();
