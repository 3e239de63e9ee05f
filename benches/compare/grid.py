"""The tiles that are asked for: all of the district, in an order of a fixed seed."""

import math
import random

# Where the synthetic tables lie: about Seongdong-gu. Degrees: west, south, east, north.
DISTRICT = (127.0, 37.53, 127.08, 37.58)
ZOOMS = (14, 15, 16)
SEED = 20130101


def tiles(bounds=DISTRICT, zooms=ZOOMS):
    """Every tile that the bounds touch, shuffled: (zoom, x, y)."""
    west, south, east, north = bounds
    found = []
    for zoom in zooms:
        for x in range(column(west, zoom), column(east, zoom) + 1):
            for y in range(row(north, zoom), row(south, zoom) + 1):
                found.append((zoom, x, y))
    random.Random(SEED).shuffle(found)
    return found


def covering(lon, lat, zoom):
    return zoom, column(lon, zoom), row(lat, zoom)


def column(lon, zoom):
    return math.floor((lon + 180) / 360 * (1 << zoom))


def row(lat, zoom):
    return math.floor((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * (1 << zoom))


def bounds_of(zoom, x, y):
    """West, south, east, north of a tile in degrees."""
    lon = lambda column: column / (1 << zoom) * 360 - 180
    lat = lambda row: math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / (1 << zoom)))))
    return lon(x), lat(y + 1), lon(x + 1), lat(y)
