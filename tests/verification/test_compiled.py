import os
import time

from sim.fem.compiled import STALE_S, forget_unfinished_forms


def test_only_what_a_killed_process_left_is_forgotten(tmp_path):
    names = ("libffcx_done.c", "libffcx_done.c.cached", "libffcx_killed.c", "libffcx_compiling.c", "other.c")
    for name in names:
        (tmp_path / name).write_text("")
    long_ago = time.time() - 2 * STALE_S
    for name in ("libffcx_done.c", "libffcx_killed.c", "other.c"):
        os.utime(tmp_path / name, (long_ago, long_ago))
    assert [path.name for path in forget_unfinished_forms(tmp_path)] == ["libffcx_killed.c"]
    assert {path.name for path in tmp_path.iterdir()} == set(names) - {"libffcx_killed.c"}
    assert forget_unfinished_forms(tmp_path / "none") == []
