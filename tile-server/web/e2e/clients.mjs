// The opening map of every theme, and single maps, in MapLibre, OpenLayers and Leaflet: each
// draws something, fetches nothing for maps that are hidden, and all draw alike.

import { join } from "node:path";
import { colourShares, launch, openTab } from "./browser.mjs";
import { Checks, options } from "./options.mjs";
import { servePage } from "./serve.mjs";
import { json } from "./tiles.mjs";

/** Single maps beside those of the themes; `CLIENT_MAPS=20` for a longer run. */
const SINGLE = Number(process.env.CLIENT_MAPS ?? 5);
/** Share of the pictures' pixels whose colours two clients have in common, at least. */
const ALIKE = 0.6;
const SIZE = { width: 700, height: 560 };
const ZOOM = 12.4;
/** OpenLayers counts zooms by tiles of 256 pixels, MapLibre of 512. */
const CLIENTS = [["maplibre", 0], ["openlayers", 1], ["leaflet", 0]];

const { base, shots } = options();
const checks = new Checks("clients");
const catalog = await json(new URL("catalog.json", base));
const available = catalog.layers.filter((layer) => layer.available);
const themes = catalog.themes.filter(({ id }) => available.some((layer) => layer.theme === id)).map(({ id }) => id);
const step = Math.max(1, Math.floor(available.length / SINGLE));
const single = available.filter((_, at) => at % step === 0).slice(0, SINGLE).map(({ id }) => id);
const [west, south, east, north] = catalog.district.bounds;
const centre = [(west + east) / 2, (south + north) / 2];
checks.ok(themes.length > 0, "no theme has an available layer");

/** The sources that a style may be drawn from: those of its visible style layers. */
function visibleTiles(style) {
  const shown = style.layers.filter((layer) => layer.source && layer.layout?.visibility !== "none");
  return new Set(shown.map((layer) => /\/tiles\/([^/?]+)\.json/.exec(style.sources[layer.source].url)[1]));
}

/** How alike two pictures are: the common part of their colours, from 0 to 1. */
function likeness(one, other) {
  let common = 0;
  for (const [colour, share] of one) common += Math.min(share, other.get(colour) ?? 0);
  return common;
}

const pages = [];
for (const [client, more] of CLIENTS) pages.push({ client, more, ...(await servePage(client)) });
const browser = await launch();
try {
  for (const id of [...themes, ...single]) {
    const url = new URL(`styles/${id}.json`, base).href;
    const style = await json(url);
    const allowed = visibleTiles(style);
    const drawsHeat = style.layers.some(({ type, layout }) => type === "heatmap" && layout?.visibility !== "none");
    const pictures = [];
    for (const { client, more, own } of pages) {
      const what = `${id} in ${client}`;
      const { page, context, faults } = await openTab(browser, [base, own], { viewport: SIZE });
      await page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
      const fetched = new Map();
      page.on("request", (request) => {
        const [, name, z, x, y] = /\/tiles\/([^/?]+)\/(\d+)\/(\d+)\/(\d+)/.exec(request.url()) ?? [];
        if (name) fetched.set(`${z}/${x}/${y}`, [...(fetched.get(`${z}/${x}/${y}`) ?? []), name]);
      });
      await page.goto(own);
      const problems = await page.evaluate(([url, at, z]) => window.drawStyle(url, at, z), [url, centre, ZOOM + more]);
      checks.equal(problems, [], `${what}: errors`);
      // OpenLayers draws no density surface from a style.
      const unexpected = faults.filter((fault) => !/type "heatmap" not supported/.test(fault));
      checks.equal(unexpected, [], `${what}: faults`);
      const names = new Set([...fetched.values()].flat());
      checks.equal([...names].filter((name) => !allowed.has(name)), [], `${what}: tiles of hidden maps`);
      const most = Math.max(0, ...[...fetched.values()].map((names) => new Set(names).size));
      checks.ok(most <= 2, `${what}: ${most} requests for one tile`);
      const picture = await page.screenshot({ path: join(shots, `clients-${id}-${client}.png`) });
      const shares = await colourShares(browser, picture);
      checks.ok(Math.max(...shares.values()) < 0.98, `${what}: blank`);
      if (client !== "openlayers" || !drawsHeat) pictures.push([what, shares]);
      await context.close();
    }
    const [[, first], ...others] = pictures;
    for (const [what, shares] of others) {
      const alike = likeness(first, shares);
      checks.ok(alike >= ALIKE, `${what}: ${Math.round(alike * 100)} % like MapLibre's picture`);
    }
  }
} finally {
  await browser.close();
  for (const { close } of pages) close();
}
checks.finish();
