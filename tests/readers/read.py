"""Reads a body of Transit+JSON a line from the standard input, and prints what each means in JSON, a line each.

Numbers, strings, booleans and null are themselves; other values are objects with one entry, which tells their type.
"""

import collections
import collections.abc
import datetime
import decimal
import io
import json
import sys
import uuid

# Releases of the reader look for these where Python had them until 3.9.
for name in ("Mapping", "Hashable", "MutableMapping", "Sequence"):
    setattr(collections, name, getattr(collections.abc, name))

from transit.reader import Reader  # noqa: E402
from transit.transit_types import Boolean, TaggedValue  # noqa: E402

GREATEST_PLAIN = 2**53 - 1
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def shown(value):
    if value is None or isinstance(value, (bool, float, str)):
        return value
    if isinstance(value, Boolean):
        return bool(value)
    if isinstance(value, int):
        return value if abs(value) <= GREATEST_PLAIN else {"integer": str(value)}
    if isinstance(value, decimal.Decimal):
        return {"decimal": format(value, "f")}
    if isinstance(value, datetime.datetime):
        # The reader goes through seconds as a double.
        return {"instant": round((value - EPOCH) / datetime.timedelta(milliseconds=1))}
    if isinstance(value, uuid.UUID):
        return {"uuid": str(value)}
    if isinstance(value, TaggedValue) and value.tag == "b":
        return {"bytes": value.rep}
    if isinstance(value, collections.abc.Mapping):
        return {"map": [[key, shown(entry)] for key, entry in value.items()]}
    if isinstance(value, (list, tuple)):
        return {"array": [shown(element) for element in value]}
    raise TypeError(f"a value of a type that is not expected: {value!r}")


for line in sys.stdin.buffer.read().decode("utf-8").split("\n"):
    if line:
        print(json.dumps(shown(Reader("json").read(io.StringIO(line)))))
