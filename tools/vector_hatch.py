"""Hatching as lines. Chromium prints the hatching of an SVG, which is a pattern, as pixels; as clipped lines it stays
as sharp as the rest of the picture."""

import re
from xml.etree import ElementTree

SVG = "http://www.w3.org/2000/svg"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
FILL = re.compile(r"fill:\s*url\(#([^)]+)\)")
ElementTree.register_namespace("", SVG)


def with_lines(svg):
    """The SVG (text), each shape that a pattern fills drawn as its outline and the pattern's tiles, clipped."""
    if "<pattern" not in svg:
        return svg
    root = ElementTree.fromstring(svg)
    tiles = {}
    for pattern in root.iter(f"{{{SVG}}}pattern"):  # not drawn by itself, since it stands among definitions
        pattern.tag = f"{{{SVG}}}g"
        pattern.attrib.pop("patternUnits")
        tiles[pattern.get("id")] = [float(pattern.attrib.pop(side)) for side in ("x", "y", "width", "height")]
    hatched = [
        (parent, child)
        for parent in root.iter()
        for child in parent
        if (fill := FILL.search(child.get("style", ""))) and fill[1] in tiles
    ]
    for number, (parent, shape) in enumerate(hatched):
        name = FILL.search(shape.get("style"))[1]
        clip = ElementTree.Element(f"{{{SVG}}}clipPath", id=f"hatched-{number}")
        ElementTree.SubElement(clip, f"{{{SVG}}}path", d=shape.get("d"))
        group = ElementTree.Element(f"{{{SVG}}}g", {"clip-path": f"url(#hatched-{number})"})
        for x, y in _places(shape.get("d"), tiles[name]):
            ElementTree.SubElement(group, f"{{{SVG}}}use", href=f"#{name}", x=f"{x:g}", y=f"{y:g}")
        place = list(parent).index(shape)
        parent.insert(place, clip)
        parent.insert(place + 1, group)
        shape.set("style", FILL.sub("fill: none", shape.get("style")))
    return ElementTree.tostring(root, encoding="unicode")


def _places(shape, tile):
    """Where the tiles stand that the shape's box touches."""
    numbers = [float(number) for number in NUMBER.findall(shape)]
    left, top, width, height = tile
    across, down = (
        range(int((min(axis) - start) // size), int((max(axis) - start) // size) + 1)
        for axis, start, size in ((numbers[::2], left, width), (numbers[1::2], top, height))
    )
    return [(column * width, row * height) for column in across for row in down]
