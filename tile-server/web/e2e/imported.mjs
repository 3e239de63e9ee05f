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

/** Whether an area of the layer is at a place. */
async function covers(layer, place) {
  const z = Math.min(14, layer.max_zoom);
  const [x, y] = tileOf(place, z);
  const decoded = (await tile(base, layer.id, z, x, y))[layer.id];
  const [east, south] = world(place).map((part) => part * 2 ** z);
  for (let i = 0; i < (decoded?.length ?? 0); i += 1) {
    const feature = decoded.feature(i);
    const at = { x: (east - x) * feature.extent, y: (south - y) * feature.extent };
    if (feature.type === 3 && inside(feature.loadGeometry(), at)) return true;
  }
  return false;
}

const browser = await launch();
try {
  for (const layer of layers) {
    const { page, context, faults } = await openTab(browser, [base]);
    const [west, south, east, north] = layer.bounds;
    // The map is about 900 pixels wide, and a world of zoom 0 has 512.
    const zoom = Math.min(16, Math.log2((900 / 512) * (360 / Math.max(east - west, 1e-3)))) - 0.3;
    const view = [zoom.toFixed(2), ((south + north) / 2).toFixed(5), ((west + east) / 2).toFixed(5)].join("/");
    await page.goto(`${base}#layers=${layer.id}&view=${view}&lang=ko`);
    await page.waitForSelector('#map[data-state="idle"]', { timeout: 30000 });
    const picture = await page.locator("#map").screenshot({ path: join(shots, `page-${layer.id}.png`) });
    const { drawn } = await pixels(browser, picture);
    checks.ok(drawn > 0.05, `${layer.id}: ${drawn} of the map is drawn`);
    // What lies in the middle can be asked for, with its attributes.
    await page.locator("#map canvas").focus();
    await page.keyboard.press("Enter");
    const shown = page.locator(`#info [data-layer="${layer.id}"]`);
    if (await covers(layer, [(west + east) / 2, (south + north) / 2])) {
      const said = await shown.first().waitFor({ timeout: 5000 }).then(() => true, () => false);
      checks.ok(said, `${layer.id}: nothing is said of the middle of the map`);
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
