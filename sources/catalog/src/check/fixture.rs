//! A valid catalog for tests, and declarations to add to it.

use std::collections::BTreeMap;
use std::path::Path;

use In::{Dataset, File, Layer};

use crate::Catalog;
use crate::CatalogFaults;

/// Valid datasets that test layers refer to.
const DATASETS: &str = r#"
title = { ko = "시험", en = "Test" }

[[dataset]]
id = "dong"
title = { ko = "동", en = "Dongs" }
geometry = "polygon"
expected_count = 17
min_width_m = 300
key = ["adm_cd", "adm_cd2"]
search = ["adm_nm"]
column = [
  { name = "adm_cd", type = "code", title = { ko = "코드", en = "Code" } },
  { name = "adm_cd2", type = "code", title = { ko = "코드", en = "Code" } },
  { name = "adm_nm", type = "text", title = { ko = "동", en = "Dong" } },
]

[[dataset]]
id = "grid"
title = { ko = "격자", en = "Grid" }
geometry = "polygon"
expected_count = 1786
min_width_m = 100
key = ["cell_id"]
column = [{ name = "cell_id", type = "code", title = { ko = "격자", en = "Cell" } }]

[[dataset]]
id = "camera"
title = { ko = "카메라", en = "Cameras" }
geometry = "point"
privacy = [{ rule = "hide", column = "pixels" }]
key = ["cam_id"]
column = [
  { name = "cam_id", type = "code", title = { ko = "번호", en = "Number" } },
  { name = "purpose", type = "enum", title = { ko = "목적", en = "Purpose" }, values = [
    { ko = "방범", en = "Crime" }, { ko = "교통", en = "Traffic" },
  ] },
  { name = "year", type = "year", title = { ko = "연도", en = "Year" } },
  { name = "bell", type = "bool", title = { ko = "비상벨", en = "Bell" } },
  { name = "height", type = "float", title = { ko = "높이", en = "Height" }, unit = "m" },
  { name = "pixels", type = "int", title = { ko = "화소", en = "Pixels" } },
]

[[dataset]]
id = "people"
title = { ko = "인구", en = "People" }
geometry = "polygon"
feature_dataset = "dong"
[dataset.values]
key = "dong_cd"
time = "base_ym"
period = "month"
retained_periods = 24
column = [
  { name = "dong_cd", type = "code", title = { ko = "코드", en = "Code" } },
  { name = "base_ym", type = "month", title = { ko = "월", en = "Month" } },
  { name = "total", type = "int", title = { ko = "사람", en = "People" }, unit = "persons" },
]

[[dataset]]
id = "hourly"
title = { ko = "생활인구", en = "People by hour" }
geometry = "polygon"
feature_dataset = "grid"
privacy = [{ rule = "suppress", threshold = 4 }]
[dataset.values]
key = "cell"
time = "base_date"
hour = "hour"
period = "day"
retained_periods = 7
column = [
  { name = "cell", type = "code", title = { ko = "격자", en = "Cell" } },
  { name = "base_date", type = "date", title = { ko = "날", en = "Day" } },
  { name = "hour", type = "int", title = { ko = "시", en = "Hour" } },
  { name = "people", type = "int", title = { ko = "사람", en = "People" } },
  { name = "guess", type = "float", title = { ko = "추정", en = "Estimate" } },
]

[[dataset]]
id = "moves"
title = { ko = "이동", en = "Moves" }
geometry = "line"
feature_dataset = "dong"
[dataset.values]
key = "from_cd"
column = [
  { name = "from_cd", type = "code", title = { ko = "출발", en = "From" } },
  { name = "to_cd", type = "code", title = { ko = "도착", en = "To" } },
  { name = "trips", type = "int", title = { ko = "통행", en = "Trips" } },
]

[[dataset]]
id = "accident"
title = { ko = "사고", en = "Accidents" }
geometry = "point"
sensitivity = "restricted"
time = "happened"
privacy = [{ rule = "aggregate_only", smallest_areas = "dong" }, { rule = "suppress", threshold = 3 }]
column = [
  { name = "happened", type = "date", title = { ko = "날", en = "Day" } },
  { name = "age", type = "int", title = { ko = "나이", en = "Age" } },
]

[[dataset]]
id = "shop"
title = { ko = "가게", en = "Shops" }
geometry = "point"
sensitivity = "internal"
column = [
  { name = "sales", type = "int", title = { ko = "매출", en = "Sales" } },
  { name = "sector", type = "text", title = { ko = "업종", en = "Sector" } },
]

[[dataset]]
id = "spot"
title = { ko = "지점", en = "Spots" }
geometry = "point"
privacy = [{ rule = "coarsen", cell_size_m = 50 }, { rule = "band", column = "size", width = 10 }]
column = [
  { name = "kind", type = "text", title = { ko = "종류", en = "Kind" } },
  { name = "size", type = "int", title = { ko = "크기", en = "Size" } },
]

[[dataset]]
id = "plot"
title = { ko = "땅", en = "Plots" }
geometry = "polygon"

[[dataset]]
id = "vault"
title = { ko = "금고", en = "Vaults" }
geometry = "polygon"
privacy = [{ rule = "not_tileable" }]
column = [{ name = "depth", type = "int", title = { ko = "깊이", en = "Depth" } }]
"#;

/// Destination of a test case's declaration.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum In {
    /// An additional dataset.
    Dataset,
    /// An additional layer.
    Layer,
    /// A file under `layers/`; the case's key is relative to the file.
    File,
}

/// A declaration with one fault: destination, text, key within the declaration, word of the
/// remedy.
pub(super) type Case = (In, &'static str, &'static str, &'static str);

/// Two measures for others to refer to.
const FIGURES: &str = "carrier = 'dong'\nvalue = 'a'\n\
    [[layer.measure]]\nname = 'a'\nsum = 'people.total'\n\
    [[layer.measure]]\nname = 'b'\ncount = 'camera'\ntitle = { ko = '나', en = 'b' }\n\
    [[layer.measure]]\nname = 'x'\ntitle = { ko = '엑', en = 'x' }\n";

/// Writes a catalog of the valid datasets and the cases' declarations; returns each one's
/// file and key.
pub(super) fn write(folder: &Path, cases: &[Case]) -> Vec<(String, String)> {
    for sub in ["datasets", "layers"] {
        std::fs::create_dir_all(folder.join(sub)).unwrap();
    }
    let sound = DATASETS.matches("[[dataset]]").count();
    let mut texts = BTreeMap::from([
        (
            "district.toml".to_owned(),
            "title = { ko = '구', en = 'District' }\nstats_areas = 'dong'\n".to_owned(),
        ),
        ("datasets/base.toml".to_owned(), DATASETS.to_owned()),
        (
            "layers/city.toml".to_owned(),
            "title = { ko = '도시', en = 'City' }\norder = 1\n".to_owned(),
        ),
        (
            "layers/safety.toml".to_owned(),
            "title = { ko = '안전', en = 'Safety' }\norder = 2\n".to_owned(),
        ),
    ]);
    let (mut datasets, mut layers, mut places) = (sound, 0, Vec::new());
    for (i, (kind, body, key, _)) in cases.iter().enumerate() {
        let dot = if key.is_empty() { "" } else { "." };
        let head = |table: &str| {
            let mut head =
                format!("\n[[{table}]]\ntitle = {{ ko = '경우 {i}', en = 'Case {i}' }}\n");
            if !body.starts_with("id = ") && !body.contains("\nid = ") {
                head += &format!("id = 'case-{i}'\n");
            }
            head
        };
        match kind {
            File => {
                let file = format!("layers/x{i}.toml");
                texts.insert(file.clone(), (*body).to_owned());
                places.push((file, (*key).to_owned()));
            }
            Dataset => {
                let text = texts.get_mut("datasets/base.toml").unwrap();
                *text += &format!("{}{body}\n", head("dataset"));
                places
                    .push(("datasets/base.toml".into(), format!("dataset[{datasets}]{dot}{key}")));
                datasets += 1;
            }
            Layer => {
                let text = texts.get_mut("layers/safety.toml").unwrap();
                *text += &head("layer");
                if !body.contains("visibility") {
                    *text += "visibility = 'public'\n";
                }
                match body.strip_prefix('+') {
                    Some(operation) => *text += &format!("{FIGURES}{operation}\n"),
                    None => *text += &format!("{body}\n"),
                }
                places.push(("layers/safety.toml".into(), format!("layer[{layers}]{dot}{key}")));
                layers += 1;
            }
        }
    }
    for (name, text) in &texts {
        std::fs::write(folder.join(name), text).unwrap();
    }
    places
}

/// Loads a catalog with the cases' declarations; returns the result and each one's file and
/// key.
pub(super) fn load(cases: &[Case]) -> (Result<Catalog, CatalogFaults>, Vec<(String, String)>) {
    let folder = tempfile::tempdir().unwrap();
    let places = write(folder.path(), cases);
    (Catalog::load(folder.path()), places)
}
