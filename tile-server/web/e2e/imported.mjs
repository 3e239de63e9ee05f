// Layers that no catalog mentions, as the page draws them: a file just imported, a
// published table, an archive.

import { join } from "node:path";
import { launch, openTab, pixels } from "./browser.mjs";
import { Checks, options } from "./options.mjs";
import { inside, json, tile, tileOf, world } from "./tiles.mjs";

const { base, shots } = options();
const checks = new Checks("imported");
const catalog = await json(new URL("catalog.json", base));
const layers = catalog.layers.filter((layer) => !layer.theme && layer.available && layer.bounds);

/** The names under which a layer's features are in its tiles. */
const sourceLayers = (layer) => layer.vector_layers?.map((inner) => inner.id) ?? [layer.id];

/** The source layers of the layer that have an area at a place. */
async function covering(layer, place) {
  const z = Math.min(14, layer.max_zoom);
  const [x, y] = tileOf(place, z);
  const decoded = await tile(base, layer.id, z, x, y);
  const [east, south] = world(place).map((part) => part * 2 ** z);
  return sourceLayers(layer).filter((name) => {
    const features = Array.from({ length: decoded[name]?.length ?? 0 }, (_, i) => decoded[name].feature(i));
    return features.some((feature) => {
      const at = { x: (east - x) * feature.extent, y: (south - y) * feature.extent };
      return feature.type === 3 && inside(feature.loadGeometry(), at);
    });
  });
}

/** The middle of a layer, or where an archive has no area there, a place that has one. */
async function middleOf(layer) {
  const [west, south, east, north] = layer.bounds;
  const parts = layer.vector_layers ? [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9] : [0.5];
  const places = parts.flatMap((a) => parts.map((b) => [west + (east - west) * a, south + (north - south) * b]));
  for (const place of places) if ((await covering(layer, place)).length > 0) return place;
  return places[0];
}

const browser = await launch();
try {
  for (const layer of layers) {
    const { page, context, faults } = await openTab(browser, [base]);
    const [west, , east] = layer.bounds;
    const place = await middleOf(layer);
    // The map is about 900 pixels wide, and a world of zoom 0 has 512.
    const zoom = Math.min(16, Math.log2((900 / 512) * (360 / Math.max(east - west, 1e-3)))) - 0.3;
    const view = [zoom.toFixed(2), place[1].toFixed(5), place[0].toFixed(5)].join("/");
    await page.goto(`${base}#layers=${layer.id}&view=${view}&lang=ko`);
    await page.waitForSelector('#map[data-state="idle"]');
    const picture = await page.locator("#map").screenshot({ path: join(shots, `page-${layer.id}.png`) });
    const { drawn } = await pixels(browser, picture);
    checks.ok(drawn > 0.05, `${layer.id}: ${drawn} of the map is drawn`);
    // What lies in the middle can be asked for, with its attributes.
    await page.locator("#map canvas").focus();
    await page.keyboard.press("Enter");
    for (const name of await covering(layer, place)) {
      const shown = page.locator(`#info [data-layer="${layer.id}"][data-source-layer="${name}"] [data-column]`);
      const said = await shown.first().waitFor().then(() => true, () => false);
      checks.ok(said, `${layer.id}: nothing is said of ${name} in the middle of the map`);
    }
    if (layer.vector_layers) {
      const explained = await page.locator(`#legend [data-layer="${layer.id}"] .legend-entry`).allTextContents();
      checks.equal(explained.sort(), sourceLayers(layer).sort(), `${layer.id}: legend`);
    }
    checks.equal(faults, [], `${layer.id}: faults`);
    await page.screenshot({ path: join(shots, `page-${layer.id}-clicked.png`) });
    await context.close();
  }
} finally {
  await browser.close();
}
if (layers.length === 0) console.error("imported: every layer is of a theme: nothing to draw");
else checks.finish();
