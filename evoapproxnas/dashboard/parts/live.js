"use strict";

// The page follows runs: it asks every second whether anything changed, while somebody looks.

const EVERY = 1000; // milliseconds
const FIGURES = ["front", "curves"];
const live = { shown: [], first: [], revisions: {}, tag: "", drawn: "", turn: 0, failed: 0 };

const query = (keys) => new URLSearchParams(keys.map((key) => ["show", key])).toString();

// No answer, which may come again; whatever else is thrown is a mistake in these scripts.
class Lost extends Error {}

async function asked(path, headers = {}) {
  let answer;
  try {
    answer = await fetch(path, { headers, cache: "no-store" });
  } catch (error) {
    throw new Lost(error.message);
  }
  if (!answer.ok && answer.status !== 304) throw new Lost(`${answer.status} ${answer.statusText}`);
  return answer;
}

function tell(text) {
  byId("trouble").hidden = !text;
  byId("trouble").textContent = text;
  byId("pulse").classList.toggle("lost", Boolean(text));
}

// The list: replaced whole; the box or the link that had the focus has it again.
function showList(html) {
  const list = byId("list");
  const before = new Map([...list.querySelectorAll("tr[data-key]")].map((row) => [row.dataset.key, row.dataset.revision]));
  const places = placesIn(list);
  const focus = document.activeElement;
  const row = list.contains(focus) ? focus.closest("tr[data-key]") : null;
  const which = row ? [row.dataset.key, focus.tagName] : null;
  list.replaceChildren(...parsed(html));
  putBack(list, { ...places, focused: [-1, ""] });
  for (const each of list.querySelectorAll("tr[data-key]")) {
    const { key, revision } = each.dataset;
    each.classList.toggle("changed", before.size > 0 && before.get(key) !== revision);
    if (which && which[0] === key) each.querySelector(which[1])?.focus({ preventScroll: true });
  }
  markShown();
}

function markShown() {
  for (const row of document.querySelectorAll("#list tr[data-key]")) {
    const is = live.shown.includes(row.dataset.key);
    row.classList.toggle("selected", is);
    row.querySelector("input").checked = is;
    if (is) row.querySelector("a").setAttribute("aria-current", "true");
    else row.querySelector("a").removeAttribute("aria-current");
  }
  tellTimes();
}

// A long list scrolls within itself: what is chosen without a click on it may be out of sight.
function reveal() {
  const list = document.querySelector("#list .scroll");
  const row = list?.querySelector("tr.selected");
  if (!row) return;
  const [whole, part] = [list.getBoundingClientRect(), row.getBoundingClientRect()];
  if (part.top < whole.top || part.bottom > whole.bottom) list.scrollTop += part.top - whole.top - whole.height / 2;
}

function tellTimes() {
  for (const time of document.querySelectorAll("#list time")) {
    const seconds = Math.max(0, (Date.now() - Date.parse(time.dateTime)) / 1000);
    if (!Number.isFinite(seconds)) continue;
    const [size, unit] = [[86400, "day"], [3600, "h"], [60, "min"], [1, "s"]].find(([each]) => seconds >= each) || [1, "s"];
    const count = Math.floor(seconds / size);
    const told = `${count} ${unit}${unit === "day" && count !== 1 ? "s" : ""} ago`;
    if (time.textContent !== told) time.textContent = told;
    time.title = new Date(time.dateTime).toLocaleString();
  }
}

// What is chosen: as HTML and data, of which figures are begun, or drawn anew.
function showView(view, { anew }) {
  live.revisions = view.revisions;
  document.title = view.title;
  const within = byId("view");
  const names = view.data ? JSON.stringify(view.data.runs.map((run) => run.name)) : "";
  const same = !anew && names !== "" && live.drawn === names;
  const changed = same ? replaceChanged(within, view.html, FIGURES) : null;
  if (!same) replaceAll(within, view.html);
  live.drawn = names;
  if (!view.data) return;
  if (!same) startFigures(view.data);
  else {
    updateFigures(view.data);
    for (const part of changed) startMembers(part);
    markChosen();
  }
}

async function load(keys, { anew = false } = {}) {
  const turn = ++live.turn;
  const view = await (await asked(`view?${query(keys)}`)).json();
  if (turn !== live.turn) return; // Something else was chosen meanwhile.
  showView(view, { anew });
}

async function choosePlaces(keys, { push = true } = {}) {
  live.shown = keys;
  if (push) history.pushState(null, "", keys.length ? `?${query(keys)}` : location.pathname);
  markShown();
  byId("view").setAttribute("aria-busy", "true");
  try {
    await load(keys, { anew: true });
    tell("");
  } catch (error) {
    tell(lost(error));
  }
  byId("view").removeAttribute("aria-busy");
}

function lost(error) {
  if (error instanceof Lost) return `The dashboard does not answer (${error.message}). If it was ended, start it again; this page goes on by itself.`;
  console.error(error);
  return `Something of this cannot be shown (${error.message}); reload the page.`;
}

async function look() {
  const answer = await asked(`state?${query(live.shown)}`, live.tag ? { "If-None-Match": live.tag } : {});
  if (answer.status !== 304) {
    const state = await answer.json();
    showList(state.html);
    const first = document.querySelector("#list tr[data-key]");
    if (!live.first.length && first) {
      live.first = [first.dataset.key];
      await choosePlaces(live.first, { push: false });
    } else if (live.shown.some((key) => state.revisions[key] !== live.revisions[key])) {
      await load(live.shown);
    }
    live.tag = answer.headers.get("ETag") || ""; // All of it is shown.
    byId("when").textContent = `changed at ${new Date().toLocaleTimeString()}`;
  }
  tellTimes();
}

async function follow() {
  for (;;) {
    const begun = performance.now();
    try {
      if (!document.hidden) await look();
      if (live.failed) tell("");
      live.failed = 0;
    } catch (error) {
      live.failed += 1;
      if (live.failed > 1 || !(error instanceof Lost)) tell(lost(error));
    }
    // What takes long is asked for less often, and a server that is gone likewise.
    const took = performance.now() - begun;
    const wait = live.failed ? Math.min(5000, EVERY * live.failed) : Math.max(EVERY - took, took);
    await new Promise((go) => { setTimeout(go, wait); });
  }
}

function startList() {
  byId("list").addEventListener("click", (event) => {
    const link = event.target.closest("tr[data-key] a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choosePlaces([link.closest("tr").dataset.key]);
  });
  byId("list").addEventListener("change", (event) => {
    const { key } = event.target.closest("tr").dataset;
    choosePlaces(event.target.checked ? [...live.shown, key] : live.shown.filter((each) => each !== key));
  });
  addEventListener("popstate", () => {
    const keys = new URLSearchParams(location.search).getAll("show");
    const wanted = keys.length ? keys : live.first;
    // Links to a part of the page lead here as well; what is chosen is the same then.
    if (query(wanted) !== query(live.shown)) choosePlaces(wanted, { push: false }).then(reveal);
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look().catch(() => {}); });
}

async function start() {
  live.shown = [...document.querySelectorAll("#list tr[data-key] input")].filter((box) => box.checked).map((box) => box.closest("tr").dataset.key);
  const named = new URLSearchParams(location.search).getAll("show");
  if (named.length) live.shown = named;
  live.first = live.shown;
  startList();
  markShown();
  reveal();
  try {
    await load(live.shown, { anew: true });
  } catch (error) {
    tell(lost(error));
  }
  document.documentElement.dataset.ready = "true";
  await follow();
}

start();
