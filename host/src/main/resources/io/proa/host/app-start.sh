# Becomes an application in its pod: sees neither the sidecar nor the fleet's run directory, and has
# no power that it could use or gain.
#
#   sh app-start.sh STEP UID|- GID|- MAPPED|- COUNT HIDDEN-DIRECTORY... WORKING-DIRECTORY COMMAND...
#
# The later steps are told the number of the process of `enter` first. MAPPED says that the caller is
# root only of a user namespace: the application gets one inside it, in which it is UID and GID again.
# Three steps, because a process namespace begins with a child:
#
#   enter    outside the pod's process namespace, inside the others; waits
#   between  inside it, and already in a mount namespace of the application's own; waits
#   first    process 1 of the application's own process namespace; prepares, gives up all power, then
#            runs the application in the foreground, reaps orphans and ends with its exit code
#
# All of them wait in the foreground, so terminal, standard input and job control are the
# application's. POSIX sh; of other programs only unshare, mount and setpriv. Its variables begin with
# proa_: a shell hands on what it assigns where the environment had that name, and that is the
# application's.
set -u
proa_step=$1

# A Ctrl-C is the application's affair: whoever waits learns from its end what came of it.
trap : INT QUIT

case $proa_step in
enter)
    # The shell would comment on a child that a signal ended; the application's errors go to fd 9.
    shift
    exec 9>&2 2>/dev/null
    unset PROA_INSIDE_USER_NAMESPACE PROA_FOUND_JAVA_HOME
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
    for proa_file in /proc/sys /proc/sysrq-trigger; do
        [ ! -e "$proa_file" ] || mount -o bind,ro "$proa_file" "$proa_file" || exit 69
    done
    # Another /proc somewhere below would show the sidecar.
    while read -r _ proa_at proa_kind _; do
        case $proa_kind:$proa_at in
        proc:/proc | proc:/proc/*) ;;
        proc:*)
            proa_at=$(printf %b "$proa_at") # blanks stand there as \040
            # One that its user cannot get at shows nothing, and could not be covered.
            [ ! -d "$proa_at" ] || hide "$proa_at" || exit 69
            ;;
        esac
    done </proc/mounts
}

hide() {
    mount -t tmpfs -o ro,size=4k,mode=0555 proa-hidden "$1"
}

# The first process of the application's namespace. Having no power itself, it is no prey either.
proa_init='trap : INT
exec 9>&2 2>/dev/null
(exec "$@") 2>&9 9>&-
exit $?'

first() {
    proa_number=$2 proa_uid=$3 proa_gid=$4 proa_mapped=$5 proa_hidden=$6
    shift 6
    prepare
    while [ "$proa_hidden" -gt 0 ]; do
        hide "$1" || exit 69
        proa_hidden=$((proa_hidden - 1))
        shift
    done
    # Only here: a directory that was open before would lead around the hidden ones.
    proa_before=${OLDPWD-} proa_had=${OLDPWD+yes}
    cd "$1" || exit 69
    if [ -n "$proa_had" ]; then OLDPWD=$proa_before; else unset OLDPWD; fi
    shift
    # The next process, the application, gets the number under which its caller knows this script.
    # With the usual small one, those in several pods would meet in /tmp: JVMs lock a file there
    # that is called by their number. Kernels without checkpoints cannot do it.
    { echo $((proa_number - 1)) >&8; } 2>/dev/null || :
    exec 8>&-
    set -- --inh-caps=-all --bounding-set=-all --no-new-privs -- sh -c "$proa_init" proa-app "$@"
    if [ "$proa_mapped" != - ]; then
        exec unshare --user --keep-caps --map-user="$proa_uid" --map-group="$proa_gid" -- \
            setpriv --ambient-caps=-all "$@"
    fi
    if [ "$proa_uid" != - ]; then
        set -- --reuid "$proa_uid" --regid "$proa_gid" --clear-groups "$@"
    fi
    exec setpriv "$@"
}

(first "$@") 2>&9 9>&-
exit $?
