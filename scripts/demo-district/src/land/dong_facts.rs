//! Public facts of the dongs, and a rough sketch of the outline.

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
    lon: f64,
    lat: f64,
) -> DongFacts {
    DongFacts { code, ministry_code, name, centre: [lon, lat] }
}

/// A corner of the sketched outline: position, and the two dongs whose border ends there.
pub(crate) type OutlineCorner = (f64, f64, Option<(usize, usize)>);

/// The 17 dongs, by code.
#[rustfmt::skip]
pub(crate) const DONGS: [DongFacts; 17] = [
    dong("1104052", "1120052000", "왕십리2동", 127.0278, 37.5615),
    dong("1104054", "1120054000", "마장동", 127.0406, 37.5673),
    dong("1104055", "1120055000", "사근동", 127.0455, 37.5581),
    dong("1104056", "1120056000", "행당1동", 127.0361, 37.5590),
    dong("1104057", "1120057000", "행당2동", 127.0296, 37.5566),
    dong("1104058", "1120058000", "응봉동", 127.0339, 37.5508),
    dong("1104059", "1120059000", "금호1가동", 127.0252, 37.5535),
    dong("1104062", "1120062000", "금호4가동", 127.0242, 37.5454),
    dong("1104065", "1120065000", "성수1가1동", 127.0423, 37.5407),
    dong("1104066", "1120066000", "성수1가2동", 127.0437, 37.5490),
    dong("1104067", "1120067000", "성수2가1동", 127.0553, 37.5364),
    dong("1104068", "1120069000", "성수2가3동", 127.0582, 37.5455),
    dong("1104069", "1120072000", "송정동", 127.0642, 37.5524),
    dong("1104070", "1120079000", "용답동", 127.0576, 37.5588),
    dong("1104071", "1120053500", "왕십리도선동", 127.0296, 37.5669),
    dong("1104072", "1120061500", "금호2·3가동", 127.0200, 37.5515),
    dong("1104073", "1120064500", "옥수동", 127.0205, 37.5409),
];

/// The outline, clockwise from the north-west, sketched to about 50 m.
#[rustfmt::skip]
pub(crate) const OUTLINE: [OutlineCorner; 58] = [
    (127.0222, 37.5716, None),
    (127.0250, 37.5708, None),
    (127.0285, 37.5701, None),
    (127.0312, 37.5702, None),
    (127.0330, 37.5709, Some((1, 14))),
    (127.0352, 37.5721, None),
    (127.0375, 37.5727, None),
    (127.0394, 37.5726, Some((1, 13))),
    (127.0412, 37.5730, None),
    (127.0440, 37.5722, None),
    (127.0480, 37.5701, None),
    (127.0530, 37.5663, None),
    (127.0585, 37.5628, None),
    (127.0640, 37.5616, None),
    (127.0700, 37.5605, Some((12, 13))),
    (127.0737, 37.5594, None),
    (127.0713, 37.5548, None),
    (127.0677, 37.5479, Some((11, 12))),
    (127.0656, 37.5440, None),
    (127.0631, 37.5396, Some((10, 11))),
    (127.0601, 37.5344, None),
    (127.0579, 37.5309, None),
    (127.0562, 37.5291, None),
    (127.0530, 37.5303, None),
    (127.0506, 37.5315, None),
    (127.0488, 37.5326, Some((8, 10))),
    (127.0456, 37.5342, None),
    (127.0421, 37.5354, None),
    (127.0386, 37.5359, None),
    (127.0347, 37.5361, Some((8, 16))),
    (127.0300, 37.5359, None),
    (127.0270, 37.5357, None),
    (127.0240, 37.5357, None),
    (127.0206, 37.5353, None),
    (127.0176, 37.5346, None),
    (127.0161, 37.5361, None),
    (127.0165, 37.5377, None),
    (127.0136, 37.5387, None),
    (127.0106, 37.5393, None),
    (127.0090, 37.5407, None),
    (127.0083, 37.5438, None),
    (127.0094, 37.5470, None),
    (127.0113, 37.5487, None),
    (127.0139, 37.5503, Some((15, 16))),
    (127.0161, 37.5529, None),
    (127.0179, 37.5560, None),
    (127.0197, 37.5573, None),
    (127.0222, 37.5577, None),
    (127.0236, 37.5581, Some((0, 15))),
    (127.0241, 37.5604, None),
    (127.0252, 37.5619, None),
    (127.0263, 37.5631, None),
    (127.0267, 37.5649, Some((0, 14))),
    (127.0247, 37.5652, None),
    (127.0226, 37.5654, None),
    (127.0223, 37.5671, None),
    (127.0222, 37.5690, None),
    (127.0219, 37.5703, None),
];
