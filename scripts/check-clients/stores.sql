-- Two tables for one composite tile: one that fits into 1 MiB and one that does not.
DROP SCHEMA IF EXISTS tile_server_clients CASCADE;
CREATE SCHEMA tile_server_clients;
SELECT set_config('search_path', 'tile_server_clients, public, ' || extnamespace::regnamespace, false)
FROM pg_extension WHERE extname = 'postgis' \g /dev/null

CREATE TABLE rest_areas (
  id int PRIMARY KEY, name text NOT NULL, kind text NOT NULL, seats int,
  geom geometry(Polygon, 5186)
);
COMMENT ON TABLE rest_areas IS '쉼터';
INSERT INTO rest_areas
SELECT i, '성수 쉼터 ' || i, (ARRAY['무더위쉼터', '어르신쉼터', '공원'])[1 + i % 3], 4 + i % 9,
  ST_Buffer(
    ST_Transform(
      ST_SetSRID(
        ST_MakePoint(127.008 + 0.064 * (i % 20) / 20, 37.532 + 0.04 * (i / 20) / 15), 4326), 5186),
    40, 'quad_segs=4')
FROM generate_series(0, 299) AS i;
CREATE INDEX ON rest_areas USING gist (geom);

-- Spread evenly: primes step through the district.
CREATE TABLE street_trees (
  id int PRIMARY KEY, species text NOT NULL, note text NOT NULL, planted date,
  geom geometry(Point, 4326)
);
COMMENT ON TABLE street_trees IS '가로수';
INSERT INTO street_trees
SELECT i, (ARRAY['느티나무', '은행나무', '벚나무', '이팝나무'])[1 + i % 4],
  '가로수 ' || (SELECT string_agg(md5((i + part)::text), ' ') FROM generate_series(1, 8) AS part),
  date '2000-01-01' + i % 9000,
  ST_SetSRID(
    ST_MakePoint(
      127.008 + 0.065 * ((i::int8 * 7919) % 100003) / 100003.0,
      37.53 + 0.043 * ((i::int8 * 104729) % 99991) / 99991.0), 4326)
FROM generate_series(1, 6000) AS i;
CREATE INDEX ON street_trees USING gist (geom);
ANALYZE rest_areas, street_trees;
