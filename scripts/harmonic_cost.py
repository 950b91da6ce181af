"""What solutions over frequency cost, against those of resistive tissue: python3 scripts/harmonic_cost.py [ACCURACY].

The example case with dispersive tissue (Gabriel 1996) and contacts of a resistance and a capacitance in parallel. Times
are of the processor, so that other programs of the machine do not count.
"""

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from mpi4py import MPI

import numpy as np

from meshes.build import build_mesh
from sim.case import load_case
from sim.fem.affine import AffineProblem
from sim.fem.domain import Domain
from sim.fem.harmonic import HarmonicSolver
from sim.fem.harmonic_solves import solve_harmonics
from sim.fem.unit_solves import Conduction
from sim.harmonic_terms import Terms
from sim.harmonics import Harmonics, log_spaced
from sim.interfaces import ResistanceCapacitance
from sim.steady import case_terminals
from sim.tissues import case_conductors
from sim.units import OHM_CM2

EXAMPLE = Path(__file__).resolve().parents[1] / "cases" / "tens_low_back.toml"
SINGLE_HZ = (1e2, 1e4, 1e6)
TOLERANCE = 1e-10
CAPACITANCE_NF_PER_CM2 = 100.0


@dataclass(frozen=True)
class Tabulated:
    """A contact of which nothing but its admittance over frequency is known."""

    contact: ResistanceCapacitance

    def admittance(self, frequency_Hz):
        """S/m2."""
        return self.contact.admittance(frequency_Hz)


@dataclass(frozen=True)
class Metal:
    """A terminal with its contact."""

    name: str
    faces: tuple
    sheets: tuple = ()


def timed(work):
    """What the work returns, and its processor time, s."""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


def _metals(terminals, made):
    """The case's terminals, each contact with a capacitance in parallel."""

    def contact(z):
        parts = {"resistance_ohm_cm2": z / OHM_CM2, "capacitance_nF_per_cm2": CAPACITANCE_NF_PER_CM2}
        return made(ResistanceCapacitance(kind="rc", **parts))

    return tuple(Metal(t.name, tuple((face, contact(z)) for face, z in t.faces)) for t in terminals)


def harmonic_costs(accuracy="standard"):
    """Rows (what, iterations or count, seconds of the processor) and the relation of a complex to a real solve."""
    case = load_case(EXAMPLE)
    tissues = case.tissues.model_copy(update={"set": "gabriel-1996", "override": {}})
    case = case.model_copy(update={"tissues": tissues})
    media, terminals = case_conductors(case), case_terminals(case)
    known, tabulated = (_metals(terminals, made) for made in (lambda contact: contact, Tabulated))
    domain = Domain.from_tagged(build_mesh(case.geometry, accuracy), MPI.COMM_SELF)
    real, seconds = timed(lambda: Conduction(domain, media, terminals, (), 2, TOLERANCE))
    rows = [("real: assembly and set-up", real.V.dofmap.index_map.size_global, seconds)]
    (*_, convergence), real_s = timed(lambda: real.unit_solution(0))
    rows.append(("real: one solve", convergence.iterations, real_s))
    band = log_spaced(10.0, 1e6)
    terms = Terms.of(media, known, (), band)
    problem, seconds = timed(lambda: AffineProblem(domain, media, known, terms, 2))
    rows.append(("complex: assembly of all terms", len(terms.names), seconds))
    relations = []
    for f in SINGLE_HZ:
        solver, setup_s = timed(lambda f=f: HarmonicSolver(problem, terms.values(f), TOLERANCE))
        (_, convergence), solve_s = timed(lambda solver=solver: solver.unit_solution(0))
        rows.append((f"complex: set-up at {f:g} Hz", 1, setup_s))
        rows.append((f"complex: one solve at {f:g} Hz", convergence.iterations, solve_s))
        relations.append(solve_s / real_s)
        solver.destroy()
    for metals in (tabulated, known):
        basis, seconds = timed(lambda metals=metals: solve_harmonics(domain, media, metals, band, tolerance=TOLERANCE))
        facts = basis.facts
        rows.append((f"the band by {facts.snapshots} solves", len(facts.frequencies_Hz), seconds))
        rows.append(("checked, not solved", len(facts.checked_Hz), 0.0))
    found = Harmonics(basis, terms)
    _, seconds = timed(lambda: [found.admittance(f) for f in np.geomspace(10.0, 1e6, 50)])
    rows.append(("50 frequencies from the modes", basis.facts.modes, seconds))
    return rows, max(relations)


def main():
    """Print the rows."""
    rows, relation = harmonic_costs(*sys.argv[1:])
    for what, count, seconds in rows:
        print(f"{what:34s} {count:8d} {seconds:10.3f} s")
    print(f"the dearest complex solve is {relation:.1f} real ones")


if __name__ == "__main__":
    main()
