//! The published table of renamed catalog keys.

use crate::BaseMap;

/// Kind of a table in a catalog file; the keys of a kind have one meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TableKind {
    /// `district.toml` as a whole.
    District,
    /// `base.toml` as a whole, which is newer than every renamed key.
    BaseMap,
    /// A file of `datasets/` as a whole.
    FieldFile,
    /// `[[dataset]]`.
    Dataset,
    /// `[dataset.values]`.
    Values,
    /// A rule of a dataset's `privacy`.
    PrivacyRule,
    /// A file of `layers/` as a whole.
    ThemeFile,
    /// `[[layer]]`.
    Layer,
    /// `[layer.public]`.
    PublicForm,
    /// `[[layer.measure]]` and `[[layer.public.measure]]`.
    Measure,
    /// A measure's `scale`.
    Scale,
    /// A measure's `change`.
    Change,
    /// A part of a measure's `index`.
    IndexPart,
    /// A measure's `class`.
    Class,
}

impl TableKind {
    /// Kind of a catalog file; `file` is relative to the catalog's folder.
    pub(crate) fn of_file(file: &str) -> Self {
        match file.split_once('/') {
            None if file == BaseMap::FILE => Self::BaseMap,
            None => Self::District,
            Some(("datasets", _)) => Self::FieldFile,
            Some(_) => Self::ThemeFile,
        }
    }

    /// Kind of the table, or of each table of the array, under the key `key` of a table of
    /// this kind.
    ///
    /// `None` for other values, and for tables such as `where`, whose keys are names of
    /// columns. `key` is a current name.
    pub(super) fn child(self, key: &str) -> Option<Self> {
        Some(match (self, key) {
            (Self::FieldFile, "dataset") => Self::Dataset,
            (Self::Dataset, "values") => Self::Values,
            (Self::Dataset, "privacy") => Self::PrivacyRule,
            (Self::ThemeFile, "layer") => Self::Layer,
            (Self::Layer, "public") => Self::PublicForm,
            (Self::Layer | Self::PublicForm, "measure") => Self::Measure,
            (Self::Measure, "scale") => Self::Scale,
            (Self::Measure, "change") => Self::Change,
            (Self::Measure, "index") => Self::IndexPart,
            (Self::Measure, "class") => Self::Class,
            _ => return None,
        })
    }

    /// The kind as the published table names it.
    #[cfg(test)]
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::District => "`district.toml`",
            Self::BaseMap => "`base.toml`",
            Self::FieldFile => "`datasets/*.toml`",
            Self::Dataset => "`[[dataset]]`",
            Self::Values => "`[dataset.values]`",
            Self::PrivacyRule => "`privacy`",
            Self::ThemeFile => "`layers/*.toml`",
            Self::Layer => "`[[layer]]`",
            Self::PublicForm => "`[layer.public]`",
            Self::Measure => "`[[layer.measure]]`",
            Self::Scale => "`scale`",
            Self::Change => "`change`",
            Self::IndexPart => "`index`",
            Self::Class => "`class`",
        }
    }

    /// The renaming of the key `old` in tables of this kind.
    pub(super) fn renaming(self, old: &str) -> Option<&'static RenamedKey> {
        RENAMED_KEYS.iter().find(|renamed| renamed.old == old && renamed.tables.contains(&self))
    }
}

/// A key that has a new name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RenamedKey {
    /// Kinds of tables with the key.
    pub(super) tables: &'static [TableKind],
    /// The old name.
    pub(super) old: &'static str,
    /// The new name.
    pub(super) new: &'static str,
    /// Reason of the new name, as the published table gives it.
    pub(super) why: &'static str,
    /// Texts under the key that have a new spelling: old and new.
    values: &'static [(&'static str, &'static str)],
}

impl RenamedKey {
    /// The new spelling of the text `old` under this key.
    pub(super) fn new_value(&self, old: &str) -> Option<&'static str> {
        self.values.iter().find(|(from, _)| *from == old).map(|(_, to)| *to)
    }
}

const fn renamed(
    tables: &'static [TableKind],
    old: &'static str,
    new: &'static str,
    why: &'static str,
) -> RenamedKey {
    RenamedKey { tables, old, new, why, values: &[] }
}

use TableKind::{
    Change, Class, Dataset, District, IndexPart, Layer, Measure, PrivacyRule, PublicForm, Scale,
    Values,
};

/// Every renamed key, by table.
pub(crate) const RENAMED_KEYS: [RenamedKey; 28] = [
    renamed(&[District], "stats_over", "stats_areas", "the areas that `/stats` aggregates by"),
    renamed(&[Dataset], "count", "expected_count", "`count` is an operation of a measure"),
    renamed(&[Dataset], "least_width", "min_width_m", "a minimum, in metres"),
    renamed(&[Dataset], "place", "feature_dataset", "the dataset with the features"),
    renamed(&[Dataset], "within", "parent_areas", "the areas that each feature lies in"),
    renamed(&[Values], "kept", "retained_periods", "a number of periods"),
    renamed(&[PrivacyRule], "below", "threshold", "the suppression threshold"),
    renamed(&[PrivacyRule], "unit", "smallest_areas", "`unit` is a unit of measurement"),
    renamed(&[PrivacyRule], "metres", "cell_size_m", "the side of a grid cell, in metres"),
    renamed(&[Layer, PublicForm], "over", "carrier", "the dataset that carries the measures"),
    renamed(&[Layer, PublicForm], "figure", "measure", "one word for a computed value"),
    renamed(&[Layer, PublicForm], "time", "period", "`time` is a column, here as in `values`"),
    renamed(&[Layer, PublicForm], "slices", "retained_slices", "a number of time slices"),
    renamed(&[Layer, PublicForm], "suppress", "suppression_threshold", "a threshold, not a switch"),
    renamed(&[Layer], "also", "other_themes", "the other themes that list the layer"),
    renamed(&[Measure], "held_with", "suppressed_with", "suppression has one word"),
    renamed(&[Measure], "areas", "area_aggregation", "`sum` or `mean`, not areas"),
    renamed(&[Measure], "most", "most_frequent", "the most frequent text"),
    renamed(&[Measure], "own", "carrier_column", "a column of the carrier"),
    renamed(&[Measure], "at", "containing_value", "a value of the containing polygon"),
    RenamedKey {
        values: &[("within", "distance")],
        ..renamed(&[Measure], "by", "join", "the join of the rows; its `within` is now `distance`")
    },
    renamed(&[Measure], "metres", "max_distance_m", "the largest distance of the join"),
    renamed(&[Scale], "of", "measure", "the measure that is scaled"),
    renamed(&[Scale], "by", "factor", "the factor"),
    renamed(&[Change], "of", "measure", "the measure that changes"),
    renamed(&[Change], "back", "periods_back", "a number of periods"),
    renamed(&[IndexPart], "of", "measure", "the measure that is part of the index"),
    renamed(&[Class], "of", "measure", "the measure that is classified"),
];
