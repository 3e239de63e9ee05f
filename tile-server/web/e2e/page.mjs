// The map page as its readers use it: mouse, keyboard, phone.

import { barriers, launch, openTab, pixels } from "./browser.mjs";
import { Checks, options } from "./options.mjs";
import { checked, field, go, idle, link, parts, shooter } from "./reader.mjs";
import { json, placeOf, pointOn, tile, tilesOf } from "./tiles.mjs";

const { base, shots } = options();
const checks = new Checks("page");
const catalog = await json(new URL("catalog.json", base));
const available = catalog.layers.filter((layer) => layer.available);
const home = catalog.district.bounds;
const browser = await launch();
const [shot, part] = [shooter(shots), parts(checks)];

/** What the page should show for a value, worked out apart from it. */
function expected(value, column) {
  if (value === undefined || value === null || value === "") return "자료 없음";
  if (typeof value === "boolean") return value ? "예" : "아니요";
  if (typeof value === "string") return value;
  const year = !column.unit && (/연도$|년도$/.test(column.title.ko) || /(^|_)(yr|year)($|_)/i.test(column.name));
  return year ? String(value) : new Intl.NumberFormat("ko-KR", { maximumFractionDigits: 3 }).format(value);
}

/** A feature of a layer that has a value, and where to click for it. */
async function sample(layer) {
  // The zoom that is clicked at: tiles of earlier ones may lack attributes.
  const z = Math.min(Math.max(layer.min_zoom ?? 0, 16), layer.max_zoom ?? 16);
  const valued = ({ properties }) => !layer.value || Boolean(properties[layer.value]);
  for (const [x, y] of tilesOf(layer.bounds ?? home, z)) {
    const decoded = (await tile(base, layer.id, z, x, y))[layer.id];
    for (let i = 0; i < (decoded?.length ?? 0); i += 1) {
      const feature = decoded.feature(i);
      const point = feature.id === undefined || !valued(feature) ? null : pointOn(feature);
      if (point) return { feature, z, place: placeOf(point, decoded.extent, z, x, y) };
    }
  }
  return null;
}

async function inspectedAs(page, layer, feature, what) {
  const article = page.locator(`#info [data-layer="${layer.id}"] [data-feature="${feature.id}"]`);
  if (!checks.equal(await article.count(), 1, `${what}: feature ${feature.id} of ${layer.id} in the panel`)) return;
  for (const column of layer.columns) {
    const cell = article.locator(`tr[data-column="${column.name}"]`);
    checks.equal(await cell.locator("th").textContent(), column.title.ko, `${what}: title of ${column.name}`);
    const shown = (await cell.locator("td").textContent()) ?? "";
    const text = expected(feature.properties[column.name], column);
    const unit = text !== "자료 없음" && column.unit && typeof feature.properties[column.name] === "number";
    const right = unit ? shown.startsWith(text) && shown.length > text.length : shown === text;
    checks.ok(right, `${what}: ${column.name} of ${feature.id}: tile says ${text}, page says ${shown}`);
  }
}

await part("desktop", async () => {
  const { page, faults } = await openTab(browser, [base]);
  await page.goto(base);
  await idle(page);
  await shot(page, "opening");
  const title = catalog.district.title.ko;
  checks.ok((await page.title()).includes(title), "the title names the district");
  checks.equal(await page.getAttribute("html", "lang"), "ko", "language of the page");
  if (catalog.district.notice) {
    checks.ok((await page.textContent("#notice")).includes(catalog.district.notice.ko), "the notice is shown");
    checks.ok(await page.isVisible("#notice"), "the notice is visible");
  }
  const opening = await checked(page);
  checks.ok(opening.length > 0, "the map opens with layers");
  checks.equal((await page.$$("#legend [data-layer]")).length, opening.length, "layers in the legend");
  checks.ok((await page.textContent(".maplibregl-ctrl-attrib")).trim() !== "", "attribution is shown");
  checks.ok(await page.isVisible(".maplibregl-ctrl-scale"), "scale is shown");
  checks.equal((await page.$$("#panel li.layer")).length, catalog.layers.length, "layers in the list");
  const drawn = await pixels(browser, await page.locator("#map").screenshot());
  checks.ok(drawn.drawn > 0.1 && drawn.colours > 20, `the map is drawn: ${JSON.stringify(drawn)}`);
  const fonts = await page.evaluate(() => [...document.fonts].filter((face) => face.status === "loaded").length);
  checks.ok(fonts > 0, "the typeface is loaded");

  checks.equal(await barriers(page), [], "barriers on the opening page");

  // The first stop leads past everything.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  checks.equal(await page.evaluate(() => document.activeElement.tagName), "CANVAS", "the skip link leads to the map");

  await part("keyboard", async () => {
    const off = available.find((layer) => !opening.includes(layer.id));
    if (!off) return;
    const box = page.locator(`#panel input[value="${off.id}"]`);
    await box.focus();
    await page.keyboard.press("Space");
    await idle(page);
    checks.equal(await checked(page), [...opening, off.id].sort(), "a layer switched on by keyboard");
    checks.ok(field(page, "layers")?.split(",").includes(off.id), "the address names the layer");
    checks.ok(await box.evaluate((element) => element === document.activeElement), "focus stays on the checkbox");
    await page.goBack();
    await idle(page);
    checks.equal(await checked(page), opening, "back undoes the selection");
    await page.goForward();
    await idle(page);
    checks.ok((await checked(page)).includes(off.id), "forward does it again");
    await page.goBack();
    await idle(page);
  });

  await part("click", async () => {
    for (const kind of ["point", "line", "polygon"]) {
      const layer = available.find((entry) => entry.geometry === kind);
      const found = layer && (await sample(layer));
      if (!found) continue;
      const [lng, lat] = found.place;
      await go(page, link([layer.id], [Math.max(found.z, 16), lat.toFixed(5), lng.toFixed(5)]));
      const map = await page.locator("#map").boundingBox();
      await page.mouse.click(map.x + map.width / 2, map.y + map.height / 2);
      await page.waitForSelector("#info:not([hidden])");
      await inspectedAs(page, layer, found.feature, `click on a ${kind}`);
      checks.ok((await page.$$("#info .chosen")).length === 1, `the clicked ${kind} is highlighted`);
      await idle(page);
      await shot(page, `clicked-${kind}`);
      checks.equal(await barriers(page), [], `barriers with a ${kind} in the panel`);
      await page.keyboard.press("Escape");
      checks.ok(await page.isHidden("#info"), "Escape closes the panel");
      await idle(page);
      await page.focus("#map canvas");
      await page.keyboard.press("Enter");
      await page.waitForSelector("#info:not([hidden])");
      await inspectedAs(page, layer, found.feature, `Enter on a ${kind}`);
      checks.equal(await page.evaluate(() => document.activeElement.id), "info", "focus moves to the panel");
      await page.keyboard.press("Escape");
      checks.equal(await page.evaluate(() => document.activeElement.tagName), "CANVAS", "focus returns to the map");
      await idle(page);
    }
  });

  await part("zoom", async () => {
    const deep = available.find((layer) => (layer.min_zoom ?? 0) >= 2);
    if (!deep || !home) return;
    const [lng, lat] = [(home[0] + home[2]) / 2, (home[1] + home[3]) / 2];
    await go(page, link([deep.id], [deep.min_zoom - 1, lat, lng]));
    const state = page.locator(`[data-layer="${deep.id}"] .layer-state`);
    checks.ok((await state.textContent()).includes("확대하면"), "a layer that begins deeper says so");
    await shot(page, "zoom-in");
    await state.locator("button").click();
    await page.waitForFunction((id) => !document.querySelector(`[data-layer="${id}"] .layer-state`).textContent, deep.id);
    await idle(page);
    const before = field(page, "view");
    await page.click("#home");
    // The address follows once the map has come to rest.
    await page.waitForFunction((old) => !location.hash.includes(`view=${old}`), before);
    await idle(page);
    const [zoom, north, east] = field(page, "view").split("/").map(Number);
    const within = east > home[0] && east < home[2] && north > home[1] && north < home[3];
    checks.ok(zoom > 5 && within, `home is ${field(page, "view")}`);
  });

  await part("language and search", async () => {
    await go(page, link(opening, [13, 37.551, 127.041]));
    await page.click("#language-button");
    await idle(page);
    checks.equal(await page.getAttribute("html", "lang"), "en", "language after the switch");
    checks.ok((await page.title()).includes(catalog.district.title.en), "the title in English");
    const labels = await page.locator("#panel .layer-title").allTextContents();
    const isPartial = ({ time }) => time?.partial?.includes(time.last) ?? false;
    const titles = catalog.layers.map((layer) => `${layer.title.en}${isPartial(layer) ? " Incomplete" : ""}`);
    checks.ok(catalog.layers.some(isPartial), "a layer whose newest period is partial");
    checks.equal([...labels].sort(), [...titles].sort(), "titles in English, each with its mark");
    await shot(page, "english");
    const wanted = available[0];
    for (const query of [wanted.title.ko, wanted.title.en.toUpperCase()]) {
      await page.fill("#search", query);
      const hits = await page.$$eval("#panel li.layer", (rows) => rows.filter((row) => row.checkVisibility()).map((row) => row.dataset.layer));
      checks.ok(hits.includes(wanted.id), `${query} finds ${wanted.id}`);
    }
    const described = available.find((layer) => layer.description);
    if (described) {
      await page.fill("#search", described.description.en);
      checks.ok(await page.isVisible(`#about-${described.id}`), "a layer found by its description shows it");
      await page.fill("#search", "");
      checks.ok(await page.isHidden(`#about-${described.id}`), "and hides it again");
      await page.click(`[aria-controls="about-${described.id}"]`);
      checks.equal(await page.textContent(`#about-${described.id}`), described.description.en, "the description");
      checks.equal(await barriers(page), [], "barriers with a description");
      await shot(page, "description");
    }
    await page.focus("#map canvas");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#info:not([hidden])");
    await page.fill("#search", "a");
    await page.keyboard.press("Escape");
    checks.ok(await page.isVisible("#info"), "Escape in the search leaves the information open");
    await page.focus("#info");
    await page.keyboard.press("Escape");
    checks.ok(await page.isHidden("#info"), "Escape elsewhere closes it");
    await page.fill("#search", "qqqq");
    checks.equal((await page.$$eval("#panel li.layer", (rows) => rows.filter((row) => row.checkVisibility()))).length, 0, "hits of nonsense");
    await page.fill("#search", "");
    await page.goBack();
    await idle(page);
    checks.equal(await page.getAttribute("html", "lang"), "ko", "back restores the language");
  });

  await part("high contrast", async () => {
    await page.click("#contrast-button");
    checks.equal(await page.getAttribute("#contrast-button", "aria-pressed"), "true", "the contrast switch");
    checks.equal(await barriers(page), [], "barriers in high contrast");
    await shot(page, "contrast");
  });

  await part("nothing selected", async () => {
    await go(page, link([], [13, 37.551, 127.041]));
    checks.equal(await checked(page), [], "an empty selection stays empty");
    checks.equal((await page.$$("#legend [data-layer]")).length, 0, "an empty legend");
  });
  checks.equal(await page.locator("#toasts .toast").allTextContents(), [], "notices of trouble");
  checks.equal(faults, [], "faults on the desktop");
  await page.context().close();
});

for (const [name, width, height, settings] of [
  ["phone", 360, 640, { isMobile: true, hasTouch: true, deviceScaleFactor: 2 }],
  ["phone-sideways", 640, 360, { isMobile: true, hasTouch: true, deviceScaleFactor: 2 }],
  ["tablet", 820, 1100, { hasTouch: true }],
  ["projector", 1920, 1080, {}],
]) {
  await part(name, async () => {
    const { page, context, faults } = await openTab(browser, [base], { viewport: { width, height }, ...settings });
    await page.goto(base);
    await idle(page);
    const map = await page.locator("#map").boundingBox();
    checks.ok(map.width * map.height >= width * height * 0.35, `${name}: the map is ${map.width}×${map.height}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    checks.ok(wide <= width, `${name}: the page is ${wide} wide`);
    await shot(page, name);
    checks.equal(await barriers(page), [], `${name}: barriers`);
    if (await page.isVisible("#notice button")) {
      await page.click("#notice button");
      await page.click("#contrast-button");
      checks.equal(await page.getAttribute("#notice button", "aria-expanded"), "true", `${name}: the notice stays open in high contrast`);
      await page.click("#contrast-button");
      await page.click("#language-button");
      checks.equal(await page.getAttribute("#notice button", "aria-expanded"), "true", `${name}: the notice stays open in English`);
      await page.click("#notice button");
    } else {
      await page.click("#language-button");
    }
    await idle(page);
    const lines = await page.$eval("#header h1", (title) => title.getBoundingClientRect().height / parseFloat(getComputedStyle(title).lineHeight));
    checks.ok(lines < 2.5, `${name}: the English title has ${lines} lines`);
    const named = await page.$$eval(".header-tools button", (all) => all.map((button) => button.innerText.trim() || button.textContent.trim()));
    checks.ok(named.every((text) => text !== ""), `${name}: buttons have names`);
    const widest = await page.evaluate(() => document.documentElement.scrollWidth);
    checks.ok(widest <= width, `${name}: the English page is ${widest} wide`);
    checks.equal(await barriers(page), [], `${name}: barriers in English`);
    await shot(page, `${name}-english`);
    await page.click("#language-button");
    await idle(page);
    if (settings.hasTouch) {
      const small = await page.$$eval("button, summary, #panel label", (all) =>
        all
          .filter((element) => element.checkVisibility() && !element.closest(".maplibregl-map, .unseen, .search"))
          .map((element) => [element.id || element.className || element.tagName, element.getBoundingClientRect()])
          .filter(([, box]) => box.height > 0 && (box.height < 43.5 || box.width < 43.5))
          .map(([who, box]) => `${who} ${Math.round(box.width)}×${Math.round(box.height)}`),
      );
      checks.equal(small, [], `${name}: targets under 44 px`);
      await page.touchscreen.tap(map.x + map.width / 2, map.y + map.height / 2);
      await page.waitForSelector("#info:not([hidden])");
      const left = await page.locator("#map").boundingBox();
      checks.ok(left.height >= 100, `${name}: ${left.height} px of map beside what was tapped`);
      await idle(page);
      await shot(page, `${name}-tapped`);
      // Where the list gave way to what was tapped, the second link brings it back.
      await page.focus("#skip-panel");
      await page.keyboard.press("Enter");
      checks.equal(await page.evaluate(() => document.activeElement.id), "panel", `${name}: the skip link leads to the list`);
      checks.ok(await page.isVisible("#panel"), `${name}: the list is back`);
    }
    checks.equal(faults, [], `${name}: faults`);
    await context.close();
  });
}

for (const [name, settings] of [
  ["desktop", {}],
  ["phone", { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true }],
]) {
  await part(`no notice on a ${name}`, async () => {
    const { page, context, faults } = await openTab(browser, [base], settings);
    const silent = { ...catalog, district: { ...catalog.district, notice: null } };
    await page.route("**/catalog.json", (route) => route.fulfill({ json: silent }));
    await page.goto(base);
    await idle(page);
    checks.ok(await page.isHidden("#notice"), `${name}: no notice, no bar`);
    const { width, height } = page.viewportSize();
    const map = await page.locator("#map").boundingBox();
    checks.ok(map.width * map.height >= width * height * 0.35, `${name}: without a notice the map is ${map.width}×${map.height}`);
    const body = await page.locator("#body").boundingBox();
    checks.equal(Math.round(body.y + body.height), height, `${name}: the page is filled without a notice`);
    const zoom = Number(field(page, "view")?.split("/")[0]);
    if (home) checks.ok(zoom > 5, `${name}: without a notice the map opens at zoom ${zoom}`);
    checks.equal(faults, [], `${name}: faults without a notice`);
    await shot(page, `no-notice-${name}`);
    await context.close();
  });
}

await part("staff", async () => {
  const { page, context, faults } = await openTab(browser, [base], { permissions: ["clipboard-read", "clipboard-write"] });
  const [own] = available;
  const layers = catalog.layers.map((layer) => ({ ...layer, visibility: layer.id === own.id ? "staff" : "public" }));
  await page.route("**/catalog.json", (route) => route.fulfill({ json: { ...catalog, layers } }));
  await page.goto(base + link([own.id], [13, 37.551, 127.041]));
  await idle(page);
  for (const where of ["#header", `#panel [data-layer="${own.id}"]`, `#legend [data-layer="${own.id}"]`]) {
    checks.equal(await page.locator(`${where} .staff-badge`).allTextContents(), ["직원 전용"], `${where} marks what is for staff`);
  }
  checks.equal(await page.locator("#panel .staff-badge").count(), 1, "layers marked in the list");
  await page.click("#link-button");
  await page.waitForSelector("#toasts [data-key=link]");
  checks.ok((await page.textContent("#toasts")).includes("직원 전용"), "the link's note warns");
  checks.equal(await page.evaluate(() => navigator.clipboard.readText()), page.url(), "the link that was copied");
  checks.equal(await barriers(page), [], "barriers on the staff page");
  await shot(page, "staff");
  checks.equal(faults, [], "faults on the staff page");
  await context.close();
});

await browser.close();
checks.finish();
