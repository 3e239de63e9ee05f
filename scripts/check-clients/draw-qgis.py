"""Draws the server's tiles with QGIS, with their style for QGIS and without.

Run by the system's Python, which has PyQGIS:
    /usr/bin/python3 draw-qgis.py --base-url http://127.0.0.1:3000 --shots DIR [--style FILE]
        [--maps a,b] [--crs EPSG:5186]

Of each theme the opening map is drawn, over the base; so are the maps that --maps names.
--crs is that of the pictures.

With --style that style is drawn instead of the server's own: the first of its sources,
`{base}` being the server, and each of its colours must appear.

Each style is drawn twice: the whole district, and its middle from nearby. A picture
fails where it is blank. The whole district fails also where less than half of the
colours appear that the style paints at its zoom; its middle, where less than half of
the style's layers do: of five classes, one street may lie in one.
"""

import argparse
import gzip
import json
import math
import os
import sys
import tempfile
import urllib.parse
import urllib.request

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="qgis-"))

from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QEventLoop, QSize, QTimer  # noqa: E402
from qgis.PyQt.QtGui import QColor  # noqa: E402

WIDTH, HEIGHT = 900, 720
# Per channel: opacity and the edges of shapes mix colours a little.
TOLERANCE = 10
# So many of the sampled pixels are a shape, and no chance mixture of two others.
LEAST_PIXELS = 8
# How much nearer the second picture is, in zooms.
NEARER = 3
WHITE = (255, 255, 255)
EQUATOR = 40_075_016.686


def fetch_json(url):
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=240) as answer:
        body = answer.read()
    return json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)


def extent(bounds, crs="EPSG:3857"):
    """Longitudes and latitudes as a rectangle of a CRS."""
    transform = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:4326"),
        QgsCoordinateReferenceSystem(crs),
        QgsProject.instance(),
    )
    return transform.transformBoundingBox(QgsRectangle(*bounds))


def draw(layer, bounds, path, crs="EPSG:3857"):
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setBackgroundColor(QColor("white"))
    settings.setOutputSize(QSize(WIDTH, HEIGHT))
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    settings.setExtent(extent(bounds, crs))
    job = QgsMapRendererParallelJob(settings)
    loop = QEventLoop()
    job.finished.connect(loop.quit)
    QTimer.singleShot(60_000, loop.quit)
    job.start()
    loop.exec_()
    if job.isActive():
        job.cancel()
        raise AssertionError(f"{path}: not drawn within a minute")
    image = job.renderedImage()
    image.save(path)
    return image


def pixels(image):
    """How often each colour occurs, looking at every second pixel."""
    counts = {}
    for y in range(0, image.height(), 2):
        for x in range(0, image.width(), 2):
            rgb = image.pixel(x, y) & 0xFFFFFF
            counts[rgb] = counts.get(rgb, 0) + 1
    return counts


def colours_in(value):
    """Every literal colour in a style property, expressions included."""
    if isinstance(value, str):
        colour = QColor(value)
        return [colour] if value[:1] == "#" and colour.isValid() else []
    if isinstance(value, list):
        return [colour for part in value for colour in colours_in(part)]
    if isinstance(value, dict):
        return [colour for part in value.values() for colour in colours_in(part)]
    return []


def channels(colour):
    return (colour.red(), colour.green(), colour.blue())


def mixed(colour, opacity, below):
    return tuple(round(c * opacity + b * (1 - opacity)) for c, b in zip(colour, below))


def zoom_of(rectangle):
    """The zoom of a picture of this extent, with tiles of 512 pixels."""
    metres = max(rectangle.width() / WIDTH, rectangle.height() / HEIGHT)
    return math.log2(EQUATOR / (512 * metres))


def background_of(style):
    """The colour under everything; white where the style says nothing."""
    for layer in style["layers"]:
        if layer["type"] == "background":
            found = colours_in(layer.get("paint", {}).get("background-color"))
            if found:
                return channels(found[0])
    return WHITE


def painted(style, zoom):
    """What a style paints at a zoom: (style layer, kind, colour, opacity)."""
    for layer in style["layers"]:
        if not layer.get("minzoom", 0) <= zoom < layer.get("maxzoom", 24):
            continue
        paint = layer.get("paint", {})
        kind = layer["type"]
        if kind not in ("fill", "line", "circle"):
            continue
        opacity = paint.get(f"{kind}-opacity", 1)
        # By zoom or feature: what comes of it can't be said here.
        if isinstance(opacity, (int, float)):
            for colour in colours_in(paint.get(f"{kind}-color")):
                yield layer, kind, channels(colour), opacity


def expected_colours(style, zoom):
    """Colours that the style paints at a zoom, each with what it may look like and the
    map layers that it may be seen on.

    QGIS counts zooms with tiles of 256 pixels in places, so what is painted at
    only one of two neighbouring zooms is not asked for. What lies under a
    colour that is not opaque is another area, or nothing.
    """
    next_ = {(layer["id"], colour) for layer, _, colour, _ in painted(style, zoom + 1)}
    both = [what for what in painted(style, zoom) if (what[0]["id"], what[2]) in next_]
    opaque = {colour for _, kind, colour, opacity in both if kind == "fill" and opacity == 1}
    below = opaque | {WHITE, background_of(style)}
    looks, seen_on = {}, {}
    for layer, _, colour, opacity in both:
        # White on a white ground proves nothing.
        if colour != WHITE:
            looks.setdefault(colour, set()).update(mixed(colour, opacity, under) for under in below)
            seen_on.setdefault(colour, set()).add(layer["source-layer"])
    return looks, seen_on


def check_drawn(name, counts, background=WHITE):
    """The share of pixels that something was drawn on."""
    empty = {red << 16 | green << 8 | blue for red, green, blue in (WHITE, background)}
    inked = sum(n for rgb, n in counts.items() if rgb not in empty)
    share = inked / sum(counts.values())
    assert share > 0.002, f"{name}: blank ({share:.2%} is not the background)"
    return share


def check_colours(name, counts, style, zoom, share=0.5, whole=True):
    """Whether so many of the colours appear; of a part of the map, so many of its layers."""
    looks, seen_on = expected_colours(style, zoom)
    assert looks, f"{name}: the style paints no colours at zoom {zoom:.1f}"

    def appears(colour):
        hits = 0
        for rgb, n in counts.items():
            seen = (rgb >> 16, rgb >> 8 & 255, rgb & 255)
            if any(
                all(abs(a - b) <= TOLERANCE for a, b in zip(seen, look)) for look in looks[colour]
            ):
                hits += n
        return hits >= LEAST_PIXELS

    found = {colour for colour in looks if appears(colour)}
    if whole:
        what, got, wanted = "colours", found, set(looks)
    else:
        what = "layers"
        got = {layer for colour in found for layer in seen_on[colour]}
        wanted = {layer for layers in seen_on.values() for layer in layers}
    names = " ".join(
        sorted(item if isinstance(item, str) else "#%02x%02x%02x" % item for item in wanted - got)
    )
    said = f"{name}: {len(got)} of {len(wanted)} {what} at zoom {zoom:.1f}"
    print(said, file=sys.stderr)
    assert len(got) >= share * len(wanted), f"{said} appear; not {names}"


def nearby(bounds):
    """The middle of the bounds, NEARER zooms nearer."""
    west, south, east, north = bounds
    part = 0.5 / 2**NEARER
    x, y = (west + east) / 2, (south + north) / 2
    width, height = (east - west) * part, (north - south) * part
    return [x - width, y - height, x + width, y + height]


def tiles(base, name, tilejson, style_url=None):
    zooms = f"&zmin={tilejson['minzoom']}&zmax={tilejson['maxzoom']}"
    source = f"type=xyz&url={base}/tiles/{name}/{{z}}/{{x}}/{{y}}{zooms}"
    if style_url:
        source += f"&styleUrl={urllib.parse.quote(style_url, safe='/:')}"
    layer = QgsVectorTileLayer(source, name)
    assert layer.isValid(), f"{name}: QGIS does not accept {source}"
    return layer


def run(base, shots, maps, crs):
    catalog = fetch_json(f"{base}/catalog.json")
    faults = []
    themes = [theme["id"] for theme in catalog["themes"]]
    # The imported real file is no layer of a theme; it is drawn without a style.
    published = {layer["id"] for layer in catalog["layers"]}
    extra = [name for name in ("seoul_submunicipalities",) if name in published]
    assert themes, "no themes are published"
    for name in themes + maps + extra:
        tilejson = fetch_json(f"{base}/tiles/{name}.json")
        bounds = tilejson["bounds"]
        plain = f"{name}, plain"
        try:
            layer = tiles(base, name, tilejson)
            counts = pixels(draw(layer, bounds, f"{shots}/qgis-{name}-plain.png", crs))
            print(f"{plain}: {check_drawn(plain, counts):.1%} drawn", file=sys.stderr)
        except AssertionError as error:
            faults.append(str(error))
        if name in extra:
            continue
        styled = f"{name}, styled"
        try:
            url = f"{base}/styles/{name}.json?profile=qgis"
            style = fetch_json(url)
            source = style["sources"]["policy-map"]["url"]
            drawn = source.partition("?")[0].removeprefix(f"{base}/tiles/").removesuffix(".json")
            layer = tiles(base, drawn, fetch_json(source), url)
            answer = layer.loadDefaultStyle()
            assert answer[-1] is True, f"{styled}: the style does not load: {answer}"
        except AssertionError as error:
            faults.append(str(error))
            continue
        for suffix, box in (("styled", bounds), ("styled-near", nearby(bounds))):
            picture = f"{name}, {suffix}"
            try:
                counts = pixels(draw(layer, box, f"{shots}/qgis-{name}-{suffix}.png", crs))
                share = check_drawn(picture, counts, background_of(style))
                print(f"{picture}: {share:.1%} drawn", file=sys.stderr)
                whole = suffix == "styled"
                check_colours(picture, counts, style, zoom_of(extent(box)), whole=whole)
            except AssertionError as error:
                faults.append(str(error))
    return faults


def run_style(base, shots, path):
    """Draws a foreign style over tiles of the server."""
    with open(path, encoding="utf-8") as file:
        text = file.read().replace("{base}", base)
    style = json.loads(text)
    source = next(iter(style["sources"].values()))["url"]
    name = source.removeprefix(f"{base}/tiles/").removesuffix(".json")
    tilejson = fetch_json(source)
    short = os.path.basename(path).partition(".")[0]
    faults = []
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        layer = tiles(base, name, tilejson, f"file://{file.name}")
        answer = layer.loadDefaultStyle()
        assert answer[-1] is True, f"{short}: the style does not load: {answer}"
    for suffix, box in (("far", tilejson["bounds"]), ("near", nearby(tilejson["bounds"]))):
        picture = f"{short}, {suffix}"
        try:
            counts = pixels(draw(layer, box, f"{shots}/qgis-{short}-{suffix}.png"))
            check_colours(picture, counts, style, zoom_of(extent(box)), share=1)
        except AssertionError as error:
            faults.append(str(error))
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--shots", required=True)
    parser.add_argument("--style")
    parser.add_argument("--maps", default="")
    parser.add_argument("--crs", default="EPSG:3857")
    arguments = parser.parse_args()
    os.makedirs(arguments.shots, exist_ok=True)
    application = QgsApplication([], False)
    application.initQgis()
    try:
        base = arguments.base_url.rstrip("/")
        if arguments.style:
            faults = run_style(base, arguments.shots, arguments.style)
        else:
            maps = [name for name in arguments.maps.split(",") if name]
            faults = run(base, arguments.shots, maps, arguments.crs)
    except (AssertionError, OSError) as error:
        faults = [str(error)]
    for fault in faults:
        print(f"draw-qgis.py: {fault}", file=sys.stderr)
    # QGIS can crash while it takes itself apart, after all work is done.
    sys.stderr.flush()
    os._exit(1 if faults else 0)


if __name__ == "__main__":
    main()
