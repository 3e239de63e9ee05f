//! Presentations that are accepted, and one fault of each kind.

use rstest::rstest;

use crate::check::fixture::In::{self, File, Layer};
use crate::check::fixture::load;
use crate::{BreakMethod, Cartography, Catalog, ColourScheme, ValueEnd};

/// A layer of measures by dong and month, with its presentation.
macro_rules! by_month {
    ($cartography:literal) => {
        concat!(
            "carrier = 'dong'\ncolumns = ['adm_nm', 'adm_cd']\nperiod = 'month'\nvalue = 'a'\n",
            "cartography = { ",
            $cartography,
            " }\n[[layer.measure]]\nname = 'a'\nsum = 'people.total'\n[[layer.measure]]\n",
            "name = 'b'\ntitle = { ko = '나', en = 'b' }\ncount = 'camera'\n[[layer.measure]]\n",
            "name = 'c'\ntitle = { ko = '다', en = 'c' }\n",
            "class = { measure = 'a', breaks = [1], titles = [{ ko = '적음', en = 'few' }, ",
            "{ ko = '많음', en = 'many' }] }\n"
        )
    };
}

/// A layer of features that is shown by an enumeration, with its presentation.
macro_rules! by_purpose {
    ($cartography:literal) => {
        concat!(
            "dataset = 'camera'\ncolumns = ['cam_id', 'purpose', 'height', 'bell']\n",
            "value = 'purpose'\ncartography = { ",
            $cartography,
            " }"
        )
    };
}

#[rstest]
#[case::fixed(by_month!("scheme = 'sequential', palette = 'teal', dark = 'low', breaks = [1, 5.5]"))]
#[case::method(by_month!("method = 'head_tail', classes = 4, zero_class = true"))]
#[case::diverging(by_month!("scheme = 'diverging', good = 'high', middle = 1, breaks = [0, 2]"))]
#[case::seven(by_month!("breaks = [1, 2, 3, 4, 5, 6]"))]
#[case::bivariate(by_month!(
    "scheme = 'bivariate', breaks = [1, 2], second_value = 'b', second_method = 'quantile', second_classes = 3"
))]
#[case::opening(by_month!("opening_time = '2026-10', name_column = 'adm_nm', names_from_zoom = 13"))]
#[case::not_applicable(by_month!(
    "not_applicable = { column = 'c', values = ['적음'], title = { ko = '해당 없음', en = 'Not applicable' } }"
))]
#[case::categories(by_purpose!(
    "scheme = 'qualitative', icon = 'camera', categories = [{ value = '교통', color = '#a1B2c3', icon = 'bus-stop' }, { value = '방범', title = { ko = '방범용', en = 'Crime' } }]"
))]
#[case::ordered(by_purpose!("scheme = 'diverging', ordered = true, good = 'low'"))]
fn accepted(#[case] body: &str) {
    let body: &'static str = Box::leak(body.to_owned().into_boxed_str());
    load(&[(Layer, body, "", "")]).0.unwrap();
}

#[rstest]
#[case::key(by_month!("color = 'red'"), "color", "remove")]
#[case::scheme(by_month!("scheme = 'rainbow'"), "scheme", "write one of these")]
#[case::palette(by_month!("palette = 'Teal 2'"), "palette", "a-z")]
#[case::middle(by_month!("scheme = 'sequential', middle = 0"), "middle", "diverging")]
#[case::infinite_middle(by_month!("middle = inf"), "middle", "between")]
#[case::descending(by_month!("breaks = [1, 5, 5]"), "breaks[2]", "ascending")]
#[case::infinite(by_month!("breaks = [1, inf]"), "breaks", "finite")]
#[case::none(by_month!("breaks = []"), "breaks", "list them")]
#[case::eight(by_month!("breaks = [1, 2, 3, 4, 5, 6, 7]"), "breaks", "6 at most")]
#[case::eight_with_zero(by_month!("zero_class = true, breaks = [1, 2, 3, 4, 5, 6]"), "breaks", "5 at most")]
#[case::two_methods(by_month!("breaks = [1], method = 'quantile'"), "method", "keep one")]
#[case::two_numbers(by_month!("breaks = [1], classes = 2"), "classes", "keep one")]
#[case::one_class(by_month!("classes = 1"), "classes", "2 to 7")]
#[case::lone(by_month!("scheme = 'bivariate'"), "second_value", "second number")]
#[case::not_bivariate(by_month!("second_value = 'b'"), "second_value", "bivariate")]
#[case::twice(by_month!("scheme = 'bivariate', second_value = 'a'"), "second_value", "another")]
#[case::unknown(by_month!("scheme = 'bivariate', second_value = 'x'"), "second_value", "publish")]
#[case::text(by_month!("scheme = 'bivariate', second_value = 'adm_nm'"), "second_value", "a number")]
#[case::four(by_month!("scheme = 'bivariate', second_value = 'b', breaks = [1, 2, 3]"), "breaks", "2 at most")]
#[case::second(by_month!("second_breaks = [1]"), "second_value", "name it")]
#[case::period(by_month!("opening_time = '2026-10T08'"), "opening_time", "2026-10")]
#[case::no_period(by_purpose!("opening_time = '2026-10'"), "opening_time", "period")]
#[case::name(by_month!("name_column = 'adm_nn'"), "name_column", "adm_nm")]
#[case::number_name(by_month!("name_column = 'a'"), "name_column", "text")]
#[case::zoom(by_month!("name_column = 'adm_nm', names_from_zoom = 40"), "names_from_zoom", "lower")]
#[case::nameless(by_month!("names_from_zoom = 14"), "names_from_zoom", "name_column")]
#[case::icon(by_purpose!("icon = 'Bus'"), "icon", "a-z")]
#[case::breaks_of_text(by_purpose!("breaks = [1]"), "breaks", "categories")]
#[case::zero_of_text(by_purpose!("zero_class = true"), "zero_class", "categories")]
#[case::sides_of_text(by_purpose!("scheme = 'diverging'"), "scheme", "qualitative")]
#[case::category(by_purpose!("categories = [{ value = '방볌' }]"), "categories[0].value", "방범")]
#[case::no_value(by_purpose!("categories = [{ color = '#000000' }]"), "categories[0].value", "stored")]
#[case::repeated(by_purpose!("categories = [{ value = '방범' }, { value = '방범' }]"), "categories[1].value", "remove")]
#[case::colour(by_purpose!("categories = [{ value = '방범', color = 'red' }]"), "categories[0].color", "#rrggbb")]
#[case::pictogram(by_purpose!("categories = [{ value = '방범', icon = '' }]"), "categories[0].icon", "a-z")]
#[case::number_category(by_month!("categories = [{ value = 'many' }]"), "categories[0].value", "number")]
#[case::both(by_month!("breaks = [1], categories = [{ value = 1 }]"), "categories", "keep one")]
#[case::flag(by_purpose!(
    "not_applicable = { column = 'bell', values = ['no'], title = { ko = '없음', en = 'None' } }"
), "not_applicable.values[0]", "true or false")]
#[case::not_published(by_purpose!(
    "not_applicable = { column = 'year', values = ['2020'], title = { ko = '없음', en = 'None' } }"
), "not_applicable.column", "publish")]
#[case::no_values(by_purpose!(
    "not_applicable = { column = 'bell', values = [], title = { ko = '없음', en = 'None' } }"
), "not_applicable.values", "list")]
fn faulty(#[case] body: &str, #[case] key: &str, #[case] remedy: &str) {
    let body: &'static str = Box::leak(body.to_owned().into_boxed_str());
    let faults = load(&[(Layer, body, "", "")]).0.unwrap_err();
    assert_eq!(faults.0.len(), 1, "{faults}");
    assert_eq!(faults.0[0].key, format!("layer[0].cartography.{key}"));
    assert!(faults.0[0].remedy.contains(remedy), "{faults}");
}

/// A layer with a public form, each with a presentation.
const TWO_FORMS: &str = "carrier = 'grid'\ncolumns = ['cell_id']\ncartography = { good = 'low', \
    breaks = [10, 20], name_column = 'cell_id' }\n[[layer.measure]]\nname = 'a'\n\
    mean = 'hourly.people'\n[layer.public]\ncarrier = 'dong'\ncolumns = ['adm_nm']\n";

fn layer_of(cases: &[(In, &'static str, &'static str, &'static str)]) -> Catalog {
    load(cases).0.unwrap()
}

#[test]
fn a_public_form_of_other_areas_has_no_breaks_unless_it_declares_some() {
    let catalog = layer_of(&[(Layer, TWO_FORMS, "", "")]);
    let layer = catalog.layer("case-0").unwrap();
    let breaks = |public| layer.cartography_of(public).breaks.fixed.clone();
    assert_eq!((breaks(false), breaks(true)), (Some(vec![10.0, 20.0]), None));
    assert_eq!(layer.cartography_of(true).good, Some(ValueEnd::Low));
    let own = format!("{TWO_FORMS}cartography = {{ breaks = [100], name_column = 'adm_nm' }}");
    let catalog = layer_of(&[(Layer, own.leak(), "", "")]);
    let form = catalog.layer("case-0").unwrap().cartography_of(true).clone();
    assert_eq!((form.breaks.fixed, form.good), (Some(vec![100.0]), None));
}

#[test]
fn a_fault_of_a_key_that_the_public_form_takes_over_is_listed_once() {
    let body = "carrier = 'dong'\nvalue = 'a'\ncartography = { breaks = [2, 1] }\n\
        [[layer.measure]]\nname = 'a'\nsum = 'people.total'\n[layer.public]\n\
        suppression_threshold = 5\ncartography = { palette = 'Red' }";
    let faults = load(&[(Layer, body, "", "")]).0.unwrap_err();
    let keys: Vec<&str> = faults.0.iter().map(|fault| fault.key.as_str()).collect();
    assert_eq!(keys, ["layer[0].cartography.breaks[1]", "layer[0].public.cartography.palette"]);
}

#[test]
fn a_presentation_is_read_key_by_key() {
    let body = by_month!(
        "scheme = 'sequential', dark = 'low', method = 'equal_interval', classes = 3, \
         categories = []"
    );
    let catalog = layer_of(&[(Layer, body, "", "")]);
    let cartography = &catalog.layer("case-0").unwrap().cartography;
    let expected = Cartography {
        scheme: Some(ColourScheme::Sequential),
        dark: Some(ValueEnd::Low),
        breaks: crate::DeclaredBreaks {
            fixed: None,
            method: Some(BreakMethod::EqualInterval),
            classes: Some(3),
        },
        ..Cartography::default()
    };
    assert_eq!(*cartography, expected);
}

const THEME: &str = "title = { ko = '숲', en = 'Forest' }\norder = 7\npalette = 'green'\n\
    opening_map = 'trees'\n[[layer]]\nid = 'trees'\ntitle = { ko = '나무', en = 'Trees' }\n\
    visibility = 'public'\ndataset = 'plot'\n[[layer]]\nid = 'roots'\n\
    title = { ko = '뿌리', en = 'Roots' }\nvisibility = 'staff'\ndataset = 'plot'\n";

#[test]
fn a_theme_opens_with_a_public_map_of_its_own() {
    let catalog = layer_of(&[(File, THEME, "", "")]);
    let theme = catalog.themes.iter().find(|theme| theme.id.as_str() == "x0").unwrap();
    assert_eq!(theme.palette.as_deref(), Some("green"));
    assert_eq!(theme.opening_map.as_ref().map(data_model::LayerId::as_str), Some("trees"));
}

#[rstest]
#[case("opening_map = 'trees'", "opening_map = 'tree'", "opening_map", "trees")]
#[case("opening_map = 'trees'", "opening_map = 'roots'", "opening_map", "public map")]
#[case("palette = 'green'", "palette = 'Green'", "palette", "a-z")]
fn a_faulty_theme_is_named(
    #[case] sound: &str,
    #[case] faulty: &str,
    #[case] key: &str,
    #[case] remedy: &str,
) {
    let text: &'static str = THEME.replace(sound, faulty).leak();
    let faults = load(&[(File, text, "", "")]).0.unwrap_err();
    assert_eq!(faults.0.len(), 1, "{faults}");
    assert_eq!((faults.0[0].file.as_str(), faults.0[0].key.as_str()), ("layers/x0.toml", key));
    assert!(faults.0[0].remedy.contains(remedy), "{faults}");
}
