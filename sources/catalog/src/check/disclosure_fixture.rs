//! Datasets with protected columns and layers over them, for disclosure tests.

use super::fixture::In::{self, Dataset, Layer};
use super::fixture::load;

/// Events with a hidden and a banded column, published by grid cells at the smallest.
pub(super) const CRASH: (In, &str) = (
    Dataset,
    "id = 'crash'\ngeometry = 'point'\nsensitivity = 'internal'\ntime = 'day'\n\
     privacy = [{ rule = 'aggregate_only', smallest_areas = 'grid' }, { rule = 'band', column = 'age', width = 10 }, \
     { rule = 'hide', column = 'drunk', smallest_areas = 'dong' }]\n\
     column = [\n\
     { name = 'day', type = 'date', title = { ko = '날', en = 'Day' } },\n\
     { name = 'victim', type = 'enum', title = { ko = '피해자', en = 'Victim' }, values = [\
     { ko = '보행자', en = 'Walker' }, { ko = '차량', en = 'Car' }, { ko = '자전거', en = 'Bicycle' }] },\n\
     { name = 'street', type = 'text', title = { ko = '길', en = 'Street' } },\n\
     { name = 'age', type = 'int', title = { ko = '나이', en = 'Age' } },\n\
     { name = 'cost', type = 'int', title = { ko = '피해액', en = 'Damage' }, unit = 'KRW' },\n\
     { name = 'drunk', type = 'bool', title = { ko = '음주', en = 'Drunk' } },\n]",
);

/// Points with positions coarsened for the public, a hidden and a banded column.
pub(super) const SECRET: (In, &str) = (
    Dataset,
    "id = 'secret'\ngeometry = 'point'\nkey = ['nr']\n\
     privacy = [{ rule = 'coarsen', cell_size_m = 200 }, { rule = 'band', column = 'seats', width = 50 }, \
     { rule = 'hide', column = 'books' }]\n\
     column = [\n\
     { name = 'nr', type = 'code', title = { ko = '번호', en = 'Number' } },\n\
     { name = 'kind', type = 'text', title = { ko = '종류', en = 'Kind' } },\n\
     { name = 'cell', type = 'code', title = { ko = '격자', en = 'Cell' } },\n\
     { name = 'books', type = 'int', title = { ko = '장서', en = 'Books' } },\n\
     { name = 'seats', type = 'int', title = { ko = '좌석', en = 'Seats' } },\n]",
);

/// Values of takings by grid cell and month.
pub(super) const TILL: (In, &str) = (
    Dataset,
    "id = 'till'\ngeometry = 'polygon'\nfeature_dataset = 'grid'\nsensitivity = 'internal'\n[dataset.values]\n\
     key = 'cell'\ntime = 'ym'\nperiod = 'month'\ncolumn = [\
     { name = 'cell', type = 'code', title = { ko = '격자', en = 'Cell' } }, \
     { name = 'ym', type = 'month', title = { ko = '월', en = 'Month' } }, \
     { name = 'sales', type = 'int', title = { ko = '매출', en = 'Sales' }, unit = 'KRW' }, \
     { name = 'rate', type = 'float', title = { ko = '율', en = 'Rate' } }, \
     { name = 'visits', type = 'int', title = { ko = '방문', en = 'Visits' }, unit = 'persons' }]",
);

/// Layer over `over` with one named measure per element of `measures`.
pub(super) fn layer(over: &str, measures: &[&str]) -> String {
    let value = if measures.len() > 1 { "value = 'f0'\n" } else { "" };
    let mut text = format!("carrier = '{over}'\nsuppression_threshold = 5\n{value}");
    for (number, measure) in measures.iter().enumerate() {
        let title = "title = { ko = '수', en = 'Number' }";
        text += &format!("[[layer.measure]]\nname = 'f{number}'\n{title}\n{measure}\n");
    }
    text
}

/// Layer with the lines `own` before its measures.
pub(super) fn layer_with(over: &str, own: &str, measures: &[&str]) -> String {
    format!("{own}\n{}", layer(over, measures))
}

/// Faults of a catalog with the declarations `bodies` added: index of the declaration, key,
/// whole text.
pub(super) fn faults(bodies: &[(In, String)]) -> Vec<(usize, String, String)> {
    let cases: Vec<_> =
        bodies.iter().map(|(kind, body)| (*kind, &*body.clone().leak(), "", "")).collect();
    let (loaded, places) = load(&cases);
    let Err(faults) = loaded else { return Vec::new() };
    let found = faults.0.iter().map(|fault| {
        let of = places.iter().rposition(|(file, key)| {
            *file == fault.file
                && fault
                    .key
                    .strip_prefix(key.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        assert!(of.is_some(), "{fault}");
        let of = of.unwrap();
        let key = fault.key[places[of].1.len()..].trim_start_matches('.').to_owned();
        (of, key, format!("{} → {}", fault.problem, fault.remedy))
    });
    found.collect()
}

pub(super) fn with_datasets(layers: &[String]) -> Vec<(In, String)> {
    let datasets = [CRASH, SECRET, TILL].map(|(kind, body)| (kind, body.to_owned()));
    datasets.into_iter().chain(layers.iter().map(|body| (Layer, body.clone()))).collect()
}

/// Asserts that there is one fault, whose text has each word; returns its layer's index and
/// key.
pub(super) fn the_fault(layers: &[String], words: &[&str]) -> (usize, String) {
    let found = faults(&with_datasets(layers));
    assert_eq!(found.len(), 1, "{found:#?}");
    let (of, key, text) = &found[0];
    for word in words {
        assert!(text.contains(word), "{word:?} is no word of {text}");
    }
    (of - 3, key.clone())
}
