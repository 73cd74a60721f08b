panels.convolution = (data, stage) => {
  const size = data.input.length;
  const kernel = data.kernel.length;
  const outputs = data.output.length;
  const across = Math.sqrt(outputs);
  const table = (title, note, columns, rows, width = 320) => new Plot(stage, {
    title, note, x: [0, columns], y: [rows, 0], width, height: (width * rows) / columns, bare: true,
  });
  const input = table("Input", "4 × 4 numbers", size, size);
  const weights = table("Kernel", "3 × 3 numbers", kernel, kernel);
  const matrix = table("Matrix", "a row for each output, a column for each input", size * size, outputs, 640);
  matrix.svg.parentNode.classList.add("wide");
  const output = table("Convolution", "matrix times input", across, across);
  const back = table("Transposed", "transpose times output", size, size);
  const stamped = Object.entries(data.stamps).map(([title, frames]) => {
    const n = frames[0].length;
    return { plot: table(`Stamps: ${title}`, `7 × 7 ones to ${n} × ${n}`, n, n), frames, most: Math.max(...frames.at(-1).flat()) };
  });
  const cell = (plot, row, column, look, opacity) =>
    `<rect class="box ${look}" opacity="${opacity}" x="${plot.px(column)}" y="${plot.py(row)}" width="${plot.px(1) - plot.px(0)}" height="${plot.py(1) - plot.py(0)}"/>`;
  const number = (plot, row, column, text, font) =>
    `<text x="${plot.px(column + 0.5)}" y="${plot.py(row + 0.5) + 0.36 * font}" style="font-size:${font}px" text-anchor="middle">${text}</text>`;
  const grid = (plot, numbers, font, look) => numbers.flatMap((row, i) => row.flatMap((value, j) => {
    const shade = look(i, j);
    return [shade ? cell(plot, i, j, ...shade) : "", value === null ? "" : number(plot, i, j, value, font)];
  }));
  const square = (values, n) => Array.from({ length: n }, (_, i) => values.slice(i * n, (i + 1) * n));
  const covers = (k, i, j) => {
    const [row, column] = [Math.floor(k / across), k % across];
    return i >= row && i < row + kernel && j >= column && j < column + kernel;
  };
  /* What the first stamps add up to. */
  const sum = (stamps) => Array.from({ length: size * size }, (_, i) =>
    data.matrix.slice(0, stamps).reduce((total, row, k) => total + row[i] * data.output[k], 0));
  return {
    frames: 2 * outputs,
    label: (i) => (i < outputs ? `convolution, ${i + 1} of ${outputs}` : `transposed, ${i - outputs + 1} of ${outputs}`),
    draw(i) {
      const forward = i < outputs;
      const k = i % outputs;
      const look = forward ? "c1" : "c0";
      const done = forward ? k + 1 : outputs;
      input.set(...grid(input, data.input, 26, (a, b) => forward && covers(k, a, b) && ["c1", 0.3]));
      weights.set(...grid(weights, data.kernel, 26, () => [look, 0.15]));
      matrix.set(...grid(matrix, data.matrix, 24, (a, b) => (a === k ? [look, data.matrix[a][b] ? 0.4 : 0.15] : null)));
      const shown = data.output.map((value, j) => (j < done ? value : null));
      output.set(...grid(output, square(shown, across), 30, (a, b) => a * across + b === k && [look, 0.3]));
      const sums = square(sum(forward ? 0 : k + 1), size);
      back.set(...grid(back, forward ? sums.map((row) => row.map(() => null)) : sums, 22, (a, b) => !forward && covers(k, a, b) && ["c0", 0.3]));
      for (const { plot, frames, most } of stamped) {
        const counts = frames[Math.min(i, frames.length - 1)];
        plot.set(...counts.flatMap((row, a) => row.map((value, b) => (value ? cell(plot, a, b, "c1", (0.9 * value) / most) : ""))));
        plot.describe(`at most ${Math.max(...counts.flat())} stamps on an output`);
      }
      const said = forward
        ? `Output ${k + 1} of the convolution is ${data.output[k]}: row ${k + 1} of the matrix times the input`
        : `Number ${k + 1} of the output, ${data.output[k]}, stamps ${data.output[k]} times the kernel into the larger image`;
      for (const plot of [input, weights, matrix, output, back]) plot.describe(said);
      return `${said}.`;
    },
  };
};
