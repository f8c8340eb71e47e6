"""Sends records with the Python client, as one of the functions below says: client.py NAME URL CLIENT_ID TOKEN.

Prints a line of JSON for each request that was accepted: what the client hands to its callback.
"""

import collections
import collections.abc
import datetime
import decimal
import json
import sys
import uuid

# The client's release on PyPI looks for these where Python had them until 3.9.
for name in ("Mapping", "Hashable", "MutableMapping"):
    setattr(collections, name, getattr(collections.abc, name))

from stitchclient.client import Client  # noqa: E402
from transit.transit_types import URI, Keyword, Symbol, TaggedValue  # noqa: E402

NAME, URL, CLIENT_ID, TOKEN = sys.argv[1:]


def told(arguments):
    print(json.dumps(arguments), flush=True)


def client(**options):
    options.setdefault("token", TOKEN)
    return Client(CLIENT_ID, override_stitch_url=URL + "/v2/import/push", callback_function=told, **options)


def upsert(sequence, data, **others):
    return {"action": "upsert", "sequence": sequence, "data": data, **others}


def tables():
    """Tables in turn: one that the client was made for, and others that the records name."""
    with client(table_name="orders", key_names=["id"]) as sending:
        for number in range(1, 4):
            sending.push(upsert(number, {"id": number, "what": "order %d" % number}), number)
            line = {"order": number, "line": 1, "amount": number * 10}
            sending.push(upsert(number, line, table_name="lines", key_names=["order", "line"]), -number)
        sending.push(upsert(9, {"id": 2, "what": "changed"}), 4)
        # Older than what is there.
        sending.push(upsert(1, {"id": 2, "what": "late"}), 5)


def nested():
    with client(table_name="people", key_names=["id"]) as sending:
        address = {"street": "Main", "geo": {"latitude": 1.5, "longitude": -2.25}}
        phones = [{"kind": "home", "digits": [1, 2]}, {"kind": "work", "digits": [3]}]
        person = {"id": 1, "address": address, "phones": phones, "tags": ["a", "bb"], "pair": (7, 8), "none": None}
        sending.push(upsert(1, {**person, "empty": {}, "nothing": []}))
        sending.push(upsert(2, {"id": 2, "address": {"street": "Side"}, "phones": [], "set": {5}}))


def types():
    """Every type that the client knows, with the ends of those that have some."""
    half_past_five = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
    with client(table_name="types", key_names=["id"]) as sending:
        data = {
            "id": 1,
            "zero": 0,
            "of_53_bits": 2**53 - 1,
            "beyond_53_bits": 2**53 + 1,
            "least_below_53_bits": -(2**53) - 1,
            "greatest": 2**63 - 1,
            "least": -(2**63),
            "beyond_64_bits": 2**63,
            "large": 10**40,
            "double": 0.1,
            "whole_double": 1.0,
            "greatest_double": sys.float_info.max,
            "smallest_double": 5e-324,
            "negative_zero": -0.0,
            "decimal": decimal.Decimal("1.10"),
            "long_decimal": decimal.Decimal("-12345678901234567890.0123456789012345678901234567890"),
            "decimal_of_thousands": decimal.Decimal("12E+3"),
            "utc": datetime.datetime(2024, 2, 29, 12, 34, 56, 789000, datetime.timezone.utc),
            "offset": datetime.datetime(2024, 2, 29, 12, 34, 56, tzinfo=half_past_five),
            "epoch": datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc),
            "before_the_epoch": datetime.datetime(1969, 12, 31, 23, 59, 59, tzinfo=datetime.timezone.utc),
            "first_year": datetime.datetime(1, 1, 1, tzinfo=datetime.timezone.utc),
            "last_year": datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=datetime.timezone.utc),
            "text_of_a_time": "2024-02-29T12:34:56Z",
            "tilde": "~t",
            "caret": "^0",
            "backtick": "`x",
            "marked_as_a_map": "^ ",
            "unicode": "Zoë \U0001f9f5",
            "control": "a\tb\u0001\"\\",
            "empty": "",
            "yes": True,
            "no": False,
            "none": None,
            "uuid": uuid.UUID("0f8fad5b-d9cb-469f-a165-70867728950e"),
            "uri": URI("https://example.com/?a=1"),
            "keyword": Keyword("word"),
            "symbol": Symbol("sign"),
            "tagged": TaggedValue("point", [1, 2]),
        }
        sending.push(upsert(2**63 - 1, data))
        for number, double in enumerate((float("nan"), float("inf"), float("-inf"))):
            sending.push(upsert(number, {"id": number, "double": double}, table_name="not_finite"))


def many():
    """So many records that the client's buffer is full several times, and each time is several requests."""
    with client(table_name="many", key_names=["id"], max_batch_size_bytes=500000) as sending:
        for number in range(45000):
            sending.push(upsert(number, {"id": number % 30000, "note": "note of %d" % number}), number)


def flushed():
    """Without a delay each record is a request; with one they wait until they are flushed."""
    sending = client(table_name="flushed", key_names=["id"], batch_delay_seconds=0)
    for number in range(2):
        sending.push(upsert(1, {"id": number}), number)
    sending = client(table_name="flushed", key_names=["id"])
    for number in range(2, 5):
        sending.push(upsert(1, {"id": number}), number)
    told("pushed")
    sending.flush()


def versions():
    with client(table_name="versions", key_names=["id"]) as sending:
        sending.push(upsert(1, {"id": 1}))
        sending.push(upsert(2, {"id": 2}, table_version=5))
        sending.push({"action": "switch_view", "sequence": 3, "table_version": 5})


def refusals():
    """Each is refused, and the client tells why."""
    sending = {
        "token": (client(token="at_other", table_name="t", key_names=["id"]), upsert(1, {"id": 1})),
        "keys": (client(table_name="t"), upsert(1, {"id": 1})),
        "key": (client(table_name="t", key_names=["id"]), upsert(1, {"name": "none"})),
        "sequence": (client(table_name="t", key_names=["id"]), upsert(2**63, {"id": 1})),
    }
    for sender, record in sending.values():
        sender.push(record)
        try:
            sender.flush()
        except RuntimeError as error:
            told(str(error))


globals()[NAME]()
