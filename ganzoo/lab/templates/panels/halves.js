panels.halves = ({ steps, reach, centres, games }, stage) => {
  const time = games[0].good.map((_, i) => i * steps);
  const charts = games.map((game) => new Plot(stage, {
    title: game.title, note: game.rule, x: [0, time.at(-1)], y: [0, 1.03], xLabel: "step", yLabel: "share", height: 220,
  }));
  const maps = games.map((game) => new Plot(stage, {
    title: game.title, note: "samples", x: [-reach, reach], y: [-reach, reach], width: 320, height: 320, bare: true,
  }));
  const drawn = games.map((game) => unpack(game.points));
  return {
    frames: time.length,
    label: (i) => `step ${count(time[i])}`,
    draw(i) {
      const said = games.map((game, k) => {
        const chart = charts[k];
        const curve = (values, look) => chart.line(time.slice(0, i + 1), values.slice(0, i + 1), look);
        chart.set(
          chart.line([0, time.at(-1)], [0.5, 0.5], "ink dashed faint"),
          curve(game.good, "c2"), curve(game.on_data, "c1"), curve(game.on_samples, "c0"), chart.now(time[i]),
        );
        const points = drawn[k].at(i);
        maps[k].set(
          ...centres.map(([x, y]) => maps[k].ring(x, y, 9, "ink faint")),
          maps[k].points(every(points, 0), every(points, 1), 3.2, "c2"),
        );
        maps[k].describe(`${game.modes[i]} of 8 modes`);
        const text = `right on ${percent(game.on_data[i])} of data and ${percent(game.on_samples[i])} of samples, ${percent(game.good[i])} of which are good`;
        chart.describe(text);
        return `${game.title}: ${text}`;
      });
      return `${said.join(". ")}.`;
    },
  };
};
