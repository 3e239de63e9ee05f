//! Estimated widths of text, for wrapping without a font.

/// Width of a text in ems: an upper estimate of common sans serif fonts.
pub(super) fn width(text: &str) -> f64 {
    text.chars().map(character_width).sum()
}

fn character_width(character: char) -> f64 {
    match character {
        // Hangul, CJK and full-width forms.
        '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff00}'..='\u{ffef}' => 0.92,
        ' ' | '.' | ',' | '\'' | ':' | 'i' | 'l' | 'j' | '|' => 0.3,
        '(' | ')' | '-' | 't' | 'f' | 'r' => 0.4,
        'm' | 'w' | 'M' | 'W' => 0.9,
        character if character.is_uppercase() => 0.7,
        _ => 0.57,
    }
}

/// Splits a text into lines of at most this many ems: at spaces, or within words that are longer
/// than a line.
pub(super) fn wrap(text: &str, most: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        for part in parts(word, most) {
            let Some(line) = lines.last_mut() else { continue };
            let joined = if line.is_empty() { part.clone() } else { format!("{line} {part}") };
            if width(&joined) <= most || line.is_empty() {
                *line = joined;
            } else {
                lines.push(part);
            }
        }
    }
    lines
}

/// A word, cut where it is longer than a line.
fn parts(word: &str, most: f64) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut length = 0.0;
    for character in word.chars() {
        let own = character_width(character);
        if length + own > most && length > 0.0 {
            parts.push(String::new());
            length = 0.0;
        }
        if let Some(part) = parts.last_mut() {
            part.push(character);
        }
        length += own;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_hold_all_words() {
        let lines = wrap("생활인구 대비 공공와이파이 설치 현황", 10.0);
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|line| width(line) <= 10.0));
        assert_eq!(lines.join(" "), "생활인구 대비 공공와이파이 설치 현황");
    }

    #[test]
    fn a_word_longer_than_a_line_is_cut() {
        let lines = wrap("가나다라마바사아자차", 5.0);
        assert_eq!(lines.concat(), "가나다라마바사아자차");
        assert_eq!(lines.len(), 2);
    }
}
