// Tiles, fetched and decoded in Node, and where things in them are.

import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";

export async function json(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status}: ${url}`);
  return answer.json();
}

/** The layers of a tile; none where the tile is empty. */
export async function tile(base, name, z, x, y) {
  const url = new URL(`tiles/${name}/${z}/${x}/${y}`, base).href;
  const answer = await fetch(url);
  if (answer.status === 204) return {};
  if (!answer.ok) throw new Error(`${answer.status}: ${url}`);
  const type = answer.headers.get("content-type") ?? "";
  if (!type.startsWith("application/vnd.mapbox-vector-tile")) throw new Error(`${type}: ${url}`);
  return new VectorTile(new PbfReader(new Uint8Array(await answer.arrayBuffer()))).layers;
}

/** Position in the world square, 0 to 1. */
export function world([lng, lat]) {
  const sin = Math.sin((lat * Math.PI) / 180);
  return [lng / 360 + 0.5, 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)];
}

export function degrees([x, y]) {
  return [(x - 0.5) * 360, (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI];
}

export function tileOf(place, z) {
  return world(place).map((part) => Math.floor(part * 2 ** z));
}

/** The tiles of a zoom that meet a box of west, south, east, north. */
export function tilesOf([west, south, east, north], z) {
  const [left, top] = tileOf([west, north], z);
  const [right, bottom] = tileOf([east, south], z);
  const found = [];
  for (let x = left; x <= right; x += 1) for (let y = top; y <= bottom; y += 1) found.push([x, y]);
  return found;
}

/** A tile coordinate as longitude and latitude. */
export function placeOf(point, extent, z, x, y) {
  return degrees([(x + point.x / extent) / 2 ** z, (y + point.y / extent) / 2 ** z]);
}

/** Whether a point is inside rings, by the even-odd rule. */
export function inside(rings, { x, y }) {
  let hit = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [a, b] = [ring[i], ring[j]];
      if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) hit = !hit;
    }
  }
  return hit;
}

/** A point of a feature within its tile, well inside where it is an area. */
export function pointOn(feature) {
  const rings = feature.loadGeometry();
  const within = ({ x, y }) => x > 0 && y > 0 && x < feature.extent && y < feature.extent;
  if (feature.type !== 3) return rings.flat().find(within) ?? null;
  const all = rings.flat();
  const box = [Math.min, Math.max].map((f) => [f(...all.map((p) => p.x)), f(...all.map((p) => p.y))]);
  const steps = 9;
  const clear = (box[1][0] - box[0][0]) / 40;
  for (let i = 1; i < steps; i += 1) {
    for (let j = 1; j < steps; j += 1) {
      const point = {
        x: Math.round(box[0][0] + ((box[1][0] - box[0][0]) * ((i + 3) % steps)) / steps),
        y: Math.round(box[0][1] + ((box[1][1] - box[0][1]) * ((j + 3) % steps)) / steps),
      };
      const around = [-clear, 0, clear].flatMap((dx) => [-clear, 0, clear].map((dy) => ({ x: point.x + dx, y: point.y + dy })));
      if (within(point) && around.every((near) => inside(rings, near))) return point;
    }
  }
  return null;
}
