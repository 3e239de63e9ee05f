//! Colours of style documents.

use std::fmt;

/// Colour of the sRGB space; each part is from 0 to 1 and not multiplied by `alpha`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StyleColour {
    /// Red.
    pub red: f64,
    /// Green.
    pub green: f64,
    /// Blue.
    pub blue: f64,
    /// Opacity.
    pub alpha: f64,
}

impl StyleColour {
    /// Fully transparent black.
    pub const TRANSPARENT: Self = Self { red: 0.0, green: 0.0, blue: 0.0, alpha: 0.0 };
    /// Opaque black.
    pub const BLACK: Self = Self { red: 0.0, green: 0.0, blue: 0.0, alpha: 1.0 };

    /// Parses a colour of CSS: `#rgb`, `#rrggbb`, with alpha too, `rgb()`, `rgba()`, `hsl()`,
    /// `hsla()` and the sixteen basic names.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(digits) = text.strip_prefix('#') {
            return Self::of_hexadecimal(digits);
        }
        if let Some((function, rest)) = text.split_once('(') {
            return Self::of_function(function.trim(), rest.strip_suffix(')')?);
        }
        if text.eq_ignore_ascii_case("transparent") {
            return Some(Self::TRANSPARENT);
        }
        let named = NAMES.iter().find(|(name, _)| text.eq_ignore_ascii_case(name))?;
        Some(Self::of_number(named.1))
    }

    /// Parts of a number `0xrrggbb`.
    const fn of_number(number: u32) -> Self {
        Self::of_bytes([(number >> 16) as u8, (number >> 8) as u8, number as u8, 255])
    }

    const fn of_bytes([red, green, blue, alpha]: [u8; 4]) -> Self {
        Self {
            red: red as f64 / 255.0,
            green: green as f64 / 255.0,
            blue: blue as f64 / 255.0,
            alpha: alpha as f64 / 255.0,
        }
    }

    fn of_hexadecimal(digits: &str) -> Option<Self> {
        if !digits.is_ascii() {
            return None;
        }
        let byte = |at: usize, length: usize| {
            let byte = u8::from_str_radix(digits.get(at..at + length)?, 16).ok()?;
            Some(if length == 1 { byte * 17 } else { byte })
        };
        let parts = |length: usize, alpha: bool| {
            let alpha = if alpha { byte(3 * length, length)? } else { 255 };
            Some([byte(0, length)?, byte(length, length)?, byte(2 * length, length)?, alpha])
        };
        let bytes = match digits.len() {
            3 => parts(1, false),
            4 => parts(1, true),
            6 => parts(2, false),
            8 => parts(2, true),
            _ => None,
        };
        bytes.map(Self::of_bytes)
    }

    fn of_function(function: &str, arguments: &str) -> Option<Self> {
        let separators = |c: char| c == ',' || c == '/' || c.is_whitespace();
        let parts: Vec<&str> =
            arguments.split(separators).filter(|part| !part.is_empty()).collect();
        let (&[first, second, third], rest) = parts.split_first_chunk::<3>()?;
        let alpha = match rest {
            [] => 1.0,
            [alpha] => share(alpha, 1.0)?,
            _ => return None,
        };
        match function {
            "rgb" | "rgba" => {
                let [red, green, blue] = [first, second, third].map(|part| share(part, 255.0));
                Some(Self { red: red?, green: green?, blue: blue?, alpha })
            }
            "hsl" | "hsla" => {
                let hue: f64 = first.trim_end_matches("deg").parse().ok()?;
                let [saturation, lightness] = [second, third].map(|part| share(part, 1.0));
                Some(Self::of_hsl(hue, saturation?, lightness?, alpha))
            }
            _ => None,
        }
    }

    fn of_hsl(hue: f64, saturation: f64, lightness: f64, alpha: f64) -> Self {
        let part = |offset: f64| {
            let place = (offset + hue / 30.0).rem_euclid(12.0);
            let reach = saturation * lightness.min(1.0 - lightness);
            lightness - reach * (place - 3.0).min(9.0 - place).clamp(-1.0, 1.0)
        };
        Self { red: part(0.0), green: part(8.0), blue: part(4.0), alpha }
    }

    /// Mixture with another colour; `share` is that of the other, from 0 to 1.
    ///
    /// Parts are mixed multiplied by alpha, as MapLibre does.
    #[must_use]
    pub fn mix(self, other: Self, share: f64) -> Self {
        let mix = |own: f64, other: f64| own + (other - own) * share;
        let alpha = mix(self.alpha, other.alpha);
        let part = |own: f64, other_part: f64| {
            let multiplied = mix(own * self.alpha, other_part * other.alpha);
            if alpha > 0.0 { multiplied / alpha } else { 0.0 }
        };
        Self {
            red: part(self.red, other.red),
            green: part(self.green, other.green),
            blue: part(self.blue, other.blue),
            alpha,
        }
    }

    /// The same colour with its opacity multiplied.
    #[must_use]
    pub fn faded(self, opacity: f64) -> Self {
        Self { alpha: self.alpha * opacity.clamp(0.0, 1.0), ..self }
    }

    /// Red, green, blue and alpha from 0 to 255.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 4] {
        let byte = |part: f64| (part.clamp(0.0, 1.0) * 255.0).round() as u8;
        [byte(self.red), byte(self.green), byte(self.blue), byte(self.alpha)]
    }

    /// `#rrggbb`, without the opacity.
    #[must_use]
    pub fn to_hexadecimal(self) -> String {
        let [red, green, blue, _] = self.to_bytes();
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

/// CSS: `#rrggbb`, or `rgba()` of a colour that is not opaque.
impl fmt::Display for StyleColour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue, alpha] = self.to_bytes();
        if alpha == 255 {
            return write!(f, "#{red:02x}{green:02x}{blue:02x}");
        }
        write!(f, "rgba({red},{green},{blue},{})", (self.alpha * 1000.0).round() / 1000.0)
    }
}

/// Part of a whole: a number of up to `whole`, or a percentage.
fn share(text: &str, whole: f64) -> Option<f64> {
    let (number, whole) = match text.strip_suffix('%') {
        Some(number) => (number, 100.0),
        None => (text, whole),
    };
    let number: f64 = number.parse().ok()?;
    number.is_finite().then_some((number / whole).clamp(0.0, 1.0))
}

/// Basic colour keywords of CSS StyleColour 4, section 6.1.
const NAMES: [(&str, u32); 18] = [
    ("black", 0x00_0000),
    ("silver", 0xc0_c0c0),
    ("gray", 0x80_8080),
    ("grey", 0x80_8080),
    ("white", 0xff_ffff),
    ("maroon", 0x80_0000),
    ("red", 0xff_0000),
    ("purple", 0x80_0080),
    ("fuchsia", 0xff_00ff),
    ("green", 0x00_8000),
    ("lime", 0x00_ff00),
    ("olive", 0x80_8000),
    ("yellow", 0xff_ff00),
    ("navy", 0x00_0080),
    ("blue", 0x00_00ff),
    ("teal", 0x00_8080),
    ("aqua", 0x00_ffff),
    ("orange", 0xff_a500),
];

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("#f00", "#ff0000")]
    #[case("#0072B2", "#0072b2")]
    #[case("#0072b280", "rgba(0,114,178,0.502)")]
    #[case("rgb(0, 114, 178)", "#0072b2")]
    #[case("rgba(0 114 178 / 50%)", "rgba(0,114,178,0.5)")]
    #[case("hsl(120, 100%, 25%)", "#008000")]
    #[case("hsl(0, 0%, 50%)", "#808080")]
    #[case("White", "#ffffff")]
    #[case("transparent", "rgba(0,0,0,0)")]
    fn colours_are_read(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(StyleColour::parse(text).unwrap().to_string(), expected);
    }

    #[rstest]
    #[case("")]
    #[case("#12")]
    #[case("#가나")]
    #[case("#gggggg")]
    #[case("rgb(1,2)")]
    #[case("rgb(1,2,3,4,5)")]
    #[case("rgb(a,b,c)")]
    #[case("reddish")]
    fn other_texts_are_no_colours(#[case] text: &str) {
        assert_eq!(StyleColour::parse(text), None);
    }

    #[test]
    fn half_way_to_a_transparent_colour_keeps_the_hue() {
        let red = StyleColour::parse("red").unwrap();
        assert_eq!(red.mix(StyleColour::TRANSPARENT, 0.5).to_string(), "rgba(255,0,0,0.5)");
    }
}
