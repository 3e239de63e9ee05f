//! Attributions as HTML that a page may draw: text and links, and no other markup.

use catalog::Attribution;
use data_library::PublishedLayer;
use data_library::Snapshot;
use styles::Language;
use tile_source::LayerDescription;

use super::html_sanitizer::{escape, sanitize};
use super::language::in_language;

/// Attribution of a map as HTML, each source once. It comes from the catalog or else from the
/// store; every text is escaped and links lead only to web pages. TileJSON 3.0.0, section 3.4, warns
/// of scripts in attributions.
pub(super) fn attribution(
    snapshot: &Snapshot,
    described: &[(&PublishedLayer, &LayerDescription)],
    language: Language,
) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let district = snapshot.catalog().district.attribution.as_ref();
    parts.extend(district.map(|text| escape(in_language(text, language))));
    for (layer, description) in described {
        let part = match (&layer.attribution, &description.attribution) {
            (Some(source), _) => source_line(source, language),
            (None, Some(foreign)) => sanitize(foreign),
            (None, None) => continue,
        };
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts.retain(|part| !part.is_empty());
    (!parts.is_empty()).then(|| parts.join(" | "))
}

fn source_line(source: &Attribution, language: Language) -> String {
    let mut line = format!("© {}", escape(in_language(&source.agency, language)));
    if let Some(year) = source.year {
        line.push_str(&format!(" {year}"));
    }
    line.push_str(&format!(" ({})", escape(&source.licence)));
    match source.url.as_deref() {
        Some(url) if url.starts_with("https://") || url.starts_with("http://") => {
            format!("<a href=\"{}\" target=\"_blank\" rel=\"noopener\">{line}</a>", escape(url))
        }
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog::LocalizedText;

    #[test]
    fn attributions_carry_no_markup_of_their_own() {
        let source = Attribution {
            agency: LocalizedText::same("<script>\"a\" & b"),
            licence: "KOGL-1".to_owned(),
            year: Some(2024),
            url: Some("javascript:alert(1)".to_owned()),
            as_of: None,
        };
        let line = source_line(&source, Language::Korean);
        assert_eq!(line, "© &lt;script&gt;&quot;a&quot; &amp; b 2024 (KOGL-1)");
    }
}
