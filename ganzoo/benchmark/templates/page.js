"use strict";

/* Sort a table by the column of a button, numbers by the first in the cell. */
function sort(button) {
  const head = button.closest("th");
  const body = button.closest("table").tBodies[0];
  const ascending = head.getAttribute("aria-sort") !== "ascending";
  const key = (row) => {
    const text = row.cells[head.cellIndex].textContent.trim();
    const number = parseFloat(text.replace(/,/g, ""));
    return { text, number, empty: text === "" || text === "none" };
  };
  const order = (a, b) =>
    isNaN(a.number) || isNaN(b.number) ? a.text.localeCompare(b.text) : a.number - b.number;
  const rows = [...body.rows].map((row) => [key(row), row]);
  rows.sort(([a], [b]) => a.empty - b.empty || (ascending ? order(a, b) : order(b, a)));
  body.append(...rows.map(([, row]) => row));
  for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
}

for (const button of document.querySelectorAll(".sortable thead button"))
  button.addEventListener("click", () => sort(button));

/* Show what each variant drew after the epoch of the slider. */
const slider = document.getElementById("epoch");
slider?.addEventListener("input", () => {
  const epoch = Number(slider.dataset.epochs.split(" ")[slider.value]);
  slider.setAttribute("aria-valuetext", `epoch ${epoch}`);
  document.getElementById("shown").textContent = epoch;
  for (const figure of document.querySelectorAll(".growing")) {
    const pictures = [...figure.querySelectorAll("img")];
    const seen = pictures.filter((picture) => Number(picture.dataset.epoch) <= epoch);
    pictures.forEach((picture) => { picture.hidden = picture !== seen.at(-1); });
  }
});
