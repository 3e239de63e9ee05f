//! Percent-encoding (RFC 3986, section 2.1).

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Decodes percent-encoded UTF-8; `None` for broken escapes and for other bytes.
///
/// The library passes a `%` without two hexadecimal digits on as it is, which would give one
/// resource several names.
pub(crate) fn percent_decode(text: &str) -> Option<Cow<'_, str>> {
    if !has_sound_escapes(text) {
        return None;
    }
    percent_decode_str(text).decode_utf8().ok()
}

fn has_sound_escapes(text: &str) -> bool {
    let hexadecimal = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    text.split('%').skip(1).all(|rest| {
        let rest = rest.as_bytes();
        hexadecimal(rest.first()) && hexadecimal(rest.get(1))
    })
}
