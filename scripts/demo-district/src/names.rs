//! Made-up Korean names of shops, firms and places.

use crate::numbers::rng::Rng;

#[rustfmt::skip]
const WORDS: [&str; 40] = [
    "성수", "서울숲", "왕십리", "한강", "응봉", "금호", "옥수", "마장", "사근", "행당",
    "뚝섬", "살곶이", "송정", "용답", "청계", "매봉", "대현", "무학", "달맞이", "은하",
    "푸른", "한빛", "새봄", "온새", "다온", "가온", "해솔", "나래", "미르", "두레",
    "하늘", "바른", "늘봄", "소담", "아람", "정다운", "오월", "초록", "단비", "도담",
];

#[rustfmt::skip]
const SHOP_ENDINGS: [(&str, &[&str]); 9] = [
    ("한식", &["식당", "국밥", "밥상", "갈비", "칼국수", "순대국", "백반"]),
    ("카페", &["커피", "로스터스", "카페", "다방", "베이커리"]),
    ("술집", &["포차", "호프", "이자카야", "양조장"]),
    ("분식", &["분식", "김밥", "떡볶이"]),
    ("중식", &["반점", "짬뽕", "마라탕"]),
    ("소매", &["마트", "슈퍼", "상회", "편의점", "문구"]),
    ("미용", &["미용실", "헤어", "네일"]),
    ("의류", &["패션", "편집숍", "수제화", "가죽공방"]),
    ("기타", &["상사", "세탁소", "부동산", "약국", "공방"]),
];

#[rustfmt::skip]
const FIRM_ENDINGS: [&str; 12] = [
    "테크", "정밀", "인쇄", "산업", "금속", "소프트", "디자인", "피혁", "전자", "모터스", "물산", "랩스",
];

/// A random first word of a name.
pub(crate) fn random_word(rng: &mut Rng) -> &'static str {
    WORDS[rng.whole(0, WORDS.len() as i64 - 1) as usize]
}

/// A random shop name for a kind of trade (`한식`, `카페`, `소매`….
///
/// Any other is `기타`).
pub(crate) fn random_shop(rng: &mut Rng, trade: &str) -> String {
    let endings = SHOP_ENDINGS.iter().find(|s| s.0 == trade).map_or(SHOP_ENDINGS[8].1, |s| s.1);
    let ending = endings[rng.whole(0, endings.len() as i64 - 1) as usize];
    let first = random_word(rng);
    match rng.whole(0, 3) {
        0 => format!("{first}{ending} {}호점", rng.whole(1, 4)),
        1 => format!("{first} {ending}"),
        _ => format!("{first}{ending}"),
    }
}

/// A random firm name.
pub(crate) fn random_firm(rng: &mut Rng) -> String {
    let ending = FIRM_ENDINGS[rng.whole(0, FIRM_ENDINGS.len() as i64 - 1) as usize];
    let first = random_word(rng);
    if rng.chance(0.5) { format!("(주){first}{ending}") } else { format!("{first}{ending}") }
}

/// A random facility name: the place's name, a word, and the kind of facility.
///
/// Numbered if `number` is above 0.
pub(crate) fn random_facility(rng: &mut Rng, kind: &str, number: usize) -> String {
    let first = random_word(rng);
    match number {
        0 => format!("{first} {kind}"),
        n => format!("{first} {kind} {n}"),
    }
}
