// One tile of three stores, decoded and drawn: files, PostGIS tables (one in memory,
// one live) and an archive, as scripts/check-clients/make-stores makes them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { launch, openTab, pixelsOf } from "./browser.mjs";
import { Checks, options } from "./options.mjs";
import { servePage } from "./serve.mjs";
import { json, tile, tileOf } from "./tiles.mjs";

const { base, shots } = options();
const checks = new Checks("stores");
const template = readFileSync(new URL("../../../scripts/check-clients/stores.style.json", import.meta.url), "utf8");
const text = template.replaceAll("{base}", base.replace(/\/$/, ""));
const style = JSON.parse(text);
const names = style.sources.stores.url.match(/tiles\/(.*)\.json$/)[1];
const layers = names.split(",");
// A rest area lies here, streets and buildings around it.
const CENTRE = [127.0408, 37.5502];
// Past the archive's last zoom, 14.
const DEEP = 16;

/** What a feature of each layer says, and how many of a tile's say so at least. */
const SAID = {
  "com-03-base-network": ({ properties }) =>
    /\p{Script=Hangul}/u.test(properties.rn ?? properties.rail_nm),
  // The use is in tiles of zoom 14 and later.
  "com-06-buildings": ({ properties: { floors, use } }) =>
    floors >= 1 && (use === undefined || /\p{Script=Hangul}/u.test(use)),
  rest_areas: ({ id, properties }) =>
    properties.name === `성수 쉼터 ${id}` && ["무더위쉼터", "어르신쉼터", "공원"].includes(properties.kind) && properties.seats === 4 + (id % 9),
  street_trees: ({ id, properties }) =>
    properties.species === ["느티나무", "은행나무", "벚나무", "이팝나무"][id % 4] && /^\d{4}-\d\d-\d\d$/.test(properties.planted),
  "basemap-carriageways": (feature) => /\p{Script=Hangul}/u.test(feature.properties.rn),
  "basemap-waters": (feature) => /\p{Script=Hangul}/u.test(feature.properties.wtr_nm),
};

const described = await json(new URL(`tiles/${names}.json`, base));
checks.equal(described.vector_layers.map((layer) => layer.id), layers, "the layers of the TileJSON");

/** The distance of a point from the nearest of some lines. */
function distance(point, lines) {
  let least = Infinity;
  for (const line of lines) {
    for (let i = 1; i < line.length; i += 1) {
      const [a, b] = [line[i - 1], line[i]];
      const [dx, dy] = [b.x - a.x, b.y - a.y];
      const along = ((point.x - a.x) * dx + (point.y - a.y) * dy) / (dx * dx + dy * dy || 1);
      const t = Math.min(1, Math.max(0, along));
      least = Math.min(least, Math.hypot(a.x + t * dx - point.x, a.y + t * dy - point.y));
    }
  }
  return least;
}

const geometries = (layer) => Array.from({ length: layer.length }, (_, i) => layer.feature(i).loadGeometry()).flat();

/** How far the archive's streets are from those of the file they were made from, in tile units. */
function apart(decoded) {
  const lines = geometries(decoded["com-03-base-network"]);
  const { extent } = decoded["basemap-carriageways"];
  const within = (at) => at >= 0 && at <= extent;
  const points = geometries(decoded["basemap-carriageways"]).flat().filter(({ x, y }) => within(x) && within(y));
  return { points: points.length, most: Math.max(...points.map((point) => distance(point, lines))) };
}

for (const z of [12, 14, DEEP]) {
  const [x, y] = tileOf(CENTRE, z);
  const decoded = await tile(base, names, z, x, y);
  for (const name of layers) {
    const where = `${name} in ${z}/${x}/${y}`;
    // The river is not everywhere.
    if (z === DEEP && name === "basemap-waters") continue;
    if (!checks.ok(decoded[name]?.length > 0, `${where}: no features`)) continue;
    const features = Array.from({ length: decoded[name].length }, (_, i) => decoded[name].feature(i));
    const wrong = features.find((feature) => !SAID[name](feature));
    checks.equal(wrong && { id: wrong.id, ...wrong.properties }, undefined, `${where}: attributes`);
  }
  const { points, most } = apart(decoded);
  // A unit of zoom 14, to which the archive is rounded, is that many of this zoom.
  const unit = 2 ** Math.max(0, z - 14);
  checks.ok(points > 0 && most <= 2 * unit, `${z}/${x}/${y}: of ${points} points of the archive one is ${most} units away`);
}

const drawn = style.layers.flatMap((layer) => {
  const colour = layer.paint[`${layer.type}-color`];
  return layer.type === "background" || layer.type === "symbol" ? [] : [[layer.id, colour]];
});
const browser = await launch();
try {
  // OpenLayers counts zooms by tiles of 256 pixels, MapLibre of 512.
  for (const [client, more] of [["maplibre", 0], ["openlayers", 1]]) {
    const { own, close } = await servePage(client, { "/style.json": text });
    for (const [name, zoom] of [["far", 13.5], ["near", DEEP + 0.4]]) {
      const what = `stores-${client}-${name}`;
      const { page, context, faults } = await openTab(browser, [base, own], { viewport: { width: 900, height: 700 } });
      await page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
      await page.goto(own);
      const problems = await page.evaluate(
        ([url, at, z]) => window.drawStyle(url, at, z),
        [`${own}style.json`, CENTRE, zoom + more],
      );
      checks.equal(problems, [], `${what}: errors`);
      const picture = await page.screenshot({ path: join(shots, `${what}.png`) });
      const found = await pixelsOf(browser, picture, drawn.map(([, colour]) => colour));
      for (const [i, [id, colour]] of drawn.entries()) {
        if (name === "near" && id === "archive-waters") continue;
        checks.ok(found[i] >= 50, `${what}: ${found[i]} pixels of ${id}, ${colour}`);
      }
      checks.equal(faults, [], `${what}: faults`);
      await context.close();
    }
    close();
  }
} finally {
  await browser.close();
}
checks.finish();
