//! Reads and checks a catalog folder.

use std::collections::BTreeMap;
use std::path::Path;

use super::check::check;
use super::read::{CatalogDeclarations, CatalogFiles, DeclaredDataset, FaultCollector};
use super::{BaseMap, Catalog, CatalogFaults};

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
        let CatalogDeclarations { district, fields, datasets, themes, layers, base_title, .. } =
            declared;
        let mut themes: Vec<_> = themes.into_iter().map(|(_, theme)| theme).collect();
        themes.sort_by_key(|theme| theme.order);
        let order: BTreeMap<_, _> =
            themes.iter().map(|theme| (theme.id.clone(), theme.order)).collect();
        let (base_layers, layers): (Vec<_>, Vec<_>) =
            layers.into_iter().partition(|declared| declared.place.is_of_base_map());
        let (base_datasets, datasets): (Vec<_>, Vec<_>) =
            datasets.into_iter().partition(|declared| declared.place.is_of_base_map());
        let mut layers: Vec<_> = layers.into_iter().map(|declared| declared.layer).collect();
        layers.sort_by_key(|layer| order.get(&layer.theme).copied());
        let stored = |datasets: Vec<DeclaredDataset>| {
            datasets.into_iter().map(|declared| declared.dataset).collect()
        };
        let base = BaseMap {
            title: base_title,
            datasets: stored(base_datasets),
            layers: base_layers.into_iter().map(|declared| declared.layer).collect(),
        };
        Self { district, fields, datasets: stored(datasets), themes, layers, base }
    }
}

#[cfg(test)]
mod tests;
