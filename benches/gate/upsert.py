"""Upserts with `sqlite3` and `executemany`: upsert.py DATABASE TABLE UPSERT BATCH, where TABLE and UPSERT are statements.

Each line of the input is a phase: its name, a sequence, and its keys, as JSON. What a phase took is printed as a line
of JSON. Rows are made before the clock starts.
"""

import json
import resource
import sqlite3
import sys
import time


def row(key, sequence):
    return (
        "Germany", "2026-02-28T12:34:56.789Z", "EUR", key * 7, 0.05, f"buyer.{key}@example.com", key,
        key % 3 == 0, 12, f"leave it with the neighbour at number {key}" if key % 2 == 0 else None,
        "shipped", key % 10_000 * 25 / 100,
        "2026-02-28T12:34:56.789000Z", "2026-02-28T12:34:56.789000Z", sequence, 0, None,
    )  # fmt: skip


def usage():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, used.ru_maxrss


def main():
    database, table, upsert, batch = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(table)
    for line in sys.stdin:
        phase, sequence, keys = json.loads(line)
        seconds = cpu_seconds = 0.0
        for start in range(0, len(keys), batch):
            rows = [row(key, sequence) for key in sorted(keys[start : start + batch])]
            cpu_started, started = usage()[0], time.monotonic()
            connection.execute("BEGIN")
            connection.executemany(upsert, rows)
            connection.execute("COMMIT")
            seconds += time.monotonic() - started
            cpu_seconds += usage()[0] - cpu_started
        # Apple counts bytes, others kilobytes.
        peak_bytes = usage()[1] * (1 if sys.platform == "darwin" else 1024)
        told = {"phase": phase, "records": len(keys), "bytes": 0, "seconds": seconds}
        print(json.dumps(told | {"cpu_seconds": cpu_seconds, "peak_bytes": peak_bytes}), flush=True)


main()
