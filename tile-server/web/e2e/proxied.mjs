// The map page behind a proxy that tells the server neither host nor path: links that the
// server writes lead elsewhere, and the page draws all the same.

import { launch, openTab, pixels } from "./browser.mjs";
import { Checks, options } from "./options.mjs";
import { idle, shooter } from "./reader.mjs";

const { base, shots } = options();
const checks = new Checks("proxied");
const browser = await launch();
try {
  const catalog = await (await fetch(new URL("catalog.json", base))).json();
  const first = catalog.layers.find((layer) => layer.available);
  const tilejson = await (await fetch(new URL(`tiles/${first.id}.json`, base))).json();
  checks.ok(!tilejson.tiles[0].startsWith(base), "the proxy passes on what links need: there is nothing to try here");

  // Any request to another place than the proxy is a fault.
  const { page, faults } = await openTab(browser, [base]);
  await page.goto(base);
  await idle(page);
  await shooter(shots)(page, "proxied");
  const drawn = await pixels(browser, await page.locator("#map").screenshot());
  checks.ok(drawn.drawn > 0.1 && drawn.colours > 20, `the map is drawn: ${JSON.stringify(drawn)}`);
  checks.equal(faults, [], "what went wrong");
} finally {
  await browser.close();
}
checks.finish();
