//! Reads and checks a catalog folder.

use std::collections::BTreeMap;
use std::path::Path;

use super::check::check;
use super::read::{CatalogDeclarations, CatalogFiles, FaultCollector};
use super::{Catalog, CatalogFaults};

impl Catalog {
    /// Reads the catalog in `folder`.
    ///
    /// # Errors
    /// Returns [`CatalogFaults`] with every fault of every file. Blocks on file reads.
    pub fn load(folder: &Path) -> Result<Self, CatalogFaults> {
        let faults = FaultCollector::default();
        let mut declared = CatalogFiles::new(folder, &faults).read();
        declared.inherit_rules();
        check(&declared, &faults);
        let faults = faults.into_list();
        if faults.is_empty() { Ok(Self::of(declared)) } else { Err(CatalogFaults(faults)) }
    }

    fn of(declared: CatalogDeclarations) -> Self {
        let CatalogDeclarations { district, fields, datasets, themes, layers, .. } = declared;
        let mut themes: Vec<_> = themes.into_iter().map(|(_, theme)| theme).collect();
        themes.sort_by_key(|theme| theme.order);
        let order: BTreeMap<_, _> =
            themes.iter().map(|theme| (theme.id.clone(), theme.order)).collect();
        let mut layers: Vec<_> = layers.into_iter().map(|declared| declared.layer).collect();
        layers.sort_by_key(|layer| order.get(&layer.theme).copied());
        let datasets = datasets.into_iter().map(|declared| declared.dataset).collect();
        Self { district, fields, datasets, themes, layers }
    }
}

#[cfg(test)]
mod tests;
