"""Analytic and semi-analytic solutions, in plain numpy and scipy, that finite-element results are compared with.

SI units throughout. Positive current density enters the tissue; ``V`` is the potential of the metal and ``φ`` that of
the tissue, so an electrode of specific contact impedance ``z`` obeys ``φ + z J = V``.
"""

from .anisotropic import axial_disc_resistance, fibre_disc_resistance
from .block import Block
from .block_galerkin import Pad
from .block_pads import (
    BlockSolution,
    block_pair_resistance,
    block_pair_uniform_resistance,
    solve_block,
    solve_block_uniform,
)
from .column import column_potential, column_resistance
from .contact_disc import ContactDisc, contact_disc, uniform_flux_limit
from .kernel import layered_kernel, slab_kernel, two_layer_kernel
from .layered_disc import LayeredDisc, layered_contact_disc
from .limb import LimbSolution, WrappedPad, limb_pair_resistance, solve_limb
from .limb_modes import Limb, limb_impedance
from .newman import newman_disc_density, newman_disc_resistance, newman_fraction_within
from .point_source import point_source_two_layer, wenner_two_layer
from .radial import cylinder_shells_resistance, rectangle_solid_angle, sphere_shells_resistance
from .resistive_sheet import ResistiveSheet
from .sphere_caps import SphereCaps, concentric_sphere_electrodes, sphere_impedance
from .spheres import Inclusion
from .stack import stack_drops, stack_power_density, stack_resistance
from .two_layer_disc import FredholmDisc, layered_disc_resistance, two_layer_disc
from .uniform_disc import uniform_disc_mean_potential, uniform_disc_potential

__all__ = [
    "Block",
    "BlockSolution",
    "ContactDisc",
    "FredholmDisc",
    "Inclusion",
    "LayeredDisc",
    "Limb",
    "LimbSolution",
    "Pad",
    "ResistiveSheet",
    "SphereCaps",
    "WrappedPad",
    "axial_disc_resistance",
    "block_pair_resistance",
    "block_pair_uniform_resistance",
    "column_potential",
    "column_resistance",
    "concentric_sphere_electrodes",
    "contact_disc",
    "cylinder_shells_resistance",
    "fibre_disc_resistance",
    "layered_contact_disc",
    "layered_disc_resistance",
    "layered_kernel",
    "limb_impedance",
    "limb_pair_resistance",
    "newman_disc_density",
    "newman_disc_resistance",
    "newman_fraction_within",
    "point_source_two_layer",
    "rectangle_solid_angle",
    "slab_kernel",
    "solve_block",
    "solve_block_uniform",
    "solve_limb",
    "sphere_impedance",
    "sphere_shells_resistance",
    "stack_drops",
    "stack_power_density",
    "stack_resistance",
    "two_layer_disc",
    "two_layer_kernel",
    "uniform_disc_mean_potential",
    "uniform_disc_potential",
    "uniform_flux_limit",
    "wenner_two_layer",
]
