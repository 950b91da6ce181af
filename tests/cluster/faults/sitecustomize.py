"""Found by Python at the start of the processes of a test: makes cases slow, or ends the process of one of them.

FARADIC_TEST_FAULTS is a JSON object: ``slow_s`` before each case whose amplitude is above ``slow_above_mA``;
``abort_mA`` and ``abort_mm``, amplitude and diameter of the case that aborts.
"""

import importlib.abc
import importlib.util
import json
import os
import sys
import time

WANTED = "sim.sweep.computing"


def disturb(module):
    faults = json.loads(os.environ["FARADIC_TEST_FAULTS"])
    compute = module.Computer.compute

    def disturbed(self, case, folder):
        if case.channels[0].amplitude_mA > faults.get("slow_above_mA", 0.0):
            time.sleep(faults.get("slow_s", 0.0))
        chosen = (case.channels[0].amplitude_mA, case.electrodes[0].pad.diameter_mm)
        if chosen == (faults.get("abort_mA"), faults.get("abort_mm")):
            print("about to abort", flush=True)
            os.abort()
        return compute(self, case, folder)

    module.Computer.compute = disturbed


class Disturbing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != WANTED:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        load = spec.loader.exec_module

        def exec_module(module):
            load(module)
            disturb(module)

        spec.loader.exec_module = exec_module
        return spec


if "FARADIC_TEST_FAULTS" in os.environ:
    sys.meta_path.insert(0, Disturbing())
