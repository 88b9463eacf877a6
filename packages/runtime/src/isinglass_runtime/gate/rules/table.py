"""The rules that stand between a script and Sail, in the order they apply."""

from isinglass_runtime.gate.gate import Rule
from isinglass_runtime.gate.rules import (
    date_range_frame,
    doubled_quotes,
    from_json_modes,
    intersect_all,
    join_sides,
    lateral_explode,
    native_files,
    observe,
    ordered_rows,
    range_partitioning,
    session_conf,
    union_types,
)

SAIL_RULES: tuple[Rule, ...] = (
    session_conf.RULE,
    session_conf.TEXT_RULE,
    native_files.READ_RULE,
    native_files.WRITE_RULE,
    native_files.TEXT_RULE,
    range_partitioning.RULE,
    ordered_rows.RULE,
    doubled_quotes.RULE,
    date_range_frame.TEXT_RULE,
    intersect_all.RULE,
    intersect_all.TEXT_RULE,
    lateral_explode.RULE,
    union_types.RULE,
    from_json_modes.RULE,
    from_json_modes.TEXT_RULE,
    observe.RULE,
    join_sides.RULE,
)
