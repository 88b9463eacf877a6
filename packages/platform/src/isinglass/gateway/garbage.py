"""How often a server looks for garbage that refers to itself."""

import gc

#: A request of many parts makes thousands of objects that all go with it: looking through them finds nothing
#: and costs a tenth of its time. Python looks after every 700 new ones. With ten times as many as ours, one
#: look takes a tenth of a second, in which nobody is answered.
_NEW_OBJECTS = 20_000


def collect_seldom() -> None:
    """Look less often, and never at what is there already: what was imported lives as long as the server."""
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 20)
