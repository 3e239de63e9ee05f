//! Normalized names, in one text that is looked through from end to end.

use super::hit::HitKind;
use super::text::normalize;

/// Normalized names, one after the other. About 20 bytes a name beside its text.
#[derive(Debug, Default)]
pub(super) struct NameList {
    text: String,
    list: Vec<Name>,
}

/// A name's owner, and its place in the text.
#[derive(Debug)]
pub(super) struct Name {
    /// Its end in the text; it begins where the one before ends.
    end: u32,
    pub(super) kind: HitKind,
    /// Whether it is a code, which nobody looks for by its middle.
    pub(super) is_code: bool,
    /// Position of its title or layer.
    pub(super) of: u32,
    /// Row of the layer.
    pub(super) row: u32,
}

/// The owner of a name that is added.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameOf {
    pub(super) kind: HitKind,
    pub(super) of: u32,
    pub(super) row: u32,
}

/// Most bytes of names; what comes after is not found.
const MOST_TEXT: usize = 256 << 20;

impl NameList {
    /// Adds a name and returns its place; `None` where nothing of it can be compared, or
    /// where there is no more room.
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
        self.list.push(Name { end: self.text.len() as u32, kind, is_code, of, row });
        Some(self.list.len() as u32 - 1)
    }

    /// Each name with its text.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Name, &str)> {
        let mut begun = 0;
        self.list.iter().map(move |name| {
            let text = self.text.get(begun..name.end as usize).unwrap_or_default();
            begun = name.end as usize;
            (name, text)
        })
    }

    /// The text of the name at a place.
    pub(super) fn text(&self, place: u32) -> Option<&str> {
        let place = place as usize;
        let begun = place.checked_sub(1).and_then(|at| self.list.get(at));
        let begun = begun.map_or(0, |name| name.end as usize);
        self.text.get(begun..self.list.get(place)?.end as usize)
    }
}

impl Name {
    /// Whether it is the title of a layer or dataset.
    pub(super) const fn is_title(&self) -> bool {
        matches!(self.kind, HitKind::Map | HitKind::Dataset)
    }
}
