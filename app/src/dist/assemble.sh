#!/bin/sh
# Lays out target/dist from what Maven gathered: assemble.sh TARGET APP-JAR SIDECAR-CLOSURE
#
#   lib/sidecar/   the sidecar's exact class path
#   lib/cli/       what the command line and the control plane need on top
#   native/        BoringSSL, unpacked once, so that no process unpacks it again
#   bin/           the start scripts
#
# A file is replaced only when its content differs, and by rename: the AOT caches are tied to the
# jars' times, and a running sidecar keeps the jar it has mapped.
set -eu
target=$1 app_jar=$2 closure=$3
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
dist=$target/dist
jars=$target/gathered/jars

put() { # put FILE FOLDER
    to=$2/${1##*/}
    if ! cmp -s "$1" "$to"; then
        cp -- "$1" "$to.part"
        mv -f -- "$to.part" "$to"
    fi
}

drop_all_but() { # drop_all_but FOLDER NAMES
    for old in "$1"/*; do
        [ -e "$old" ] || continue
        case " $2 " in *" ${old##*/} "*) ;; *) rm -f -- "$old" ;; esac
    done
}

mkdir -p "$dist/lib/sidecar" "$dist/lib/cli" "$dist/native" "$dist/bin"

# The closure names the jars as Maven saw them in the build (paths differ, names do not).
wanted=
while IFS= read -r path || [ -n "$path" ]; do
    wanted="$wanted ${path##*/}"
done <<EOF
$(tr ':' '\n' <"$closure")
EOF
sidecar_jars="" cli_jars=""
for jar in "$jars"/*.jar; do
    name=${jar##*/}
    case "$name" in proa-sidecar-*) in_sidecar=yes ;; *) in_sidecar=no ;; esac
    case " $wanted " in *" $name "*) in_sidecar=yes ;; esac
    if [ "$in_sidecar" = yes ]; then
        put "$jar" "$dist/lib/sidecar"
        sidecar_jars="$sidecar_jars $name"
    else
        put "$jar" "$dist/lib/cli"
        cli_jars="$cli_jars $name"
    fi
done
put "$target/$app_jar" "$dist/lib/cli"
drop_all_but "$dist/lib/sidecar" "$sidecar_jars"
drop_all_but "$dist/lib/cli" "$cli_jars $app_jar"

for so in "$target"/gathered/native/META-INF/native/*.so; do put "$so" "$dist/native"; done
for script in "$here"/bin/*; do put "$script" "$dist/bin"; done
chmod +x "$dist"/bin/proa "$dist"/bin/proa-sidecar "$dist"/bin/train-aot

# Gathered afresh each time, or a jar of an older version would stay.
rm -rf "$jars"
