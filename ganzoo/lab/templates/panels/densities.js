panels.densities = ({ steps, x, data, cases }, stage) => {
  const time = cases[0].loss.map((_, i) => i * steps);
  const views = cases.map((each) => ({
    each,
    plot: new Plot(stage, { title: `Samples ${each.title}`, x: [-1.2, 1.2], y: [0, 1.03], xLabel: "place on the line", yLabel: "D" }),
  }));
  const losses = cases.map((each) => new Plot(stage, {
    title: `Loss, samples ${each.title}`, x: [0, time.at(-1)], y: [0, 1.6], xLabel: "step", yLabel: "loss of D", height: 200,
  }));
  const tallest = Math.max(...data, ...cases.flatMap((each) => each.samples));
  const scaled = (density) => density.map((value) => value / tallest);
  return {
    frames: time.length,
    label: (i) => `step ${count(time[i])}`,
    draw(i) {
      views.forEach(({ each, plot }, k) => {
        plot.set(
          plot.area(x, scaled(data), "c1"), plot.area(x, scaled(each.samples), "c2"),
          plot.line(x, each.best, "ink dashed"), plot.line(x, each.trained[i], "c0"),
        );
        const chart = losses[k];
        chart.set(
          chart.line([0, time.at(-1)], [each.least, each.least], "ink dashed"),
          chart.line(time.slice(0, i + 1), each.loss.slice(0, i + 1), "c0"), chart.mark(time[i], each.loss[i], "c0"),
        );
        const said = `loss ${format(each.loss[i])}, at least ${format(each.least)}`;
        plot.describe(said);
        chart.describe(said);
      });
      return `Loss of the discriminator: ${cases.map((each) => `samples ${each.title} ${format(each.loss[i])}, at least ${format(each.least)}`).join("; ")}.`;
    },
  };
};
