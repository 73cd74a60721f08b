panels.losses = (games, stage) => {
  const epochs = games[0].scores.map((_, i) => i);
  const end = epochs.at(-1);
  const top = (values) => 1.1 * Math.max(...values);
  const views = games.map((game) => ({
    game,
    images: unpack(game.images),
    discriminator: new Plot(stage, { title: `${game.title}: discriminator`, x: [0, end], y: [0, top(game.discriminator)], xLabel: "epoch", yLabel: "loss" }),
    generator: new Plot(stage, { title: `${game.title}: generator`, x: [0, end], y: [0, top(game.generator)], xLabel: "epoch", yLabel: "loss" }),
    score: new Plot(stage, { title: `${game.title}: score`, x: [0, end], y: [0, top(game.scores.slice(1))], xLabel: "epoch", yLabel: "Fréchet distance" }),
    sheet: new Plot(stage, { title: `${game.title}: samples`, x: [0, 4], y: [2, 0], width: 320, height: 160, bare: true }),
  }));
  return {
    frames: epochs.length,
    label: (i) => `epoch ${i} of ${end}`,
    draw(i) {
      const said = views.map(({ game, images, discriminator, generator, score, sheet }) => {
        const curve = (plot, values, look, from) => [
          plot.line(epochs.slice(from, i + 1), values.slice(0, i + 1 - from), look),
          i >= from ? plot.mark(i, values[i - from], look) : "",
        ];
        discriminator.set(...curve(discriminator, game.discriminator, "c0", 1));
        generator.set(...curve(generator, game.generator, "c1", 1));
        score.set(...curve(score, game.scores, "c2", 0));
        const [, shown, size] = images.shape;
        const at = images.at(i);
        sheet.set(...Array.from({ length: shown }, (_, k) =>
          sheet.picture(at.subarray(k * size * size, (k + 1) * size * size), size, [k % 4, Math.floor(k / 4)])));
        const losses = i ? `, loss ${format(game.discriminator[i - 1])} of the discriminator and ${format(game.generator[i - 1])} of the generator` : "";
        const text = `score ${format(game.scores[i])}${losses}`;
        for (const plot of [discriminator, generator, score, sheet]) plot.describe(text);
        return `${game.title}: ${text}`;
      });
      return `${said.join(". ")}.`;
    },
  };
};
