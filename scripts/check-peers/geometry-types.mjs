// Every geometry type that GDAL writes, by every way in: a FlatGeobuf file put into the data
// directory as it is, and GeoJSON and Shapefiles that are imported. What a tile shows is
// compared with the geometry itself, so that all ways must agree.
//
//     node geometry-types.mjs --program tile-server

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Checks } from "../../tile-server/web/e2e/options.mjs";
import { world } from "../../tile-server/web/e2e/tiles.mjs";
import { DATASETS } from "./geometry-datasets.mjs";
import { apart, faultOf } from "./outline.mjs";
import { get, readState, run, withServer } from "./server.mjs";
import { decode, eachOf } from "./tiles.mjs";

const {
  values: { program },
} = parseArgs({ options: { program: { type: "string" } } });
const checks = new Checks("geometry-types");
/** The tile that all geometries lie in. */
const TILE = [6, 54, 24];
const EXTENT = 4096;
/** Tile units by which a vertex moves when it is rounded to the grid. */
const ROUNDED = 0.75;
/** What files end with, and how GDAL writes them. */
const WAYS = {
  flatgeobuf: ["fgb", "-f", "FlatGeobuf"],
  // With an index GDAL leaves rows without geometry out.
  "no-index": ["fgb", "-f", "FlatGeobuf", "-lco", "SPATIAL_INDEX=NO"],
  geojson: ["geojson", "-f", "GeoJSON"],
  shapefile: ["shp", "-f", "ESRI Shapefile"],
};

/** A place in units of the tile. */
function placed([lon, lat]) {
  const [x, y] = world([lon, lat]);
  const [z, column, row] = TILE;
  return [(x * 2 ** z - column) * EXTENT, (y * 2 ** z - row) * EXTENT];
}

const idOf = (way, dataset) => `${way}-${dataset.id}`;

/** Has GDAL write a dataset, and brings it into the data directory. */
async function bringIn(way, dataset, folder, data) {
  const [ending, ...how] = WAYS[way];
  const table = join(folder, `${dataset.id}.csv`);
  const id = idOf(way, dataset);
  const path = join(ending === "fgb" ? data : folder, `${id}.${ending}`);
  const written = await run("ogr2ogr", [
    ...how,
    path,
    table,
    "-oo",
    "GEOM_POSSIBLE_NAMES=wkt",
    "-oo",
    "KEEP_GEOM_COLUMNS=NO",
    "-nlt",
    dataset.type,
    "-a_srs",
    "EPSG:4326",
  ]);
  checks.equal(written.code, 0, `${id} is written by GDAL: ${written.stderr}`);
  if (ending === "fgb") return { code: 0, says: "" };
  const { code, timedOut, stdout, stderr } = await run(program, [
    "import",
    path,
    "--data",
    data,
    "--id",
    id,
    "--bounds=120,30,135,45",
  ]);
  checks.ok(!timedOut, `${id}: the import hangs`);
  return { code, says: `${stdout}${stderr}` };
}

/** Compares the tile of a dataset with its rows. */
async function check(base, way, dataset, brought, reasons) {
  const id = idOf(way, dataset);
  const expected = dataset.rows.filter((row) => row.shape);
  const { status, type, body } = await get(`${base}/tiles/${id}/${TILE.join("/")}`);
  const refusal = dataset.refused?.[way];
  if (refusal) {
    const says = `${brought.says}${reasons.get(id) ?? ""}`;
    checks.ok(
      status !== 200 && says.includes(refusal),
      `${id} is refused with ${JSON.stringify(refusal)}: ${status} ${says}`,
    );
    return;
  }
  if (expected.length === 0) {
    checks.ok(
      status === 204 || status === 404,
      `${id}: nothing to draw, but ${status}: ${body.slice(0, 200)}`,
    );
    return;
  }
  if (!checks.equal([status, brought.code], [200, 0], `${id}: ${brought.says || body.slice(0, 300)}`)) return;
  const features = decode(body)[id]?.features ?? [];
  checks.equal(
    features.map(({ properties }) => properties.name).sort(),
    expected.map(({ name }) => name).sort(),
    `${id}: rows`,
  );
  for (const row of expected) {
    const found = features.find(({ properties }) => properties.name === row.name);
    if (!found) continue;
    const theirs = { type: row.shape.type, parts: row.shape.parts.map((part) => part.map(placed)) };
    checks.equal(found.shape.type, theirs.type, `${id}, ${row.name}: type`);
    checks.equal(found.properties.number, row.number, `${id}, ${row.name}: number`);
    checks.equal(faultOf(found.shape), null, `${id}, ${row.name}`);
    const distance = apart(found.shape, theirs, EXTENT);
    checks.ok(distance <= (dataset.tolerance ?? ROUNDED), `${id}, ${row.name}: ${distance} units off`);
  }
}

const folder = await mkdtemp(join(tmpdir(), "geometry-types-"));
const data = join(folder, "data");
try {
  await mkdir(data);
  for (const dataset of DATASETS) {
    const quoted = dataset.rows.map(({ wkt, name, number }) => `"${wkt ?? ""}",${name},${number}`);
    await writeFile(join(folder, `${dataset.id}.csv`), `wkt,name,number\n${quoted.join("\n")}\n`);
    await writeFile(join(folder, `${dataset.id}.csvt`), "String,String,Integer\n");
  }
  const all = DATASETS.flatMap((dataset) =>
    Object.keys(WAYS)
      .filter((way) => !(dataset.notWritten ?? []).includes(way))
      .map((way) => ({ way, dataset })),
  );
  const brought = await eachOf(all, 3, ({ way, dataset }) => bringIn(way, dataset, folder, data));
  const { faults } = await withServer({ program, data }, async (base, admin) => {
    const { unavailable } = await readState(admin);
    const reasons = new Map(unavailable.map(({ id, reason }) => [id, reason]));
    await eachOf(all, 4, ({ way, dataset }, index) => check(base, way, dataset, brought[index], reasons));
  });
  for (const fault of faults) checks.ok(false, fault);
  console.error(`geometry-types: ${all.length} files`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
checks.finish();
