"""docs/conformance.md."""

import datetime
import os
import re
import subprocess

from .cases import argued

HEAD = """# Conformance

By `just conformance` at commit {commit}{dirty}, on {date}, on {cpus} processors.

Independent suites play the caller's application: they call the first of two proxies, which speaks mutual TLS 1.3 to the
second, which calls the application. Nothing else stands in between, and for *direct* nothing at all. *Proa* is two
sidecars as they run in pods, with `protocol: http` for the port; *port undeclared* leaves the protocol to detection. The
peers are as their documentation has them, with HTTP/2 on all three connections. The figures are cases passed; a case that
was skipped has not. Versions of the suites stand in `.ci/conforming/suites`.
"""


def write(path, root, rows, missing):
    with open(path, "w") as f:
        f.write(head(root) + "\n" + table(rows) + "".join(f"\nNOT run: {what}\n" for what in missing) + "".join(section(row) for row in rows))


def head(root):
    def git(*words):
        return subprocess.run(["git", "-C", root, *words], capture_output=True, text=True).stdout.strip()

    changed = git("status", "--porcelain", "--", ".", ":!docs/conformance.md", ":!docs/proof.md")
    return HEAD.format(commit=git("rev-parse", "--short", "HEAD") or "unknown", dirty=", with changes that are not committed" if changed else "",
                       date=datetime.datetime.now(datetime.timezone.utc).date(), cpus=os.cpu_count())


def table(rows):
    names = {column.key: column.name for row in rows for column in row.columns}
    lines = [["suite", "cases", *names.values()], ["---", "--:", *["--:"] * len(names)]]
    for row in rows:
        lines.append([row.suite.name, str(row.suite.cases), *[_score(row.column(key)) for key in names]])
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _score(column):
    if column is None:
        return "-"
    return f"{len(column.passed())}" + (" (did not end well)" if column.trouble else "")


def section(row):
    text = f"\n## {row.suite.name}\n"
    if row.suite.explained:
        text += f"\n{row.suite.explained}\n"
    whole = [column.name for column in row.columns if not column.failed() and not column.trouble]
    if whole:
        text += f"\nEvery case passed: {'; '.join(whole)}.\n"
    for column in row.columns:
        if column.trouble:
            text += f"\n**{column.name} did not end well**: {_one_line(column.trouble)}\n"
        if column.failed():
            text += f"\n### {column.name}: {len(column.failed())} failed\n\n"
            text += "".join(_failure(row, column, case) for case in column.failed())
    return text


def _failure(row, column, case):
    reason = argued().get((row.suite.key, column.key, case.name))
    direct = row.column("direct")
    same = column.key != "direct" and direct is not None and case.name not in direct.passed()
    return (f"- `{case.name}` {case.title}{' (direct, too)' if same else ''}: {_one_line(case.said)}\n"
            + (f"  **Argued**: {reason}\n" if reason else ""))


def _one_line(said):
    """Without what differs from run to run."""
    said = re.sub(r"127\.0\.0\.1:\d+(->127\.0\.0\.1:\d+)?", "(address)", said)
    return re.sub(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d ", "", "; ".join(said.splitlines()))
