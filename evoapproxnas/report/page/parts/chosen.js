"use strict";

// The point that is chosen: its figures, network, layers; and the marks of it elsewhere.

function facts(run, point) {
  const list = element("dl", { class: "facts" });
  for (const column of Object.values(run.columns)) {
    if (column.values[point] !== null) {
      list.append(element("div", {}, element("dt", {}, column.label), element("dd", {}, number(column.values[point]))));
    }
  }
  return list;
}

function origin(run, point) {
  if (run.told) return element("p", { class: "dim" }, run.told[point]);
  const made = run.made[run.ids[point].split("-").slice(0, 2).join("-")];
  const parents = made.parents.length ? `made of ${made.parents.join(" and ")}` : "no parents";
  const trained = run.lineages[point].length ? `; trained in ${run.lineages[point].join(", after ")}` : "";
  return element("p", { class: "dim" }, `${parents}${made.operator ? ` by ${made.operator}` : ""}${trained}`);
}

function showChosen(run, point) {
  const panel = element("div");
  const name = front.data.runs.length > 1 ? `${run.name}, ${run.ids[point]}` : run.ids[point];
  const head = element("header", {}, element("h3", {}, name));
  if (run.front[point]) head.append(element("span", { class: "badge" }, "on the front"));
  const told = [name, ...[front.y, front.x].map((key) => `${labelOf(key)} ${number(valuesOf(run, key)[point])}`)].join(", ");
  if (byId("told").textContent !== told) byId("told").textContent = told;
  panel.append(head, facts(run, point), origin(run, point));
  const shown = drawing(run, point);
  if (shown) panel.append(element("div", { class: "drawing", tabindex: "0", role: "group", "aria-label": `network of ${name}` }, shown));
  if (layersOf(run, point).length) {
    const what = layersOf(run, point)[0].nj === null ? "Multipliers of its layers" : "Energy of its layers";
    panel.append(element("details", {}, element("summary", {}, what), layerTable(run, point)));
  }
  // What is shown already stays, and with it whatever the reader opened, scrolled or is at.
  if (front.shown === panel.innerHTML && byId("chosen").children.length) return;
  const open = byId("chosen").querySelector("details")?.open;
  front.shown = panel.innerHTML;
  byId("chosen").replaceChildren(...panel.childNodes);
  if (open) byId("chosen").querySelector("details")?.setAttribute("open", "");
}

function choose(runNumber, point) {
  front.selected = { run: runNumber, point };
  showChosen(front.data.runs[runNumber], point);
  markChosen();
  drawFront();
  drawCurves();
}

function markChosen() {
  const { run: runNumber, point } = front.selected;
  for (const row of document.querySelectorAll("tr[data-point]")) {
    const is = Number(row.dataset.point) === point && Number(row.closest("table").dataset.run) === runNumber;
    row.classList.toggle("selected", is);
    if (is) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

// Strips are drawn once their row is in sight: a front of hundreds has ten thousands of layers.
function drawStripsInSight(within) {
  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      const number = Number(target.closest("table").dataset.run);
      target.replaceChildren(strip(front.data.runs[number], Number(target.parentElement.dataset.point)));
    }
  }, { rootMargin: "200px" });
  for (const cell of within.querySelectorAll("[data-strip]")) observer.observe(cell);
}

function startMembers(within) {
  drawStripsInSight(within);
  for (const table of within.querySelectorAll("table[data-run]")) {
    const number = Number(table.dataset.run);
    for (const row of table.querySelectorAll("tr[data-point]")) {
      row.querySelector("button").addEventListener("click", () => {
        choose(number, Number(row.dataset.point));
        byId("chosen").scrollIntoView({ block: "nearest" });
      });
    }
  }
}
