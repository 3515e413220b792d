"use strict";
(() => {
  // src/film_facts.ts
  var FactIndex = class {
    constructor(data2) {
      this.data = data2;
      const byKey = /* @__PURE__ */ new Map();
      for (const [event, group, name, key, value] of data2.facts) {
        const id = `${group} ${name} ${key}`;
        let track = byKey.get(id);
        if (!track) {
          track = { group: data2.texts[group] ?? "", name: data2.texts[name] ?? "", key: data2.texts[key] ?? "", events: [], values: [] };
          byKey.set(id, track);
          this.tracks.push(track);
        }
        const last = track.events.length - 1;
        if (last >= 0 && track.events[last] === event) track.values[last] = value;
        else track.events.push(event), track.values.push(value);
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
        const value = this.data.texts[track.values[at]] ?? "";
        if (!value && track.events[at] < since) continue;
        const before = at > 0 ? this.data.texts[track.values[at - 1]] ?? "" : "";
        out.push({ group: track.group, name: track.name, key: track.key, value, since: track.events[at], before });
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
      if (!out) this.decoded.set(id, out = fromBase64url(this.data.blobs[id] ?? ""));
      return out;
    }
    size(blob) {
      return Math.floor((this.data.blobs[blob ?? 0] ?? "").length * 3 / 4);
    }
    boundaries() {
      const counts = /* @__PURE__ */ new Map();
      for (const event of this.data.events) if (event[0] === messageKind) counts.set(event[7], (counts.get(event[7]) ?? 0) + 1);
      return [...counts].map(([id, count]) => ({ name: this.text(id), id, count })).sort((a, b) => a.name < b.name ? -1 : 1);
    }
    findMarks() {
      const out = /* @__PURE__ */ new Map();
      this.events.forEach((event, item) => {
        if (!event) out.set(item, "broken");
        else if (event[0] === messageKind) event[3] !== 0 && out.set(item, "touch");
        else {
          const mark = [void 0, "touch", "defence", "defence", "withheld", "missed"][event[3]];
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
  function fromBase64url(text) {
    const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const out = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; ++i) out[i] = raw.charCodeAt(i);
    return out;
  }

  // src/dom.ts
  function h(tag, attributes = {}, ...children) {
    const out = document.createElement(tag);
    apply(out, attributes, children);
    return out;
  }
  function apply(out, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === false || value === null || value === void 0) continue;
      if (typeof value === "function") out.addEventListener(name.slice(2), value);
      else out.setAttribute(name, value === true ? "" : String(value));
    }
    for (const child of children)
      if (child !== null && child !== void 0 && child !== false) out.append(child instanceof Node ? child : String(child));
  }

  // src/run_view.ts
  function mountRuns(where, runs, options = {}) {
    let model = null;
    const draw = () => {
      where.replaceChildren();
      if (!model) return;
      const lines = h("pre");
      for (let item = 0; item < model.count; ++item)
        if (model.kind(item) !== "message") lines.append(`${timeText(model.times[item])}  ${model.actor(item)}  ${model.what(item)}
`);
      where.append(h("h1", {}, model.data.title), h("p", {}, model.data.sentence), lines);
    };
    const replaceRuns = (next) => {
      model = next[0] ? new FilmModel(next[0]) : null;
      draw();
    };
    replaceRuns(runs);
    return {
      show: (event) => options.onMove?.(event),
      replaceRuns,
      destroy: () => where.replaceChildren()
    };
  }

  // src/page_run.ts
  var data = JSON.parse(document.getElementById("glacis-data").textContent);
  mountRuns(document.getElementById("app"), data.runs);
})();
