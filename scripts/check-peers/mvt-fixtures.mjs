// npm's `@mapbox/mvt-fixtures`, each tile in an archive of its own: served as it stands, by
// one picked layer, and enlarged past the archive's last zoom. A sound tile must hold what
// the fixture's JSON declares; an unsound one is refused, or read as the table here says.
// Real tiles of the package are compared with what the reference decoder reads of them.
//
//     node mvt-fixtures.mjs --program tile-server

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { Checks } from "../../tile-server/web/e2e/options.mjs";
import { mvtFixtures, mvtFixturesUrl } from "../../tile-server/web/e2e/packages.mjs";
import { fixtureLayers } from "./fixture-layers.mjs";
import { apart, beyond, boxOf, faultOf, isSmallest } from "./outline.mjs";
import { get, run, withServer } from "./server.mjs";
import { decode, eachOf, layerNames, writeArchive } from "./tiles.mjs";

const {
  values: { program },
} = parseArgs({ options: { program: { type: "string" } } });
const checks = new Checks("mvt-fixtures");
/** Tile units beyond the edge that an enlarged tile still holds. */
const BUFFER = 64;
/** Tile units by which an outline may move: both sides round to the grid. */
const ROUNDED = 1.5;
/** The layer that is not in any fixture, so that the others are published one by one. */
const OTHER = { id: "other", fields: {} };

/**
 * Unsound fixtures that are sent as they are stored. Before a stored tile is sent its layers,
 * names and lengths are read; geometry, tags and values are not, and readers pass over them.
 */
const SENT = new Set([
  "003",
  "004",
  "007",
  "011",
  "012",
  "024",
  "026",
  "040",
  "041",
  "042",
  "044",
  "045",
  "046",
  "047",
  "048",
  "051",
  "052",
  "057",
  "058",
  "061",
]);
/** Unsound fixtures that can be enlarged: what is unsound is not needed, or is left out. */
const ENLARGED = new Map(
  Object.entries({
    "003": "empty",
    "004": "empty",
    "007": "tile",
    "011": "tile",
    "012": "tile",
    "024": "tile",
    "026": "tile",
    "046": "tile",
  }),
);
/** Counts that make the reference decoder take all memory, though one is declared as sound. */
const BOMBS = new Set(["057", "058"]);

const sorted = (properties) => Object.fromEntries(Object.entries(properties).sort());
/** Of so many real tiles one is enlarged: comparing outlines takes long. */
const ENLARGED_STEP = 20;
/** Features without order, as text: ids, attributes and shapes. */
const asText = (features) =>
  features
    .map(({ id, properties, shape }) => JSON.stringify({ id, properties: sorted(properties), shape }))
    .sort();

/** A feature of an ancestor as it lies in a tile `up` zooms deeper. */
function enlarged(shape, from, to, up, [column, row]) {
  const scale = (to / from) * 2 ** up;
  const move = ([x, y]) => [x * scale - column * to, y * scale - row * to];
  return { type: shape.type, parts: shape.parts.map((part) => part.map(move)) };
}

const overlaps = ([left, top, right, bottom], least, most) =>
  left <= most && right >= least && top <= most && bottom >= least;

const keyOf = ({ id, properties, shape }) => JSON.stringify([id, shape.type, sorted(properties)]);

/** Features by what tells them apart; several may be alike. */
function grouped(features) {
  const groups = new Map();
  for (const feature of features) {
    const key = keyOf(feature);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(feature);
  }
  return groups;
}

/** Compares an enlarged layer with the ancestor's features. */
function checkEnlarged(where, layer, ancestor, up, child) {
  const to = layer?.extent ?? 4096;
  const near = ancestor.features
    .filter(({ shape }) => shape.type > 0)
    .map((feature) => ({ ...feature, shape: enlarged(feature.shape, ancestor.extent, to, up, child) }))
    .filter(({ shape }) => overlaps(boxOf(shape), -BUFFER - 1, to + BUFFER + 1));
  const [theirs, ours] = [grouped(near), grouped(layer?.features ?? [])];
  for (const [key, features] of theirs) {
    const meeting = features.filter(({ shape }) =>
      shape.parts.flat().some(([x, y]) => x > 0 && y > 0 && x < to && y < to),
    );
    const found = ours.get(key) ?? [];
    checks.ok(
      found.length >= meeting.length && found.length <= features.length,
      `${where}: ${found.length} features ${key.slice(0, 200)}, of which ${meeting.length} meet the tile`,
    );
    if (features.length > 1 || found.length !== 1 || isSmallest(found[0].shape)) continue;
    const distance = apart(found[0].shape, features[0].shape, to);
    checks.ok(distance <= ROUNDED, `${where}: ${key.slice(0, 200)} is ${distance} units off`);
  }
  for (const [key, features] of ours) {
    for (const { shape } of features) {
      checks.equal(faultOf(shape), null, `${where}: ${key.slice(0, 200)}`);
      const fits = (theirs.get(key) ?? []).some((other) => beyond(shape, other.shape) <= ROUNDED);
      checks.ok(
        fits,
        `${where}: ${key.slice(0, 200)} is drawn where the ancestor has nothing: ${JSON.stringify(shape.parts).slice(0, 200)}`,
      );
    }
  }
}

/** What came of a request: the bytes of a tile, `empty`, or `refused`; anything else is a fault. */
async function ask(url) {
  const { status, type, body } = await get(url);
  if (status === 200) return { outcome: "tile", bytes: body };
  if (status === 204) return { outcome: "empty", bytes: Buffer.alloc(0) };
  const says = type.startsWith("application/problem+json") && JSON.parse(body).detail;
  return {
    outcome:
      (status === 503 || status === 404) && says
        ? "refused"
        : `an answer of ${status}: ${body.slice(0, 200)}`,
  };
}

async function checkSound(base, { id, buffer, json }) {
  const layers = fixtureLayers(json);
  const drawn = layers.filter((layer) => layer.features.length > 0);
  const whole = await ask(`${base}/tiles/f${id}/0/0/0`);
  checks.equal(whole.outcome, drawn.length > 0 ? "tile" : "empty", `${id}, as it stands`);
  if (whole.outcome === "tile")
    checks.ok(whole.bytes.equals(buffer), `${id}, as it stands: other bytes than are stored`);
  for (const layer of layers) {
    const name = `f${id}-${layer.name}`;
    const picked = await ask(`${base}/tiles/${name}/0/0/0`);
    checks.equal(picked.outcome, layer.features.length > 0 ? "tile" : "empty", `${id}, picked`);
    if (picked.outcome === "tile") {
      const found = decode(picked.bytes);
      checks.equal(Object.keys(found), [name], `${id}, picked`);
      checks.equal(found[name]?.extent, layer.extent, `${id}, picked, extent`);
      checks.equal(asText(found[name]?.features ?? []), asText(layer.features), `${id}, picked`);
    }
  }
  for (const child of [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ]) {
    const { outcome, bytes } = await ask(`${base}/tiles/f${id},deep/1/${child.join("/")}`);
    if (!checks.ok(outcome === "tile" || outcome === "empty", `${id}, enlarged: ${outcome}`)) continue;
    const found = decode(bytes);
    for (const layer of layers)
      checkEnlarged(`${id}, enlarged to 1/${child.join("/")}`, found[layer.name], layer, 1, child);
  }
}

/** What the reference decoder reads of a layer, or its error. */
function read(bytes, name) {
  try {
    return asText(decode(bytes)[name]?.features ?? []);
  } catch (error) {
    return error.message;
  }
}

async function checkUnsound(base, { id, buffer, json }) {
  const name = json.layers[0].name || "hello";
  const stored = SENT.has(id) ? "tile" : "refused";
  const whole = await ask(`${base}/tiles/f${id}/0/0/0`);
  checks.equal(whole.outcome, stored, `${id}, as it stands`);
  if (whole.outcome === "tile")
    checks.ok(whole.bytes.equals(buffer), `${id}, as it stands: other bytes than are stored`);
  const picked = await ask(`${base}/tiles/f${id}-${name}/0/0/0`);
  checks.equal(picked.outcome, stored, `${id}, picked`);
  if (picked.outcome === "tile" && !BOMBS.has(id))
    checks.equal(read(picked.bytes, `f${id}-${name}`), read(buffer, name), `${id}, picked`);
  for (const child of [
    [0, 0],
    [1, 0],
  ]) {
    const { outcome, bytes } = await ask(`${base}/tiles/f${id},deep/1/${child.join("/")}`);
    const where = `${id}, enlarged to 1/${child.join("/")}`;
    // All that the fixtures draw is in the first quarter.
    if (child[0] === 0) checks.equal(outcome, ENLARGED.get(id) ?? "refused", where);
    else checks.ok(outcome === "empty" || outcome === "refused", `${where}: ${outcome}`);
    if (outcome !== "tile") continue;
    for (const { features } of Object.values(decode(bytes))) {
      for (const { shape } of features) checks.equal(faultOf(shape), null, `${id}, enlarged`);
    }
  }
}

/** Real tiles of one place, all in one archive. */
async function readReal(place) {
  const folder = join(real, place);
  const tiles = (await readdir(folder))
    .filter((name) => /^\d+-\d+-\d+\.(mvt|mvt\.gz|vector\.pbf|pbf)$/.test(name))
    .map(async (name) => {
      const bytes = await readFile(join(folder, name));
      return [
        name.split(".")[0].replaceAll("-", "/"),
        bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes,
      ];
    });
  return Promise.all(tiles);
}

async function checkReal(base, place, tiles) {
  const id = `real-${place}`;
  for (const [index, [at, buffer]] of tiles.entries()) {
    const stored = decode(buffer);
    const [z, x, y] = at.split("/").map(Number);
    const whole = await ask(`${base}/tiles/${id}/${at}`);
    if (checks.equal(whole.outcome, Object.keys(stored).length > 0 ? "tile" : "empty", `${id}/${at}`))
      checks.ok(whole.bytes.equals(buffer), `${id}/${at}: other bytes than are stored`);
    for (const layer of Object.values(stored)) {
      const name = `${id}-${layer.name}`;
      const picked = await ask(`${base}/tiles/${name}/${at}`);
      const found = picked.outcome === "tile" ? decode(picked.bytes)[name]?.features : [];
      checks.ok(
        isDeepStrictEqual(found, layer.features),
        `${name}/${at}, picked: other features than are stored`,
      );
    }
    if (index % ENLARGED_STEP !== 0) continue;
    const child = [x % 2, (x + y) % 2];
    const { outcome, bytes } = await ask(
      `${base}/tiles/${id},deep/${z + 1}/${2 * x + child[0]}/${2 * y + child[1]}`,
    );
    if (!checks.ok(outcome === "tile" || outcome === "empty", `${id}/${at}, enlarged: ${outcome}`)) continue;
    const cut = decode(bytes);
    for (const layer of Object.values(stored))
      checkEnlarged(`${id}/${at}, ${layer.name}, enlarged`, cut[layer.name], layer, 1, child);
  }
}

const real = fileURLToPath(new URL("real-world/", mvtFixturesUrl));
const places = await Promise.all((await readdir(real)).map(async (place) => [place, await readReal(place)]));
const fixtures = [];
(await mvtFixtures()).each((fixture) => fixtures.push(fixture));
const data = await mkdtemp(join(tmpdir(), "mvt-fixtures-"));
try {
  await writeFile(
    join(data, "deep.geojson"),
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[100,-50]}}]}',
  );
  const imported = await run(program, [
    "import",
    join(data, "deep.geojson"),
    "--data",
    data,
    "--bounds=-180,-85,180,85",
    "--quiet",
  ]);
  checks.equal(imported.code, 0, `the layer beside the archives is imported: ${imported.stderr}`);
  await eachOf(fixtures, 4, ({ id, json, buffer }) => {
    const names = new Set(
      ["hello", ...(json.layers ?? []).map((layer) => layer.name)].filter(
        (name) => typeof name === "string" && name,
      ),
    );
    const metadata = { vector_layers: [...[...names].map((name) => ({ id: name, fields: {} })), OTHER] };
    return writeArchive([["0/0/0", buffer]], metadata, join(data, `f${id}.pmtiles`));
  });
  await eachOf(places, 2, async ([place, tiles]) => {
    const names = new Set(tiles.flatMap(([, bytes]) => layerNames(bytes)));
    return writeArchive(
      tiles,
      { vector_layers: [...[...names].map((id) => ({ id, fields: {} })), OTHER] },
      join(data, `real-${place}.pmtiles`),
    );
  });
  const { faults } = await withServer({ program, data }, async (base) => {
    for (const fixture of fixtures) {
      const sound = fixture.validity.v2 === true && !BOMBS.has(fixture.id);
      await (sound ? checkSound : checkUnsound)(base, fixture);
    }
    for (const [place, tiles] of places) await checkReal(base, place, tiles);
  });
  for (const fault of faults) checks.ok(false, fault);
} finally {
  await rm(data, { recursive: true, force: true });
}
console.error(
  `mvt-fixtures: ${fixtures.length} fixtures, ${places.reduce((sum, [, tiles]) => sum + tiles.length, 0)} real tiles`,
);
checks.finish();
