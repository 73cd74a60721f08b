"use strict";

/* Sort each group of a table by the column of a button: the lowest first, which is the best of all numbers shown. */
function sort(button) {
  const head = button.closest("th");
  const ascending = head.getAttribute("aria-sort") !== "ascending";
  const key = (row) => {
    const text = row.cells[head.cellIndex].textContent.trim();
    const number = parseFloat(text.replace(/,/g, ""));
    return { text, number, empty: text === "" || text === "none" };
  };
  const order = (a, b) =>
    isNaN(a.number) || isNaN(b.number) ? a.text.localeCompare(b.text) : a.number - b.number;
  for (const body of button.closest("table").tBodies) {
    const rows = models(body).map((row) => [key(row), row]);
    rows.sort(([a], [b]) => a.empty - b.empty || (ascending ? order(a, b) : order(b, a)));
    body.append(...rows.map(([, row]) => row));
  }
  for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
  mark(button.closest("table"));
}

/* The rows of a group but for its title. */
function models(body) {
  return [...body.rows].slice(1);
}

/* Shade the column by which a table is sorted. */
function mark(table) {
  const sorted = table.querySelector("thead [aria-sort]").cellIndex;
  for (const row of [...table.tHead.rows, ...[...table.tBodies].flatMap(models)])
    for (const cell of row.cells) cell.classList.toggle("sorted", cell.cellIndex === sorted);
}

for (const table of document.querySelectorAll(".sortable")) {
  mark(table);
  for (const button of table.querySelectorAll("thead button"))
    button.addEventListener("click", () => sort(button));
}

/* Show what each variant drew after the epoch of the slider. */
const slider = document.getElementById("epoch");
const play = document.getElementById("play");

function show() {
  const epoch = Number(slider.dataset.epochs.split(" ")[slider.value]);
  slider.setAttribute("aria-valuetext", `epoch ${epoch}`);
  document.getElementById("shown").textContent = epoch;
  for (const figure of document.querySelectorAll(".growing")) {
    const images = [...figure.querySelectorAll("img")];
    const seen = images.filter((image) => Number(image.dataset.epoch) <= epoch);
    images.forEach((image) => { image.hidden = image !== seen.at(-1); });
  }
}

/* Go on by one epoch until the last; played again, from the first. */
let timer;

function stop() {
  clearInterval(timer);
  timer = undefined;
  play.textContent = "Play";
}

function step() {
  slider.valueAsNumber += 1;
  show();
  if (slider.value === slider.max) stop();
}

slider?.addEventListener("input", () => { stop(); show(); });
play?.addEventListener("click", () => {
  if (timer) return stop();
  if (slider.value === slider.max) slider.value = 0;
  show();
  play.textContent = "Pause";
  timer = setInterval(step, 500);
});

/* Show the models that have all words of the search box, and the groups that have such models. */
const search = document.getElementById("find");

function find() {
  const words = search.value.toLowerCase().split(/\s+/);
  for (const one of document.querySelectorAll("[data-find]"))
    one.hidden = !words.every((word) => one.dataset.find.includes(word));
  for (const group of document.querySelectorAll("[data-group]"))
    group.hidden = !group.querySelector("[data-find]:not([hidden])");
  const found = document.getElementById("found");
  const count = document.querySelectorAll("#contents [data-find]:not([hidden])").length;
  const all = found.dataset.count;
  found.textContent = count === Number(all) ? `${all} models` : `${count} of ${all} models`;
}

search.addEventListener("input", find);
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== search) {
    event.preventDefault();
    search.focus();
  }
});
