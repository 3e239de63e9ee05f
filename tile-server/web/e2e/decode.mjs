// Decodes every layer's tiles with the reference decoder.

import { Checks, options } from "./options.mjs";
import { json, tile, tileOf, tilesOf } from "./tiles.mjs";

const { base } = options();
const checks = new Checks("decode");
const catalog = await json(new URL("catalog.json", base));
const KINDS = { point: [1], line: [2], polygon: [3], mixed: [1, 2, 3] };
const MOST_ZOOM = 16;

/** The area of a closed ring in tile units; its sign tells outer from inner. */
function area(ring) {
  let sum = 0;
  for (let i = 0; i < ring.length - 1; i += 1) sum += ring[i].x * ring[i + 1].y - ring[i + 1].x * ring[i].y;
  return sum / 2;
}

/** What is wrong with a feature's geometry, or nothing. */
function fault(feature, extent) {
  const parts = feature.loadGeometry();
  if (parts.length === 0 || parts.some((part) => part.length === 0)) return "no coordinates";
  const far = extent * 2;
  for (const part of parts) {
    for (const { x, y } of part) {
      if (!Number.isInteger(x) || !Number.isInteger(y)) return `a coordinate of ${x}, ${y}`;
      if (x < -extent || y < -extent || x > far || y > far) return `a coordinate of ${x}, ${y}`;
    }
    if (feature.type === 2 && part.length < 2) return "a line of one point";
    if (feature.type === 3) {
      const [first, last] = [part[0], part.at(-1)];
      if (part.length < 4 || first.x !== last.x || first.y !== last.y) return "a ring that is not closed";
      if (area(part) === 0) return "a ring without area";
    }
  }
  if (feature.type === 3 && area(parts[0]) <= 0) return "an inner ring before any outer one";
  return null;
}

/** Layers of a tile by their layer in the catalog: itself, or points for its labels. */
const nameOf = (name) => name.replace(/\.label$/, "");

/** Attributes of clusters, thinned and merged features, which the catalog's README describes. */
const OF_REDUCED_TILES = [
  "cluster", "point_count", "point_count_abbreviated", "merged_count", "merged_area_m2", "merged_length_m",
];

function checkLayer(layer, decoded, where, kinds = KINDS[layer.geometry ?? "mixed"]) {
  checks.equal(decoded.version, 2, `${where}: version`);
  checks.ok(decoded.extent >= 256, `${where}: extent ${decoded.extent}`);
  const known = new Set([...layer.columns.map((column) => column.name), ...OF_REDUCED_TILES]);
  const ids = new Set();
  let [geometry, text, hangul] = [null, null, false];
  for (let i = 0; i < decoded.length; i += 1) {
    const feature = decoded.feature(i);
    if (!kinds.includes(feature.type)) geometry ??= `a feature of type ${feature.type}`;
    geometry ??= fault(feature, decoded.extent);
    if (feature.id !== undefined) ids.add(feature.id);
    for (const [name, value] of Object.entries(feature.properties)) {
      if (!known.has(name)) text ??= `an unpublished column ${name}`;
      if (typeof value !== "string") continue;
      // U+FFFD is what a broken encoding leaves; jamo that NFC would join are a
      // file name's, not a database's.
      if (value.includes("\ufffd") || value !== value.normalize("NFC")) text ??= `${name}: ${value}`;
      if (/\p{Script=Hangul}/u.test(value)) hangul = true;
    }
  }
  checks.equal(geometry, null, `${where}: geometry`);
  checks.equal(text, null, `${where}: text`);
  return { features: decoded.length, hangul, ids };
}

let [tiles, hangul] = [0, false];
const available = catalog.layers.filter((layer) => layer.available);
checks.ok(available.length > 0, "no layer is available");
for (const layer of available) {
  const box = layer.bounds ?? catalog.district.bounds;
  if (!box) continue;
  const centre = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  // An archive as it stands keeps the names of its layers.
  const parts = layer.vector_layers ?? [layer];
  let features = 0;
  const ids = new Set();
  const visit = async (z, x, y) => {
    const layers = await tile(base, layer.id, z, x, y);
    tiles += 1;
    const where = `${layer.id}/${z}/${x}/${y}`;
    for (const [name, decoded] of Object.entries(layers)) {
      checks.ok(parts.some((part) => part.id === nameOf(name)), `${where}: a layer of another name, ${name}`);
      checks.equal(decoded.name, name, `${where}: layer name`);
    }
    const labels = layers[`${layer.id}.label`];
    if (labels) {
      checks.ok(layer.geometry === "polygon" || layer.geometry === "mixed", `${where}: labels of a ${layer.geometry}`);
      const seen = checkLayer(layer, labels, `${where}, labels`, KINDS.point);
      for (const id of seen.ids) ids.add(id);
    }
    for (const part of parts) {
      const decoded = layers[part.id];
      if (!decoded) continue;
      const seen = checkLayer(part, decoded, `${where}, ${part.id}`);
      features += seen.features;
      hangul ||= seen.hangul;
      for (const id of seen.ids) ids.add(id);
    }
  };
  const last = Math.min(layer.max_zoom ?? MOST_ZOOM, MOST_ZOOM);
  // Where every feature is drawn, whatever the smaller zooms leave out.
  const whole = Math.min(Math.max(layer.min_zoom ?? 0, 14), last);
  for (const [x, y] of tilesOf(box, whole)) await visit(whole, x, y);
  checks.ok(features > 0, `${layer.id}: no feature in its bounds at zoom ${whole}`);
  if (layer.feature_count !== null && ids.size > 0) {
    checks.ok(ids.size <= layer.feature_count, `${layer.id}: ${ids.size} ids of ${layer.feature_count} features`);
  }
  for (let z = 0; z <= MOST_ZOOM; z += 1) {
    const [x, y] = tileOf(centre, z);
    if (z >= (layer.min_zoom ?? 0) && z <= last) await visit(z, x, y);
  }
}
checks.ok(hangul, "no Korean text in any tile");

// One tile of all layers holds the same as their own tiles.
const [first, second] = available;
if (first && second) {
  const z = Math.max(first.min_zoom ?? 0, second.min_zoom ?? 0, 12);
  const box = catalog.district.bounds ?? first.bounds;
  const [x, y] = tileOf([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2], z);
  const both = await tile(base, `${first.id},${second.id}`, z, x, y);
  for (const layer of [first, second]) {
    const alone = (await tile(base, layer.id, z, x, y))[layer.id];
    checks.equal(both[layer.id]?.length, alone?.length, `${layer.id} in a composite tile`);
  }
}
console.error(`decode: ${tiles} tiles of ${available.length} layers`);
checks.finish();
