"use strict";

// Parts of the page are replaced by what came since, and the reader notices nothing else: what was
// open stays open, what had the focus has it, and tables stay sorted and where they were scrolled.

const parts = new Map(); // HTML by id, as it was sent

const FOCUSABLE = "a[href], button, input, select, summary, [tabindex]";

function placesIn(part) {
  const all = (selector) => [...part.querySelectorAll(selector)];
  return {
    open: all("details").map((each) => each.open).concat(part.open ?? false),
    scrolled: all(".scroll").map((each) => [each.scrollTop, each.scrollLeft]),
    focused: [all(FOCUSABLE).indexOf(document.activeElement), document.activeElement.textContent],
    sorted: all("table.sortable").map((table) => {
      const heads = [...table.querySelectorAll("thead th")];
      const column = heads.findIndex((head) => head.hasAttribute("aria-sort"));
      return column < 0 ? null : [column, heads[column].getAttribute("aria-sort")];
    }),
  };
}

function putBack(part, places) {
  part.querySelectorAll("details").forEach((each, i) => { each.open = places.open[i] ?? false; });
  if ("open" in part) part.open = places.open.at(-1);
  part.querySelectorAll("table.sortable").forEach((table, i) => {
    const [column, order] = places.sorted[i] ?? [];
    if (column === undefined) return;
    sortBy(table, column);
    if (order === "descending") sortBy(table, column);
  });
  part.querySelectorAll(".scroll").forEach((each, i) => { [each.scrollTop, each.scrollLeft] = places.scrolled[i] ?? [0, 0]; });
  giveFocus(part, ...places.focused);
}

// To what says the same, as rows may have come before it; else to what is in its place.
function giveFocus(part, place, text) {
  if (place < 0) return;
  const all = [...part.querySelectorAll(FOCUSABLE)];
  const here = all[Math.min(place, all.length - 1)];
  const same = here?.textContent === text ? here : all.find((each) => each.textContent === text);
  (same ?? here)?.focus({ preventScroll: true });
}

function begin(part) {
  startSorting(part);
  startCopying(part);
}

function parsed(html) {
  return [...new DOMParser().parseFromString(html, "text/html").body.children].map((each) => document.importNode(each, true));
}

// What is chosen is another thing: all of it is new.
function replaceAll(within, html) {
  const made = parsed(html);
  parts.clear();
  for (const part of made) parts.set(part.id, part.outerHTML);
  within.replaceChildren(...made);
  begin(within);
}

// The same is chosen, and grew: only parts that differ are replaced, and no figure is.
function replaceChanged(within, html, figures) {
  const made = parsed(html);
  const ids = new Set(made.map((part) => part.id));
  for (const part of [...within.children]) if (!ids.has(part.id)) part.remove();
  const changed = [];
  made.forEach((part, i) => {
    const text = part.outerHTML;
    const old = byId(part.id);
    if (old && (figures.includes(part.id) || parts.get(part.id) === text)) return;
    parts.set(part.id, text);
    if (!old) {
      within.insertBefore(part, within.children[i] ?? null);
      begin(part);
    } else {
      const places = placesIn(old);
      old.replaceWith(part);
      begin(part);
      putBack(part, places);
    }
    changed.push(part);
  });
  return changed;
}
