// Draws avatars with known attributes as SVG files, and what each would be if edited.
//
//     mkdir node && cd node
//     npm install @dicebear/core@9.4.3 @dicebear/open-peeps@9.4.3 @dicebear/toon-head@9.4.3
//     node PATH/TO/benchmarks/avatars.mjs OUT [open-peeps|toon-head] [TRAIN] [TEST] [SEED]
//
// It runs in the folder of the packages. `benchmarks/avatars.py` draws the files as images.
// OUT is a new folder: `images/00000.svg` and so on; `edited/ATTRIBUTE/NAME.svg`, each of
// the held-out avatars with that attribute changed and all else the same; and
// `attributes.csv`. By default there are 6,000 to train on and 500 held out, of seed 0.
//
// Each attribute is drawn for itself, with probability ½. What an attribute looks like
// does not vary, so that one true edited drawing exists. What varies beside are the face
// or the hair style, and the hues of the clothes and of the background.
//
// Open Peeps is by Pablo Stanley, CC0 1.0 (https://www.openpeeps.com). Toon Head is by
// Johan Melin, CC BY 4.0 (https://www.figma.com/community/file/1589627891082866389):
// images of it, and those that a model makes of them, name him.

import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const STYLES = {
  "open-peeps": {
    attributes: ["glasses", "beard", "long_hair", "grey_hair", "dark_skin"],
    vary: (draw) => ({
      face: [draw.of([
        "smile", "smileBig", "lovingGrin1", "calm", "serious", "solemn",
        "rage", "awe", "explaining", "driven", "suspicious", "veryAngry",
      ])],
      clothingColor: [draw.colour(0.6, 0.65)],
      backgroundColor: [draw.colour(0.5, 0.88)],
    }),
    options: (has) => ({
      accessories: ["sunglasses2"],
      accessoriesProbability: has.glasses ? 100 : 0,
      facialHair: ["full2"],
      facialHairProbability: has.beard ? 100 : 0,
      head: [has.long_hair ? "grayMedium" : "grayShort"],
      headContrastColor: [has.grey_hair ? "e8e1e1" : "2c1b18"],
      skinColor: [has.dark_skin ? "694d3d" : "ffdbb4"],
      maskProbability: 0,
    }),
  },
  "toon-head": {
    attributes: ["beard", "long_hair", "blond_hair", "dark_skin", "laugh"],
    vary: (draw) => ({
      hair: [draw.of(["sideComed", "undercut", "spiky", "bun"])],
      hairProbability: 100,
      eyes: [draw.of(["happy", "wide", "humble", "wink"])],
      eyebrows: [draw.of(["raised", "angry", "happy", "sad", "neutral"])],
      clothes: [draw.of(["turtleNeck", "openJacket", "dress", "shirt", "tShirt"])],
      clothesColor: [draw.colour(0.6, 0.5)],
      backgroundColor: [draw.colour(0.5, 0.88)],
    }),
    options: (has) => ({
      beard: ["fullBeard"],
      beardProbability: has.beard ? 100 : 0,
      rearHair: ["longStraight"],
      rearHairProbability: has.long_hair ? 100 : 0,
      hairColor: [has.blond_hair ? "d6b370" : "2c1b18"],
      skinColor: [has.dark_skin ? "5c3829" : "f1c3a5"],
      mouth: [has.laugh ? "laugh" : "sad"],
    }),
  },
};

// Draws in an order that follows from an integer.
class Draws {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  // From [0, 1): mulberry32.
  number() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  of(values) {
    return values[Math.floor(this.number() * values.length)];
  }

  // A colour of any hue, in hexadecimal.
  colour(saturation, lightness) {
    const hue = this.number() * 12;
    const range = saturation * Math.min(lightness, 1 - lightness);
    const channel = (n) => {
      const k = (n + hue) % 12;
      const value = lightness - range * Math.max(-1, Math.min(k - 3, 9 - k, 1));
      return Math.round(255 * value).toString(16).padStart(2, "0");
    };
    return channel(0) + channel(8) + channel(4);
  }
}

async function load(name) {
  const folder = path.resolve("node_modules", "@dicebear", name);
  return import(pathToFileURL(path.join(folder, "lib", "index.js")));
}

async function main(out, name = "open-peeps", train = "6000", test = "500", seed = "0") {
  const style = STYLES[name];
  if (!out || !style || fs.existsSync(out)) {
    throw new Error(`OUT must be a new folder, and the style one of ${Object.keys(STYLES)}`);
  }
  const { createAvatar } = await load("core");
  const design = await load(name);
  const draws = new Draws(Number(seed));
  const svg = (varied, has) =>
    createAvatar(design, { seed: "one", ...varied, ...style.options(has) }).toString();
  for (const folder of ["images", ...style.attributes.map((a) => `edited/${a}`)]) {
    fs.mkdirSync(path.join(out, folder), { recursive: true });
  }
  const lines = [["file", "split", ...style.attributes].join(",")];
  for (let i = 0; i < Number(train) + Number(test); i++) {
    const has = Object.fromEntries(style.attributes.map((a) => [a, draws.number() < 0.5]));
    const varied = style.vary(draws);
    const file = String(i).padStart(5, "0");
    const isTest = i >= Number(train);
    fs.writeFileSync(path.join(out, "images", `${file}.svg`), svg(varied, has));
    const values = style.attributes.map((a) => Number(has[a]));
    lines.push([`${file}.png`, isTest ? "test" : "train", ...values].join(","));
    for (const a of isTest ? style.attributes : []) {
      const edited = svg(varied, { ...has, [a]: !has[a] });
      fs.writeFileSync(path.join(out, "edited", a, `${file}.svg`), edited);
    }
  }
  fs.writeFileSync(path.join(out, "attributes.csv"), lines.join("\n") + "\n");
}

await main(...process.argv.slice(2));
