// Sprites drawn by MapLibre, and glyph ranges decoded with the reference reader.

import { writeFileSync } from "node:fs";
import { launch, openTab, pixelsOf } from "./browser.mjs";
import { Checks, options } from "./options.mjs";
import { PbfReader } from "./packages.mjs";
import { servePage } from "./serve.mjs";
import { json } from "./tiles.mjs";

const { base, shots } = options();
const checks = new Checks("symbols");
const COLOUR = "#b3261e";
const PATTERNS = { "hatch-missing": "#f5f5f3", "hatch-suppressed": "#dfdfe5", "not-applicable": "#f5f5f3" };
const COLUMNS = 16;

/** Fields of a glyph, and of a stack of glyphs (`glyphs.proto`). */
const glyphField = (tag, glyph, pbf) => {
  if (tag === 1) glyph.id = pbf.readVarint();
  if (tag === 2) glyph.bitmap = pbf.readBytes();
  if (tag === 3) glyph.width = pbf.readVarint();
  if (tag === 4) glyph.height = pbf.readVarint();
  if (tag === 5) glyph.left = pbf.readSVarint();
  if (tag === 6) glyph.top = pbf.readSVarint();
  if (tag === 7) glyph.advance = pbf.readVarint();
};
const stackField = (tag, stack, pbf) => {
  if (tag === 1) stack.name = pbf.readString();
  if (tag === 2) stack.range = pbf.readString();
  if (tag === 3) stack.glyphs.push(pbf.readMessage(glyphField, {}));
};

async function checkGlyphs(stack, start, letter, count) {
  const range = `${start}-${start + 255}`;
  const answer = await fetch(new URL(`fonts/${encodeURIComponent(stack)}/${range}.pbf`, base));
  if (!checks.equal(answer.status, 200, `${stack} ${range}`)) return;
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const found = { glyphs: [] };
  new PbfReader(bytes).readFields((tag, _, pbf) => tag === 1 && pbf.readMessage(stackField, found), {});
  checks.equal([found.name, found.range], [stack, range], "stack and range");
  checks.ok(found.glyphs.length >= count, `${stack} ${range} has ${found.glyphs.length} letters`);
  for (const { id, bitmap, width, height } of found.glyphs) {
    const length = width * height > 0 ? (width + 6) * (height + 6) : 0;
    checks.equal(bitmap?.length ?? 0, length, `the bitmap of U+${id.toString(16)}`);
  }
  if (letter === undefined) return;
  const glyph = found.glyphs.find(({ id }) => id === letter.codePointAt(0));
  checks.ok(glyph && glyph.advance > 8 && glyph.advance <= 24, `${letter} is ${glyph?.advance} pixels wide`);
  checks.ok(glyph && glyph.top < 0 && glyph.top > -20, `${letter} begins at ${glyph?.top}`);
}

for (const weight of ["Regular", "Bold"]) {
  await checkGlyphs(`Pretendard GOV ${weight}`, 0, "A", 180);
  await checkGlyphs(`Pretendard GOV ${weight}`, 0xac00, "가", 256);
  await checkGlyphs(`Pretendard GOV ${weight}`, 65_280, undefined, 0);
}

/** All pictograms in rows, and the patterns beneath. */
function sheet(index) {
  const feature = (properties, type, coordinates) => ({ type: "Feature", properties, geometry: { type, coordinates } });
  const icons = Object.keys(index).filter((name) => index[name].sdf);
  const points = icons.map((icon, i) =>
    feature({ icon }, "Point", [(i % COLUMNS) * 0.05 - 0.375, 0.25 - Math.floor(i / COLUMNS) * 0.05]),
  );
  const areas = Object.keys(PATTERNS).map((pattern, i) => {
    const [w, s, e, n] = [i * 0.27 - 0.4, -0.4, i * 0.27 - 0.15, -0.28];
    return feature({ pattern }, "Polygon", [[[w, s], [e, s], [e, n], [w, n], [w, s]]]);
  });
  const source = (features) => ({ type: "geojson", data: { type: "FeatureCollection", features } });
  return {
    version: 8,
    sprite: new URL("sprites/policy-map", base).href,
    sources: { points: source(points), areas: source(areas) },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": "#ffffff" } },
      { id: "areas", type: "fill", source: "areas", paint: { "fill-pattern": ["get", "pattern"] } },
      {
        id: "icons",
        type: "symbol",
        source: "points",
        layout: { "icon-image": ["get", "icon"], "icon-allow-overlap": true },
        paint: { "icon-color": COLOUR },
      },
    ],
  };
}

const browser = await launch();
const page = await servePage("maplibre", {
  "/favicon.ico": "",
  "/style.json": JSON.stringify(sheet(await json(new URL("sprites/policy-map.json", base)))),
});
try {
  for (const deviceScaleFactor of [1, 2]) {
    const tab = await openTab(browser, [base, page.own], { viewport: { width: 800, height: 720 }, deviceScaleFactor });
    await tab.page.goto(page.own);
    checks.equal(await tab.page.evaluate(() => window.drawStyle("style.json", [0, -0.06], 9.2)), [], "problems");
    const png = await tab.page.screenshot();
    writeFileSync(`${shots}/symbols-${deviceScaleFactor}x.png`, png);
    const [icons, ...patterns] = await pixelsOf(browser, png, [COLOUR, ...Object.values(PATTERNS)]);
    // A fifth of 20 by 20 pixels for each of some 140 pictograms.
    checks.ok(icons > 11_000 * deviceScaleFactor ** 2, `${icons} pixels have the colour of the pictograms`);
    for (const found of patterns) checks.ok(found > 5000, `${found} pixels have the ground of a pattern`);
    checks.equal(tab.faults, [], "faults");
    await tab.context.close();
  }
} finally {
  await browser.close();
  page.close();
}
checks.finish();
