//! The legend drawn as SVG.

mod canvas;
mod swatch;
mod text_width;

use self::canvas::{Canvas, TextStyle};
use self::swatch::draw_swatch;
use super::content::{Histogram, LegendGrid, LegendMark, MapLegend};
use super::number_words::format_number;
use crate::Language;
use crate::map_description::BilingualText;

/// Width of the drawing in pixels: a narrow phone with a margin.
const WIDTH: f64 = 300.0;
const MARGIN: f64 = 12.0;
/// Room for a swatch before its label.
const SWATCH_WIDTH: f64 = 34.0;
const ROW_HEIGHT: f64 = 22.0;
const HISTOGRAM_HEIGHT: f64 = 44.0;

const TITLE: TextStyle = TextStyle { size: 15.0, weight: 700, colour: "#1c1f23" };
const HEADING: TextStyle = TextStyle { size: 12.5, weight: 600, colour: "#1c1f23" };
const LABEL: TextStyle = TextStyle { size: 13.0, weight: 400, colour: "#1c1f23" };
const NOTE: TextStyle = TextStyle { size: 11.0, weight: 400, colour: "#5c6168" };

impl MapLegend {
    /// The legend as an SVG document, in one language.
    #[must_use]
    pub fn to_svg(&self, language: Language) -> String {
        let mut canvas = Canvas::new(WIDTH, MARGIN);
        canvas.paragraph(self.text(&self.title, language), TITLE);
        if let Some(line) = self.measure_line(language) {
            canvas.paragraph(&line, NOTE);
        }
        canvas.skip(6.0);
        if let Some(histogram) = &self.histogram {
            self.draw_histogram(&mut canvas, histogram);
        }
        for mark in &self.marks {
            self.draw_mark(&mut canvas, mark, language);
        }
        canvas.skip(4.0);
        for line in self.notes(language) {
            canvas.paragraph(&line, NOTE);
        }
        canvas.finish(self.text(&self.title, language))
    }

    fn text<'t>(&self, text: &'t BilingualText, language: Language) -> &'t str {
        text.get(language)
    }

    /// Measure and unit, which stand here once; `None` where the title says both.
    fn measure_line(&self, language: Language) -> Option<String> {
        let measure = self.measure.as_ref().map(|measure| measure.get(language));
        let measure = measure.filter(|measure| *measure != self.title.get(language));
        let unit = self.unit.as_ref().map(|unit| match language {
            Language::Korean => format!("단위: {}", unit.ko),
            Language::English => format!("unit: {}", unit.en),
        });
        match (measure, unit) {
            (Some(measure), Some(unit)) => Some(format!("{measure} ({unit})")),
            (Some(measure), None) => Some(measure.to_owned()),
            (None, unit) => unit,
        }
    }

    /// Opacity of the class with a colour, so that bars look like swatches.
    fn opacity_of(&self, colour: &str) -> f64 {
        let mut classes = self.marks.iter().flat_map(|mark| &mark.classes);
        let class = classes.find(|class| class.color.as_deref() == Some(colour));
        class.map_or(1.0, |class| class.opacity)
    }

    fn draw_histogram(&self, canvas: &mut Canvas, histogram: &Histogram) {
        let most = histogram.bins.iter().map(|bin| bin.count).max().unwrap_or(0).max(1) as f64;
        let width = (WIDTH - 2.0 * MARGIN) / histogram.bins.len().max(1) as f64;
        let top = canvas.y();
        for (at, bin) in histogram.bins.iter().enumerate() {
            // A bin that holds anything can be seen.
            let share = bin.count as f64 / most * HISTOGRAM_HEIGHT;
            let height = if bin.count > 0 { share.max(1.0) } else { 0.0 };
            let colour = bin.color.as_deref().unwrap_or("#b5b9bf");
            let x = MARGIN + width * at as f64;
            let place = (x, top + HISTOGRAM_HEIGHT - height);
            canvas.faded_bar(place, (width - 0.5, height), colour, self.opacity_of(colour));
        }
        canvas.rule(top + HISTOGRAM_HEIGHT);
        canvas.skip(HISTOGRAM_HEIGHT + 2.0);
        if let (Some(first), Some(last)) = (histogram.bins.first(), histogram.bins.last()) {
            let most = format_number(round_end(if histogram.open { last.from } else { last.to }));
            let most = if histogram.open { format!("{most}+") } else { most };
            canvas.ends(&format_number(round_end(first.from)), &most, NOTE);
        }
        canvas.skip(4.0);
    }

    fn draw_mark(&self, canvas: &mut Canvas, mark: &LegendMark, language: Language) {
        if let Some(title) = &mark.title {
            canvas.skip(4.0);
            canvas.paragraph(self.text(title, language), HEADING);
        }
        if let Some(grid) = &mark.grid {
            draw_grid(canvas, grid, language);
        }
        if mark.mark == "heat" {
            draw_ramp(canvas, mark, language);
        }
        if !mark.sizes.is_empty() {
            draw_sizes(canvas, mark, language);
        }
        // A single class of everything has nothing to tell beside sizes.
        let alone = mark.classes.len() == 1 && !mark.sizes.is_empty();
        for class in mark.classes.iter().filter(|_| !alone) {
            let top = canvas.y();
            let label = self.text(&class.label, language);
            let x = MARGIN + SWATCH_WIDTH;
            let height = canvas.label(x, label, LABEL, ROW_HEIGHT);
            draw_swatch(canvas, mark.mark, class, (MARGIN, top + ROW_HEIGHT / 2.0));
            canvas.skip(height);
        }
    }

    /// Period, source and licence.
    fn notes(&self, language: Language) -> Vec<String> {
        let korean = language == Language::Korean;
        let period = self.period.as_ref().map(|period| {
            let partial = match (self.partial, korean) {
                (false, _) => "",
                (true, true) => " (일부 기간)",
                (true, false) => " (incomplete)",
            };
            let word = if korean { "기준 시점" } else { "Period" };
            format!("{word}: {period}{partial}")
        });
        let sources = self.sources.iter().map(|source| {
            let word = if korean { "출처" } else { "Source" };
            let agency = source.agency.get(language);
            let year = source.year.map_or_else(String::new, |year| format!(" {year}"));
            format!("{word}: {agency}{year}, {}", source.licence)
        });
        period.into_iter().chain(sources).collect()
    }
}

impl BilingualText {
    fn get(&self, language: Language) -> &str {
        match language {
            Language::Korean => &self.ko,
            Language::English => &self.en,
        }
    }
}

/// An end of the axis with three digits that count.
fn round_end(number: f64) -> f64 {
    if number == 0.0 || !number.is_finite() {
        return 0.0;
    }
    let power = 10f64.powi(2 - number.abs().log10().floor() as i32);
    if power >= 1.0 { (number * power).round() / power } else { number.round() }
}

fn draw_ramp(canvas: &mut Canvas, mark: &LegendMark, language: Language) {
    let stops = mark.ramp.iter().map(|stop| (stop.at, stop.color.as_str()));
    canvas.gradient(stops, 12.0);
    canvas.skip(14.0);
    let (low, high) = match language {
        Language::Korean => ("낮음", "높음"),
        Language::English => ("Low", "High"),
    };
    canvas.ends(low, high, NOTE);
    canvas.skip(4.0);
}

/// Circles within each other that touch at the bottom, or lines beneath each other.
fn draw_sizes(canvas: &mut Canvas, mark: &LegendMark, language: Language) {
    let class = mark.classes.iter().max_by_key(|class| class.count);
    let colour = class.and_then(|class| class.color.as_deref()).unwrap_or("#5c6168");
    let greatest = mark.sizes.iter().fold(0.0, |most: f64, size| most.max(size.size));
    if mark.mark == "line" {
        for size in &mark.sizes {
            let middle = canvas.y() + ROW_HEIGHT / 2.0;
            canvas.line((MARGIN, middle), (MARGIN + 28.0, middle), colour, size.size, &[]);
            let label = size.label.get(language);
            let height = canvas.label(MARGIN + SWATCH_WIDTH, label, LABEL, ROW_HEIGHT);
            canvas.skip(height);
        }
        return;
    }
    let (top, radius) = (canvas.y() + 6.0, greatest.min(60.0));
    let scale = radius / greatest.max(1.0);
    let (centre, bottom) = (MARGIN + radius, top + 2.0 * radius);
    let mut label_y = f64::NEG_INFINITY;
    for size in &mark.sizes {
        let own = size.size * scale;
        canvas.circle((centre, bottom - own), own, colour, 0.18, Some((colour, 1.2)));
        // Labels of small circles would lie on each other.
        label_y = (bottom - 2.0 * own).max(label_y + 14.0);
        let start = (centre, bottom - 2.0 * own);
        canvas.line(start, (centre + radius + 10.0, label_y), "#8a8f96", 0.75, &[]);
        let x = centre + radius + 14.0;
        canvas.text((x, label_y + 4.0), size.label.get(language), LABEL);
    }
    canvas.skip((bottom - canvas.y()).max(label_y - canvas.y()) + 10.0);
}

fn draw_grid(canvas: &mut Canvas, grid: &LegendGrid, language: Language) {
    let side = 30.0;
    let name = |at: usize| {
        let title = grid.titles[at].get(language);
        let unit = grid.units[at].as_ref().map(|unit| format!(" ({})", unit.get(language)));
        format!("{title}{}", unit.unwrap_or_default())
    };
    canvas.paragraph(&format!("↑ {}", name(1)), NOTE);
    let left = MARGIN + 84.0;
    for (row, colours) in grid.colors.iter().enumerate().rev() {
        let top = canvas.y();
        for (column, colour) in colours.iter().enumerate() {
            canvas.bar((left + side * column as f64, top), (side - 1.0, side - 1.0), colour);
        }
        if let Some(label) = grid.labels[1].get(row) {
            canvas.text_end((left - 6.0, top + side / 2.0 + 4.0), label.get(language), NOTE);
        }
        canvas.skip(side);
    }
    canvas.skip(4.0);
    // Words under narrow cells would run into each other: they stand beneath, in order.
    let labels: Vec<_> = grid.labels[0].iter().map(|label| label.get(language)).collect();
    canvas.paragraph(&format!("→ {}: {}", name(0), labels.join(" | ")), NOTE);
    canvas.skip(4.0);
}
