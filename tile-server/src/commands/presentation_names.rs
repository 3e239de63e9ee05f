//! Names of palettes and pictograms that a catalog declares and the styles lack.

use catalog::{Cartography, Catalog};
use styles::palettes::SequentialPalette;
use styles::symbols::{pictogram, pictograms};

/// One line for each declared palette and pictogram that does not exist.
pub(super) fn unknown_names(catalog: &Catalog) -> Vec<String> {
    let mut faults = Vec::new();
    for theme in &catalog.themes {
        let place = format!("layers/{}.toml: palette", theme.id);
        faults.extend(theme.palette.as_deref().and_then(|name| palette_fault(&place, name)));
    }
    for layer in &catalog.layers {
        let forms = [("", &layer.cartography), ("public.", &layer.public_look.cartography)];
        for (form, cartography) in forms {
            let place = format!("layers/{}.toml: {}: {form}cartography", layer.theme, layer.id);
            for fault in of_cartography(&place, cartography) {
                // A public form takes over the layer's names.
                if !faults.contains(&fault) {
                    faults.push(fault);
                }
            }
        }
    }
    faults
}

fn of_cartography(place: &str, cartography: &Cartography) -> Vec<String> {
    let palette = cartography.palette.as_deref();
    let palette = palette.and_then(|name| palette_fault(&format!("{place}.palette"), name));
    let categories = cartography.categories.iter().filter_map(|category| category.icon.as_deref());
    let icons = cartography.icon.as_deref().into_iter().chain(categories);
    let icons = icons.filter_map(|name| icon_fault(&format!("{place}.icon"), name));
    palette.into_iter().chain(icons).collect()
}

fn palette_fault(place: &str, name: &str) -> Option<String> {
    if SequentialPalette::named(name).is_some() {
        return None;
    }
    let names: Vec<&str> = SequentialPalette::all().iter().map(|palette| palette.name).collect();
    Some(format!("{place}: {name:?} is no palette; there are {}", names.join(", ")))
}

fn icon_fault(place: &str, name: &str) -> Option<String> {
    if pictogram(name).is_some() {
        return None;
    }
    let names: Vec<&str> = pictograms().iter().map(|(name, _)| *name).collect();
    Some(format!("{place}: {name:?} is no pictogram; there are {}", names.join(", ")))
}
