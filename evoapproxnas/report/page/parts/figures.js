"use strict";

// All figures of a page: begun once, and drawn anew when there is more to draw.

function startFigures(data) {
  startFront(data);
  startMembers(document);
  startProgress();
  startCurves();
  const first = data.runs.findIndex((run) => run.ids.length);
  choose(first, data.runs[first].best);
}

// The same runs as before, which may have grown; what the reader chose stays.
function updateFigures(data) {
  const { run, point } = front.selected;
  const id = front.data.runs[run].ids[point];
  front.data = data;
  fillAxes();
  showProgress();
  showCurves();
  const still = data.runs[run].ids.indexOf(id);
  if (still >= 0) choose(run, still);
  else choose(data.runs.findIndex((each) => each.ids.length), 0);
}

function redrawFigures() {
  drawFront();
  drawCurves();
  drawProgress();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (byId("front") && front.data) redrawFigures();
});
