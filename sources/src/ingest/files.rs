//! What there is to import in a path: a Shapefile's parts, a GeoJSON, or what
//! lies in a zip. Names in an archive are never used as paths.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::IngestError;
use super::shapefile::Parts;
use super::text::{Encoding, may_be_utf8};

/// The longest `.prj` or `.cpg`, in bytes.
const MAX_SMALL: u64 = 64 << 10;
/// The most entries of an archive.
const MAX_ENTRIES: usize = 10_000;
/// The most bytes that an archive's parts may take when unpacked.
const MAX_UNPACKED: u64 = 4 << 30;

/// One dataset to import.
pub struct Input {
    /// Its name: the file's without folder and ending.
    pub name: String,
    /// What names it in messages; inside an archive `file.zip/part.shp`.
    pub path: PathBuf,
    pub(super) content: Content,
}

pub(super) enum Content {
    Shapefile(Box<Parts<File>>),
    GeoJson(File),
}

/// The datasets in a file. An archive's parts are unpacked into unnamed
/// temporary files in `scratch`, which exist no longer than the result.
///
/// # Errors
/// [`IngestError`] where the file can't be read, is none of the known formats,
/// or is an archive without a dataset, with too much in it, or encrypted.
pub fn inputs(path: &Path, scratch: &Path) -> Result<Vec<Input>, IngestError> {
    let io = |error| IngestError::io(path, error);
    if path.is_dir() {
        return Err(IngestError::unsupported(path, "this is a folder; name the .shp in it"));
    }
    match extension(path).as_str() {
        "shp" | "shx" | "dbf" | "prj" | "cpg" => return Ok(vec![shapefile(path)?]),
        _ => {}
    }
    let mut file = File::open(path).map_err(io)?;
    let mut start = [0; 4];
    let read = read_up_to(&mut file, &mut start).map_err(io)?;
    file.seek(SeekFrom::Start(0)).map_err(io)?;
    let text = start[..read].iter().find(|b| !b.is_ascii_whitespace());
    let text = if start.starts_with(b"\xef\xbb\xbf") { start.get(3) } else { text };
    match (&start[..read], text) {
        ([b'P', b'K', 3 | 5, 4 | 6], _) => unpack(path, file, scratch, MAX_UNPACKED),
        (_, Some(b'{')) => Ok(vec![Input {
            name: stem(path),
            path: path.to_owned(),
            content: Content::GeoJson(file),
        }]),
        ([0xff, 0xfe, ..] | [0xfe, 0xff, ..], _) => Err(IngestError::corrupt(
            path,
            "start",
            "this is UTF-16; convert it with iconv -f UTF-16 -t UTF-8",
        )),
        ([], _) => Err(IngestError::corrupt(path, "start", "the file is empty")),
        ([b'f', b'g', b'b', ..], _) => Err(IngestError::unsupported(
            path,
            "this is FlatGeobuf already: copy it into the data directory under a temporary name \
             and rename it",
        )),
        _ => Err(IngestError::unsupported(
            path,
            "this is no Shapefile (.shp or .zip) and no GeoJSON; convert it to one of them",
        )),
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

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The parts of a Shapefile of which one is named, whatever their case.
fn shapefile(path: &Path) -> Result<Input, IngestError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let name = stem(path);
    let mut parts: BTreeMap<String, PathBuf> = BTreeMap::new();
    let entries = std::fs::read_dir(folder).map_err(|error| IngestError::io(folder, error))?;
    for entry in entries {
        let other = entry.map_err(|error| IngestError::io(folder, error))?.path();
        if !stem(&other).eq_ignore_ascii_case(&name) {
            continue;
        }
        // The part as named, and of several spellings the one of the same case.
        let better = other == path || stem(&other) == name;
        let slot = parts.entry(extension(&other)).or_insert_with(|| other.clone());
        if better {
            *slot = other;
        }
    }
    let mut open = |ending: &str| -> Result<Option<(File, PathBuf)>, IngestError> {
        let Some(path) = parts.remove(ending) else { return Ok(None) };
        match File::open(&path) {
            Ok(file) => Ok(Some((file, path))),
            Err(error) => Err(IngestError::Io { path, error }),
        }
    };
    let Some(shp) = open("shp")? else {
        let error = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(IngestError::io(&path.with_extension("shp"), error));
    };
    let parts = [open("shx")?, open("dbf")?, open("prj")?, open("cpg")?];
    let path = shp.1.clone();
    let parts = together(shp, parts)?;
    Ok(Input { name: stem(&path), path, content: Content::Shapefile(Box::new(parts)) })
}

type Part = (File, PathBuf);

fn together(
    shp: Part,
    [shx, dbf, prj, cpg]: [Option<Part>; 4],
) -> Result<Parts<File>, IngestError> {
    let small = |part: Option<Part>| -> Result<Option<(String, PathBuf)>, IngestError> {
        let Some((file, path)) = part else { return Ok(None) };
        let mut bytes = Vec::new();
        match file.take(MAX_SMALL + 1).read_to_end(&mut bytes) {
            Ok(read) if read as u64 > MAX_SMALL => Err(IngestError::unsupported(
                &path,
                "it has more than 64 KiB, which is no text of its kind; remove it",
            )),
            Ok(_) => Ok(Some((String::from_utf8_lossy(&bytes).into_owned(), path))),
            Err(error) => Err(IngestError::Io { path, error }),
        }
    };
    let prj = small(prj)?.map(|(text, _)| text);
    Ok(Parts { shp, shx, dbf, prj, cpg: small(cpg)? })
}

/// Unpacks the datasets of an archive.
fn unpack(path: &Path, file: File, scratch: &Path, most: u64) -> Result<Vec<Input>, IngestError> {
    let damaged = |place: String, error: zip::result::ZipError| match error {
        zip::result::ZipError::UnsupportedArchive(reason) => {
            IngestError::unsupported(path, format!("{place}: {reason}; unpack it by hand first"))
        }
        error => IngestError::corrupt(path, place, error.to_string()),
    };
    let mut archive =
        ZipArchive::new(file).map_err(|error| damaged("archive".to_owned(), error))?;
    if archive.len() > MAX_ENTRIES {
        let reason = format!("{} entries are too many; unpack it by hand", archive.len());
        return Err(IngestError::unsupported(path, reason));
    }
    // Entries by folder and stem, then by ending.
    let mut found: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    let mut others = Vec::new();
    for index in 0..archive.len() {
        let entry = archive
            .by_index_raw(index)
            .map_err(|error| damaged(format!("entry {index}"), error))?;
        let name = entry_name(entry.name_raw());
        let Some((stem, ending)) = name.rsplit_once('.') else { continue };
        let ending = ending.to_ascii_lowercase();
        let mut folders = name.split(['/', '\\']);
        let own = folders.next_back().unwrap_or_default();
        // What macOS adds to an archive looks like a Shapefile and is none.
        let hidden = own.starts_with('.') || folders.any(|folder| folder == "__MACOSX");
        if hidden {
            continue;
        }
        match ending.as_str() {
            "shp" | "shx" | "dbf" | "prj" | "cpg" | "geojson" | "json" => {
                if entry.encrypted() {
                    let reason = format!("{name} is encrypted; unpack it by hand first");
                    return Err(IngestError::unsupported(path, reason));
                }
                found.entry(stem.to_owned()).or_default().entry(ending).or_insert(index);
            }
            _ => others.push(name),
        }
    }
    let mut left = most;
    let mut inputs = Vec::new();
    for (stem, parts) in found {
        let name = stem.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let mut take = |ending: &str| -> Result<Option<Part>, IngestError> {
            let Some(&index) = parts.get(ending) else { return Ok(None) };
            let shown = path.join(format!("{name}.{ending}"));
            let file = unpack_entry(&mut archive, index, &shown, scratch, &mut left)?;
            Ok(Some((file, shown)))
        };
        if let Some(shp) = take("shp")? {
            let parts = [take("shx")?, take("dbf")?, take("prj")?, take("cpg")?];
            let path = shp.1.clone();
            let content = Content::Shapefile(Box::new(together(shp, parts)?));
            inputs.push(Input { name: name.clone(), path, content });
        }
        for ending in ["geojson", "json"] {
            if let Some((file, path)) = take(ending)? {
                inputs.push(Input { name: name.clone(), path, content: Content::GeoJson(file) });
            }
        }
    }
    if inputs.is_empty() {
        others.truncate(5);
        let held = if others.is_empty() { "nothing".to_owned() } else { others.join(", ") };
        let reason = format!("no .shp and no .geojson is in it (but {held}); unpack it by hand");
        return Err(IngestError::unsupported(path, reason));
    }
    Ok(inputs)
}

/// Korean archives carry names in CP949 without saying so.
fn entry_name(bytes: &[u8]) -> String {
    let encoding = if may_be_utf8(bytes) { Encoding::Utf8 } else { Encoding::Cp949 };
    encoding.decode(bytes).0.into_owned()
}

fn unpack_entry(
    archive: &mut ZipArchive<File>,
    index: usize,
    shown: &Path,
    scratch: &Path,
    left: &mut u64,
) -> Result<File, IngestError> {
    let corrupt = |reason: String| IngestError::corrupt(shown, "archive entry", reason);
    let mut entry = archive.by_index(index).map_err(|error| corrupt(error.to_string()))?;
    let mut file =
        tempfile::tempfile_in(scratch).map_err(|error| IngestError::io(scratch, error))?;
    let mut chunk = vec![0; 1 << 16];
    loop {
        let read = entry.read(&mut chunk).map_err(|error| corrupt(error.to_string()))?;
        if read == 0 {
            break;
        }
        // What the archive says of its sizes is not believed.
        *left = left.checked_sub(read as u64).ok_or_else(|| {
            IngestError::unsupported(
                shown,
                "the archive unpacks to more than 4 GiB; unpack it by hand and import the parts",
            )
        })?;
        file.write_all(&chunk[..read]).map_err(|error| IngestError::io(scratch, error))?;
    }
    file.seek(SeekFrom::Start(0)).map_err(|error| IngestError::io(scratch, error))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    /// An archive of these entries.
    fn archive(entries: &[(&str, &[u8])]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut writer = ZipWriter::new(file.reopen().unwrap());
        for (name, content) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap();
        file
    }

    fn names(file: &tempfile::NamedTempFile, most: u64) -> Result<Vec<String>, String> {
        let scratch = std::env::temp_dir();
        unpack(Path::new("a.zip"), file.reopen().unwrap(), &scratch, most)
            .map(|inputs| {
                inputs.into_iter().map(|input| input.path.display().to_string()).collect()
            })
            .map_err(|error| error.to_string())
    }

    #[test]
    fn datasets_are_found_whatever_the_folder_and_no_name_is_a_path() {
        let file = archive(&[
            ("../../etc/b.SHP", b"1"),
            ("../../etc/b.dbf", b"2"),
            ("deep/a.geojson", b"{}"),
            ("__MACOSX/._b.shp", b"3"),
            ("readme.txt", b"4"),
        ]);
        assert_eq!(names(&file, 100), Ok(vec!["a.zip/b.shp".into(), "a.zip/a.geojson".into()]));
    }

    #[test]
    fn an_archive_that_unpacks_to_too_much_is_refused() {
        let zeros = vec![0; 1 << 20];
        let file = archive(&[("bomb.shp", &zeros)]);
        assert!(file.as_file().metadata().unwrap().len() < 2000, "it is small when packed");
        assert!(names(&file, 1 << 20).is_ok());
        let error = names(&file, (1 << 20) - 1).unwrap_err();
        assert!(error.contains("a.zip/bomb.shp") && error.contains("unpacks to more"), "{error}");
    }

    #[test]
    fn an_archive_without_a_dataset_says_what_it_holds() {
        let error = names(&archive(&[("inner.zip", b"PK")]), 100).unwrap_err();
        assert!(error.contains("inner.zip") && error.contains("by hand"), "{error}");
    }

    #[test]
    fn names_in_cp949_are_read() {
        assert_eq!(entry_name(b"\xbc\xba\xbc\xf6.shp"), "성수.shp");
        assert_eq!(entry_name("성수.shp".as_bytes()), "성수.shp");
    }
}
