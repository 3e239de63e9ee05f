//! Options of building a feature table.

use std::collections::BTreeMap;

/// Options of building a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct TableOptions {
    /// The integer column of feature ids; `None` uses the row number.
    pub id_column: Option<String>,
    /// Whether polygons share borders and are simplified together.
    pub coverage: bool,
    /// Whether features carry no id in tiles: for rows without a stable identifying
    /// number.
    pub omit_ids: bool,
    /// Whether every vertex is kept at every zoom: for a table of one tile, which loses
    /// precision only by snapping to the tile's grid.
    pub keep_every_vertex: bool,
    /// Columns that are declared numbers or text, whatever is stored. Any other column
    /// has its stored type, or is text if it holds an integer beyond 2⁵³.
    pub declared: BTreeMap<String, ColumnForm>,
}

/// The declared form of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColumnForm {
    /// A number.
    Number,
    /// Text, such as a code.
    Text,
}
