# shellcheck shell=sh disable=SC2154
# Sourced by the proofs beside it, from the project's root: builds Proa and the proofs where they are out of date, then
#   prove MAIN ARGUMENT...
# runs one, as somebody who may make network namespaces.
proa_dist=$PWD/app/target/dist
# shellcheck source=app/src/dist/bin/jvm.sh
. app/src/dist/bin/jvm.sh
find_java javac
export JAVA_HOME="$proa_java_home" PROA_JAVA_HOME="$proa_java_home"

PROA_BUILD=${PROA_BUILD:-yes} ./proa version >/dev/null
built=proving/target/classpath
if ! [ -e "$built" ] || [ -n "$(find pom.xml ./*/pom.xml ./*/src/main -newer "$built" -print -quit)" ]; then
    mkdir -p proving/target
    say "building the proofs (proving/target/proofs.log)"
    if ! mvn -B -pl proving -am -DskipTests package >proving/target/proofs.log 2>&1; then
        grep -E '^\[ERROR\]' proving/target/proofs.log | head -n 12 >&2
        exit 70
    fi
    touch "$built"
fi

prove() {
    class_path "$proa_dist/lib/sidecar" "$proa_dist/lib/cli"
    # shellcheck disable=SC2086
    set -- "$proa_java_home/bin/java" $proa_cli_flags "-Dio.proa.dist=$proa_dist" "-Dio.proa.native.dir=$proa_dist/native" \
        -cp "proving/target/classes:formats/target/test-classes:$proa_class_path" "$@"
    # Whoever may not make network namespaces may in a user namespace of their own.
    if [ "$(id -u)" != 0 ]; then set -- unshare --user --map-root-user -- "$@"; fi
    "$@"
}
