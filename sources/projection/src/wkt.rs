//! Well-known text of a CRS (WKT 1, including ESRI's, and WKT 2) as a tree.

use crate::definition_error::WktError;

/// Deepest nesting of brackets; real definitions have eight.
const MAX_DEPTH: usize = 32;

/// `KEYWORD[argument, …]`.
#[derive(Debug)]
pub(super) struct WktNode<'a> {
    /// Keyword in upper case.
    pub(super) keyword: String,
    /// Text of the node, unchanged.
    pub(super) text: &'a str,
    /// Quoted arguments.
    texts: Vec<String>,
    numbers: Vec<f64>,
    pub(super) nodes: Vec<WktNode<'a>>,
}

impl<'a> WktNode<'a> {
    /// Reads a definition.
    pub(super) fn read(text: &'a str) -> Result<Self, WktError> {
        let mut reader = Reader { text, at: 0 };
        let node = reader.node(0)?;
        reader.blanks();
        match reader.peek() {
            // ESRI lets the system of the heights follow.
            None | Some(b',') => Ok(node),
            Some(b']' | b')') => Err(WktError::NotOpened),
            Some(_) => Err(WktError::PastEnd(reader.at)),
        }
    }

    /// First quoted argument; empty if there is none.
    pub(super) fn name(&self) -> &str {
        self.texts.first().map_or("", String::as_str)
    }

    /// Name of the projection method in upper case, with `_` for spaces and hyphens.
    pub(super) fn projection_method(&self) -> String {
        let method = self.find(&["PROJECTION", "METHOD"]).map_or("", Self::name);
        method.to_ascii_uppercase().replace([' ', '-'], "_")
    }

    /// Numeric argument by number, from 0.
    pub(super) fn number(&self, index: usize) -> Option<f64> {
        self.numbers.get(index).copied()
    }

    /// All numeric arguments.
    pub(super) fn numbers(&self) -> &[f64] {
        &self.numbers
    }

    /// First child node with one of these keywords.
    pub(super) fn child(&self, keywords: &[&str]) -> Option<&Self> {
        self.nodes.iter().find(|node| node.is(keywords))
    }

    /// Whether the keyword is one of these.
    pub(super) fn is(&self, keywords: &[&str]) -> bool {
        keywords.contains(&self.keyword.as_str())
    }

    /// First node at any depth, this one included, with one of these keywords.
    pub(super) fn find(&self, keywords: &[&str]) -> Option<&Self> {
        if self.is(keywords) {
            return Some(self);
        }
        self.nodes.iter().find_map(|node| node.find(keywords))
    }

    /// Whether a quoted text at any depth fulfils a condition.
    pub(super) fn any_text(&self, holds: &dyn Fn(&str) -> bool) -> bool {
        self.texts.iter().any(|text| holds(text))
            || self.nodes.iter().any(|node| node.any_text(holds))
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Reads the characters of a keyword or number.
    fn word(&mut self) -> &'a str {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'+' | b'-'))
        {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    fn node(&mut self, depth: usize) -> Result<WktNode<'a>, WktError> {
        self.blanks();
        let start = self.at;
        let keyword = self.word();
        self.blanks();
        if !matches!(self.peek(), Some(b'[' | b'(')) {
            return Err(WktError::NoBracket { keyword: keyword.to_owned(), at: start });
        }
        self.arguments(start, keyword, depth)
    }

    /// Reads the arguments from the opening bracket to the closing one.
    fn arguments(
        &mut self,
        start: usize,
        keyword: &str,
        depth: usize,
    ) -> Result<WktNode<'a>, WktError> {
        if depth == MAX_DEPTH {
            return Err(WktError::TooDeep(MAX_DEPTH));
        }
        if keyword.is_empty() {
            return Err(WktError::NoKeyword(start));
        }
        let (mut texts, mut numbers, mut nodes) = (Vec::new(), Vec::new(), Vec::new());
        self.at += 1;
        loop {
            self.blanks();
            let at = self.at;
            match self.peek() {
                None => return Err(WktError::NotClosed),
                Some(b',') => self.at += 1,
                Some(b']' | b')') => {
                    self.at += 1;
                    let text = &self.text[start..self.at];
                    let keyword = keyword.to_ascii_uppercase();
                    return Ok(WktNode { keyword, text, texts, numbers, nodes });
                }
                Some(b'"') => texts.push(self.quoted()?),
                Some(_) => {
                    let word = self.word();
                    self.blanks();
                    if matches!(self.peek(), Some(b'[' | b'(')) {
                        nodes.push(self.arguments(at, word, depth + 1)?);
                    } else if let Ok(number) = word.parse() {
                        numbers.push(number);
                    } else if word.is_empty() {
                        return Err(WktError::UnexpectedByte(at));
                    }
                }
            }
        }
    }

    /// Reads a quoted text, in which a doubled quote stands for one.
    fn quoted(&mut self) -> Result<String, WktError> {
        let mut text = String::new();
        loop {
            let rest = &self.text[self.at + 1..];
            let end = rest.find('"').ok_or(WktError::OpenQuote)?;
            text.push_str(&rest[..end]);
            self.at += end + 2;
            if self.peek() != Some(b'"') {
                return Ok(text);
            }
            text.push('"');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[test]
    fn brackets_and_quotes_in_names_do_not_count() {
        let text = r#" Projcs [ "a [b ""c"" (" , UNIT("metre",1.0) ,AXIS["x",EAST], -2e3 ] "#;
        let node = WktNode::read(text).unwrap();
        assert_eq!((node.keyword.as_str(), node.name()), ("PROJCS", "a [b \"c\" ("));
        assert_eq!(node.numbers(), [-2000.0]);
        let unit = node.find(&["UNIT"]).unwrap();
        assert_eq!((unit.text, unit.number(0)), ("UNIT(\"metre\",1.0)", Some(1.0)));
    }

    #[test]
    fn a_system_of_heights_may_follow() {
        let node = WktNode::read("PROJCS[\"a\"],VERTCS[\"b\"]").unwrap();
        assert_eq!(node.text, "PROJCS[\"a\"]");
    }

    #[rstest]
    #[case("A", "no bracket")]
    #[case("A[", "not closed")]
    #[case("A[\"]", "a quote is not closed")]
    #[case("A[]]", "not opened")]
    #[case("A[] B[]", "follows its end")]
    #[case("A[성]", "byte 2")]
    #[case("A[[]]", "a keyword is missing")]
    #[case("]", "no bracket")]
    fn faults_are_named(#[case] text: &str, #[case] expected: &str) {
        let error = WktNode::read(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn nesting_is_bound() {
        let nested = "A[".repeat(100_000);
        assert_eq!(WktNode::read(&nested).unwrap_err(), WktError::TooDeep(MAX_DEPTH));
    }
}
