
"use strict";
const search = document.getElementById("search");
const sections = [...document.querySelectorAll("section[data-text]")];
const entries = new Map([...document.querySelectorAll("nav a[data-table]")].map(a => [a.dataset.table, a.parentElement]));
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of sections) {
    const hidden = !words.every(word => section.dataset.text.includes(word));
    section.hidden = hidden;
    entries.get(section.dataset.table).hidden = hidden;
  }
});
document.addEventListener("keydown", event => {
  if (event.key === "/" && document.activeElement !== search) { event.preventDefault(); search.focus(); }
});
const picture = document.getElementById("picture");
const svg = picture.querySelector("svg");
const natural = Number(svg.getAttribute("width"));
const zoom = factor => {
  const width = svg.getBoundingClientRect().width;
  picture.classList.remove("fit");
  const next = Math.min(Math.max(width * factor, 200), natural * 4);
  svg.style.width = next + "px";
  svg.style.height = "auto";
};
document.getElementById("in").addEventListener("click", () => zoom(1.3));
document.getElementById("out").addEventListener("click", () => zoom(1 / 1.3));
document.getElementById("fit").addEventListener("click", () => { svg.style.width = svg.style.height = ""; picture.classList.toggle("fit"); });
// The first corner of a large diagram may be empty: it opens on the table with the most arrows.
const arrows = new Map();
for (const path of svg.querySelectorAll("path[data-from]")) {
  for (const place of [path.dataset.from, path.dataset.to]) { arrows.set(place, (arrows.get(place) ?? 0) + 1); }
}
const weight = table => arrows.get(table.dataset.table) ?? 0;
const middle = [...svg.querySelectorAll(".table")].reduce((most, table) => most && weight(most) >= weight(table) ? most : table, null);
if (middle) {
  const [box, frame] = [middle.getBoundingClientRect(), picture.getBoundingClientRect()];
  picture.scrollLeft += box.left - frame.left - Math.max((frame.width - box.width) / 2, 0);
  picture.scrollTop += box.top - frame.top - Math.max((frame.height - box.height) / 2, 0);
}
const light = place => {
  svg.classList.toggle("lit", place !== null);
  const on = new Set([place]);
  for (const path of svg.querySelectorAll("path[data-from]")) {
    const touches = path.dataset.from === place || path.dataset.to === place;
    path.classList.toggle("on", touches);
    if (touches) { on.add(path.dataset.from); on.add(path.dataset.to); }
  }
  for (const table of svg.querySelectorAll(".table")) { table.classList.toggle("on", on.has(table.dataset.table)); }
};
for (const table of svg.querySelectorAll(".table")) {
  table.addEventListener("mouseenter", () => light(table.dataset.table));
  table.addEventListener("mouseleave", () => light(null));
  table.addEventListener("click", () => { location.hash = "t" + table.dataset.table; });
}
