"use strict";

(function () {
  const started = performance.now();
  const data = JSON.parse(document.getElementById("data").textContent);
  const { signs, words, names, parents, unitLevels: levels, sections } = data;
  const AT_ONCE = 500; // rows drawn before the reader asks for more
  const byId = (id) => document.getElementById(id);
  const grid = byId("grid");
  const children = names.map(() => []);
  const roots = [];
  parents.forEach((parent, unit) => (parent < 0 ? roots : children[parent]).push(unit));
  const depths = names.map(() => 0);
  parents.forEach((parent, unit) => { if (parent >= 0) depths[unit] = depths[parent] + 1; });
  // a convenience: without diacritics "minh quan" finds Quán and Quân, with them only what is typed
  const lower = (text) => text.normalize("NFC").toLowerCase();
  const bare = (text) => lower(text).normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d");
  const keys = names.map(lower);
  const bareKeys = names.map(bare);

  const coverage = {
    values: data.expected.map((expected, unit) => (expected ? data.read[unit] / expected : "")),
    say: (unit) => (data.expected[unit] ? `${whole(data.read[unit])}/${whole(data.expected[unit])}` : ""),
  };
  const state = {
    section: 0, view: "tree", filter: "", sorted: null, down: true, shown: AT_ONCE,
    open: new Set(roots), closed: new Set(),
  };

  // -- figures as people read them ------------------------------------------------------------

  function whole(value) {
    return String(value).replace(/\B(?=(\d{3})+$)/g, signs.group);
  }

  function figure(column, unit) {
    const value = column.values[unit];
    if (value === null) return signs.missing;
    if (value === "") return "";
    if (value === "x") return signs.withheld;
    if (value === "n") return signs.notSummed;
    const mark = signs.marks[column.marks[unit] || 0];
    const digits = String(value);
    if (!column.decimals) return whole(digits) + perSign(column) + mark;
    const padded = digits.padStart(column.decimals + 1, "0");
    const cut = padded.length - column.decimals;
    return whole(padded.slice(0, cut)) + signs.decimal + padded.slice(cut) + perSign(column) + mark;
  }

  function perSign(column) {
    return column.per === 100 ? signs.percent : column.per === 1000 ? signs.perMille : "";
  }

  // -- where a figure stands in the returns ---------------------------------------------------

  function sourceOf(column, unit) {
    const table = data.places.tables[column.table];
    if (!table || !/^\d/.test(column.values[unit] ?? "")) return null;
    const [part, row] = (column.elsewhere || {})[unit] || [table[0][unit], table[1][unit]];
    if (part < 0) return null;
    const [file, sheet, layout] = data.places.parts[part];
    const letter = data.places.layouts[layout][column.place];
    return letter ? { sheet: [data.places.files[file], sheet].filter(Boolean).join(" · "), row, cell: letter + row } : null;
  }

  const say = (key, facts) => words[key].replace(/\{(\w+)\}/g, (_, name) => facts[name]);

  // -- which units, in which order ------------------------------------------------------------

  // What a filter leaves: units found, those above them (opened for it), and those below.
  function filtered() {
    const asked = lower(state.filter.trim());
    if (!asked) return null;
    const plain = bare(asked);
    const [wanted, where] = plain === asked ? [plain, bareKeys] : [asked, keys];
    const found = where.map((key) => key.includes(wanted));
    const shown = [...found];
    const leads = names.map(() => false);
    for (let unit = names.length - 1; unit >= 0; unit--) { // those below stand after those above
      if (shown[unit] && parents[unit] >= 0) shown[parents[unit]] = leads[parents[unit]] = true;
    }
    const below = names.map(() => false);
    parents.forEach((parent, unit) => { below[unit] = parent >= 0 && (found[parent] || below[parent]); });
    return { found, leads, shown: shown.map((is, unit) => is || below[unit]) };
  }

  function isOpen(unit, filter) {
    return filter && filter.leads[unit] ? !state.closed.has(unit) : state.open.has(unit);
  }

  function ordered(units) {
    const column = state.sorted;
    if (!column) return units;
    const sign = state.down ? -1 : 1;
    if (column === "name") {
      const collator = new Intl.Collator("vi", { numeric: true });
      return [...units].sort((one, other) => sign * collator.compare(names[one], names[other]));
    }
    const value = (unit) => column.values[unit];
    const isFigure = (found) => typeof found === "number" || /^\d/.test(found ?? "");
    return [...units].sort((one, other) => {
      const [a, b] = [value(one), value(other)];
      const [known, otherKnown] = [isFigure(a), isFigure(b)];
      if (!known || !otherKnown) return otherKnown - known; // what is no figure stands last either way
      const [x, y] = typeof a === typeof b && typeof a === "number" ? [a, b] : [BigInt(a), BigInt(b)];
      return x < y ? -sign : x > y ? sign : one - other;
    });
  }

  function visible(filter) {
    if (state.view !== "tree") {
      const level = Number(state.view);
      return ordered(levels.flatMap((own, unit) => (own === level && (!filter || filter.found[unit]) ? [unit] : [])));
    }
    const rows = [];
    const waiting = [...ordered(roots)].reverse();
    while (waiting.length) {
      const unit = waiting.pop();
      if (filter && !filter.shown[unit]) continue;
      rows.push(unit);
      if (isOpen(unit, filter)) waiting.push(...[...ordered(children[unit])].reverse());
    }
    return rows;
  }

  // -- drawing --------------------------------------------------------------------------------

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function chosen() {
    return state.section < 0 ? sections : [sections[state.section]];
  }

  function columns() {
    return [coverage, ...chosen().flatMap((section) => section.columns)];
  }

  function drawHead() {
    const head = grid.tHead;
    const shown = chosen();
    const several = shown.length > 1;
    const row = element("tr");
    row.append(heading("name", words.unit, "", several));
    const below = several ? element("tr") : row;
    row.append(heading(coverage, words.coverage, "", several));
    for (const section of shown) {
      if (several) {
        const label = element("th", "label", section.label);
        label.colSpan = section.columns.length;
        label.scope = "colgroup";
        row.append(label);
      }
      for (const column of section.columns) below.append(heading(column, column.label, column.unit, false));
    }
    head.replaceChildren(...(several ? [row, below] : [row]));
  }

  function heading(column, label, unit, spans) {
    const cell = element("th");
    cell.scope = "col";
    if (spans) cell.rowSpan = 2;
    const button = element("button");
    button.type = "button";
    button.append(label);
    if (unit) button.append(" ", element("span", "unit", `(${unit})`));
    const arrow = element("span", "arrow");
    arrow.setAttribute("aria-hidden", "true");
    button.append(arrow);
    button.title = words["sort-by"];
    button.addEventListener("click", () => {
      state.down = state.sorted === column ? !state.down : column !== "name";
      state.sorted = column;
      markSorted();
      drawRows();
    });
    cell.append(button);
    cell.column = column;
    return cell;
  }

  function markSorted() {
    for (const cell of grid.tHead.querySelectorAll("th[scope=col]")) {
      const isSorted = cell.column === state.sorted;
      if (isSorted) cell.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
      cell.querySelector(".arrow").textContent = isSorted ? (state.down ? "▼" : "▲") : "";
    }
  }

  function drawRows() {
    const filter = filtered();
    const rows = visible(filter);
    const shown = rows.slice(0, state.shown);
    const listed = columns();
    const fragment = document.createDocumentFragment();
    for (const unit of shown) fragment.append(line(unit, listed, filter));
    grid.tBodies[0].replaceChildren(fragment);
    const count = { count: whole(rows.length), shown: whole(shown.length) };
    byId("rows").textContent = !rows.length ? words["no-match"]
      : say(rows.length === 1 ? "rows-one" : shown.length < rows.length ? "rows-first" : "rows", count);
    const more = byId("more");
    more.hidden = shown.length === rows.length;
    more.textContent = say("more", { count: whole(Math.min(AT_ONCE, rows.length - shown.length)) });
  }

  function line(unit, listed, filter) {
    const isTree = state.view === "tree";
    const row = element("tr", isTree ? `depth-${Math.min(depths[unit], 4)}` : "");
    const head = element("th");
    head.scope = "row";
    head.append(isTree && children[unit].length ? opener(unit, filter) : plain(unit, isTree));
    if (!isTree && parents[unit] >= 0) head.append(element("small", "", above(unit)));
    row.append(head);
    const rows = new Set();
    for (const column of listed) {
      const cell = element("td", "", column.say ? column.say(unit) : figure(column, unit));
      const source = column.say ? null : sourceOf(column, unit);
      if (source) {
        cell.title = `${source.sheet} · ${source.cell}`;
        rows.add(`${source.sheet} · ${say("row", { row: source.row })}`);
      }
      row.append(cell);
    }
    for (const text of rows) head.append(element("small", "source", text));
    return row;
  }

  function plain(unit, isTree) {
    const name = element("span", "name");
    if (isTree) name.append(element("span", "sign"));
    name.append(element("span", "", names[unit]));
    return name;
  }

  function above(unit) {
    const path = [];
    for (let parent = parents[unit]; parent >= 0 && parents[parent] >= 0; parent = parents[parent]) path.push(names[parent]);
    return path.join(", ");
  }

  function opener(unit, filter) {
    const open = isOpen(unit, filter);
    const button = element("button");
    button.type = "button";
    button.setAttribute("aria-expanded", String(open));
    const sign = element("span", "sign", open ? "▾" : "▸");
    sign.setAttribute("aria-hidden", "true");
    button.append(sign, element("span", "", names[unit]));
    button.dataset.unit = unit;
    return button;
  }

  // -- controls -------------------------------------------------------------------------------

  function option(value, text) {
    const made = element("option", "", text);
    made.value = value;
    return made;
  }

  function setUp() {
    byId("section").append(...sections.map((section, place) => option(place, section.label)));
    if (sections.length > 1) byId("section").append(option(-1, words["all-sections"]));
    const own = levels.length ? levels[roots[0]] : 0;
    byId("view").append(option("tree", words.tree));
    for (const [level, name] of Object.entries(data.levels)) {
      if (Number(level) > own) byId("view").append(option(level, say("flat", { level: name })));
    }
    byId("section").addEventListener("change", (event) => {
      state.section = Number(event.target.value);
      if (state.sorted !== "name" && state.sorted !== coverage) state.sorted = null;
      draw();
    });
    byId("view").addEventListener("change", (event) => {
      state.view = event.target.value;
      byId("open-all").disabled = byId("close-all").disabled = state.view !== "tree";
      redraw();
    });
    byId("filter").addEventListener("input", (event) => { state.filter = event.target.value; state.closed.clear(); redraw(); });
    byId("open-all").addEventListener("click", () => {
      names.forEach((_, unit) => { if (children[unit].length) state.open.add(unit); });
      state.closed.clear();
      redraw();
    });
    byId("close-all").addEventListener("click", () => {
      state.open.clear();
      names.forEach((_, unit) => state.closed.add(unit));
      redraw();
    });
    byId("more").addEventListener("click", () => { state.shown += AT_ONCE; drawRows(); });
    grid.tBodies[0].addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const unit = Number(button.dataset.unit);
      const filter = filtered();
      const turned = filter && filter.leads[unit] ? state.closed : state.open;
      if (!turned.delete(unit)) turned.add(unit);
      drawRows();
      const again = grid.querySelector(`button[data-unit="${unit}"]`);
      if (again) again.focus();
    });
  }

  function redraw(shown = AT_ONCE) {
    state.shown = shown;
    drawRows();
  }

  function draw(shown) {
    drawHead();
    markSorted();
    byId("drill-caption").textContent = say("caption", {
      section: state.section < 0 ? words["all-sections"] : sections[state.section].label,
    });
    redraw(shown);
  }

  if (sections.length && names.length) {
    setUp();
    draw();
    for (const part of document.querySelectorAll(".static")) part.hidden = true;
    byId("drill-section").hidden = byId("drill-link").hidden = false;
  }
  // -- on paper -------------------------------------------------------------------------------

  // all sections side by side would run off the sheet: they are printed one below the other
  function dealOut() {
    if (state.section >= 0 || !sections.length) return;
    const shown = state.shown;
    const copies = sections.map((_, place) => {
      state.section = place;
      draw(shown);
      const copy = grid.cloneNode(true);
      for (const part of [copy, ...copy.querySelectorAll("[id]")]) part.removeAttribute("id");
      return copy;
    });
    state.section = -1;
    draw(shown);
    byId("paper").replaceChildren(...copies);
    byId("drill-section").classList.add("on-paper");
  }

  // browsers without ::details-content print what is open
  const closed = () => document.querySelectorAll("main details:not([open]):not(.alternative)");
  let opened = [];
  addEventListener("beforeprint", () => {
    dealOut();
    opened = [...closed()];
    opened.forEach((part) => { part.open = true; });
  });
  addEventListener("afterprint", () => {
    opened.forEach((part) => { part.open = false; });
    byId("paper").replaceChildren();
    byId("drill-section").classList.remove("on-paper");
  });
  performance.measure("antq-ready", { start: started, end: performance.now() });
})();
