"""What an SVG file may hold, checked before it is drawn."""

import re
from typing import Any
from xml.parsers import expat

from meshes.pads.chains import DrawingError

MOST_ELEMENTS = 20000  # also after <use> is followed
DEEPEST = 100
UNDRAWN = {"symbol", "mask", "marker"}  # the reader would draw them where they stand
SHAPES = {"svg", "g", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}

NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?"
LENGTH = re.compile(rf"\s*{NUMBER}(?:px|pt|pc|mm|cm|in|%)?\s*|\s*auto\s*")
TRANSFORM = re.compile(r"\s*(?:(?:matrix|translate|scale|rotate|skewX|skewY)\s*\([-+.,\deE\s]*\)[\s,]*)*|\s*none\s*")
GRAMMAR = {
    "d": re.compile(r"[MmZzLlHhVvCcSsQqTtAaeE\d+\-.,\s]*"),
    "points": re.compile(r"[eE\d+\-.,\s]*"),
    "transform": TRANSFORM,
    **dict.fromkeys(("x", "y", "width", "height", "r", "rx", "ry", "cx", "cy", "x1", "y1", "x2", "y2"), LENGTH),
}


def check_structure(data: bytes) -> None:
    """Refuse what could make reading endless or wrong, before the reader sees it.

    Entities are refused where they are declared, so none is ever expanded or fetched. Elements are counted as often as
    ``<use>`` repeats them. A shape with an attribute that the reader would guess at or leave out is refused too.

    Raises
    ------
    DrawingError
        Naming what was found.
    """
    root: dict[str, Any] = {"tag": "", "uses": [], "children": []}
    stack, by_id = [root], {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if len(stack) > DEEPEST:
            raise DrawingError(f"elements nested more than {DEEPEST} deep", "a drawing of the pad alone")
        if tag in UNDRAWN and not any(outer["tag"] == "defs" for outer in stack):
            raise DrawingError(f"a <{tag}> outside of <defs>", "shapes and groups (convert objects to paths)")
        if tag == "symbol" and "viewBox" in attributes:
            raise DrawingError("a <symbol> with a viewBox", "shapes and groups (convert symbols to paths)")
        links = [value for key, value in attributes.items() if tag == "use" and key.rpartition(":")[2] == "href"]
        for link in links:
            if not link.startswith("#"):
                raise DrawingError(f"a <use> of {link[:60]!r}", "references inside the file")
        _check_attributes(tag, attributes)
        node = {"tag": tag, "uses": links, "children": []}
        stack[-1]["children"].append(node)
        stack.append(node)
        if "id" in attributes:
            by_id["#" + attributes["id"]] = node

    def entity(name: str, *_: object) -> None:
        raise DrawingError(f"the XML entity {name!r}", "a file without entity declarations (save as plain SVG)")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: stack.pop()
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise DrawingError(f"a file that cannot be read as SVG ({error})", "an SVG drawing") from error
    if root["children"][0]["tag"] != "svg":
        raise DrawingError(f"a document <{root['children'][0]['tag']}>", "an SVG drawing")
    if _expanded(root, by_id) > MOST_ELEMENTS:
        raise DrawingError(f"more than {MOST_ELEMENTS} elements, or a <use> of itself", "a drawing of the pad alone")


def _check_attributes(tag: str, attributes: dict[str, str]) -> None:
    for key, value in attributes.items() if tag in SHAPES else ():
        odd = key == "points" and len(re.findall(NUMBER, value)) % 2
        if odd or (key in GRAMMAR and not GRAMMAR[key].fullmatch(value)):
            raise DrawingError(
                f"<{tag}> with {key} {value[:60]!r}",
                "numbers with no unit or px, pt, pc, mm, cm, in, %; path data, points and transforms as SVG has them",
            )


def _expanded(root: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> int:
    """Number of elements with every ``<use>`` followed; stops when there are too many."""
    count, open_nodes = 0, [root]
    while open_nodes and count <= MOST_ELEMENTS:
        node = open_nodes.pop()
        count += 1
        open_nodes += node["children"]
        open_nodes += [by_id[link] for link in node["uses"] if link in by_id]
    return count
