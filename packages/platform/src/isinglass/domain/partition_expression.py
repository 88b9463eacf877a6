"""The language of GetPartitions expressions: text to a small syntax tree.

    expression := and ("OR" and)*
    and        := unary ("AND" unary)*
    unary      := "NOT" unary | "(" expression ")" | condition
    condition  := column op literal | literal op column
                | column ["NOT"] ("IN" "(" literals ")" | "BETWEEN" literal "AND" literal | "LIKE" string)
                | column "IS" ["NOT"] "NULL"

Keywords are of any case, columns may be quoted with double quotes or backticks, and strings are in single
quotes, doubled inside. Literals keep their text: what `01` means is for the column's type to say.
"""

import re
from dataclasses import dataclass

#: Deeper nesting is refused, so that no expression exhausts the stack.
_DEEPEST = 64

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:[^']|'')*')
      | (?P<quoted>"[^"]+"|`[^`]+`)
      | (?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]))
      | (?P<word>[\w.]+)
      | (?P<op><\s*>|<=|>=|!=|[=<>(),])
    )""",
    re.VERBOSE,
)
_KEYWORDS = frozenset({"AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "IS", "NULL"})
_COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_TYPES = frozenset({"DATE", "TIMESTAMP"})
_BOOLEANS = frozenset({"TRUE", "FALSE"})
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(eq=False)
class UnsupportedExpression(Exception):
    """The text is not in the language."""

    text: str
    reason: str

    def __str__(self) -> str:
        return f"Unsupported expression '{self.text}': {self.reason}"


@dataclass(frozen=True, slots=True)
class Compare:
    """A column against one literal; `op` is one of = <> < <= > >=."""

    column: str
    op: str
    literal: str


@dataclass(frozen=True, slots=True)
class In:
    """A column equal to any of some literals."""

    column: str
    literals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """A column within two literals, both included."""

    column: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Like:
    """A column like a pattern: % any characters, _ one."""

    column: str
    pattern: str


@dataclass(frozen=True, slots=True)
class IsNull:
    """A column without a value."""

    column: str


@dataclass(frozen=True, slots=True)
class Not:
    """What the operand is not."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class And:
    """All of the operands."""

    operands: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the operands."""

    operands: tuple["Expression", ...]


#: What compares a column with literals, what asks one column anything, and all that `parse` gives.
Comparison = Compare | In | Between | Like
Condition = Comparison | IsNull
Expression = Condition | Not | And | Or


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # string, number, column, keyword, op or end
    text: str
    start: int
    end: int


def parse(text: str, *, typed_literals: bool = False) -> Expression:
    """Parse an expression that is not blank.

    With typed literals, `TRUE`, `FALSE`, `DATE '…'` and `TIMESTAMP '…'` are literals as well.
    """
    parser = _Parser(text, typed_literals=typed_literals)
    tree = parser.expression(0)
    parser.expect("end")
    return tree


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise UnsupportedExpression(text, _unreadable(text, position))
        kind, inner = _token(match.lastgroup, match[match.lastgroup])
        found.append(_Token(kind, inner, *match.span(match.lastgroup)))
        position = match.end()
    found.append(_Token("end", "", end, end))
    return found


def _unreadable(text: str, position: int) -> str:
    position += len(text[position:]) - len(text[position:].lstrip())
    if text[position] in "'\"`":
        return f"the quote at character {position + 1} has no end"
    return f"unexpected {text[position]} at character {position + 1}"


def _token(kind: str, text: str) -> tuple[str, str]:
    if kind == "string":
        return "string", text[1:-1].replace("''", "'")
    if kind == "quoted":
        return "column", text[1:-1]
    if kind == "word":
        is_keyword = text.upper() in _KEYWORDS
        return ("keyword", text.upper()) if is_keyword else ("column", text)
    if kind == "op":
        joined = "".join(text.split())
        return "op", "<>" if joined == "!=" else joined
    return kind, text


class _Parser:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str, *, typed_literals: bool) -> None:
        self._text = text
        self._typed_literals = typed_literals
        self._tokens = _tokens(text)
        self._next = 0

    def _take(self, kind: str, *texts: str) -> str | None:
        token = self._tokens[self._next]
        if token.kind != kind or (texts and token.text not in texts):
            return None
        self._next += 1
        return token.text

    def expect(self, kind: str, *texts: str) -> str:
        taken = self._take(kind, *texts)
        if taken is None:
            raise UnsupportedExpression(self._text, self._unexpected(kind))
        return taken

    def _unexpected(self, wanted: str) -> str:
        token = self._tokens[self._next]
        if token.kind == "end":
            return "it ends too early"
        given = self._text[token.start : token.end]
        found = f"unexpected {given} at character {token.start + 1}"
        if wanted in {"number", "string"} and token.kind == "column":
            return f"{found}; strings are written in single quotes"
        return found

    def expression(self, depth: int) -> Expression:
        operands = [self._conjunction(depth)]
        while self._take("keyword", "OR") is not None:
            operands.append(self._conjunction(depth))
        return operands[0] if len(operands) == 1 else Or(tuple(operands))

    def _conjunction(self, depth: int) -> Expression:
        operands = [self._unary(depth)]
        while self._take("keyword", "AND") is not None:
            operands.append(self._unary(depth))
        return operands[0] if len(operands) == 1 else And(tuple(operands))

    def _unary(self, depth: int) -> Expression:
        if depth > _DEEPEST:
            raise UnsupportedExpression(self._text, f"it is nested more than {_DEEPEST} deep")
        if self._take("keyword", "NOT") is not None:
            return Not(self._unary(depth + 1))
        if self._take("op", "(") is not None:
            inner = self.expression(depth + 1)
            self.expect("op", ")")
            return inner
        return self._condition()

    def _condition(self) -> Expression:
        column = None if self._at_typed_literal() else self._take("column")
        if column is None:
            literal = self._literal()
            op = self.expect("op", *_COMPARISONS)
            return Compare(self.expect("column"), _FLIPPED.get(op, op), literal)
        op = self._take("op", *_COMPARISONS) or ""
        if op:
            return Compare(column, op, self._literal())
        if self._take("keyword", "IS") is not None:
            negated = self._take("keyword", "NOT") is not None
            self.expect("keyword", "NULL")
            return Not(IsNull(column)) if negated else IsNull(column)
        negated = self._take("keyword", "NOT") is not None
        test = self._test(column)
        return Not(test) if negated else test

    def _test(self, column: str) -> Expression:
        match self.expect("keyword", "IN", "BETWEEN", "LIKE"):
            case "IN":
                self.expect("op", "(")
                literals = [self._literal()]
                while self._take("op", ",") is not None:
                    literals.append(self._literal())
                self.expect("op", ")")
                return In(column, tuple(literals))
            case "BETWEEN":
                low = self._literal()
                self.expect("keyword", "AND")
                return Between(column, low, self._literal())
            case _:
                return Like(column, self.expect("string"))

    def _at_typed_literal(self) -> bool:
        """Tell whether a word that is a literal, or says what type the next one has, comes next."""
        if not self._typed_literals:
            return False
        token, after = self._tokens[self._next], self._tokens[self._next + 1 : self._next + 2]
        if token.kind != "column":
            return False
        is_type = token.text.upper() in _TYPES and bool(after) and after[0].kind == "string"
        return is_type or token.text.upper() in _BOOLEANS

    def _literal(self) -> str:
        """Take a literal; one in parentheses is the literal."""
        opened = 0
        while self._take("op", "(") is not None:
            opened += 1
        if self._at_typed_literal():
            taken: str | None = self.expect("column")
            if taken is not None and taken.upper() in _TYPES:
                taken = self.expect("string")
        else:
            taken = self._take("string")
        if taken is None:
            taken = self.expect("number")
        for _ in range(opened):
            self.expect("op", ")")
        return taken
