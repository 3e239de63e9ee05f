//! Search over the real binary: places in a dong, lots, and data for staff only.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test")]

mod support {
    mod http;
    mod process;
    mod searched;
    pub(crate) use http::*;
    pub(crate) use process::*;
    pub(crate) use searched::*;
}

use data_model::feature::{AttributeValue, ColumnType, GeometryKind};
use rstest::rstest;
use support::{Row, Searched, declare, point, square, write, write_catalog};

/// Dongs side by side, libraries in them and a dataset for staff only.
fn places() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (dongs, dong_layer) = declare(
        "dong",
        "행정동",
        "polygon",
        "key = ['cd']\nsearch = ['nm']",
        &["cd:code", "nm:text"],
    );
    let (libraries, library_layer) =
        declare("library", "도서관", "point", "search = ['nm']", &["nm:text", "type:text"]);
    let kinds = "type = 'enum', values = [{ ko = '공공도서관', en = 'Public library' }, \
        { ko = '스마트도서관', en = 'Kiosk' }]";
    let libraries =
        libraries.replace("name = 'type', type = 'text'", &format!("name = 'type', {kinds}"));
    let (parcels, parcel_layer) =
        declare("parcel", "필지", "polygon", "search = ['jibun']", &["jibun:text"]);
    let (secret, secret_layer) =
        declare("secret", "비공개 도서관", "point", "search = ['nm']", &["nm:text"]);
    let secret_layer = secret_layer.replace("'public'", "'staff'");
    write_catalog(
        folder.path(),
        "stats_areas = 'dong'\n",
        &[dongs, libraries, parcels, secret].concat(),
        &[dong_layer, library_layer, parcel_layer, secret_layer].concat(),
    );
    let text = ColumnType::Text;
    let names = ["성수1가1동", "성수2가3동", "왕십리도선동", "왕십리제2동"];
    let dong = |(n, name): (usize, &'static str)| {
        let code = ["1", "2", "3", "4"][n];
        (
            square(127.0 + 0.01 * n as f64, 37.5, 0.01),
            vec![AttributeValue::Text(code), AttributeValue::Text(name)],
        )
    };
    let rows: Vec<Row<'_>> = names.into_iter().enumerate().map(dong).collect();
    write(folder.path(), "dong", GeometryKind::Polygon, &[("cd", text), ("nm", text)], &rows);
    let at = |dong: f64| point(127.005 + 0.01 * dong, 37.505);
    let row =
        |dong, name, kind| (at(dong), vec![AttributeValue::Text(name), AttributeValue::Text(kind)]);
    let rows = [
        row(0.0, "책마루", "공공도서관"),
        row(1.0, "숲속도서관", "스마트도서관"),
        row(2.0, "무지개도서관", "공공도서관"),
        row(3.0, "성수동을 그린 도서관", "공공도서관"),
    ];
    write(folder.path(), "library", GeometryKind::Point, &[("nm", text), ("type", text)], &rows);
    let lot = |dong: f64| {
        (square(127.004 + 0.01 * dong, 37.504, 0.001), vec![AttributeValue::Text("656-3")])
    };
    let rows = [lot(0.0), lot(1.0)];
    write(folder.path(), "parcel", GeometryKind::Polygon, &[("jibun", text)], &rows);
    let rows = [(at(0.0), vec![AttributeValue::Text("비밀도서관")])];
    write(folder.path(), "secret", GeometryKind::Point, &[("nm", text)], &rows);
    folder
}

#[rstest]
#[case::in_the_family_of_dongs("성수동 도서관", &["성수동을 그린 도서관", "숲속도서관", "책마루"])]
#[case::in_another_order("도서관 성수동", &["성수동을 그린 도서관", "숲속도서관", "책마루"])]
#[case::without_a_blank("성수동도서관", &["성수동을 그린 도서관", "숲속도서관", "책마루"])]
#[case::in_one_dong("성수2가3동 도서관", &["숲속도서관"])]
#[case::of_a_kind("성수동 스마트도서관", &["숲속도서관"])]
#[case::of_a_kind_in_english("성수동 kiosk", &["숲속도서관"])]
#[case::without_the_ending("왕십리 도서관", &["무지개도서관", "성수동을 그린 도서관"])]
#[case::in_the_district("성동구 무지개", &["무지개도서관"])]
#[case::in_more_areas_than_four_words_name(
    "성수동 성수 성수2가3동 성수2가 성수2가3 도서관", &["숲속도서관"])]
#[case::with_a_remark("성수2가3동 도서관 (휴관)", &["숲속도서관"])]
#[case::nowhere("성수동 경찰서", &[])]
fn places_are_found_in_a_dong(#[case] typed: &str, #[case] expected: &[&str]) {
    let folder = places();
    let mut titles = Searched::new(folder.path()).titles(typed);
    titles.sort();
    assert_eq!(titles, expected);
}

#[test]
fn lots_of_one_number_in_two_dongs_are_two_results() {
    let folder = places();
    let mut search = Searched::new(folder.path());
    assert_eq!(search.titles("656-3"), ["성수1가1동 656-3", "성수2가3동 656-3"]);
    assert_eq!(search.titles("성수2가3동 656-3"), ["성수2가3동 656-3"]);
    assert_eq!(search.titles("65-63"), [""; 0]);
}

#[test]
fn what_only_staff_may_see_is_in_no_public_search_of_a_dong() {
    let folder = places();
    let mut search = Searched::new(folder.path());
    assert!(!search.titles("성수동 도서관").iter().any(|title| title.contains("비밀")));
    assert_eq!(search.titles("비밀도서관"), [""; 0]);
}
