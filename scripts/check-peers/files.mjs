// Files of folders, each imported or put into a data directory, served and counted.
// scripts/check-files runs it.
//
//     node files.mjs --program tile-server [--report FILE] DIR…

import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, extname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { tileOf } from "../../tile-server/web/e2e/tiles.mjs";
import { BY_DESIGN } from "./by-design.mjs";
import { faultOf } from "./outline.mjs";
import { get, readState, run, withServer } from "./server.mjs";
import { decode, eachOf, layerNames, writeArchive } from "./tiles.mjs";

const { values, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: { program: { type: "string" }, report: { type: "string" } },
});
/** Seconds for one import. */
const IMPORT_TIMEOUT = 120;
/** Files that are tried at the same time. */
const AT_ONCE = 2;
/** Zooms that tiles are read at, in the middle of each layer. */
const ZOOMS = [0, 5, 10, 14];
const KINDS = {
  ".shp": "import",
  ".zip": "import",
  ".geojson": "import",
  ".fgb": "put",
  ".pmtiles": "put",
  ".mvt": "tile",
  ".pbf": "tile",
};
const GEOJSON =
  /"type"\s*:\s*"(FeatureCollection|Feature|GeometryCollection|(Multi)?(Point|LineString|Polygon))"/;

/** The first CRS that an import names where a file does not say its own. */
const FITTING = /there is no \.prj that names its CRS; these would fit[^:]*?: (EPSG:\d+)/;

const endingOf = (path) => extname(path).toLowerCase();

/** How a file is tried, by its name, and for `.json` by its beginning; null for others. */
async function kindOf(path) {
  if (endingOf(path) !== ".json") return KINDS[endingOf(path)] ?? null;
  return GEOJSON.test((await readFile(path, "utf8")).slice(0, 4096)) ? "import" : null;
}

async function filesBelow(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** Features that ogrinfo reads, or null where it reads none of the file's layers. */
async function ogrinfoCount(name, environment) {
  const { stdout, timedOut } = await run("ogrinfo", ["-ro", "-so", "-al", name], {
    seconds: 60,
    environment,
  });
  const counts = [...stdout.toString().matchAll(/^Feature Count: (\d+)$/gm)].map(([, count]) =>
    Number(count),
  );
  return timedOut || counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
}

/** The same for a Shapefile without its index, which GDAL makes anew beside a copy. */
async function countWithoutIndex(path) {
  const folder = await mkdtemp(join(tmpdir(), "without-index-"));
  try {
    const stem = basename(path, extname(path));
    for (const name of await readdir(dirname(path))) {
      if (basename(name, extname(name)) === stem && endingOf(name) !== ".shx")
        await copyFile(join(dirname(path), name), join(folder, name));
    }
    return await ogrinfoCount(join(folder, basename(path)), { SHAPE_RESTORE_SHX: "YES" });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function gdalCount(path) {
  const count = await ogrinfoCount(endingOf(path) === ".zip" ? `/vsizip/${path}` : path);
  return count === null && endingOf(path) === ".shp" ? countWithoutIndex(path) : count;
}

/** Rows that an import rejected: the list has a line for each, and one of titles. */
async function rejectedRows(data, id) {
  try {
    return (await readFile(join(data, `${id}.rejects.csv`), "utf8")).split("\n").filter(Boolean).length - 1;
  } catch {
    return 0;
  }
}

/** Imports a file; one whose CRS is not said a second time, in the first that would fit. */
async function importFile(file, data, crs = []) {
  const { code, signal, timedOut, stdout, stderr } = await run(
    values.program,
    ["import", file.path, "--data", data, "--id", file.id, "--bounds=-180,-90,180,90", ...crs],
    { seconds: IMPORT_TIMEOUT },
  );
  const says = `${stdout}${stderr}`;
  const [, fits] = crs.length === 0 ? (says.match(FITTING) ?? []) : [];
  if (fits && code === 1) {
    file.crs = fits;
    await importFile(file, data, ["--crs", fits]);
    return;
  }
  if (timedOut) file.fault = `the import is not done after ${IMPORT_TIMEOUT} s`;
  else if (signal || says.includes("panicked") || ![0, 1, 2].includes(code))
    file.fault = `the import ends with ${signal ?? code}: ${says}`;
  else if (code !== 0) file.refusal = says.replaceAll(file.path, "").replace(/\s+/g, " ").trim();
  file.rejected = await rejectedRows(data, file.id);
}

async function packTile(file, data) {
  let bytes = await readFile(file.path);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  try {
    file.layers = layerNames(bytes);
    file.bytes = bytes;
  } catch {
    // No reader reads it: it may be refused.
  }
  const metadata = { vector_layers: (file.layers ?? []).map((id) => ({ id, fields: {} })) };
  await writeArchive([["0/0/0", bytes]], metadata, join(data, `${file.id}.pmtiles`));
}

async function bringIn(file, data) {
  if (file.kind !== "tile") file.theirs = await gdalCount(file.path);
  if (file.kind === "import") await importFile(file, data);
  else if (file.kind === "put") await copyFile(file.path, join(data, `${file.id}${endingOf(file.path)}`));
  else await packTile(file, data);
}

/** Reads tiles in the middle of a layer, and notes the first that is an error or not valid. */
async function readTiles(base, layer, file) {
  const [west, south, east, north] = layer.bounds ?? [-180, -85, 180, 85];
  const centre = [(west + east) / 2, Math.max(-85, Math.min(85, (south + north) / 2))];
  for (const zoom of ZOOMS.filter((z) => z >= layer.min_zoom && z <= layer.max_zoom)) {
    const [x, y] = tileOf(centre, zoom).map((index) => Math.max(0, Math.min(2 ** zoom - 1, index)));
    const { status, body } = await get(`${base}/tiles/${layer.id}/${zoom}/${x}/${y}`);
    const where = `tile ${zoom}/${x}/${y}`;
    if (status !== 200 && status !== 204) {
      file.refusal ??= `${where}: ${status} ${body.toString().slice(0, 300)}`;
    } else if (status === 200 && file.kind === "tile") {
      if (file.bytes && !body.equals(file.bytes)) file.fault ??= `${where}: other bytes than are stored`;
    } else if (status === 200 && endingOf(file.path) !== ".pmtiles") {
      for (const { name, features } of Object.values(decode(body))) {
        const fault = features.map(({ shape }) => faultOf(shape)).find(Boolean);
        if (fault) file.fault ??= `${where}, ${name}: ${fault}`;
      }
    }
  }
}

/** Serves what was brought in, and notes what comes of it. */
async function serve(files, data, base, admin) {
  const catalog = JSON.parse((await get(`${base}/catalog.json`)).body);
  const state = await readState(admin);
  const reasons = new Map(state.unavailable.map(({ id, reason }) => [id, reason]));
  await eachOf(
    files.filter((file) => !file.fault && !file.refusal),
    AT_ONCE,
    async (file) => {
      const layer = catalog.layers.find(({ id }) => id === file.id);
      const reason =
        reasons.get(file.id) ?? state.faults.find((fault) => new RegExp(`\\b${file.id}\\.`).test(fault));
      if (!layer?.available) {
        if (reason) file.refusal = reason.replaceAll(`${data}/`, "");
        else file.fault = "it is no layer, and the operator is not told why";
        return;
      }
      file.count = layer.feature_count;
      await readTiles(base, layer, file).catch((error) => {
        file.fault = `no answer: ${error.message}`;
      });
    },
  );
}

/** What came of a file, in words. */
function outcomeOf(file) {
  if (file.fault) return `fault: ${file.fault}`;
  if (file.refusal) return `refused: ${file.refusal}`;
  return `${file.count ?? "?"} served${file.crs ? `, taken for ${file.crs}` : ""}${file.rejected ? `, ${file.rejected} rejected` : ""}`;
}

/** How that differs from what GDAL or the reference decoder reads; null where it does not. */
function differenceOf(file) {
  if (file.fault) return outcomeOf(file);
  if (file.kind === "tile") return file.refusal && file.layers ? outcomeOf(file) : null;
  if (endingOf(file.path) === ".pmtiles") return file.refusal ? outcomeOf(file) : null;
  if (file.refusal) return file.theirs ? `GDAL reads ${file.theirs}; ${outcomeOf(file)}` : null;
  // Of what is rejected here GDAL reads some rows, without a geometry or parts of it.
  const [least, most] = [file.count ?? 0, (file.count ?? 0) + (file.rejected ?? 0)];
  const theirs = file.theirs ?? 0;
  return theirs >= least && theirs <= most
    ? null
    : `GDAL reads ${file.theirs ?? "nothing"}; ${outcomeOf(file)}`;
}

const cell = (text) =>
  String(text ?? "")
    .replaceAll("|", "\\|")
    .replace(/\s+/g, " ")
    .slice(0, 400);

const data = await mkdtemp(join(tmpdir(), "check-files-"));
const files = [];
for (const folder of folders) {
  for (const path of await filesBelow(folder)) {
    const kind = await kindOf(path);
    if (kind) files.push({ path, kind, name: relative(folder, path), id: `f${files.length}` });
  }
}
const failures = [];
try {
  await eachOf(files, AT_ONCE, (file) => bringIn(file, data));
  const isReady = (state) => state !== null && state.layers.ready + state.layers.unavailable > 0;
  const { faults, log } = await withServer(
    { program: values.program, data, isReady, patience: 300 },
    (base, admin) => serve(files, data, base, admin),
  );
  for (const fault of faults) failures.push(`${fault}\n${log.slice(-2000)}`);
} finally {
  await rm(data, { recursive: true, force: true });
}

const rows = files.map((file) => {
  const difference = differenceOf(file);
  const design =
    difference && !file.fault && BY_DESIGN.find(({ about }) => about.test(`${file.name}: ${difference}`));
  if (difference && !design) failures.push(`${file.name}: ${difference}`);
  return { file, difference, design };
});
for (const { file, difference, design } of rows.filter((row) => row.design)) {
  console.log(`by design (${design.why}): ${file.name}: ${cell(difference)}`);
}
for (const failure of failures) console.log(`FAILED: ${failure}`);
if (values.report) {
  const lines = rows.map(({ file, difference, design }) => {
    const why = difference ? (design?.why ?? "**not by design**") : "";
    return `| ${[file.name, outcomeOf(file), file.theirs ?? "", why].map(cell).join(" | ")} |`;
  });
  await writeFile(
    values.report,
    ["| file | here | GDAL | difference |", "|---|---|---|---|", ...lines, ""].join("\n"),
  );
}
const differing = rows.filter(({ difference }) => difference).length;
console.log(
  `files: ${files.length} tried, ${differing} differ, ${rows.filter(({ design }) => design).length} of them by design; ${failures.length} faults`,
);
process.exitCode = failures.length > 0 || files.length === 0 ? 1 : 0;
