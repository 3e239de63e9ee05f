// Small datasets of every geometry type, as well-known text. Coordinates are longitudes and
// latitudes in Korea and near it; every dataset ends with an empty and a missing geometry.

/** Types with two geometries each: as text without the type's name, and as parts. */
const PLAIN = [
  ["Point", 1, ["(127.1 37.5)", "(128.25 38.125)"]],
  ["LineString", 2, ["(126 37, 127 38, 127.5 37.25)", "(126.5 38.5, 128.5 38.5)"]],
  [
    "Polygon",
    3,
    [
      "((126 37, 128 37, 128 39, 126 39, 126 37), (126.5 37.5, 126.5 38, 127 38, 127 37.5, 126.5 37.5))",
      "((124.5 39, 125.5 39, 125 40, 124.5 39))",
    ],
  ],
  ["MultiPoint", 1, ["((127 37), (127.5 37.75))", "((128 39))"]],
  ["MultiLineString", 2, ["((126 37, 127 38), (127 37, 128 37.5, 128.5 37.125))", "((125 39, 125.5 40))"]],
  [
    "MultiPolygon",
    3,
    [
      "(((126 37, 127 37, 127 38, 126 38, 126 37), (126.25 37.25, 126.25 37.5, 126.5 37.5, 126.5 37.25, 126.25 37.25)), ((128 38, 128.75 38, 128.75 39, 128 38)))",
      "(((124.5 39, 125.5 39, 125 40, 124.5 39)))",
    ],
  ],
];
/** What each kind of coordinate has behind longitude and latitude. */
const DIMENSIONS = { "": "", Z: " 12.5", M: " 7", ZM: " 12.5 7" };

/** The innermost brackets' coordinates, one part each; points are parts of their own. */
function shapeOf(type, text) {
  const parts = [...text.matchAll(/\(([^()]+)\)/g)].map(([, list]) =>
    list.split(",").map((place) => place.trim().split(/\s+/).slice(0, 2).map(Number)),
  );
  return { type, parts };
}

function rowsOf(name, dimension, texts, type) {
  const extra = DIMENSIONS[dimension];
  const rows = texts.map((text, index) => ({
    name: `${name}${index}`,
    number: index * 1000 - 500,
    wkt: `${name} ${dimension} ${text.replaceAll(/(\d) (\d+(?:\.\d+)?)/g, `$1 $2${extra}`)}`,
    shape: shapeOf(type, text),
  }));
  const nothing = { number: 9, shape: null };
  return [
    ...rows,
    { ...nothing, name: "empty", wkt: `${name} ${dimension} EMPTY` },
    { ...nothing, name: "missing", wkt: null },
  ];
}

const plain = PLAIN.flatMap(([name, type, texts]) =>
  Object.keys(DIMENSIONS).map((dimension) => ({
    id: `${name}${dimension}`.toLowerCase(),
    type: `${name}${dimension}`.toUpperCase(),
    rows: rowsOf(name, dimension, texts, type),
  })),
);

/** All types in one dataset, which a Shapefile can't hold. */
const mixed = Object.keys(DIMENSIONS).map((dimension) => ({
  id: `mixed${dimension}`.toLowerCase(),
  type: `GEOMETRY${dimension}`,
  rows: PLAIN.flatMap(([name, type, texts]) => rowsOf(name, dimension, texts, type).slice(0, 2)),
  notWritten: ["shapefile"],
}));

/** FlatGeobuf files of a type that is not read: GDAL can make them straight. */
const asFile = (type) =>
  Object.fromEntries(["flatgeobuf", "no-index"].map((way) => [way, `${type} is not supported`]));

/** Arcs: half circles about 127.5 38, drawn as many short edges. */
const arc = (from, to) =>
  Array.from({ length: 65 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 64) * Math.PI) / 180;
    return [127.5 + Math.cos(angle) / 2, 38 + Math.sin(angle) / 2];
  });
const CURVES = [
  ["CircularString", 2, "(127 38, 127.5 38.5, 128 38)", [arc(180, 0)]],
  [
    "CompoundCurve",
    2,
    "(CIRCULARSTRING (127 38, 127.5 38.5, 128 38), (128 38, 128 37.5))",
    [[...arc(180, 0), [128, 37.5]]],
  ],
  [
    "CurvePolygon",
    3,
    "(CIRCULARSTRING (127 38, 127.5 38.5, 128 38, 127.5 37.5, 127 38))",
    [[...arc(180, 0), ...arc(0, -180)]],
  ],
  [
    "MultiCurve",
    2,
    "((126 37, 126.5 38), CIRCULARSTRING (127 38, 127.5 38.5, 128 38))",
    [
      [
        [126, 37],
        [126.5, 38],
      ],
      arc(180, 0),
    ],
  ],
  [
    "MultiSurface",
    3,
    "(CURVEPOLYGON (CIRCULARSTRING (127 38, 127.5 38.5, 128 38, 127.5 37.5, 127 38)))",
    [[...arc(180, 0), ...arc(0, -180)]],
  ],
].map(([name, type, text, parts]) => ({
  id: name.toLowerCase(),
  type: name.toUpperCase(),
  rows: [{ name, number: 1, wkt: `${name} ${text}`, shape: { type, parts } }],
  // GeoJSON and Shapefiles have no arcs: GDAL writes short edges.
  refused: asFile(name),
}));

const TRIANGLE = "((126 37, 127 37, 127 38, 126 37))";
const SURFACES = [
  ["TIN", `(${TRIANGLE})`],
  ["PolyhedralSurface", `(${TRIANGLE})`],
  ["Triangle", TRIANGLE],
].map(([name, text]) => ({
  id: name.toLowerCase(),
  type: name.toUpperCase(),
  rows: [{ name, number: 1, wkt: `${name} ${text}`, shape: shapeOf(3, text) }],
  notWritten: ["geojson"],
  // A Shapefile holds them as multipatches.
  refused:
    name === "Triangle"
      ? {}
      : { ...asFile(name), shapefile: "multipatches (3D models) have no place on a map" },
}));

/** Of several kinds those of the highest dimension are drawn. */
const collection = {
  id: "geometrycollection",
  type: "GEOMETRYCOLLECTION",
  rows: [
    {
      name: "two",
      number: 1,
      wkt: "GEOMETRYCOLLECTION (POINT (127 37), LINESTRING (126 37, 127 38))",
      shape: shapeOf(2, "(126 37, 127 38)"),
    },
  ],
  notWritten: ["shapefile"],
};

/** A ring that crosses itself: two triangles of one size, and two of unequal size. */
const crossing = {
  id: "crossing",
  type: "POLYGON",
  rows: [
    {
      name: "equal",
      number: 1,
      wkt: "POLYGON ((126 37, 127 38, 127 37, 126 38, 126 37))",
      shape: shapeOf(3, "((126 37, 126.5 37.5, 126 38, 126 37), (127 37, 127 38, 126.5 37.5, 127 37))"),
    },
    {
      name: "unequal",
      number: 2,
      wkt: "POLYGON ((127 37, 128 38, 128 37, 126.5 38, 127 37))",
      shape: shapeOf(3, "((127.4 37.4, 126.5 38, 127 37, 127.4 37.4), (128 38, 127.4 37.4, 128 37, 128 38))"),
    },
  ],
};

export const DATASETS = [...plain, ...mixed, ...CURVES, ...SURFACES, collection, crossing];
