"""Runs suites over columns, and judges what came out."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from measuring.machine import Trouble

from .cases import argued
from .installs import say

OURS = ("proa", "undeclared")


@dataclass
class Column:
    """What one suite saw through one thing that stood in between; `trouble` says why it could not end well."""

    key: str
    name: str
    cases: list = field(default_factory=list)
    trouble: str = ""

    def passed(self):
        return {case.name for case in self.cases if case.passed}

    def failed(self):
        return [case for case in self.cases if not case.passed]


@dataclass
class Row:
    suite: object
    columns: list

    def column(self, key):
        return next((c for c in self.columns if c.key == key), None)


def run(suite, candidates, work):
    """One row; what cannot be run is told in its column."""
    try:
        suite.start(work)
        with ThreadPoolExecutor(len(candidates) if suite.waits else 1) as pool:
            return Row(suite, list(pool.map(lambda between: run_through(suite, between, work), candidates)))
    finally:
        suite.stop()


def run_through(suite, between, work):
    began = time.monotonic()
    column = Column(between.key, between.name)
    try:
        column.cases, dead = suite.run(between, work)
        column.trouble = "".join(f"a process ended: {said}" for said in dead)
    except (Trouble, OSError, subprocess.SubprocessError) as trouble:
        column.trouble = str(trouble)
    if not column.trouble and len(column.cases) != suite.cases:
        column.trouble = f"{len(column.cases)} cases were run, and the suite has {suite.cases}"
    say(f"{suite.name}, {column.name}: {len(column.passed())} of {suite.cases} passed in {time.monotonic() - began:.0f} s"
        + (f"; {column.trouble}" if column.trouble else ""))
    return column


def judge(rows):
    """All that is wrong, a text for each: cases that fail and may not, arguments for cases that pass."""
    reasons = argued()
    for row in rows:
        direct = row.column("direct")
        for column in row.columns:
            if column.trouble:
                yield f"{row.suite.name}, {column.name}: {column.trouble}"
            if column.key not in OURS:
                continue
            for case in column.failed():
                if (row.suite.key, column.key, case.name) in reasons or (direct and excused(row.suite, direct, case)):
                    continue
                yield f"{row.suite.name}, {column.name}: {case.name}, {case.title}\n{case.said}"
            for suite, key, name in reasons:
                if suite == row.suite.key and key == column.key and name in column.passed():
                    yield f"{row.suite.name}, {column.name}: {name} passes, and .ci/conforming/argued has an argument for it: remove that"


def excused(suite, direct, case):
    """A conforming proxy conforms whatever stands behind it; elsewhere the application answers, and Proa need not mend it."""
    return not suite.key.startswith("h2spec") and case.name not in direct.passed()


def report(wrong):
    for what in wrong:
        print("FAILED: " + what.replace("\n", "\n   "), file=sys.stderr)
