//! Courses and banks of the rivers, in the district and beyond its border.
//!
//! The Jungnangcheon and Cheonggyecheon follow the borders of the dongs, which run in them;
//! the Han's banks and all courses beyond the border are approximate.

use crate::geometry::plane::LonLat;

/// Eastern vertex of the outline's stretch in the Han's water.
pub(crate) const HAN_FROM: LonLat = [127.0585, 37.5326];
/// Western vertex of the stretch that begins at [`HAN_FROM`].
pub(crate) const HAN_TO: LonLat = [127.0175, 37.5376];

/// North bank of the Han between the outline's vertices at [`HAN_FROM`] and [`HAN_TO`].
pub(crate) const HAN_BANK: [LonLat; 14] = [
    [127.0560, 37.5329],
    [127.0520, 37.5341],
    [127.0480, 37.5356],
    [127.0440, 37.5370],
    [127.0400, 37.5385],
    [127.0365, 37.5399],
    [127.0340, 37.5408],
    [127.0312, 37.5415],
    [127.0290, 37.5415],
    [127.0262, 37.5411],
    [127.0232, 37.5404],
    [127.0208, 37.5396],
    [127.0192, 37.5386],
    [127.0184, 37.5380],
];

/// North bank upstream of the district, westwards to [`HAN_FROM`].
pub(crate) const HAN_NORTH_BANK_UPSTREAM: [LonLat; 9] = [
    [127.1040, 37.5372],
    [127.0990, 37.5350],
    [127.0935, 37.5324],
    [127.0870, 37.5299],
    [127.0800, 37.5285],
    [127.0740, 37.5283],
    [127.0690, 37.5290],
    [127.0640, 37.5303],
    [127.0610, 37.5315],
];

/// North bank downstream of the district, westwards from [`HAN_TO`].
pub(crate) const HAN_NORTH_BANK_DOWNSTREAM: [LonLat; 9] = [
    [127.0152, 37.5362],
    [127.0128, 37.5336],
    [127.0108, 37.5308],
    [127.0080, 37.5282],
    [127.0040, 37.5250],
    [126.9990, 37.5216],
    [126.9935, 37.5188],
    [126.9870, 37.5168],
    [126.9750, 37.5146],
];

/// South bank, eastwards.
pub(crate) const HAN_SOUTH_BANK: [LonLat; 19] = [
    [126.9750, 37.5052],
    [126.9870, 37.5068],
    [126.9960, 37.5102],
    [127.0035, 37.5152],
    [127.0090, 37.5198],
    [127.0140, 37.5236],
    [127.0195, 37.5268],
    [127.0262, 37.5296],
    [127.0345, 37.5318],
    [127.0410, 37.5312],
    [127.0470, 37.5291],
    [127.0535, 37.5262],
    [127.0590, 37.5233],
    [127.0640, 37.5209],
    [127.0700, 37.5194],
    [127.0780, 37.5193],
    [127.0870, 37.5214],
    [127.0960, 37.5250],
    [127.1040, 37.5288],
];

/// The Jungnangcheon from the district's north-eastern corner down to the Han.
pub(crate) const JUNGNANG: [LonLat; 24] = [
    [127.0720, 37.5601],
    [127.0701, 37.5582],
    [127.0682, 37.5562],
    [127.0664, 37.5541],
    [127.0651, 37.5521],
    [127.0637, 37.5504],
    [127.0618, 37.5497],
    [127.0596, 37.5502],
    [127.0569, 37.5511],
    [127.0544, 37.5517],
    [127.0520, 37.5522],
    [127.0490, 37.5525],
    [127.0468, 37.5531],
    [127.0445, 37.5533],
    [127.0425, 37.5530],
    [127.0401, 37.5519],
    [127.0385, 37.5511],
    [127.0370, 37.5499],
    [127.0356, 37.5482],
    [127.0338, 37.5469],
    [127.0322, 37.5459],
    [127.0314, 37.5446],
    [127.0311, 37.5430],
    [127.0310, 37.5408],
];

/// The Jungnangcheon upstream of the district, down to its course there.
pub(crate) const JUNGNANG_UPSTREAM: [LonLat; 7] = [
    [127.0735, 37.6000],
    [127.0722, 37.5920],
    [127.0712, 37.5860],
    [127.0722, 37.5800],
    [127.0742, 37.5745],
    [127.0750, 37.5690],
    [127.0740, 37.5635],
];

/// The Cheonggyecheon from the district's north-western corner down to the Jungnangcheon.
pub(crate) const CHEONGGYE: [LonLat; 23] = [
    [127.0234, 37.5714],
    [127.0254, 37.5711],
    [127.0272, 37.5707],
    [127.0290, 37.5701],
    [127.0310, 37.5698],
    [127.0324, 37.5703],
    [127.0342, 37.5714],
    [127.0358, 37.5721],
    [127.0381, 37.5722],
    [127.0403, 37.5721],
    [127.0422, 37.5716],
    [127.0442, 37.5707],
    [127.0456, 37.5699],
    [127.0466, 37.5685],
    [127.0475, 37.5669],
    [127.0484, 37.5653],
    [127.0494, 37.5637],
    [127.0508, 37.5625],
    [127.0516, 37.5606],
    [127.0518, 37.5588],
    [127.0517, 37.5571],
    [127.0513, 37.5555],
    [127.0497, 37.5529],
];

/// The Cheonggyecheon upstream of the district, down to its course there.
pub(crate) const CHEONGGYE_UPSTREAM: [LonLat; 7] = [
    [126.9780, 37.5691],
    [126.9850, 37.5690],
    [126.9950, 37.5692],
    [127.0050, 37.5696],
    [127.0100, 37.5700],
    [127.0150, 37.5706],
    [127.0200, 37.5712],
];
