//! Words for classes.

use super::number_words::{NumberWords, same, text};
use crate::classification::{ClassCondition, StyleClass};
use crate::map_description::{BilingualText, MapDescription, MapRepresentation, MapValue};

/// Labels that one class lists before the rest is counted.
const MOST_LISTED: usize = 3;

/// Words for the classes of one column of a map.
pub(super) struct ClassWords<'d> {
    pub(super) description: &'d MapDescription,
    /// The column's value; `None` where the description does not have it.
    pub(super) value: Option<&'d MapValue>,
    pub(super) numbers: NumberWords,
}

impl<'d> ClassWords<'d> {
    pub(super) fn new(description: &'d MapDescription, value: Option<&'d MapValue>) -> Self {
        Self { description, value, numbers: NumberWords::of(value) }
    }

    /// Words for a class, without the unit.
    pub(super) fn of_class(&self, class: &StyleClass) -> BilingualText {
        let own = || class.title.clone();
        match &class.condition {
            ClassCondition::All => own().unwrap_or_else(|| self.description.title.clone()),
            ClassCondition::Number(number) => {
                let stored = number.to_string();
                let known = self.category(&stored).or_else(|| self.stored_text(&stored));
                known.unwrap_or_else(|| self.number(&class.condition))
            }
            ClassCondition::Range(_) => self.number(&class.condition),
            ClassCondition::Texts(texts) => match (self.listed(texts), texts.as_slice()) {
                // A raw text of the data says less than an authored title.
                (None, [single]) => own().unwrap_or_else(|| same(single)),
                (None, texts) => own().unwrap_or_else(|| join(texts.iter().map(|it| same(it)))),
                (Some(listed), _) => listed,
            },
            ClassCondition::Flag(flag) => self.flag(*flag),
            ClassCondition::Other(_) => own().unwrap_or_else(|| text("그 밖", "Other")),
            ClassCondition::Missing => text("자료 없음", "No data"),
            ClassCondition::Suppressed => {
                let declared = self.description.suppressed.clone();
                declared.unwrap_or_else(|| text("비공개", "Not published"))
            }
            ClassCondition::NotApplicable { .. } => {
                let declared = self.description.cartography.not_applicable.as_ref();
                let declared = declared.map(|declared| declared.title.clone());
                declared.or_else(own).unwrap_or_else(|| text("해당 없음", "Not applicable"))
            }
        }
    }

    fn number(&self, condition: &ClassCondition) -> BilingualText {
        let words = self.numbers.words(condition).unwrap_or_default();
        let within = self.description.representation == Some(MapRepresentation::Isochrone);
        match condition {
            ClassCondition::Number(_) if within => {
                text(&format!("{} 이내", words.ko), &format!("Within {}", words.en))
            }
            _ => words,
        }
    }

    /// Declared titles of texts; `None` where none is declared.
    fn listed(&self, texts: &[String]) -> Option<BilingualText> {
        let known = |text: &String| self.category(text).or_else(|| self.stored_text(text));
        texts
            .iter()
            .any(|text| known(text).is_some())
            .then(|| join(texts.iter().map(|text| known(text).unwrap_or_else(|| same(text)))))
    }

    fn category(&self, stored: &str) -> Option<BilingualText> {
        let categories = &self.description.cartography.categories;
        categories.iter().find(|category| category.value == stored)?.title.clone()
    }

    fn stored_text(&self, stored: &str) -> Option<BilingualText> {
        let texts = &self.value?.texts;
        texts.iter().find(|(known, _)| known == stored).map(|(_, title)| title.clone())
    }

    fn flag(&self, flag: bool) -> BilingualText {
        if let Some(title) = self.category(if flag { "true" } else { "false" }) {
            return title;
        }
        let (ko, en) = if flag { ("예", "yes") } else { ("아니요", "no") };
        match self.value {
            // The answer alone would lack its question.
            Some(MapValue { title, .. }) => {
                text(&format!("{}: {ko}", title.ko), &format!("{}: {en}", title.en))
            }
            None => text(ko, en),
        }
    }
}

/// Labels joined by commas, with the number of those beyond the first few.
fn join(labels: impl Iterator<Item = BilingualText>) -> BilingualText {
    let labels: Vec<BilingualText> = labels.collect();
    let rest = labels.len().saturating_sub(MOST_LISTED);
    let list = |part: fn(&BilingualText) -> &str| {
        labels.iter().take(MOST_LISTED).map(part).collect::<Vec<_>>().join(", ")
    };
    let (ko, en) = (list(|label| &label.ko), list(|label| &label.en));
    if rest == 0 {
        return text(&ko, &en);
    }
    text(&format!("{ko} 외 {rest}개"), &format!("{en} and {rest} more"))
}
