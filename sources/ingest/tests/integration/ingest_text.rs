//! Text of Shapefiles: its encoding, and the notes on it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use rstest::rstest;
use testing::OwnedValue;
use testing::import_folder::{ImportFolder, read, text};
use testing::shapefile::{ShapeRecord, WGS_84, dbf, shp};

/// Imports a Shapefile of one text column with these bytes, and a `.cpg` if given;
/// returns the values and the notes.
fn with_texts(rows: &[&[u8]], cpg: Option<&[u8]>, driver: u8) -> (Vec<OwnedValue>, Vec<String>) {
    let folder = ImportFolder::new();
    let points: Vec<ShapeRecord> = rows.iter().map(|_| ShapeRecord::Point(127.04, 37.55)).collect();
    let (shp, shx) = shp(&points);
    let numbers: Vec<Vec<u8>> = (0..rows.len()).map(|row| row.to_string().into_bytes()).collect();
    let rows: Vec<[&[u8]; 2]> = numbers.iter().zip(rows).map(|(n, text)| [&n[..], *text]).collect();
    let rows: Vec<&[&[u8]]> = rows.iter().map(|row| &row[..]).collect();
    let mut table = dbf(&[(b"ROW", b'N', 4, 0), (b"NAME", b'C', 30, 0)], &rows);
    table[29] = driver;
    folder.write_file("s.shp", shp);
    folder.write_file("s.shx", shx);
    folder.write_file("s.dbf", table);
    folder.write_file("s.prj", WGS_84);
    if let Some(cpg) = cpg {
        folder.write_file("s.cpg", cpg);
    }
    let imported = folder.import(&folder.file("s.shp")).unwrap();
    let texts = read(&imported).features.iter().map(|feature| feature.values[1].clone()).collect();
    (texts, imported.notes.iter().map(korean_text::Bilingual::en).collect())
}

const GANADONG_CP949: &[u8] = b"\xb0\xa1\xb3\xaa\xb5\xbf";

#[rstest]
#[case::utf8_called_949(Some(&b"949"[..]), "가나동".as_bytes(), "가나동", "says CP949, which its bytes contradict")]
#[case::cp949_called_utf8(Some(&b"UTF-8"[..]), GANADONG_CP949, "가나동", "says UTF-8, which its bytes contradict")]
#[case::utf8_called_gbk(Some(&b"936"[..]), "다라로 한글".as_bytes(), "다라로 한글", "says GBK, which")]
#[case::utf8_called_western(Some(&b"ISO-8859-1"[..]), "가나동".as_bytes(), "가나동", "which its bytes contradict")]
#[case::western(Some(&b"ISO-8859-1"[..]), b"Stra\xdfe", "Straße", "windows-1252, as its .cpg says")]
#[case::java(Some(&b"x-windows-949"[..]), GANADONG_CP949, "가나동", "text is CP949, as its .cpg says")]
#[case::ibm(Some(&b"IBM-949\0"[..]), GANADONG_CP949, "가나동", "text is CP949, as its .cpg says")]
#[case::quoted(Some(&b" \"MS949\"\r\n"[..]), GANADONG_CP949, "가나동", "text is CP949, as its .cpg says")]
#[case::utf16(Some(&b"\xff\xfe9\x004\x009\x00"[..]), GANADONG_CP949, "가나동", "text is CP949, as its .cpg says")]
#[case::of_the_machine(Some(&b"OEM"[..]), GANADONG_CP949, "가나동", "\"OEM\", which is no known encoding")]
#[case::system(Some(&b"System"[..]), "가나동".as_bytes(), "가나동", "\"System\", which is no known encoding")]
#[case::none(None, GANADONG_CP949, "가나동", "text is CP949, as its bytes tell")]
// Two Latin letters in UTF-8, too.
#[case::short(None, b"\xc5\xba\xc3\xb5", "탄천", "text is CP949, as its bytes tell")]
#[case::short_and_said(Some(&b"UTF-8"[..]), "źõ".as_bytes(), "źõ", "text is UTF-8, as its .cpg says")]
fn a_cpg_that_the_bytes_contradict_loses(
    #[case] cpg: Option<&[u8]>,
    #[case] bytes: &[u8],
    #[case] expected: &str,
    #[case] note: &str,
) {
    let (texts, notes) = with_texts(&[bytes, b"abc"], cpg, 0);
    assert_eq!(texts, [text(expected), text("abc")]);
    assert!(notes.iter().any(|line| line.contains(note)), "{notes:?}");
}

#[rstest]
// 東京 in Shift JIS: 3 of its 4 bytes are CP949's, too.
#[case::japanese(0x13, b"\x93\x8c\x8b\x9e", "東京", "language driver of its .dbf says")]
#[case::korean(0x79, GANADONG_CP949, "가나동", "CP949, as the language driver")]
#[case::western_by_default(
    0x03,
    GANADONG_CP949,
    "가나동",
    "0x03 of its .dbf stands for windows-1252, which"
)]
#[case::western(0x03, b"Stra\xdfe", "Straße", "windows-1252, as the language driver")]
#[case::utf8_called_korean(0x4e, "가나동".as_bytes(), "가나동", "0x4e of its .dbf stands for CP949, which")]
#[case::of_the_machine(0x57, GANADONG_CP949, "가나동", "CP949, as its bytes tell")]
fn a_language_driver_counts_without_a_cpg(
    #[case] driver: u8,
    #[case] bytes: &[u8],
    #[case] expected: &str,
    #[case] note: &str,
) {
    let (texts, notes) = with_texts(&[bytes], None, driver);
    assert_eq!(texts, [text(expected)]);
    assert!(notes.iter().any(|line| line.contains(note)), "{notes:?}");
}

#[test]
fn a_western_driver_of_ascii_text_is_not_worth_a_note() {
    let (_, notes) = with_texts(&[b"abc"], None, 0x03);
    assert!(matches!(&notes[..], [only] if only.starts_with("text is")), "{notes:?}");
}

#[test]
fn one_damaged_text_does_not_change_the_encoding_of_all_others() {
    let rows = ["가나동", "다라로", "마바길"].map(str::as_bytes);
    let damaged = b"\xea\xb0x";
    let (texts, _) = with_texts(&[rows[0], rows[1], rows[2], damaged], Some(b"UTF-8"), 0);
    assert_eq!(texts[..3], [text("가나동"), text("다라로"), text("마바길")]);
}

/// Korean declared as Chinese or Japanese: most of its bytes are characters of these.
#[rstest]
#[case::chinese("936", 0, &["가나동", "다라로"])]
#[case::chinese_by_name("GBK", 0, &["성수동2가", "왕십리도선동", "한양대학교"])]
#[case::taiwanese("950", 0, &["성동구 뚝섬로54길", "행당동"])]
#[case::japanese("Shift_JIS", 0, &["금호2·3가동", "옥수동"])]
#[case::chinese_driver("", 0x4d, &["가나동", "다라로"])]
#[case::chinese_driver_of_windows("", 0x7a, &["응봉동", "사근동"])]
#[case::taiwanese_driver("", 0x78, &["마장동", "용답동"])]
fn korean_called_chinese_became_chinese_characters(
    #[case] cpg: &str,
    #[case] driver: u8,
    #[case] texts: &[&str],
) {
    let bytes: Vec<_> = texts.iter().map(|text| encoding_rs::EUC_KR.encode(text).0).collect();
    let bytes: Vec<&[u8]> = bytes.iter().map(|bytes| &bytes[..]).collect();
    let cpg = (!cpg.is_empty()).then_some(cpg.as_bytes());
    let (found, notes) = with_texts(&bytes, cpg, driver);
    assert_eq!(found, texts.iter().map(|expected| text(expected)).collect::<Vec<_>>());
    assert!(notes.iter().any(|note| note.contains("Korean in CP949")), "{notes:?}");
}

#[rstest]
#[case::chinese("936", encoding_rs::GBK, &["北京市", "广东", "延吉"])]
#[case::one_chinese_name("GBK", encoding_rs::GBK, &["广东"])]
#[case::taiwanese("950", encoding_rs::BIG5, &["臺北市", "中山路"])]
#[case::japanese("932", encoding_rs::SHIFT_JIS, &["東京都", "ｶﾀｶﾅ"])]
fn text_that_is_chinese_or_japanese_stays_so(
    #[case] cpg: &str,
    #[case] encoding: &'static encoding_rs::Encoding,
    #[case] texts: &[&str],
) {
    let bytes: Vec<_> = texts.iter().map(|text| encoding.encode(text).0).collect();
    let bytes: Vec<&[u8]> = bytes.iter().map(|bytes| &bytes[..]).collect();
    let (found, _) = with_texts(&bytes, Some(cpg.as_bytes()), 0);
    assert_eq!(found, texts.iter().map(|expected| text(expected)).collect::<Vec<_>>());
}
