//! List of normalized names, stored as one text for scanning.

use super::search_result::HitKind;
use super::text::normalize;

/// Normalized names, concatenated; about 20 bytes a name besides its text.
#[derive(Debug, Default)]
pub(super) struct NameList {
    text: String,
    list: Vec<OwnedName>,
}

/// A name's owner, and its extent in the text.
#[derive(Debug)]
pub(super) struct OwnedName {
    /// End in the text; the name begins at the end of the previous one.
    end: u32,
    pub(super) kind: HitKind,
    /// Whether the name is a code, which matches as a whole or as a prefix only.
    pub(super) is_code: bool,
    /// Position of its title or layer.
    pub(super) of: u32,
    /// Row of the layer.
    pub(super) row: u32,
}

/// Owner of a name to add.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameOf {
    pub(super) kind: HitKind,
    pub(super) of: u32,
    pub(super) row: u32,
}

/// Most bytes of names; further names are not found.
const MOST_TEXT: usize = 256 << 20;

impl NameList {
    /// Adds a name and returns its position; `None` if its normalized form is empty, or if
    /// the list is full.
    pub(super) fn add(&mut self, name: &str, owner: NameOf, is_code: bool) -> Option<u32> {
        let begun = self.text.len();
        normalize(name, &mut self.text);
        if self.text.len() > MOST_TEXT {
            self.text.truncate(begun);
        }
        if self.text.len() == begun {
            return None;
        }
        let NameOf { kind, of, row } = owner;
        self.list.push(OwnedName { end: self.text.len() as u32, kind, is_code, of, row });
        Some(self.list.len() as u32 - 1)
    }

    /// All names with their texts.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&OwnedName, &str)> {
        let mut begun = 0;
        self.list.iter().map(move |name| {
            let text = self.text.get(begun..name.end as usize).unwrap_or_default();
            begun = name.end as usize;
            (name, text)
        })
    }

    /// Text of the name at an index.
    pub(super) fn text(&self, index: u32) -> Option<&str> {
        let index = index as usize;
        let begun = index.checked_sub(1).and_then(|at| self.list.get(at));
        let begun = begun.map_or(0, |name| name.end as usize);
        self.text.get(begun..self.list.get(index)?.end as usize)
    }
}

impl OwnedName {
    /// Whether the name is the title of a layer or dataset.
    pub(super) const fn is_title(&self) -> bool {
        matches!(self.kind, HitKind::Map | HitKind::Dataset)
    }
}
