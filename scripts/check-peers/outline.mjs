// Compares the shape of features of two tiles, and finds what no valid tile holds.
//
// A shape is `{ type, parts }`: 1 points, 2 lines, 3 polygons; parts are lists of [x, y]
// in tile units, rings closed.

/** Type and parts of a decoded feature. */
export function shapeOf(feature) {
  return { type: feature.type, parts: feature.loadGeometry().map((part) => part.map(({ x, y }) => [x, y])) };
}

/** Twice the area of a closed ring; positive where it is an outer one (MVT 2.1, 4.3.3.3). */
function doubleArea(ring) {
  let sum = 0;
  for (let i = 0; i + 1 < ring.length; i += 1)
    sum += ring[i][0] * ring[i + 1][1] - ring[i + 1][0] * ring[i][1];
  return sum;
}

/** The first fault of a shape by MVT 2.1, or null. */
export function faultOf({ type, parts }) {
  if (parts.length === 0 || parts.some((part) => part.length === 0)) return "it has no coordinates";
  if (parts.flat(2).some((value) => !Number.isInteger(value))) return "a coordinate is no integer";
  if (type === 2) {
    for (const part of parts) {
      if (part.length < 2) return "a line of one point";
      if (part.every(([x, y]) => x === part[0][0] && y === part[0][1])) return "a line without length";
    }
  }
  if (type === 3) {
    for (const ring of parts) {
      const [first, last] = [ring[0], ring.at(-1)];
      if (ring.length < 4 || first[0] !== last[0] || first[1] !== last[1]) return "a ring that is not closed";
      if (doubleArea(ring) === 0) return "a ring without area";
    }
    if (doubleArea(parts[0]) < 0) return "an inner ring before any outer one";
  }
  return null;
}

/** The distance of a point from a segment. */
function fromSegment([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

/** The distance of a point from what a shape draws: 0 inside of a polygon. */
export function distance(point, { type, parts }) {
  if (type === 1) return Math.min(...parts.flat().map(([x, y]) => Math.hypot(x - point[0], y - point[1])));
  if (type === 3 && isInside(point, parts)) return 0;
  return fromOutline(point, parts);
}

/** The distance of a point from the vertices and edges of parts. */
export function fromOutline(point, parts) {
  let nearest = Infinity;
  for (const part of parts) {
    if (part.length === 1) nearest = Math.min(nearest, fromSegment(point, part[0], part[0]));
    for (let i = 0; i + 1 < part.length; i += 1)
      nearest = Math.min(nearest, fromSegment(point, part[i], part[i + 1]));
  }
  return nearest;
}

/** Whether rings wind around a point: exterior rings that overlap do, too. */
export function isInside([x, y], rings) {
  let winding = 0;
  for (const ring of rings) {
    for (let i = 0; i + 1 < ring.length; i += 1) {
      const [[ax, ay], [bx, by]] = [ring[i], ring[i + 1]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) winding += ay > y ? 1 : -1;
    }
  }
  return winding !== 0;
}

/**
 * The greatest distance in tile units between what two tiles show of a feature within the
 * square from 0 to `extent`; vertices beyond it are clipped differently and not compared.
 */
export function apart(ours, theirs, extent) {
  const within = ([x, y]) => x >= 0 && y >= 0 && x <= extent && y <= extent;
  let most = 0;
  for (const [one, other] of [
    [ours, theirs],
    [theirs, ours],
  ]) {
    for (const point of one.parts.flat()) {
      if (within(point)) most = Math.max(most, distance(point, other));
    }
  }
  return most;
}

/** The greatest distance of any vertex of a shape from what another one draws. */
export function beyond(shape, other) {
  return Math.max(0, ...shape.parts.flat().map((point) => distance(point, other)));
}

/** Least and greatest x and y. */
export function boxOf({ parts }) {
  const points = parts.flat();
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** Tile units within which a shape has no size left. */
const SMALLEST = 2;

/** Whether a shape may be the smallest of its kind, drawn instead of what has no size. */
export function isSmallest(shape) {
  const [left, top, right, bottom] = boxOf(shape);
  return Math.min(right - left, bottom - top) <= SMALLEST;
}
