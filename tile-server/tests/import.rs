//! `tile-server import`: its exit codes, its output and its files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    mod http;
    mod process;
    pub(crate) use http::*;
    pub(crate) use process::*;
}

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use support::{Client, Process, arguments, poll, public_address};

/// A folder of foreign files; its folder `data` is the data directory, which is missing at
/// first.
struct ImportSetup(tempfile::TempDir);

struct Outcome {
    code: Option<i32>,
    out: String,
    err: String,
}

impl ImportSetup {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Runs the command in the folder.
    fn import(&self, arguments: &[&str]) -> Outcome {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tile-server"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TILE_SERVER_")) {
            command.env_remove(name);
        }
        let output =
            command.arg("import").args(arguments).current_dir(self.0.path()).output().unwrap();
        Outcome {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Names in the data directory; `None` where there is none.
    fn data(&self) -> Option<Vec<String>> {
        let entries = std::fs::read_dir(self.path("data")).ok()?;
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        Some(names)
    }
}

fn points(positions: &[[f64; 2]]) -> String {
    let features: Vec<String> = positions
        .iter()
        .map(|[x, y]| {
            format!(
                "{{\"type\": \"Feature\", \"properties\": {{\"name\": \"성수\"}}, \
                 \"geometry\": {{\"type\": \"Point\", \"coordinates\": [{x}, {y}]}}}}"
            )
        })
        .collect();
    format!("{{\"type\": \"FeatureCollection\", \"features\": [{}]}}", features.join(","))
}

const HERE: [f64; 2] = [127.04, 37.55];

/// One point as a Shapefile's parts: an empty table has no attributes.
fn put_shapefile(setup: &ImportSetup, stem: &str, [shp, shx, prj]: [&str; 3]) {
    let header = |words: i32| {
        let mut head = vec![0; 100];
        head[..4].copy_from_slice(&9994i32.to_be_bytes());
        head[24..28].copy_from_slice(&words.to_be_bytes());
        head[28..32].copy_from_slice(&1000i32.to_le_bytes());
        head[32..36].copy_from_slice(&1i32.to_le_bytes());
        head
    };
    let mut shapes = header(64);
    shapes.extend([1i32.to_be_bytes(), 10i32.to_be_bytes(), 1i32.to_le_bytes()].concat());
    shapes.extend([HERE[0].to_le_bytes(), HERE[1].to_le_bytes()].concat());
    let mut index = header(54);
    index.extend([50i32.to_be_bytes(), 10i32.to_be_bytes()].concat());
    setup.put(&format!("{stem}.{shp}"), shapes);
    setup.put(&format!("{stem}.{shx}"), index);
    let wgs = "GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,\
               298.257223563]],PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]]";
    setup.put(&format!("{stem}.{prj}"), wgs);
}

#[test]
fn an_imported_file_is_summarised() {
    let setup = ImportSetup::new();
    setup.put("spots.geojson", points(&[HERE]));
    let done = setup.import(&["spots.geojson"]);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""));
    assert!(done.out.contains("data/spots.fgb") && done.out.contains("레이어 layer     spots"));
    assert_eq!(setup.data().unwrap(), ["spots.fgb"]);
    let again = setup.import(&["spots.geojson", "--quiet"]);
    assert_eq!((again.code, again.out + &again.err), (Some(0), String::new()));
}

#[test]
fn a_refused_file_leaves_no_data_directory() {
    let setup = ImportSetup::new();
    setup.put("ghana.geojson", points(&[[1.0, 1.0]]));
    setup.put("stray.geojson", points(&[HERE, [1e9, 1e9]]));
    setup.put("broken.zip", b"PK\x03\x04 and nothing more");
    let cases: [&[&str]; 4] =
        [&["ghana.geojson"], &["stray.geojson", "--strict"], &["broken.zip"], &["missing.shp"]];
    for arguments in cases {
        // Deeper than what is there: no folder on the way stays either.
        let done = setup.import(&[arguments, &["--data", "data/deep"]].concat());
        assert_eq!((done.code, done.out.as_str()), (Some(1), ""), "{}", done.err);
        let said = format!("not imported: {}: ", arguments[0]);
        assert!(done.err.contains(&said), "{}", done.err);
        assert_eq!(setup.data(), None, "{arguments:?}");
    }
    std::fs::create_dir(setup.path("data")).unwrap();
    assert_eq!(setup.import(&["ghana.geojson"]).code, Some(1));
    assert_eq!(setup.data().unwrap(), Vec::<String>::new(), "what was there stays");
}

#[test]
fn wrong_usage_is_told_from_a_refused_file() {
    let setup = ImportSetup::new();
    setup.put("a.geojson", points(&[HERE]));
    setup.put("b.geojson", points(&[HERE]));
    let cases: [&[&str]; 6] = [
        &[],
        &["a.geojson", "b.geojson", "--id", "x"],
        &["a.geojson", "missing.shp", "--title", "x"],
        &["a.geojson", "--id", "성수"],
        &["a.geojson", "--crs", "EPSG:1"],
        &["a.geojson", "--bounds", "1,2,3"],
    ];
    for arguments in cases {
        let done = setup.import(arguments);
        assert_eq!((done.code, done.out.as_str()), (Some(2), ""), "{arguments:?}: {}", done.err);
        assert!(!done.err.is_empty());
        assert_eq!(setup.data(), None, "{arguments:?}");
    }
    assert_eq!(setup.import(&["a.geojson", "--id", "x", "--quiet"]).code, Some(0));
    assert_eq!(setup.data().unwrap(), ["x.fgb"]);
}

/// Whether a text has common English words; names of things have none.
fn has_english(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 1);
    words.into_iter().any(|word| {
        [
            "the", "is", "it", "no", "not", "of", "an", "or", "and", "expected", "value",
            "invalid", "such", "file", "error", "refused", "ends", "can", "write",
        ]
        .contains(&word.to_ascii_lowercase().as_str())
    })
}

#[rstest::rstest]
#[case::json_without_a_value("a.geojson", b"{\"type\": \"FeatureCollection\", \"features\": [}".to_vec(), &[])]
#[case::json_without_a_comma("a.geojson", b"{\"type\": \"Feature\" \"properties\": 1}".to_vec(), &[])]
#[case::json_of_another_kind("a.geojson", b"{\"features\": 5, \"type\": \"FeatureCollection\"}".to_vec(), &[])]
#[case::json_with_a_control_character("a.geojson", b"{\"type\": \"a\nb\"}".to_vec(), &[])]
#[case::topojson("a.geojson", b"{\"type\": \"Topology\"}".to_vec(), &[])]
#[case::no_geojson("a.geojson", b"{\"a\": 1}".to_vec(), &[])]
#[case::damaged_archive("a.zip", b"PK\x03\x04damaged".to_vec(), &[])]
#[case::no_file("b.shp", Vec::new(), &["missing.shp"])]
#[case::unknown_crs("a.geojson", points(&[[127.04, 37.55]]).into_bytes(), &["--crs", "EPSG:99999"])]
#[case::unknown_store("a.geojson", points(&[[127.04, 37.55]]).into_bytes(), &["--to", "oracle"])]
#[case::unknown_option("a.geojson", points(&[[127.04, 37.55]]).into_bytes(), &["--encodng", "x"])]
#[case::no_database("a.geojson", points(&[[127.04, 37.55]]).into_bytes(),
    &["--to", "postgis", "--database-url", "postgresql://u@127.0.0.1:1/m"])]
#[case::unknown_parameter("a.geojson", points(&[[127.04, 37.55]]).into_bytes(),
    &["--to", "postgis", "--database-url", "postgresql://u@127.0.0.1:1/m?connection_limit=5"])]
#[case::refused_parameter("a.geojson", points(&[[127.04, 37.55]]).into_bytes(),
    &["--to", "postgis", "--database-url", "postgresql://u@127.0.0.1:1/m?gssencmode=require"])]
fn a_reason_was_english_in_a_korean_sentence(
    #[case] file: &str,
    #[case] content: Vec<u8>,
    #[case] more: &[&str],
) {
    let setup = ImportSetup::new();
    setup.put(file, content);
    let file = if more.first() == Some(&"missing.shp") { "missing.shp" } else { file };
    let options = more.iter().filter(|more| **more != "missing.shp");
    let refused = setup.import(&[&[file][..], &options.copied().collect::<Vec<_>>()].concat());
    assert_ne!(refused.code, Some(0), "{}", refused.out);
    let (korean, english): (Vec<&str>, Vec<&str>) = refused
        .err
        .lines()
        .filter(|line| !line.trim().is_empty())
        .partition(|line| line.chars().any(|c| ('가'..='힣').contains(&c)));
    assert!(!korean.is_empty() && !english.is_empty(), "{}", refused.err);
    for line in korean {
        assert!(!has_english(line), "{line}");
    }
}

#[test]
fn a_refused_file_does_not_stop_the_others() {
    let setup = ImportSetup::new();
    setup.put("a.geojson", "{");
    setup.put("b.geojson", points(&[HERE]));
    let done = setup.import(&["a.geojson", "b.geojson"]);
    assert_eq!(done.code, Some(1));
    assert!(done.err.contains("a.geojson: ") && !done.err.contains("b.geojson"), "{}", done.err);
    assert!(done.out.contains("data/b.fgb"), "{}", done.out);
    assert_eq!(setup.data().unwrap(), ["b.fgb"]);
}

#[test]
fn rejected_rows_are_mentioned_even_quietly() {
    let setup = ImportSetup::new();
    setup.put("a.geojson", points(&[HERE, HERE, [127.0, 999.0]]));
    let done = setup.import(&["a.geojson", "-q"]);
    assert_eq!((done.code, done.out.as_str()), (Some(0), ""));
    assert_eq!(done.err.lines().count(), 1, "{}", done.err);
    let said = done.err.contains("1 row(s) rejected") && done.err.contains("a.rejects.csv");
    assert!(said && done.err.contains("제외된 행"), "{}", done.err);
}

#[test]
fn datasets_that_would_overwrite_each_other_are_all_refused() {
    let setup = ImportSetup::new();
    let mut zip = zip_of(&[("2023/dong.geojson", HERE), ("2024/Dong.geojson", HERE)]);
    zip.flush().unwrap();
    std::fs::copy(zip.path(), setup.path("dong.zip")).unwrap();
    setup.put("a.geojson", points(&[HERE]));
    put_shapefile(&setup, "A", ["shp", "shx", "prj"]);
    put_shapefile(&setup, "b", ["SHP", "shx", "Prj"]);
    let done = setup.import(&[
        "dong.zip",
        "a.geojson",
        "A.shp",
        "b.SHP",
        "b.shx",
        "./b.Prj",
        "./dong.zip",
    ]);
    assert_eq!(done.code, Some(1), "{}", done.err);
    // Each refusal is told in Korean and in English.
    for told in ["가져오지 못함", "not imported"] {
        let lines = done.err.lines().filter(|line| line.contains(told));
        assert_eq!(lines.count(), 2, "{told}: {}", done.err);
    }
    assert_eq!(done.err.lines().count(), 4, "{}", done.err);
    for paths in ["a.geojson, A.shp ", "dong.zip/2023/dong.geojson, dong.zip/2024/Dong.geojson "] {
        assert!(done.err.contains(paths) && done.err.contains("--id"), "{}", done.err);
    }
    assert_eq!(setup.data().unwrap(), ["b.fgb"], "its parts are one dataset");
    assert!(!done.out.contains("replaced"), "{}", done.out);
    let one = setup.import(&["A.shp", "A.shx", "A.prj", "--id", "one", "-q"]);
    assert_eq!((one.code, one.err.as_str()), (Some(0), ""));
}

/// A zip of GeoJSON files without compression.
fn zip_of(entries: &[(&str, [f64; 2])]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let (mut at, mut directory) = (0u32, Vec::new());
    for (name, position) in entries {
        let content = points(&[*position]);
        let crc = crc32(content.as_bytes());
        let length = u32::try_from(content.len()).unwrap();
        // Version, flags, method, time and date; then checksum and lengths.
        let mut head = [20u16, 0, 0, 0, 33].map(u16::to_le_bytes).concat();
        head.extend([crc, length, length].map(u32::to_le_bytes).concat());
        head.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        head.extend([0; 2]);
        let local = [b"PK\x03\x04", &head[..], name.as_bytes(), content.as_bytes()].concat();
        directory.extend([b"PK\x01\x02\x14\0", &head[..], &[0; 10]].concat());
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
        file.write_all(&local).unwrap();
        at += u32::try_from(local.len()).unwrap();
    }
    file.write_all(&directory).unwrap();
    let count = u16::try_from(entries.len()).unwrap();
    file.write_all(b"PK\x05\x06\0\0\0\0").unwrap();
    file.write_all(&[count, count].map(u16::to_le_bytes).concat()).unwrap();
    let size = u32::try_from(directory.len()).unwrap();
    file.write_all(&[size, at].map(u32::to_le_bytes).concat()).unwrap();
    file.write_all(&[0; 2]).unwrap();
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[test]
fn a_running_server_notices_what_is_imported() {
    let setup = ImportSetup::new();
    std::fs::create_dir(setup.path("data")).unwrap();
    let data: &Path = &setup.path("data");
    let mut server = Process::spawn(&arguments(data, &[]), &[]);
    let public = loop {
        if let Some(address) = public_address(&server.line_with("")) {
            break address;
        }
    };
    let mut client = Client::local(public);
    assert_eq!(client.get("/tiles/spots/12/3493/1586").status, 404);
    setup.put("spots.geojson", points(&[HERE]));
    assert_eq!(setup.import(&["spots.geojson", "-q"]).code, Some(0));
    poll("the layer", || (client.get("/tiles/spots/12/3493/1586").status == 200).then_some(()));
}
