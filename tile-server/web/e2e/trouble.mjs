// The map page while things are slow, missing or broken.

import { barriers, launch, openTab, pixels } from "./browser.mjs";
import { Checks, options } from "./options.mjs";
import { field, idle, parts, shooter } from "./reader.mjs";
import { json } from "./tiles.mjs";

const { base, shots } = options();
const checks = new Checks("trouble");
const catalog = await json(new URL("catalog.json", base));
const available = catalog.layers.filter((layer) => layer.available);
const browser = await launch();
const [shot, part] = [shooter(shots), parts(checks)];

await part("catalog that can't be had", async () => {
  const { page, context } = await openTab(browser, [base]);
  await page.route("**/catalog.json", (route) => route.abort());
  await page.goto(base);
  await page.waitForSelector("#failure [role=alert]");
  const text = await page.textContent("#failure");
  checks.ok(/[가-힣]/.test(text) && !/[a-z]{4,}/i.test(text), `the message is Korean: ${text}`);
  checks.equal(await barriers(page), [], "barriers in the message");
  await shot(page, "no-catalog");
  await page.click("#language-button");
  const english = await page.textContent("#failure");
  checks.ok(/[a-z]{4,}/i.test(english) && !/[가-힣]/.test(english), `the message is English after the switch: ${english}`);
  checks.equal(field(page, "lang"), "en", "the address keeps the language");
  await page.click("#language-button");
  checks.equal(await page.textContent("#failure"), text, "and Korean again");
  await page.unroute("**/catalog.json");
  await page.click("#failure button");
  await idle(page);
  checks.ok(await page.isHidden("#failure"), "the message goes once the catalog is there");
  await context.close();
});

await part("loading", async () => {
  const { page, context } = await openTab(browser, [base]);
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/styles/**", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(base);
  await page.waitForSelector('#map[data-state="loading"]');
  await page.waitForSelector("#panel li.layer");
  checks.ok((await page.textContent("#live")).includes("불러오는"), "loading is said");
  await page.waitForFunction(() => getComputedStyle(document.getElementById("map"), "::after").visibility === "visible");
  await shot(page, "loading");
  release();
  await idle(page);
  const bar = await page.evaluate(() => getComputedStyle(document.getElementById("map"), "::after").content);
  checks.equal(bar, "none", "the bar is gone once the map is drawn");
  await context.close();
});

await part("slow fonts", async () => {
  const { page, context } = await openTab(browser, [base]);
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/*.woff2", async (route) => {
    await held;
    await route.continue();
  });
  const described = page.waitForRequest(/\/tiles\/[^/]+\.json/);
  await page.goto(base, { waitUntil: "commit" });
  await described;
  checks.equal(await page.locator("#map canvas").count(), 0, "maps made before their typeface is there");
  checks.ok(await page.isVisible("#panel li.layer"), "the list is there before the map");
  release();
  await idle(page);
  checks.equal(await page.locator("#map canvas").count(), 1, "maps made after it");
  await context.close();
});

await part("empty catalog", async () => {
  const { page, context } = await openTab(browser, [base]);
  const empty = { fields: [], datasets: [], themes: [], layers: [], district: {} };
  await page.route("**/catalog.json", (route) => route.fulfill({ json: empty }));
  await page.goto(base);
  await page.waitForSelector("#failure [role=alert]");
  checks.ok((await page.textContent("#failure")).includes(".fgb"), "an empty catalog says how to add a file");
  await page.click("#language-button");
  checks.ok((await page.textContent("#failure")).includes("Operator"), "an empty catalog says it in English too");
  await shot(page, "empty-catalog");
  await context.close();
});

await part("tiles that fail for a while", async () => {
  const { page, context } = await openTab(browser, [base]);
  const layer = available[0];
  const problem = { title: "Layer unavailable", status: 503, detail: `The data of layer ${layer.id} can't be read now.` };
  let refused = 0;
  const pattern = /\/tiles\/.*\/\d+\/\d+\/\d+$/;
  await context.route(pattern, (route) => {
    refused += 1;
    return route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify(problem) });
  });
  await page.goto(base);
  await page.waitForSelector("#toasts .toast");
  checks.ok((await page.textContent("#toasts")).includes(layer.title.ko), "the notice names the layer");
  checks.ok(refused > 0, "tiles were refused");
  await shot(page, "tile-503");
  await context.unroute(pattern);
  await page.waitForSelector("#toasts .toast", { state: "detached" });
  const drawn = await pixels(browser, await page.locator("#map").screenshot());
  checks.ok(drawn.drawn > 0.1, "the map is drawn after recovery");
  await context.close();
});

await browser.close();
checks.finish();
