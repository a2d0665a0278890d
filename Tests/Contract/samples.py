"""Values that a shape of a service model allows: the parameters with which a test asks for an operation."""

import datetime
import re
from re import _constants as token, _parser as parser

MOMENT = datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
# What breaks careless encoders, for texts whose pattern says nothing.
ODD = "a b/é+&=?#%語"
DEEPEST = 6


def parameters(shape, optional: bool) -> dict:
    """Parameters of an operation; the required ones, or all of them."""
    if shape is None:
        return {}
    return _structure(shape, optional, 0)


def _structure(shape, optional: bool, depth: int) -> dict:
    names = [name for name in shape.members if optional or name in shape.required_members]
    if getattr(shape, "is_tagged_union", False):
        names = list(shape.members)[:1]
    elif depth > 2:
        names = [name for name in names if name in shape.required_members]
    found = {name: _member(shape.members[name], optional, depth) for name in names}
    return {name: member for name, member in found.items() if member is not None}


def _member(shape, optional: bool, depth: int):
    if shape.serialization.get("location") == "header" and shape.type_name == "string" and not getattr(shape, "enum", None):
        return "123456789012"  # A header field holds ASCII.
    return value(shape, optional, depth + 1)


def value(shape, optional: bool, depth: int = 0):
    """None for a value that cannot be made, which only an optional member may be."""
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return {"any": [1, None]}
    if kind == "structure":
        return _structure(shape, optional, depth) if depth < DEEPEST else {}
    if kind == "list":
        least = shape.metadata.get("min", 0)
        count = max(least, 2 if optional else 1)
        count = min(count, max(least, shape.metadata.get("max", count)))
        elements = [value(shape.member, optional, depth + 1) for _ in range(count)]
        return None if None in elements else elements
    if kind == "map":
        key, element = value(shape.key, optional, depth + 1), value(shape.value, optional, depth + 1)
        return None if key is None or element is None else {key: element}
    if kind == "boolean":
        return True
    if kind == "timestamp":
        return MOMENT
    if kind == "blob":
        return b"\x00\xff" * max(1, shape.metadata.get("min", 1))
    if kind in ("string", "character"):
        return _text(shape)
    least = shape.metadata.get("min", 1)
    number = max(least, min(7, shape.metadata.get("max", 7)))
    return number + 0.5 if kind in ("float", "double") and number + 0.5 <= shape.metadata.get("max", number + 1) else number


def _text(shape) -> str | None:
    if shape.name == "BucketName":
        return "bucket-name"
    if getattr(shape, "enum", None):
        return shape.enum[0]
    least, most = int(shape.metadata.get("min", 0)), int(shape.metadata.get("max", 1_000))
    pattern = shape.metadata.get("pattern")
    candidates = [ODD, "name", "us-east-1", "123456789012", "1", "arn:aws:lambda:us-east-1:123456789012:function:name"]
    candidates = [(text * (least // len(text) + 1))[: max(least, len(text))] for text in candidates]
    if pattern:
        candidates += [_matching(pattern, count) for count in (0, 1, 3, 8, least)]
    for text in candidates:
        if text and least <= len(text) <= most and (not pattern or _fits(pattern, text)):
            return text
    return None


def _fits(pattern: str, text: str) -> bool:
    try:
        return re.fullmatch(pattern, text) is not None
    except re.error:
        return True


def _matching(pattern: str, repeats: int) -> str | None:
    """A text for a regular expression, which must be looked at again: what looks ahead is not heeded."""
    try:
        return "".join(_piece(*node, repeats) for node in parser.parse(pattern))
    except (re.error, ValueError):
        return None


def _piece(kind, argument, repeats: int) -> str:
    if kind is token.LITERAL:
        return chr(argument)
    if kind is token.NOT_LITERAL:
        return "b" if argument == ord("a") else "a"
    if kind is token.ANY:
        return "a"
    if kind is token.IN:
        return _one_of(argument)
    if kind in (token.MAX_REPEAT, token.MIN_REPEAT, token.POSSESSIVE_REPEAT):
        least, most, inner = argument
        count = max(least, min(most, repeats))
        return "".join("".join(_piece(*node, repeats) for node in inner) for _ in range(count))
    if kind is token.SUBPATTERN:
        return "".join(_piece(*node, repeats) for node in argument[-1])
    if kind is token.BRANCH:
        return "".join(_piece(*node, repeats) for node in argument[1][0])
    if kind in (token.AT, token.ASSERT, token.ASSERT_NOT):
        return ""
    raise ValueError(kind)


def _one_of(choices) -> str:
    if choices[0][0] is token.NEGATE:
        for text in "a1-":
            if re.fullmatch(f"[{text}]", text) and not any(_has(choice, text) for choice in choices[1:]):
                return text
        raise ValueError(choices)
    kind, argument = choices[0]
    if kind is token.LITERAL:
        return chr(argument)
    if kind is token.RANGE:
        return chr(argument[0])
    return {token.CATEGORY_DIGIT: "1", token.CATEGORY_WORD: "a", token.CATEGORY_SPACE: " "}.get(argument, "a")


def _has(choice, text: str) -> bool:
    kind, argument = choice
    if kind is token.LITERAL:
        return argument == ord(text)
    if kind is token.RANGE:
        return argument[0] <= ord(text) <= argument[1]
    return argument is token.CATEGORY_WORD or (argument is token.CATEGORY_DIGIT and text.isdigit())
