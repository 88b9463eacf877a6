"""The rules that stand between a script and Sail, in the order they apply."""

from isinglass_runtime.gate.gate import Rule
from isinglass_runtime.gate.rules import session_time_zone

SAIL_RULES: tuple[Rule, ...] = (session_time_zone.RULE,)
