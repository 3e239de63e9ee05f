//! Search over the real binary: addresses by road and number.

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
use support::{Row, Searched, declare, point, write, write_catalog};

/// Addresses in the columns of the Interior Ministry, with a legal dong.
fn addresses() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let columns = ["no:code", "rn:text", "buld_mnnm:int", "buld_slno:int", "buld_se_cd:code"];
    let more = ["emd_kor_nm:text", "jibun:text", "bld_nm:text"];
    let listed: Vec<&str> = columns.into_iter().chain(more).collect();
    let keys = "key = ['no']\nsearch = ['rn', 'bld_nm']";
    let (dataset, layer) = declare("addr", "주소", "point", keys, &listed);
    write_catalog(folder.path(), "addresses = 'addr'\n", &dataset, &layer);
    let rows = [
        ("뚝섬로54길", 12, 0, "0", "성수동2가", "277-17", ""),
        ("뚝섬로54길", 14, 3, "0", "성수동2가", "277-20", "한신아파트"),
        ("뚝섬로54길", 1, 0, "0", "성수동2가", "270-1", ""),
        ("뚝섬로54길", 14, 0, "0", "성수동2가", "277-2", ""),
        ("뚝섬로54길", 12, 0, "1", "성수동2가", "277-17", ""),
        ("뚝섬로54길", 140, 0, "0", "성수동2가", "2771-7", ""),
        ("뚝섬로", 54, 0, "0", "성수동1가", "656-3", ""),
        ("뚝섬로", 5, 0, "0", "성수동1가", "6-563", ""),
        ("뚝섬로54길", 14, 3, "0", "성수동2가", "277-20", "한신아파트"),
    ];
    let stored: Vec<String> = (0..rows.len()).map(|n| format!("{n:04}")).collect();
    let rows: Vec<Row<'_>> = rows
        .iter()
        .zip(&stored)
        .enumerate()
        .map(|(n, ((road, main, sub, level, dong, lot, building), key))| {
            let values = vec![
                AttributeValue::Text(key),
                AttributeValue::Text(road),
                AttributeValue::Int(*main),
                AttributeValue::Int(*sub),
                AttributeValue::Text(level),
                AttributeValue::Text(dong),
                AttributeValue::Text(lot),
                if building.is_empty() {
                    AttributeValue::Null
                } else {
                    AttributeValue::Text(building)
                },
            ];
            (point(127.04 + 0.001 * n as f64, 37.54), values)
        })
        .collect();
    let (text, int) = (ColumnType::Text, ColumnType::Int);
    let columns = [
        ("no", text),
        ("rn", text),
        ("buld_mnnm", int),
        ("buld_slno", int),
        ("buld_se_cd", text),
        ("emd_kor_nm", text),
        ("jibun", text),
        ("bld_nm", text),
    ];
    write(folder.path(), "addr", GeometryKind::Point, &columns, &rows);
    folder
}

#[test]
fn a_road_and_a_number_are_one_address() {
    let folder = addresses();
    let mut search = Searched::new(folder.path());
    for typed in [
        "뚝섬로54길 12",
        "뚝섬로54길12",
        "뚝섬로 54길 12",
        "뚝섬로５４길　１２",
        "성동구 뚝섬로54길 12 (성수동2가)",
        "서울특별시 성동구 뚝섬로54길 12",
        "서울 성동구 뚝섬로54길 12, 3층 (성수동2가)",
        "ㄸㅅㄹ54ㄱ 12",
    ] {
        let titles = search.titles(typed);
        assert_eq!(
            titles.first().map(String::as_str),
            Some("뚝섬로54길 12"),
            "{typed}: {titles:?}"
        );
    }
    for typed in ["뚝섬로54길 14-3", "뚝섬로54길 14 - 3", "뚝섬로54길 １４－３", "뚝섬로54길14–3"]
    {
        assert_eq!(search.titles(typed), ["뚝섬로54길 14-3"], "{typed}");
    }
    assert_eq!(search.titles("뚝섬로54길 지하 12"), ["뚝섬로54길 지하 12"]);
    let hit = &search.hits("뚝섬로54길 14-3")[0];
    assert_eq!((&hit["kind"], &hit["id"]), (&"address".into(), &"com-addr".into()));
    assert_eq!(hit["detail"], "성수동2가, 한신아파트");
    for typed in ["뚝섬로54길 99", "중구 뚝섬로54길 12", "왕십리로 12"] {
        assert_eq!(search.titles(typed), [""; 0], "{typed}");
    }
}

#[test]
fn two_addresses_never_collapse_into_one_result() {
    let folder = addresses();
    let mut search = Searched::new(folder.path());
    let all = ["1", "12", "지하 12", "14", "14-3", "140"].map(|n| format!("뚝섬로54길 {n}"));
    assert_eq!(search.titles("뚝섬로54길"), all, "a road lists its addresses in order");
    let begun = ["1", "12", "지하 12", "14", "14-3", "140"].map(|n| format!("뚝섬로54길 {n}"));
    assert_eq!(search.titles("뚝섬로54길 1"), begun, "the number itself comes first");
    let fourteen = ["14", "14-3", "140"].map(|n| format!("뚝섬로54길 {n}"));
    assert_eq!(search.titles("뚝섬로54길 14"), fourteen);
    let road = search.titles("뚝섬로");
    assert!(road.starts_with(&["뚝섬로 5".to_owned(), "뚝섬로 54".to_owned()]), "{road:?}");
}

/// Addresses that the data has, with what people write around them.
#[rstest]
#[case::building_in_brackets("뚝섬로54길 12 (성수동2가, 해솔공장)", &["뚝섬로54길 12"])]
#[case::building_alone_in_brackets("뚝섬로54길 14-3 (푸른빌라)", &["뚝섬로54길 14-3"])]
#[case::brackets_not_closed("뚝섬로54길 12 (성수동2가, 해솔", &["뚝섬로54길 12"])]
#[case::building_behind("뚝섬로54길 14-3 푸른빌라 가동 301호", &["뚝섬로54길 14-3"])]
#[case::company_before("해솔산업, 서울 성동구 뚝섬로54길 12", &["뚝섬로54길 12"])]
#[case::known_building("뚝섬로54길 14-3 (성수동2가, 한신아파트)", &["뚝섬로54길 14-3"])]
#[case::floor("뚝섬로54길 12, 3층", &["뚝섬로54길 12"])]
#[case::units("뚝섬로54길 14-3, 101동 202호", &["뚝섬로54길 14-3"])]
#[case::units_as_one_word("뚝섬로54길 14-3 101동202호(성수동2가)", &["뚝섬로54길 14-3"])]
#[case::basement("뚝섬로54길 12 지하1층", &["뚝섬로54길 12"])]
#[case::basement_in_two_words("뚝섬로54길 12 지하 1층 102호", &["뚝섬로54길 12"])]
#[case::initials_with_a_floor("ㄸㅅㄹ54ㄱ 14-3 2층 (해솔)", &["뚝섬로54길 14-3"])]
#[case::road_with_a_remark("뚝섬로 (해솔공장)", &["뚝섬로 5", "뚝섬로 54"])]
#[case::lot_with_a_building("성수동1가 656-3 해솔빌라 2층", &["뚝섬로 54"])]
#[case::another_district("중구 뚝섬로54길 12 (해솔공장)", &[])]
#[case::another_road("뚝섬로 54 길 99", &[])]
fn words_that_the_data_does_not_have_ended_the_search(
    #[case] typed: &str,
    #[case] expected: &[&str],
) {
    let folder = addresses();
    assert_eq!(Searched::new(folder.path()).titles(typed), expected);
}

#[rstest]
#[case::number_first("12 뚝섬로54길", &["뚝섬로54길 12"])]
#[case::number_first_with_a_dash("14-3, 뚝섬로 54길", &["뚝섬로54길 14-3"])]
#[case::postcode_first("04780 뚝섬로54길 14-3", &["뚝섬로54길 14-3"])]
#[case::word_for_the_dash("뚝섬로 54길 14의3", &["뚝섬로54길 14-3"])]
#[case::word_for_the_dash_of_a_lot("성수동1가 656의 3번지", &["뚝섬로 54"])]
#[case::lot_word_on_a_road("뚝섬로 54길 14-3번지", &["뚝섬로54길 14-3"])]
#[case::full_width("뚝섬로５４길　１４－３", &["뚝섬로54길 14-3"])]
#[case::district_run_in("성동구뚝섬로54길14-3", &["뚝섬로54길 14-3"])]
#[case::all_run_in("서울특별시성동구뚝섬로54길14-3(성수동2가)", &["뚝섬로54길 14-3"])]
#[case::district_and_road_run_in("성동구뚝섬로 54길 14-3", &["뚝섬로54길 14-3"])]
#[case::dong_run_in("성동구성수동1가656-3", &["뚝섬로 54"])]
#[case::another_district_run_in("중구뚝섬로54길14-3", &[])]
fn an_address_was_lost_by_the_way_in_which_it_is_written(
    #[case] typed: &str,
    #[case] expected: &[&str],
) {
    let folder = addresses();
    assert_eq!(Searched::new(folder.path()).titles(typed), expected);
}

/// A table of road, number and dong, without districts.
fn numbered<'r>(rows: &[(&'r str, &'r str, &'r str, f64)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let columns = ["road:text", "house:text", "emd_nm:text"];
    let keys = "address = { road = 'road', number = 'house' }";
    let (dataset, layer) = declare("addr", "주소", "point", keys, &columns);
    write_catalog(folder.path(), "addresses = 'addr'\n", &dataset, &layer);
    let row = |&(road, house, dong, lon): &(&'r str, &'r str, &'r str, f64)| {
        (
            point(lon, 37.5),
            vec![
                AttributeValue::Text(road),
                AttributeValue::Text(house),
                AttributeValue::Text(dong),
            ],
        )
    };
    let rows: Vec<Row<'r>> = rows.iter().map(row).collect();
    let text = ColumnType::Text;
    let columns = [("road", text), ("house", text), ("emd_nm", text)];
    write(folder.path(), "addr", GeometryKind::Point, &columns, &rows);
    folder
}

#[rstest]
#[case::far_apart(&[("중앙로", "12", "", 127.0), ("중앙로", "12", "", 127.3)],
    "중앙로 12", &["중앙로 12", "중앙로 12"])]
#[case::in_two_dongs(&[("중앙로", "12", "가나동", 127.0), ("중앙로", "12", "다라동", 127.001)],
    "중앙로 12", &["중앙로 12", "중앙로 12"])]
#[case::letters_behind(&[("중앙로", "12A", "", 127.0), ("중앙로", "12B", "", 127.0)],
    "중앙로 12", &["중앙로 12A", "중앙로 12B"])]
#[case::ranges(&[("중앙로", "10–19", "", 127.0), ("중앙로", "20–29", "", 127.0)],
    "중앙로", &["중앙로 10–19", "중앙로 20–29"])]
#[case::roads_alike_but_for_a_mark(&[("3·1로", "5", "", 127.0), ("31로", "5", "", 127.0)],
    "31로 5", &["31로 5", "3·1로 5"])]
#[case::entrances_of_one_building(&[("중앙로", "12", "", 127.0), ("중앙로", "12", "", 127.0005)],
    "중앙로 12", &["중앙로 12"])]
fn different_addresses_collapsed_to_one_result(
    #[case] rows: &[(&str, &str, &str, f64)],
    #[case] typed: &str,
    #[case] expected: &[&str],
) {
    let folder = numbered(rows);
    let mut titles = Searched::new(folder.path()).titles(typed);
    titles.sort();
    assert_eq!(titles, expected);
}

#[test]
fn a_lot_is_an_address_too_and_hyphens_count() {
    let folder = addresses();
    let mut search = Searched::new(folder.path());
    for typed in ["성수동1가 656-3", "656-3", "성수동 656-3번지", "성동구 성수동1가 656-3"]
    {
        let hits = search.hits(typed);
        assert_eq!(hits[0]["title"]["ko"], "뚝섬로 54", "{typed}: {hits:?}");
        assert_eq!(hits.len(), 1, "{typed}: {hits:?}");
    }
    assert_eq!(search.hits("성수동1가 656-3")[0]["detail"], "성수동1가 656-3");
}

#[test]
fn a_building_is_found_by_its_name_and_called_by_its_address() {
    let folder = addresses();
    let mut search = Searched::new(folder.path());
    for typed in ["한신아파트", "뚝섬로54길 한신", "한신 뚝섬"] {
        assert_eq!(search.titles(typed), ["뚝섬로54길 14-3"], "{typed}");
    }
}

#[test]
fn numbers_that_are_texts_and_roads_of_two_districts_stay_apart() {
    let folder = tempfile::tempdir().unwrap();
    let columns = ["road:text", "house:text", "gu:text"];
    let keys = "address = { road = 'road', number = 'house', district = 'gu' }";
    let (dataset, layer) = declare("addr", "주소", "point", keys, &columns);
    write_catalog(folder.path(), "addresses = 'addr'\n", &dataset, &layer);
    let rows =
        [("중앙로", "00012", "성동구"), ("중앙로", "12", "중구"), ("중앙로", "14-3", "중구")];
    let rows: Vec<Row<'_>> = rows
        .iter()
        .enumerate()
        .map(|(n, (road, house, gu))| {
            let place = point(127.0 + 0.01 * n as f64, 37.5);
            (
                place,
                vec![
                    AttributeValue::Text(road),
                    AttributeValue::Text(house),
                    AttributeValue::Text(gu),
                ],
            )
        })
        .collect();
    let text = ColumnType::Text;
    let columns = [("road", text), ("house", text), ("gu", text)];
    write(folder.path(), "addr", GeometryKind::Point, &columns, &rows);
    let mut search = Searched::new(folder.path());
    assert_eq!(search.titles("중앙로 12"), ["중앙로 12", "중앙로 12"]);
    let of_jung = search.hits("중구 중앙로 12");
    assert_eq!(of_jung.len(), 1, "{of_jung:?}");
    assert!((of_jung[0]["point"][0].as_f64().unwrap() - 127.01).abs() < 1e-6);
    assert_eq!(search.titles("중앙로 14-3"), ["중앙로 14-3"]);
}

#[test]
fn a_road_in_english_and_a_number_are_one_address() {
    let folder = tempfile::tempdir().unwrap();
    let columns = ["rn:text", "rn_eng:text", "main_no:int", "sub_no:int"];
    let keys = "search = ['rn']\nsearch_en = ['rn_eng']";
    let (dataset, layer) = declare("addr", "주소", "point", keys, &columns);
    write_catalog(folder.path(), "addresses = 'addr'\n", &dataset, &layer);
    let row = |n: i64| {
        let road = [AttributeValue::Text("왕십리로"), AttributeValue::Text("Wangsimni-ro")];
        let numbers = [AttributeValue::Int(n), AttributeValue::Int(0)];
        (point(127.0 + 0.01 * n as f64, 37.5), [road, numbers].concat())
    };
    let (text, int) = (ColumnType::Text, ColumnType::Int);
    let columns = [("rn", text), ("rn_eng", text), ("main_no", int), ("sub_no", int)];
    write(folder.path(), "addr", GeometryKind::Point, &columns, &[row(8), row(9), row(80)]);
    let mut search = Searched::new(folder.path());
    let hits = search.hits("Wangsimni-ro 9");
    assert_eq!(hits[0]["title"]["en"], "Wangsimni-ro 9", "{hits:?}");
    assert_eq!(search.titles("왕십리로"), ["왕십리로 8", "왕십리로 9", "왕십리로 80"]);
    assert_eq!(search.titles("wangsimniro").len(), 3);
}
