"""Random valid geometries: any body, with any pads, leads, inclusions and wounds; the same number, the same geometry.

What is drawn keeps the rules of a case: outlines lie on the body, terminals are apart, tips and middles are inside.
"""

import numpy as np

from meshes.bodies import Block, Bone, Face, Limb
from meshes.construction import BuiltPad, Connector, Detached, Needles, StackLayer
from meshes.distances import distances
from meshes.geometry import Geometry, PlacedLead
from meshes.inclusions import Box, Cylinder, Ellipsoid, Sphere
from meshes.layers import Core, Layer
from meshes.pads import Disc, Ellipse, Polygon, Rectangle, Ring
from meshes.wounds import Wound
from sim.library import available_leads, load_lead

GAP_MM = 0.2  # between terminals, and between an outline and the body's edge unless it touches it
TISSUES = ("skin", "fat", "muscle", "fat", "muscle")


class Draw:
    """Random choices."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def between(self, low, high):
        return round(float(self.rng.uniform(low, high)), 3)

    def chance(self, part):
        return bool(self.rng.random() < part)

    def of(self, *choices):
        return choices[self.rng.integers(len(choices))]

    def count(self, *chances):
        return int(self.rng.choice(len(chances), p=np.array(chances) / sum(chances)))


def random_geometry(seed):
    """A geometry that a case may have."""
    draw = Draw(seed)
    body = random_body(draw)
    geometry = Geometry(body=body)
    if draw.chance(0.15):
        geometry = grown(geometry, pads=array(draw))
    for i in range(draw.count(1, 3, 3, 2)):
        geometry = grown(geometry, pads=(random_pad(draw, body, f"p{i}"),))
    if draw.chance(0.1):
        geometry = grown(geometry, pads=concentric(draw))
    for i in range(draw.count(7, 2, 1)):
        geometry = grown(geometry, leads=(random_lead(draw, body, f"lead{i}"),))
    for i in range(draw.count(5, 3, 2, 1)):
        geometry = grown(geometry, inclusions=(random_inclusion(draw, geometry, f"inclusion{i}"),))
    if draw.chance(0.2):
        geometry = grown(geometry, wounds=(random_wound(draw, body),))
    return geometry


def grown(geometry, **parts):
    """The geometry with these parts, or without them where the rules of a case are broken."""
    bigger = geometry.model_copy(update={key: (*getattr(geometry, key), *added) for key, added in parts.items()})
    return bigger if valid(bigger) else geometry


def valid(geometry):
    body = geometry.body
    for _, outline, position in geometry.outlines:
        over = body.overhang_mm(position, outline.outline_mm())
        if over > 1e-9 or -GAP_MM < over < -1e-9:
            return False
    for inclusion in geometry.inclusions:
        at = inclusion.center_mm if inclusion.kind != "cylinder" else tuple(middle(inclusion))
        if not body.contains_mm(np.array([at]))[0]:
            return False
    for lead in geometry.leads:
        ends = [np.array(lead.tip_mm) + part * lead.shape.length_mm * np.array(lead.direction) for part in (0.0, 1.0)]
        if not body.contains_mm(np.array(ends)).all():
            return False
    return all(distance.gap_mm >= 0.9 * GAP_MM for distance in distances(geometry))


def middle(cylinder):
    return (float(c) for c in np.add(cylinder.start_mm, cylinder.end_mm) / 2)


def random_layers(draw, room):
    """One to five layers that fit into the room, sometimes under a stratum corneum."""
    layers = [Layer(tissue="stratum_corneum", thickness_mm=draw.of(0.02, 0.05, 0.1))] if draw.chance(0.3) else []
    for i in range(draw.count(0, 1, 2, 2, 1)):
        thickness = round(float(10 ** draw.between(-0.3, 1.2)), 2) if i else draw.between(0.8, 3.0)
        if sum(layer.thickness_mm for layer in layers) + thickness < room:
            layers.append(Layer(tissue=TISSUES[i], thickness_mm=thickness))
    return tuple(layers) or (Layer(tissue="skin", thickness_mm=1.5),)


def random_body(draw):
    kind = draw.of("block", "block", "limb", "limb", "elliptic", "face")
    if kind == "block":
        layers = (*random_layers(draw, 1e9), Layer(tissue="muscle", thickness_mm=draw.between(5.0, 40.0)))
        return Block(kind="block", length_mm=draw.between(60, 200), width_mm=draw.between(50, 120), layers=layers)
    if kind == "face":
        radius = draw.between(50, 120)
        layers = (*random_layers(draw, 20.0), Layer(tissue="bone_cortical", thickness_mm=draw.between(1.0, 8.0)))
        length, width = (draw.between(0.5, 1.3) * radius for _ in range(2))
        return Face(kind="face", length_mm=length, width_mm=width, radius_mm=radius, layers=layers)
    b = draw.between(15, 55)
    a = b if kind == "limb" else round(b * draw.between(0.6, 1.7), 2)
    size = {"radius_mm": b} if kind == "limb" else {"semi_axes_mm": (a, b)}
    taper = draw.of(1.0, draw.between(0.6, 1.6))
    layers = random_layers(draw, 0.5 * min(a, b))
    limb = {"kind": "limb", "length_mm": draw.between(80, 250), "taper": taper, "layers": layers, **size}
    core = Core(tissue="muscle", fibre_direction=(1.0, 0.0, 0.0))
    inner = (min(a, b) - sum(layer.thickness_mm for layer in layers)) * (1 - abs(taper - 1) / (taper + 1))
    bones = []
    for i in range(draw.count(3, 2, 1)):
        radius = round(inner * draw.between(0.15, 0.35), 2)
        y = round((2 * i - 1) * inner * draw.between(0.4, 0.6), 2)
        bones.append(
            Bone(
                name=f"bone{i}",
                position_mm=(y, 0.0),
                radius_mm=radius,
                cortical_mm=round(radius * draw.between(0.2, 0.6), 2),
            )
        )
    return Limb(core=core, bones=tuple(bones), **limb)


def random_outline(draw, least=4.0, most=45.0):
    kind = draw.of("disc", "disc", "rectangle", "rounded", "ellipse", "ring", "polygon", "blob")
    a, b = draw.between(least, most), draw.between(least, most)
    angle = draw.of(0.0, 90.0, draw.between(-180, 180))
    match kind:
        case "disc":
            return Disc(kind="disc", diameter_mm=a)
        case "rectangle":
            return Rectangle(kind="rectangle", length_mm=a, width_mm=b, angle_deg=angle)
        case "rounded":
            radius = draw.of(0.5, 0.25, 0.05) * min(a, b)
            return Rectangle(kind="rectangle", length_mm=a, width_mm=b, corner_radius_mm=radius, angle_deg=angle)
        case "ellipse":
            return Ellipse(kind="ellipse", length_mm=a, width_mm=max(b, 0.2 * a), angle_deg=angle)
        case "ring":
            return Ring(kind="ring", inner_diameter_mm=a * draw.between(0.3, 0.85), outer_diameter_mm=a)
        case "polygon":
            c = 0.3 * min(a, b)
            points = ((0.0, 0.0), (a, 0.0), (a, c), (c, c), (c, b), (0.0, b))
            return Polygon(kind="polygon", points_mm=points, angle_deg=angle)
    t = np.linspace(0.0, 2 * np.pi, 72, endpoint=False)
    radius = a / 2 * (1.0 + 0.15 * np.cos(3 * t))
    points = tuple((float(r * np.cos(s)), float(r * np.sin(s))) for r, s in zip(radius, t, strict=True))
    return Polygon(kind="polygon", points_mm=points, angle_deg=angle)


def place(draw, body, outline):
    """A place on the skin with room for the outline's reach; sometimes the outline touches an edge."""
    reach = outline.reach_mm
    if body.kind == "limb":
        x = max(body.length_mm / 2 - 1.02 * reach[0] - 1.0, 0.0)
        return draw.between(-x, x), draw.between(-0.5, 0.5) * body.circumference_mm * (1 - 0.5 * abs(body.taper - 1))
    shrink = 1.0 if body.kind == "block" else 0.9
    x, y = (max(s / 2 * shrink - r, 0.0) for s, r in zip((body.length_mm, body.width_mm), reach, strict=True))
    x0, y0 = draw.between(-x, x), draw.between(-y, y)
    if body.kind == "block" and draw.chance(0.25):
        return (x, y0) if draw.chance(0.5) else (x, -y)
    return x0, y0


def random_pad(draw, body, name):
    outline = random_outline(draw)
    position = place(draw, body, outline)
    pad = {"name": name, "pad": outline, "position_mm": position}
    if draw.chance(0.4):
        pad["stack"] = tuple(
            StackLayer(material=material, thickness_mm=draw.between(0.1, 2.0))
            for material in ("hydrogel", "carbon_rubber", "metal")[: draw.count(0, 2, 2, 1)]
        )
    room = outline.half_width_mm
    inside = np.argmin(outline.distance_mm(grid(outline)))
    deepest = tuple(round(float(c), 3) for c in grid(outline)[inside])
    depth = -float(outline.distance_mm(np.array([deepest]))[0])
    if "stack" in pad and len(pad["stack"]) < 3 and draw.chance(0.5) and depth > 1.0:
        pad["connector"] = Connector(diameter_mm=round(depth * draw.between(0.3, 1.2), 2), position_mm=deepest)
    elif draw.chance(0.25):
        part = Disc(kind="disc", diameter_mm=round(draw.between(0.3, 1.5) * room, 2))
        away = tuple(round(float(c) + draw.between(-0.3, 0.3) * room, 2) for c in deepest)
        pad["detached"] = (Detached(outline=part, position_mm=away),)
    elif "stack" not in pad and outline.kind == "disc" and draw.chance(0.4):
        pitch = outline.diameter_mm / 6
        pad["needles"] = Needles(
            rows=draw.of(1, 2, 3),
            columns=draw.of(1, 2, 3),
            pitch_mm=round(pitch, 3),
            diameter_mm=round(pitch * draw.between(0.1, 0.4), 3),
            length_mm=round(min(body.depth_mm / 2, draw.between(0.3, 3.0)), 3),
            backing=draw.of("conductive", "insulating"),
        )
    try:
        return BuiltPad(**pad)
    except ValueError:  # the detached part lies in a hole, or covers the whole pad
        del pad["detached"]
        return BuiltPad(**pad)


def grid(outline):
    t = np.linspace(-1.0, 1.0, 41) * max(outline.reach_mm)
    return np.column_stack([axis.ravel() for axis in np.meshgrid(t, t)])


def array(draw):
    """Squares or discs in rows with gaps of 0.2 mm."""
    side = draw.between(4.0, 7.0)
    pad = draw.of(Disc(kind="disc", diameter_mm=side), Rectangle(kind="rectangle", length_mm=side, width_mm=side))
    pitch = round(side + GAP_MM, 3)
    columns, rows = draw.of(2, 3), draw.of(1, 2)
    return tuple(
        BuiltPad(name=f"a{i}{j}", pad=pad, position_mm=(round(i * pitch, 3), round(j * pitch, 3)))
        for i in range(columns)
        for j in range(rows)
    )


def concentric(draw):
    """A ring around a disc."""
    x, y, a = draw.between(-20, 20), draw.between(-20, 20), draw.between(4, 12)
    ring = Ring(kind="ring", inner_diameter_mm=a + draw.of(0.5, 4.0), outer_diameter_mm=a + 10)
    return (
        BuiltPad(name="disc", pad=Disc(kind="disc", diameter_mm=a), position_mm=(x, y)),
        BuiltPad(name="ring", pad=ring, position_mm=(x, y)),
    )


def random_point(draw, body, deepest=0.7):
    """A point in the body, from the skin inwards."""
    if body.kind == "limb":
        half = 0.6 * min(body.length_mm / 2, 0.8 * body.circumference_mm)
        position = (draw.between(-half, half), draw.between(-0.4, 0.4) * body.circumference_mm)
        room = min(body.axes) * 0.6
    else:
        position = (draw.between(-0.35, 0.35) * body.length_mm, draw.between(-0.35, 0.35) * body.width_mm)
        room = body.depth_mm
    skin = body.wrap_mm(position, np.zeros((1, 2)))
    out = body.frame(skin)[0, 2]
    point = skin[0] - draw.between(0.05, deepest) * room * out
    return tuple(round(float(c), 3) for c in point), out


def random_lead(draw, body, name):
    shape = load_lead(draw.of(*available_leads())).geometry
    tip, out = random_point(draw, body, 0.9)
    away = out + 0.5 * draw.rng.normal(size=3)
    across = np.cross(out, draw.rng.normal(size=3))
    chosen = draw.of(out, away, across)
    direction = tuple(float(c) for c in chosen / np.linalg.norm(chosen))
    return PlacedLead(name=name, shape=shape, tip_mm=tip, direction=direction)


def random_inclusion(draw, geometry, name):
    body = geometry.body
    centre, _ = random_point(draw, body)
    what = draw.of(
        {"tissue": "blood"},
        {"tissue": "blood"},
        {"tissue": "nerve", "sheet_ohm_cm2": 100.0},
        {"material": "metal"},
        {"material": "insulator"},
    )
    radius = draw.between(1.0, 6.0)
    kind = draw.of("sphere", "tangent", "touching", "ellipsoid", "cylinder", "under the skin", "box")
    if kind == "tangent":  # to the border of the first drawn layer, on the inside
        top = next((i for i, layer in enumerate(body.layers) if layer.thickness_mm > 0.15), len(body.layers) - 1)
        above = sum(layer.thickness_mm for layer in body.layers[: top + 1])
        skin = body.wrap_mm((0.0, 0.0), np.zeros((1, 2)))
        summit = body.lift_mm(skin, 0.0, above)[0]
        centre = tuple(float(c) for c in summit - radius * body.frame(skin)[0, 2])
        return Sphere(kind="sphere", name=name, center_mm=centre, radius_mm=radius, **what)
    if kind == "touching" and geometry.inclusions and geometry.inclusions[-1].kind == "sphere":
        other = geometry.inclusions[-1]
        centre = np.array(other.center_mm) + (other.radius_mm + radius) * np.array([1.0, 0.0, 0.0])
        return Sphere(kind="sphere", name=name, center_mm=tuple(float(c) for c in centre), radius_mm=radius, **what)
    if kind in ("sphere", "touching"):
        return Sphere(kind="sphere", name=name, center_mm=centre, radius_mm=radius, **what)
    if kind == "ellipsoid":
        axes = tuple(round(radius * draw.between(0.4, 2.0), 2) for _ in range(3))
        return Ellipsoid(kind="ellipsoid", name=name, center_mm=centre, semi_axes_mm=axes, **what)
    if kind == "box":
        size = tuple(round(radius * draw.between(0.8, 3.0), 2) for _ in range(3))
        angle = draw.of(0.0, draw.between(0.0, 90.0))
        return Box(kind="box", name=name, center_mm=centre, size_mm=size, angle_deg=angle, **what)
    if kind == "under the skin":  # touches it along a line, from inside
        centre = np.array([0.0, 0.0, body.wrap_mm((0.0, 0.0), np.zeros((1, 2)))[0, 2] - radius])
        half = np.array([draw.between(5.0, 15.0), 0.0, 0.0])
    else:
        half = draw.rng.normal(size=3)
        half *= draw.between(3.0, 0.2 * body.size_mm) / np.linalg.norm(half)
        if draw.chance(0.3):  # through the ends
            half = np.array([body.size_mm, 0.0, 0.0])
    start, end = (tuple(round(float(c), 4) for c in np.array(centre) + sign * half) for sign in (-1, 1))
    return Cylinder(kind="cylinder", name=name, start_mm=start, end_mm=end, radius_mm=radius, **what)


def random_wound(draw, body):
    outline = random_outline(draw, 4.0, 20.0)
    depth = 0.0
    for layer in body.layers:
        depth += layer.thickness_mm
        if layer.thickness_mm > 0.15 or draw.chance(0.3):
            break
    if depth > 0.15 and draw.chance(0.5):
        depth *= draw.between(0.5, 1.5)
    tissue = draw.of(None, "blood")
    deepest = min(body.axes) if body.kind == "limb" else body.depth_mm
    depth = min(depth, 0.85 * deepest)
    return Wound(name="wound", outline=outline, position_mm=place(draw, body, outline), depth_mm=depth, tissue=tissue)
