"""Draws the server's tiles with QGIS, with their style and without.

Run by the system's Python, which has PyQGIS:
    /usr/bin/python3 draw-qgis.py --base-url http://127.0.0.1:3000 --shots DIR

A picture fails where it is blank, and where a style is asked for, also where
none of the colours of the style's layers appears in it.
"""

import argparse
import gzip
import json
import os
import sys
import tempfile
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


def fetch_json(url):
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        body = answer.read()
    return json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)


def extent(bounds):
    """Longitudes and latitudes as a Web Mercator rectangle."""
    to_mercator = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:4326"),
        QgsCoordinateReferenceSystem("EPSG:3857"),
        QgsProject.instance(),
    )
    return to_mercator.transformBoundingBox(QgsRectangle(*bounds))


def draw(layer, bounds, path):
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setBackgroundColor(QColor("white"))
    settings.setOutputSize(QSize(WIDTH, HEIGHT))
    settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    settings.setExtent(extent(bounds))
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


def expected_colours(style):
    """Colours that the style's layers leave on a white background."""
    found = set()
    for layer in style["layers"]:
        paint = layer.get("paint", {})
        for kind in ("fill", "line", "circle"):
            opacity = paint.get(f"{kind}-opacity", 1)
            opacity = opacity if isinstance(opacity, (int, float)) else 1
            for colour in colours_in(paint.get(f"{kind}-color")):
                channels = (colour.red(), colour.green(), colour.blue())
                found.add(tuple(round(c * opacity + 255 * (1 - opacity)) for c in channels))
    found.discard((255, 255, 255))
    return found


def check_drawn(name, counts):
    inked = sum(n for rgb, n in counts.items() if rgb != 0xFFFFFF)
    share = inked / sum(counts.values())
    assert share > 0.002, f"{name}: blank ({share:.2%} is not white)"
    return share


def check_colours(name, counts, style):
    expected = expected_colours(style)
    assert expected, f"{name}: the style names no colours"
    hits = 0
    for rgb, n in counts.items():
        channels = (rgb >> 16, rgb >> 8 & 255, rgb & 255)
        for colour in expected:
            if all(abs(a - b) <= TOLERANCE for a, b in zip(channels, colour)):
                hits += n
                break
    assert hits >= 50, f"{name}: no colour of the style appears ({hits} pixels)"


def tiles(base, name, tilejson, style_url=None):
    zooms = f"&zmin={tilejson['minzoom']}&zmax={tilejson['maxzoom']}"
    source = f"type=xyz&url={base}/tiles/{name}/{{z}}/{{x}}/{{y}}{zooms}"
    if style_url:
        source += f"&styleUrl={style_url}"
    layer = QgsVectorTileLayer(source, name)
    assert layer.isValid(), f"{name}: QGIS does not accept {source}"
    return layer


def run(base, shots):
    catalog = fetch_json(f"{base}/catalog.json")
    faults = []
    themes = [theme["id"] for theme in catalog["themes"]]
    # The imported real file is no layer of a theme; it is drawn without a style.
    published = {layer["id"] for layer in catalog["layers"]}
    extra = [name for name in ("seoul_submunicipalities",) if name in published]
    assert themes, "no themes are published"
    for name in themes + extra:
        tilejson = fetch_json(f"{base}/tiles/{name}.json")
        bounds = tilejson["bounds"]
        plain = f"{name}, plain"
        try:
            layer = tiles(base, name, tilejson)
            counts = pixels(draw(layer, bounds, f"{shots}/qgis-{name}-plain.png"))
            print(f"{plain}: {check_drawn(plain, counts):.1%} drawn", file=sys.stderr)
        except AssertionError as error:
            faults.append(str(error))
        if name in extra:
            continue
        styled = f"{name}, styled"
        try:
            url = f"{base}/styles/{name}.json?profile=qgis"
            layer = tiles(base, name, tilejson, url.replace("?", "%3F").replace("=", "%3D"))
            answer = layer.loadDefaultStyle()
            assert answer[-1] is True, f"{styled}: the style does not load: {answer}"
            counts = pixels(draw(layer, bounds, f"{shots}/qgis-{name}-styled.png"))
            print(f"{styled}: {check_drawn(styled, counts):.1%} drawn", file=sys.stderr)
            check_colours(styled, counts, fetch_json(url))
        except AssertionError as error:
            faults.append(str(error))
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--shots", required=True)
    arguments = parser.parse_args()
    os.makedirs(arguments.shots, exist_ok=True)
    application = QgsApplication([], False)
    application.initQgis()
    try:
        faults = run(arguments.base_url.rstrip("/"), arguments.shots)
    except (AssertionError, OSError) as error:
        faults = [str(error)]
    for fault in faults:
        print(f"draw-qgis.py: {fault}", file=sys.stderr)
    # QGIS can crash while it takes itself apart, after all work is done.
    sys.stderr.flush()
    os._exit(1 if faults else 0)


if __name__ == "__main__":
    main()
