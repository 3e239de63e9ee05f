//! Summary of an import for the terminal, in Korean and English.

use std::path::Path;

use data_model::GeographicBounds;
use data_model::feature::GeometryKind;
use ingest::ImportSummary;
use korean_text::Bilingual;

use crate::commands::terminal::{print, report};

/// Prints a summary of an import, Korean and English on each line.
pub(crate) fn summarise(imported: &ImportSummary) {
    let kind = match imported.kind {
        GeometryKind::Point => "점 points",
        GeometryKind::Line => "선 lines",
        GeometryKind::Polygon => "면 polygons",
        GeometryKind::Mixed => "여러 도형 mixed",
    };
    let replaced = if imported.replaced { " (기존 자료 교체 · replaced)" } else { "" };
    let mut lines = vec![
        format!("{}{replaced}", imported.location),
        format!("  피처 features   {} ({kind})", imported.features),
        format!(
            "  좌표계 CRS      {}, {} · {}",
            imported.crs,
            imported.crs_source.ko(),
            imported.crs_source.en()
        ),
    ];
    if let Some([west, south, east, north]) = imported.bounds.map(GeographicBounds::to_array) {
        lines.push(format!("  범위 bounds     {west:.4}, {south:.4}, {east:.4}, {north:.4}"));
    }
    let columns: Vec<String> = imported
        .columns
        .iter()
        .map(|column| match &column.title {
            Some(title) => format!("{} ({title})", column.name),
            None => column.name.clone(),
        })
        .collect();
    lines.push(format!("  열 columns      {}", columns.join(", ")));
    if imported.without_geometry > 0 {
        lines.push(format!("  도형 없음 without geometry   {}", imported.without_geometry));
    }
    for note in &imported.notes {
        lines.push(format!("  참고            {}", note.ko()));
        lines.push(format!("  note            {}", note.en()));
    }
    if let Some((rows, path)) = &imported.rejected {
        lines.push(format!("  제외 rejected   {rows}, {}", path.display()));
    }
    lines.push(format!("  레이어 layer     {}", imported.id));
    print(&lines.join("\n"));
}

/// Reports rejected rows and the file that lists them; prints nothing without any.
pub(crate) fn mention_rejected(path: &Path, imported: &ImportSummary) {
    if let Some((rows, list)) = &imported.rejected {
        report(&format!(
            "tile-server: {}: 제외된 행 {rows}개 · {rows} row(s) rejected, listed in {}",
            path.display(),
            list.display()
        ));
    }
}
