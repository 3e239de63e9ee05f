//! The real binary over a data directory.

mod support {
    mod http;
    pub(crate) use http::*;
}

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;

use flatgeobuf::{ColumnType, FgbWriter, GeometryType};
use geozero::error::Result;
use geozero::{ColumnValue, GeomProcessor, GeozeroGeometry, PropertyProcessor};
use support::Client;

struct Point(f64, f64);

impl GeozeroGeometry for Point {
    fn process_geom<P: GeomProcessor>(&self, processor: &mut P) -> Result<()> {
        processor.point_begin(0)?;
        processor.xy(self.0, self.1, 0)?;
        processor.point_end(0)
    }
}

/// Writes points of Seongdong-gu under a temporary name and renames the file
/// into place, as an operator should.
fn write_points(path: &Path, count: usize) {
    let mut file = FgbWriter::create("points", GeometryType::Point).unwrap();
    file.add_column("name_ko", ColumnType::String, |_, _| {});
    for i in 0..count {
        let point = Point(127.02 + 0.001 * i as f64, 37.55);
        file.add_feature_geom(point, |feature| {
            let name = format!("지점 {i}");
            let _ = feature.property(0, "name_ko", &ColumnValue::String(&name));
        })
        .unwrap();
    }
    let temporary = path.with_extension("part");
    file.write(std::fs::File::create(&temporary).unwrap()).unwrap();
    std::fs::rename(temporary, path).unwrap();
}

fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tile-server"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TILE_SERVER_")) {
        command.env_remove(name);
    }
    command.arg("serve").stderr(Stdio::piped()).stdout(Stdio::null());
    command
}

struct Running {
    child: Child,
    public: SocketAddr,
    log: mpsc::Receiver<String>,
}

impl Running {
    /// Starts the server on a port of the system's choice, found in its log.
    fn start(data: &Path, arguments: &[&str]) -> Self {
        let mut command = command();
        command.args(["--listen", "127.0.0.1:0", "--log-format", "json", "--data"]).arg(data);
        let mut child = command.args(arguments).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (sender, log) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(std::result::Result::ok) {
                let _ = sender.send(line);
            }
        });
        let public = loop {
            let line = log.recv().expect("the server ended before it listened");
            let entry: serde_json::Value = serde_json::from_str(&line).expect(&line);
            if entry["message"] == "listening" && entry["listener"] == "public" {
                let url = entry["url"].as_str().unwrap();
                break url.trim_start_matches("http://").trim_end_matches('/').parse().unwrap();
            }
        };
        Self { child, public, log }
    }

    fn terminate(mut self) -> ExitStatus {
        let kill = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(kill.success());
        self.child.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_file_becomes_a_layer_and_a_replaced_file_a_new_tile() {
    let data = tempfile::tempdir().unwrap();
    write_points(&data.path().join("points.fgb"), 3);
    let server = Running::start(data.path(), &[]);
    let mut client = Client::local(server.public);
    let path = "/tiles/points/12/3493/1586";
    let first = client.get(path);
    assert_eq!(first.status, 200, "{}", String::from_utf8_lossy(&first.body));
    let tile = first.inflated();
    let holds = |tile: &[u8], text: &str| tile.windows(text.len()).any(|w| w == text.as_bytes());
    assert!(holds(&tile, "points") && holds(&tile, "지점 2") && !holds(&tile, "지점 3"));
    let etag = first.header("etag").unwrap().to_owned();
    assert_eq!(client.request("GET", path, &[("If-None-Match", &etag)]).status, 304);
    let tilejson = client.get("/tiles/points.json").json();
    assert_eq!(tilejson["vector_layers"][0]["fields"]["name_ko"], "String");
    assert_eq!(client.get("/styles/points.json").json()["layers"][0]["type"], "circle");
    assert_eq!(client.get("/tiles/later/12/3493/1586").status, 404);

    write_points(&data.path().join("points.fgb"), 5);
    write_points(&data.path().join("later.fgb"), 1);
    let replaced = loop {
        let answer = client.request("GET", path, &[("If-None-Match", &etag)]);
        if answer.status != 304 {
            break answer;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    };
    assert!(holds(&replaced.inflated(), "지점 4"));
    let later = client.get("/tiles/later/12/3493/1586");
    assert_eq!(later.status, 200, "{} {}", later.text(), client.get("/readyz").text());
    let log: Vec<_> = server.log.try_iter().collect();
    let access = log.iter().find(|line| line.contains("\"target\":\"access\"")).unwrap();
    let access: serde_json::Value = serde_json::from_str(access).unwrap();
    assert_eq!((&access["route"], &access["status"]), (&"tile".into(), &200.into()));
    assert_eq!(server.terminate().code(), Some(0));
}

#[test]
fn a_damaged_file_is_unavailable_and_the_others_are_served() {
    let data = tempfile::tempdir().unwrap();
    write_points(&data.path().join("points.fgb"), 3);
    std::fs::write(data.path().join("broken.fgb"), b"not a FlatGeobuf file").unwrap();
    let server = Running::start(data.path(), &[]);
    let mut client = Client::local(server.public);
    assert_eq!(client.get("/tiles/points/12/3493/1586").status, 200);
    let broken = client.get("/tiles/broken/12/3493/1586");
    assert_eq!((broken.status, broken.header("retry-after")), (503, Some("10")));
    assert!(!broken.text().contains(".fgb"), "{}", broken.text());
    assert_eq!(client.get("/tiles/points,broken/12/3493/1586").status, 503);
    assert!(client.get("/readyz").text().contains("broken.fgb"));
}

#[test]
fn beyond_loopback_a_file_is_no_layer_unless_asked() {
    let data = tempfile::tempdir().unwrap();
    write_points(&data.path().join("points.fgb"), 3);
    let url = ["--public-url", "https://map.example"];
    let private = Running::start(data.path(), &url);
    assert_eq!(Client::local(private.public).get("/tiles/points/12/3493/1586").status, 404);
    let asked = Running::start(data.path(), &[&url[..], &["--publish-uncatalogued"]].concat());
    let mut client = Client::local(asked.public);
    assert_eq!(client.get("/tiles/points/12/3493/1586").status, 200);
    let tiles = client.get("/tiles/points.json").json()["tiles"][0].clone();
    assert_eq!(tiles, "https://map.example/tiles/points/{z}/{x}/{y}");
}

#[test]
fn a_configuration_with_faults_lists_them_all_and_opens_no_port() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("server.toml");
    std::fs::write(&file, "listen = 'nowhere'\ncolour = 'red'\n[limits]\nconnections = 0\n")
        .unwrap();
    let output = command()
        .arg("--config")
        .arg(&file)
        .args(["--data", "/nowhere/at/all"])
        .env("TILE_SERVER_DEFLATE_LEVEL", "11")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    for part in [
        "5 fault(s)",
        "server.toml: colour: ",
        "server.toml: listen: ",
        "server.toml: limits.connections: ",
        "TILE_SERVER_DEFLATE_LEVEL: ",
        "--data: /nowhere/at/all: ",
    ] {
        assert!(text.contains(part), "{part} is missing from\n{text}");
    }
    assert!(!text.contains("listening"));
}

#[test]
fn faults_of_catalog_and_styles_are_listed_together() {
    let data = tempfile::tempdir().unwrap();
    for folder in ["catalog/datasets", "catalog/layers", "styles"] {
        std::fs::create_dir_all(data.path().join(folder)).unwrap();
    }
    std::fs::write(data.path().join("catalog/district.toml"), "title = 1").unwrap();
    std::fs::write(data.path().join("styles/common.json"), "{\"version\": 7, \"layers\": []}")
        .unwrap();
    let output =
        command().args(["--listen", "127.0.0.1:0", "--data"]).arg(data.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("district.toml") && text.contains("common.json: version"), "{text}");
}

#[test]
fn a_port_in_use_is_an_error_that_names_it() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = tempfile::tempdir().unwrap();
    let output =
        command().args(["--listen", &address, "--data"]).arg(data.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains(&format!("{address} (--listen) can't be bound")), "{text}");
}
