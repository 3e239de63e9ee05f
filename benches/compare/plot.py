"""Draws a few series as an SVG with axes: logarithmic ones, as costs grow by factors."""

import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 460
LEFT, RIGHT, TOP, BOTTOM = 80, 190, 50, 60
# Told apart by colour-blind readers too (Okabe and Ito); dashes and marks differ as well.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
DASHES = ("", "7 4", "2 3", "10 3 2 3", "", "7 4")


def plot(path, title, x_label, y_label, series):
    """Writes a plot. `series` are names with points; a point without a y leaves a gap."""
    points = [(x, y) for _, line in series for x, y in line if y]
    if not points:
        return False
    across = Axis([x for x, _ in points], LEFT, WIDTH - RIGHT)
    up = Axis([y for _, y in points], HEIGHT - BOTTOM, TOP)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12" fill="#222">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        label(LEFT, 26, title, 'font-size="15" font-weight="bold"'),
    ]
    for value in across.marks():
        x = across.at(value)
        out.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        out.append(label(x, HEIGHT - BOTTOM + 18, short(value), 'text-anchor="middle"'))
    for value in up.marks():
        y = up.at(value)
        out.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        out.append(label(LEFT - 8, y + 4, short(value), 'text-anchor="end"'))
    out.append(f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="#222"/>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    out.append(label(middle, HEIGHT - 16, x_label, 'text-anchor="middle" font-size="13"'))
    height = (TOP + HEIGHT - BOTTOM) / 2
    out.append(label(20, height, y_label, f'text-anchor="middle" font-size="13" transform="rotate(-90 20 {height})"'))
    for index, (name, line) in enumerate(series):
        out += drawn(index, name, line, across, up)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*out, "</svg>"]) + "\n")
    return True


def drawn(index, name, line, across, up):
    """One series: its line, marks and entry of the legend."""
    colour, dash = COLOURS[index % len(COLOURS)], DASHES[index % len(DASHES)]
    style = f'stroke="{colour}" stroke-width="2" fill="none"' + (f' stroke-dasharray="{dash}"' if dash else "")
    out, pen = [], "M"
    shape = ""
    for x, y in line:
        if not y:
            pen = "M"
            continue
        shape += f"{pen}{across.at(x):.1f} {up.at(y):.1f}"
        pen = "L"
        out.append(f'<circle cx="{across.at(x):.1f}" cy="{up.at(y):.1f}" r="3.5" fill="{colour}"/>')
    row = TOP + 12 + index * 22
    out.insert(0, f'<path d="{shape}" {style}/>')
    out.append(f'<path d="M{WIDTH - RIGHT + 16} {row}h28" {style}/>')
    out.append(label(WIDTH - RIGHT + 52, row + 4, name))
    return out


def label(x, y, text, more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{escape(text)}</text>'


class Axis:
    """Values on a logarithmic scale, and where they lie in the picture."""

    def __init__(self, values, start, end):
        self.low, self.high = math.log10(min(values)), math.log10(max(values))
        if self.high - self.low < 0.3:
            self.low, self.high = self.low - 0.15, self.high + 0.15
        room = (self.high - self.low) * 0.04
        self.low, self.high = self.low - room, self.high + room
        self.start, self.end = start, end

    def at(self, value):
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def marks(self):
        """Round values: powers of ten, and 2 and 5 between where there is room."""
        steps = (1, 2, 5) if self.high - self.low < 3.5 else (1,)
        powers = range(math.floor(self.low), math.ceil(self.high) + 1)
        values = [step * 10.0**power for power in powers for step in steps]
        return [value for value in values if self.low <= math.log10(value) <= self.high]


def short(value):
    """1000 as 1k, 0.05 as it is."""
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"
