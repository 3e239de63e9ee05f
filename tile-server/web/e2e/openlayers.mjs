// Each theme's style in OpenLayers, another map library with other opinions.

import { join } from "node:path";
import { launch, openTab, pixels } from "./browser.mjs";
import { Checks, options } from "./options.mjs";
import { servePage } from "./serve.mjs";
import { json } from "./tiles.mjs";

const { base, shots } = options();
const checks = new Checks("openlayers");
const { own, close } = await servePage("openlayers");
const catalog = await json(new URL("catalog.json", base));
const themes = catalog.themes.filter((theme) =>
  catalog.layers.some((layer) => layer.theme === theme.id && layer.available),
);
checks.ok(themes.length > 0, "no theme has an available layer");

/** Each theme over the district, and each layer of no theme where it lies. */
const maps = themes.map((theme) => {
  const layers = catalog.layers.filter((layer) => layer.theme === theme.id);
  const deepest = Math.max(...layers.map((layer) => layer.min_zoom ?? 0));
  return { id: theme.id, box: catalog.district.bounds ?? layers[0].bounds, zoom: Math.max(14, deepest) };
});
for (const layer of catalog.layers.filter((layer) => !layer.theme && layer.available && layer.bounds)) {
  const [west, , east] = layer.bounds;
  // A world of zoom 0 is 256 pixels wide, the picture 900.
  maps.push({ id: layer.id, box: layer.bounds, zoom: Math.floor(Math.log2((900 / 256) * (360 / (east - west)))) });
}
const browser = await launch();
try {
  for (const { id, box, zoom } of maps) {
    const { page, context, faults } = await openTab(browser, [base, own], { viewport: { width: 900, height: 700 } });
    // A tab asks every origin for its icon.
    await page.route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
    const centre = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    await page.goto(own);
    const style = new URL(`styles/${id}.json`, base).href;
    const problems = await page.evaluate(([url, at, z]) => window.drawStyle(url, at, z), [style, centre, zoom]);
    checks.equal(problems, [], `${id}: errors in OpenLayers`);
    const picture = await page.screenshot({ path: join(shots, `openlayers-${id}.png`) });
    const drawn = await pixels(browser, picture);
    checks.ok(drawn.drawn > 0.005 && drawn.colours > 2, `${id}: drawn ${JSON.stringify(drawn)}`);
    // OpenLayers draws no density surface from a style; points of the map appear when near.
    const unexpected = faults.filter((fault) => !/type "heatmap" not supported/.test(fault));
    checks.equal(unexpected, [], `${id}: faults`);
    await context.close();
  }
} finally {
  await browser.close();
  close();
}
checks.finish();
