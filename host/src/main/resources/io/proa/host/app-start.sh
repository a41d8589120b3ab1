# Becomes an application in its pod: sees neither the sidecar nor the fleet's run directory, and has
# no power that it could use or gain.
#
#   sh app-start.sh STEP UID|- GID|- MAPPED|- COUNT HIDDEN-DIRECTORY... WORKING-DIRECTORY COMMAND...
#
# The later steps are told the number of the process of `enter` first. MAPPED says that the caller is root only of a user namespace: the application gets one inside it, in
# which it is UID and GID again. Three steps, because a process namespace begins with a child:
#
#   enter    outside the pod's process namespace, inside the others; waits
#   between  inside it, and already in a mount namespace of the application's own; waits
#   first    process 1 of the application's own process namespace; prepares, gives up all power, then
#            runs the application in the foreground, reaps orphans and ends with its exit code
#
# All of them wait in the foreground, so terminal, standard input and job control are the
# application's. POSIX sh; of other programs only unshare, mount and setpriv.
set -u
step=$1

# A Ctrl-C is the application's affair: whoever waits learns from its end what came of it.
trap : INT QUIT

case $step in
enter)
    # The shell would comment on a child that a signal ended; the application's errors go to fd 9.
    shift
    exec 9>&2 2>/dev/null
    unset PROA_INSIDE_USER_NAMESPACE
    # A launcher's JVM raises its own; programs that look at each descriptor would be slow.
    if [ -n "${PROA_OPEN_FILES:-}" ]; then
        # shellcheck disable=SC3045 # dash and bash have -S
        ulimit -Sn "$PROA_OPEN_FILES" || :
        unset PROA_OPEN_FILES
    fi
    unshare --mount --pid -- sh "$0" between "$$" "$@" 2>&9 9>&-
    exit $?
    ;;
between)
    exec 9>&2 2>/dev/null
    ;;
esac

prepare() {
    # First of all: where another /proc is partly covered, a user namespace may not mount one.
    mount -t proc -o nosuid,nodev,noexec proc /proc || exit 69
    exec 8>/dev/null
    [ ! -w /proc/sys/kernel/ns_last_pid ] || exec 8>/proc/sys/kernel/ns_last_pid
    # Root without capabilities still owns these files; as in any container, nobody writes them.
    for file in /proc/sys /proc/sysrq-trigger; do
        [ ! -e "$file" ] || mount -o bind,ro "$file" "$file" || exit 69
    done
    # Another /proc somewhere below would show the sidecar.
    while read -r _ at kind _; do
        case $kind:$at in
        proc:/proc | proc:/proc/*) ;;
        proc:*) hide "$(printf %b "$at")" || exit 69 ;; # blanks stand there as \040
        esac
    done </proc/mounts
}

hide() {
    mount -t tmpfs -o ro,size=4k,mode=0555 proa-hidden "$1"
}

# The first process of the application's namespace. Having no power itself, it is no prey either.
init='trap : INT
exec 9>&2 2>/dev/null
(exec "$@") 2>&9 9>&-
exit $?'

first() {
    number=$2 uid=$3 gid=$4 mapped=$5 hidden=$6
    shift 6
    prepare
    while [ "$hidden" -gt 0 ]; do
        hide "$1" || exit 69
        hidden=$((hidden - 1))
        shift
    done
    # Only here: a directory that was open before would lead around the hidden ones.
    cd "$1" || exit 69
    shift
    # The next process, the application, gets the number under which its caller knows this script.
    # With the usual small one, those in several pods would meet in /tmp: JVMs lock a file there
    # that is called by their number. Kernels without checkpoints cannot do it.
    { echo $((number - 1)) >&8; } 2>/dev/null || :
    exec 8>&-
    set -- --inh-caps=-all --bounding-set=-all --no-new-privs -- sh -c "$init" proa-app "$@"
    if [ "$mapped" != - ]; then
        exec unshare --user --keep-caps --map-user="$uid" --map-group="$gid" -- \
            setpriv --ambient-caps=-all "$@"
    fi
    if [ "$uid" != - ]; then
        set -- --reuid "$uid" --regid "$gid" --clear-groups "$@"
    fi
    exec setpriv "$@"
}

(first "$@") 2>&9 9>&-
exit $?
