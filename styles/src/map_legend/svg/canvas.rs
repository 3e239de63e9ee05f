//! SVG elements, collected from the top down.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::text_width::wrap;
use crate::symbols;

/// Fonts in order of preference: each system of our readers has one with Hangul.
const FONTS: &str = "'Pretendard GOV',Pretendard,'Noto Sans KR','Apple SD Gothic Neo',\
                     'Malgun Gothic',sans-serif";

/// Size, weight and colour of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextStyle {
    pub(super) size: f64,
    pub(super) weight: u16,
    pub(super) colour: &'static str,
}

/// Drawing that grows downwards.
pub(super) struct Canvas {
    width: f64,
    margin: f64,
    y: f64,
    elements: String,
    patterns: BTreeSet<&'static str>,
    gradients: usize,
}

impl Canvas {
    pub(super) fn new(width: f64, margin: f64) -> Self {
        let (elements, patterns) = (String::new(), BTreeSet::new());
        Self { width, margin, y: margin, elements, patterns, gradients: 0 }
    }

    /// The place down to which the drawing reaches.
    pub(super) const fn y(&self) -> f64 {
        self.y
    }

    pub(super) fn skip(&mut self, height: f64) {
        self.y += height;
    }

    /// Appends an element; writing to a text never fails.
    fn push(&mut self, element: std::fmt::Arguments<'_>) {
        let _ = self.elements.write_fmt(element);
    }

    pub(super) fn text(&mut self, (x, y): (f64, f64), text: &str, style: TextStyle) {
        self.anchored((x, y), text, style, "start");
    }

    /// A text that ends at a place.
    pub(super) fn text_end(&mut self, (x, y): (f64, f64), text: &str, style: TextStyle) {
        self.anchored((x, y), text, style, "end");
    }

    fn anchored(&mut self, (x, y): (f64, f64), text: &str, style: TextStyle, anchor: &str) {
        let TextStyle { size, weight, colour } = style;
        let anchor = match anchor {
            "start" => String::new(),
            anchor => format!(" text-anchor=\"{anchor}\""),
        };
        let text = escape(text);
        self.push(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" font-weight=\"{weight}\" \
             fill=\"{colour}\"{anchor}>{text}</text>"
        ));
    }

    /// A wrapped text over the whole width.
    pub(super) fn paragraph(&mut self, text: &str, style: TextStyle) {
        let lines = wrap(text, (self.width - 2.0 * self.margin) / style.size);
        for line in lines {
            self.y += style.size * 1.35;
            let baseline = self.y - style.size * 0.3;
            self.text((self.margin, baseline), &line, style);
        }
    }

    /// A wrapped label beside a swatch; returns the height of its row, at least `row`.
    pub(super) fn label(&mut self, x: f64, text: &str, style: TextStyle, row: f64) -> f64 {
        let lines = wrap(text, (self.width - self.margin - x) / style.size);
        let step = style.size * 1.3;
        for (at, line) in lines.iter().enumerate() {
            let y = self.y + row / 2.0 + style.size * 0.35 + step * at as f64;
            self.text((x, y), line, style);
        }
        row + step * (lines.len().max(1) - 1) as f64
    }

    /// Texts at both ends of the width.
    pub(super) fn ends(&mut self, left: &str, right: &str, style: TextStyle) {
        self.y += style.size * 1.35;
        let baseline = self.y - style.size * 0.3;
        self.text((self.margin, baseline), left, style);
        self.text_end((self.width - self.margin, baseline), right, style);
    }

    pub(super) fn bar(&mut self, place: (f64, f64), size: (f64, f64), colour: &str) {
        self.faded_bar(place, size, colour, 1.0);
    }

    /// A bar that lets the ground through.
    pub(super) fn faded_bar(
        &mut self,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
        colour: &str,
        opacity: f64,
    ) {
        let colour = escape(colour);
        self.push(format_args!(
            "<path d=\"M{x:.1} {y:.1}h{width:.1}v{height:.1}h{:.1}z\" fill=\"{colour}\" \
             fill-opacity=\"{opacity}\"/>",
            -width
        ));
    }

    /// A filled box with an edge.
    pub(super) fn swatch(
        &mut self,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
        (fill, opacity): (&str, f64),
        edge: Option<(&str, f64)>,
    ) {
        let (fill, edge) = (escape(fill), edge_attributes(edge));
        self.push(format_args!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width}\" height=\"{height}\" rx=\"2\" \
             fill=\"{fill}\" fill-opacity=\"{opacity}\"{edge}/>"
        ));
    }

    pub(super) fn circle(
        &mut self,
        (x, y): (f64, f64),
        radius: f64,
        fill: &str,
        opacity: f64,
        edge: Option<(&str, f64)>,
    ) {
        let (fill, edge) = (escape(fill), edge_attributes(edge));
        self.push(format_args!(
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" fill=\"{fill}\" \
             fill-opacity=\"{opacity}\"{edge}/>"
        ));
    }

    pub(super) fn line(
        &mut self,
        (x1, y1): (f64, f64),
        (x2, y2): (f64, f64),
        colour: &str,
        width: f64,
        dashes: &[f64],
    ) {
        let colour = escape(colour);
        let dashes: Vec<_> = dashes.iter().map(|dash| (dash * width).to_string()).collect();
        let dashes = match dashes.as_slice() {
            [] => String::new(),
            dashes => format!(" stroke-dasharray=\"{}\"", dashes.join(" ")),
        };
        self.push(format_args!(
            "<path d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\" stroke=\"{colour}\" \
             stroke-width=\"{width:.2}\"{dashes}/>"
        ));
    }

    /// A thin line across.
    pub(super) fn rule(&mut self, y: f64) {
        let (from, to) = (self.margin, self.width - self.margin);
        self.line((from, y), (to, y), "#8a8f96", 1.0, &[]);
    }

    /// A bar of continuous colours across; stops are from 0 to 1.
    pub(super) fn gradient<'s>(
        &mut self,
        stops: impl Iterator<Item = (f64, &'s str)>,
        height: f64,
    ) {
        let id = self.gradients;
        self.gradients += 1;
        self.push(format_args!("<linearGradient id=\"g{id}\">"));
        for (at, colour) in stops {
            let colour = escape(colour);
            self.push(format_args!("<stop offset=\"{at}\" stop-color=\"{colour}\"/>"));
        }
        let (x, y, width) = (self.margin, self.y, self.width - 2.0 * self.margin);
        self.push(format_args!(
            "</linearGradient><rect x=\"{x}\" y=\"{y:.1}\" width=\"{width}\" height=\"{height}\" \
             fill=\"url(#g{id})\" stroke=\"#b5b9bf\"/>"
        ));
    }

    /// The paint of a fill pattern by its name; `None` for an unknown one.
    pub(super) fn pattern(&mut self, name: &str) -> Option<String> {
        let (name, _) = symbols::patterns().iter().find(|(known, _)| *known == name)?;
        self.patterns.insert(name);
        Some(format!("url(#p-{name})"))
    }

    /// A pictogram about a place, in one colour; draws nothing for an unknown one.
    pub(super) fn pictogram(&mut self, name: &str, (x, y): (f64, f64), side: f64, colour: &str) {
        let Some(inner) = symbols::pictogram(name).and_then(inner_svg) else { return };
        let (scale, colour) = (side / 20.0, escape(colour));
        let [x, y] = [x, y].map(|middle| middle - side / 2.0);
        self.push(format_args!(
            "<g transform=\"translate({x:.1} {y:.1})scale({scale:.2})\" color=\"{colour}\" \
             fill=\"currentColor\" fill-rule=\"evenodd\">{inner}</g>"
        ));
    }

    /// The document; `title` is its name for screen readers.
    pub(super) fn finish(self, title: &str) -> String {
        let (width, height) = (self.width, (self.y + self.margin).ceil());
        let mut patterns = String::new();
        for name in self.patterns {
            let Some(svg) = symbols::pattern(name) else { continue };
            let (Some(inner), Some(side)) = (inner_svg(svg), tile_side(svg)) else { continue };
            let _ = write!(
                patterns,
                "<pattern id=\"p-{name}\" width=\"{side}\" height=\"{side}\" \
                 patternUnits=\"userSpaceOnUse\">{inner}</pattern>"
            );
        }
        let title = escape(title);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"{FONTS}\" role=\"img\">\
             <title>{title}</title><defs>{patterns}</defs>\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>{}</svg>",
            self.elements
        )
    }
}

fn edge_attributes(edge: Option<(&str, f64)>) -> String {
    edge.map_or_else(String::new, |(colour, width)| {
        format!(" stroke=\"{}\" stroke-width=\"{width}\"", escape(colour))
    })
}

/// The elements within the root of an SVG of ours.
fn inner_svg(svg: &str) -> Option<&str> {
    let start = svg.find('>')? + 1;
    Some(svg.get(start..svg.rfind("</svg>")?)?.trim())
}

/// Width of the view box of an SVG of ours.
fn tile_side(svg: &str) -> Option<&str> {
    svg.split_once("viewBox=\"0 0 ")?.1.split_once(' ').map(|(side, _)| side)
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML 1.0 has no other control characters.
            character if character.is_control() => escaped.push(' '),
            character => escaped.push(character),
        }
    }
    escaped
}
