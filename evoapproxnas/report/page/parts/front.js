"use strict";

// The interactive front: all points of all runs in two figures of one's choice.

const front = { data: null, plot: null, x: "", y: "", selected: { run: 0, point: 0 }, ordered: [], shown: "" };

const valuesOf = (run, key) => (run.columns[key] ? run.columns[key].values : run.ids.map(() => null));
const labelOf = (key) => front.data.runs.map((run) => run.columns[key]).find(Boolean).label;
const directionOf = (key) => front.data.runs.map((run) => run.columns[key]?.direction).find(Boolean) || "";

function startAxes() {
  const { runs } = front.data;
  const keys = [...new Set(runs.flatMap((run) => Object.keys(run.columns)))];
  const goals = keys.filter((key) => runs.some((run) => run.columns[key] && run.columns[key].direction));
  [front.y, front.x = "evaluation"] = commonGoals(goals);
  fillAxes();
  for (const axis of ["x", "y"]) {
    const select = byId(`axis-${axis}`);
    select.addEventListener("change", () => {
      front[axis] = select.value;
      byId("log-x").checked = isWide(front.x);
      drawFront();
    });
  }
  byId("log-x").checked = isWide(front.x);
  byId("log-x").addEventListener("change", drawFront);
}

// Goals that all have, if two are, what is to be large before what is to be small.
function commonGoals(goals) {
  const shared = goals.filter((key) => front.data.runs.every((run) => run.columns[key]));
  if (shared.length < 2 || shared.length === goals.length) return goals;
  return [...shared].sort((a, b) => (directionOf(b) === "max") - (directionOf(a) === "max"));
}

function fillAxes() {
  const keys = [...new Set(front.data.runs.flatMap((run) => Object.keys(run.columns)))];
  for (const axis of ["x", "y"]) {
    const select = byId(`axis-${axis}`);
    const same = select.options.length === keys.length && keys.every((key, i) => select.options[i].value === key);
    if (!keys.includes(front[axis])) front[axis] = keys[0];
    if (!same) select.replaceChildren(...keys.map((key) => element("option", { value: key }, labelOf(key))));
    select.value = front[axis];
  }
}

function isWide(key) {
  const values = front.data.runs.flatMap((run) => valuesOf(run, key)).filter((v) => v !== null);
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return low > 0 && high / low > 12 && directionOf(key) !== "max" && key !== "evaluation";
}

function chosenPoints(run, keep) {
  const [xs, ys] = [valuesOf(run, front.x), valuesOf(run, front.y)];
  return run.ids.map((_, i) => i).filter((i) => keep(i) && xs[i] !== null && ys[i] !== null);
}

function trace(run, number, points, more) {
  const [xs, ys] = [valuesOf(run, front.x), valuesOf(run, front.y)];
  return {
    type: "scatter", mode: "markers", hoverinfo: "none",
    x: points.map((i) => xs[i]), y: points.map((i) => ys[i]),
    customdata: points.map((i) => [number, i]), ...more,
  };
}

const MOST_TWINS = 80; // More of them hide the front.

// The same networks with the exact multiplier, where both figures are known for them.
function twins(run, number, members, color) {
  const key = (name) => ({ accuracy: "exact8_accuracy", test_accuracy: "test_exact8_accuracy", energy_nj: "exact8_energy_nj" })[name];
  const [kx, ky] = [key(front.x) || "", key(front.y) || ""];
  if (!run.columns[kx] || !run.columns[ky]) return [];
  const [xs, ys] = [valuesOf(run, front.x), valuesOf(run, front.y)];
  const [ex, ey] = [valuesOf(run, kx), valuesOf(run, ky)];
  const known = members.filter((i) => ex[i] !== null && ey[i] !== null);
  const few = known.length <= MOST_TWINS;
  return [
    {
      type: "scatter", mode: "lines", hoverinfo: "skip", showlegend: false, visible: few,
      line: { color: style("--line"), width: 1 },
      x: known.flatMap((i) => [xs[i], ex[i], null]), y: known.flatMap((i) => [ys[i], ey[i], null]),
    },
    {
      type: "scatter", mode: "markers", hoverinfo: "none", name: "the same networks, exact 8-bit",
      showlegend: number === 0, visible: few ? true : "legendonly", customdata: known.map((i) => [number, i]),
      marker: { symbol: "square-open", size: 7, color },
      x: known.map((i) => ex[i]), y: known.map((i) => ey[i]),
    },
  ];
}

// What became of members that were trained for long; they are known on test images only.
function finished(run, color, several) {
  if (front.x !== "energy_nj" || front.y !== "test_accuracy") return [];
  return [["approximate", "diamond"], ["exact", "square"]].map(([what, symbol]) => {
    const rows = run.finished.filter(([, kind]) => kind.startsWith("exact") === (what === "exact"));
    return {
      type: "scatter", mode: "markers", name: `${several ? `${plain(run.name)}, ` : ""}${run.finishedTold || `finished, ${what}`}`,
      x: rows.map((row) => row[2]), y: rows.map((row) => row[3]), text: rows.map(([id, kind]) => plain(`${id}, ${kind}`)),
      hovertemplate: "%{text}: %{y:.4g} % at %{x:.4g} nJ<extra></extra>",
      marker: { symbol, size: 9, color: what === "exact" ? style("--card") : style("--mark"), line: { width: 1.6, color: what === "exact" ? style("--mark") : color } },
    };
  });
}

// Points that count for nothing lie far off, and would press the fronts together: the legend has
// them, once for all runs.
function hidden(run) {
  const told = (each) => each.beyondTold || "beyond a limit";
  const first = front.data.runs.find((each) => told(each) === told(run) && each.beyond.some(Boolean));
  return { name: told(run), legendgroup: told(run), showlegend: run === first, visible: "legendonly" };
}

function tracesOf(run, number) {
  const color = shade(run.color);
  const several = front.data.runs.length > 1;
  const members = chosenPoints(run, (i) => run.front[i]);
  const xs = valuesOf(run, front.x);
  members.sort((a, b) => xs[a] - xs[b]);
  if (number === front.selected.run) front.ordered = members;
  const goals = directionOf(front.x) && directionOf(front.y) && front.x !== front.y;
  const steps = directionOf(front.x) === "min" ? "hv" : "vh";
  return [
    ...twins(run, number, members, color),
    trace(run, number, chosenPoints(run, (i) => !run.front[i] && !run.beyond[i]), {
      name: several ? `${plain(run.name)}, others` : "other points", showlegend: !several,
      marker: { size: 5.5, color, opacity: 0.35 },
    }),
    trace(run, number, chosenPoints(run, (i) => !run.front[i] && run.beyond[i]), {
      ...hidden(run),
      marker: { size: 5, symbol: "x-thin-open", color: style("--dim"), opacity: 0.6 },
    }),
    trace(run, number, members, {
      name: several ? plain(run.name) : "front", mode: goals ? "lines+markers" : "markers",
      line: { color, width: 1.3, shape: steps }, marker: { size: 9, color, line: { width: 1, color: style("--card") } },
    }),
    ...finished(run, color, several),
  ];
}

function selectedTrace() {
  const run = front.data.runs[front.selected.run];
  return trace(run, front.selected.run, [front.selected.point], {
    name: "chosen", showlegend: false, hoverinfo: "skip",
    marker: { size: 17, symbol: "circle-open", color: style("--mark"), line: { width: 2.5 } },
  });
}

function drawFront() {
  const traces = front.data.runs.flatMap(tracesOf).filter((t) => t.x.length);
  const log = byId("log-x").checked;
  const shown = layout(labelOf(front.x), labelOf(front.y), { xaxis: log ? logAxis(traces) : {} });
  // What was zoomed to stays while points are added or chosen, until the axes are others.
  Plotly.react(front.plot, [...traces, selectedTrace()], { ...shown, uirevision: `${front.x} ${front.y} ${log}` }, plotOptions);
  tellMissing();
}

function tellMissing() {
  const without = front.data.runs.filter((run) => run.ids.length && !chosenPoints(run, () => true).length);
  byId("missing").hidden = !without.length;
  byId("missing").textContent = `Not known of ${without.map((run) => run.name).join(", ")}: choose other figures to see them.`;
}

// Ticks at 1, 2, 5, 10, ... written out, as many as there is room for; Plotly leaves the zeros away.
function logAxis(traces) {
  const xs = traces.flatMap((each) => each.x).filter((x) => x !== null && x > 0);
  const [low, high] = [xs.reduce((a, b) => Math.min(a, b), Infinity), xs.reduce((a, b) => Math.max(a, b), 0)];
  const room = (front.plot.clientWidth - 80) / Math.log10(high / low); // pixels from 1 to 10
  const digits = room > 190 ? [1, 2, 5] : room > 90 ? [1, 3] : [1];
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const digit of digits) ticks.push(digit * 10 ** power);
  }
  return { type: "log", tickvals: ticks, ticktext: ticks.map(number) };
}

function hoverCard(run, point) {
  const card = element("div", { class: "hover" }, element("b", {}, front.data.runs.length > 1 ? `${run.name} ${run.ids[point]}` : run.ids[point]));
  const shown = [...new Set([front.y, front.x, ...Object.keys(run.columns).filter((key) => run.columns[key].direction)])];
  for (const key of shown) {
    if (run.columns[key]) card.append(element("div", {}, element("span", { class: "dim" }, run.columns[key].label), element("span", {}, number(run.columns[key].values[point]))));
  }
  const architecture = run.architectures[run.of[point]];
  if (architecture) {
    const more = architecture.macs === null ? "" : `, ${number(architecture.macs / 1e6)} MMAC, ${number(architecture.parameters)} parameters`;
    const told = `${architecture.layers.length} layers${more}`;
    card.append(element("div", { class: "dim" }, told), strip(run, point, 230));
  }
  return card;
}

function showHover(event) {
  hideHover();
  const mark = event.points.find((each) => each.customdata);
  if (!mark) return;
  const card = hoverCard(front.data.runs[mark.customdata[0]], mark.customdata[1]);
  document.body.append(card);
  const box = card.getBoundingClientRect();
  const { clientX, clientY } = event.event;
  const left = Math.min(clientX + 14, document.documentElement.clientWidth - box.width - 8);
  const top = clientY + 14 + box.height > innerHeight ? clientY - 14 - box.height : clientY + 14;
  card.style.left = `${Math.max(4, left) + scrollX}px`;
  card.style.top = `${top + scrollY}px`;
}

function hideHover() {
  for (const card of document.querySelectorAll(".hover")) card.remove();
}

function stepAlongFront(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || !front.ordered.length) return;
  event.preventDefault();
  const at = front.ordered.indexOf(front.selected.point);
  const next = at < 0 ? 0 : Math.min(front.ordered.length - 1, Math.max(0, at + step));
  choose(front.selected.run, front.ordered[next]);
}

function startFront(data) {
  front.data = data;
  front.plot = byId("front-plot");
  front.selected = { run: 0, point: 0 };
  startAxes();
  drawFront();
  front.plot.on("plotly_click", (event) => {
    const mark = event.points.find((each) => each.customdata);
    if (mark) choose(...mark.customdata);
  });
  front.plot.on("plotly_hover", showHover);
  front.plot.on("plotly_unhover", hideHover);
  front.plot.addEventListener("keydown", stepAlongFront);
}
