"""Errors against exact answers at each accuracy: make verify. The tables in docs/verification come from here."""

import sys
from pathlib import Path

from mpi4py import MPI

import numpy as np
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "verification"))

import references  # noqa: E402  (beside the tests)
from domains import disc_on_grounded_block  # noqa: E402
from embedded import embedded  # noqa: E402
from round_bodies import (  # noqa: E402
    PLACES,
    concentric_cylinders,
    concentric_spheres,
    wrapped_pads,
    wrapped_pads_exact,
)
from stacked import SHEET, resistive_sheet  # noqa: E402

from meshes.build import build_mesh  # noqa: E402
from sim.case import load_case  # noqa: E402
from sim.exposure.electrodes import electrode_exposures  # noqa: E402
from sim.fem.conduction import Terminal  # noqa: E402
from sim.fem.domain import Domain  # noqa: E402
from sim.fem.unit_solves import solve_basis  # noqa: E402
from sim.response import respond  # noqa: E402
from sim.steady import case_terminals  # noqa: E402
from sim.tissues import Uniform, case_conductors  # noqa: E402

RADIUS = 0.01
ACCURACIES = ("draft", "standard", "fine")


def block(accuracy, z):
    """The example case, and its cosine-series solution: deviations of R, p50, p95, p99 in percent, and unknowns."""
    case = load_case(ROOT / "cases" / "tens_low_back.toml")
    electrodes = tuple(e.model_copy(update={"contact_impedance_ohm_cm2": z * 1e4}) for e in case.electrodes)
    case = case.model_copy(update={"electrodes": electrodes, "probes": ()})
    tagged = build_mesh(case.geometry, accuracy)
    basis = solve_basis(Domain.from_tagged(tagged, MPI.COMM_SELF), case_conductors(case), case_terminals(case))
    response = respond(case, basis)
    exact = block_reference(case, z)
    density = electrode_exposures(case, basis, response)["left"].current_density_rms_mA_per_cm2
    expected = exact.density_percentiles(0, [50, 95, 99], radii=4000) * 20.0 * np.sqrt(0.05) * 1e-4
    found = [response.outputs[0].impedance_ohm.real, density.p50, density.p95, density.p99]
    wanted = [exact.potentials[0] - exact.potentials[1], *expected]
    return basis.facts.unknowns, [100 * (f / w - 1) for f, w in zip(found, wanted, strict=True)]


def block_reference(case, z):
    """Cosine series of the layered block; its origin is a corner."""
    body = case.body
    size = (body.length_mm * 1e-3, body.width_mm * 1e-3)
    layers = references.Block(
        size=size,
        thickness=tuple(layer.thickness_mm * 1e-3 for layer in body.layers),
        σ=tuple(tuple(np.diag(c.tensors(np.zeros((1, 3)))[0])) for c in case_conductors(case)),
    )
    pads = [
        references.Pad(
            e.position_mm[0] * 1e-3 + size[0] / 2, e.position_mm[1] * 1e-3 + size[1] / 2, e.pad.diameter_mm * 0.5e-3, z
        )
        for e in case.electrodes
    ]
    return references.solve_block(layers, pads, [1.0, -1.0], rim_terms=100)


def half_space(accuracy, layers, σ, z, half_size):
    """Resistance of a disc to infinity, from boxes of two sizes, and unknowns of the larger."""
    resistances = []
    for size in (half_size, 2 * half_size):
        tagged = disc_on_grounded_block(1e3 * RADIUS, 1e3 * RADIUS * size, layers, accuracy)
        conductors = tuple(Uniform(name, name, np.diag(s), "") for (name, _), s in zip(layers, σ, strict=True))
        terminals = (Terminal("disc", (("pad disc", z),)), Terminal("ground", (("ground", 0.0),)))
        basis = solve_basis(Domain.from_tagged(tagged, MPI.COMM_SELF), conductors, terminals)
        resistances.append(1 / basis.admittance[0, 0])
    return basis.facts.unknowns, 2 * resistances[1] - resistances[0]


def half_space_cases():
    """Name, layers, conductivities, contact impedance, half size of the smaller box, exact resistance."""
    whole, σ = [("muscle", None)], (0.3, 0.3, 0.3)
    yield "Newman disc", whole, [σ], 0.0, 5.0, references.newman_disc_resistance(0.3, RADIUS)
    for z in (2e-4, 2e-3, 2e-2, 0.2):
        name = f"contact disc, zσ/a = {z * 0.3 / RADIUS:g}"
        yield name, whole, [σ], z, 5.0, references.contact_disc(0.3, RADIUS, z).resistance
    for top, below in ((0.05, 0.4), (0.4, 0.05)):
        exact = references.layered_disc_resistance(top, below, 0.004, RADIUS)
        layers = [("fat", 4.0), ("muscle", None)]
        yield f"two layers, {top:g} over {below:g} S/m", layers, [(top,) * 3, (below,) * 3], 0.0, 20.0, exact
    yield (
        "fibres along the surface",
        whole,
        [(0.45, 0.15, 0.15)],
        0.0,
        5.0,
        references.fibre_disc_resistance(0.45, 0.15, RADIUS),
    )
    yield "fibres upright", whole, [(0.15, 0.15, 0.45)], 0.0, 5.0, references.axial_disc_resistance(0.15, 0.45, RADIUS)


def limbs(console):
    """Pads on a limb, and radial current."""
    table = Table("pads", "z, Ω cm²", "accuracy", "unknowns", "R %", "p50 %", "p95 %", "p99 %", title="limb")
    for name, places in PLACES.items():
        for z, terms in ((0.02, 60), (0.2, 48)):
            R, percentiles = wrapped_pads_exact(places, z, terms if name != "off centre" else 36)  # not symmetric
            for accuracy in ACCURACIES:
                unknowns, found, densities = wrapped_pads(places, z, accuracy)
                errors = (found / R - 1, *(densities / percentiles - 1))
                row = (f"{100 * e:+.2f}" for e in errors)
                table.add_row(f"{name} ({R:.2f} Ω)", f"{1e4 * z:g}", accuracy, str(unknowns), *row)
    console.print(table)
    table = Table("radius mm", *(f"{a} %" for a in ACCURACIES[:2]), title="limb that becomes a block, z = 2000 Ω cm²")
    for radius in (100.0, 200.0):
        R = wrapped_pads_exact(PLACES["along"], 0.2, (32, 32), radius)[0]
        errors = (wrapped_pads(PLACES["along"], 0.2, accuracy, radius)[1] / R - 1 for accuracy in ACCURACIES[:2])
        table.add_row(f"{radius:g} ({R:.2f} Ω)", *(f"{100 * e:+.2f}" for e in errors))
    console.print(table)
    table = Table("radial current", "fibres", *(f"{a} %" for a in ACCURACIES), title="concentric terminals")
    for name, solve in (("cylinders", concentric_cylinders), ("spheres", concentric_spheres)):
        for fibres in (None, (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)):
            errors = (solve(accuracy, fibres=fibres)[1] for accuracy in ACCURACIES)
            table.add_row(name, "none" if fibres is None else f"{fibres}", *(f"{100 * e:+.3f}" for e in errors))
    console.print(table)


INCLUSIONS = {
    "metal sphere": (3, (10.0,), (np.inf,), 0.0),
    "insulating sphere": (3, (10.0,), (0.0,), 0.0),
    "tissue sphere": (3, (10.0,), (3.0,), 0.0),
    "coated sphere": (3, (10.0, 8.0), (0.03, 3.0), 0.0),
    "sphere with a sheet": (3, (10.0,), (3.0,), 0.05),
    "metal cylinder": (2, (10.0,), (np.inf,), 0.0),
    "tissue cylinder": (2, (10.0,), (3.0,), 0.0),
    "cylinder with a sheet": (2, (10.0,), (3.0,), 0.05),
    "cylinder with a thin shell": (2, (10.25, 9.75), (0.01, 3.0), 0.0),
}


def inclusions(console):
    """Dipoles in a uniform field."""
    table = Table("inclusion", "accuracy", "unknowns", "G %", "φ %", "J %", "current %", title="in a uniform field")
    for name, parameters in INCLUSIONS.items():
        for accuracy in ACCURACIES:
            found = embedded(accuracy, *parameters)
            errors = [found.conductance_error, found.potential_error]
            if np.inf in parameters[2]:
                errors += [found.density_error, found.through_error]
            row = (f"{100 * e:+.3f}" for e in errors)
            table.add_row(name, accuracy, str(found.basis.facts.unknowns), *row)
    console.print(table)


def electrodes(console):
    """A sheet of rubber under a snap."""
    table = Table("accuracy", "unknowns", "G %", "J, r.m.s. %", "peak / mean %", title="resistive sheet under a snap")
    for accuracy in ACCURACIES[:2]:
        basis, error, r, samples = resistive_sheet(accuracy)
        J, exact = samples.values[0], SHEET.density(r)
        rms = np.sqrt((J - exact) ** 2 @ samples.areas / (exact**2 @ samples.areas))
        peak = J.max() / (J @ samples.areas / samples.area) / SHEET.peak_to_mean - 1
        row = (f"{100 * e:+.3f}" for e in (error, rms, peak))
        table.add_row(accuracy, str(basis.facts.unknowns), *row)
    console.print(table)


def main():
    """Print the tables of all pages."""
    console = Console(width=120)
    table = Table(
        "example block", "accuracy", "unknowns", "R %", "p50 %", "p95 %", "p99 %", title="against cosine series"
    )
    for z in (0.02, 0.0):
        for accuracy in ACCURACIES:
            unknowns, errors = block(accuracy, z)
            table.add_row(f"z = {z * 1e4:g} Ω cm²", accuracy, str(unknowns), *(f"{e:+.2f}" for e in errors))
    console.print(table)
    table = Table("disc, a = 10 mm", "exact Ω", *(f"{a} %" for a in ACCURACIES), title="resistance to infinity")
    for name, layers, σ, z, half_size, exact in half_space_cases():
        errors = [half_space(a, layers, σ, z, half_size)[1] / exact - 1 for a in ACCURACIES]
        table.add_row(name, f"{exact:.4f}", *(f"{100 * e:+.2f}" for e in errors))
    console.print(table)
    for tables in (limbs, inclusions, electrodes):
        tables(console)


if __name__ == "__main__":
    main()
