//! Search of addresses: typed words as a road, or a legal dong, and a number.

use super::other_words::{ContextTexts, OtherWord, OtherWords};
use super::readings::AddressReading;
use super::streets::AddressIndex;
use super::text::MatchRank;
use super::typed_words::{TypedWord, typed_words};

/// An address that matches.
pub(super) struct FoundAddress {
    pub(super) fit: MatchRank,
    /// Position among the entries, which are in the order of listing.
    pub(super) entry: usize,
    /// Length of the road's name in bytes.
    pub(super) length: usize,
}

impl AddressIndex {
    /// Finds the addresses that match a typed text, about `most` of each road.
    pub(super) fn find(
        &self,
        typed: &str,
        most: usize,
        around: &ContextTexts<'_>,
    ) -> Vec<FoundAddress> {
        let words = typed_words(typed);
        if self.entries.is_empty() || words.is_empty() {
            return Vec::new();
        }
        let words = self.parted(words);
        let others: Vec<OtherWord> =
            words.iter().map(|word| OtherWord::new(word, around.areas)).collect();
        let mut found = Vec::new();
        let readings = self.readings(&words);
        for reading in &readings {
            let Some(street) = self.list().get(reading.street as usize) else { continue };
            let (before, behind) = (&others[..reading.words.start], &others[reading.words.end..]);
            let others = OtherWords::new(before, behind, street, reading.is_whole);
            let (mut listed, mut last) = (0, None);
            for (place, entry) in street.entries.clone().zip(&self.entries[street.entries.clone()])
            {
                let Some(fit) = reading.fit(entry.number, listed < most.div_ceil(2)) else {
                    continue;
                };
                let is_exact = reading.is_exact(entry.number);
                let Some(missing) = others.missing(entry, is_exact, around) else { continue };
                let address = FoundAddress { fit, entry: place, length: street.name.len() };
                found.push((is_exact, missing, address));
                // A building with several entrances is one address.
                listed += usize::from(last.replace(entry.number) != Some(entry.number));
                // Addresses that match the other words may be anywhere in the list.
                if listed > most && !others.tell_apart() {
                    break;
                }
            }
        }
        // Words behind a number complete it: 12 is then not a prefix of 121 or of 지하 12.
        let is_finished =
            |reading: &AddressReading| reading.words.end < words.len() || reading.is_number_first;
        if readings.iter().all(is_finished) && found.iter().any(|(is_exact, ..)| *is_exact) {
            found.retain(|(is_exact, ..)| *is_exact);
        }
        // A dong or a building narrows the addresses if any matches it, and is ignored otherwise.
        let fewest = [false, true].map(|exact| {
            let of_kind = found.iter().filter(|(is_exact, ..)| *is_exact == exact);
            of_kind.map(|&(_, missing, _)| missing).min().unwrap_or_default()
        });
        found.retain(|&(is_exact, missing, _)| missing == fewest[usize::from(is_exact)]);
        found.into_iter().map(|(.., found)| found).collect()
    }

    fn readings(&self, words: &[TypedWord]) -> Vec<AddressReading> {
        let mut readings = self.exact_readings(words);
        let named = readings.iter().filter(|reading| reading.is_named);
        let known: Vec<u32> = named.map(|reading| reading.street).collect();
        let mut partial = self.partial_readings(words);
        // With a known road, other roads with that number are not meant.
        partial.retain(|partial| {
            known.is_empty() || partial.number.is_none() && !known.contains(&partial.street)
        });
        readings.extend(partial);
        readings
    }
}
