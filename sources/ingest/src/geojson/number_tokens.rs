//! NaN and infinite numbers, which are not JSON but are written by some programs.
//!
//! Python, GDAL and others write `NaN`, `nan`, `Infinity` or `-inf` for missing numbers.
//! These words are replaced by the text [`NOT_A_NUMBER`] before parsing: the text is no
//! number either, and differs from any text that occurs in practice.

use std::io::{BufRead, Read};

/// The JSON text that replaces a number that is NaN or infinite.
pub(super) const NOT_A_NUMBER: &str = "\"\\u0000NaN\"";
/// The same text after parsing.
pub(super) const NOT_A_NUMBER_READ: &str = "\0NaN";

/// Length of the longest word that is replaced: `infinity`.
const LONGEST: usize = 8;

/// A JSON text with its words for NaN and infinity replaced.
pub(super) struct NumberTokens<R> {
    input: R,
    state: State,
    /// A word outside of texts, with its sign, that may have to be replaced.
    word: Vec<u8>,
    /// Bytes to be returned before more input is read.
    ready: Vec<u8>,
    handed: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Outside,
    Word,
    Inside,
    Escaped,
}

impl<R: BufRead> NumberTokens<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, state: State::Outside, word: Vec::new(), ready: Vec::new(), handed: 0 }
    }

    /// Processes one chunk of the input.
    fn take_chunk(&mut self) -> std::io::Result<()> {
        self.ready.clear();
        self.handed = 0;
        let chunk = self.input.fill_buf()?;
        let length = chunk.len();
        let mut state = self.state;
        for &byte in chunk {
            if state == State::Word {
                if byte.is_ascii_alphabetic() && self.word.len() <= LONGEST {
                    self.word.push(byte);
                    continue;
                }
                put_word(&mut self.word, &mut self.ready);
                state = State::Outside;
            }
            state = match (state, byte) {
                (State::Outside, b'"') => State::Inside,
                (State::Outside, b'-' | b'+' | b'a'..=b'z' | b'A'..=b'Z') => {
                    self.word.push(byte);
                    State::Word
                }
                (State::Inside, b'"') => State::Outside,
                (State::Inside, b'\\') => State::Escaped,
                (State::Escaped, _) => State::Inside,
                (state, _) => state,
            };
            if state != State::Word {
                self.ready.push(byte);
            }
        }
        if length == 0 {
            put_word(&mut self.word, &mut self.ready);
        }
        self.state = state;
        self.input.consume(length);
        Ok(())
    }
}

/// Appends a word unchanged, or its replacement.
fn put_word(word: &mut Vec<u8>, into: &mut Vec<u8>) {
    let bare = word.strip_prefix(b"-").or(word.strip_prefix(b"+")).unwrap_or(word);
    let is_one =
        [&b"nan"[..], b"inf", b"infinity"].iter().any(|one| bare.eq_ignore_ascii_case(one));
    into.extend_from_slice(if is_one { NOT_A_NUMBER.as_bytes() } else { word });
    word.clear();
}

impl<R: BufRead> Read for NumberTokens<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.handed == self.ready.len() {
            let at_end = self.input.fill_buf()?.is_empty() && self.word.is_empty();
            if at_end {
                return Ok(0);
            }
            self.take_chunk()?;
        }
        let rest = &self.ready[self.handed..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.handed += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::io::BufReader;

    #[rstest]
    #[case("[NaN, -Infinity,+inf,nan]", "[@, @,@,@]")]
    #[case("{\"NaN\": \"a \\\" NaN\", \"b\": NaN}", "{\"NaN\": \"a \\\" NaN\", \"b\": @}")]
    #[case("[true,false,null,-1e5,1E+5,-0.5]", "[true,false,null,-1e5,1E+5,-0.5]")]
    #[case("[nano,infinit,infinitys,-x]", "[nano,infinit,infinitys,-x]")]
    #[case("NaN", "@")]
    #[case("", "")]
    fn words_for_no_number_are_replaced(
        #[case] text: &str,
        #[case] expected: &str,
        #[values(1, 3, 64)] chunk: usize,
    ) {
        let mut read = String::new();
        let mut tokens = NumberTokens::new(BufReader::with_capacity(chunk, text.as_bytes()));
        tokens.read_to_string(&mut read).unwrap();
        assert_eq!(read, expected.replace('@', NOT_A_NUMBER));
    }
}
