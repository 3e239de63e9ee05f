//! Attributions as HTML that a page may draw: text and links, and no other markup.

use catalog::Attribution;
use data_library::PublishedLayer;
use data_library::Snapshot;
use styles::Language;
use tile_source::LayerDescription;

use super::language::pick;

/// Bytes of a foreign attribution that are read at most.
const MAX_FOREIGN: usize = 4 << 10;

/// Attribution of a map as HTML, each source once, from the catalog or else from the store;
/// every text is escaped and links lead only to web pages. TileJSON 3.0.0, section 3.4, warns
/// of scripts in attributions.
pub(super) fn attribution(
    snapshot: &Snapshot,
    described: &[(&PublishedLayer, &LayerDescription)],
    language: Language,
) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let district = snapshot.catalog().district.attribution.as_ref();
    parts.extend(district.map(|text| escape(pick(text, language))));
    for (layer, description) in described {
        let part = match (&layer.attribution, &description.attribution) {
            (Some(source), _) => source_line(source, language),
            (None, Some(foreign)) => cleaned(foreign),
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
    let mut line = format!("© {}", escape(pick(&source.agency, language)));
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

/// A foreign attribution reduced to its text and its links to web pages. Other markup is left
/// out, and text that only looks like markup is escaped.
fn cleaned(html: &str) -> String {
    let mut rest = &html[..html.floor_char_boundary(MAX_FOREIGN)];
    let mut cleaned = String::with_capacity(rest.len());
    let mut open = false;
    while let Some(start) = rest.find('<') {
        escape_text(&rest[..start], &mut cleaned);
        rest = &rest[start..];
        let Some(tag) = Tag::read(rest) else {
            cleaned.push_str("&lt;");
            rest = &rest[1..];
            continue;
        };
        rest = &rest[tag.length..];
        if !tag.name.eq_ignore_ascii_case("a") {
            continue;
        }
        if open {
            cleaned.push_str("</a>");
            open = false;
        }
        if let Some(url) = tag.href.filter(|url| is_web(url)) {
            cleaned.push_str("<a href=\"");
            escape_text(url, &mut cleaned);
            cleaned.push_str("\" target=\"_blank\" rel=\"noopener\">");
            open = true;
        }
    }
    escape_text(rest, &mut cleaned);
    if open {
        cleaned.push_str("</a>");
    }
    cleaned.trim().to_owned()
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// A tag of foreign HTML.
struct Tag<'h> {
    /// Name of the element; empty for the end of an element and for comments.
    name: &'h str,
    href: Option<&'h str>,
    /// Length in bytes, both brackets included.
    length: usize,
}

impl<'h> Tag<'h> {
    /// Reads the tag that `html` begins with; `None` where it begins with none.
    fn read(html: &'h str) -> Option<Self> {
        let inside = html.strip_prefix('<')?;
        let ends = inside.strip_prefix('/');
        let named = ends.unwrap_or(inside);
        if !named.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!') {
            return None;
        }
        let name = &named[..named.find(|c: char| c == '>' || c == '/' || c.is_whitespace())?];
        let mut rest = &named[name.len()..];
        let mut href = None;
        loop {
            rest = rest.trim_start_matches(|c: char| c == '/' || c.is_whitespace());
            if rest.starts_with('>') {
                return Some(Self { name, href, length: html.len() - rest.len() + 1 });
            }
            let stops = |c: char| matches!(c, '=' | '>' | '/') || c.is_whitespace();
            // A name may begin with a sign that ends others.
            let first = rest.chars().next()?.len_utf8();
            let attribute = &rest[..first + rest[first..].find(stops)?];
            rest = rest[attribute.len()..].trim_start();
            let Some(value) = rest.strip_prefix('=') else { continue };
            let value = value.trim_start();
            let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''));
            let (value, after) = match quote {
                Some(quote) => value[1..].split_once(quote)?,
                None => value.split_at(value.find(|c: char| c == '>' || c.is_whitespace())?),
            };
            if ends.is_none() && href.is_none() && attribute.eq_ignore_ascii_case("href") {
                href = Some(value);
            }
            rest = after;
        }
    }
}

/// Appends foreign text for HTML content and double-quoted attributes. Its character
/// references (`&copy;`) are kept.
fn escape_text(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&escape(&rest[..at]));
        rest = &rest[at..];
        let length = reference_length(rest);
        out.push_str(if length > 0 { &rest[..length] } else { "&amp;" });
        rest = &rest[length.max(1)..];
    }
    out.push_str(&escape(rest));
}

/// Length in bytes of the character reference that `text` begins with; 0 for none.
fn reference_length(text: &str) -> usize {
    let Some(end) = text.bytes().take(34).position(|byte| byte == b';') else { return 0 };
    let name = &text[1..end];
    let digits = name.strip_prefix('#').unwrap_or(name);
    let sound = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if sound { end + 1 } else { 0 }
}

/// Escapes text for HTML content and double-quoted attributes.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog::LocalizedText;
    use proptest::prelude::*;
    use rstest::rstest;

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

    const LINK: &str = r#"<a href="https://a.b/?c&amp;d" target="_blank" rel="noopener">"#;

    #[rstest]
    #[case::text("OSM & co", "OSM &amp; co")]
    #[case::references("&copy; A &#169; &#xA9; &;", "&copy; A &#169; &#xA9; &amp;;")]
    #[case::link(r#"<a href="https://a.b/?c&d">x</a> y"#, &format!("{LINK}x</a> y"))]
    #[case::other_quotes("<A class=b HREF = 'https://a.b/?c&d' >x</A>", &format!("{LINK}x</a>"))]
    #[case::no_quotes("<a href=https://a.b/?c&d>x</a>", &format!("{LINK}x</a>"))]
    #[case::not_closed(r#"<a href="https://a.b/?c&d">x"#, &format!("{LINK}x</a>"))]
    #[case::handler(
        r#"<a onclick="x('>')" href="https://a.b/?c&d" style=x>y</a>"#,
        &format!("{LINK}y</a>")
    )]
    #[case::script("<script src='x'>alert(1)</script><b>z</b>", "alert(1)z")]
    #[case::other_scheme(r#"<a href="javascript:x()">y</a>"#, "y")]
    #[case::hidden_scheme(r#"<a href="&#106;avascript:x()">y</a>"#, "y")]
    #[case::breaks_out(
        r#"<a href='https://a.b/?c&d"><b'>y</a>"#,
        r#"<a href="https://a.b/?c&amp;d&quot;&gt;&lt;b" target="_blank" rel="noopener">y</a>"#
    )]
    #[case::no_tag("1 < 2 > 0 <", "1 &lt; 2 &gt; 0 &lt;")]
    #[case::cut_off("x<img src=\"y", "x&lt;img src=&quot;y")]
    #[case::nested("<scr<script>ipt>alert(1)", "ipt&gt;alert(1)")]
    fn of_foreign_html_text_and_links_stay(#[case] html: &str, #[case] expected: &str) {
        assert_eq!(cleaned(html), expected);
    }

    #[test]
    fn a_long_attribution_is_cut_between_characters() {
        let html = "가".repeat(9000);
        assert_eq!(cleaned(&html), "가".repeat(MAX_FOREIGN / 3));
    }

    proptest! {
        /// Without its own links nothing is left that a browser takes for markup.
        #[test]
        fn nothing_but_links_is_markup(html in r#"([<>&"'/a =;!#]|<a href="http://x|href|b|-->|가){0,40}"#) {
            let mut text = cleaned(&html).replace("</a>", "");
            while let Some(start) = text.find("<a href=\"http") {
                let end = start + text[start..].find('>').unwrap();
                let link = text[start..=end].to_owned();
                prop_assert!(link.ends_with(r#"" target="_blank" rel="noopener">"#), "{}", link);
                prop_assert_eq!(link.matches('"').count(), 6);
                text.replace_range(start..=end, "");
            }
            prop_assert!(!text.contains(['<', '>', '"']), "{}", text);
        }
    }
}
