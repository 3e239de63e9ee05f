//! Faults of a GeoJSON document, and Korean messages for errors of the JSON reader.

use std::fmt;

use korean_text::bilingual::{Bilingual, Sentence};

/// A fault of a document that is JSON and no GeoJSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DocumentFault {
    /// A second member `features`.
    FeaturesTwice,
    /// TopoJSON.
    TopoJson,
    /// A collection without features.
    NoFeatures,
    /// A document of another type.
    OtherType,
    /// A feature with more properties than a table has columns.
    TooManyProperties,
}

impl DocumentFault {
    const ALL: [Self; 5] = [
        Self::FeaturesTwice,
        Self::TopoJson,
        Self::NoFeatures,
        Self::OtherType,
        Self::TooManyProperties,
    ];

    fn ko(self) -> &'static str {
        match self {
            Self::FeaturesTwice => "\"features\"가 두 번 있습니다",
            Self::TopoJson => {
                "TopoJSON입니다. 먼저 GeoJSON으로 변환하십시오(ogr2ogr -f GeoJSON out.geojson \
                 in.json)"
            }
            Self::NoFeatures => "FeatureCollection에 \"features\"가 없습니다",
            Self::OtherType => "GeoJSON이 아닙니다. \"type\"이 FeatureCollection이 아닙니다",
            Self::TooManyProperties => "속성이 4096개가 넘는 피처가 있습니다",
        }
    }
}

impl fmt::Display for DocumentFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FeaturesTwice => "a second member \"features\"",
            Self::TopoJson => {
                "this is TopoJSON; convert it to GeoJSON first (ogr2ogr -f GeoJSON out.geojson \
                 in.json)"
            }
            Self::NoFeatures => "a FeatureCollection without the member \"features\"",
            Self::OtherType => "this is no GeoJSON: its \"type\" is not FeatureCollection",
            Self::TooManyProperties => "a feature with more than 4096 properties",
        })
    }
}

/// Beginnings of the JSON reader's messages, with their Korean translation.
const SYNTAX: [(&str, &str); 20] = [
    ("EOF while", "글이 도중에 끝납니다"),
    ("expected `:`", "이름 뒤에 콜론(:)이 없습니다"),
    ("expected `,` or `]`", "배열에 쉼표나 닫는 대괄호(])가 없습니다"),
    ("expected `,` or `}`", "객체에 쉼표나 닫는 중괄호(})가 없습니다"),
    ("expected ident", "true, false, null이 잘못 적혀 있습니다"),
    ("expected value", "값이 와야 할 자리에 값이 없습니다"),
    ("expected `\"`", "따옴표가 없습니다"),
    ("invalid escape", "문자열에 잘못된 이스케이프(\\)가 있습니다"),
    ("invalid number", "수가 잘못 적혀 있습니다"),
    ("number out of range", "수가 너무 큽니다"),
    ("invalid unicode code point", "문자가 UTF-8이 아닙니다"),
    ("control character", "문자열 안에 줄바꿈 같은 제어 문자가 그대로 있습니다"),
    ("key must be a string", "객체의 이름이 따옴표 안에 있지 않습니다"),
    ("lone leading surrogate", "문자열의 \\u 표기에 짝이 없습니다"),
    ("unexpected end of hex escape", "문자열의 \\u 표기가 도중에 끝납니다"),
    ("trailing comma", "마지막 값 뒤에 쉼표가 있습니다"),
    ("trailing characters", "글이 끝난 뒤에 다른 글자가 있습니다"),
    ("recursion limit", "배열이나 객체가 너무 깊이 겹쳐 있습니다"),
    ("invalid type", "이 자리에 올 수 없는 종류의 값입니다"),
    ("invalid length", "값의 개수가 맞지 않습니다"),
];

/// Expectations of the reader, with their Korean translation.
const EXPECTED: [(&str, &str); 5] = [
    ("a GeoJSON object", "GeoJSON 객체"),
    ("an array of features", "피처의 배열"),
    ("a feature", "피처"),
    ("a string", "문자열"),
    ("a map", "객체"),
];

/// The message of a JSON reader's error, without its position.
pub(super) fn sentence(error: &serde_json::Error) -> Sentence {
    let mut message = error.to_string();
    if let Some(at) = message.rfind(" at line ") {
        message.truncate(at);
    }
    if let Some(kind) = error.io_error_kind() {
        return Sentence::new(std::io::Error::from(kind).ko(), message);
    }
    if let Some(fault) = DocumentFault::ALL.iter().find(|fault| fault.to_string() == message) {
        return Sentence::new(fault.ko(), message);
    }
    let expected = EXPECTED.iter().find(|(en, _)| message.ends_with(&format!("expected {en}")));
    let syntax = SYNTAX.iter().find(|(en, _)| message.starts_with(en));
    let ko = match (expected, syntax) {
        (Some((_, ko)), _) => format!("이 자리에는 {ko}이(가) 와야 합니다"),
        (None, Some((_, ko))) => (*ko).to_owned(),
        (None, None) => "이 자리에서 JSON으로 읽을 수 없습니다".to_owned(),
    };
    Sentence::new(ko, message)
}
