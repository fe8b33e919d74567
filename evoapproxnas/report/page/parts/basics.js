"use strict";

// What all parts share: elements, numbers, colours, and what is packed into the page.

const byId = (id) => document.getElementById(id);

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

async function unpack(id) {
  const bytes = Uint8Array.from(atob(byId(id).textContent.trim()), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

function number(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (Math.abs(value) >= 1000) return value.toLocaleString("en", { maximumFractionDigits: 0 });
  return String(Number(value.toPrecision(4)));
}

// Plotly understands a little HTML in names; whoever named a run or a figure did not mean any.
const plain = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const isDark = () => matchMedia("(prefers-color-scheme: dark)").matches;

// Colours of runs are made for white; on black they need light.
function shade(color) {
  if (!isDark()) return color;
  const parts = [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));
  return `rgb(${parts.map((part) => Math.round(part + (255 - part) * 0.42)).join(",")})`;
}

function layout(across, up, more = {}) {
  const axis = (title) => ({
    title: { text: plain(title), standoff: 8 }, gridcolor: style("--line"), zeroline: false,
    linecolor: style("--line"), automargin: true, ...(more.axis || {}),
  });
  return {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: style("--text"), size: 12.5, family: "system-ui, sans-serif" },
    margin: { l: 56, r: 12, t: 12, b: 48 }, hovermode: "closest", dragmode: "zoom",
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, bgcolor: "rgba(0,0,0,0)" },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: style("--dim"), activecolor: style("--accent") },
    xaxis: { ...axis(across), ...(more.xaxis || {}) }, yaxis: { ...axis(up), ...(more.yaxis || {}) },
  };
}

const plotOptions = {
  responsive: true, displaylogo: false,
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
  toImageButtonOptions: { format: "svg" },
};
