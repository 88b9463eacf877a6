"""What the gate says of a plan that the embedded engine would get wrong."""

from pyspark.errors import AnalysisException


class PlanRefusedError(AnalysisException):  # type: ignore[misc] # pyspark is not followed
    """The embedded engine would answer this plan wrongly without saying so."""

    def __init__(self, *, rule: str, reason: str, instead: str) -> None:
        super().__init__(f"[PLAN_REFUSED.{rule.upper()}] {reason} {instead}")
        self.rule = rule
        self.reason = reason
        self.instead = instead

    def __reduce__(self) -> tuple[object, ...]:
        return _revive, (type(self), self.rule, self.reason, self.instead)


class NeedsSparkError(PlanRefusedError):
    """The run must move to Apache Spark, and its engine setting (`auto`) allows it."""


def _revive(kind: type[PlanRefusedError], rule: str, reason: str, instead: str) -> PlanRefusedError:
    return kind(rule=rule, reason=reason, instead=instead)
