"use strict";

// The network of a point: its layers with their multipliers, as drawing, strip and table.

function layersOf(run, point) {
  const architecture = run.architectures[run.of[point]];
  if (!architecture) return [];
  return architecture.layers.map(([name, told, multiplications], i) => {
    const multiplier = run.multipliers[run.assignments[point][i]];
    const pj = multiplier ? multiplier.pj : null;
    return {
      name, told, multiplications,
      multiplier: multiplier ? multiplier.name : "unknown",
      relative: multiplier ? multiplier.relative : null,
      energyClass: multiplier ? multiplier.class : "e-",
      nj: pj === null || multiplications === null ? null : (multiplications * pj) / 1000,
    };
  });
}

// As much of a name as a box holds; names of circuits often differ at their ends.
const shortened = (name, most = 20) => (name.length > most ? `${name.slice(0, most - 9)}…${name.slice(-8)}` : name);

const SVG = "http://www.w3.org/2000/svg";

function strip(run, point, width = 180) {
  const layers = layersOf(run, point);
  const sizes = layers.map((layer) => Math.sqrt(layer.multiplications ?? 1));
  const total = sizes.reduce((sum, size) => sum + size, 0) || 1;
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({
    viewBox: `0 0 ${width} 16`, width, height: 16, role: "img", class: "strip",
    "aria-label": `${layers.length} layers that multiply`,
  })) svg.setAttribute(key, value);
  let x = 0;
  layers.forEach((layer, i) => {
    const size = (sizes[i] / total) * width;
    const bar = document.createElementNS(SVG, "rect");
    for (const [key, value] of Object.entries({
      class: layer.energyClass, x, width: Math.max(1, size - 1), height: 16,
    })) bar.setAttribute(key, value);
    const title = document.createElementNS(SVG, "title");
    title.textContent = `${layer.name}${layer.told ? ` (${layer.told})` : ""}: ${layer.multiplier}`;
    bar.append(title);
    svg.append(bar);
    x += size;
  });
  return svg;
}

function drawing(run, point) {
  const architecture = run.architectures[run.of[point]];
  if (architecture && !architecture.svg) return strip(run, point, 400);
  if (!architecture) {
    if (!run.made) return null;
    const made = run.made[run.ids[point].split("-").slice(0, 2).join("-")];
    return made && made.meaning ? element("pre", {}, made.meaning) : null;
  }
  const parsed = new DOMParser().parseFromString(architecture.svg, "image/svg+xml");
  const svg = document.importNode(parsed.documentElement, true);
  const layers = new Map(layersOf(run, point).map((layer) => [layer.name, layer]));
  for (const group of svg.querySelectorAll("[data-layer]")) {
    const layer = layers.get(group.getAttribute("data-layer"));
    const [chip, text] = [...group.children].slice(-2);
    chip.setAttribute("class", layer.energyClass);
    text.textContent = shortened(layer.multiplier);
    const title = document.createElementNS(SVG, "title");
    title.textContent = `${layer.name}: ${layer.multiplier}, ${number(layer.nj)} nJ`;
    chip.append(title);
  }
  return svg;
}

function layerTable(run, point) {
  const layers = layersOf(run, point);
  const total = layers.reduce((sum, layer) => sum + (layer.nj || 0), 0);
  const head = element("tr");
  const works = layers.some((layer) => layer.multiplications !== null);
  const names = [["layer", ""], ["does", ""], ["multiplier", ""], ["MMAC", "number"], ["nJ", "number"], ["share", "number"]];
  const few = [["layer", ""], ["multiplier", ""], ["exact 8-bit = 1", "number"]];
  for (const [name, kind] of works ? names : few) head.append(element("th", kind ? { class: kind } : {}, name));
  const body = element("tbody");
  for (const layer of layers) {
    if (!works) {
      body.append(element("tr", {}, element("td", {}, layer.name), element("td", {}, layer.multiplier),
        element("td", { class: "number" }, number(layer.relative))));
      continue;
    }
    const share = layer.nj === null || !total ? null : layer.nj / total;
    const bar = element("span", { class: "bar", style: `width:${((share || 0) * 60).toFixed(1)}px` });
    body.append(element("tr", {},
      element("td", {}, layer.name), element("td", {}, layer.told), element("td", {}, layer.multiplier),
      element("td", { class: "number" }, number(layer.multiplications / 1e6)),
      element("td", { class: "number" }, number(layer.nj)),
      element("td", { class: "number" }, bar, share === null ? " –" : ` ${(100 * share).toFixed(1)} %`)));
  }
  return element("div", { class: "scroll", tabindex: "0" }, element("table", {}, element("thead", {}, head), body));
}
