//! Lists the datasets of a path: a Shapefile's parts or a GeoJSON in a folder, or those of an
//! archive.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::file_fault::{FileFault, FileLocation};
use super::import_input::{DatasetStorage, ImportInput};
use crate::archive::dataset_archive::{ArchivedDataset, DatasetArchive};
use crate::error::IngestError;
use crate::text::names::{file_name, same_name};

/// Lists the datasets in a file. An archive's parts are later unpacked in `scratch`.
///
/// # Errors
/// Returns [`IngestError`] if the file can't be read, has no known format, or is an
/// archive without a dataset, with too many entries, or encrypted.
pub fn inputs(path: &Path, scratch: &Path) -> Result<Vec<ImportInput>, IngestError> {
    let io = |error| IngestError::io(path, error);
    if path.is_dir() {
        return Err(IngestError::whole(path, FileFault::Folder));
    }
    match extension(path).as_str() {
        "shp" | "shx" | "dbf" | "prj" | "cpg" => return Ok(vec![shapefile(path)?]),
        _ => {}
    }
    let mut file = File::open(path).map_err(io)?;
    let mut start = [0; 4];
    let read = read_up_to(&mut file, &mut start).map_err(io)?;
    file.seek(SeekFrom::Start(0)).map_err(io)?;
    // A text sequence puts a record separator before each document (RFC 8142).
    let text = start[..read].iter().find(|b| !b.is_ascii_whitespace() && **b != 0x1E);
    let text = if start.starts_with(b"\xef\xbb\xbf") { start.get(3) } else { text };
    match (&start[..read], text) {
        ([b'P', b'K', 3 | 5, 4 | 6], _) => archived(&DatasetArchive::open(path, file, scratch)?),
        (_, Some(b'{')) => Ok(vec![ImportInput {
            name: file_name(stem(path).as_bytes()),
            path: path.to_owned(),
            storage: DatasetStorage::GeoJson,
        }]),
        ([0xff, 0xfe, ..] | [0xfe, 0xff, ..], _) => {
            Err(IngestError::at(path, FileLocation::Start, FileFault::Utf16))
        }
        ([], _) => Err(IngestError::at(path, FileLocation::Start, FileFault::Empty)),
        ([b'f', b'g', b'b', ..], _) => Err(IngestError::whole(path, FileFault::FlatGeobuf)),
        _ => Err(IngestError::whole(path, FileFault::UnknownFormat)),
    }
}

fn read_up_to(file: &mut File, into: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < into.len() {
        match file.read(&mut into[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    Ok(filled)
}

fn extension(path: &Path) -> String {
    path.extension().map(|text| text.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

fn stem(path: &Path) -> &OsStr {
    path.file_stem().unwrap_or_default()
}

/// The parts of a Shapefile, given one of them, whatever their case.
fn shapefile(path: &Path) -> Result<ImportInput, IngestError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let named = stem(path);
    let mut parts: BTreeMap<String, PathBuf> = BTreeMap::new();
    let entries = std::fs::read_dir(folder).map_err(|error| IngestError::io(folder, error))?;
    for entry in entries {
        let entry = entry.map_err(|error| IngestError::io(folder, error))?;
        // As its path was given, for the messages.
        let other = path.with_file_name(entry.file_name());
        let exact = stem(&other) == named;
        if !exact && !same_name(stem(&other).as_bytes(), named.as_bytes()) {
            continue;
        }
        let slot = parts.entry(extension(&other)).or_insert_with(|| other.clone());
        // The part as named; of several spellings, the one of the same bytes.
        let taken = slot.file_name() == path.file_name();
        if exact && !taken {
            *slot = other;
        }
    }
    let Some(shp) = parts.get("shp").cloned() else {
        let error = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(IngestError::io(&path.with_extension("shp"), error));
    };
    let name = file_name(stem(&shp).as_bytes());
    Ok(ImportInput { name, path: shp, storage: DatasetStorage::Shapefile(parts) })
}

/// The datasets of an archive.
fn archived(archive: &DatasetArchive) -> Result<Vec<ImportInput>, IngestError> {
    let input = |dataset: ArchivedDataset| ImportInput {
        name: dataset.name,
        path: dataset.path,
        storage: DatasetStorage::Archived(archive.clone(), dataset.entries),
    };
    Ok(archive.datasets()?.into_iter().map(input).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    /// 성동 and 강남 in CP949, as plain unzip leaves them.
    const SEONGDONG: &[u8] = b"\xbc\xba\xb5\xbf";
    const GANGNAM: &[u8] = b"\xb0\xad\xb3\xb2";

    fn write_part(folder: &Path, stem: &[u8], ending: &str, content: &[u8]) -> PathBuf {
        let mut name = stem.to_vec();
        name.extend(ending.as_bytes());
        let path = folder.join(OsString::from_vec(name));
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Name, `.prj` and `.dbf` of the Shapefile that is found for a path.
    fn parts_of(path: &Path) -> (String, Option<String>, Vec<u8>) {
        let input = shapefile(path).unwrap();
        let parts = input.open().unwrap().into_shapefile();
        let mut table = Vec::new();
        if let Some((mut dbf, _)) = parts.dbf {
            dbf.read_to_end(&mut table).unwrap();
        }
        (input.name, parts.prj, table)
    }

    #[test]
    fn parts_whose_names_are_no_utf8_stay_apart() {
        let folder = tempfile::tempdir().unwrap();
        for (stem, content) in [(SEONGDONG, b"seongdong"), (GANGNAM, b"gangnam  ")] {
            write_part(folder.path(), stem, ".shp", content);
            write_part(folder.path(), stem, ".dbf", content);
        }
        write_part(folder.path(), GANGNAM, ".prj", b"only gangnam's");
        for (stem, name, prj, table) in [
            (SEONGDONG, "성동", None, "seongdong"),
            (GANGNAM, "강남", Some("only gangnam's"), "gangnam  "),
        ] {
            let path = folder.path().join(OsString::from_vec([stem, b".shp"].concat()));
            let expected = (name.to_owned(), prj.map(str::to_owned), table.into());
            assert_eq!(parts_of(&path), expected);
        }
    }

    #[test]
    fn parts_of_any_case_or_composition_belong_together_and_the_named_one_wins() {
        let folder = tempfile::tempdir().unwrap();
        write_part(folder.path(), "가ok".as_bytes(), ".shp", b"lower");
        let upper = write_part(folder.path(), "가OK".as_bytes(), ".SHP", b"upper");
        write_part(folder.path(), "가Ok".as_bytes(), ".Dbf", b"table");
        // As macOS writes 가.
        write_part(folder.path(), "\u{1100}\u{1161}ok".as_bytes(), ".prj", b"prj");
        let (name, prj, table) = parts_of(&upper);
        assert_eq!(
            (name.as_str(), prj.as_deref(), &table[..]),
            ("가OK", Some("prj"), &b"table"[..])
        );
        write_part(folder.path(), "가OK".as_bytes(), ".dbf", b"own");
        assert_eq!(parts_of(&upper).2, b"own");
    }

    #[test]
    fn an_empty_cpg_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = write_part(folder.path(), b"a", ".shp", b"");
        for (text, there) in [("", false), ("\u{feff}\r\n", false), ("949\n", true), ("\0", false)]
        {
            write_part(folder.path(), b"a", ".cpg", text.as_bytes());
            let parts = shapefile(&path).unwrap().open().unwrap().into_shapefile();
            assert_eq!(parts.cpg.is_some(), there, "{text:?}");
        }
    }
}
