//! A catalog with seeded faults: one load lists them all, and no others.

use crate::check::fixture::In::{Dataset, File, Layer};
use crate::check::fixture::{Case, load};

const CASES: &[Case] = &[
    // Files and what can be read of them.
    (File, "title = 'x'\norder 3", "line 2", "TOML"),
    (File, "title = { ko = '', en = 'x' }\norder = 9", "title.ko", "this language"),
    (Layer, "colour = 'red'\ndataset = 'camera'\ncolumns = ['purpose']", "colour", "remove"),
    (Layer, "dataset = 'camera'\ncolumn = ['purpose']", "column", "columns"),
    (Layer, "dataset = 'camera'\nmin_zoom = 'low'\ncolumns = []", "min_zoom", "correct"),
    (Layer, "dataset = 'camera'\nvisibility = 'all'\ncolumns = []", "visibility", "write"),
    // Ids and references.
    (Dataset, "id = 'Dong'\ngeometry = 'point'", "id", "correct"),
    (Dataset, "id = 'dong'\ngeometry = 'point'", "id", "of its own"),
    (Dataset, "id = 'shop_values'\ngeometry = 'point'", "id", "rename"),
    (Dataset, "geometry = 'point'\ntable = 'dong'", "table", "declare it once"),
    (Dataset, "geometry = 'point'\ntable = 'maps.dong'", "table", "declare it once"),
    (Layer, "id = 'city'\ndataset = 'camera'\ncolumns = []", "", "rename"),
    (Layer, "dataset = 'camara'\ncolumns = []", "dataset", "camera"),
    (Layer, "dataset = 'camera'\ncolumns = ['purpos']", "columns[0]", "purpose"),
    (Layer, "dataset = 'camera'\ncolumns = ['year', 'year']", "columns[1]", "remove"),
    (Layer, "dataset = 'camera'\ncolumns = ['year']\nvalue = 'purpose'", "value", "publish"),
    (Layer, "dataset = 'camera'\ncolumns = []\nother_themes = ['citi']", "other_themes[0]", "city"),
    (Layer, "dataset = 'camera'\ncarrier = 'dong'", "", "keep one"),
    (Layer, "dataset = 'people'\ncolumns = []", "dataset", "carrier"),
    (Layer, "prepared = true\ngeometry = 'polygon'\ncolumn = []", "datasets", "list"),
    // Tiling.
    (
        Layer,
        "dataset = 'camera'\ncolumns = []\ntiling = { clusters = {} }",
        "tiling.clusters",
        "cluster",
    ),
    (
        Layer,
        "dataset = 'camera'\ncolumns = []\ntiling = { cluster = {} }",
        "tiling.cluster.below_zoom",
        "first zoom",
    ),
    (
        Layer,
        "dataset = 'camera'\ncolumns = []\ntiling = { cluster = { below_zoom = 99 } }",
        "tiling.cluster.below_zoom",
        "correct",
    ),
    (
        Layer,
        "dataset = 'camera'\ncolumns = []\nmax_zoom = 14\ntiling = { cluster = { below_zoom = 15 } }",
        "tiling.cluster.below_zoom",
        "1 to 14",
    ),
    (
        Layer,
        "dataset = 'camera'\ncolumns = []\ntiling = { cluster = { below_zoom = 9, radius_px = 0 } }",
        "tiling.cluster.radius_px",
        "1 to 512",
    ),
    (
        Layer,
        "dataset = 'camera'\ncolumns = ['height']\ntiling = { cluster = { below_zoom = 9, sums = ['heigt'] } }",
        "tiling.cluster.sums[0]",
        "height",
    ),
    (
        Layer,
        "dataset = 'camera'\ncolumns = ['purpose']\ntiling = { cluster = { below_zoom = 9, sums = ['purpose'] } }",
        "tiling.cluster.sums[0]",
        "number",
    ),
    (
        Layer,
        "dataset = 'spot'\ncolumns = ['size']\ntiling = { cluster = { below_zoom = 9, sums = ['size'] } }",
        "tiling.cluster.sums[0]",
        "number",
    ),
    (
        Layer,
        "carrier = 'camera'\nvalue = 'm'\ntiling = { cluster = { below_zoom = 9, sums = ['m'] } }\n[[layer.measure]]\nname = 'm'\ntitle = { ko = '거리', en = 'Distance' }\nnearest = 'plot'\n",
        "tiling.cluster.sums[0]",
        "counts and amounts",
    ),
    (
        Layer,
        "dataset = 'plot'\ncolumns = []\ntiling = { cluster = { below_zoom = 9 } }",
        "tiling.cluster",
        "merge for lines",
    ),
    (
        Layer,
        "dataset = 'camera'\ncolumns = []\ntiling = { merge = { below_zoom = 9 } }",
        "tiling.merge",
        "cluster for points",
    ),
    (
        Layer,
        "dataset = 'camera'\ncolumns = []\ntiling = { cluster = { below_zoom = 9 }, thin = { below_zoom = 8 } }",
        "tiling",
        "keep one",
    ),
    (
        Layer,
        "dataset = 'camera'\ncolumns = ['year']\ntiling = { thin = { below_zoom = 9, rank = '-height' } }",
        "tiling.thin.rank",
        "published",
    ),
    (
        Layer,
        "dataset = 'plot'\ncolumns = []\ncoverage = true\ntiling = { merge = { below_zoom = 9 } }",
        "tiling.merge",
        "coverage",
    ),
    (
        Layer,
        "dataset = 'plot'\ncolumns = []\nlabels = true\ntiling = { merge = { below_zoom = 9 } }",
        "tiling.merge",
        "labels",
    ),
    (
        Layer,
        "dataset = 'camera'\ncolumns = ['year']\ntiling = { attributes = { height = 12 } }",
        "tiling.attributes.height",
        "published",
    ),
    (
        Layer,
        "dataset = 'camera'\ncolumns = ['year']\nvalue = 'year'\ntiling = { attributes = { year = 12 } }",
        "tiling.attributes.year",
        "remove",
    ),
    (
        Layer,
        "dataset = 'camera'\ncolumns = ['year']\ntiling = { attributes = { year = 17 } }",
        "tiling.attributes.year",
        "lower",
    ),
    (
        Layer,
        "dataset = 'camera'\ncolumns = ['height']\ntiling = { cluster = { below_zoom = 9, sums = ['height'] }, attributes = { height = 9 } }",
        "tiling.attributes.height",
        "remove",
    ),
    // Datasets.
    (
        Dataset,
        "geometry = 'point'\nkey = ['nr']\ncolumn = [{ name = 'no', type = 'code', title = { ko = '번', en = 'No' } }]",
        "key[0]",
        "no",
    ),
    (
        Dataset,
        "geometry = 'point'\nsearch = ['no']\ncolumn = [{ name = 'no', type = 'int', title = { ko = '번', en = 'No' } }]",
        "search[0]",
        "texts",
    ),
    (
        Dataset,
        "geometry = 'point'\ncolumn = [{ name = 'no', type = 'enum', title = { ko = '번', en = 'No' } }]",
        "column[0].values",
        "list",
    ),
    (
        Dataset,
        "geometry = 'point'\nprivacy = [{ rule = 'hide', column = 'no' }]\ncolumn = [{ name = 'name', type = 'text', title = { ko = '번', en = 'No' } }]",
        "privacy[0].column",
        "remove",
    ),
    (
        Dataset,
        "geometry = 'point'\nprivacy = [{ rule = 'suppress', threshold = 1 }]",
        "privacy[0].threshold",
        "2 at least",
    ),
    (
        Dataset,
        "geometry = 'point'\noffer_archive = true\nsensitivity = 'internal'",
        "offer_archive",
        "remove",
    ),
    (
        Dataset,
        "geometry = 'point'\nattribution = { agency = { ko = '청', en = 'Office' }, licence = 'KOGL-1', as_of = '31/10/2026' }",
        "attribution.as_of",
        "2026-10-31",
    ),
    (
        Dataset,
        "geometry = 'point'\naddress = { road = 'rm', number = 'no' }\ncolumn = [{ name = 'rn', type = 'text', title = { ko = '가', en = 'a' } }, { name = 'no', type = 'int', title = { ko = '가', en = 'a' } }]",
        "address.road",
        "rn",
    ),
    (
        Dataset,
        "geometry = 'point'\naddress = { road = 'rn', number = 'no' }\ncolumn = [{ name = 'rn', type = 'text', title = { ko = '가', en = 'a' } }, { name = 'no', type = 'float', title = { ko = '가', en = 'a' } }]",
        "address.number",
        "whole numbers",
    ),
    (
        Dataset,
        "geometry = 'point'\naddress = { road = 'rn' }\ncolumn = [{ name = 'rn', type = 'text', title = { ko = '가', en = 'a' } }]",
        "address",
        "number",
    ),
    (Dataset, "geometry = 'polygon'\nfeature_dataset = 'dong'", "values", "declare"),
    (
        Dataset,
        "geometry = 'polygon'\nfeature_dataset = 'shop_grid'\n[dataset.values]\nkey = 'a'\ncolumn = [{ name = 'a', type = 'code', title = { ko = '가', en = 'a' } }]",
        "feature_dataset",
        "declare",
    ),
    (
        Dataset,
        "geometry = 'polygon'\nfeature_dataset = 'dong'\n[dataset.values]\nkey = 'b'\ncolumn = [{ name = 'a', type = 'code', title = { ko = '가', en = 'a' } }]",
        "values.key",
        "rename",
    ),
    (
        Dataset,
        "geometry = 'polygon'\nfeature_dataset = 'dong'\n[dataset.values]\nkey = 'a'\ntime = 'y'\nperiod = 'month'\ncolumn = [{ name = 'a', type = 'code', title = { ko = '가', en = 'a' } }, { name = 'y', type = 'year', title = { ko = '해', en = 'y' } }]",
        "values.period",
        "year",
    ),
    // Filters.
    (
        Layer,
        "dataset = 'camera'\ncolumns = []\nwhere = { purpose = 'Traffic' }",
        "where.purpose",
        "교통",
    ),
    (Layer, "dataset = 'camera'\ncolumns = []\nwhere = { year = 2020 }", "where.year", "quote"),
    (Layer, "dataset = 'camera'\ncolumns = []\nwhere = { bell = 'Y' }", "where.bell", "true"),
    (
        Layer,
        "dataset = 'camera'\ncolumns = []\nwhere = { height = { from = 5, to = 2 } }",
        "where.height",
        "swap",
    ),
    (Layer, "dataset = 'camera'\ncolumns = []\nwhere = { size = 3 }", "where.size", "rename"),
    // How it is drawn and cut.
    (Layer, "dataset = 'camera'\ncolumns = []\nmin_zoom = 9\nmax_zoom = 3", "min_zoom", "swap"),
    (Layer, "dataset = 'camera'\ncolumns = []\nlabels = true", "labels", "remove"),
    (
        Layer,
        "dataset = 'camera'\ncolumns = ['year']\nvalue = 'year'\nkind = 'choropleth'",
        "kind",
        "circle",
    ),
    (
        Layer,
        "union = [{ dataset = 'camera', columns = { n = 'cam_id' } }, { dataset = 'spot', columns = { dataset = 'kind' } }]",
        "union[1].columns.dataset",
        "another name",
    ),
    // Measures; those that begin with an operation follow two sound ones.
    (
        Layer,
        "carrier = 'dong'\n[[layer.measure]]\nname = 'a'\nsum = 'camera.purpose'",
        "measure[0].sum",
        "count",
    ),
    (
        Layer,
        "carrier = 'dong'\n[[layer.measure]]\nname = 'a'\nsum = 'camera'",
        "measure[0].sum",
        "dataset.column",
    ),
    (
        Layer,
        "carrier = 'dong'\n[[layer.measure]]\nname = 'a'\nsum = 'people.totl'",
        "measure[0].sum",
        "total",
    ),
    (
        Layer,
        "carrier = 'dong'\n[[layer.measure]]\nname = 'a'\nsum = 'people.total'\ncount = 'camera'",
        "measure[0]",
        "keep one",
    ),
    (Layer, "carrier = 'dong'\n[[layer.measure]]\nname = 'a'", "measure[0]", "one of"),
    (
        Layer,
        "carrier = 'dong'\n[[layer.measure]]\nname = 'a'\nsum = 'people.total'\npublish = false",
        "measure",
        "publish",
    ),
    (
        Layer,
        "carrier = 'camera'\n[[layer.measure]]\nname = 'a'\nsum = 'people.total'",
        "measure[0].sum",
        "max_distance_m",
    ),
    (Layer, "+ratio = ['a', 'c']", "measure[2].ratio[1]", "before"),
    (Layer, "+ratio = ['x', 'b']", "measure[2].ratio[0]", "before it"),
    (Layer, "+plus = ['a']", "measure[2].plus", "two"),
    (
        Layer,
        "+index = [{ measure = 'a', weight = 0 }]",
        "measure[2].index[0].weight",
        "more than 0",
    ),
    (
        Layer,
        "+class = { measure = 'a', breaks = [2, 1], titles = [{ ko = '가', en = 'a' }, { ko = '나', en = 'b' }, { ko = '다', en = 'c' }] }",
        "measure[2].class.breaks[1]",
        "ascending",
    ),
    (
        Layer,
        "+class = { measure = 'a', breaks = [1], titles = [{ ko = '가', en = 'a' }] }",
        "measure[2].class.titles",
        "one more",
    ),
    (Layer, "+scale = { measure = 'a', factor = 0 }", "measure[2].scale.factor", "other than 0"),
    (Layer, "+change = { measure = 'a', periods_back = 12 }", "measure[2].change", "period"),
    (Layer, "+count = 'camera'\njoin = 'distance'", "measure[2].max_distance_m", "metres"),
    (Layer, "+count = 'camera'\njoin = 'key'", "measure[2].join", "key ="),
    (Layer, "+count = 'camera'\nlast_months = 12", "measure[2].last_months", "time"),
    (Layer, "+containing_value = 'camera.height'", "measure[2].containing_value", "nearest_value"),
    (Layer, "+carrier_column = 'area'", "measure[2].carrier_column", "rename"),
    (Layer, "+share_of_total = 'a'\nwhere = { year = '2020' }", "measure[2].where", "rows"),
    // Time.
    (
        Layer,
        "carrier = 'dong'\nperiod = 'day'\n[[layer.measure]]\nname = 'a'\nsum = 'people.total'",
        "period",
        "month",
    ),
    (
        Layer,
        "carrier = 'dong'\nperiod = 'month-hour'\n[[layer.measure]]\nname = 'a'\nsum = 'people.total'",
        "period",
        "month",
    ),
    (
        Layer,
        "carrier = 'dong'\nperiod = 'month'\nretained_slices = 36\n[[layer.measure]]\nname = 'a'\nsum = 'people.total'",
        "retained_slices",
        "24",
    ),
    (
        Layer,
        "carrier = 'dong'\nperiod = 'month'\n[[layer.measure]]\nname = 'a'\ntitle = { ko = '가', en = 'a' }\ncount = 'camera'",
        "period",
        "remove",
    ),
    // Privacy.
    (Layer, "dataset = 'shop'\ncolumns = []", "dataset", "staff"),
    (Layer, "dataset = 'camera'\ncolumns = ['pixels']", "columns[0]", "staff"),
    (Layer, "dataset = 'camera'\ncolumns = []\nwhere = { pixels = 200 }", "where.pixels", "staff"),
    (Layer, "dataset = 'accident'\ncolumns = []\nvisibility = 'staff'", "dataset", "dong"),
    (Layer, "dataset = 'vault'\ncolumns = []\nvisibility = 'staff'", "dataset", "measures"),
    (
        Layer,
        "carrier = 'grid'\nvisibility = 'staff'\n[[layer.measure]]\nname = 'a'\ntitle = { ko = '가', en = 'a' }\ncount = 'accident'",
        "measure[0].count",
        "dong",
    ),
    (
        Layer,
        "carrier = 'dong'\n[[layer.measure]]\nname = 'a'\nsum = 'shop.sales'",
        "measure[0].sum",
        "suppression_threshold",
    ),
    (
        Layer,
        "carrier = 'dong'\nsuppression_threshold = 5\n[[layer.measure]]\nname = 'a'\nnearest_value = 'shop.sector'",
        "measure[0].nearest_value",
        "aggregate",
    ),
    (
        Layer,
        "carrier = 'dong'\n[[layer.measure]]\nname = 'a'\nmax = 'camera.pixels'",
        "measure[0].max",
        "another column",
    ),
    (
        Layer,
        "carrier = 'dong'\n[[layer.measure]]\nname = 'a'\ntitle = { ko = '가', en = 'a' }\nnearest = 'spot'",
        "measure[0].nearest",
        "areas",
    ),
    (
        Layer,
        "carrier = 'dong'\nvisibility = 'staff'\n[[layer.measure]]\nname = 'a'\nsum = 'people.total'\n[layer.public]\ncolumns = ['adm_nm']",
        "public",
        "public",
    ),
    (
        Layer,
        "carrier = 'dong'\n[[layer.measure]]\nname = 'a'\ntitle = { ko = '가', en = 'a' }\ncount = 'camera'\n[layer.public]\nkind = 'line'",
        "public.kind",
        "geometry",
    ),
    // Declarations that would disclose suppressed values.
    (
        Layer,
        "carrier = 'grid'\n[[layer.measure]]\nname = 'a'\nsum = 'hourly.people'\njoin = 'distance'\nmax_distance_m = 300",
        "measure[0].sum",
        "[layer.public]",
    ),
    (
        Layer,
        "carrier = 'grid'\n[[layer.measure]]\nname = 'a'\nsum = 'hourly.guess'",
        "measure[0].sum",
        "suppressed_with",
    ),
    (
        Layer,
        "carrier = 'grid'\n[[layer.measure]]\nname = 'a'\nsum = 'hourly.people'\nsuppressed_with = ['b']",
        "measure[0].suppressed_with[0]",
        "earlier",
    ),
    (
        Dataset,
        "geometry = 'point'\nid_column = 'nr'\nprivacy = [{ rule = 'hide', column = 'nr' }]\ncolumn = [{ name = 'nr', type = 'int', title = { ko = '번', en = 'No' } }]",
        "id_column",
        "row numbers",
    ),
    (
        Dataset,
        "geometry = 'point'\nprivacy = [{ rule = 'suppress', threshold = 5, columns = ['nr'] }]\ncolumn = [{ name = 'nr', type = 'code', title = { ko = '번', en = 'No' } }]",
        "privacy[0].columns[0]",
        "remove",
    ),
    (
        Layer,
        "dataset = 'spot'\ncolumns = ['kind']\nwhere = { size = 12 }",
        "where.size",
        "another column",
    ),
    (
        Layer,
        "carrier = 'plot'\nvisibility = 'staff'\n[[layer.measure]]\nname = 'a'\ntitle = { ko = '가', en = 'a' }\ncount = 'accident'",
        "measure[0].count",
        "write expected_count",
    ),
    // Measures by area.
    (
        Layer,
        "carrier = 'camera'\nvalue = 'x'\n[[layer.measure]]\nname = 'a'\ntitle = { ko = '가', en = 'a' }\narea_aggregation = 'sum'\ncount = 'plot'\nmax_distance_m = 50\n[[layer.measure]]\nname = 'b'\ncarrier_column = 'height'\n[[layer.measure]]\nname = 'x'\ntitle = { ko = '엑', en = 'x' }\nratio = ['a', 'b']",
        "measure[2].ratio",
        "area_aggregation",
    ),
    (
        Layer,
        "+area_aggregation = 'sum'\nratio = ['a', 'b']",
        "measure[2].area_aggregation",
        "remove",
    ),
    // Flows.
    (
        Layer,
        "flow = { from = 'moves.from_cd', to = 'moves.to_cd', between = 'dong' }\n[[layer.measure]]\nname = 'a'\nsum = 'moves.trips'\n[layer.public]\ncarrier = 'dong'\n[[layer.public.measure]]\nname = 'a'\nsum = 'people.total'",
        "public",
        "of its own",
    ),
    (
        Layer,
        "flow = { from = 'moves.from_cd', to = 'moves.to_cd', between = 'dong' }\n[[layer.measure]]\nname = 'a'\nsum = 'people.total'",
        "measure[0].sum",
        "moves",
    ),
    (
        Layer,
        "flow = { from = 'moves.from', to = 'moves.to_cd', between = 'dong' }\n[[layer.measure]]\nname = 'a'\nsum = 'moves.trips'",
        "flow.from",
        "rename",
    ),
];

#[test]
fn the_sound_part_is_sound() {
    load(&[]).0.unwrap();
}

#[test]
fn fifty_seeded_faults_are_listed_at_once_each_with_file_key_and_remedy() {
    const { assert!(CASES.len() >= 50) };
    let (loaded, mut places) = load(CASES);
    let faults = loaded.unwrap_err();
    // A layer named like a theme is the fault of the theme's file.
    let theme = CASES.iter().position(|case| case.1.starts_with("id = 'city'")).unwrap();
    places[theme] = ("layers/city.toml".to_owned(), String::new());
    let mut left = faults.0.clone();
    for ((file, key), (_, body, _, word)) in places.iter().zip(CASES) {
        let found = left.iter().position(|fault| fault.file == *file && fault.key == *key);
        assert!(found.is_some(), "{file}: {key} is missing for {body:?}\n{faults}");
        let fault = left.remove(found.unwrap());
        assert!(fault.remedy.contains(word), "{word:?} is no word of {fault}");
        assert!(!fault.problem.is_empty(), "{fault}");
    }
    let left: Vec<_> = left.iter().map(ToString::to_string).collect();
    assert!(left.is_empty(), "faults that nobody seeded: {left:#?}");
    // The text for people names them all as well.
    let text = faults.to_string();
    assert!(text.starts_with(&format!("the catalog has {} faults", CASES.len())));
    assert_eq!(text.matches("→ ").count(), CASES.len());
}
