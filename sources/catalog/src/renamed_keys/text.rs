//! Renaming of keys in the text of a file: nothing but the bytes of the keys changes.

use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, parse_document};

use super::key_table::{RenamedKey, TableKind};

/// Replacement of one key, or of one text, in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyEdit {
    /// First byte.
    start: usize,
    /// End of the bytes.
    end: usize,
    /// Line, from 1.
    pub(super) line: usize,
    /// Old name.
    pub(super) old: String,
    /// New name.
    pub(super) new: &'static str,
}

/// The replacements that a file needs, in order. The text must be valid TOML.
pub(super) fn key_edits(text: &str, root: TableKind) -> Vec<KeyEdit> {
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let mut events: Vec<Event> = Vec::new();
    parse_document(&tokens, &mut events, &mut ());
    let mut walk = EventWalk::new(source, root);
    for event in events {
        walk.step(event);
    }
    walk.edits
}

/// The text with its replacements.
pub(super) fn apply_edits(text: &str, edits: &[KeyEdit]) -> String {
    let mut rewritten = String::with_capacity(text.len() + 16 * edits.len());
    let mut done = 0;
    for edit in edits {
        let (old, before) = (&text[edit.start..edit.end], &text[done..edit.start]);
        let is_quote = |quote: &char| ['"', '\''].contains(quote);
        let quote = old.chars().next().filter(is_quote);
        rewritten += before;
        rewritten.extend(quote);
        rewritten += edit.new;
        rewritten.extend(quote);
        done = edit.end;
    }
    rewritten + &text[done..]
}

/// Position in the tables of a file while its events are walked over.
struct EventWalk<'t> {
    source: Source<'t>,
    root: TableKind,
    /// Enclosing tables, the innermost last, each with the kind of the value that its inline
    /// table is or is an element of.
    tables: Vec<(Option<TableKind>, Option<TableKind>)>,
    /// Table that the next part of a dotted key is in.
    cursor: Option<TableKind>,
    /// Whether the next key continues a dotted key.
    dotted: bool,
    /// Kind of the value being read.
    value: Option<TableKind>,
    /// Renaming of the last key.
    renamed: Option<&'static RenamedKey>,
    edits: Vec<KeyEdit>,
}

impl<'t> EventWalk<'t> {
    fn new(source: Source<'t>, root: TableKind) -> Self {
        Self {
            source,
            root,
            tables: vec![(Some(root), None)],
            cursor: None,
            dotted: false,
            value: None,
            renamed: None,
            edits: Vec::new(),
        }
    }

    fn step(&mut self, event: Event) {
        match event.kind() {
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                (self.cursor, self.dotted) = (Some(self.root), true);
            }
            EventKind::StdTableClose | EventKind::ArrayTableClose => {
                self.tables = vec![(self.cursor, None)];
            }
            EventKind::SimpleKey => self.simple_key(event),
            EventKind::KeySep => self.dotted = true,
            EventKind::KeyValSep => self.value = self.cursor,
            EventKind::InlineTableOpen => self.tables.push((self.value, self.value)),
            EventKind::InlineTableClose => {
                if let Some((_, value)) = self.tables.pop() {
                    self.value = value;
                }
            }
            EventKind::Scalar => self.scalar(event),
            _ => {}
        }
    }

    fn simple_key(&mut self, event: Event) {
        if !std::mem::take(&mut self.dotted) {
            self.cursor = self.tables.last().and_then(|(table, _)| *table);
        }
        self.renamed = None;
        let Some(table) = self.cursor.take() else { return };
        let mut name = String::new();
        if let Some(raw) = self.source.get(event) {
            raw.decode_key(&mut name, &mut ());
        }
        self.renamed = table.renaming(&name);
        match self.renamed {
            None => self.cursor = table.child(&name),
            Some(renamed) => {
                self.cursor = table.child(renamed.new);
                self.edit(event, name, renamed.new);
            }
        }
    }

    fn scalar(&mut self, event: Event) {
        let Some(renamed) = self.renamed.filter(|_| event.encoding().is_some()) else { return };
        let mut text = String::new();
        if let Some(raw) = self.source.get(event) {
            let _ = raw.decode_scalar(&mut text, &mut ());
        }
        if let Some(new) = renamed.new_value(&text) {
            self.edit(event, text, new);
        }
    }

    fn edit(&mut self, event: Event, old: String, new: &'static str) {
        let (start, end) = (event.span().start(), event.span().end());
        let before = &self.source.input()[..start];
        let line = before.matches('\n').count() + 1;
        self.edits.push(KeyEdit { start, end, line, old, new });
    }
}
