"""One case of a suite and how it ended; and the list of failures that are argued for."""

import os
from dataclasses import dataclass

from measuring.machine import Trouble

ARGUED = os.path.join(os.path.dirname(os.path.realpath(__file__)), "argued")


@dataclass(frozen=True)
class Case:
    """`said` is what the suite says of a case that failed: what it expected, and what it saw."""

    name: str
    title: str
    passed: bool
    said: str = ""


def argued():
    """Reasons by suite, column and case. An entry is a line of these three, and its reason indented below it."""
    reasons, key = {}, None
    with open(ARGUED) as f:
        for number, line in enumerate(f, 1):
            if not line.strip() or line.startswith("#"):
                continue
            if line[0] != " ":
                key = tuple(line.split())
                if len(key) != 3:
                    raise Trouble(f"{ARGUED}:{number}: expected SUITE COLUMN CASE, seen {line.strip()}")
                reasons[key] = ""
            elif key is None:
                raise Trouble(f"{ARGUED}:{number}: a reason without a case above it")
            else:
                reasons[key] = f"{reasons[key]} {line.strip()}".strip()
    for key, reason in reasons.items():
        if not reason:
            raise Trouble(f"{ARGUED}: no reason is given for {' '.join(key)}")
    for suite in {key[0] for key in reasons}:
        cases = {key[2] for key in reasons if key[0] == suite}
        if len(cases) > 3:
            raise Trouble(f"{ARGUED}: at most 3 cases of {suite} may be argued, and there are {len(cases)}")
    return reasons
