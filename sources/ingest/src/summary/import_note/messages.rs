//! Messages of the notes in Korean and in English.

use crate::summary::import_note::{EncodingSource, FeatureRepair, ImportNote, ValueReplacement};
use korean_text::bilingual::Bilingual;

impl FeatureRepair {
    fn ko(self) -> &'static str {
        match self {
            Self::Swapped => "위도와 경도가 바뀌어 있어 바로잡았습니다",
            Self::Rebuilt => "스스로 교차하여 다시 만들었습니다",
            Self::Closed => "고리가 닫혀 있지 않아 닫았습니다",
            Self::Rewound => "고리의 방향이 반대여서 돌렸습니다",
            Self::Spikes => "고리가 한 선 위로 갔다가 되돌아온 부분이 있어 그 부분을 뺐습니다",
            Self::Duplicates => "같은 고리가 여러 번 있어 하나만 남겼습니다",
            Self::DroppedParts => "크기가 없는 고리나 선이 있어 그 부분을 뺐습니다",
            Self::Heights => "높이나 측정값(Z, M)이 있었으나 지도에는 담지 않습니다",
            Self::MixedKinds => {
                "여러 종류가 섞인 모음이어서 면이 있으면 면만, 없으면 선만 남겼습니다"
            }
            Self::Nowhere => "좌표가 0, 0이어서 도형 없이 담았습니다",
            Self::BroughtBack => "좌표가 반올림으로 ±180°나 ±90°를 넘어 되돌렸습니다",
        }
    }

    fn en(self) -> &'static str {
        match self {
            Self::Swapped => "had latitude and longitude swapped: put right",
            Self::Rebuilt => "crossed themselves: rebuilt",
            Self::Closed => "had rings that were not closed: closed",
            Self::Rewound => "had rings wound the wrong way: rewound",
            Self::Spikes => "had rings that run out and back on one line: these parts are left out",
            Self::Duplicates => "had the same ring more than once: one of each is kept",
            Self::DroppedParts => "had rings or lines without extent: these parts are left out",
            Self::Heights => "had heights or measures (Z, M), which a map does not keep",
            Self::MixedKinds => {
                "were collections of several kinds: polygons are kept before lines, and lines \
                 before points"
            }
            Self::Nowhere => "had 0, 0 for a position: kept without geometry",
            Self::BroughtBack => "had positions past ±180° or ±90° by rounding: brought back",
        }
    }
}

impl EncodingSource {
    fn ko(self) -> &'static str {
        match self {
            Self::User => "지정하신 대로",
            Self::Cpg => ".cpg에 적힌 대로",
            Self::Driver => ".dbf의 언어 드라이버에 적힌 대로",
            Self::Bytes => "내용을 보고 판단",
        }
    }

    fn en(self) -> &'static str {
        match self {
            Self::User => "as you said",
            Self::Cpg => "as its .cpg says",
            Self::Driver => "as the language driver of its .dbf says",
            Self::Bytes => "as its bytes tell",
        }
    }
}

impl Bilingual for ImportNote {
    fn ko(&self) -> String {
        match self {
            Self::Encoding { name, how } => format!("문자는 {name}입니다({})", how.ko()),
            Self::CpgPassedOver { text } => {
                format!(".cpg의 {text:?}은(는) 아는 인코딩이 아니어서 건너뛰었습니다")
            }
            Self::CpgContradicted { name } => {
                format!(".cpg에는 {name}이라고 적혀 있으나 내용과 맞지 않아 따르지 않았습니다")
            }
            Self::DriverContradicted { driver, name } => format!(
                ".dbf의 언어 드라이버 {driver:#04x}는 {name}을 뜻하나 내용과 맞지 않아 따르지 \
                 않았습니다"
            ),
            Self::KoreanText { name, how } => {
                let by = match how {
                    EncodingSource::Driver => ".dbf의 언어 드라이버는",
                    _ => ".cpg에는",
                };
                format!("{by} {name}이라고 하나 내용은 CP949로 적은 한국어여서 따르지 않았습니다")
            }
            Self::TableHeaderEnding { byte } => format!(
                ".dbf의 머리글이 0x0d가 아니라 {byte:#04x}(으)로 끝나 그 뒤를 건너뛰었습니다"
            ),
            Self::BytesBehindShapes { bytes, row } => format!(
                ".shp의 마지막 레코드({row}행) 뒤에 있는 {bytes}바이트는 레코드가 아니어서 건너뛰었습니다"
            ),
            Self::IndexLength { stated, kept } => format!(
                ".shx의 머리글에는 {stated}바이트라고 적혀 있으나 항목은 {kept}바이트에서 끝나고 빠진 \
                 것이 없어 그대로 읽었습니다"
            ),
            Self::NoAttributes => "속성이 든 .dbf가 없어 피처에 속성이 없습니다".to_owned(),
            Self::Deleted { rows } => format!(".dbf에 삭제 표시된 행 {rows}개를 뺐습니다"),
            Self::ForeignIndex { row, found: (number, bytes), expected } => format!(
                ".shx가 이 .shp의 것이 아닙니다({row}행: 레코드 {number}, 길이 {bytes}, 색인에는 \
                 {expected}바이트). 색인 없이 차례대로 읽었습니다"
            ),
            Self::ColumnNotRead { column, kind } => {
                format!("열 {column:?}의 형식 {kind}은(는) 읽지 않습니다")
            }
            Self::UnreadableValues { column, values, first_row, replacement } => {
                let outcome = match replacement {
                    ValueReplacement::Replaced => {
                        "글자가 아닌 바이트가 있어 \u{fffd}로 바꾸었습니다"
                    }
                    ValueReplacement::Text => "숫자가 아니어서 적힌 그대로 두었습니다",
                    ValueReplacement::Empty => "열의 형식에 맞지 않아 비웠습니다",
                };
                format!("열 {column:?}의 값 {values}개: {outcome}(처음은 {first_row}행)")
            }
            Self::NotNumbers { values } => {
                format!("NaN이나 무한대인 값 {values}개를 비웠습니다")
            }
            Self::Features { features, what } => format!("피처 {features}개: {}", what.ko()),
            Self::AllSwapped => {
                "모든 좌표가 북거·동거(또는 위도·경도) 순서여서 바꾸었습니다".to_owned()
            }
            Self::Outside { features, first_row, bounds } => format!(
                "피처 {features}개가 {} 밖에 있습니다(처음은 {first_row}행). 좌표를 확인하십시오",
                bounds.ko()
            ),
            Self::OtherCrsFit { crs, country } => format!(
                "{}(으)로 읽어도 {} 땅에 놓입니다. 지역의 범위를 몰라 어느 쪽이 맞는지 확인하지 \
                 못했습니다. 지도를 확인하거나 --bounds W,S,E,N을 주십시오",
                crs.join(" 또는 "),
                country.ko()
            ),
            Self::SwappedOntoLand { middle, country } => format!(
                "적힌 대로는 {middle} 부근으로 {} 땅이 아니어서 좌표의 순서를 바꾸었습니다. 그곳이 \
                 맞으면 --bounds W,S,E,N으로 범위를 주십시오",
                country.ko()
            ),
            Self::OffLand { country } => format!(
                "{} 땅이 아닌 곳에 놓입니다. 지역의 범위를 몰라 맞는지 확인하지 못했습니다",
                country.ko()
            ),
            Self::ModifiedMeridian { meridian, crs } => format!(
                ".prj의 중앙자오선은 {meridian}°인데, 한국의 베셀 자료는 실제로 10.405″ 동쪽으로 보정된 \
                 자오선을 씁니다. {crs}(으)로 읽었습니다. 보정하지 않은 자료라면 약 250 m 어긋나므로 \
                 지도를 확인하십시오"
            ),
            Self::OldRejectsStay { path, error } => format!(
                "모든 행을 담았으나, 이전 가져오기의 {}을(를) 지울 수 없습니다({})",
                path.display(),
                error.ko()
            ),
            Self::RejectsElsewhere { path, kept: Some(kept), error } => format!(
                "{}에 쓸 수 없습니다({}). 제외된 행은 {}에 있습니다",
                path.display(),
                error.ko(),
                kept.display()
            ),
            Self::RejectsElsewhere { path, kept: None, error } => {
                format!("{}에 쓸 수 없습니다({})", path.display(), error.ko())
            }
            Self::ColumnRenamed { file, table } => format!(
                "열 {file:?}의 이름이 테이블에서는 {table:?}입니다. PostgreSQL에서 쓸 수 없거나 이미 \
                 있는 이름입니다"
            ),
            Self::NotIndexed { columns } => format!(
                "파일에 없거나 JSON인 열이어서 색인에 넣지 않았습니다: {}",
                columns.join(", ")
            ),
            Self::IndexesLost { indexes } => format!(
                "테이블의 열이 달라져 이전 테이블의 색인이 없어졌습니다: {}",
                indexes.join(", ")
            ),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::Encoding { name, how } => format!("text is {name}, {}", how.en()),
            Self::CpgPassedOver { text } => {
                format!("its .cpg says {text:?}, which is no known encoding: passed over")
            }
            Self::CpgContradicted { name } => {
                format!("its .cpg says {name}, which its bytes contradict: passed over")
            }
            Self::DriverContradicted { driver, name } => format!(
                "the language driver {driver:#04x} of its .dbf stands for {name}, which its bytes \
                 contradict: passed over"
            ),
            Self::KoreanText { name, how } => {
                let by = match how {
                    EncodingSource::Driver => "the language driver of its .dbf",
                    _ => "its .cpg",
                };
                format!("{by} says {name}, but the text is Korean in CP949: passed over")
            }
            Self::TableHeaderEnding { byte } => format!(
                "the header of the .dbf ends with {byte:#04x} and not with 0x0d: the rest of it is \
                 passed over"
            ),
            Self::BytesBehindShapes { bytes, row } => format!(
                "the .shp has {bytes} bytes behind its last record (row {row}) that are no record: \
                 passed over"
            ),
            Self::IndexLength { stated, kept } => format!(
                "the header of the .shx says {stated} bytes and its entries end at {kept}; none is \
                 missing, and they are read as they are"
            ),
            Self::NoAttributes => {
                "there is no .dbf with fields beside it: the features have no attributes".to_owned()
            }
            Self::Deleted { rows } => {
                format!("{rows} row(s) marked as deleted in the .dbf are left out")
            }
            Self::ForeignIndex { row, found: (number, bytes), expected } => format!(
                "the .shx does not belong to the .shp (row {row}: record {number} of {bytes} \
                 bytes, and not {expected} bytes): the shapes are read without it, in their order"
            ),
            Self::ColumnNotRead { column, kind } => {
                format!("column {column:?} of type {kind} is not read")
            }
            Self::UnreadableValues { column, values, first_row, replacement } => {
                let outcome = match replacement {
                    ValueReplacement::Replaced => {
                        "have characters that are no text; each stands as \u{fffd}"
                    }
                    ValueReplacement::Text => "are no numbers and stand as they are",
                    ValueReplacement::Empty => "are not of the column's type and are left empty",
                };
                format!(
                    "column {column:?}: {values} value(s) {outcome} (the first in row {first_row})"
                )
            }
            Self::NotNumbers { values } => {
                format!("{values} value(s) are NaN or infinite and are left empty")
            }
            Self::Features { features, what } => format!("{features} feature(s) {}", what.en()),
            Self::AllSwapped => "all coordinates were northing, easting: swapped".to_owned(),
            Self::Outside { features, first_row, bounds } => format!(
                "{features} feature(s) lie outside {}, the first in row {first_row}: look at their \
                 coordinates",
                bounds.en()
            ),
            Self::OtherCrsFit { crs, country } => format!(
                "read as {} it would lie in {} too; which is right was not checked, since no \
                 district's bounds are known: look at the map, or give --bounds W,S,E,N",
                crs.join(" or as "),
                country.en()
            ),
            Self::SwappedOntoLand { middle, country } => format!(
                "as it stood it would lie around {middle}, off {}'s land; if it is meant to, give \
                 its bounds as --bounds W,S,E,N",
                country.en()
            ),
            Self::OffLand { country } => format!(
                "it lies off {}'s land; whether that is right was not checked, since no \
                 district's bounds are known",
                country.en()
            ),
            Self::ModifiedMeridian { meridian, crs } => format!(
                "its .prj counts from the meridian {meridian}°, but Korean data on the ellipsoid of \
                 Bessel uses the one moved 10.405″ east: read as {crs}. Look at the map: data that \
                 does count from {meridian}° lies about 250 m off then"
            ),
            Self::OldRejectsStay { path, error } => format!(
                "all rows are kept, but {} of an earlier import can't be removed ({})",
                path.display(),
                error.en()
            ),
            Self::RejectsElsewhere { path, kept: Some(kept), error } => format!(
                "{} can't be written ({}); its rows are in {}",
                path.display(),
                error.en(),
                kept.display()
            ),
            Self::RejectsElsewhere { path, kept: None, error } => {
                format!("{} can't be written ({})", path.display(), error.en())
            }
            Self::ColumnRenamed { file, table } => format!(
                "the column {file:?} is {table:?} in the table: PostgreSQL does not take the name, \
                 or has one"
            ),
            Self::NotIndexed { columns } => format!(
                "not part of the index, because the file has no such column, or one of JSON: {}",
                columns.join(", ")
            ),
            Self::IndexesLost { indexes } => format!(
                "the table has other columns now; these indexes of the old one are gone: {}",
                indexes.join(", ")
            ),
        }
    }
}
