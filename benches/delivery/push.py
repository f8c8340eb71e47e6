"""Delivers records with the Python client, and prints what that took as a line of JSON: push.py FILE COUNT URL.

FILE has records as lines of JSON. They are delivered again and again, until there were COUNT.
"""

import collections
import collections.abc
import itertools
import json
import resource
import sys
import time

# The client's release on PyPI looks for these where Python had them until 3.9.
for name in ("Mapping", "Hashable", "MutableMapping"):
    setattr(collections, name, getattr(collections.abc, name))

from stitchclient.client import Client  # noqa: E402

FIRST_SEQUENCE = 1_795_457_147_263_348_200


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    path, count, url = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with open(path, encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    sequences = range(FIRST_SEQUENCE, FIRST_SEQUENCE + count)
    started, cpu_started = time.monotonic(), cpu_seconds()
    with Client(
        7723, "token", table_name="orders", key_names=["id"], override_stitch_url=url + "/v2/import/push"
    ) as client:
        for record, sequence in zip(itertools.cycle(records), sequences):
            client.push({"action": "upsert", "sequence": sequence, "data": record})
    seconds, cpu = time.monotonic() - started, cpu_seconds() - cpu_started
    # Apple counts bytes, others kilobytes.
    unit = 1 if sys.platform == "darwin" else 1024
    told = {
        "records": count,
        "record_bytes": None,
        "seconds": seconds,
        "cpu_seconds": cpu,
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit,
        "written_bytes": 0,
    }
    print(json.dumps(told))


main()
