//! Columns that form the addresses of a published table.

use catalog::AddressColumns;

/// Columns of a published table that form addresses.
#[derive(Debug)]
pub(super) struct AddressParts {
    pub(super) road: Option<usize>,
    pub(super) number: Option<usize>,
    pub(super) sub_number: Option<usize>,
    pub(super) underground: Option<usize>,
    pub(super) lot: Option<usize>,
    pub(super) sub_lot: Option<usize>,
    pub(super) mountain: Option<usize>,
    pub(super) dong: Option<usize>,
    pub(super) district: Option<usize>,
    pub(super) province: Option<usize>,
}

impl AddressParts {
    /// Positions of the published columns among `columns`; `None` if they form no address.
    pub(super) fn new(
        columns: &AddressColumns,
        stored: impl Fn(&str) -> Option<usize>,
    ) -> Option<Self> {
        let place = |column: &Option<String>| column.as_deref().and_then(&stored);
        let parts = Self {
            road: place(&columns.road),
            number: place(&columns.number),
            sub_number: place(&columns.sub_number),
            underground: place(&columns.underground),
            lot: place(&columns.lot),
            sub_lot: place(&columns.sub_lot),
            mountain: place(&columns.mountain),
            dong: place(&columns.dong),
            district: place(&columns.district),
            province: place(&columns.province),
        };
        let complete = parts.road.is_some() && parts.number.is_some() || parts.lot.is_some();
        complete.then_some(parts)
    }
}
