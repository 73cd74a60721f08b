panels.spectra = ({ steps, reach, centres, games }, stage) => {
  const time = games[0].modes.map((_, i) => i * steps);
  const all = games.flatMap((game) => game.sigmas.flat());
  const bounds = [10 ** Math.floor(Math.log10(Math.min(...all))), 1.3 * Math.max(...all)];
  const views = games.map((game) => ({
    game,
    points: unpack(game.points),
    chart: new Plot(stage, { title: game.title, note: game.rule, x: [0, time.at(-1)], y: bounds, xLabel: "step", yLabel: "largest singular value", log: true }),
    modes: new Plot(stage, { title: `${game.title}: modes`, note: "of 8", x: [0, time.at(-1)], y: [0, 8.4], xLabel: "step", yLabel: "modes covered" }),
    map: new Plot(stage, { title: `${game.title}: samples`, note: " ", x: [-reach * 4 / 3, reach * 4 / 3], y: [-reach, reach], width: 320, height: 240, bare: true }),
  }));
  return {
    frames: time.length,
    label: (i) => `step ${count(time[i])}`,
    draw(i) {
      const said = views.map(({ game, points, chart, modes, map }) => {
        const look = (layer) => (layer.startsWith("G") ? "c1" : "c0");
        const shown = game.sigmas.map((values) => values.slice(0, i + 1));
        chart.set(...game.layers.map((layer, k) => chart.line(time.slice(0, i + 1), shown[k], look(layer))));
        chart.setOutside(...game.layers.map((layer, k) => chart.mark(time[i], shown[k][i], look(layer), 4)));
        modes.set(modes.line(time.slice(0, i + 1), game.modes.slice(0, i + 1), "c2"), modes.mark(time[i], game.modes[i], "c2"));
        const at = points.at(i);
        map.set(...centres.map(([x, y]) => map.ring(x, y, 9, "ink faint")), map.points(every(at, 0), every(at, 1), 3.2, "c2"));
        const largest = (player) => format(Math.max(...game.layers.flatMap((layer, k) => (layer.startsWith(player) ? [shown[k][i]] : []))));
        const text = `largest singular value ${largest("G")} in G and ${largest("D")} in D`;
        chart.describe(text);
        modes.describe(`${game.modes[i]} of 8`);
        map.describe(`${game.modes[i]} of 8 modes, ${percent(game.good[i])} of the samples near a mode`);
        return `${game.title}: ${text}, ${game.modes[i]} of 8 modes`;
      });
      return `${said.join(". ")}.`;
    },
  };
};
