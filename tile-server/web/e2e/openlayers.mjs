// Each theme's style in OpenLayers, another map library with other opinions.

import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { launch, openTab, pixels } from "./browser.mjs";
import { Checks, options } from "./options.mjs";
import { json } from "./tiles.mjs";

const { base, shots } = options();
const checks = new Checks("openlayers");
const root = fileURLToPath(new URL("./openlayers", import.meta.url));

// Bundled in memory: this page is no part of what is delivered.
const bundle = await build({
  root,
  configFile: false,
  logLevel: "error",
  build: { write: false, minify: false, modulePreload: false },
});
const files = new Map(
  bundle.output.map((file) => [`/${file.fileName}`, file.type === "chunk" ? file.code : file.source]),
);
const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css" };
const server = createServer((request, response) => {
  const path = request.url === "/" ? "/index.html" : (request.url ?? "").split("?")[0];
  const body = files.get(path);
  response.statusCode = body === undefined ? 404 : 200;
  response.setHeader("content-type", TYPES[path.split(".").pop()] ?? "application/octet-stream");
  response.end(body);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const own = `http://127.0.0.1:${server.address().port}/`;

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
    checks.equal(faults, [], `${id}: faults`);
    await context.close();
  }
} finally {
  await browser.close();
  server.close();
}
checks.finish();
