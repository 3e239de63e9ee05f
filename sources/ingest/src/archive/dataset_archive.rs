//! Zip archives of datasets. Names in an archive are never used as paths, and declared
//! sizes are not trusted.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use zip::ZipArchive;

use crate::IngestError;
use crate::archive::archive_fault::{damaged, unreadable};
use crate::input::file_fault::{FileFault, FileLocation};
use crate::input::open_dataset::{NamedPart, OpenDataset, open_shapefile};
use crate::text::names::file_name;

/// Maximum number of entries of an archive.
const MAX_ENTRIES: usize = 10_000;
/// Bytes of a `.json` that are searched for a GeoJSON type.
const PEEK: u64 = 64 << 10;

/// Limits of unpacking an archive.
#[derive(Debug, Clone, Copy)]
struct UnpackLimits {
    /// Maximum number of unpacked bytes in total.
    most: u64,
    /// Maximum number of unpacked bytes for each packed byte, beyond `free`. A table of
    /// blanks reaches 100, a bomb of one layer 1000, and one of overlapping entries
    /// millions.
    ratio: u64,
    free: u64,
}

const UNPACK_LIMITS: UnpackLimits = UnpackLimits { most: 4 << 30, ratio: 200, free: 64 << 20 };

/// An archive whose datasets are unpacked one by one.
#[derive(Debug, Clone)]
pub(crate) struct DatasetArchive {
    path: PathBuf,
    scratch: PathBuf,
    opened: Arc<Mutex<OpenZip>>,
}

#[derive(Debug)]
struct OpenZip {
    zip: ZipArchive<File>,
    /// Bytes that may still be unpacked.
    left: u64,
    /// Bytes allowed in total.
    allowed: u64,
}

/// One dataset of an archive.
#[derive(Debug)]
pub(crate) struct ArchivedDataset {
    /// Name of the file without folder and extension.
    pub(crate) name: String,
    /// Path for messages: `file.zip/folder/part.shp`.
    pub(crate) path: PathBuf,
    pub(crate) entries: ArchiveEntries,
}

/// The entries of one dataset.
#[derive(Debug)]
pub(crate) enum ArchiveEntries {
    /// Entries of a Shapefile, by extension.
    Shapefile(BTreeMap<&'static str, ArchiveEntry>),
    GeoJson(ArchiveEntry),
}

/// One entry.
#[derive(Debug, Clone)]
pub(crate) struct ArchiveEntry {
    index: usize,
    /// Folder and name without extension.
    stem: String,
    /// Path for messages.
    shown: PathBuf,
}

type ByEnding = BTreeMap<&'static str, Vec<ArchiveEntry>>;

impl DatasetArchive {
    /// Opens an archive, whose entries are later unpacked in `scratch`.
    pub(crate) fn open(path: &Path, file: File, scratch: &Path) -> Result<Self, IngestError> {
        Self::open_within(path, file, scratch, UNPACK_LIMITS)
    }

    fn open_within(
        path: &Path,
        file: File,
        scratch: &Path,
        limits: UnpackLimits,
    ) -> Result<Self, IngestError> {
        let length = file.metadata().map_err(|error| IngestError::io(path, error))?.len();
        let zip =
            ZipArchive::new(file).map_err(|error| damaged(path, FileLocation::Whole, error))?;
        if zip.len() > MAX_ENTRIES {
            return Err(IngestError::whole(path, FileFault::TooManyEntries(zip.len())));
        }
        let allowed = limits.most.min(length.saturating_mul(limits.ratio).max(limits.free));
        let opened = Arc::new(Mutex::new(OpenZip { zip, left: allowed, allowed }));
        Ok(Self { path: path.to_owned(), scratch: scratch.to_owned(), opened })
    }

    /// Lists the datasets, by path.
    pub(crate) fn datasets(&self) -> Result<Vec<ArchivedDataset>, IngestError> {
        let (parts, others) = self.entries()?;
        let of = |ending: &'static str| parts.get(ending).map_or(&[][..], Vec::as_slice);
        let input = |entry: &ArchiveEntry, entries: ArchiveEntries| {
            let name = entry.stem.rsplit('/').next().unwrap_or_default().to_owned();
            ArchivedDataset { name, path: entry.shown.clone(), entries }
        };
        let mut inputs = Vec::new();
        for shp in of("shp") {
            let mut own = BTreeMap::from([("shp", shp.clone())]);
            for ending in ["shx", "dbf", "prj", "cpg"] {
                // Whatever the case, but of several spellings the same one.
                let folded = shp.stem.to_lowercase();
                let exact = of(ending).iter().find(|entry| entry.stem == shp.stem);
                let alike = || of(ending).iter().find(|entry| entry.stem.to_lowercase() == folded);
                if let Some(entry) = exact.or_else(alike) {
                    own.insert(ending, entry.clone());
                }
            }
            inputs.push(input(shp, ArchiveEntries::Shapefile(own)));
        }
        for entry in of("geojson") {
            inputs.push(input(entry, ArchiveEntries::GeoJson(entry.clone())));
        }
        // Metadata lies beside many a dataset. Alone it is taken for GeoJSON, so
        // that its reader names the fault.
        let alone = inputs.is_empty() && of("json").len() == 1;
        for entry in of("json") {
            if alone || self.is_geojson(entry)? {
                inputs.push(input(entry, ArchiveEntries::GeoJson(entry.clone())));
            }
        }
        if inputs.is_empty() {
            return Err(IngestError::whole(&self.path, FileFault::NoDatasetInside(others)));
        }
        inputs.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(inputs)
    }

    /// The entries that belong to datasets by extension, and the names of some others.
    fn entries(&self) -> Result<(ByEnding, Vec<String>), IngestError> {
        let mut opened = self.opened.lock();
        let mut parts = ByEnding::new();
        let mut others = Vec::new();
        for index in 0..opened.zip.len() {
            let entry = opened.zip.by_index_raw(index).map_err(|error| {
                damaged(&self.path, FileLocation::Entry(index.to_string()), error)
            })?;
            let name = file_name(entry.name_raw()).replace('\\', "/");
            let Some((stem, ending)) = name.rsplit_once('.') else { continue };
            // Files that macOS adds to an archive look like a Shapefile and are none.
            let mut folders = name.split('/');
            let own = folders.next_back().unwrap_or_default();
            if own.starts_with('.') || folders.any(|folder| folder == "__MACOSX") {
                continue;
            }
            let known = ["shp", "shx", "dbf", "prj", "cpg", "geojson", "json"];
            let Some(ending) = known.into_iter().find(|known| ending.eq_ignore_ascii_case(known))
            else {
                if others.len() < 5 && !own.is_empty() {
                    others.push(name);
                }
                continue;
            };
            if entry.encrypted() {
                return Err(IngestError::whole(&self.path, FileFault::Encrypted(name)));
            }
            let inner = name.split('/').filter(|part| !matches!(*part, "" | "." | ".."));
            let shown = self.path.join(inner.collect::<PathBuf>());
            let entry = ArchiveEntry { index, stem: stem.to_owned(), shown };
            parts.entry(ending).or_default().push(entry);
        }
        Ok((parts, others))
    }

    /// Whether a `.json` starts like GeoJSON.
    fn is_geojson(&self, entry: &ArchiveEntry) -> Result<bool, IngestError> {
        let mut opened = self.opened.lock();
        let file = opened
            .zip
            .by_index(entry.index)
            .map_err(|error| damaged(&self.path, FileLocation::Entry(entry.stem.clone()), error))?;
        let mut start = Vec::new();
        file.take(PEEK).read_to_end(&mut start).map_err(|error| {
            IngestError::whole(&entry.shown, FileFault::DamagedArchive(unreadable(&error)))
        })?;
        let dense: String = String::from_utf8_lossy(&start).split_whitespace().collect();
        let types = ["FeatureCollection", "Feature", "Point", "LineString", "Polygon"];
        let multi = ["MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"];
        Ok(types.iter().chain(&multi).any(|name| dense.contains(&format!("\"type\":\"{name}\""))))
    }

    /// Unpacks a dataset.
    pub(crate) fn unpack_dataset(
        &self,
        entries: &ArchiveEntries,
    ) -> Result<OpenDataset, IngestError> {
        match entries {
            ArchiveEntries::GeoJson(entry) => Ok(OpenDataset::GeoJson(self.unpack(entry)?.0)),
            ArchiveEntries::Shapefile(parts) => {
                let part =
                    |ending: &str| parts.get(ending).map(|entry| self.unpack(entry)).transpose();
                let others = [part("shx")?, part("dbf")?, part("prj")?, part("cpg")?];
                match part("shp")? {
                    Some(shp) => open_shapefile(shp, others),
                    None => Err(IngestError::whole(&self.path, FileFault::NoShp)),
                }
            }
        }
    }

    fn unpack(&self, entry: &ArchiveEntry) -> Result<NamedPart, IngestError> {
        let ArchiveEntry { index, shown, .. } = entry;
        let io = |error| IngestError::io(&self.scratch, error);
        let mut opened = self.opened.lock();
        let OpenZip { zip, left, allowed } = &mut *opened;
        let mut content =
            zip.by_index(*index).map_err(|error| damaged(shown, FileLocation::Whole, error))?;
        let mut file = tempfile::tempfile_in(&self.scratch).map_err(io)?;
        let mut chunk = vec![0; 1 << 16];
        loop {
            let read = content.read(&mut chunk).map_err(|error| {
                IngestError::whole(shown, FileFault::DamagedArchive(unreadable(&error)))
            })?;
            if read == 0 {
                break;
            }
            *left = left.checked_sub(read as u64).ok_or_else(|| {
                let mebibytes = allowed.div_ceil(1 << 20);
                IngestError::whole(shown, FileFault::UnpacksTooLarge(mebibytes))
            })?;
            file.write_all(&chunk[..read]).map_err(io)?;
        }
        file.seek(SeekFrom::Start(0)).map_err(io)?;
        Ok((file, shown.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    const NO_LIMITS: UnpackLimits = UnpackLimits { most: u64::MAX, ratio: 1, free: u64::MAX };

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

    fn list(
        file: &tempfile::NamedTempFile,
        limits: UnpackLimits,
    ) -> Result<(DatasetArchive, Vec<ArchivedDataset>), IngestError> {
        let (path, scratch) = (Path::new("a.zip"), std::env::temp_dir());
        let archive = DatasetArchive::open_within(path, file.reopen().unwrap(), &scratch, limits)?;
        let datasets = archive.datasets()?;
        Ok((archive, datasets))
    }

    fn names(entries: &[(&str, &[u8])]) -> Vec<String> {
        let (_, datasets) = list(&archive(entries), NO_LIMITS).unwrap();
        datasets.iter().map(|dataset| dataset.path.display().to_string()).collect()
    }

    #[test]
    fn datasets_are_found_whatever_the_folder_and_no_name_is_a_path() {
        let found = names(&[
            ("../../etc/b.SHP", b"1"),
            ("../../etc/b.dbf", b"2"),
            ("deep/a.geojson", b"{}"),
            ("__MACOSX/._b.shp", b"3"),
            ("readme.txt", b"4"),
        ]);
        assert_eq!(found, ["a.zip/deep/a.geojson", "a.zip/etc/b.SHP"]);
    }

    #[test]
    fn parts_of_any_case_belong_together_and_of_several_the_same_spelling() {
        let entries: &[(&str, &[u8])] = &[
            ("Seoul.shp", b""),
            ("SEOUL.DBF", b"upper"),
            ("seoul.prj", b"prj"),
            ("other/seoul.cpg", b"949"),
            ("busan.shp", b""),
            ("BUSAN.dbf", b"upper"),
            ("busan.dbf", b"lower"),
        ];
        let (archive, datasets) = list(&archive(entries), NO_LIMITS).unwrap();
        let found: Vec<_> = datasets
            .iter()
            .map(|dataset| {
                let parts = archive.unpack_dataset(&dataset.entries).unwrap().into_shapefile();
                let mut table = String::new();
                parts.dbf.unwrap().0.read_to_string(&mut table).unwrap();
                (dataset.name.as_str(), table, parts.prj, parts.cpg.is_some())
            })
            .collect();
        let expected = [
            ("Seoul", "upper".to_owned(), Some("prj".to_owned()), false),
            ("busan", "lower".to_owned(), None, false),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn json_beside_a_dataset_is_one_only_where_it_is_geojson() {
        let meta: &[u8] = b"{\"type\": \"metadata\"}";
        let geojson: &[u8] = b"{\"name\": 1, \"type\" : \"Feature\"}";
        let found = names(&[("a.shp", b""), ("meta.json", meta), ("b.json", geojson)]);
        assert_eq!(found, ["a.zip/a.shp", "a.zip/b.json"]);
        assert_eq!(names(&[("meta.json", meta)]), ["a.zip/meta.json"]);
    }

    #[test]
    fn an_archive_that_unpacks_to_too_much_is_refused() {
        let zeros = vec![0; 1 << 20];
        let file = archive(&[("bomb.shp", &zeros), ("second.shp", &zeros)]);
        let length = file.as_file().metadata().unwrap().len();
        assert!(length < 4000, "it is small when packed");
        let all = 2 << 20;
        for (most, ratio, free, enough) in [
            (all, 1, all, true),
            (all - 1, 1, all, false),
            (all, 200, 0, false),
            (all, 200, all, true),
            (all, all / length + 1, 0, true),
        ] {
            let (archive, datasets) = list(&file, UnpackLimits { most, ratio, free }).unwrap();
            let unpack = |number: usize| archive.unpack_dataset(&datasets[number].entries);
            let both = unpack(0).and_then(|_| unpack(1));
            let error = both.map(drop).map_err(|error| error.to_string());
            assert_eq!(error.is_ok(), enough, "{most} {ratio} {free}: {error:?}");
            let Err(error) = error else { continue };
            assert!(
                error.contains(".shp: the archive unpacks to") && error.contains("by hand"),
                "{error}"
            );
        }
    }

    #[test]
    fn an_archive_without_a_dataset_says_what_it_holds() {
        let error = list(&archive(&[("inner.zip", b"PK")]), NO_LIMITS).unwrap_err().to_string();
        assert!(error.contains("inner.zip") && error.contains("by hand"), "{error}");
    }

    #[test]
    fn datasets_are_unpacked_one_at_a_time() {
        let stems: Vec<String> = (0..400).map(|n| format!("s{n}")).collect();
        let names: Vec<String> = stems
            .iter()
            .flat_map(|stem| ["shp", "shx", "dbf"].map(|ending| format!("{stem}.{ending}")))
            .collect();
        let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (&name[..], &b"x"[..])).collect();
        let (archive, datasets) = list(&archive(&entries), NO_LIMITS).unwrap();
        assert_eq!(datasets.len(), 400);
        // Unnamed files that are open show as links into the scratch folder.
        let open = || {
            let links = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
            links.filter_map(|link| std::fs::read_link(link.path()).ok()).count()
        };
        let before = open();
        for dataset in datasets {
            drop(archive.unpack_dataset(&dataset.entries).unwrap());
            assert!(open() < before + 100, "what was imported is closed again");
        }
    }
}
