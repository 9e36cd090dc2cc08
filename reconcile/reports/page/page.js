"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const at = (id) => document.getElementById(id);
  const figure = (number) => number.toLocaleString("en");
  const compare = new Intl.Collator("en", { numeric: true }).compare;

  // What is typed waits a little, so that a long page is not searched at each letter.
  function whenTyped(field, apply) {
    let timer = 0;
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(apply, 150);
    });
  }

  // What says that nothing is left, and shows all again.
  function sayNothing(place, none, sought, what) {
    place.hidden = !none;
    place.firstElementChild.textContent = sought ? `No ${what} that is chosen here holds \u201c${sought}\u201d.` : `No ${what} is chosen here.`;
  }

  // The rows of the map

  const map = at("map");
  const tools = at("tools");
  const search = at("search");
  const against = at("against");
  const boxes = all("fieldset input", tools);
  const count = at("count");
  const rows = all("details.row", map);
  const homes = rows.map((row) => row.parentElement);
  const groups = [...new Set(homes)];
  const flat = document.createElement("section");
  flat.className = "flat";
  let texts = null;
  let squeezed = null;

  // The ids of the findings about a row stand in its links.
  const textOf = (row, index) => [homes[index].firstElementChild.textContent, row.textContent, ...all("a", row).map((link) => link.hash)].join(" ").toLowerCase();

  // The digits of a UUID or of a device's id in any spelling: 60 00 C2 98 ...-...    wwn-0x6000c298...    36000c298...
  const inFront = /^(?:\/dev\/disk\/by-id\/)?(?:wwn-|naa\.|scsi-|uuid is |ddb\.uuid = )?(?:0x)?["']?/;
  const between = /[\s:"'-]/g;
  function digitsOf(text) {
    const digits = text.trim().replace(inFront, "").replace(between, "");
    const bare = /^3[0-9a-f]{32}$/.test(digits) ? digits.slice(1) : digits;
    return /^[0-9a-f]{8,32}$/.test(bare) ? bare : "";
  }

  function applyToRows() {
    const sought = search.value.toLowerCase();
    const words = sought.split(/\s+/).filter(Boolean);
    const digits = digitsOf(sought);
    const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    if (words.length && !texts) texts = rows.map(textOf);
    if (digits && !squeezed) squeezed = texts.map((text) => text.replace(between, ""));
    let shown = 0;
    const left = new Set();
    rows.forEach((row, index) => {
      const kind = row.classList;
      const fits = wanted.has(kind[1]) && (!against.checked || kind.contains("against"))
        && (words.every((word) => texts[index].includes(word)) || (digits !== "" && squeezed[index].includes(digits)));
      if (row.hidden === fits) row.hidden = !fits;
      shown += fits;
      if (fits) left.add(row.parentElement);
    });
    // A group without a row that is shown is hidden with its heading.
    for (const group of groups) group.hidden = !left.has(group);
    count.textContent = `${figure(shown)} of ${figure(rows.length)} rows`;
    sayNothing(at("none"), !shown && rows.length > 0, search.value.trim(), "row");
  }

  function showAllRows() {
    search.value = "";
    against.checked = false;
    for (const box of boxes) box.checked = true;
    applyToRows();
  }

  whenTyped(search, applyToRows);
  tools.addEventListener("change", applyToRows);
  at("none").lastElementChild.addEventListener("click", showAllRows);

  const most = 2000;
  const fold = (open) => {
    const shown = rows.filter((row) => !row.hidden);
    for (const row of open ? shown.slice(0, most) : rows) row.open = open;
    if (open && shown.length > most) count.textContent = `the first ${figure(most)} of ${figure(shown.length)} rows are unfolded`;
  };
  at("unfold").addEventListener("click", () => fold(true));
  at("fold").addEventListener("click", () => fold(false));

  // By a column the rows stand in one list, each with where it lies; by host and folder, under their headings.
  const columns = ["vmdk", "status", "device"];
  function sortRows(head) {
    const column = columns.indexOf(head.dataset.sort);
    const was = head.dataset.sorted;
    for (const other of all(".heads [data-sort]")) delete other.dataset.sorted;
    head.dataset.sorted = column >= 0 && was === "up" ? "down" : "up";
    if (column < 0) {
      rows.forEach((row, index) => homes[index].append(row));
      flat.remove();
    } else {
      const sign = head.dataset.sorted === "down" ? -1 : 1;
      const keyed = rows.map((row, index) => ({ row, index, key: row.firstElementChild.children[column].textContent }));
      keyed.sort((one, other) => sign * compare(one.key, other.key) || one.index - other.index);
      for (const { row, index } of keyed) {
        row.firstElementChild.dataset.place = homes[index].firstElementChild.textContent;
        flat.append(row);
      }
      at("none").after(flat);
    }
    applyToRows();
  }
  function makeSorter(head, sort) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", sort);
    head.append(button);
  }
  for (const head of all(".heads [data-sort]")) makeSorter(head, () => sortRows(head));

  // The findings

  const list = all("li.finding");
  const findingTools = at("finding-tools");
  const findingSearch = at("finding-search");
  const severities = all("fieldset input", findingTools);
  const [rule, machine] = [at("finding-rule"), at("finding-machine")];
  const machinesOf = (finding) => finding.dataset.machine.split(", ").filter(Boolean);
  const offer = (field, values) => {
    for (const value of [...new Set(values)].sort(compare)) field.append(new Option(value, value));
  };
  offer(rule, list.map((finding) => finding.dataset.rule));
  offer(machine, list.flatMap(machinesOf));
  let said = null;

  function applyToFindings() {
    const words = findingSearch.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(severities.filter((box) => box.checked).map((box) => box.value));
    if (words.length && !said) said = list.map((finding) => finding.textContent.toLowerCase());
    let shown = 0;
    list.forEach((finding, index) => {
      const fits = wanted.has(finding.classList[1]) && (!rule.value || finding.dataset.rule === rule.value)
        && (!machine.value || machinesOf(finding).includes(machine.value)) && words.every((word) => said[index].includes(word));
      if (finding.hidden === fits) finding.hidden = !fits;
      shown += fits;
    });
    at("finding-count").textContent = `${figure(shown)} of ${figure(list.length)} findings`;
    sayNothing(at("finding-none"), !shown && list.length > 0, findingSearch.value.trim(), "finding");
  }

  function showAllFindings() {
    findingSearch.value = rule.value = machine.value = "";
    for (const box of severities) box.checked = true;
    applyToFindings();
  }

  whenTyped(findingSearch, applyToFindings);
  findingTools.addEventListener("change", applyToFindings);
  at("finding-none").lastElementChild.addEventListener("click", showAllFindings);

  // The tables: one that stands in pieces is sorted as a whole.

  function sortTable(pieces, column, ascending) {
    const bodies = pieces.map((piece) => piece.querySelector("tbody"));
    const lines = bodies.flatMap((body) => [...body.rows]);
    const cells = new Map(lines.map((line) => [line, line.cells[column].textContent]));
    const isNumber = lines.some((line) => line.cells[column].className === "n");
    const value = (line) => (isNumber ? Number(cells.get(line).replaceAll(",", "") || -1) : 0);
    const sign = ascending ? 1 : -1;
    lines.sort((one, other) => sign * (isNumber ? value(one) - value(other) : compare(cells.get(one), cells.get(other))));
    let begin = 0;
    for (const body of bodies) {
      const end = begin + body.rows.length;
      body.append(...lines.slice(begin, end));
      begin = end;
    }
  }
  for (const section of all("main > section")) {
    const pieces = all(".data", section);
    const heads = pieces.map((piece) => all("th", piece));
    for (const own of heads) {
      own.forEach((head, column) => makeSorter(head, () => {
        const ascending = head.ariaSort !== "ascending";
        for (const others of heads) others.forEach((other, index) => other.setAttribute("aria-sort", index !== column ? "none" : ascending ? "ascending" : "descending"));
        sortTable(pieces, column, ascending);
      }));
    }
  }

  // What a link leads to is shown, whatever was searched for.
  function reveal() {
    const target = at(location.hash.slice(1));
    if (!target) return;
    if (rows.includes(target)) {
      if (target.hidden) showAllRows();
      target.open = true;
    } else if (target.hidden && list.includes(target)) {
      showAllFindings();
    } else if (!target.closest("details, li.finding")) {
      return;
    }
    target.scrollIntoView();
  }
  addEventListener("hashchange", reveal);

  tools.hidden = findingTools.hidden = false;
  applyToRows();
  applyToFindings();
  reveal();
})();
