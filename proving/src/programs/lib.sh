# shellcheck shell=sh
# Sourced by the clients beside it.

say() { printf '== %s\n' "$*"; }

# A head as it should be with and without a sidecar: what docs/transparency.md allows to differ, and the time, left out.
head_lines() {
    tr -d '\r' | sed -e 's,^HTTP/1\.0 ,HTTP/1.1 ,' | grep -vi -e '^date:' -e '^connection:' -e '^keep-alive:'
}
