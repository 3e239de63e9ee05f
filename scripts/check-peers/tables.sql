-- Tables of the kinds that other tile servers test with, in three schemas. Comments are keys:
-- the check finds a layer by its title. `n` names a row.
DROP SCHEMA IF EXISTS tile_server_peers, tile_server_peers_b, "Tile Server ""Peers""" CASCADE;
CREATE SCHEMA tile_server_peers;
CREATE SCHEMA tile_server_peers_b;
CREATE SCHEMA "Tile Server ""Peers""";
SELECT set_config('search_path', 'tile_server_peers, public, ' || extnamespace::regnamespace, false)
FROM pg_extension WHERE extname = 'postgis' \g /dev/null

-- Spread over the world by a spiral, so that every zoom has some.
CREATE FUNCTION spread(i int) RETURNS geometry LANGUAGE sql IMMUTABLE AS $$
  SELECT ST_SetSRID(ST_MakePoint(((i * 137.507764) % 360)::float8 - 180, 80 - (i * 53.1) % 160), 4326)
$$;

CREATE TABLE points AS
SELECT i AS id, 'point ' || i AS n, i % 2 = 0 AS even, i * 0.5::float8 AS half, spread(i)::geometry(Point, 4326) AS geom FROM generate_series(1, 40) i;
CREATE TABLE points_3857 AS SELECT id, n, ST_Transform(geom, 3857)::geometry(Point, 3857) AS geom FROM points;
-- The number that Web Mercator had before EPSG gave it one, in a column without a declared SRID.
CREATE TABLE points_900913 AS SELECT id, n, ST_SetSRID(ST_Transform(geom, 3857), 900913) AS geom FROM points;
CREATE TABLE points_without_srid AS SELECT id, n, ST_SetSRID(geom, 0)::geometry AS geom FROM points;
CREATE TABLE points_of_two_srids AS
SELECT id, n, CASE WHEN id % 2 = 0 THEN geom ELSE ST_Transform(geom, 3857) END AS geom FROM points;
CREATE TABLE korea_5186 AS
SELECT i AS id, 'dong ' || i AS n, ST_Transform(ST_Buffer(ST_SetSRID(ST_MakePoint(126.5 + i % 10 * 0.21, 36 + i / 10 * 0.23), 4326), 0.05 + i % 7 * 0.01, 5), 5186)::geometry(Polygon, 5186) AS geom
FROM generate_series(0, 99) i;
CREATE TABLE korea_32652 AS SELECT id, n, ST_Transform(ST_Boundary(geom), 32652)::geometry(LineString, 32652) AS geom FROM korea_5186;
CREATE TABLE korea_z AS
SELECT id, n, ST_Force4D(ST_Transform(geom, 4326))::geometry(PolygonZM, 4326) AS geom FROM korea_5186;

CREATE TABLE nothing (id int PRIMARY KEY, n text, geom geometry(Geometry, 4326));
CREATE TABLE nothing_to_draw (id int PRIMARY KEY, n text, geom geometry(Geometry, 4326));
INSERT INTO nothing_to_draw VALUES (1, 'empty', 'SRID=4326;POINT EMPTY'), (2, 'null', NULL), (3, 'empty collection', 'SRID=4326;GEOMETRYCOLLECTION EMPTY'),
  (4, 'empty part', 'SRID=4326;MULTIPOLYGON(EMPTY)');

CREATE TABLE mixed (id int PRIMARY KEY, n text, geom geometry(Geometry, 4326));
INSERT INTO mixed VALUES
  (1, 'point', 'SRID=4326;POINT(10 20)'), (2, 'line', 'SRID=4326;LINESTRING(-60 -40, 10 30, 40 40)'),
  (3, 'polygon', 'SRID=4326;POLYGON((30 10, 40 40, 20 40, 10 20, 30 10))'),
  (4, 'hole', 'SRID=4326;POLYGON((-100 -50, -20 -50, -20 30, -100 30, -100 -50), (-80 -30, -80 10, -40 10, -40 -30, -80 -30))'),
  (5, 'points', 'SRID=4326;MULTIPOINT((10 40), (40 30), (20 20), (30 10))'),
  (6, 'lines', 'SRID=4326;MULTILINESTRING((10 10, 20 20, 10 40), (40 40, 30 30, 40 20, 30 10))'),
  (7, 'polygons', 'SRID=4326;MULTIPOLYGON(((60 40, 70 45, 50 45, 60 40)), ((45 5, 70 10, 40 20, 45 5), (48 8, 50 10, 46 10, 48 8)))'),
  (8, 'empty', 'SRID=4326;POLYGON EMPTY'), (9, 'null', NULL),
  (10, 'vertical', 'SRID=4326;LINESTRING(100 9.95, 100 9.96)'), (11, 'level', 'SRID=4326;LINESTRING(99.95 10, 99.96 10)'),
  (12, 'far around', 'SRID=4326;POLYGON((-179 -84, 179 -84, 179 84, -179 84, -179 -84), (-170 -80, -170 80, 170 80, 170 -80, -170 -80))');
CREATE TABLE curves (id int PRIMARY KEY, n text, geom geometry(Geometry, 4326));
INSERT INTO curves VALUES (1, 'line', 'SRID=4326;LINESTRING(0 0, 5 5)'), (2, 'arc', 'SRID=4326;CIRCULARSTRING(10 10, 15 15, 20 10)');
CREATE TABLE collections (id int PRIMARY KEY, n text, geom geometry(Geometry, 4326));
INSERT INTO collections VALUES (14, 'point and line', 'SRID=4326;GEOMETRYCOLLECTION(POINT(4 6), LINESTRING(4 6, 7 10))'),
  (15, 'two areas', 'SRID=4326;GEOMETRYCOLLECTION(POLYGON((20 20, 30 20, 30 30, 20 20)), POLYGON((40 20, 50 20, 50 30, 40 20)))'),
  (16, 'nested', 'SRID=4326;GEOMETRYCOLLECTION(GEOMETRYCOLLECTION(LINESTRING(60 0, 70 10), POINT(61 1)), POLYGON((60 20, 70 20, 70 30, 60 20)))');
CREATE TABLE geographies (id int PRIMARY KEY, n text, geog geography(Geometry, 4326));
INSERT INTO geographies SELECT id, n, geom::geography FROM mixed WHERE id IN (1, 2, 3, 5, 6, 7);
CREATE TABLE two_geometries (id int PRIMARY KEY, n text, first geometry(Point, 4326), second geometry(Point, 4326));
INSERT INTO two_geometries SELECT id, n, geom, ST_Translate(geom, 0.01, 0.01) FROM points;

CREATE TABLE large_ids (id bigint PRIMARY KEY, n text, geom geometry(Point, 4326));
INSERT INTO large_ids VALUES (0, 'zero', 'SRID=4326;POINT(1 1)'), (4294967296, 'past 32 bits', 'SRID=4326;POINT(20 20)'),
  (9007199254740991, 'the last whole double', 'SRID=4326;POINT(127 37)');
CREATE TABLE negative_ids (id int PRIMARY KEY, n text, geom geometry(Point, 4326));
INSERT INTO negative_ids VALUES (-7, 'negative', 'SRID=4326;POINT(-60 -10)'), (7, 'positive', 'SRID=4326;POINT(60 10)');
CREATE TABLE uuid_key (key uuid PRIMARY KEY DEFAULT gen_random_uuid(), n text, geom geometry(Point, 4326));
INSERT INTO uuid_key (n, geom) SELECT n, geom FROM points;
CREATE TABLE two_keys (a int, b int, n text, geom geometry(Point, 4326), PRIMARY KEY (a, b));
INSERT INTO two_keys SELECT id % 3, id, n, geom FROM points;

CREATE TABLE "행정동 경계" ("번호" int PRIMARY KEY, n text, "이름" text, "모양" geometry(Polygon, 5186));
INSERT INTO "행정동 경계" SELECT id, n, '성수' || id || '가', geom FROM korea_5186 WHERE id < 20;
CREATE TABLE "MixedCase" ("Id" int PRIMARY KEY, n text, "TABLE" text, "Geom" geometry(Point, 4326));
INSERT INTO "MixedCase" SELECT id, n, 'of ' || n, geom FROM points;
CREATE TABLE "Tile Server ""Peers"""." a ""b"" \ 'c'.d" ("' id '" int PRIMARY KEY, n text, ".na\me "" " text, ". ' ""Geom""" geometry(Point, 4326));
INSERT INTO "Tile Server ""Peers"""." a ""b"" \ 'c'.d" SELECT id, n, 'odd ' || n, geom FROM points;

CREATE VIEW points_view AS SELECT id, n, geom FROM points WHERE id < 20;
CREATE MATERIALIZED VIEW points_kept AS SELECT 'kept ' || n AS n, geom::geometry(Point, 4326) FROM points WHERE id >= 20;
CREATE TABLE partitioned (id int, n text, geom geometry(Point, 4326)) PARTITION BY RANGE (id);
CREATE TABLE partitioned_low PARTITION OF partitioned FOR VALUES FROM (0) TO (20);
CREATE TABLE partitioned_high PARTITION OF partitioned FOR VALUES FROM (20) TO (100);
INSERT INTO partitioned SELECT id, n, geom FROM points;

-- Its second row is no place on earth.
CREATE TABLE antimeridian (id int PRIMARY KEY, n text, geom geometry(Polygon, 4326));
INSERT INTO antimeridian VALUES (1, 'west', 'SRID=4326;POLYGON((-177 51, -172 51, -172 53, -177 53, -177 51))'),
  (2, 'beyond', 'SRID=4326;POLYGON((-182 51, -177 51, -177 53, -182 53, -182 51))'),
  (3, 'to the edge', 'SRID=4326;POLYGON((175 51, 180 51, 180 53, 175 53, 175 51))'),
  (4, 'rounded past it', 'SRID=4326;POLYGON((170 60, 180.00000000000006 60, 180.00000000000006 62, 170 62, 170 60))');

-- The same name twice, with other columns and geometry.
CREATE TABLE twice (id int PRIMARY KEY, n text, a text, geom geometry(Point, 4326));
INSERT INTO twice VALUES (1, 'a1', 'x', 'SRID=4326;POINT(127 37)'), (2, 'a2', 'y', 'SRID=4326;POINT(128 37)');
CREATE TABLE tile_server_peers_b.twice (id int PRIMARY KEY, n text, b text, geom geometry(Polygon, 4326));
INSERT INTO tile_server_peers_b.twice VALUES (1, 'b1', 'z', 'SRID=4326;POLYGON((126 36, 127 36, 127 37, 126 36))');

-- Shapes that tiles cut badly: a comb, whose gaps hold no area, a ring round much, and spirals.
CREATE TABLE shapes (id int PRIMARY KEY, n text, geom geometry(Geometry, 4326));
INSERT INTO shapes
SELECT 1, 'comb', ST_SetSRID(ST_MakePolygon(ST_MakeLine(ARRAY[ST_MakePoint(-100, -60)] || array_agg(p ORDER BY i, k) || ARRAY[ST_MakePoint(-20, -60), ST_MakePoint(-100, -60)])), 4326)
FROM (SELECT i, k, ST_MakePoint(-100 + i * 4 + CASE WHEN k < 2 THEN 0 ELSE 2 END, CASE WHEN k IN (1, 2) THEN 60 ELSE -58 END) AS p
      FROM generate_series(0, 19) i, generate_series(0, 3) k) teeth;
INSERT INTO shapes
SELECT 2, 'ring', ST_Difference(ST_Buffer('SRID=4326;POINT(60 10)', 50, 32), ST_Buffer('SRID=4326;POINT(60 10)', 45, 32));
INSERT INTO shapes
SELECT 3, 'hooks', ST_Collect(ARRAY['SRID=4326;POLYGON((120 -60, 170 -60, 170 60, 120 60, 120 -60), (125 -55, 125 55, 165 55, 165 -55, 125 -55))'::geometry,
  'SRID=4326;POLYGON((130 -50, 160 -50, 160 50, 135 50, 135 49, 159 49, 159 -49, 130 -49, 130 -50))']);
INSERT INTO shapes
SELECT 4, 'spiral', ST_Buffer(ST_SetSRID(ST_MakeLine(ARRAY(SELECT ST_MakePoint(-140 + i * 0.2 * cos(i * 0.2), 10 + i * 0.2 * sin(i * 0.2)) FROM generate_series(0, 120) i)), 4326), 1, 3);
CREATE TABLE bow_ties (id int PRIMARY KEY, n text, geom geometry(Geometry, 4326));
INSERT INTO bow_ties VALUES (1, 'equal lobes', 'SRID=4326;POLYGON((10 10, 20 20, 20 10, 10 20, 10 10))'),
  (2, 'unequal lobes', 'SRID=4326;POLYGON((40 10, 60 30, 60 10, 50 20, 40 10))'),
  (3, 'twice around', 'SRID=4326;POLYGON((80 10, 90 10, 90 20, 80 20, 80 10, 90 10, 90 20, 80 20, 80 10))');

-- Comments are the titles that layers are found by.
DO $$
DECLARE found record;
BEGIN
  FOR found IN
    SELECT c.oid::regclass AS name, n.nspname || '.' || c.relname AS title, c.relkind
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('tile_server_peers', 'tile_server_peers_b', 'Tile Server "Peers"') AND c.relkind IN ('r', 'v', 'm', 'p')
  LOOP
    EXECUTE format('COMMENT ON %s %s IS %L',
      CASE found.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, found.name, found.title);
  END LOOP;
  FOR found IN SELECT unnest(ARRAY['points', 'points_3857', 'points_900913', 'points_without_srid', 'points_of_two_srids', 'korea_5186', 'korea_32652', 'korea_z']) AS name
  LOOP
    EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (id)', found.name);
  END LOOP;
END
$$;
ANALYZE;
