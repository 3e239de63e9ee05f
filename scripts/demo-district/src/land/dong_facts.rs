//! Public facts of the dongs.

use crate::geometry::plane::LonLat;

/// Public facts of a dong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DongFacts {
    /// Code of Statistics Korea.
    pub(crate) code: &'static str,
    /// Code of the Interior Ministry.
    pub(crate) ministry_code: &'static str,
    /// Korean name.
    pub(crate) name: &'static str,
    /// Name in Latin letters.
    pub(crate) english: &'static str,
    /// Rough centre: longitude and latitude.
    pub(crate) centre: LonLat,
}

impl DongFacts {
    /// Common name of the part of town: the dong's name without number and 동.
    #[must_use]
    pub(crate) fn quarter(&self) -> &'static str {
        let end = self.name.find(|c: char| c.is_ascii_digit() || c == '동');
        &self.name[..end.unwrap_or(self.name.len())]
    }
}

const fn dong(
    code: &'static str,
    ministry_code: &'static str,
    name: &'static str,
    english: &'static str,
    lon: f64,
    lat: f64,
) -> DongFacts {
    DongFacts { code, ministry_code, name, english, centre: [lon, lat] }
}

/// The 17 dongs, by code.
#[rustfmt::skip]
pub(crate) const DONGS: [DongFacts; 17] = [
    dong("1104052", "1120052000", "왕십리2동", "Wangsimni 2-dong", 127.0278, 37.5615),
    dong("1104054", "1120054000", "마장동", "Majang-dong", 127.0406, 37.5673),
    dong("1104055", "1120055000", "사근동", "Sageun-dong", 127.0455, 37.5581),
    dong("1104056", "1120056000", "행당1동", "Haengdang 1-dong", 127.0361, 37.5590),
    dong("1104057", "1120057000", "행당2동", "Haengdang 2-dong", 127.0296, 37.5566),
    dong("1104058", "1120058000", "응봉동", "Eungbong-dong", 127.0339, 37.5508),
    dong("1104059", "1120059000", "금호1가동", "Geumho 1-ga-dong", 127.0252, 37.5535),
    dong("1104062", "1120062000", "금호4가동", "Geumho 4-ga-dong", 127.0242, 37.5454),
    dong("1104065", "1120065000", "성수1가1동", "Seongsu 1-ga 1-dong", 127.0423, 37.5407),
    dong("1104066", "1120066000", "성수1가2동", "Seongsu 1-ga 2-dong", 127.0437, 37.5490),
    dong("1104067", "1120067000", "성수2가1동", "Seongsu 2-ga 1-dong", 127.0553, 37.5364),
    dong("1104068", "1120069000", "성수2가3동", "Seongsu 2-ga 3-dong", 127.0582, 37.5455),
    dong("1104069", "1120072000", "송정동", "Songjeong-dong", 127.0670, 37.5515),
    dong("1104070", "1120079000", "용답동", "Yongdap-dong", 127.0576, 37.5588),
    dong("1104071", "1120053500", "왕십리도선동", "Wangsimnidoseon-dong", 127.0296, 37.5669),
    dong("1104072", "1120061500", "금호2·3가동", "Geumho 2·3-ga-dong", 127.0200, 37.5515),
    dong("1104073", "1120064500", "옥수동", "Oksu-dong", 127.0205, 37.5409),
];
