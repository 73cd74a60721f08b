panels.collapse = ({ steps, reach, centres, games }, stage) => {
  const frames = games[0].modes.length;
  const time = games[0].modes.map((_, i) => i * steps);
  const views = games.map((game) => {
    const square = [-reach, reach];
    const map = new Plot(stage, { title: game.title, note: game.rule, x: square, y: square, width: 220, height: 220, bare: true });
    const chart = new Plot(map.svg.parentNode, { title: "", note: "modes covered", x: [-0.02 * time.at(-1), 1.02 * time.at(-1)], y: [-0.5, 8.6], width: 220, height: 62, bare: true });
    return { game, map, chart, points: unpack(game.points), surface: unpack(game.map) };
  });
  return {
    frames,
    label: (i) => `step ${count(time[i])}`,
    draw(i) {
      for (const { game, map, chart, points, surface } of views) {
        const at = points.at(i);
        map.set(
          map.map(surface.at(i), surface.shape[1]),
          ...centres.map(([x, y]) => map.ring(x, y, 8, "ink faint")),
          map.points(every(at, 0), every(at, 1), 3.2, "c2"),
        );
        map.setOutside(`<text x="6" y="17">${game.modes[i]} of 8 modes</text>`);
        map.describe(`${game.modes[i]} of 8 modes, ${percent(game.good[i])} of the samples near a mode`);
        chart.set(chart.line(time, game.modes, "c2"), chart.now(time[i]), chart.mark(time[i], game.modes[i], "c2", 4));
        chart.describe(`${game.title}: ${game.modes[i]} of 8 modes`);
      }
      return `Modes covered: ${games.map((game) => `${game.title} ${game.modes[i]}`).join(", ")}.`;
    },
  };
};
