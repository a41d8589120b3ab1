"""docs/framing.md."""

import datetime
import os
import subprocess

HEAD = """# Message framing

By `.ci/framing --peers` at commit {commit}{dirty}, on {date}, on {cpus} processors.

Where two readers of one message disagree on where it ends, one client's bytes become part of another's request. So raw
bytes are sent, a capturing application keeps what arrives, and a reader that was written for this alone judges it
(`io.proa.proving.framing` in `proving`; it shares nothing with the one that is judged). A case is

- **rejected**: nothing of it came through;
- **clean**: what came through can be read in one way only, and the next request, of another client, arrived as itself;
- **unsafe**: a second reader could read it differently, or bytes were left for the next request or response;
- **lost**: it is valid, and did not come through. Of the cases {good} are marked so.

*Requests* are raw bytes of a client, judged at the application. *Responses* are raw bytes of an application, judged at the
client. *Downgrades* are requests by HTTP/2. Cases stand in `proving/src/framing`. *Direct* is nothing in between: how many
cases are a danger at all. *Proa* is two sidecars with mutual TLS between them and `protocol: http`; it passes HTTP/2 on as
HTTP/2 (inside, each stream is text of HTTP/1.1), so that downgrades are judged by what the simplest translator behind it
would write. The peers stand alone, with HTTP/1.1 to the application, and are as their documentation has them: their
defaults can be hardened, and what is called unsafe here is so by this reader, which is stricter than RFC 9112.
"""


def write(path, root, rows, good):
    with open(path, "w") as f:
        f.write(head(root, good) + "\n" + table(rows) + "".join(section(row) for row in rows))


def head(root, good):
    def git(*words):
        return subprocess.run(["git", "-C", root, *words], capture_output=True, text=True).stdout.strip()

    changed = git("status", "--porcelain", "--", ".", ":!docs/framing.md", ":!docs/proof.md")
    return HEAD.format(commit=git("rev-parse", "--short", "HEAD") or "unknown", dirty=", with changes that are not committed" if changed else "",
                       date=datetime.datetime.now(datetime.timezone.utc).date(), cpus=os.cpu_count(), good=good)


def table(rows):
    names = {column.key: column.name for row in rows for column in row.columns}
    lines = [["cases of", "", *names.values()], ["---", "---", *["--:"] * len(names)]]
    for row in rows:
        for number, verdict in enumerate(("UNSAFE", "REJECTED", "CLEAN", "LOST")):
            found = {c.key: c.count(verdict) for c in row.columns}
            what = f"{row.kind}: {row.cases}" if number == 0 else ""
            lines.append([what, verdict.lower(), *(str(found.get(key, "-")) for key in names)])
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def section(row):
    text = f"\n## {row.kind.capitalize()}\n"
    for column in row.columns:
        bad = [f for f in column.found if f.verdict in ("UNSAFE", "LOST")]
        if column.key == "direct" or not bad:
            continue
        text += f"\n### {column.name}: {len(bad)} unsafe or lost\n\n"
        text += "".join(f"- `{f.name}`: {'lost: ' if f.verdict == 'LOST' else ''}{_code(f.said)}\n" for f in bad)
    clean = [column.name for column in row.columns if not column.count("UNSAFE") and not column.count("LOST")]
    return text + (f"\nNothing unsafe, and nothing lost: {'; '.join(clean)}.\n" if clean else "")


def _code(said):
    """What a message had in it is shown as code, so that nothing of it is Markdown."""
    return said if said.replace(" ", "").replace(",", "").replace("-", "").isalnum() else f"`{said.replace('`', chr(39))}`"
