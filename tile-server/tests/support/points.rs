//! A running server, and the smallest file to serve.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test binary uses a part")]

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitStatus;

use flatgeobuf::{ColumnType, FgbWriter, GeometryType};
use geozero::error::Result;
use geozero::{ColumnValue, GeomProcessor, GeozeroGeometry, PropertyProcessor};

use super::{Process, arguments};

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
pub fn write_points(path: &Path, count: usize) {
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

pub struct Running {
    pub process: Process,
    pub public: SocketAddr,
    /// Address of the staff listener; `None` without `--listen-staff`.
    pub staff: Option<SocketAddr>,
    pub admin: SocketAddr,
}

impl Running {
    /// Starts the server and waits until it listens.
    pub fn start(data: &Path, more: &[&str]) -> Self {
        let mut process = Process::spawn(&arguments(data, more), &[]);
        let public = process.address("public");
        let staff = more.contains(&"--listen-staff").then(|| process.address("staff"));
        let admin = process.address("admin");
        Self { process, public, staff, admin }
    }

    /// Starts a server that must refuse to start; returns its exit status and log.
    pub fn refused(data: &Path, more: &[&str]) -> (ExitStatus, String) {
        Process::spawn(&arguments(data, more), &[]).output()
    }
}
