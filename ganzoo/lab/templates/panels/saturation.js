panels.saturation = (data, stage) => {
  const { steps, logits, losses, logit } = data;
  const looks = { printed: "c0", "in use": "c1" };
  const time = logit.map((_, i) => i * steps);
  const low = Math.min(logits[0], Math.min(...logit) - 1);
  const loss = new Plot(stage, { title: "Both losses of the generator", x: [low, 4], y: [-4.2, 17], xLabel: "logit of a sample", yLabel: "loss" });
  const slope = new Plot(stage, { title: "Their slopes", x: [low, 4], y: [-1.08, 0.08], xLabel: "logit of a sample", yLabel: "slope" });
  const norms = [...data.printed, ...data["in use"]].filter((value) => value > 0);
  const bottom = 10 ** Math.floor(Math.log10(Math.min(...norms)));
  const norm = new Plot(stage, {
    title: "Gradient of the generator", x: [0, time.at(-1)], y: [bottom, 2 * Math.max(...norms)],
    xLabel: "step of the discriminator", yLabel: "norm", log: true,
  });
  /* The value of a curve between its points. */
  const at = (values, s) => {
    const place = ((s - logits[0]) / (logits.at(-1) - logits[0])) * (logits.length - 1);
    const i = Math.min(Math.max(Math.floor(place), 0), logits.length - 2);
    return values[i] + (place - i) * (values[i + 1] - values[i]);
  };
  return {
    frames: time.length,
    label: (i) => `step ${count(time[i])}`,
    draw(i) {
      for (const [plot, key] of [[loss, "loss"], [slope, "slope"]]) {
        const curves = Object.entries(looks);
        plot.set(
          plot.now(logit[i]),
          ...curves.map(([name, look]) => plot.line(logits, losses[name][key], look)),
          ...curves.map(([name, look]) => plot.mark(logit[i], at(losses[name][key], logit[i]), look)),
        );
        plot.describe(`mean logit of samples ${format(logit[i])}`);
      }
      norm.set(
        ...Object.entries(looks).map(([name, look]) => norm.line(time.slice(0, i + 1), data[name].slice(0, i + 1), look)),
        ...Object.entries(looks).map(([name, look]) => norm.mark(time[i], data[name][i], look)),
      );
      const said = `gradient ${format(data.printed[i], 2)} of the minimax loss and ${format(data["in use"][i], 2)} of the non-saturating one`;
      norm.describe(said);
      return `Mean logit of samples ${format(logit[i])}: the discriminator is right about ${percent(data.accuracy[i])} of them. Norm of the generator's ${said}.`;
    },
  };
};
