// Tiles as other programs decode them, and archives as other programs write them.

import { mkdtemp, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PbfReader, VectorTile } from "../../tile-server/web/e2e/packages.mjs";
import { shapeOf } from "./outline.mjs";
import { run } from "./server.mjs";

const writer = fileURLToPath(new URL("../check-clients/write-pmtiles.py", import.meta.url));

/** Names of a tile's layers. */
export const layerNames = (bytes) => Object.keys(new VectorTile(new PbfReader(bytes)).layers);

/** Layers of a tile by name, with features as `{ id, properties, shape }`. */
export function decode(bytes) {
  const { layers } = new VectorTile(new PbfReader(bytes));
  return Object.fromEntries(
    Object.entries(layers).map(([name, layer]) => {
      const features = Array.from({ length: layer.length }, (_, i) => {
        const feature = layer.feature(i);
        return { id: feature.id, properties: { ...feature.properties }, shape: shapeOf(feature) };
      });
      return [name, { name, extent: layer.extent, version: layer.version, features }];
    }),
  );
}

/** Writes an archive of `[["z/x/y", bytes], …]` with the writer of PyPI's `pmtiles`. */
export async function writeArchive(tiles, metadata, path) {
  const folder = await mkdtemp(join(tmpdir(), "archive-"));
  try {
    for (const [place, bytes] of tiles) {
      const file = join(folder, `${place}.pbf`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes);
    }
    await writeFile(join(folder, "metadata.json"), JSON.stringify(metadata));
    const { code, signal, stderr } = await run("python3", [writer, folder, `${path}.new`]);
    if (code !== 0) throw new Error(`${path} could not be written (${signal ?? code}): ${stderr}`);
    await rename(`${path}.new`, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs a function over items, some at a time; results in the items' order. */
export async function eachOf(items, atOnce, use) {
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      results[index] = await use(items[index], index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
