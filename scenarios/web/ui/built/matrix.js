"use strict";
(() => {
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

  // src/matrix_data.ts
  var outcomes = ["broken", "blocked", "detected", "stopped", "held", "inert", "error", "n/a"];
  function outcomeClass(outcome) {
    return outcome === "n/a" ? "o na" : `o ${outcome}`;
  }
  function promisesOf(attack) {
    return [.../* @__PURE__ */ new Set([...attack.breaks, ...Object.values(attack.cells).flatMap((cell) => cell.promise)])];
  }

  // src/matrix_bar.ts
  function choicesOf(data) {
    const each = (of) => [...new Set(of)].sort();
    const cells = data.attacks.flatMap((attack) => Object.values(attack.cells));
    const seen = new Set(cells.flatMap((cell) => [cell.observed, cell.hardened]));
    return [
      { name: "group", label: "Group", all: "all", options: each(data.attacks.map((attack) => attack.group)) },
      { name: "by", label: "Adversary", all: "any", options: each(data.attacks.flatMap((attack) => attack.by)) },
      { name: "breaks", label: "Promise", all: "any", options: each(data.attacks.flatMap(promisesOf)) },
      { name: "on", label: "Technology", all: "all", options: data.columns },
      { name: "outcome", label: "Outcome", all: "any", options: outcomes.filter((outcome) => seen.has(outcome)) }
    ];
  }
  function makeBar(data, change) {
    const search = h("input", {
      type: "search",
      placeholder: "Text: attack, step, source, defence ...",
      "aria-label": "Text to look for",
      oninput: () => change({ text: search.value })
    });
    const differs = h(
      "select",
      { "aria-label": "Only disagreements", onchange: () => change({ differs: differs.value }) },
      h("option", { value: "" }, "Agreeing or not"),
      h("option", { value: "file" }, "Only: not as the file expects"),
      h("option", { value: "source" }, "Only: not as a source says")
    );
    const drops = choicesOf(data).map((choice) => makeDrop(choice, change));
    const clear = h(
      "button",
      { type: "button", onclick: () => change({ group: [], by: [], breaks: [], on: [], outcome: [], differs: "", text: "" }) },
      "Clear filters"
    );
    const element = h("div", { class: "mx-bar", role: "search", "aria-label": "Filters" }, search, ...drops.map((drop) => drop.element), differs, clear);
    document.addEventListener("click", (event) => {
      for (const drop of drops) if (!drop.element.contains(event.target)) drop.element.open = false;
    });
    return {
      element,
      focus: () => search.focus(),
      set: (filter) => {
        if (search.value !== filter.text) search.value = filter.text;
        differs.value = filter.differs;
        for (const drop of drops) drop.set(filter);
        const attacks = filter.view === "attacks";
        for (const control of [...drops.map((drop) => drop.element), differs]) control.hidden = !attacks;
      }
    };
  }
  function makeDrop(choice, change) {
    const boxes = choice.options.map((option) => h("input", {
      type: "checkbox",
      value: option,
      onchange: () => change({ [choice.name]: boxes.filter((box) => box.checked).map((box) => box.value) })
    }));
    const told = h("b", {}, choice.all), summary = h("summary", {}, `${choice.label}: `, told);
    const element = h("details", { class: "mx-drop", "data-filter": choice.name, onkeydown: (event) => {
      if (event.key !== "Escape" || !element.open) return;
      element.open = false;
      summary.focus();
      event.stopPropagation();
    } }, summary, h("fieldset", {}, h("legend", { class: "unseen" }, choice.label), ...boxes.map((box, i) => h("label", {}, box, ` ${choice.options[i]}`))));
    return {
      element,
      set: (filter) => {
        const chosen = filter[choice.name];
        for (const box of boxes) box.checked = chosen.includes(box.value);
        told.textContent = chosen.length === 0 ? choice.all : chosen.length > 2 ? `${chosen.length} of ${choice.options.length}` : chosen.join(", ");
        element.classList.toggle("chosen", chosen.length > 0);
      }
    };
  }

  // src/matrix_filter.ts
  var lists = ["group", "by", "breaks", "on", "outcome"];
  function emptyFilter() {
    return { view: "attacks", group: [], by: [], breaks: [], on: [], outcome: [], differs: "", text: "", show: "" };
  }
  function parseFragment(fragment) {
    const out = emptyFilter(), plain = /^#?(about|na|defence)\.(.+)$/.exec(fragment);
    if (plain) {
      out.show = `${plain[1] === "defence" ? "defence" : "attack"}:${decode(plain[2])}`;
      return out;
    }
    for (const part of fragment.replace(/^#/, "").split("&")) {
      const at = part.indexOf("="), key = part.slice(0, at), value = part.slice(at + 1);
      if (at < 0) continue;
      if (lists.includes(key)) out[key] = value.split(",").filter((word2) => word2).map(decode);
      else if (key === "view" && (value === "defences" || value === "threats")) out.view = value;
      else if (key === "differs" && (value === "file" || value === "source")) out.differs = value;
      else if (key === "text") out.text = decode(value);
      else if (key === "show") out.show = decode(value);
    }
    return out;
  }
  function fragmentOf(filter) {
    const parts = [];
    if (filter.view !== "attacks") parts.push(`view=${filter.view}`);
    for (const name of lists) if (filter[name].length > 0) parts.push(`${name}=${filter[name].map(encodeURIComponent).join(",")}`);
    if (filter.differs) parts.push(`differs=${filter.differs}`);
    if (filter.text) parts.push(`text=${encodeURIComponent(filter.text)}`);
    if (filter.show) parts.push(`show=${encodeURIComponent(filter.show).replaceAll("%3A", ":")}`);
    return "#" + parts.join("&");
  }
  function decode(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }
  var texts = /* @__PURE__ */ new WeakMap();
  function textOf(attack) {
    let out = texts.get(attack);
    if (out === void 0) {
      const row = attack.catalogue;
      out = [
        attack.id,
        attack.title,
        attack.why,
        attack.group,
        ...attack.threats,
        ...attack.assumes,
        ...attack.guests,
        ...attack.machines,
        ...attack.variants.flatMap((variant) => variant.steps),
        ...attack.sources.flatMap((source) => [source.key, source.cite, source.quote]),
        ...row ? [row.id, row.name, row.source, row.mechanism] : [],
        ...Object.values(attack.cells).flatMap((cell) => [...cell.defence, ...cell.checks.map((check) => check[0]), cell.reason ?? ""])
      ].join("\n").toLowerCase();
      texts.set(attack, out);
    }
    return out;
  }
  function cellMatches(cell, filter) {
    if (filter.outcome.length > 0 && !filter.outcome.includes(cell.observed) && !filter.outcome.includes(cell.hardened ?? "")) return false;
    if (filter.differs === "file") return !cell.agrees;
    if (filter.differs === "source") return cell.claims.some(([, , differs]) => differs);
    return true;
  }
  function asksForCells(filter) {
    return filter.outcome.length > 0 || filter.differs !== "";
  }
  function attackMatches(attack, filter, columns) {
    const some = (chosen, have) => chosen.length === 0 || have.some((one) => chosen.includes(one));
    if (!some(filter.group, [attack.group]) || !some(filter.by, attack.by) || !some(filter.breaks, promisesOf(attack))) return false;
    if (!wordsIn(filter.text, textOf(attack))) return false;
    if (!asksForCells(filter) && filter.on.length === 0) return true;
    return columns.some((column) => {
      const cell = attack.cells[column];
      return cell !== void 0 && cellMatches(cell, filter);
    });
  }
  function wordsIn(words, text) {
    return words.toLowerCase().split(/\s+/).every((word2) => text.includes(word2));
  }

  // src/matrix_pane.ts
  function word(outcome) {
    return h("span", { class: outcomeClass(outcome) }, outcome);
  }
  function inner(what, text, show) {
    return h("a", { href: `#show=${encodeURIComponent(what).replaceAll("%3A", ":")}`, onclick: (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show(what);
    } }, text);
  }
  function section(title, ...inside) {
    return inside.some((child) => child !== null && child !== false && child !== void 0) ? h("section", {}, h("h3", {}, title), ...inside) : null;
  }
  function list(lines, ordered = false) {
    return lines.length === 0 ? null : h(ordered ? "ol" : "ul", {}, ...lines.map((line) => h("li", {}, line)));
  }
  function between(items, glue = ", ") {
    return items.flatMap((item, i) => i > 0 ? [glue, item] : [item]);
  }
  function attackPane(attack, platform, data, show) {
    const told = attack.variants.filter((variant) => variant.steps.length > 0);
    return [
      h("h2", { tabindex: -1 }, attack.id),
      h("p", { class: "lead" }, attack.title),
      h("p", { class: "quiet" }, `${attack.group}; by ${attack.by.join(", ") || "nobody"}`, attack.breaks.length > 0 ? `; may break ${attack.breaks.join(", ")}` : ""),
      attack.why ? h("p", {}, attack.why) : null,
      attack.page ? h("p", {}, h("a", { href: attack.page, class: "go" }, "Open its runs")) : null,
      section("Outcomes", h("div", { class: "outcomes" }, ...data.columns.map((column) => outcomeOf(attack, column, column === platform, data, show)))),
      section("Steps", ...told.flatMap((variant) => [variant.name ? h("h4", {}, variant.name) : null, list(variant.steps, true)])),
      section("Assumes", list(attack.assumes)),
      section("Sources", ...attack.sources.map((source) => h(
        "div",
        { class: "source" },
        h("p", {}, h("code", {}, source.key), ` ${source.cite}`),
        source.quote ? h("blockquote", {}, source.quote) : null,
        saysOf(source.says)
      ))),
      catalogue(attack),
      section("Threat model", attack.threats.length > 0 ? h("p", {}, ...between(attack.threats.map((id) => inner(`threat:${id}`, id, show)))) : null),
      section("Played on", list([...attack.machines, ...attack.guests])),
      attack.afterwards ? section("Afterwards", h("p", {}, attack.afterwards)) : null
    ];
  }
  function saysOf(says) {
    const all = Object.entries(says);
    return all.length === 0 ? null : h("p", { class: "quiet" }, "says ", ...all.flatMap(([platform, outcome], i) => [i > 0 ? ", " : "", `${platform} `, word(outcome)]));
  }
  function outcomeOf(attack, platform, open, data, show) {
    const cell = attack.cells[platform];
    if (!cell) return h("div", { class: "cell" }, h("p", {}, h("b", {}, platform), " ", h("span", { class: "quiet" }, "the file says nothing of it")));
    const known = new Set(data.defences.map((defence) => defence.id));
    const spoke = cell.defence.map((id) => known.has(id) ? inner(`defence:${id}`, id, show) : h("span", {}, id));
    const run = (profile) => `${attack.page}#platform=${platform}${profile}`;
    return h(
      "div",
      { class: open ? "cell open" : "cell", "data-platform": platform },
      cell.observed === "n/a" ? null : h("a", { class: "to-run", href: run("") }, "run"),
      h(
        "p",
        {},
        h("b", {}, platform),
        " ",
        word(cell.observed),
        cell.agrees ? null : h("b", { class: "differs" }, " !"),
        cell.promise.length > 0 ? ` ${cell.promise.join(", ")}` : "",
        ...spoke.length > 0 ? [" by ", ...between(spoke)] : []
      ),
      cell.hardened ? h("a", { class: "to-run", href: run("&profile=hardened") }, "hardened run") : null,
      cell.hardened ? h("p", { class: "then" }, "> ", word(cell.hardened), " hardened") : null,
      cell.reason ? h("p", {}, cell.reason) : null,
      claims(cell),
      cell.mismatches.length > 0 ? h("ul", { class: "fail" }, ...cell.mismatches.map((line) => h("li", {}, `! ${line}`))) : null,
      cell.checks.length > 0 ? h("details", { open }, h("summary", {}, `${cell.checks.length} checks`), h("ul", { class: "checks" }, ...cell.checks.map(
        ([label, expected, observed, agrees]) => h("li", {}, `${agrees ? "ok" : "FAIL"} ${label}: ${observed}${agrees ? "" : `; expected ${expected}`}`)
      ))) : null
    );
  }
  function claims(cell) {
    const other = cell.claims.filter(([, , differs]) => differs);
    return other.length === 0 ? null : h("p", { class: "claim" }, ...other.flatMap(([source, says], i) => [i > 0 ? "; " : "", `${source} says `, word(says)]));
  }
  function catalogue(attack) {
    const row = attack.catalogue;
    if (!row) return null;
    const lines = [
      ["name", row.name],
      ["source", row.source],
      ["adversary", row.adversary],
      ["steps", row.steps],
      ["violates", row.violates.join(", ")],
      ["what stops it", row.mechanism],
      ["why", row.why],
      ["evidence", row.evidence],
      ["read in a source for", row.verified.join(", ")]
    ];
    return section(
      "Attack catalogue",
      h("p", {}, h("code", {}, row.id)),
      h("dl", {}, ...lines.filter(([, text]) => text).flatMap(([name, text]) => [h("dt", {}, name), h("dd", {}, text)]))
    );
  }

  // src/matrix_others.ts
  function attacksNeeding(defence) {
    return [...new Set(defence.rows.map(([attack]) => attack))];
  }
  function kindOf(defence) {
    return defence.conformance ? "conformance" : defence.act;
  }
  function listing(name, heads, rows, note) {
    const body = rows.map((row) => h("tr", { "data-id": row.id }, ...row.cells.map((cell, i) => i === 0 ? h("th", { scope: "row" }, ...cell) : h("td", {}, ...cell))));
    const element = h(
      "div",
      { class: "mx-list", tabindex: 0, role: "region", "aria-label": name },
      h("p", { class: "quiet" }, note),
      h("table", {}, h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))), h("tbody", {}, ...body))
    );
    return {
      element,
      set: (text) => {
        rows.forEach((row, i) => body[i].hidden = !wordsIn(text, row.text));
        return body.filter((row) => !row.hidden).length;
      },
      chosen: (id) => body.forEach((row) => row.classList.toggle("chosen", row.dataset.id === id))
    };
  }
  function defenceList(data, show) {
    const sorted = [...data.defences].sort((a, b) => Number(a.conformance) - Number(b.conformance));
    const rows = sorted.map((defence) => {
      const needed = attacksNeeding(defence);
      return { id: defence.id, text: [defence.id, defence.promise, defence.clause, kindOf(defence), ...needed].join("\n").toLowerCase(), cells: [
        [inner(`defence:${defence.id}`, defence.id, show)],
        [defence.promise],
        [defence.clause],
        [kindOf(defence)],
        defence.conformance ? [h("span", { class: "quiet" }, "cannot be lifted")] : needed.length <= 3 ? between(needed.map((id) => inner(`attack:${id}`, id, show))) : [...between(needed.slice(0, 2).map((id) => inner(`attack:${id}`, id, show))), ", ", inner(`defence:${defence.id}`, `${needed.length - 2} more`, show)]
      ] };
    });
    const idle = data.defences.filter((defence) => !defence.conformance && !defence.kill).map((defence) => defence.id);
    const out = listing(
      "Defences",
      ["defence", "promise", "clause", "kind", "attacks that need it"],
      rows,
      `${data.defences.length} defences, ${data.defences.filter((defence) => defence.conformance).length} of them rows that a specification asks for and no attack needs. ` + (idle.length > 0 ? `Needed by no attack here: ${idle.join(", ")}.` : "Each of the others is needed by an attack that succeeds without it.")
    );
    out.element.classList.add("wide");
    return out;
  }
  function threatList(data, show) {
    const rows = data.threats.map((threat) => ({ id: threat.id, text: [threat.id, threat.kind, threat.about, ...threat.attacks].join("\n").toLowerCase(), cells: [
      [inner(`threat:${threat.id}`, threat.id, show)],
      [threat.kind],
      [threat.about],
      [threat.attacks.length > 0 ? inner(`threat:${threat.id}`, `${threat.attacks.length}`, show) : h("b", { class: "differs" }, "none")]
    ] }));
    const covered = data.threats.filter((threat) => threat.attacks.length > 0).length;
    return listing(
      "Threat model",
      ["item", "kind", "what it is", "attacks"],
      rows,
      `The Linux threat model for confidential guests, item by item: ${covered} of ${data.threats.length} are exercised.` + (data.untagged.length > 0 ? ` Attacks that name no item: ${data.untagged.join(", ")}.` : "")
    );
  }
  function defencePane(defence, show, search) {
    const needed = attacksNeeding(defence), kill = defence.kill;
    const rows = (id) => list(defence.rows.filter(([attack]) => attack === id).map(([, platforms, profile, lifted, outcome]) => {
      const others = lifted.filter((one) => one !== defence.id);
      return h(
        "span",
        {},
        `${platforms.join(", ")}${profile === "baseline" ? "" : ` (${profile})`}: ${outcome}`,
        ...others.length > 0 ? [", also lifted: ", ...between(others.map((one) => inner(`defence:${one}`, one, show)))] : []
      );
    }));
    return [
      h("h2", { tabindex: -1 }, defence.id),
      h("p", { class: "lead" }, defence.promise),
      h("dl", {}, h("dt", {}, "clause"), h("dd", {}, defence.clause), h("dt", {}, "kind"), h("dd", {}, defence.conformance ? "a conformance row: the specification asks for it, no attack needs it yet, and it cannot be lifted" : `${defence.act}: an attack that it stops is ${defence.act === "detects" ? "detected" : "blocked"}`)),
      kill ? section("Shown to matter by", h(
        "p",
        { class: "kill" },
        inner(`attack:${kill.attack}`, kill.attack, show),
        ` on ${kill.platform} (${kill.profile}): no promise breaks with it, one does without`,
        ...kill.lifted.length > 0 ? ["; also lifted in both: ", ...between(kill.lifted.map((one) => inner(`defence:${one}`, one, show)))] : []
      )) : null,
      !kill && !defence.conformance ? section("Shown to matter by", h("p", { class: "differs" }, "no attack played here")) : null,
      needed.length > 0 ? h("section", {}, h("h3", {}, `Attacks that need it (${needed.length})`), ...needed.flatMap((id) => [
        h("p", { class: "needs" }, inner(`attack:${id}`, id, show)),
        rows(id)
      ])) : null,
      h("p", {}, h("button", { type: "button", onclick: () => search(defence.id) }, "Show the attacks that name it"))
    ];
  }
  function threatPane(threat, show) {
    return [
      h("h2", { tabindex: -1 }, threat.id),
      h("p", { class: "lead" }, threat.about),
      h("p", { class: "quiet" }, threat.kind),
      threat.attacks.length > 0 ? section(`Attacks that exercise it (${threat.attacks.length})`, list(threat.attacks.map((id) => inner(`attack:${id}`, id, show)))) : h("p", { class: "differs" }, "No attack exercises it.")
    ];
  }

  // src/matrix_table.ts
  function makeTable(table, data, open) {
    const byId = new Map(data.attacks.map((attack) => [attack.id, attack]));
    const rows = [...table.querySelectorAll("tr[data-attack]")].map((element) => ({ element, attack: byId.get(element.dataset.attack), cells: [...element.cells].slice(1) }));
    const columnCells = data.columns.map((_, i) => [...table.querySelectorAll("thead tr, tfoot tr")].map((row) => row.cells[i + 1]).concat(rows.map((row) => row.cells[i])));
    const heads = data.columns.map((_, i) => {
      const bar = h("span", { class: "mx-share", "aria-hidden": "true" }), count = h("span", { class: "mx-count" });
      columnCells[i][0].append(bar, count);
      return { bar, count };
    });
    listen(table, rows, data, open);
    return {
      set: (filter) => {
        const shown = data.columns.map((column) => filter.on.length === 0 || filter.on.includes(column));
        const columns = data.columns.filter((_, i) => shown[i]);
        columnCells.forEach((cells2, i) => cells2.forEach((cell) => cell.hidden = !shown[i]));
        const counts = data.columns.map(() => /* @__PURE__ */ new Map()), dims = asksForCells(filter);
        let attacks = 0, cells = 0;
        for (const row of rows) {
          row.element.hidden = !attackMatches(row.attack, filter, columns);
          if (row.element.hidden) continue;
          ++attacks;
          data.columns.forEach((column, i) => {
            const cell = row.attack.cells[column];
            const matches = cell !== void 0 && shown[i] && cellMatches(cell, filter);
            row.cells[i].classList.toggle("dim", dims && !matches);
            if (!matches) return;
            ++cells;
            counts[i].set(cell.observed, (counts[i].get(cell.observed) ?? 0) + 1);
          });
        }
        for (const body of table.tBodies) groupCount(body);
        for (const row of table.tFoot.rows)
          data.columns.forEach((_, i) => row.cells[i + 1].textContent = String(counts[i].get(row.dataset.outcome) ?? 0));
        heads.forEach(({ bar, count }, i) => {
          share(bar, counts[i]);
          count.textContent = `${counts[i].get("broken") ?? 0} broken`;
        });
        return { attacks, cells };
      },
      chosen: (attack) => {
        for (const row of rows) row.element.classList.toggle("chosen", row.attack.id === attack);
      }
    };
  }
  function groupCount(body) {
    const count = [...body.rows].filter((row) => row.dataset.attack && !row.hidden).length;
    body.hidden = count === 0;
    body.rows[0].querySelector("span").textContent = `${count} attack${count === 1 ? "" : "s"}`;
  }
  function share(bar, counts) {
    bar.replaceChildren(...outcomes.filter((outcome) => counts.has(outcome)).map((outcome) => h("span", { class: outcomeClass(outcome), style: `flex: ${counts.get(outcome)}` })));
  }
  function sentenceOf(cell) {
    if (cell.observed === "n/a") return cell.reason ?? "";
    const through = cell.promise.length > 0 ? `: ${cell.promise.join(", ")}` : cell.defence.length > 0 ? ` by ${cell.defence.join(", ")}` : "";
    return `${cell.observed}${through}${cell.hardened ? `; hardened: ${cell.hardened}` : ""}${cell.agrees ? "" : "; not as the file expects"}`;
  }
  function listen(table, rows, data, open) {
    const tip = h("div", { class: "mx-tip", role: "tooltip", id: "mx-tip", hidden: true });
    document.body.append(tip);
    const places = /* @__PURE__ */ new Map();
    rows.forEach((row, at) => [row.element.cells[0], ...row.cells].forEach((cell, column) => {
      const link = cell.querySelector("a");
      if (!link) return;
      link.tabIndex = -1;
      link.removeAttribute("title");
      places.set(link, [at, column]);
    }));
    let entry = rows[0]?.element.cells[0].querySelector("a") ?? null;
    if (entry) entry.tabIndex = 0;
    const linkOf = (event) => event.target.closest?.("tr[data-attack] a") ?? null;
    const tell = (link) => {
      const place = link && places.get(link), row = place && rows[place[0]];
      tip.hidden = !link || !place || !row;
      if (!link || !place || !row) return;
      const cell = place[1] > 0 ? row.attack.cells[data.columns[place[1] - 1]] : void 0;
      tip.textContent = place[1] === 0 ? row.attack.title : cell ? sentenceOf(cell) : "";
      link.setAttribute("aria-describedby", tip.id);
      const box = link.getBoundingClientRect();
      tip.style.left = `${Math.max(4, Math.min(box.left, innerWidth - tip.offsetWidth - 8))}px`;
      tip.style.top = box.bottom + tip.offsetHeight + 6 > innerHeight ? `${box.top - tip.offsetHeight - 4}px` : `${box.bottom + 4}px`;
    };
    const enter = (link) => {
      if (entry) entry.tabIndex = -1;
      entry = link;
      link.tabIndex = 0;
    };
    table.addEventListener("mouseover", (event) => tell(linkOf(event)));
    table.addEventListener("mouseleave", () => tell(null));
    table.addEventListener("focusin", (event) => {
      const link = linkOf(event);
      if (link) enter(link);
      tell(link);
    });
    table.addEventListener("focusout", () => tell(null));
    table.parentElement.addEventListener("scroll", () => tell(null));
    table.addEventListener("click", (event) => {
      const link = linkOf(event), place = link && places.get(link);
      if (!place || event.ctrlKey || event.metaKey || event.shiftKey || !link.getAttribute("href").startsWith("#")) return;
      event.preventDefault();
      open(rows[place[0]].attack.id, place[1] > 0 ? data.columns[place[1] - 1] : "");
    });
    table.addEventListener("keydown", (event) => {
      const link = linkOf(event), place = link && places.get(link), step = steps[event.key];
      if (event.key === "Escape") tell(null);
      if (!place || !step || event.ctrlKey || event.altKey || event.metaKey) return;
      const next = neighbour(rows, place, step);
      if (!next) return;
      event.preventDefault();
      next.focus();
      next.scrollIntoView({ block: "nearest", inline: "nearest" });
    });
  }
  var far = 1e6;
  var steps = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    PageUp: [-15, 0],
    PageDown: [15, 0],
    Home: [0, -far],
    End: [0, far]
  };
  function neighbour(rows, [at, column], [down, right]) {
    const link = (row, col) => {
      const cell = rows[row].element.cells[col];
      return cell.hidden || rows[row].element.hidden ? null : cell.querySelector("a");
    };
    let found = null, left = Math.abs(down) + Math.abs(right);
    const sign = Math.sign(down) + Math.sign(right);
    for (let i = 1; left > 0; ++i) {
      const row = down ? at + sign * i : at, col = right ? column + sign * i : column;
      if (row < 0 || row >= rows.length || col < 0 || col >= rows[at].element.cells.length) break;
      const one = link(row, col);
      if (one) found = one, --left;
    }
    return found;
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

  // src/page_matrix.ts
  var views = [["attacks", "Attacks"], ["defences", "Defences"], ["threats", "Threat model"]];
  function start(data) {
    let filter = parseFragment(location.hash);
    const frame = document.getElementById("matrix-frame"), app = document.getElementById("app");
    const element = document.getElementById("matrix");
    const lists2 = /* @__PURE__ */ new Map();
    const told = h("p", { class: "mx-told", role: "status" });
    const tabs = views.map(([view, name]) => h("a", { href: `#view=${view}`, onclick: (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      change({ view, text: "", show: "" });
    } }, name));
    const pane = h("aside", { class: "mx-pane", "aria-label": "Details", tabindex: -1, hidden: true });
    const stage = h("main", { class: "mx-stage" }, frame);
    const bar = makeBar(data, (part) => change(part));
    const show = (what) => change({ show: what });
    const table = makeTable(element, data, (attack, platform) => show(`attack:${attack}${platform ? `:${platform}` : ""}`));
    frame.tabIndex = 0;
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", "Attacks by platforms; arrow keys move between cells");
    function listOf(view) {
      if (view !== "attacks" && !lists2.has(view)) lists2.set(view, view === "defences" ? defenceList(data, show) : threatList(data, show));
      return lists2.get(view);
    }
    function change(part) {
      const next = { ...filter, ...part };
      const goes = next.view !== filter.view || next.show !== filter.show;
      if (goes) history.pushState(null, "", fragmentOf(next));
      else history.replaceState(null, "", fragmentOf(next));
      apply2(next, goes && next.show !== "");
    }
    function apply2(next, focus) {
      const newPane = next.show !== filter.show || pane.childNodes.length === 0;
      filter = next;
      bar.set(filter);
      tabs.forEach((tab, i) => views[i][0] === filter.view ? tab.setAttribute("aria-current", "page") : tab.removeAttribute("aria-current"));
      const listed = listOf(filter.view);
      const now = listed ? listed.element : frame;
      if (stage.firstElementChild !== now) stage.replaceChildren(now);
      if (listed) told.textContent = `${listed.set(filter.text)} shown`;
      else {
        const { attacks, cells } = table.set(filter);
        told.textContent = attacks === 0 ? "No attack is like that. Clear a filter to see more." : `${attacks} of ${data.attacks.length} attacks, ${cells} ${cells === 1 ? "cell" : "cells"}`;
      }
      if (newPane) drawPane(focus);
    }
    function drawPane(focus) {
      const [kind, id, platform] = filter.show.split(":");
      const attack = kind === "attack" ? data.attacks.find((one) => one.id === id) : void 0;
      const defence = kind === "defence" ? data.defences.find((one) => one.id === id) : void 0;
      const threat = kind === "threat" ? data.threats.find((one) => one.id === id) : void 0;
      const inside = attack ? attackPane(attack, platform ?? "", data, show) : defence ? defencePane(defence, show, (text) => change({ view: "attacks", text })) : threat ? threatPane(threat, show) : [];
      pane.hidden = inside.length === 0;
      table.chosen(attack?.id ?? "");
      for (const one of lists2.values()) one.chosen(defence?.id ?? threat?.id ?? "");
      const close = h("button", { type: "button", class: "mx-close", "aria-label": "Close details", onclick: () => shut() }, "×");
      pane.replaceChildren(...pane.hidden ? [] : [close, ...inside.filter((child) => child instanceof Node)]);
      pane.scrollTop = 0;
      if (focus) pane.querySelector("h2")?.focus({ preventScroll: true });
      if (platform) pane.querySelector(".cell.open")?.scrollIntoView({ block: "nearest" });
    }
    function shut() {
      const id = filter.show.split(":")[1];
      change({ show: "" });
      frame.querySelector(`tr[data-attack="${CSS.escape(id ?? "")}"] a`)?.focus({ preventScroll: true });
    }
    addEventListener("popstate", () => apply2(parseFragment(location.hash), false));
    addEventListener("hashchange", () => {
      if (fragmentOf(filter) !== location.hash) apply2(parseFragment(location.hash), false);
    });
    addEventListener("keydown", (event) => {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      if (event.key === "Escape" && !pane.hidden && !typing) shut();
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) event.preventDefault(), bar.focus();
    });
    app.className = "mx";
    app.append(
      h("header", { class: "mx-head" }, h("h1", {}, "Attacks by platforms"), h("nav", { "aria-label": "Views" }, ...tabs), told),
      bar.element,
      h("div", { class: "mx-body" }, stage, pane)
    );
    document.getElementById("matrix-page").remove();
    apply2(filter, false);
  }
  var packed = pageData().packed[0];
  void unpacked(packed).then((data) => start(data));
})();
