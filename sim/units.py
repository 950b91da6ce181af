"""Everyday units to SI: multiply by these where a number enters, divide where it leaves.

Inside the house everything is SI; a name that carries another unit (``diameter_mm``) is outside.
"""

MM = 1e-3
MM2 = 1e-6
CM2 = 1e-4
MM3 = 1e-9
MA = 1e-3
MW = 1e-3
MJ = 1e-3
US = 1e-6
MS = 1e-3
MINUTE = 60.0
UC = 1e-6
OHM_CM2 = 1e-4
MA_PER_CM2 = MA / CM2
