"use strict";

// Tables are sorted and commands copied, with or without figures.

function startSorting(within) {
  for (const table of within.querySelectorAll("table.sortable")) {
    table.querySelectorAll("thead th").forEach((head, column) => {
      const button = element("button", { type: "button" }, ...head.childNodes);
      head.replaceChildren(button);
      button.addEventListener("click", () => sortBy(table, column));
    });
  }
}

function sortBy(table, column) {
  const head = table.querySelectorAll("thead th")[column];
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of table.querySelectorAll("thead th")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const value = (row) => {
    const cell = row.cells[column];
    const told = cell.dataset.value ?? cell.textContent.trim();
    return told === "" || Number.isNaN(Number(told)) ? told : Number(told);
  };
  const rows = [...table.tBodies[0].rows];
  rows.sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === "" || y === "") return (x === "") - (y === ""); // What is not known comes last.
    const order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), "en", { numeric: true });
    return down ? -order : order;
  });
  table.tBodies[0].append(...rows);
}

function startCopying(within) {
  for (const button of within.querySelectorAll("[data-copy]")) {
    const line = button.previousElementSibling;
    button.setAttribute("aria-label", `copy: ${line.textContent.slice(0, 120)}`);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(line.textContent);
        button.textContent = "copied";
      } catch {
        getSelection().selectAllChildren(line);
        button.textContent = "selected";
      }
      setTimeout(() => { button.textContent = "copy"; }, 1500);
    });
  }
}
