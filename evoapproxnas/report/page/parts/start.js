"use strict";

// A page on the disk carries its data and plotly.js with it.

async function unpackFigures() {
  const data = JSON.parse(await unpack("packed-data"));
  document.body.append(element("script", {}, await unpack("packed-plotly")));
  startFigures(data);
  document.documentElement.dataset.ready = "true";
}

startSorting(document);
startCopying(document);
if (byId("front")) {
  unpackFigures().catch((error) => {
    byId("trouble").hidden = false;
    byId("trouble").textContent = `The figures cannot be drawn in this browser (${error.message}); the tables below are whole. A browser of 2023 or later draws them.`;
    throw error;
  });
} else {
  document.documentElement.dataset.ready = "true";
}
