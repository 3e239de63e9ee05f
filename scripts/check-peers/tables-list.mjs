// The tables of tables.sql: which query brings their rows to Web Mercator, and what a tile of
// them shows.

export const SCHEMAS = ["tile_server_peers", "tile_server_peers_b", 'Tile Server "Peers"'];

/**
 * A table. `rows` has the columns `id`, `n` and those shown, and `mercator`; `unsound` names
 * rows that are not valid, `reported` what the operator is told of.
 */
function table(
  name,
  { schema = "tile_server_peers", id = "id", geom = "geom", columns = ["n"], srid, ...rest } = {},
) {
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  const position =
    srid === undefined ? `${quoted(geom)}::geometry` : `ST_SetSRID(${quoted(geom)}::geometry, ${srid})`;
  // ST_AsMVTGeom leaves arcs out, and here they are drawn by straight lines. Of collections
  // both draw the parts of the highest dimension.
  const straight = rest.straighten ? `ST_CurveToLine(${position})` : position;
  const drawn = rest.highest ? `ST_CollectionExtract(${straight})` : straight;
  const shown = columns.map((column) => quoted(column)).join(", ");
  return {
    title: `${schema}.${name}`,
    id,
    columns,
    rows: `
      SELECT ${id ? `${quoted(id)} AS id, ` : ""}${shown}, ST_Transform(${drawn}, 3857) AS mercator
      FROM ${quoted(schema)}.${quoted(name)} WHERE ${rest.where ?? "true"}`,
    ...rest,
  };
}

/** Rows of a tile can only be asked for where the column declares its SRID. */
const NO_SRID = { refused: { live: "declared SRID" } };

export const TABLES = [
  table("points", { columns: ["n", "even", "half"] }),
  table("points_3857"),
  table("points_900913", { srid: 3857, ...NO_SRID }),
  table("points_without_srid", { srid: 4326, ...NO_SRID }),
  table("points_of_two_srids", NO_SRID),
  table("korea_5186"),
  table("korea_32652"),
  table("korea_z"),
  table("nothing"),
  table("nothing_to_draw"),
  table("mixed"),
  table("collections", { highest: true }),
  table("curves", { straighten: true }),
  table("geographies", { geom: "geog" }),
  table("two_geometries", { geom: "first", suffix: "two_geometries" }),
  table("two_geometries", { geom: "second", suffix: "-second" }),
  table("large_ids", { hasWideKey: true }),
  table("uuid_key", { id: null, columns: ["n", "key"] }),
  table("two_keys", { id: null, columns: ["n", "a", "b"] }),
  table("행정동 경계", { id: "번호", geom: "모양", columns: ["n", "이름"] }),
  table("MixedCase", { id: "Id", geom: "Geom", columns: ["n", "TABLE"] }),
  table(" a \"b\" \\ 'c'.d", {
    schema: 'Tile Server "Peers"',
    id: "' id '",
    geom: '. \' "Geom"',
    columns: ["n", '.na\\me " '],
  }),
  table("points_view", { id: null, columns: ["n", "id"] }),
  table("points_kept", { id: null }),
  table("partitioned", { id: null, columns: ["n", "id"] }),
  table("antimeridian", { where: "id <> 2", reported: "a row beyond the antimeridian" }),
  table("twice", { columns: ["n", "a"] }),
  table("twice", { schema: "tile_server_peers_b", columns: ["n", "b"] }),
  table("shapes"),
  table("bow_ties", { unsound: ["equal lobes", "unequal lobes", "twice around"] }),
];
