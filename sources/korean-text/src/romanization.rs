//! Korean names in Latin letters, for ids and column names.
//!
//! Hangul is romanised syllable by syllable in the letters of the Revised Romanization,
//! without its sound changes: a name must be readable and always the same, not
//! pronounceable.

use std::borrow::Cow;

const INITIALS: [&str; 19] = [
    "g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p",
    "h",
];
const MEDIALS: [&str; 21] = [
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we",
    "wi", "yu", "eu", "ui", "i",
];
const FINALS: [&str; 28] = [
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p",
    "t", "t", "ng", "t", "t", "k", "t", "p", "t",
];

/// The longest romanised name, in bytes.
const MAX_LENGTH: usize = 63;

/// Composes conjoining jamo, which macOS writes, into Hangul syllables.
pub fn composed(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| ('\u{1100}'..='\u{1112}').contains(&c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    // The place of a letter in its row, counted from its first.
    let row = |letter: Option<&char>, first: u32, count: u32| {
        letter.and_then(|&c| u32::from(c).checked_sub(first)).filter(|&place| place < count)
    };
    while let Some(letter) = letters.next() {
        let initial = row(Some(&letter), 0x1100, 19);
        let medial = initial.and_then(|_| row(letters.peek(), 0x1161, 21));
        let (Some(initial), Some(medial)) = (initial, medial) else {
            out.push(letter);
            continue;
        };
        letters.next();
        let last = row(letters.peek(), 0x11A8, 27).map_or(0, |place| place + 1);
        if last > 0 {
            letters.next();
        }
        out.extend(char::from_u32(0xAC00 + (initial * 21 + medial) * 28 + last));
    }
    Cow::Owned(out)
}

/// Romanizes a name to ASCII letters, digits, `_` and `-`; empty if nothing is left.
pub fn romanized(name: &str) -> String {
    let mut out = String::new();
    for c in composed(name.trim()).chars() {
        match c {
            c if c.is_ascii_alphanumeric() || c == '_' || c == '-' => out.push(c),
            '가'..='힣' => {
                let syllable = c as usize - '가' as usize;
                out.push_str(INITIALS[syllable / 588]);
                out.push_str(MEDIALS[syllable % 588 / 28]);
                out.push_str(FINALS[syllable % 28]);
            }
            _ if out.ends_with('_') => {}
            _ => out.push('_'),
        }
        if out.len() >= MAX_LENGTH {
            break;
        }
    }
    // All of it is ASCII.
    out.truncate(MAX_LENGTH);
    if out.bytes().all(|b| b == b'_') { String::new() } else { out.trim_matches('_').to_owned() }
}
