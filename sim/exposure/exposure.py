"""All numbers of a case in one piece."""

from dataclasses import dataclass, field

from sim.basis import Solution
from sim.case import Case
from sim.exposure.electrodes import ElectrodeExposure, electrode_exposures
from sim.exposure.envelope import EnvelopeExposure, ProbeEnvelope, probe_envelopes, tissue_envelopes
from sim.exposure.implants import ImplantExposure, implant_exposures
from sim.exposure.probes import ProbeExposure, probe_exposures
from sim.exposure.tissues import TissueExposure, tissue_exposures
from sim.interference import interference
from sim.response import Response
from sim.tissues import Conductor


@dataclass(frozen=True)
class Exposure:
    """What electrodes, implants, tissues and probes are exposed to, by name.

    Parameters
    ----------
    envelope, envelope_at_probes
        By tissue and by probe, where two carriers interfere; empty where none do.
    """

    electrodes: dict[str, ElectrodeExposure]
    implants: dict[str, ImplantExposure]
    tissues: dict[str, TissueExposure]
    probes: dict[str, ProbeExposure]
    envelope: dict[str, EnvelopeExposure] = field(default_factory=dict)
    envelope_at_probes: dict[str, ProbeEnvelope] = field(default_factory=dict)


def expose(case: Case, basis: Solution, response: Response, conductors: tuple[Conductor, ...]) -> Exposure:
    """Reduce the response of a case to numbers."""
    met = interference(case, basis, response)
    return Exposure(
        electrodes=electrode_exposures(case, basis, response),
        implants=implant_exposures(case, basis, response),
        tissues=tissue_exposures(basis, response, conductors),
        probes=probe_exposures(case, basis, response),
        envelope={} if met is None else tissue_envelopes(basis, met, conductors),
        envelope_at_probes={} if met is None else probe_envelopes(case, basis, met),
    )
