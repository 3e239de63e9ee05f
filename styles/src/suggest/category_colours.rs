//! Colours and pictograms of categories.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::expressions::{get, hex};
use super::map_style::MapStyle;
use crate::colour::{SrgbColour, contrast_ratio};
use crate::map_description::{
    ColourScheme, MapCategory, MapColumnKind, MapDescription, MapValue, ValueEnd,
};
use crate::palettes;

/// Most categories of a map, the rest among them.
const MOST: usize = 8;

/// Categories of a column, with a colour each.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CategoryColours {
    column: String,
    kind: MapColumnKind,
    entries: Vec<Category>,
    /// Colour of all further values.
    pub(super) other: SrgbColour,
}

#[derive(Debug, Clone, PartialEq)]
struct Category {
    value: String,
    colour: SrgbColour,
    icon: Option<String>,
}

/// Use of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ColourUse {
    /// Points and lines.
    Marks,
    /// Areas.
    Areas,
}

impl CategoryColours {
    /// Categories of a map's value; `None` without any.
    pub(super) fn new(style: &MapStyle<'_>, value: &MapValue, usage: ColourUse) -> Option<Self> {
        let description = style.description;
        let kind = kind_of(description, value);
        let categories = match kind {
            MapColumnKind::Flag => flags(description),
            _ => categories(description, value),
        };
        if categories.is_empty() {
            return None;
        }
        let other = match usage {
            ColourUse::Marks => palettes::OTHER,
            ColourUse::Areas => palettes::OTHER_AREA,
        };
        let colours = if kind == MapColumnKind::Flag {
            flag_colours(style, &categories, usage)
        } else {
            category_colours(style, value, &categories, usage)
        };
        let entries = categories
            .into_iter()
            .zip(colours)
            .map(|(category, colour)| {
                let declared = category.color.as_deref().and_then(SrgbColour::parse);
                Category {
                    value: category.value,
                    colour: declared.unwrap_or(colour),
                    icon: category.icon,
                }
            })
            .collect();
        Some(Self { column: value.column.clone(), kind, entries, other })
    }

    /// Colour by value.
    pub(super) fn expression(&self) -> Value {
        self.choose(|category| hex(category.colour), hex(self.other))
    }

    /// Darker colour by value, for the edges of areas.
    pub(super) fn edges(&self) -> Value {
        let edge = |colour: SrgbColour| {
            let (lightness, chroma, hue) = colour.to_oklch();
            hex(SrgbColour::from_oklch(lightness * 0.68, chroma * 1.1, hue))
        };
        self.choose(|category| edge(category.colour), edge(self.other))
    }

    /// Pictogram by value; `None` where no category has one.
    pub(super) fn icons(&self, fallback: Option<&str>) -> Option<Value> {
        let any = self.entries.iter().any(|category| category.icon.is_some());
        let fallback = fallback.unwrap_or("circle");
        any.then(|| {
            let icon = |category: &Category| category.icon.as_deref().unwrap_or(fallback).into();
            self.choose(icon, fallback.into())
        })
    }

    /// Colour by value of pictograms on the categories' colours.
    pub(super) fn icon_colour(&self) -> Value {
        let on = |colour: SrgbColour| {
            let white = contrast_ratio(colour, palettes::HALO) >= 3.0;
            hex(if white { palettes::HALO } else { palettes::LABEL })
        };
        if self.entries.iter().all(|category| on(category.colour) == hex(palettes::HALO)) {
            return hex(palettes::HALO);
        }
        self.choose(|category| on(category.colour), on(self.other))
    }

    /// Whether a colour is too pale to stand alone on the ground.
    pub(super) fn needs_edge(&self) -> bool {
        let pale = |category: &Category| contrast_ratio(category.colour, palettes::GROUND) < 3.0;
        self.entries.iter().any(pale)
    }

    fn choose(&self, of: impl Fn(&Category) -> Value, other: Value) -> Value {
        if self.kind == MapColumnKind::Flag {
            let mut expression = vec![json!("case")];
            for category in &self.entries {
                expression.push(json!(["==", get(&self.column), category.value == "true"]));
                expression.push(of(category));
            }
            expression.push(other);
            return expression.into();
        }
        let mut expression = vec![json!("match"), get(&self.column)];
        for category in &self.entries {
            let label = match (self.kind, category.value.parse::<f64>()) {
                (MapColumnKind::Number, Ok(number)) if number.fract() == 0.0 => {
                    super::expressions::number(number)
                }
                (MapColumnKind::Number, _) => continue,
                _ => category.value.as_str().into(),
            };
            expression.push(json!([label]));
            expression.push(of(category));
        }
        if expression.len() == 2 {
            return other;
        }
        expression.push(other);
        expression.into()
    }
}

fn kind_of(description: &MapDescription, value: &MapValue) -> MapColumnKind {
    let column = description.columns.iter().find(|column| column.name == value.column);
    column.map_or(MapColumnKind::Text, |column| column.kind)
}

/// Declared categories, or those of the data.
fn categories(description: &MapDescription, value: &MapValue) -> Vec<MapCategory> {
    let declared = &description.cartography.categories;
    if !declared.is_empty() {
        return declared.clone();
    }
    let summary = &value.summary;
    // Texts that name single features are no categories.
    if value.texts.is_empty() && summary.distinct_texts > 20.max(summary.features / 4) {
        return Vec::new();
    }
    let occurs: BTreeMap<&str, u64> =
        summary.texts.iter().map(|(text, count)| (text.as_str(), *count)).collect();
    let known = |text: &str| occurs.is_empty() || occurs.contains_key(text);
    let mut texts: Vec<String> =
        value.texts.iter().map(|(text, _)| text.clone()).filter(|text| known(text)).collect();
    if !value.ordered && !description.cartography.ordered {
        texts.sort_by_key(|text| std::cmp::Reverse(occurs.get(text.as_str()).copied()));
    }
    let further = summary.texts.iter().map(|(text, _)| text.clone());
    for text in further.filter(|text| !text.is_empty()) {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    if texts.is_empty() {
        texts.extend(few_whole_numbers(value).iter().map(ToString::to_string));
    }
    if texts.len() > MOST {
        texts.truncate(MOST - 1);
    }
    texts.into_iter().map(|value| MapCategory { value, ..MapCategory::default() }).collect()
}

/// Distinct numbers that can be categories: whole, and not too many; else empty.
pub(super) fn few_whole_numbers(value: &MapValue) -> Vec<f64> {
    let mut numbers = value.summary.numbers.clone();
    numbers.dedup();
    let few = numbers.len() <= MOST && numbers.iter().all(|number| number.fract() == 0.0);
    if few { numbers } else { Vec::new() }
}

/// Both truth values, in the declared order.
fn flags(description: &MapDescription) -> Vec<MapCategory> {
    let declared = &description.cartography.categories;
    if !declared.is_empty() {
        return declared.clone();
    }
    ["true", "false"]
        .map(|value| MapCategory { value: value.to_owned(), ..MapCategory::default() })
        .to_vec()
}

/// Colours of yes and no: the theme's or that of danger for yes, grey for no.
fn flag_colours(
    style: &MapStyle<'_>,
    categories: &[MapCategory],
    usage: ColourUse,
) -> Vec<SrgbColour> {
    let (low, high) = match (style.description.cartography.good, usage) {
        // Yes is good: no is what one looks for.
        (Some(good), ColourUse::Marks) => {
            let [low, high] = style.diverging_palette().marks();
            if good == ValueEnd::High { (low, high) } else { (palettes::OTHER, high) }
        }
        (Some(_), ColourUse::Areas) => {
            let colours = style.diverging_palette().colours(2, false, 2);
            (colours[1], colours[2])
        }
        (None, ColourUse::Marks) => (palettes::OTHER, style.palette().mark()),
        (None, ColourUse::Areas) => (palettes::OTHER_AREA, style.palette().colours(4)[1]),
    };
    categories.iter().map(|category| if category.value == "true" { high } else { low }).collect()
}

fn category_colours(
    style: &MapStyle<'_>,
    value: &MapValue,
    categories: &[MapCategory],
    usage: ColourUse,
) -> Vec<SrgbColour> {
    let cartography = &style.description.cartography;
    let count = categories.len();
    if cartography.scheme == Some(ColourScheme::Diverging) {
        return style.diverging_palette().colours(count / 2, count % 2 == 1, count / 2);
    }
    let ordered = value.ordered || cartography.ordered;
    if ordered && cartography.scheme != Some(ColourScheme::Qualitative) {
        let mut colours = style.palette().colours(count);
        if cartography.dark == ValueEnd::Low {
            colours.reverse();
        }
        return colours;
    }
    let palette = match usage {
        ColourUse::Marks => palettes::QUALITATIVE_MARKS,
        ColourUse::Areas => palettes::QUALITATIVE_AREAS,
    };
    if count == 1 && usage == ColourUse::Marks {
        return vec![style.palette().mark()];
    }
    palette.into_iter().cycle().take(count).collect()
}
