"""How often Python looks for garbage."""

import gc


def look_less_often() -> None:
    """Look for garbage less often, as long as this process lives.

    What is imported, parsed and recorded lives as long as the process: to look through it as often
    as Python does took a quarter of the CPU of a run with nothing new (2.9 s for 2.2).
    """
    gc.set_threshold(100_000, 50, 50)
