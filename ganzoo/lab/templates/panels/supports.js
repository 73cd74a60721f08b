panels.supports = ({ steps, reach, at, games }, stage) => {
  const square = [-reach, reach];
  const time = games[0].distance.map((_, i) => i * steps);
  const views = games.map((game) => {
    const map = new Plot(stage, { title: game.title, note: game.rule, x: square, y: square, width: 220, height: 220, bare: true });
    const chart = new Plot(map.svg.parentNode, { title: "", note: "distance, and JSD", x: [-0.02 * time.at(-1), 1.02 * time.at(-1)], y: [-0.06, 1.1], width: 220, height: 62, bare: true });
    return { game, map, chart, points: unpack(game.points), surface: unpack(game.map), pulls: unpack(game.pulls) };
  });
  const side = Math.sqrt(views[0].pulls.shape[1]);
  const gap = (2 * reach) / side;
  const places = Array.from({ length: side }, (_, i) => -reach + gap * (i + 0.5));
  /* Arrows as long as the pull, but not into the next one. */
  const arrows = (map, pulls) => places.flatMap((_, row) => places.map((x, column) => {
    const [dx, dy] = pulls.subarray(2 * (row * side + column));
    const scale = (0.85 * gap) / Math.max(1, Math.hypot(dx, dy));
    return map.arrow(x, places[side - 1 - row], dx * scale, dy * scale, "ink");
  }));
  return {
    frames: time.length,
    label: (i) => `step ${count(time[i])}`,
    draw(i) {
      for (const { game, map, chart, points, surface, pulls } of views) {
        const drawn = points.at(i);
        map.set(
          map.map(surface.at(i), surface.shape[1]),
          map.line([-at, -at], square, "c1"),
          ...arrows(map, pulls.at(i)),
          map.points(every(drawn, 0), every(drawn, 1), 4, "c2"),
        );
        const distance = game.distance[i];
        map.describe(`distance ${format(distance, 2)}`);
        chart.set(chart.line([0, time.at(-1)], [Math.LN2, Math.LN2], "ink dashed faint"), chart.line(time, game.distance, "c2"), chart.now(time[i]), chart.mark(time[i], distance, "c2", 4));
        chart.describe(`${game.title}: ${format(distance, 2)}`);
      }
      const said = games.map((game) => `${game.title} ${format(game.distance[i], 2)}`).join(", ");
      return `Distance between samples and data: ${said}. The Jensen-Shannon divergence is log 2 = 0.69 until they meet.`;
    },
  };
};
