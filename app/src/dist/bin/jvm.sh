# shellcheck shell=sh disable=SC2034,SC2154
# Sourced by ./proa and by the start scripts beside it: which Java runs Proa, and with which flags.
# Expects $proa_dist; plain POSIX sh without forks, because it runs at every start. Variables begin with
# proa_: a shell hands on what it assigns where the environment had that name, and what the user's
# environment has is the programs' under `run` and `up`.

proa_release=25 # the Java release that Proa is compiled for

# java_feature HOME: sets $proa_feature to the home's feature release, or to nothing.
java_feature() {
    proa_feature=
    [ -r "$1/release" ] || return 0
    while IFS= read -r proa_line; do
        case $proa_line in
        JAVA_VERSION=\"*)
            proa_feature=${proa_line#*\"}
            proa_feature=${proa_feature%%[!0-9]*}
            return 0
            ;;
        esac
    done <"$1/release"
}

# suits HOME TOOL: true when the home has the tool (java or javac) and is new enough.
suits() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/$2" ] || return 1
    java_feature "$1"
    [ -n "$proa_feature" ] && [ "$proa_feature" -ge "$proa_release" ]
}

# find_java TOOL: sets $proa_java_home to the first home that suits. A PROA_JAVA_HOME that does not suit
# is a mistake to report, not a reason to run on something else. PROA_FOUND_JAVA_HOME is what a start
# script has found for the processes below it, so that they need not search again.
find_java() {
    if [ -n "${PROA_JAVA_HOME:-}" ]; then
        proa_java_home=$PROA_JAVA_HOME
        suits "$proa_java_home" "$1" && return 0
        if ! [ -x "$proa_java_home/bin/$1" ]; then
            say "PROA_JAVA_HOME is $proa_java_home, which has no bin/$1; expected the home of a JDK $proa_release or newer."
        else
            say "PROA_JAVA_HOME is $proa_java_home, which is Java ${proa_feature:-of an unknown release}; expected $proa_release or newer."
        fi
        exit 69
    fi
    for proa_java_home in "${PROA_FOUND_JAVA_HOME:-}" "$proa_dist/runtime" "${JAVA_HOME:-}" "${JAVA_25_HOME:-}" "${JAVA_HOME_25_X64:-}" \
        "${JAVA_HOME_25_ARM64:-}" "${HOME:-/nonexistent}"/.jdks/* "${HOME:-/nonexistent}"/.m2/jdks/* \
        "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.gradle/jdks/* \
        "${HOME:-/nonexistent}"/.jbang/cache/jdks/* "${HOME:-/nonexistent}"/.asdf/installs/java/* \
        "${HOME:-/nonexistent}"/.local/share/mise/installs/java/* \
        /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/java/* /usr/jdk/* /opt/java/* /opt/jdk* \
        /opt/hostedtoolcache/Java_*/*/*; do
        [ -n "$proa_java_home" ] && suits "$proa_java_home" "$1" && return 0
    done
    say "no JDK $proa_release or newer found. $(how_to_get_a_jdk)"
    exit 69
}

how_to_get_a_jdk() {
    ID=linux VERSION_ID=0
    # shellcheck disable=SC1091
    [ -r /etc/os-release ] && . /etc/os-release
    case "$ID:${VERSION_ID%%.*}" in
    debian:1[3-9] | ubuntu:2[4-9]) echo "Get one with: sudo apt install openjdk-25-jdk-headless" ;;
    fedora:*) echo "Get one with: sudo dnf install java-25-openjdk-devel" ;;
    arch:*) echo "Get one with: sudo pacman -S jdk25-openjdk" ;;
    *) echo "Unpack one (for example from https://adoptium.net) into ~/.jdks/, or set PROA_JAVA_HOME." ;;
    esac
}

how_to_get_maven() {
    ID=linux
    # shellcheck disable=SC1091
    [ -r /etc/os-release ] && . /etc/os-release
    case "$ID" in
    debian | ubuntu) echo "Get it with: sudo apt install maven" ;;
    fedora) echo "Get it with: sudo dnf install maven" ;;
    arch) echo "Get it with: sudo pacman -S maven" ;;
    *) echo "Get it from https://maven.apache.org and put its bin folder into PATH." ;;
    esac
}

say() { printf 'proa: %s\n' "$1" >&2; }

# class_path FOLDER...: sets $proa_class_path to the folders' jars in a fixed order. The AOT cache holds
# for exactly this list, and a wildcard would leave the order to the file system.
class_path() {
    proa_class_path=
    for proa_folder in "$@"; do
        for proa_jar in "$proa_folder"/*.jar; do proa_class_path=$proa_class_path:$proa_jar; done
    done
    proa_class_path=${proa_class_path#:}
}

# What both kinds of process need: native calls, and the number of a channel's descriptor.
proa_shared_flags="--enable-native-access=ALL-UNNAMED --add-exports=java.base/sun.nio.ch=ALL-UNNAMED \
-XX:+UseSerialGC -XX:-UsePerfData"

# The sidecar is sized for a pod: a small fixed heap, small stacks, freed native memory given back,
# no attaching from outside. The reasons and figures are in docs/decisions/0004-jvm-flags.md.
proa_sidecar_flags="$proa_shared_flags -Xms4m -Xmx32m -XX:+ExitOnOutOfMemoryError -XX:MaxDirectMemorySize=40m -Xss256k \
-XX:ReservedCodeCacheSize=16m -XX:TieredStopAtLevel=1 -XX:TrimNativeHeapInterval=2000 -XX:+DisableAttachMechanism"

# The command line and the control plane: quick to start, room for a large configuration.
proa_cli_flags="$proa_shared_flags -Xms8m -Xmx256m -Xss512k -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=32m"
