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

  // src/matrix_data.ts
  function outcomeClass(outcome) {
    return outcome === "n/a" ? "o na" : `o ${outcome}`;
  }

  // src/packed.ts
  async function unpacked(text) {
    const stream = new Blob([fromBase64(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  }
  function fromBase64(text) {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  }
  function pageData() {
    return JSON.parse(document.getElementById("glacis-data").textContent);
  }

  // src/film_facts.ts
  var FactIndex = class {
    constructor(data2) {
      this.data = data2;
      const byKey = /* @__PURE__ */ new Map();
      for (const [event, group, name, key, value2] of data2.facts) {
        const id = `${group} ${name} ${key}`;
        let track = byKey.get(id);
        if (!track) {
          track = { group: data2.texts[group] ?? "", name: data2.texts[name] ?? "", key: data2.texts[key] ?? "", events: [], values: [] };
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

  // src/film_model.ts
  var lineKind = 0;
  var messageKind = 1;
  var FilmModel = class {
    constructor(data2) {
      this.data = data2;
      const order = data2.breaches.map((_, i) => i).sort((a, b) => data2.breaches[a].time - data2.breaches[b].time || a - b);
      this.count = data2.events.length + order.length;
      this.times = new Float64Array(this.count);
      this.items = new Int32Array(data2.events.length);
      this.numbers = new Int32Array(this.count);
      this.lanes = data2.lanes.map(([name, kind]) => ({ name, kind }));
      let time = 0, next = 0;
      const breach = (event) => {
        const at = order[next++];
        this.breaches.set(this.events.length, at);
        this.times[this.events.length] = data2.breaches[at].time;
        this.numbers[this.events.length] = event;
        this.events.push(null);
      };
      data2.events.forEach((event, i) => {
        const then = time + event[1];
        while (next < order.length && data2.breaches[order[next]].time < then) breach(i - 1);
        time = then;
        this.items[i] = this.events.length;
        this.times[this.events.length] = time;
        this.numbers[this.events.length] = i;
        this.events.push(event);
      });
      while (next < order.length) breach(data2.events.length - 1);
      this.marks = this.findMarks();
      this.facts = new FactIndex(data2);
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
    const key = keys(a, b);
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
  function keys(a, b) {
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
  function facts(rows) {
    const list2 = h("dl", { class: "facts" });
    for (const [name, value2] of rows) if (value2) list2.append(h("dt", {}, name), h("dd", {}, value2));
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
    let chosen2 = null, all = false;
    const fill = () => dump.replaceChildren(...dumpLines(bytes, other, chosen2, all ? bytes.length : kBytesShown2, perLine));
    fill();
    const out = h("div", { class: "bytes" });
    out.append(h("h3", {}, `${title}: ${bytes.length} bytes${other ? `, ${changed} ${changed === 1 ? "differs" : "differ"}` : ""}`));
    const fields = fieldsOf(layout, bytes);
    if (fields.length > 0) out.append(fieldTable(title, fields, bytes, other, (field) => (chosen2 = field, fill())));
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
  function dumpLines(bytes, other, chosen2, max, perLine) {
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
      const pointed = chosen2 !== null && at >= chosen2.offset && at < chosen2.offset + chosen2.size;
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
  function shown(rows, models, filter) {
    const left = models[0], right = models[1];
    const leftMatches = matcher(left, filter.text), leftPasses = passes(left, filter, leftMatches);
    const rightMatches = right ? matcher(right, filter.text) : () => false;
    const rightPasses = right ? passes(right, filter, rightMatches) : () => false;
    const out = [], hits = [], marks = [];
    const always = filter.view === "all" && !(filter.matchesOnly && filter.text.trim() !== "") ? rows.firstDifference : -1;
    for (let row = 0; row < rows.count; ++row) {
      const l = rows.left[row], r = rows.right ? rows.right[row] : -1;
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
    const select = (label2, chosen2, none, hear) => {
      const out = h("select", { "aria-label": label2, onchange: () => hear(Number(out.value)) });
      if (none) out.append(h("option", { value: -1, selected: chosen2 < 0 }, "no second run"));
      runs.forEach((run, i) => out.append(h("option", { value: i, selected: i === chosen2 }, nameOf(run, runs))));
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
    const rows = (all) => {
      const list2 = h("dl", { class: "keys" });
      for (const [key, text] of all) list2.append(h("dt", {}, key), h("dd", {}, text));
      return list2;
    };
    const out = h("dialog", { class: "help", "aria-label": "Keys and signs" });
    out.append(
      h("h2", {}, "Keys"),
      rows(sheet),
      h("h2", {}, "Signs"),
      rows(signs),
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
    let rows = 0;
    for (let item = 0; item < model.count; ++item) {
      const mark = model.marks.get(item);
      if (model.kind(item) === "message" && !mark) continue;
      if (++rows > kRowsMax) {
        body.append(h("tr", {}, h("td", { colspan: 3 }, "… what follows is left out on paper")));
        break;
      }
      body.append(h("tr", {}, h("td", { class: "number" }, timeText(model.times[item])), h("td", {}, mark ? markShapes[mark] : ""), h("td", {}, wordsOf(model, item))));
    }
    out.append(h("table", {}, h("thead", {}, h("tr", {}, ...["time", "", "what"].map((name) => h("th", { scope: "col" }, name)))), body));
    return out;
  }
  function wordsOf(model, item) {
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
    let models = [], rows, shown2;
    range.addEventListener("input", () => onMove(Number(range.value)));
    const move = (event) => {
      const box = map.getBoundingClientRect();
      onMove(Math.round((event.clientX - box.left) / box.width * (shown2.rows.length - 1)));
    };
    map.addEventListener("pointerdown", (event) => (map.setPointerCapture(event.pointerId), move(event)));
    map.addEventListener("pointermove", (event) => event.buttons === 1 && move(event));
    const draw2 = () => {
      if (!rows) return;
      const ratio = devicePixelRatio || 1, width = map.clientWidth;
      map.width = Math.max(1, width * ratio), map.height = kHeight * ratio;
      const pen = map.getContext("2d");
      if (!pen) return;
      const style = getComputedStyle(map), colour = (name) => style.getPropertyValue(name).trim();
      pen.scale(ratio, ratio);
      const x = (place2) => 4 + place2 / Math.max(1, shown2.rows.length - 1) * (width - 8);
      const seen = /* @__PURE__ */ new Set();
      shown2.rows.forEach((row, place2) => {
        const left = rows.left[row], spot = Math.round(x(place2));
        const line2 = left >= 0 ? models[0].kind(left) === "line" : models[1].kind(rows.right[row]) === "line";
        const differs2 = rows.differs(row), key = spot * 4 + (line2 ? 1 : 0) + (differs2 ? 2 : 0);
        if (seen.has(key)) return;
        seen.add(key);
        if (differs2) pen.fillStyle = colour("--changed-paper"), pen.fillRect(spot - 1, 0, 2, kHeight);
        pen.fillStyle = colour(line2 ? "--quiet" : "--rule");
        pen.fillRect(spot, line2 ? kHeight - 9 : kHeight - 4, 1, line2 ? 9 : 4);
      });
      for (const place2 of shown2.marks) drawMark(pen, Math.round(x(place2)), markOf(place2), colour);
      if (rows.firstDifference >= 0) {
        const place2 = shown2.rows.indexOf(rows.firstDifference);
        if (place2 >= 0) pen.fillStyle = colour("--stopped"), pen.fillRect(Math.round(x(place2)) - 1, 0, 2, kHeight);
      }
    };
    const markOf = (place2) => {
      const row = shown2.rows[place2];
      return models[0].marks.get(rows.left[row]) ?? models[1]?.marks.get(rows.right[row]);
    };
    const watch = new ResizeObserver(draw2);
    watch.observe(map);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", draw2);
    return {
      element,
      set(nextModels, nextRows, nextShown) {
        models = nextModels, rows = nextRows, shown2 = nextShown;
        range.max = String(Math.max(0, shown2.rows.length - 1));
        range.disabled = shown2.rows.length === 0;
        const counts = /* @__PURE__ */ new Map();
        for (const place2 of shown2.marks) counts.set(markOf(place2), (counts.get(markOf(place2)) ?? 0) + 1);
        map.setAttribute("aria-label", `Map of marks: ${[...counts].map(([mark, count2]) => `${mark} ${count2}`).join(", ") || "none"}`);
        draw2();
      },
      cursor(place2) {
        range.value = String(place2);
        const row = shown2.rows[place2];
        if (row === void 0) return void (now.textContent = "nothing is shown");
        const left = rows.left[row];
        const time = left >= 0 ? models[0].times[left] : models[1].times[rows.right[row]];
        const words2 = `${timeText(time)}, ${place2 + 1} of ${shown2.rows.length}`;
        range.setAttribute("aria-valuetext", words2);
        const hidden = rows.count - shown2.rows.length;
        now.replaceChildren(h("b", {}, timeText(time)), h("span", { class: "quiet" }, `${place2 + 1} of ${shown2.rows.length}${hidden > 0 ? `, ${hidden} hidden` : ""}`));
      },
      destroy() {
        watch.disconnect();
        scheme.removeEventListener("change", draw2);
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
    let models = [], rows, shown2 = { rows: new Int32Array(), hits: new Int32Array(), marks: new Int32Array() };
    let geometry = [], at = 0, hits = /* @__PURE__ */ new Set(), width = 0, planned = 0;
    const drawn = /* @__PURE__ */ new Map();
    const rowElement = (place2) => {
      const row = shown2.rows[place2], left = rows.left[row], right = rows.right ? rows.right[row] : -1;
      const differs2 = rows.differs(row), first = row === rows.firstDifference;
      const words2 = [];
      if (first) words2.push("first difference");
      else if (differs2) words2.push("differs");
      if (left >= 0) words2.push(spoken(models[0], left));
      if (right >= 0 && (differs2 || left < 0)) words2.push("right run: " + spoken(models[1], right));
      const out = h("div", {
        id: `${id}-row-${row}`,
        role: "option",
        "aria-setsize": shown2.rows.length,
        "aria-posinset": place2 + 1,
        "aria-selected": place2 === at ? "true" : "false",
        "aria-label": words2.join("; "),
        "data-row": row,
        class: "row" + (hits.has(place2) ? " hit" : "") + (differs2 ? " differs" : "") + (first ? " first" : "") + (rows.right ? " two" : "")
      });
      out.style.top = `${place2 * kRowHeight}px`;
      const sides = [[models[0], left, geometry[0]]];
      if (rows.right) sides.push([models[1], right, geometry[1]]);
      for (const [model, item, shape2] of sides) out.append(item >= 0 ? half(model, item, shape2) : h("div", { class: "half absent" }));
      if (first) out.append(h("b", { class: "first-word" }, "first difference"));
      out.addEventListener("click", () => onMove(place2));
      return out;
    };
    const draw2 = () => {
      planned = 0;
      if (!rows) return;
      const first = Math.max(0, Math.floor(scroller.scrollTop / kRowHeight) - kBeyond);
      const last = Math.min(shown2.rows.length, Math.ceil((scroller.scrollTop + scroller.clientHeight) / kRowHeight) + kBeyond);
      const wanted = [];
      for (const place2 of [...drawn.keys()]) if (place2 < first || place2 >= last) drawn.delete(place2);
      for (let place2 = first; place2 < last; ++place2) {
        let one = drawn.get(place2);
        if (!one) drawn.set(place2, one = rowElement(place2));
        wanted.push(one);
      }
      space.replaceChildren(...wanted);
    };
    const plan = () => {
      if (!planned) planned = requestAnimationFrame(draw2);
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
      draw2();
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
        models = nextModels, rows = nextRows, shown2 = nextShown;
        hits = new Set(shown2.hits);
        space.style.height = `${shown2.rows.length * kRowHeight}px`;
        empty.hidden = shown2.rows.length > 0;
        lay();
      },
      cursor(place2, centred = false) {
        drawn.get(at)?.setAttribute("aria-selected", "false");
        at = place2;
        const top = place2 * kRowHeight, view2 = scroller.clientHeight;
        if (centred && (top < scroller.scrollTop + kRowHeight * 2 || top > scroller.scrollTop + view2 - kRowHeight * 3))
          scroller.scrollTop = top - view2 / 2;
        else if (top < scroller.scrollTop) scroller.scrollTop = top;
        else if (top + kRowHeight > scroller.scrollTop + view2) scroller.scrollTop = top + kRowHeight - view2;
        draw2();
        drawn.get(place2)?.setAttribute("aria-selected", "true");
        if (shown2.rows.length > 0) scroller.setAttribute("aria-activedescendant", `${id}-row-${shown2.rows[place2]}`);
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
    const view2 = h(
      "select",
      { "aria-label": "Show", onchange: () => (filter.view = view2.value, act.filter(filter)) },
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
      h("label", {}, h("span", {}, "Show "), view2),
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
    const view2 = new View(where, options, `runs${++views2}`);
    view2.replaceRuns(runs);
    return view2;
  }
  var View = class {
    constructor(where, options, id) {
      this.options = options;
      this.stream = makeStream(id, (place2) => this.move(place2));
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
        step: (rows) => this.move(this.place + rows),
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
    scrub = makeScrubber((place2) => this.move(place2, true));
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
    step(rows) {
      const place2 = this.place + rows;
      if (place2 < 0 || place2 >= this.shown.rows.length) return false;
      this.move(place2);
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
      for (const place2 of this.shown.marks) {
        const row = this.shown.rows[place2];
        if (this.models[0].marks.get(this.rows.left[row]) === "touch") return place2;
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
    move(place2, centred = false) {
      this.place = Math.max(0, Math.min(place2, this.shown.rows.length - 1));
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
      for (let place2 = this.place + 1; place2 < this.shown.rows.length; ++place2)
        if (this.rows.differs(this.shown.rows[place2])) return this.move(place2, true);
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

  // src/page_attack.ts
  var data = pageData();
  var films = /* @__PURE__ */ new Map();
  function film(run) {
    let out = films.get(run);
    if (!out) films.set(run, out = unpacked(run.packed));
    return out;
  }
  function nameOf2(run) {
    return `${run.platform}.${run.profile}`;
  }
  function chosen() {
    const words2 = new URLSearchParams(location.hash.slice(1)), platform = words2.get("platform");
    const of = data.runs.filter((run2) => run2.platform === platform);
    const run = of.find((one) => one.profile === words2.get("profile")) ?? of[0] ?? data.runs[0];
    return { run, beside: data.runs.find((one) => one !== run && nameOf2(one) === words2.get("beside")) };
  }
  function fragment(run, beside) {
    return `#platform=${encodeURIComponent(run.platform)}${run.profile === "baseline" ? "" : `&profile=${encodeURIComponent(run.profile)}`}` + (beside ? `&beside=${encodeURIComponent(nameOf2(beside))}` : "");
  }
  var app = document.getElementById("app");
  var place = h("main", { class: "attack-runs runs-page" });
  var bar = h("nav", { class: "attack-bar", "aria-label": "Runs of this attack" });
  app.className = "attack-page";
  app.append(bar, place);
  var view = mountRuns(place, []);
  function choice(platform, run, beside) {
    const links = data.runs.filter((one) => one.platform === platform).flatMap((one, i) => [
      i > 0 ? " > " : " ",
      h(
        "a",
        { href: fragment(one, beside === one ? void 0 : beside), "aria-current": one === run ? "page" : null, "aria-label": `${platform}, ${one.profile}: ${one.outcome}` },
        h("span", { class: outcomeClass(one.outcome) }, one.outcome),
        one.agrees ? null : h("b", { class: "differs" }, " !")
      )
    ]);
    return h("span", { class: "choice" }, platform, ...links);
  }
  function drawBar(run, beside) {
    const select = h("select", { "aria-label": "Beside it", onchange: () => {
      location.hash = fragment(run, data.runs.find((one) => nameOf2(one) === select.value));
    } }, h("option", { value: "" }, "nothing beside it"), ...data.runs.filter((one) => one !== run).map((one) => h("option", { value: nameOf2(one), selected: one === beside }, `beside ${one.platform}${one.profile === "baseline" ? "" : `, ${one.profile}`}: ${one.outcome}`)));
    bar.replaceChildren(
      h("a", { href: `index.html#show=attack:${encodeURIComponent(data.attack)}`, class: "home" }, "← All attacks"),
      h("span", { class: "choices" }, ...[...new Set(data.runs.map((one) => one.platform))].map((platform) => choice(platform, run, beside))),
      data.runs.length > 1 ? select : ""
    );
  }
  var asked = 0;
  async function draw() {
    const { run, beside } = chosen(), mine = ++asked;
    drawBar(run, beside);
    const runs = await Promise.all([run, ...beside ? [beside] : []].map(film));
    if (mine === asked) view.replaceRuns(runs);
  }
  addEventListener("hashchange", () => void draw());
  void draw();
})();
