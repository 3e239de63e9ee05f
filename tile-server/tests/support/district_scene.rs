//! A server over the data of the second district, from files or from tables.

#![allow(unreachable_pub, missing_docs, reason = "a part of a test binary")]

use std::collections::BTreeMap;

use data_model::tile::WorldPoint;
use serde_json::Value as Json;
use testing::decode::{self, DecodedFeature};

use super::islands::{self, BOUNDS};
use super::{Answer, Client, Process, Scratch, arguments, poll};

/// A server over the district's data.
pub struct Scene {
    _process: Process,
    pub client: Client,
    pub staff: Client,
    _files: tempfile::TempDir,
}

impl Scene {
    pub fn files() -> Self {
        let files = tempfile::tempdir().unwrap();
        let data = files.path().join("data");
        islands::write(&data, files.path());
        Self::serve(files, &[], &[])
    }

    /// The same data from tables, whose geometry PostGIS transforms to EPSG:32633 and whose
    /// times are timestamps.
    pub fn tables(database: &Scratch) -> Self {
        let files = tempfile::tempdir().unwrap();
        let data = files.path().join("data");
        islands::write(&data, files.path());
        let to = ["--database-url", &database.url, "--schema", &database.schema];
        let done =
            islands::run(&[&["load", "--data", data.to_str().unwrap()][..], &to[..]].concat());
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        for table in ["island", "reserve", "ferry_route", "quay", "arrival"] {
            database.sql(&format!(
                "ALTER TABLE {table} ALTER COLUMN geom TYPE geometry(Geometry, 32633) \
                 USING ST_Transform(geom, 32633)"
            ));
        }
        database.sql(
            "ALTER TABLE arrival ALTER COLUMN arrived TYPE timestamptz \
             USING arrived::timestamptz",
        );
        for entry in std::fs::read_dir(&data).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "fgb") {
                std::fs::remove_file(path).unwrap();
            }
        }
        let publish = ["--publish-schema", &database.schema];
        Self::serve(files, &publish, &[("TILE_SERVER_DATABASE_URL", &database.url)])
    }

    /// Starts a server and waits until every layer is ready.
    fn serve(files: tempfile::TempDir, more: &[&str], variables: &[(&str, &str)]) -> Self {
        let data = files.path().join("data");
        let more = [&["--listen-staff", "127.0.0.1:0"], more].concat();
        let mut process = Process::spawn(&arguments(&data, &more), variables);
        let client = Client::local(process.address("public"));
        let staff = Client::local(process.address("staff"));
        let mut admin = Client::local(process.address("admin"));
        poll("readiness", || (admin.get("/readyz").status == 200).then_some(()));
        let ready = admin.get("/readyz").json();
        assert_eq!(ready["status"], "ready", "{ready}");
        Self { _process: process, client, staff, _files: files }
    }

    pub fn get(&mut self, path: &str) -> Answer {
        let answer = self.client.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer
    }

    /// Features of a layer by their id, with the positions of their vertices in degrees.
    pub fn features(
        &mut self,
        layer: &str,
        zoom: u32,
    ) -> BTreeMap<u64, (DecodedFeature, Vec<[f64; 2]>)> {
        let [west, south, east, north] = BOUNDS;
        let (first, last) = (tile_at(zoom, [west, north]), tile_at(zoom, [east, south]));
        let mut found: BTreeMap<u64, (DecodedFeature, Vec<[f64; 2]>)> = BTreeMap::new();
        for x in first[0]..=last[0] {
            for y in first[1]..=last[1] {
                let answer = self.client.get(&format!("/tiles/{layer}/{zoom}/{x}/{y}"));
                if answer.status == 204 {
                    continue;
                }
                for decoded in decode::tile(&answer.inflated()) {
                    if decoded.name != layer {
                        continue;
                    }
                    for feature in decoded.features {
                        let at = |p: &[i64; 2]| degrees(zoom, [x, y], *p, decoded.extent);
                        let vertices: Vec<_> = feature.parts.iter().flatten().map(at).collect();
                        let id = feature.id.unwrap();
                        found.entry(id).or_insert((feature, Vec::new())).1.extend(vertices);
                    }
                }
            }
        }
        found
    }

    /// Values of a measure by island, in the order of the islands' names.
    pub fn stats(&mut self, path: &str, column: &str) -> Vec<Json> {
        let body = self.get(path).json();
        let mut areas: Vec<_> = body["areas"].as_array().unwrap().clone();
        areas.sort_by_key(|area| area["name"].as_str().unwrap().to_owned());
        let names: Vec<_> = areas.iter().map(|area| area["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Großholm", "Kliffinsel", "Lütt Veer", "Sandöör"]);
        areas.iter().map(|area| area[column].clone()).collect()
    }
}

fn tile_at(zoom: u32, [lon, lat]: [f64; 2]) -> [u32; 2] {
    let at = WorldPoint::from_lon_lat(lon, lat);
    [at.x >> (32 - zoom), at.y >> (32 - zoom)]
}

/// Position in degrees of a tile's unit, by the formula of Web Mercator.
fn degrees(zoom: u32, [x, y]: [u32; 2], [across, down]: [i64; 2], extent: u64) -> [f64; 2] {
    let side = f64::from(1u32 << zoom);
    let part = |tile: u32, unit: i64| (f64::from(tile) + unit as f64 / extent as f64) / side;
    let (x, y) = (part(x, across), part(y, down));
    let lat = (std::f64::consts::PI * (1.0 - 2.0 * y)).sinh().atan().to_degrees();
    [x * 360.0 - 180.0, lat]
}
