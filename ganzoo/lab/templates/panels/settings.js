panels.settings = ({ games, ranges }, stage) => {
  const looks = ["c0", "c1", "c2"];
  const tried = games[0].settings.length;
  const scores = games.flatMap((game) => game.settings.map((setting) => setting.score)).filter((score) => score !== null);
  const bounds = [0.9 * Math.min(...scores), 1.2 * Math.max(...scores)];
  const logs = ranges.rate.map(Math.log10);
  const dots = new Plot(stage, { title: "Score of each setting", x: logs, y: bounds, xLabel: "log₁₀ of the learning rate", yLabel: "Fréchet distance", log: true });
  const best = new Plot(stage, { title: "Best so far", x: [1, tried], y: [0, 1.1 * Math.max(...games.map((game) => game.settings[0].score ?? 0), 100)], xLabel: "settings tried", yLabel: "Fréchet distance" });
  const expected = new Plot(stage, { title: "Best of k, on average", x: [1, tried], y: best.y, xLabel: "k", yLabel: "Fréchet distance" });
  const finite = (score) => score ?? Infinity;
  /* The mean of the least of k scores, over all choices of k of those tried. */
  const least = (game, k) => {
    const sorted = game.settings.map((setting) => finite(setting.score)).sort((a, b) => a - b);
    let [sum, share] = [0, k / tried];
    for (let i = 0; i + k <= tried; i++) {
      sum += share * Math.min(sorted[i], bounds[1]);
      share *= (tried - i - k) / Math.max(1, tried - i - 1);
    }
    return sum;
  };
  const counts = Array.from({ length: tried }, (_, i) => i + 1);
  const means = games.map((game) => counts.map((k) => least(game, k)));
  const average = games.map((game, k) => `${game.title} ${format(means[k][0])}`).join(", ");
  return {
    frames: tried,
    label: (i) => `${i + 1} of ${tried} settings`,
    draw(i) {
      const shown = games.map((game) => game.settings.slice(0, i + 1));
      const leads = shown.map((settings) => settings.map((_, k) => Math.min(...settings.slice(0, k + 1).map((each) => finite(each.score)))));
      dots.set(...shown.flatMap((settings, k) => settings.filter((each) => each.score !== null).map((each) => dots.mark(Math.log10(each.rate), each.score, looks[k], 4.5))));
      best.set(...leads.flatMap((values, k) => [best.line(counts.slice(0, i + 1), values, looks[k]), best.mark(i + 1, values[i], looks[k])]));
      expected.set(...means.map((values, k) => expected.line(counts, values, looks[k])), expected.now(i + 1), ...means.map((values, k) => expected.mark(i + 1, values[i], looks[k])));
      const said = games.map((game, k) => `${game.title} ${format(leads[k][i])}`).join(", ");
      for (const plot of [dots, best, expected]) plot.describe(`best so far: ${said}`);
      return `Best score after ${i + 1} ${i ? "settings" : "setting"} each: ${said}. Mean score of all settings: ${average}.`;
    },
  };
};
