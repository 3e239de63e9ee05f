//! The trades of the district by the Korean standard classification of industry.

/// Kind of building that a trade uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TradeSite {
    /// In factories.
    Factory,
    /// In offices and other places of work.
    Office,
    /// In shops.
    Shop,
    /// In bars and other evening venues.
    Bar,
    /// At home.
    Home,
}

/// A trade.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trade {
    /// Letter of the section.
    pub(crate) section: &'static str,
    /// Code of five digits.
    pub(crate) code: &'static str,
    /// Korean name.
    pub(crate) name: &'static str,
    /// Weight: the number of about a hundred establishments that belong to the trade.
    pub(crate) weight: f64,
    /// Mean number of workers.
    pub(crate) workers: f64,
    /// Kind of building.
    pub(crate) site: TradeSite,
    /// Share of establishments that close in a year.
    pub(crate) closing: f64,
    /// Preferred dongs; empty for any.
    pub(crate) dongs: &'static [usize],
}

const SEONGSU: &[usize] = &[8, 9, 10, 11];
const WORKS: &[usize] = &[9, 10, 11];
const YONGDAP: &[usize] = &[13];
const MAJANG: &[usize] = &[1, 13];

#[expect(clippy::too_many_arguments, reason = "a row of the table below")]
const fn t(
    section: &'static str,
    code: &'static str,
    name: &'static str,
    weight: f64,
    workers: f64,
    site: TradeSite,
    closing: f64,
    dongs: &'static [usize],
) -> Trade {
    Trade { section, code, name, weight, workers, site, closing, dongs }
}

/// Every trade.
#[rustfmt::skip]
pub(crate) const TRADES: [Trade; 47] = [
    t("C", "15211", "구두류 제조업", 2.4, 6.5, TradeSite::Factory, 0.10, WORKS),
    t("C", "15219", "기타 신발 제조업", 0.5, 5.0, TradeSite::Factory, 0.10, WORKS),
    t("C", "15121", "핸드백 및 지갑 제조업", 0.8, 5.5, TradeSite::Factory, 0.09, WORKS),
    t("C", "18113", "오프셋 인쇄업", 1.7, 8.0, TradeSite::Factory, 0.07, SEONGSU),
    t("C", "18122", "제책업", 0.7, 7.0, TradeSite::Factory, 0.08, SEONGSU),
    t("C", "14112", "여자용 겉옷 제조업", 1.4, 7.0, TradeSite::Factory, 0.09, SEONGSU),
    t("C", "25924", "절삭가공 및 유사처리업", 1.8, 6.0, TradeSite::Factory, 0.06, SEONGSU),
    t("C", "29299", "그 외 기타 특수목적용 기계 제조업", 0.8, 9.0, TradeSite::Factory, 0.05, SEONGSU),
    t("C", "26299", "그 외 기타 전자 부품 제조업", 0.7, 12.0, TradeSite::Factory, 0.05, SEONGSU),
    t("C", "10799", "그 외 기타 식료품 제조업", 0.6, 8.0, TradeSite::Factory, 0.08, MAJANG),
    t("F", "42412", "도배, 실내 장식 및 내장 목공사업", 2.6, 4.6, TradeSite::Office, 0.09, &[]),
    t("F", "42201", "배관 및 냉·난방 공사업", 1.6, 6.0, TradeSite::Office, 0.07, &[]),
    t("F", "42311", "일반 전기 공사업", 1.1, 9.0, TradeSite::Office, 0.05, &[]),
    t("G", "45220", "자동차 중고 부품 및 내장품 판매업", 2.1, 2.6, TradeSite::Office, 0.05, YONGDAP),
    t("G", "46415", "신발 도매업", 0.9, 4.2, TradeSite::Office, 0.09, WORKS),
    t("G", "46313", "육류 도매업", 1.6, 3.4, TradeSite::Shop, 0.06, MAJANG),
    t("G", "46599", "그 외 기타 기계 및 장비 도매업", 2.2, 6.5, TradeSite::Office, 0.06, &[]),
    t("G", "47122", "체인화 편의점", 1.6, 4.0, TradeSite::Shop, 0.11, &[]),
    t("G", "47129", "기타 음·식료품 위주 종합 소매업", 2.2, 2.2, TradeSite::Shop, 0.12, &[]),
    t("G", "47412", "여자용 겉옷 소매업", 2.6, 2.3, TradeSite::Shop, 0.14, &[]),
    t("G", "47912", "전자상거래 소매업", 6.2, 2.4, TradeSite::Home, 0.17, &[]),
    t("H", "49231", "택시 운송업", 6.0, 1.2, TradeSite::Home, 0.05, &[]),
    t("H", "49301", "일반 화물자동차 운송업", 4.2, 1.5, TradeSite::Home, 0.06, &[]),
    t("H", "49401", "택배업", 0.4, 18.0, TradeSite::Office, 0.08, &[]),
    t("I", "56111", "한식 일반 음식점업", 6.6, 3.4, TradeSite::Shop, 0.14, &[]),
    t("I", "56121", "중식 음식점업", 0.8, 3.8, TradeSite::Shop, 0.12, &[]),
    t("I", "56194", "김밥 및 기타 간이 음식점업", 1.9, 2.6, TradeSite::Shop, 0.16, &[]),
    t("I", "56213", "생맥주 전문점", 1.7, 2.6, TradeSite::Bar, 0.17, &[]),
    t("I", "56221", "커피 전문점", 3.1, 3.6, TradeSite::Shop, 0.15, &[]),
    t("J", "58222", "응용 소프트웨어 개발 및 공급업", 2.2, 19.0, TradeSite::Office, 0.10, SEONGSU),
    t("J", "62010", "컴퓨터 프로그래밍 서비스업", 1.3, 14.0, TradeSite::Office, 0.10, SEONGSU),
    t("J", "59111", "일반 영화 및 비디오물 제작업", 0.7, 8.0, TradeSite::Office, 0.13, SEONGSU),
    t("K", "64121", "국내은행", 0.25, 16.0, TradeSite::Office, 0.03, &[]),
    t("K", "66202", "보험 대리 및 중개업", 0.35, 17.0, TradeSite::Office, 0.08, &[]),
    t("L", "68221", "부동산 중개 및 대리업", 3.0, 1.9, TradeSite::Shop, 0.11, &[]),
    t("M", "71531", "경영 컨설팅업", 1.4, 8.0, TradeSite::Office, 0.11, SEONGSU),
    t("M", "73203", "제품 디자인업", 1.3, 5.5, TradeSite::Office, 0.11, SEONGSU),
    t("M", "71310", "광고 대행업", 1.1, 9.0, TradeSite::Office, 0.11, SEONGSU),
    t("N", "74211", "건축물 일반 청소업", 0.6, 34.0, TradeSite::Office, 0.07, &[]),
    t("P", "85501", "일반 교과 학원", 1.9, 4.2, TradeSite::Shop, 0.10, &[]),
    t("P", "85211", "초등학교", 0.10, 46.0, TradeSite::Office, 0.0, &[]),
    t("Q", "86201", "일반 의원", 1.5, 7.0, TradeSite::Shop, 0.03, &[]),
    t("Q", "87210", "보육시설 운영업", 0.8, 9.0, TradeSite::Home, 0.06, &[]),
    t("R", "91136", "체력 단련시설 운영업", 0.9, 3.6, TradeSite::Shop, 0.12, &[]),
    t("R", "91223", "노래 연습장 운영업", 0.8, 1.9, TradeSite::Bar, 0.10, &[]),
    t("S", "96112", "두발 미용업", 3.6, 1.9, TradeSite::Shop, 0.11, &[]),
    t("S", "95212", "자동차 전문 수리업", 1.6, 3.3, TradeSite::Office, 0.05, YONGDAP),
];

/// Share of each section in the workers of Seoul, the reference of the location quotient.
pub(crate) const SEOUL_SHARES: [(&str, f64); 14] = [
    ("C", 0.050),
    ("F", 0.078),
    ("G", 0.172),
    ("H", 0.058),
    ("I", 0.098),
    ("J", 0.092),
    ("K", 0.052),
    ("L", 0.040),
    ("M", 0.104),
    ("N", 0.088),
    ("P", 0.072),
    ("Q", 0.116),
    ("R", 0.024),
    ("S", 0.046),
];
