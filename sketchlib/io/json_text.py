"""JSON from strangers."""

import json

from sketchlib.errors import FormatError


def parse_json(text: str | bytes) -> object:
    """JSON -> Python values. Raises FormatError for anything JSON forbids, NaN and bottomless nesting included."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise FormatError("JSON is nested a few levels deep, got too many") from None
    except json.JSONDecodeError as error:
        raise FormatError(f"not valid JSON ({error.msg} at character {error.pos + 1})") from None
    except ValueError as error:
        raise FormatError(f"not valid JSON ({error})") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")
