// Tables of a database, loaded and live, against ST_AsMVT of the same rows: a tile must hold
// all that it holds, with the same attributes and shape, and nothing that is not near the tile.
// What has no size left is dropped by it and drawn here as the smallest shape of its kind.
//
//     TEST_DATABASE_URL=postgresql://… node tables.mjs --program tile-server

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Checks } from "../../tile-server/web/e2e/options.mjs";
import { apart, faultOf, isSmallest } from "./outline.mjs";
import { get, readState, run, withServer } from "./server.mjs";
import { SCHEMAS, TABLES } from "./tables-list.mjs";
import { decode, eachOf } from "./tiles.mjs";

const {
  values: { program },
} = parseArgs({ options: { program: { type: "string" } } });
const database = process.env.TEST_DATABASE_URL;
const checks = new Checks("tables");
const EXTENT = 4096;
/** Tile units beyond the edge that both still draw. */
const BUFFER = 64;
/** Tile units by which shapes may differ: both are rounded, ours may lack a quarter of a unit. */
const ROUNDED = 1.75;
/** The same where a ring crosses itself: the crossing is found on the earth or in the tile. */
const REPAIRED = 8;

/** Half the world's edge in Web Mercator, in metres. */
const HALF = 20037508.342789244;

async function sql(text) {
  const { code, stdout, stderr } = await run("psql", ["-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database], {
    input: text,
    seconds: 120,
  });
  if (code !== 0) throw new Error(`psql: ${stderr}`);
  return stdout.toString();
}

/** All tiles of the first zooms, and those at the first rows of a table at deeper ones. */
function tilesOf(table) {
  return `
    SELECT z, x, y
    FROM generate_series(0, 3) z,
      LATERAL generate_series(0, (1 << z) - 1) x, LATERAL generate_series(0, (1 << z) - 1) y
    UNION SELECT z, floor((ST_X(p) + ${HALF}) / ${2 * HALF} * (1 << z))::int, floor((${HALF} - ST_Y(p)) / ${2 * HALF} * (1 << z))::int
    FROM unnest(ARRAY[5, 7, 10, 14, 16]) z, (
      SELECT ST_StartPoint(ST_ExteriorRing(ST_Envelope(ST_Buffer(mercator, 1)))) AS p
      FROM (${table.rows}) rows WHERE NOT ST_IsEmpty(mercator) ORDER BY n LIMIT 6
    ) places
    WHERE abs(ST_X(p)) < ${HALF} AND abs(ST_Y(p)) < ${HALF}`;
}

/** For each tile ST_AsMVT's bytes, the rows that meet the tile, and those that meet it with its buffer. */
async function theirTiles(table) {
  const columns = table.columns.map((column) => `"${column.replaceAll('"', '""')}"`).join(", ");
  const id = table.id ? ", 'id'" : "";
  const text = await sql(`
    SET client_min_messages = warning;
    SELECT json_agg(json_build_object(
      'tile', z || '/' || x || '/' || y, 'mvt', encode(theirs.mvt, 'base64'), 'meet', meet, 'near', near))
    FROM (${tilesOf(table)}) tiles
    CROSS JOIN LATERAL (
      SELECT ST_TileEnvelope(z, x, y) AS box,
        ST_Expand(ST_TileEnvelope(z, x, y), ${2 * HALF} / (1 << z) * ${(BUFFER + 1) / EXTENT}) AS wide
    ) boxes
    CROSS JOIN LATERAL (
      SELECT coalesce(json_agg(n) FILTER (WHERE ST_Intersects(mercator, box)), '[]') AS meet,
        coalesce(json_agg(n) FILTER (WHERE ST_Intersects(mercator, wide)), '[]') AS near
      FROM (${table.rows}) rows WHERE ST_IsValid(mercator)
    ) met
    CROSS JOIN LATERAL (
      SELECT ST_AsMVT(drawn.*, 'theirs', ${EXTENT}, 'drawn'${id}) AS mvt
      FROM (
        SELECT ${table.id ? "id, " : ""}${columns}, ST_AsMVTGeom(mercator, box, ${EXTENT}, ${BUFFER}, true) AS drawn
        FROM (${table.rows}) rows
      ) drawn
      WHERE drawn IS NOT NULL
    ) theirs`);
  return JSON.parse(text) ?? [];
}

/** A polygon feature as well-known text, for PostGIS to judge. */
function asText({ parts }) {
  const area = (ring) => ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i][0] * y - x * ring[i][1], 0);
  const polygons = [];
  for (const ring of parts) {
    const text = `(${ring.map((place) => place.join(" ")).join(",")})`;
    if (area(ring) > 0 || polygons.length === 0) polygons.push([text]);
    else polygons.at(-1).push(text);
  }
  return `MULTIPOLYGON(${polygons.map((rings) => `(${rings.join(",")})`).join(",")})`;
}

const shown = ({ shape }) => JSON.stringify(shape.parts).slice(0, 200);

/** Polygons seen so far with where they are, judged at the end all at once. */
const polygons = [];

function compare(where, table, tile, ours) {
  const theirs = tile.mvt ? (decode(Buffer.from(tile.mvt, "base64")).theirs?.features ?? []) : [];
  const left = new Map(theirs.map((feature) => [feature.properties.n, feature]));
  const seenIds = new Set();
  const names = ours.map(({ properties }) => properties.n);
  for (const feature of ours) {
    const { n } = feature.properties;
    const context = `${where}, ${n}`;
    if (feature.id !== undefined)
      checks.ok(!seenIds.has(feature.id), `${context}: the id ${feature.id} twice`);
    seenIds.add(feature.id);
    checks.equal(faultOf(feature.shape), null, context);
    if (feature.shape.type === 3) polygons.push([context, asText(feature.shape)]);
    const other = left.get(n);
    if (!other) {
      // Repaired otherwise than ST_AsMVT does, which may draw nothing of it.
      if (table.unsound?.includes(n)) continue;
      checks.ok(tile.near.includes(n), `${context} is not near the tile: ${shown(feature)}`);
      checks.ok(
        isSmallest(feature.shape),
        `${context}: ST_AsMVT does not draw it, and it is large: ${shown(feature)}`,
      );
      continue;
    }
    left.delete(n);
    checks.equal(feature.id, table.id ? other.id : undefined, `${context}: id`);
    checks.equal(
      attributesOf(feature, table),
      attributesOf(other, table),
      `${context}: attributes`,
    );
    const distance =
      feature.shape.type === other.shape.type ? apart(feature.shape, other.shape, EXTENT) : Infinity;
    const most = table.unsound?.includes(n) ? REPAIRED : ROUNDED;
    checks.ok(distance <= most || isSmallest(feature.shape), `${context} is ${distance} units off`);
  }
  checks.equal([...left.keys()], [], `${where}: rows of ST_AsMVT that are missing`);
  const missing = tile.meet.filter((n) => !names.includes(n));
  checks.equal(missing, [], `${where}: rows that meet the tile and are missing`);
}

/** The layers of a table by its title. */
function layerOf(catalog, table) {
  const layers = catalog.layers.filter(({ title }) => (title?.ko ?? title) === table.title);
  return table.suffix === undefined ? layers[0] : layers.find(({ id }) => id.endsWith(table.suffix));
}

/** Whether /readyz comes to tell of a table: live ones are searched one by one, later. */
async function isReported(admin, table) {
  for (let tries = 0; tries < 240; tries += 1) {
    if (JSON.stringify(await readState(admin)).includes(table.title)) return true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return false;
}

/** Attributes of one feature; the id of a `bigint` key is one of ours, beside the id. */
function attributesOf({ id, properties }, table) {
  const entries = Object.entries(properties).sort();
  return entries.filter(([name, value]) => !(table.hasWideKey && name === table.id && String(value) === String(id)));
}

async function checkTable(base, admin, store, catalog, state, table) {
  const layer = layerOf(catalog, table);
  if (!checks.ok(layer, `${store}: ${table.title} is a layer`)) return;
  if (table.refused?.[store]) {
    const reason = state.unavailable.find(({ id }) => id === layer.id)?.reason ?? "";
    checks.ok(
      reason.includes(table.refused[store]),
      `${store}: ${table.title} is refused with ${table.refused[store]}: ${reason}`,
    );
    return;
  }
  if (table.reported)
    checks.ok(
      await isReported(admin, table),
      `${store}: /readyz tells of ${table.reported} in ${table.title}`,
    );
  for (const tile of table.tiles) {
    const where = `${store}: ${layer.id}/${tile.tile}`;
    const { status, body } = await get(`${base}/tiles/${layer.id}/${tile.tile}`);
    if (!checks.ok(status === 200 || status === 204, `${where}: ${status} ${body.slice(0, 300)}`)) return;
    const decoded = status === 200 ? decode(body) : {};
    checks.equal(
      Object.keys(decoded).filter((name) => name !== layer.id),
      [],
      `${where}: other layers`,
    );
    compare(where, table, tile, decoded[layer.id]?.features ?? []);
  }
}

/** Whether a ring does no more than touch itself, and not where the tile cuts it. */
function isTouchByRounding(reason) {
  const [, ...at] = reason.match(/^Ring Self-intersection\[(\S+) (\S+)\]$/) ?? [];
  return at.length > 0 && at.map(Number).every((value) => value > -BUFFER && value < EXTENT + BUFFER);
}

async function checkValidity() {
  let touching = 0;
  const values = polygons.map(([, text], index) => `(${index}, '${text}')`);
  for (let at = 0; at < values.length; at += 500) {
    const text = await sql(`
      SET client_min_messages = error;
      SELECT index || ' ' || ST_IsValidReason(ST_GeomFromText(text))
      FROM (VALUES ${values.slice(at, at + 500).join(",")}) shapes (index, text)
      WHERE NOT ST_IsValid(ST_GeomFromText(text));`);
    for (const line of text.split("\n").filter(Boolean)) {
      const [, index, reason] = line.match(/^(\d+) (.*)$/);
      if (isTouchByRounding(reason)) touching += 1;
      else checks.ok(false, `${polygons[index][0]} is not simple: ${reason}`);
    }
  }
  console.error(`tables: ${polygons.length} polygons, ${touching} with a ring that touches itself`);
  checks.ok(polygons.length > 100, `polygons were judged: ${polygons.length}`);
}

const data = await mkdtemp(join(tmpdir(), "tables-"));
try {
  await run("psql", [
    "-Xq",
    "-v",
    "ON_ERROR_STOP=1",
    "-d",
    database,
    "-c",
    "SET client_min_messages = warning",
    "-f",
    fileURLToPath(new URL("tables.sql", import.meta.url)),
  ]).then(({ code, stderr }) => {
    if (code !== 0) throw new Error(stderr);
  });
  await eachOf(TABLES, 2, async (table) => {
    table.tiles = await theirTiles(table);
  });
  for (const [store, memory] of Object.entries({ loaded: "1024", live: "0" })) {
    const options = ["--publish-schema", SCHEMAS.join(","), "--table-memory", memory];
    const environment = { TILE_SERVER_DATABASE_URL: database };
    const refused = TABLES.filter((table) => table.refused?.[store]).length;
    const isReady = (state) => state?.layers.ready > 0 && state.layers.unavailable <= refused;
    const { faults, log } = await withServer(
      { program, data, options, environment, isReady },
      async (base, admin) => {
        const catalog = JSON.parse((await get(`${base}/catalog.json`)).body);
        const state = await readState(admin);
        await eachOf(TABLES, 2, (table) => checkTable(base, admin, store, catalog, state, table));
      },
    );
    for (const fault of faults) checks.ok(false, `${store}: ${fault}\n${log.slice(-1500)}`);
  }
  await checkValidity();
} finally {
  await sql(
    `SET client_min_messages = warning; DROP SCHEMA IF EXISTS ${SCHEMAS.map((name) => `"${name.replaceAll('"', '""')}"`).join(", ")} CASCADE`,
  ).catch(() => {});
  await rm(data, { recursive: true, force: true });
}
checks.finish();
