"""Tissues: what they conduct with over frequency, from cited sets, and what a case puts in their place."""

from sim.tissues.bands import Bands, notes_outside_band
from sim.tissues.choosing import Entry, case_conductors, known_entries, known_tissues, region_fibres
from sim.tissues.conductors import Conducting, Conductor, Uniform
from sim.tissues.fibres import SPACE, Fibres, Framed, Space, axial_tensor
from sim.tissues.media import Medium, Relaxation
from sim.tissues.sets import ColeCole, Status, Tissue, TissueSet, available_tissue_sets, load_tissue_set

__all__ = [
    "SPACE",
    "Bands",
    "ColeCole",
    "Conducting",
    "Conductor",
    "Entry",
    "Fibres",
    "Framed",
    "Medium",
    "Relaxation",
    "Space",
    "Status",
    "Tissue",
    "TissueSet",
    "Uniform",
    "available_tissue_sets",
    "axial_tensor",
    "case_conductors",
    "known_entries",
    "known_tissues",
    "load_tissue_set",
    "notes_outside_band",
    "region_fibres",
]
