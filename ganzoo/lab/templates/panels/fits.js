panels.fits = ({ x, target, updates, fits, shares, lost, bound }, stage) => {
  const normal = (mean, sd) => x.map((each) => Math.exp(-(((each - mean) / sd) ** 2) / 2) / (sd * Math.sqrt(2 * Math.PI)));
  const plots = fits.map((fit) => new Plot(stage, { title: fit.title, x: [-6.5, 6.5], y: [0, 0.85], xLabel: "x", yLabel: "density", width: 280, height: 220 }));
  const noise = new Plot(stage, {
    title: "Likelihood lost by noise", x: [0, 1], y: [0, 5],
    xLabel: "share of the model that is noise", yLabel: "nats", width: 280, height: 220,
  });
  const looks = ["c2", "c3", "c4"];
  return {
    frames: shares.length,
    label: (i) => `step ${count(i * updates)}`,
    draw(i) {
      const said = fits.map((fit, k) => {
        const plot = plots[k];
        const density = normal(fit.mean[i], fit.sd[i]);
        plot.set(plot.area(x, target, "c1"), plot.line(x, target, "c1"), plot.line(x, density, "c0"));
        const text = `mean ${decimal(fit.mean[i])}, standard deviation ${decimal(fit.sd[i])}`;
        plot.describe(`${text}, divergence ${format(fit.value[i])}`);
        return `${fit.title}: ${text}`;
      });
      const curves = Object.entries(lost);
      noise.set(
        noise.line(shares, bound, "ink dashed"),
        ...curves.map(([, values], k) => noise.line(shares.slice(0, i + 1), values.slice(0, i + 1), looks[k])),
        ...curves.map(([, values], k) => noise.mark(shares[i], values[i], looks[k], 4)),
      );
      noise.describe(`${percent(shares[i])} noise, at most ${format(bound[i])} nats lost`);
      return `${said.join(". ")}. A model with ${percent(shares[i])} noise loses ${decimal(lost["784"][i])} nats in 784 dimensions.`;
    },
  };
};
