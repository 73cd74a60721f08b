"use strict";

/* Numbers as readers have them: few digits, and a minus that is one. */
function format(value, digits = 3) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-3 ? value.toExponential(0) : String(Number(value.toPrecision(digits)));
  return text.replace("-", "−");
}

/* A number with two decimals, where small ones are no matter. */
const decimal = (value) => value.toFixed(2).replace(/^-(0\.00)$/, "$1").replace("-", "−");

const count = (value) => Math.round(value).toLocaleString("en");

const percent = (share) => `${Math.round(100 * share)} %`;

/* An array of bytes that `records.pack` has packed, as numbers. */
function unpack({ shape, low, high, bytes }) {
  const text = atob(bytes);
  const values = new Float32Array(text.length);
  for (let i = 0; i < text.length; i++) values[i] = low + ((high - low) * text.charCodeAt(i)) / 255;
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  return { shape, at: (i) => values.subarray(i * size, (i + 1) * size) };
}

/* Every second of two numbers in a row: `[x, y, x, y]` to its x or its y. */
const every = (values, first) => Array.from({ length: values.length / 2 }, (_, i) => values[2 * i + first]);

/* Round steps of an axis, about `most` of them. */
function ticks(low, high, most) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((each) => each * power >= rough);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) found.push(i * step);
  return found;
}

/* Ticks of a logarithmic axis: its powers of ten, or 1, 2 and 5 times powers if it has only one or none. */
function decades(powers, [low, high]) {
  if (powers.length > 1) return powers.map((power) => 10 ** power);
  const first = Math.floor(Math.log10(low));
  return [first, first + 1, first + 2].flatMap((power) => [1, 2, 5].map((k) => k * 10 ** power)).filter((tick) => tick >= low && tick <= high);
}

let plotted = 0;

/*
 * A drawing with axes, whose marks are set anew at each step of a slider.
 *
 * `x` and `y` are the ends of the axes; `log` makes the y axis logarithmic. Without `xLabel` and `yLabel` there are
 * no axes, only a frame.
 */
class Plot {
  constructor(stage, { title, note = "", x, y, xLabel, yLabel, width = 320, height = 240, log = false, bare = false }) {
    Object.assign(this, { title, x, y, width, height, log });
    this.id = `plot${plotted++}`;
    this.box = bare ? [1, 1, width - 1, height - 1] : [54, 8, width - 14, height - 38];
    const [left, top, right, bottom] = this.box;
    // A mark at an end of the x axis is shown whole.
    const beyond = bare ? 0 : 8;
    const figure = document.createElement("figure");
    figure.innerHTML =
      `<figcaption><b></b><small></small></figcaption><svg viewBox="0 0 ${width} ${height}" role="img">` +
      `<clipPath id="${this.id}"><rect x="${left - beyond}" y="${top}" width="${right - left + 2 * beyond}" height="${bottom - top}"/></clipPath>` +
      `<g>${bare ? "" : this.axes(xLabel, yLabel)}</g><g clip-path="url(#${this.id})"></g>` +
      `<rect class="frame" x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/><g></g></svg>`;
    figure.querySelector("b").textContent = title;
    figure.querySelector("small").textContent = note;
    stage.append(figure);
    this.svg = figure.querySelector("svg");
    [, this.inside, this.outside] = this.svg.querySelectorAll(":scope > g");
    this.describe("");
  }

  /* What a screen reader says of the drawing. */
  describe(text) {
    this.svg.setAttribute("aria-label", [this.title, text].filter(Boolean).join(": "));
  }

  /* What stands below the title. */
  note(text) {
    this.svg.parentNode.querySelector("small").textContent = text;
  }

  set(...marks) {
    this.inside.innerHTML = marks.join("");
  }

  /* Marks that may leave the frame, like labels. */
  setOutside(...marks) {
    this.outside.innerHTML = marks.join("");
  }

  px(value) {
    const [left, , right] = this.box;
    return left + ((value - this.x[0]) / (this.x[1] - this.x[0])) * (right - left);
  }

  py(value) {
    const [, top, , bottom] = this.box;
    const place = this.log ? Math.log10 : (v) => v;
    const [low, high] = this.y.map(place);
    return bottom - ((place(Math.max(value, this.log ? 1e-300 : -Infinity)) - low) / (high - low)) * (bottom - top);
  }

  axes(xLabel, yLabel) {
    const [left, top, right, bottom] = this.box;
    const marks = [];
    for (const tick of ticks(...this.x, 4)) {
      const [x, label] = [this.px(tick).toFixed(1), this.tick(tick)];
      const anchor = label.length > 4 && right - x < 20 ? "end" : "middle";
      marks.push(`<path class="grid" d="M${x} ${top}V${bottom}"/><text x="${anchor === "end" ? right + 12 : x}" y="${bottom + 16}" text-anchor="${anchor}">${label}</text>`);
    }
    const powers = this.log ? ticks(...this.y.map(Math.log10), 4).filter(Number.isInteger) : [];
    for (const tick of this.log ? decades(powers, this.y) : ticks(...this.y, 4)) {
      const y = this.py(tick).toFixed(1);
      const label = powers.length > 1 ? `10<tspan dy="-5" font-size="10">${String(Math.round(Math.log10(tick))).replace("-", "−")}</tspan>` : this.tick(tick);
      marks.push(`<path class="grid" d="M${left} ${y}H${right}"/><text x="${left - 5}" y="${Number(y) + 4}" text-anchor="end">${label}</text>`);
    }
    if (xLabel) marks.push(`<text x="${(left + right) / 2}" y="${bottom + 34}" text-anchor="middle">${xLabel}</text>`);
    if (yLabel) marks.push(`<text transform="translate(12 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">${yLabel}</text>`);
    return marks.join("");
  }

  tick(value) {
    return Math.abs(value) >= 1000 ? count(value).replace("-", "−") : format(value);
  }

  path(xs, ys) {
    let d = "";
    for (let i = 0; i < ys.length; i++) d += `${i ? "L" : "M"}${this.px(xs[i]).toFixed(1)} ${this.py(ys[i]).toFixed(1)}`;
    return d;
  }

  line(xs, ys, look) {
    return `<path class="line ${look}" d="${this.path(xs, ys)}"/>`;
  }

  /* The area between a curve and 0. */
  area(xs, ys, look) {
    const base = this.py(0).toFixed(1);
    const d = `${this.path(xs, ys)}L${this.px(xs.at(-1)).toFixed(1)} ${base}L${this.px(xs[0]).toFixed(1)} ${base}Z`;
    return `<path class="area ${look}" d="${d}"/>`;
  }

  points(xs, ys, size, look) {
    let d = "";
    for (let i = 0; i < xs.length; i++) d += `M${this.px(xs[i]).toFixed(1)} ${this.py(ys[i]).toFixed(1)}h0`;
    return `<path class="points ${look}" stroke-width="${size}" d="${d}"/>`;
  }

  mark(x, y, look, radius = 5) {
    return `<circle class="mark ${look}" cx="${this.px(x).toFixed(1)}" cy="${this.py(y).toFixed(1)}" r="${radius}"/>`;
  }

  ring(x, y, radius, look) {
    return `<circle class="ring ${look}" cx="${this.px(x).toFixed(1)}" cy="${this.py(y).toFixed(1)}" r="${radius}"/>`;
  }

  /* An arrow by a vector in units of the drawing. */
  arrow(x, y, dx, dy, look) {
    const [x0, y0, x1, y1] = [this.px(x), this.py(y), this.px(x + dx), this.py(y + dy)];
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (length < 1.5) return `<path class="points ${look}" stroke-width="2" d="M${x0.toFixed(1)} ${y0.toFixed(1)}h0"/>`;
    const head = Math.min(5, 0.5 * length);
    const [ux, uy] = [((x1 - x0) / length) * head, ((y1 - y0) / length) * head];
    const at = (a, b) => `${(x1 + a).toFixed(1)} ${(y1 + b).toFixed(1)}`;
    return `<path class="thin ${look}" d="M${x0.toFixed(1)} ${y0.toFixed(1)}L${at(0, 0)}M${at(-ux - 0.6 * uy, -uy + 0.6 * ux)}L${at(0, 0)}L${at(-ux + 0.6 * uy, -uy - 0.6 * ux)}"/>`;
  }

  /* Where the slider is, on an axis of time. */
  now(x) {
    const [, top, , bottom] = this.box;
    return `<path class="now" d="M${this.px(x).toFixed(1)} ${top}V${bottom}"/>`;
  }

  text(x, y, text, anchor = "middle") {
    return `<text x="${this.px(x).toFixed(1)}" y="${this.py(y).toFixed(1)}" text-anchor="${anchor}">${text}</text>`;
  }

  /* Grey values in [-1, 1] as a square image: all over the frame, or from a place on and 1 wide. */
  picture(values, size, place) {
    const [left, top, right, bottom] = this.box;
    const [x, y] = place ? [this.px(place[0]), this.py(place[1])] : [left, top];
    const [width, height] = place ? [this.px(1) - this.px(0), this.py(1) - this.py(0)] : [right - left, bottom - top];
    const grey = (value) => [...Array(3).fill(Math.round(127.5 * (Math.min(1, value) + 1))), 255];
    return `<image class="picture" href="${painted(values, size, grey)}" x="${x}" y="${y}" width="${width}" height="${height}"/>`;
  }

  /* Values in [0, 1] as colours all over the frame: below a half as samples, above as data. */
  map(values, size) {
    const [left, top, right, bottom] = this.box;
    return `<image href="${painted(values, size, heat)}" x="${left}" y="${top}" width="${right - left}" height="${bottom - top}" preserveAspectRatio="none"/>`;
  }
}

const canvas = document.createElement("canvas");

/* Orange below a half, blue above, and clear at it. */
const heat = (value) => [...(value < 0.5 ? [213, 94, 0] : [32, 119, 180]), Math.round(300 * Math.abs(value - 0.5))];

/* A square of values as the address of an image, by the colour of each. */
function painted(values, size, colour) {
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const image = context.createImageData(size, size);
  values.forEach((value, i) => image.data.set(colour(value), 4 * i));
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}
