"""The tables of a theme, made from a fixed seed, as text for COPY.

26 plain tables of 200 to 100,000 points, lines and polygons with five attributes
each, laid over the district, half of them around 40 places as shops and houses are.
"""

import math
import random
from dataclasses import dataclass

from .grid import DISTRICT, SEED

COUNT = 26
SMALLEST, LARGEST = 200, 100_000
# A degree of latitude in metres, and one of longitude at the district's latitude.
METRES_LAT, METRES_LON = 110_990, 88_300
ATTRIBUTES = "name text, category text, floors integer, score double precision, open boolean"
GEOMETRY = {"point": "Point", "line": "LineString", "area": "Polygon"}


@dataclass(frozen=True)
class Table:
    """A table to be made. Its name is the layer's id, short enough for 26 in one path."""

    name: str
    kind: str
    rows: int
    seed: int

    def create(self, schema):
        """The statement that makes it, empty."""
        shape = GEOMETRY[self.kind]
        return f"CREATE TABLE {schema}.{self.name} (id bigint PRIMARY KEY, {ATTRIBUTES}, geom geometry({shape}, 4326) NOT NULL);"

    def lines(self):
        """Its rows as COPY reads them."""
        source = random.Random(self.seed)
        places = [(source.random(), source.random()) for _ in range(40)]
        shape = SHAPES[self.kind]
        for row in range(1, self.rows + 1):
            yield f"{row}\t{attributes(source)}\tSRID=4326;{shape(source, position(source, places))}\n"


def tables():
    """All tables, from small to large, the kinds in turn."""
    kinds = ("area", "point", "line")
    grow = (LARGEST / SMALLEST) ** (1 / (COUNT - 1))
    return [
        Table(f"{kinds[index % 3]}_{index + 1:02}", kinds[index % 3], round(SMALLEST * grow**index), SEED + index)
        for index in range(COUNT)
    ]


def attributes(source):
    """Two texts, a whole number, a double and a truth value."""
    number = source.getrandbits(40)
    name = f"성수이로 {number % 5000}"
    category = f"업종 {(number >> 13) % 12}"
    score = round(source.random() * 100, 1)
    return f"{name}\t{category}\t{(number >> 20) % 30}\t{score}\t{'tf'[number >> 39]}"


def position(source, places):
    """Somewhere in the district, a margin of 200 m off its edge kept free."""
    if source.random() < 0.5:
        x, y = source.random(), source.random()
    else:
        x, y = source.choice(places)
        x += source.gauss(0, 0.04)
        y += source.gauss(0, 0.04)
    west, south, east, north = DISTRICT
    keep = lambda low, high, share: low + (high - low) * (0.03 + 0.94 * min(max(share, 0), 1))
    return keep(west, east, x), keep(south, north, y)


def point(_source, place):
    return "POINT(%.7f %.7f)" % place


def line(source, place):
    """A way of 2 to 12 vertices, some 20 m apart, that bends a little at each."""
    heading = source.random() * math.tau
    vertices = [place]
    for _ in range(source.randint(1, 11)):
        heading += source.uniform(-0.5, 0.5)
        vertices.append(step(vertices[-1], heading, source.uniform(10, 40)))
    return f"LINESTRING({written(vertices)})"


def area(source, place):
    """A house with four corners; each tenth a round ground of 20 to 60."""
    turn = source.random() * math.tau
    if source.random() < 0.1:
        corners, size = source.randint(20, 60), source.uniform(15, 60)
        sizes = [size * source.uniform(0.8, 1.2) for _ in range(corners)]
        angles = [turn + index / corners * math.tau for index in range(corners)]
    else:
        lean, size = source.uniform(0.5, 1.1), source.uniform(5, 15)
        angles = [turn + lean, turn + math.pi - lean, turn + math.pi + lean, turn - lean]
        sizes = [size] * 4
    ring = [step(place, angle, size) for angle, size in zip(angles, sizes)]
    return f"POLYGON(({written([*ring, ring[0]])}))"


SHAPES = {"point": point, "line": line, "area": area}


def step(place, heading, metres):
    return place[0] + math.cos(heading) * metres / METRES_LON, place[1] + math.sin(heading) * metres / METRES_LAT


def written(vertices):
    return ",".join(["%.7f %.7f" % vertex for vertex in vertices])
