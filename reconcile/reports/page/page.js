"use strict";
(() => {
  const map = document.getElementById("map");
  const tools = document.getElementById("tools");
  const rows = [...map.querySelectorAll("details.row")];
  const groups = [...map.querySelectorAll("section")].reverse();
  const search = document.getElementById("search");
  const boxes = [...tools.querySelectorAll("input[type=checkbox]")];
  const count = document.getElementById("count");
  let texts = null;
  let squeezed = null;

  // The headings of the groups that a row is in: its host, datastore and folder.
  const headings = new Map();
  function above(group) {
    if (group === map) return "";
    if (!headings.has(group)) {
      const heading = group.firstElementChild.matches("h3, h4, h5") ? group.firstElementChild.textContent : "";
      headings.set(group, `${above(group.parentElement)} ${heading}`);
    }
    return headings.get(group);
  }

  // The ids of the findings about a row stand in its links.
  const textOf = (row) => [above(row.parentElement), row.textContent, ...[...row.querySelectorAll("a")].map((link) => link.hash)].join(" ").toLowerCase();

  // The digits of a UUID or of a device's id in any spelling: 60 00 C2 98 ...-...    wwn-0x6000c298...    36000c298...
  const inFront = /^(?:\/dev\/disk\/by-id\/)?(?:wwn-|naa\.|scsi-|uuid is |ddb\.uuid = )?(?:0x)?["']?/;
  const between = /[\s:"'-]/g;
  function digitsOf(text) {
    const digits = text.trim().replace(inFront, "").replace(between, "");
    const bare = /^3[0-9a-f]{32}$/.test(digits) ? digits.slice(1) : digits;
    return /^[0-9a-f]{8,32}$/.test(bare) ? bare : "";
  }

  function apply() {
    const sought = search.value.toLowerCase();
    const words = sought.split(/\s+/).filter(Boolean);
    const digits = digitsOf(sought);
    const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    if (words.length && !texts) texts = rows.map(textOf);
    if (digits && !squeezed) squeezed = texts.map((text) => text.replace(between, ""));
    let shown = 0;
    rows.forEach((row, index) => {
      const fits = wanted.has(row.dataset.status) && (words.every((word) => texts[index].includes(word)) || (digits !== "" && squeezed[index].includes(digits)));
      if (row.hidden === fits) row.hidden = !fits;
      shown += fits;
    });
    // The innermost groups first: a group without a row that is shown is hidden with its heading.
    for (const group of groups) group.hidden = ![...group.children].some((child) => (child.matches("details, section")) && !child.hidden);
    count.textContent = `${shown.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows`;
  }

  let timer = 0;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(apply, 150);
  });
  tools.addEventListener("change", apply);
  tools.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    apply();
  });
  const most = 2000;
  const fold = (open) => {
    const shown = rows.filter((row) => !row.hidden);
    for (const row of open ? shown.slice(0, most) : rows) row.open = open;
    if (open && shown.length > most) count.textContent = `the first ${most.toLocaleString("en")} of ${shown.length.toLocaleString("en")} rows are unfolded`;
  };
  document.getElementById("unfold").addEventListener("click", () => fold(true));
  document.getElementById("fold").addEventListener("click", () => fold(false));
  // Browsers that do not know how to print what is folded.
  if (!CSS.supports("selector(::details-content)")) {
    addEventListener("beforeprint", () => fold(true));
  }
  tools.hidden = false;
  apply();
})();
