"use strict";

// Training curves of the front's members, and the hypervolume of each run over what it took.

const CURVES = { loss: "training loss", accuracy: "training accuracy (%)", val_accuracy: "validation accuracy (%)" };

// A curve of all the trainings that led to a point's weights, the first one first.
function curveOf(run, point, key) {
  const [x, y] = [[], []];
  for (const step of [...run.lineages[point]].reverse()) {
    const training = run.trainings[step];
    (training && training[key] ? training[key] : []).forEach((value, i) => {
      if (value === null) return;
      x.push(training.passes[i]);
      y.push(key === "loss" ? value : 100 * value);
    });
  }
  return { x, y };
}

// All of a run's front as one line with gaps: hundreds of lines would take seconds to draw.
function curvesOf(run, key) {
  const seen = new Set();
  const [x, y, text] = [[], [], []];
  run.ids.forEach((_, point) => {
    const weights = run.lineages[point][0];
    if (!run.front[point] || !weights || seen.has(weights)) return;
    seen.add(weights);
    const curve = curveOf(run, point, key);
    x.push(...curve.x, null);
    y.push(...curve.y, null);
    text.push(...curve.x.map(() => plain(weights)), "");
  });
  return { type: "scatter", mode: "lines+markers", x, y, text, connectgaps: false, opacity: 0.45, showlegend: false,
    hovertemplate: "%{text}: %{y:.4g}<extra></extra>", line: { color: shade(run.color), width: 1.2 }, marker: { size: 3 } };
}

function drawCurves() {
  if (byId("curves").hidden) return;
  const key = byId("curve-y").value;
  const traces = front.data.runs.map((each) => curvesOf(each, key));
  const { run, point } = front.selected;
  const chosen = curveOf(front.data.runs[run], point, key);
  traces.push({ type: "scatter", mode: "lines+markers", name: front.data.runs[run].ids[point], ...chosen, showlegend: false,
    hovertemplate: "%{y:.4g}<extra></extra>", line: { color: style("--mark"), width: 3 }, marker: { size: 5 } });
  Plotly.react(byId("curve-plot"), traces, layout("passes over the training images", CURVES[key]), plotOptions);
}

function showCurves() {
  const known = Object.keys(CURVES).filter((key) =>
    front.data.runs.some((run) => Object.values(run.trainings).some((training) => training[key])));
  const select = byId("curve-y");
  const there = [...select.options].map((option) => option.value);
  for (const key of known.filter((each) => !there.includes(each))) select.append(element("option", { value: key }, CURVES[key]));
  byId("curves").hidden = !known.length;
}

function startCurves() {
  showCurves();
  byId("curve-y").addEventListener("change", drawCurves);
}

function drawProgress() {
  if (byId("progress").hidden) return;
  const key = byId("progress-x").value;
  const traces = front.data.runs.map((run) => ({
    type: "scatter", mode: "lines", name: plain(run.name), showlegend: front.data.runs.length > 1,
    x: run.progress[key], y: run.progress.hypervolume, line: { shape: "hv", width: 2, color: shade(run.color) },
  }));
  const across = { evaluations: "evaluations", hours: "hours of work" }[key];
  Plotly.react(byId("progress-plot"), traces, layout(across, "hypervolume"), plotOptions);
}

function showProgress() {
  byId("progress").hidden = !front.data.runs.some((run) => run.progress.hypervolume.length);
  drawProgress();
}

function startProgress() {
  byId("progress-x").addEventListener("change", drawProgress);
  showProgress();
}
