panels.orbits = (games, stage) => {
  const square = [-3.2, 3.2];
  const views = games.map((game) => {
    const names = game.title.startsWith("Dirac") ? ["generator θ", "discriminator ψ"] : ["x", "y"];
    const plot = new Plot(stage, {
      title: game.title, note: `step size ${game.rate}`, x: square, y: square, xLabel: names[0], yLabel: names[1], width: 300, height: 290,
    });
    return { plot, xs: game.points.map(([x]) => x), ys: game.points.map(([, y]) => y) };
  });
  return {
    frames: games[0].points.length,
    label: (i) => `step ${i}`,
    draw(i) {
      const radii = views.map(({ plot, xs, ys }) => {
        const radius = Math.hypot(xs[i], ys[i]);
        plot.set(
          plot.points([0], [0], 6, "ink"),
          plot.line(xs.slice(0, i + 1), ys.slice(0, i + 1), "c1"),
          plot.mark(xs[i], ys[i], "c0", 6),
        );
        plot.describe(`at distance ${format(radius, 2)} from the equilibrium`);
        return `${plot.title} ${format(radius, 2)}`;
      });
      return `Distance from the equilibrium, 1 at the start: ${radii.join("; ")}.`;
    },
  };
};
