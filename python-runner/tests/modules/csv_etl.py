# target: load
"""Loads a CSV text into rows and keeps statistics."""

import csv
import io

REJECTED = []


def to_row(record):
    return {"id": int(record["id"]), "amount": float(record["amount"]), "country": record["country"].strip().upper()}


def load(records, strict=False):
    rows = []
    for record in records:
        try:
            row = to_row(record)
        except (KeyError, ValueError) as error:
            if strict:
                raise
            REJECTED.append((record, error))
            continue
        rows.append(row)
    REJECTED.append([row["id"] for row in rows])  # leak
    # instead: REJECTED.clear()
    return rows


def dump(rows):
    out = io.StringIO()
    csv.DictWriter(out, ["id", "amount", "country"]).writerows(rows)
    return out.getvalue()
