// What a tile of `@mapbox/mvt-fixtures` declares in its JSON, read by the specification
// (MVT 2.1, sections 4.3 and 4.4) and without any decoder of tiles.

/** Extent of a layer that declares none. */
const DEFAULT_EXTENT = 4096;
const [MOVE_TO, LINE_TO, CLOSE_PATH] = [1, 2, 7];

const unzigzag = (value) => (value >>> 1) ^ -(value & 1);

/** Parts of a command sequence; rings are closed. */
function parts(commands, type) {
  const found = [];
  let [x, y, at] = [0, 0, 0];
  while (at < commands.length) {
    const [command, count] = [commands[at] & 7, commands[at] >>> 3];
    at += 1;
    if (command !== CLOSE_PATH && count * 2 > commands.length - at)
      throw new Error(`${count} points are counted, which are not there`);
    for (let i = 0; i < count; i += 1) {
      if (command === CLOSE_PATH) {
        found.at(-1).push(found.at(-1)[0]);
        continue;
      }
      x += unzigzag(commands[at]);
      y += unzigzag(commands[at + 1]);
      at += 2;
      // The points of a multipoint are parts of their own.
      if (command === MOVE_TO) found.push([[x, y]]);
      else if (command === LINE_TO) found.at(-1).push([x, y]);
      else throw new Error(`type ${type} has a command ${command}`);
    }
  }
  return found;
}

/** A value as it is encoded: a float has no more digits than it holds, a text is no number. */
function valueOf(value) {
  if ("float_value" in value) return Math.fround(value.float_value);
  if ("string_value" in value) return String(value.string_value);
  return Object.values(value)[0];
}

/** Layers with name, extent and features. */
export function fixtureLayers(json) {
  return (json.layers ?? []).map(
    ({ name, extent = DEFAULT_EXTENT, keys = [], values = [], features = [] }) => ({
      name,
      extent,
      features: features.map(({ id, type, geometry, tags = [] }) => ({
        id,
        properties: Object.fromEntries(
          Array.from({ length: tags.length / 2 }, (_, i) => [
            keys[tags[2 * i]],
            valueOf(values[tags[2 * i + 1]]),
          ]),
        ),
        shape: { type, parts: parts(geometry, type) },
      })),
    }),
  );
}
