//! Sanitizer of foreign HTML, such as the attribution in an archive's metadata.
//!
//! Own code, because `ammonia` would add 42 crates, a browser's whole HTML and CSS parser, for
//! text with a link or two, and would drop or rewrite more than markup. What is written here is
//! checked against an independent HTML parser, by property tests and by a fuzz target.

/// Longest foreign HTML that is read, in bytes; the rest is cut off.
pub const MAX_HTML_BYTES: usize = 4 << 10;

/// Reduces foreign HTML to its text and its links to web pages.
///
/// Other markup is left out, text that only looks like markup is escaped, and no more than the
/// first [`MAX_HTML_BYTES`] are read.
#[must_use]
pub fn sanitize(html: &str) -> String {
    let mut rest = &html[..html.floor_char_boundary(MAX_HTML_BYTES)];
    let mut sanitized = String::with_capacity(rest.len());
    let mut is_open = false;
    while let Some(start) = rest.find('<') {
        escape_text(&rest[..start], &mut sanitized);
        rest = &rest[start..];
        let Some(tag) = Tag::read(rest) else {
            sanitized.push_str("&lt;");
            rest = &rest[1..];
            continue;
        };
        rest = &rest[tag.length..];
        if !tag.name.eq_ignore_ascii_case("a") {
            continue;
        }
        if is_open {
            sanitized.push_str("</a>");
            is_open = false;
        }
        if let Some(url) = tag.href.filter(|url| is_web_page(url)) {
            sanitized.push_str("<a href=\"");
            escape_text(url, &mut sanitized);
            sanitized.push_str("\" target=\"_blank\" rel=\"noopener\">");
            is_open = true;
        }
    }
    escape_text(rest, &mut sanitized);
    if is_open {
        sanitized.push_str("</a>");
    }
    sanitized.trim().to_owned()
}

fn is_web_page(url: &str) -> bool {
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
    use html5gum::{Token, Tokenizer};
    use proptest::prelude::*;
    use rstest::rstest;

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
    fn foreign_html_is_reduced_to_text_and_links(#[case] html: &str, #[case] expected: &str) {
        assert_eq!(sanitize(html), expected);
    }

    #[test]
    fn a_long_attribution_is_cut_between_characters() {
        let html = "가".repeat(9000);
        assert_eq!(sanitize(&html), "가".repeat(MAX_HTML_BYTES / 3));
    }

    /// Asserts that an HTML parser finds text and links to web pages in `html`, and nothing else.
    #[allow(clippy::panic, reason = "a test")]
    fn assert_only_text_and_links(html: &str) {
        let mut open_links = 0;
        for Ok(token) in Tokenizer::new(html) {
            match token {
                Token::StartTag(tag) => {
                    assert_eq!(&**tag.name, b"a", "{html}");
                    assert_eq!(open_links, 0, "a link in a link: {html}");
                    assert!(!tag.self_closing, "{html}");
                    open_links += 1;
                    let attributes: Vec<_> = tag.attributes.keys().map(|name| &***name).collect();
                    assert_eq!(attributes, [&b"href"[..], b"rel", b"target"], "{html}");
                    let value = |name: &[u8]| tag.attributes[name].as_slice();
                    let url = value(b"href");
                    assert!(url.starts_with(b"http://") || url.starts_with(b"https://"), "{html}");
                    assert_eq!(
                        (value(b"rel"), value(b"target")),
                        (&b"noopener"[..], &b"_blank"[..])
                    );
                }
                Token::EndTag(tag) => {
                    assert_eq!(&**tag.name, b"a", "{html}");
                    open_links -= 1;
                    assert_eq!(open_links, 0, "{html}");
                }
                Token::String(_) | Token::Error(_) => {}
                Token::Comment(_) | Token::Doctype(_) => panic!("more than text and links: {html}"),
            }
        }
        assert_eq!(open_links, 0, "a link without an end: {html}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn a_parser_finds_text_and_web_links_alone(
            html in r#"([<>&"'`/a =;!#?\t\n\r\x00\x0c]|<a href="https?://x|<a href='|href=|</a>|<b|<!--|--!?>|<!\[CDATA\[|\]\]>|<script>|</script|<svg/|<style|<textarea|javascript:|&#x3c;|&lt;?|onclick=|가){0,40}"#
        ) {
            assert_only_text_and_links(&sanitize(&html));
        }

        #[test]
        fn any_text_is_reduced_to_text_and_web_links(html in r"\PC{0,60}") {
            assert_only_text_and_links(&sanitize(&html));
        }
    }
}
