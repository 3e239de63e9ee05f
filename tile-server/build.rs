//! Embeds the map page, and the outlines of its typeface.
//!
//! The page is every file of `web/dist`, text precompressed. Without `web/dist` the server is
//! built all the same, with a plain page. The typeface is read from the page's packages: without
//! them the server has no glyphs.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use glyphs::font::Font;
use glyphs::{RANGE_COUNT, outline_block};

/// Folder of the typeface, under `web`.
const TYPEFACE: &str = "node_modules/pretendard-gov/dist/public/static";

/// Font stacks and their files.
const FONT_FILES: [(&str, &str); 2] = [
    ("Pretendard GOV Regular", "PretendardGOV-Regular.otf"),
    ("Pretendard GOV Bold", "PretendardGOV-Bold.otf"),
];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    let dist = root.join("web/dist");
    // The nearest folder that exists: a watched path that is missing would
    // rebuild the crate every time. `web` covers the moment `dist` appears.
    let watched = ["web/dist", "web"].into_iter().find(|path| root.join(path).is_dir());
    println!("cargo:rerun-if-changed={}", watched.unwrap_or("."));
    println!("cargo:rerun-if-changed=build.rs");
    write_typefaces(&root.join("web").join(TYPEFACE), &out)?;

    let mut files = Vec::new();
    if dist.is_dir() {
        collect(&dist, &mut files)?;
    }
    let mut assets = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&dist).map_err(io::Error::other)?;
        let Some(path) = relative.to_str().map(|path| path.replace('\\', "/")) else {
            return Err(io::Error::other(format!("{} is no UTF-8 path", file.display())));
        };
        assets.push((path, file));
    }
    assets.sort();

    let mut list = format!("static ASSETS: [EmbeddedAsset; {}] = [\n", assets.len());
    for (number, (path, file)) in assets.iter().enumerate() {
        let extension = Path::new(path).extension().and_then(|text| text.to_str()).unwrap_or("");
        let (media_type, text) = media_type(extension);
        let bytes = fs::read(file)?;
        let mut gzip = "None".to_owned();
        if text {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&bytes)?;
            let compressed = encoder.finish()?;
            if compressed.len() < bytes.len() {
                let name = out.join(format!("asset-{number}.gz"));
                fs::write(&name, compressed)?;
                gzip = format!("Some(include_bytes!({:?}))", name.display().to_string());
            }
        }
        writeln!(
            list,
            "EmbeddedAsset {{ path: {path:?}, media_type: {media_type:?}, bytes: include_bytes!({:?}), \
             gzip: {gzip}, hashed: {}, tags: OnceLock::new() }},",
            file.display().to_string(),
            is_hashed(path),
        )
        .map_err(io::Error::other)?;
    }
    list.push_str("];\n");
    fs::write(out.join("assets.rs"), list)
}

/// Writes the outlines of each font file, a deflated block for each range that has letters, and
/// the list of the faces.
fn write_typefaces(folder: &Path, out: &Path) -> io::Result<()> {
    let mut list = String::new();
    let mut count = 0;
    for (stack, file) in FONT_FILES {
        let path = folder.join(file);
        if !path.is_file() {
            continue;
        }
        println!("cargo:rerun-if-changed={}", path.display());
        let data = fs::read(&path)?;
        let font = Font::parse(&data).map_err(io::Error::other)?;
        let mut blocks = Vec::new();
        let mut ranges = String::new();
        for range in 0..RANGE_COUNT {
            let outlines = font.outlines(range);
            let start = blocks.len();
            if !outlines.is_empty() {
                let mut encoder = DeflateEncoder::new(&mut blocks, Compression::best());
                encoder.write_all(&outline_block::encode(&outlines))?;
                encoder.finish()?;
            }
            write!(ranges, "{start}..{}, ", blocks.len()).map_err(io::Error::other)?;
        }
        let name = out.join(format!("outlines-{count}.bin"));
        fs::write(&name, blocks)?;
        writeln!(
            list,
            "EmbeddedFace {{ stack: {stack:?}, blocks: include_bytes!({:?}), ranges: [{ranges}], \
             messages: [const {{ OnceLock::new() }}; RANGE_COUNT] }},",
            name.display().to_string(),
        )
        .map_err(io::Error::other)?;
        count += 1;
    }
    fs::write(
        out.join("typefaces.rs"),
        format!("static FACES: [EmbeddedFace; {count}] = [\n{list}];\n"),
    )
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// The media type of a file, and whether it is worth compressing.
fn media_type(extension: &str) -> (&'static str, bool) {
    match extension {
        "html" => ("text/html; charset=utf-8", true),
        "css" => ("text/css; charset=utf-8", true),
        "js" | "mjs" => ("text/javascript; charset=utf-8", true),
        "json" | "map" => ("application/json", true),
        "webmanifest" => ("application/manifest+json", true),
        "svg" => ("image/svg+xml", true),
        "txt" | "md" => ("text/plain; charset=utf-8", true),
        "wasm" => ("application/wasm", true),
        "ico" => ("image/x-icon", true),
        "png" => ("image/png", false),
        "jpg" | "jpeg" => ("image/jpeg", false),
        "webp" => ("image/webp", false),
        "avif" => ("image/avif", false),
        "woff2" => ("font/woff2", false),
        "woff" => ("font/woff", false),
        "pbf" => ("application/x-protobuf", false),
        _ => ("application/octet-stream", false),
    }
}

/// Whether a name ends in a bundler's digest: `assets/name-DIGEST.ext`, the
/// digest 8 letters, digits, `_` or `-`, with a digit or capital among them so
/// that `assets/my-original.js` is not taken for one.
fn is_hashed(path: &str) -> bool {
    let Some(name) = path.strip_prefix("assets/") else { return false };
    let Some((stem, _)) = name.rsplit_once('.') else { return false };
    let Some(digest) = stem.len().checked_sub(8).and_then(|start| stem.get(start..)) else {
        return false;
    };
    stem.len() > 9
        && stem.as_bytes()[stem.len() - 9] == b'-'
        && digest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        && digest.bytes().any(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}
