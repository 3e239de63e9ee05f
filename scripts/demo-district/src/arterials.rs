//! The main roads: known names on made-up lines, cut at the rivers so that the
//! part over water is its bridge.

use crate::dongs::Division;
use crate::plane::{self, P, distance, from_degrees, lerp};
use crate::water::Nature;

/// A named stretch of road.
#[derive(Debug, Clone)]
pub struct Road {
    /// Its Korean name.
    pub name: String,
    /// Its name in Latin letters.
    pub english: String,
    /// 대로, 로 or 길.
    pub class: &'static str,
    /// Width in metres.
    pub width: f64,
    /// The line in metres.
    pub line: Vec<P>,
    /// Whether it crosses a river.
    pub bridge: bool,
}

/// Name, romanised name, class, width, sketched course.
type Sketch = (&'static str, &'static str, &'static str, f64, &'static [P]);

const SKETCHES: [Sketch; 25] = [
    (
        "천호대로",
        "Cheonho-daero",
        "대로",
        44.0,
        &[
            [127.0440, 37.5716],
            [127.0480, 37.5690],
            [127.0530, 37.5651],
            [127.0585, 37.5615],
            [127.0640, 37.5602],
            [127.0735, 37.5586],
        ],
    ),
    (
        "동일로",
        "Dongil-ro",
        "대로",
        38.0,
        &[
            [127.0726, 37.5583],
            [127.0698, 37.5528],
            [127.0668, 37.5470],
            [127.0622, 37.5391],
            [127.0590, 37.5336],
            [127.0560, 37.5296],
        ],
    ),
    (
        "왕십리로",
        "Wangsimni-ro",
        "로",
        30.0,
        &[
            [127.0432, 37.5392],
            [127.0440, 37.5440],
            [127.0470, 37.5480],
            [127.0462, 37.5545],
            [127.0432, 37.5578],
            [127.0375, 37.5613],
            [127.0320, 37.5648],
            [127.0262, 37.5668],
            [127.0224, 37.5672],
        ],
    ),
    (
        "고산자로",
        "Gosanja-ro",
        "로",
        30.0,
        &[
            [127.0360, 37.5356],
            [127.0376, 37.5400],
            [127.0412, 37.5426],
            [127.0415, 37.5462],
            [127.0370, 37.5480],
            [127.0341, 37.5512],
            [127.0338, 37.5548],
            [127.0372, 37.5612],
            [127.0380, 37.5660],
            [127.0382, 37.5730],
        ],
    ),
    (
        "마장로",
        "Majang-ro",
        "로",
        25.0,
        &[
            [127.0222, 37.5690],
            [127.0300, 37.5684],
            [127.0381, 37.5672],
            [127.0450, 37.5655],
            [127.0530, 37.5638],
            [127.0590, 37.5612],
        ],
    ),
    (
        "무학로",
        "Muhak-ro",
        "로",
        20.0,
        &[
            [127.0262, 37.5712],
            [127.0266, 37.5668],
            [127.0292, 37.5636],
            [127.0303, 37.5605],
            [127.0330, 37.5590],
        ],
    ),
    (
        "마조로",
        "Majo-ro",
        "로",
        20.0,
        &[
            [127.0372, 37.5612],
            [127.0412, 37.5632],
            [127.0432, 37.5660],
            [127.0428, 37.5700],
        ],
    ),
    (
        "행당로",
        "Haengdang-ro",
        "로",
        20.0,
        &[
            [127.0232, 37.5586],
            [127.0270, 37.5590],
            [127.0303, 37.5575],
            [127.0338, 37.5548],
        ],
    ),
    (
        "금호로",
        "Geumho-ro",
        "로",
        20.0,
        &[
            [127.0270, 37.5590],
            [127.0228, 37.5530],
            [127.0208, 37.5490],
            [127.0180, 37.5450],
            [127.0170, 37.5408],
        ],
    ),
    (
        "독서당로",
        "Dokseodang-ro",
        "로",
        20.0,
        &[
            [127.0092, 37.5420],
            [127.0145, 37.5411],
            [127.0193, 37.5425],
            [127.0215, 37.5452],
            [127.0262, 37.5468],
            [127.0300, 37.5510],
            [127.0341, 37.5535],
        ],
    ),
    (
        "장터길",
        "Jangteo-gil",
        "길",
        12.0,
        &[
            [127.0165, 37.5510],
            [127.0208, 37.5512],
            [127.0258, 37.5516],
            [127.0300, 37.5524],
        ],
    ),
    (
        "동호로",
        "Dongho-ro",
        "로",
        28.0,
        &[
            [127.0150, 37.5515],
            [127.0172, 37.5470],
            [127.0180, 37.5420],
            [127.0190, 37.5352],
        ],
    ),
    (
        "뚝섬로",
        "Ttukseom-ro",
        "로",
        22.0,
        &[
            [127.0376, 37.5408],
            [127.0432, 37.5396],
            [127.0500, 37.5380],
            [127.0560, 37.5366],
            [127.0612, 37.5372],
        ],
    ),
    (
        "광나루로",
        "Gwangnaru-ro",
        "로",
        28.0,
        &[
            [127.0471, 37.5498],
            [127.0530, 37.5490],
            [127.0600, 37.5474],
            [127.0675, 37.5476],
        ],
    ),
    (
        "아차산로",
        "Achasan-ro",
        "로",
        30.0,
        &[
            [127.0415, 37.5466],
            [127.0466, 37.5468],
            [127.0520, 37.5452],
            [127.0580, 37.5430],
            [127.0645, 37.5418],
        ],
    ),
    (
        "성수이로",
        "Seongsui-ro",
        "로",
        20.0,
        &[
            [127.0596, 37.5486],
            [127.0578, 37.5440],
            [127.0560, 37.5402],
            [127.0532, 37.5352],
            [127.0526, 37.5338],
        ],
    ),
    (
        "성수일로",
        "Seongsuil-ro",
        "로",
        18.0,
        &[
            [127.0534, 37.5492],
            [127.0518, 37.5452],
            [127.0497, 37.5404],
            [127.0482, 37.5368],
        ],
    ),
    (
        "연무장길",
        "Yeonmujang-gil",
        "길",
        9.0,
        &[
            [127.0470, 37.5440],
            [127.0512, 37.5428],
            [127.0570, 37.5409],
            [127.0620, 37.5396],
        ],
    ),
    (
        "상원길",
        "Sangwon-gil",
        "길",
        10.0,
        &[
            [127.0478, 37.5476],
            [127.0500, 37.5478],
            [127.0534, 37.5470],
            [127.0596, 37.5452],
        ],
    ),
    (
        "송정길",
        "Songjeong-gil",
        "길",
        10.0,
        &[
            [127.0600, 37.5495],
            [127.0640, 37.5512],
            [127.0662, 37.5540],
            [127.0690, 37.5572],
        ],
    ),
    (
        "용답중앙길",
        "Yongdapjungang-gil",
        "길",
        11.0,
        &[
            [127.0525, 37.5640],
            [127.0540, 37.5610],
            [127.0556, 37.5588],
            [127.0566, 37.5556],
        ],
    ),
    (
        "자동차시장길",
        "Jadongchasijang-gil",
        "길",
        12.0,
        &[
            [127.0585, 37.5615],
            [127.0596, 37.5580],
            [127.0588, 37.5550],
        ],
    ),
    (
        "사근동길",
        "Sageundong-gil",
        "길",
        10.0,
        &[
            [127.0440, 37.5576],
            [127.0462, 37.5592],
            [127.0470, 37.5620],
            [127.0450, 37.5655],
        ],
    ),
    (
        "살곶이길",
        "Salgoji-gil",
        "길",
        10.0,
        &[
            [127.0372, 37.5612],
            [127.0385, 37.5575],
            [127.0410, 37.5562],
            [127.0440, 37.5576],
        ],
    ),
    (
        "한림말길",
        "Hallimmal-gil",
        "길",
        10.0,
        &[
            [127.0145, 37.5411],
            [127.0180, 37.5402],
            [127.0228, 37.5409],
            [127.0262, 37.5430],
            [127.0262, 37.5468],
        ],
    ),
];

/// Bridges by their rough places: name, romanised name, position.
const BRIDGES: [(&str, &str, P); 13] = [
    ("성수대교", "Seongsu-daegyo", [127.0362, 37.5375]),
    ("동호대교", "Dongho-daegyo", [127.0187, 37.5370]),
    ("영동대교", "Yeongdong-daegyo", [127.0564, 37.5300]),
    ("성동교", "Seongdong-gyo", [127.0465, 37.5532]),
    ("응봉교", "Eungbong-gyo", [127.0367, 37.5484]),
    ("용비교", "Yongbi-gyo", [127.0318, 37.5440]),
    ("군자교", "Gunja-gyo", [127.0700, 37.5597]),
    ("장안교", "Jangan-gyo", [127.0648, 37.5573]),
    ("송정교", "Songjeong-gyo", [127.0590, 37.5528]),
    ("고산자교", "Gosanja-gyo", [127.0382, 37.5727]),
    ("마장2교", "Majang 2-gyo", [127.0478, 37.5648]),
    ("무학교", "Muhak-gyo", [127.0262, 37.5707]),
    (
        "사근용답간인도교",
        "Sageun–Yongdap footbridge",
        [127.0500, 37.5580],
    ),
];

/// Roads along the water, drawn from the shores themselves.
fn riverside(nature: &Nature) -> Vec<Road> {
    let road = |name: &str, english: &str, class, width, line: Vec<P>| Road {
        name: name.to_owned(),
        english: english.to_owned(),
        class,
        width,
        line,
        bridge: false,
    };
    let bank: Vec<P> = nature.bank.iter().step_by(4).copied().collect();
    let jungnang = &nature.streams[0].course;
    let cheonggye = &nature.streams[1].course;
    let sparse = |line: &[P]| line.iter().step_by(4).copied().collect::<Vec<P>>();
    vec![
        road(
            "강변북로",
            "Gangbyeonbuk-ro",
            "대로",
            36.0,
            plane::smooth(&plane::offset(&bank, -34.0), 40.0),
        ),
        road(
            "동부간선도로",
            "Dongbuganseon-doro",
            "대로",
            30.0,
            plane::smooth(&plane::offset(&sparse(jungnang), 98.0), 40.0),
        ),
        road(
            "청계천로",
            "Cheonggyecheon-ro",
            "로",
            16.0,
            plane::smooth(&plane::offset(&sparse(cheonggye), -44.0), 40.0),
        ),
    ]
}

/// The main roads of the district, cut at its outline and at the rivers.
#[must_use]
pub fn arterials(division: &Division, nature: &Nature) -> Vec<Road> {
    let mut whole = riverside(nature);
    for (name, english, class, width, points) in SKETCHES {
        let points: Vec<P> = points.iter().map(|p| from_degrees(*p)).collect();
        let line = plane::smooth(&points, 40.0);
        let (name, english) = (name.to_owned(), english.to_owned());
        whole.push(Road {
            name,
            english,
            class,
            width,
            line,
            bridge: false,
        });
    }
    whole
        .iter()
        .flat_map(|road| pieces(road, division, nature))
        .collect()
}

/// Where a position of a road lies.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Outside,
    River,
    Land,
}

fn pieces(road: &Road, division: &Division, nature: &Nature) -> Vec<Road> {
    let place = |p: P| {
        if !plane::inside(&division.outline, p) {
            Place::Outside
        } else if nature.in_river(p) {
            Place::River
        } else {
            Place::Land
        }
    };
    let mut pieces: Vec<(Place, Vec<P>)> = Vec::new();
    let mut here = place(road.line[0]);
    let mut current = vec![road.line[0]];
    for w in road.line.windows(2) {
        // Short steps, so that no river narrower than a segment is jumped.
        let steps = (distance(w[0], w[1]) / 6.0).ceil().max(1.0);
        let mut before = w[0];
        for k in 1..=steps as usize {
            let next = lerp(w[0], w[1], k as f64 / steps);
            let there = place(next);
            if there != here {
                let turn = turning_point(&place, here, before, next);
                current.push(turn);
                pieces.push((here, std::mem::replace(&mut current, vec![turn])));
                here = there;
            }
            before = next;
        }
        current.push(w[1]);
    }
    pieces.push((here, current));
    pieces
        .into_iter()
        .filter(|(place, line)| *place != Place::Outside && plane::length(line) > 8.0)
        .map(|(place, line)| named(road, place == Place::River, line))
        .collect()
}

/// Where the place changes between two positions, to a few centimetres.
fn turning_point(place: &impl Fn(P) -> Place, here: Place, from: P, to: P) -> P {
    let (mut a, mut b) = (from, to);
    for _ in 0..8 {
        let middle = lerp(a, b, 0.5);
        if place(middle) == here {
            a = middle;
        } else {
            b = middle;
        }
    }
    // The last position still on this side: a bridge ends on its own shore.
    a
}

fn named(road: &Road, bridge: bool, line: Vec<P>) -> Road {
    let mut piece = Road {
        line,
        bridge,
        ..road.clone()
    };
    if bridge {
        let middle = piece.line[piece.line.len() / 2];
        let near = |at: P| distance(from_degrees(at), middle);
        let known = BRIDGES
            .iter()
            .min_by(|a, b| near(a.2).total_cmp(&near(b.2)));
        if let Some((name, english, at)) = known
            && near(*at) < 350.0
        {
            (piece.name, piece.english) = ((*name).to_owned(), (*english).to_owned());
        }
    }
    piece
}
