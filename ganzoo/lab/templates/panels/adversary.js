panels.adversary = (data, stage) => {
  const { labels } = data;
  const names = data.names.map((name) => name.replace("-", "\u2011"));
  const images = unpack(data.images);
  const drawn = unpack(data.drawn);
  const frames = images.shape[0];
  const size = images.shape[2];
  const place = (title) => new Plot(stage, { title, note: " ", x: [0, 1], y: [0, 1], width: 220, height: 220, bare: true });
  const above = labels.map((label) => place(`Real ${names[label]}`));
  const signs = unpack(data.signs);
  const changes = labels.map(() => place("Its change, 4 times as strong"));
  const below = labels.map((label) => place(`Sample: ${names[label]}?`));
  const verdict = (said, label) => {
    const best = said.indexOf(Math.max(...said));
    return `${names[best]} ${percent(said[best])}${best === label ? "" : `, ${names[label]} ${percent(said[label])}`}`;
  };
  const show = (plot, values, k, said, label) => {
    plot.set(plot.picture(values.subarray(k * size * size, (k + 1) * size * size), size));
    const text = verdict(said, label);
    plot.note(text);
    plot.describe(`the classifier says ${text}`);
    return text;
  };
  return {
    frames,
    label: (i) => `change of ${i} of 255`,
    draw(i) {
      const step = Math.min(i, drawn.shape[0] - 1);
      const taken = (texts, right) => texts.filter((_, k) => texts[k].startsWith(names[labels[k]]) === right).length;
      const real = labels.map((label, k) => show(above[k], images.at(i), k, data.verdicts[i][k], label));
      changes.forEach((plot, k) => {
        plot.set(plot.picture(signs.at(k).map((sign) => (sign * 4 * 2 * i) / 255), size));
        plot.describe(`up to ${i} of 255 levels at each pixel`);
      });
      const samples = labels.map((label, k) => show(below[k], drawn.at(step), k, data.drawn_verdicts[step][k], label));
      return `With changes of up to ${i} of 255 levels, the classifier is wrong about ${taken(real, false)} of ${labels.length} real images. ` +
        `After ${step} steps it takes ${taken(samples, true)} of ${labels.length} samples for the class that is asked for.`;
    },
  };
};
