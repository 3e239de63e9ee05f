// Every map as a picture with its legend, on contact sheets to be looked at.

import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { launch, openTab } from "./browser.mjs";
import { Checks } from "./options.mjs";
import { servePage } from "./serve.mjs";
import { json } from "./tiles.mjs";

const HELP = `usage: node e2e/run.mjs sheets --base-url URL [--staff-url URL] [OPTION…]

Draws each map of the public and, with --staff-url, of staff, and writes contact sheets
sheet-<form>-<theme>-<view>-<scheme>-<n>.png and sheets.json into --shots.

  --shots DIR        where the sheets go                      (default: shots)
  --maps a,b         just these maps
  --theme ID         just the maps of this theme
  --sample N         every so many-th map, N in all
  --views a,b        of district, near, phone, desktop        (default: district)
  --schemes a,b      of light, dark, contrast                 (default: light)
  --differing        of staff, just maps that the public has in another form or not at all`;

/** Sizes of the picture; a near view is at zoom 15 where the map has a feature. */
const VIEWS = {
  district: { width: 620, height: 470, columns: 3, rows: 3 },
  near: { width: 620, height: 470, columns: 3, rows: 3, zoom: 15 },
  phone: { width: 390, height: 560, columns: 4, rows: 2 },
  desktop: { width: 1440, height: 900, columns: 1, rows: 1 },
};

const text = { type: "string" };
const { values } = parseArgs({
  options: {
    "base-url": text, "staff-url": text, shots: text, maps: text, theme: text, sample: text, views: text, schemes: text,
    differing: { type: "boolean" },
  },
});
if (!values["base-url"]) {
  console.error(HELP);
  process.exit(2);
}
const shots = resolve(values.shots ?? "shots");
mkdirSync(shots, { recursive: true });
const list = (value, otherwise) => value?.split(",") ?? otherwise;
const views = list(values.views, ["district"]);
const schemes = list(values.schemes, ["light"]);
const unknown = views.filter((view) => !VIEWS[view]);
if (unknown.length > 0) {
  console.error(`no view ${unknown}\n${HELP}`);
  process.exit(2);
}

/** The maps of one listener that are asked for, in the catalog's order. */
function mapsOf(catalog, others) {
  const wanted = list(values.maps);
  const same = (layer) => {
    const other = others?.layers.find((candidate) => candidate.id === layer.id);
    const form = ({ kind, description, value }) => JSON.stringify([kind, description, value]);
    return other && form(other) === form(layer);
  };
  const maps = catalog.layers.filter(
    (layer) =>
      layer.available && layer.theme && (!wanted || wanted.includes(layer.id)) &&
      (!values.theme || layer.theme === values.theme) && !(others && same(layer)),
  );
  const share = values.sample ? Math.max(1, Math.ceil(maps.length / Number(values.sample))) : 1;
  return maps.filter((_, index) => index % share === 0);
}

/** A picture or drawing as a URL that a page may show; null where there is none. */
async function dataUrl(url) {
  const answer = await fetch(url);
  if (!answer.ok) return null;
  const bytes = Buffer.from(await answer.arrayBuffer());
  return `data:${answer.headers.get("content-type")};base64,${bytes.toString("base64")}`;
}

/** Opens the sheet's page as one of the server, whose answers to staff are for its own pages alone. */
async function openSheet(page, base) {
  const address = new URL("contact-sheet/", base).href;
  await page.route(`${address}**`, async (route) => {
    const answer = await fetch(new URL(route.request().url().slice(address.length), own));
    const body = Buffer.from(await answer.arrayBuffer());
    await route.fulfill({ status: answer.status, contentType: answer.headers.get("content-type"), body });
  });
  const open = () => page.goto(address);
  await open();
  return open;
}

/** Share of the pixels in which two pictures of a page differ. */
async function differing(page, one, other) {
  return page.evaluate(async ([first, second]) => {
    const channels = async (url) => {
      const bitmap = await createImageBitmap(await (await fetch(url)).blob());
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      context.drawImage(bitmap, 0, 0);
      return new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer);
    };
    const [a, b] = [await channels(first), await channels(second)];
    return a.reduce((sum, pixel, at) => sum + Number(pixel !== b[at]), 0) / a.length;
  }, [one, other]);
}

const checks = new Checks("sheets");
const { own, close } = await servePage("sheet");
const publicCatalog = await json(new URL("catalog.json", values["base-url"]));
const sides = [{ form: "public", base: values["base-url"], catalog: publicCatalog }];
if (values["staff-url"]) {
  const catalog = await json(new URL("catalog.json", values["staff-url"]));
  sides.push({ form: "staff", base: values["staff-url"], catalog, others: values.differing ? publicCatalog : undefined });
}
const browser = await launch();
const report = [];

/** Draws one map and returns its picture and what is known of it. */
async function draw(page, traffic, side, layer, view, scheme, empty) {
  const { width, height, zoom } = VIEWS[view];
  const bounds = side.catalog.district.bounds ?? layer.bounds;
  const url = new URL(`styles/${layer.id}.json?scheme=${scheme}`, side.base).href;
  const box = { url, width, height };
  traffic.length = 0;
  let problems = await page.evaluate((at) => window.drawMap(at), { ...box, bounds });
  if (zoom) {
    const centre = await page.evaluate((source) => window.placeNear(source), layer.id);
    problems = problems.concat(
      await page.evaluate((at) => window.drawMap(at), { ...box, zoom, centre: centre ?? [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2] }),
    );
  }
  const picture = `data:image/png;base64,${(await page.locator("#map").screenshot()).toString("base64")}`;
  const tiles = traffic.filter(({ path }) => path.includes("/tiles/") && !path.endsWith(".json"));
  const entry = {
    id: layer.id, form: side.form, view, scheme,
    drawn: empty ? await differing(page, picture, empty) : null,
    tile_requests: tiles.length, tile_bytes: tiles.reduce((sum, { bytes }) => sum + bytes, 0), problems,
  };
  checks.equal(problems, [], `${layer.id} (${side.form}, ${view}, ${scheme}): errors`);
  report.push(entry);
  return { entry, picture };
}

for (const side of sides) {
  const maps = mapsOf(side.catalog, side.others);
  for (const view of views) {
    for (const scheme of schemes) {
      const { width, height, columns, rows } = VIEWS[view];
      const { page, context } = await openTab(browser, [side.base, own], { viewport: { width: 1500, height: 920 } });
      const traffic = [];
      page.on("response", async (response) => {
        const path = new URL(response.url()).pathname;
        traffic.push({ path, bytes: Number(response.headers()["content-length"] ?? 0) });
      });
      const cells = [];
      const reopen = await openSheet(page, side.base);
      // The base alone, against which a map must show something.
      const alone = new URL(`styles/base.json?scheme=${scheme}`, side.base).href;
      const bounds = side.catalog.district.bounds;
      const failed = await page.evaluate((at) => window.drawMap(at), { url: alone, width, height, bounds });
      const empty =
        failed.length === 0 && view !== "near"
          ? `data:image/png;base64,${(await page.locator("#map").screenshot()).toString("base64")}`
          : null;
      for (const layer of maps) {
        const { entry, picture } = await draw(page, traffic, side, layer, view, scheme, empty);
        if (entry.drawn !== null) checks.ok(entry.drawn > 0.0005, `${layer.id} (${side.form}, ${view}, ${scheme}): draws nothing`);
        const legend = await dataUrl(new URL(`legends/${layer.id}.svg?scheme=${scheme}`, side.base));
        const kilobytes = Math.round(entry.tile_bytes / 1000);
        cells.push({ theme: layer.theme, title: layer.title.ko, note: `${layer.id} · ${entry.tile_requests} tiles, ${kilobytes} kB`, picture, legend });
      }
      for (const theme of new Set(cells.map((cell) => cell.theme))) {
        const own_cells = cells.filter((cell) => cell.theme === theme);
        for (let from = 0, number = 1; from < own_cells.length; from += columns * rows, number += 1) {
          await page.evaluate(([count, part]) => window.showSheet(count, part), [columns, own_cells.slice(from, from + columns * rows)]);
          const file = `sheet-${side.form}-${theme}-${view}-${scheme}-${number}.png`;
          await page.locator(".sheet").screenshot({ path: join(shots, file) });
          await reopen();
        }
      }
      await context.close();
    }
  }
}
await browser.close();
close();
writeFileSync(join(shots, "sheets.json"), `${JSON.stringify(report, null, 1)}\n`);
checks.finish();
