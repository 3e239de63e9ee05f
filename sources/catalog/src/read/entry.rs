//! A TOML table, consumed key by key.

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::{FaultCollector, KeyLocation};
use crate::LocalizedText;
use crate::check::nearest_name;

/// A TOML table whose keys are consumed one by one; keys that remain at the end are
/// unknown.
pub(super) struct TomlTable<'f> {
    table: Table,
    place: KeyLocation,
    faults: &'f FaultCollector,
    asked: Vec<&'static str>,
}

impl<'f> TomlTable<'f> {
    pub(super) fn new(table: Table, place: KeyLocation, faults: &'f FaultCollector) -> Self {
        Self { table, place, faults, asked: Vec::new() }
    }

    pub(super) const fn place(&self) -> &KeyLocation {
        &self.place
    }

    pub(super) const fn faults(&self) -> &'f FaultCollector {
        self.faults
    }

    /// Adds a fault at a key of the table.
    pub(super) fn fault(&self, name: &str, problem: impl Into<String>, remedy: impl Into<String>) {
        self.faults.add(&self.place.at(name), problem, remedy);
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.table.contains_key(name)
    }

    fn raw(&mut self, name: &'static str) -> Option<Value> {
        self.asked.push(name);
        self.table.remove(name)
    }

    fn read<T: DeserializeOwned>(&self, place: &KeyLocation, value: Value) -> Option<T> {
        match T::deserialize(value) {
            Ok(value) => Some(value),
            Err(error) => {
                let message = error.message();
                self.faults.add(place, in_plain_words(message.trim()), remedy_of(message));
                None
            }
        }
    }

    /// Takes an optional value.
    pub(super) fn take<T: DeserializeOwned>(&mut self, name: &'static str) -> Option<T> {
        let value = self.raw(name)?;
        self.read(&self.place.at(name), value)
    }

    /// Takes a required value; `remedy` describes its syntax.
    pub(super) fn need<T: DeserializeOwned>(
        &mut self,
        name: &'static str,
        remedy: &str,
    ) -> Option<T> {
        if !self.has(name) {
            self.asked.push(name);
            self.fault(name, "is missing", remedy);
            return None;
        }
        self.take(name)
    }

    /// Takes a required human-readable text.
    pub(super) fn need_text(&mut self, name: &'static str) -> Option<LocalizedText> {
        let text = self.need::<LocalizedText>(name, "write { ko = \"…\", en = \"…\" }")?;
        check_text(self.faults, &self.place.at(name), &text);
        Some(text)
    }

    /// Takes an optional human-readable text.
    pub(super) fn text(&mut self, name: &'static str) -> Option<LocalizedText> {
        let text = self.take::<LocalizedText>(name)?;
        check_text(self.faults, &self.place.at(name), &text);
        Some(text)
    }

    /// Takes a list whose elements are parsed independently.
    pub(super) fn list<T: DeserializeOwned>(&mut self, name: &'static str) -> Option<Vec<T>> {
        let values = self.values(name)?;
        let read = values.into_iter().filter_map(|(place, value)| self.read(&place, value));
        Some(read.collect())
    }

    /// Takes a list of tables.
    pub(super) fn tables(&mut self, name: &'static str) -> Vec<Self> {
        let values = self.values(name).unwrap_or_default();
        let entries = values.into_iter().filter_map(|(place, value)| match value {
            Value::Table(table) => Some(Self::new(table, place, self.faults)),
            other => {
                self.faults.add(&place, format!("is a {}", other.type_str()), "write a table");
                None
            }
        });
        entries.collect()
    }

    fn values(&mut self, name: &'static str) -> Option<Vec<(KeyLocation, Value)>> {
        let place = self.place.at(name);
        match self.raw(name)? {
            Value::Array(values) => {
                let placed = values.into_iter().enumerate();
                Some(placed.map(|(i, value)| (place.item(i), value)).collect())
            }
            other => {
                let problem = format!("is a {}, not a list", other.type_str());
                self.faults.add(&place, problem, "put it in [ ]");
                None
            }
        }
    }

    /// Takes a nested table.
    pub(super) fn table(&mut self, name: &'static str) -> Option<Self> {
        let place = self.place.at(name);
        match self.raw(name)? {
            Value::Table(table) => Some(Self::new(table, place, self.faults)),
            other => {
                let problem = format!("is a {}, not a table", other.type_str());
                self.faults.add(&place, problem, "write { key = value }");
                None
            }
        }
    }

    /// Takes the pairs of a table with free keys, in the order written.
    pub(super) fn pairs<T: DeserializeOwned>(&mut self, name: &'static str) -> Vec<(String, T)> {
        let Some(entry) = self.table(name) else { return Vec::new() };
        let Self { table, place, .. } = entry;
        let read = table.into_iter().filter_map(|(key, value)| {
            let value = self.read(&place.at(&key), value)?;
            Some((key, value))
        });
        read.collect()
    }

    /// Adds a fault for each key that was not consumed.
    pub(super) fn finish(self) {
        for key in self.table.keys() {
            let remedy = nearest_name(key, self.asked.iter().copied()).map_or_else(
                || format!("remove it; there are {}", self.asked.join(", ")),
                |near| format!("did you mean {near:?}?"),
            );
            self.faults.add(&self.place.at(key), "is not a key that is known here", remedy);
        }
    }
}

/// Adds a fault for each language in which a text is empty.
pub(super) fn check_text(faults: &FaultCollector, place: &KeyLocation, text: &LocalizedText) {
    for (language, value) in [("ko", &text.ko), ("en", &text.en)] {
        if value.trim().is_empty() {
            faults.add(&place.at(language), "empty text", "write it in this language");
        }
    }
}

/// Replaces Rust type names in a deserializer's message.
fn in_plain_words(message: &str) -> String {
    let types = [("u8", "a small whole number"), ("u16", "a whole number")];
    let more = [("u32", "a whole number"), ("u64", "a whole number"), ("f64", "a number")];
    let mut message = message.to_owned();
    for (name, words) in types.into_iter().chain(more) {
        message = message.replace(&format!("expected {name}"), &format!("expected {words}"));
    }
    message
}

/// Remedy for a value that failed to deserialize.
fn remedy_of(message: &str) -> &'static str {
    if message.contains("one of") || message.contains("unknown variant") {
        "write one of these"
    } else if message.contains("missing field") {
        "add it"
    } else if message.contains("did not match any variant") {
        "write a value, a [list] of values or { from = …, to = … }; dates are quoted"
    } else {
        "correct the value"
    }
}
