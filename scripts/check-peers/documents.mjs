// The documents of a running server: every TileJSON by the rules of its specification
// (3.0.0), every style by MapLibre's own validator, and both against the catalog.
//
//     node documents.mjs --base-url http://127.0.0.1:3000

import { Checks, options } from "../../tile-server/web/e2e/options.mjs";
import { validateStyleMin } from "../../tile-server/web/e2e/packages.mjs";
import { json, tile, tileOf } from "../../tile-server/web/e2e/tiles.mjs";

const { base } = options();
const checks = new Checks("documents");
const isText = (value) => typeof value === "string";
const isWhole = (value) => Number.isInteger(value);

/** Members of TileJSON 3.0.0, section 3: whether they must be there, and what they may hold. */
const MEMBERS = {
  tilejson: [true, (value) => value === "3.0.0"],
  tiles: [
    true,
    (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every(
        (url) =>
          isText(url) && ["{z}", "{x}", "{y}"].every((part) => url.includes(part)) && URL.canParse(url),
      ),
  ],
  vector_layers: [true, (value) => Array.isArray(value) && value.length > 0],
  attribution: [false, isText],
  bounds: [
    false,
    (value) =>
      value.length === 4 &&
      value.every(Number.isFinite) &&
      value[0] >= -180 &&
      value[1] >= -90 &&
      value[2] <= 180 &&
      value[3] <= 90 &&
      value[0] <= value[2] &&
      value[1] <= value[3],
  ],
  center: [
    false,
    (value) =>
      value.length === 3 &&
      value.every(Number.isFinite) &&
      Math.abs(value[0]) <= 180 &&
      Math.abs(value[1]) <= 90,
  ],
  data: [false, (value) => value.every(isText)],
  description: [false, isText],
  fillzoom: [false, (value) => isWhole(value) && value >= 0 && value <= 30],
  grids: [false, (value) => value.every(isText)],
  legend: [false, isText],
  maxzoom: [false, (value) => isWhole(value) && value >= 0 && value <= 30],
  minzoom: [false, (value) => isWhole(value) && value >= 0 && value <= 30],
  name: [false, isText],
  scheme: [false, (value) => value === "xyz" || value === "tms"],
  template: [false, isText],
  version: [false, (value) => /^\d+\.\d+\.\d+/.test(value)],
};
/** Members of one of `vector_layers`, section 3.3. */
const LAYER_MEMBERS = {
  id: [true, isText],
  fields: [
    true,
    (value) => typeof value === "object" && !Array.isArray(value) && Object.values(value).every(isText),
  ],
  description: [false, isText],
  minzoom: MEMBERS.minzoom,
  maxzoom: MEMBERS.maxzoom,
};

function checkMembers(where, document, members) {
  for (const [name, [required, fits]] of Object.entries(members)) {
    const value = document[name];
    if (value === undefined) checks.ok(!required, `${where}: ${name} is missing`);
    else
      checks.ok(
        value !== null && fits(value),
        `${where}: ${name} is ${JSON.stringify(value)?.slice(0, 200)}`,
      );
  }
}

async function checkTileJson(name, zooms) {
  const document = await json(new URL(`tiles/${name}.json`, base));
  checkMembers(name, document, MEMBERS);
  const { minzoom = 0, maxzoom = 30, bounds, center, vector_layers: layers = [] } = document;
  checks.ok(minzoom <= maxzoom, `${name}: zooms ${minzoom} to ${maxzoom}`);
  if (zooms) checks.equal([minzoom, maxzoom], zooms, `${name}: zooms, as in the catalog`);
  if (bounds && center) {
    const [x, y, z] = center;
    checks.ok(
      x >= bounds[0] && x <= bounds[2] && y >= bounds[1] && y <= bounds[3],
      `${name}: its center ${center} is not in its bounds ${bounds}`,
    );
    checks.ok(z >= minzoom && z <= maxzoom, `${name}: its center has zoom ${z}`);
  }
  const ids = layers.map(({ id }) => id);
  checks.equal(ids.length, new Set(ids).size, `${name}: layers named once`);
  for (const layer of layers) {
    checkMembers(`${name}, ${layer.id}`, layer, LAYER_MEMBERS);
    const [first, last] = [layer.minzoom ?? minzoom, layer.maxzoom ?? maxzoom];
    checks.ok(
      first >= minzoom && last <= maxzoom && first <= last,
      `${name}, ${layer.id}: zooms ${first} to ${last}`,
    );
  }
  // A tile holds what is declared: its layers, and their fields.
  if (!center) return document;
  const zoom = Math.min(Math.max(14, minzoom), maxzoom);
  const decoded = await tile(base, name, zoom, ...tileOf(center, zoom));
  for (const [id, layer] of Object.entries(decoded)) {
    const declared = layers.find((candidate) => candidate.id === id);
    if (!checks.ok(declared, `${name}: a tile holds the layer ${id}, which is not declared`)) continue;
    for (let i = 0; i < layer.length; i += 1) {
      const undeclared = Object.keys(layer.feature(i).properties).filter(
        (field) => !(field in declared.fields),
      );
      if (!checks.equal(undeclared, [], `${name}, ${id}: fields that are not declared`)) break;
    }
  }
  return document;
}

async function checkStyle(name) {
  const style = await json(new URL(`styles/${name}`, base));
  checks.equal(
    validateStyleMin(style).map(({ message }) => message),
    [],
    `style ${name}`,
  );
  for (const [id, source] of Object.entries(style.sources)) {
    if (source.type !== "vector" || !source.url) continue;
    const document = await json(source.url);
    const layers = new Map(document.vector_layers.map((layer) => [layer.id, layer.fields]));
    for (const layer of style.layers.filter((candidate) => candidate.source === id)) {
      checks.ok(
        layers.has(layer["source-layer"]),
        `style ${name}: ${layer.id} draws ${layer["source-layer"]}, which its source does not have`,
      );
    }
  }
}

const catalog = await json(new URL("catalog.json", base));
const available = catalog.layers.filter((layer) => layer.available);
checks.ok(available.length > 0, "no layer is available");
for (const layer of available)
  await checkTileJson(layer.id, layer.min_zoom === undefined ? undefined : [layer.min_zoom, layer.max_zoom]);
const themes = catalog.themes.map(({ id }) => id);
for (const theme of themes) await checkTileJson(theme);
const [first, second] = available;
if (second) await checkTileJson(`${first.id},${second.id}`);
for (const name of [...themes, ...available.map(({ id }) => id)]) {
  for (const language of ["ko", "en"]) await checkStyle(`${name}.json?lang=${language}`);
}
console.error(`documents: ${available.length} layers, ${themes.length} themes`);
checks.finish();
