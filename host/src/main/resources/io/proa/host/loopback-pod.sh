# shellcheck shell=sh disable=SC2317 # its functions are called by traps
# The processes of a pod where no namespace holds them together (explicit mode). They are told by a variable that
# all of them inherit, whatever session or parent they have: PROA_POD=MARK.SOMETHING.
#
#   sh loopback-pod.sh keep NAME MARK GRACE SIDECAR COMMAND...
#   sh loopback-pod.sh app MARK UID|- GID|- COMMAND...
#   sh loopback-pod.sh end MARK
#
#   keep  keeps the sidecar running, and ends with everything of the pod when its standard input ends, that is when
#         whoever started it is gone in whatever way. Says "ready"; its input lines are those of pod-init.sh
#   app   runs an application as UID in the foreground, whose mark is MARK itself; kills what it has left running,
#         and ends with its exit code
#   end   kills whatever has the mark
#
# Who clears its environment, overwrites it or becomes another user is not found.
# POSIX sh; of other programs only grep, setpriv, setsid and sleep.
set -u
step=$1
shift

# Finds who fits a pattern ($programs), and those of them that nobody else of them has started ($mains).
find_programs() {
    programs='' mains=''
    # shellcheck disable=SC2013 # file names of /proc
    for file in $(grep -slz -e "$1" /proc/[0-9]*/environ); do
        pid=${file#/proc/}
        programs="$programs ${pid%/environ}"
    done
    for pid in $programs; do
        look "$pid" PPid:
        case "$programs " in
        *" $value "*) ;;
        *) mains="$mains $pid" ;;
        esac
    done
}

# One value of a process' status; none where it is gone.
look() {
    value=
    while read -r key value _; do
        [ "$key" != "$2" ] || return 0
    done 2>/dev/null <"/proc/$1/status"
    value=
} 2>/dev/null

any_alive() {
    for pid in "$@"; do
        look "$pid" State:
        case $value in '' | Z | X) ;; *) return 0 ;; esac
    done
    return 1
}

# Again and again, since one may just have started another.
kill_programs() {
    rounds=0
    while [ $rounds -lt 40 ]; do
        find_programs "$1"
        [ -n "$programs" ] || return 0
        # shellcheck disable=SC2086 # a list of numbers
        kill -KILL $programs 2>/dev/null
        sleep 0.02
        rounds=$((rounds + 1))
    done
}

case $step in
end)
    kill_programs "^PROA_POD=$1\."
    exit 0
    ;;
app)
    mark=$1 uid=$2 gid=$3
    shift 3
    # A launcher's JVM raises its own; programs that look at each descriptor would be slow.
    if [ -n "${PROA_OPEN_FILES:-}" ]; then
        # shellcheck disable=SC3045 # dash and bash have -S
        ulimit -Sn "$PROA_OPEN_FILES" || :
        unset PROA_OPEN_FILES
    fi
    exec 9>&2 2>/dev/null # the shell would comment on a child that a signal ended
    trap : HUP INT QUIT TERM
    if [ "$uid" != - ]; then
        set -- --reuid "$uid" --regid "$gid" --clear-groups -- "$@"
    else
        set -- -- "$@"
    fi
    PROA_POD=$mark setsid setpriv --pdeathsig KILL "$@" 2>&9 9>&- &
    application=$!
    exec </dev/null >/dev/null
    while :; do
        wait "$application"
        code=$?
        kill -0 "$application" || break
    done
    # A signal may have come between the end and the word of it; a shell that has told it already says 127.
    wait "$application"
    again=$?
    [ "$again" = 127 ] || code=$again
    kill_programs "^PROA_POD=$mark\$"
    exit "$code"
    ;;
esac

# shellcheck source=host/src/main/resources/io/proa/host/keep-sidecar.sh
. "${0%/*}/keep-sidecar.sh"
name=$1 mark=$2 grace=$3
shift 3
exec 3<&0 </dev/null

say() { echo "proa pod $name: $1" >&2; }

end_programs() {
    find_programs "^PROA_POD=$mark\."
    # shellcheck disable=SC2086 # lists of numbers
    if [ -n "$mains" ]; then
        kill -TERM $mains 2>/dev/null
        kill -CONT $mains 2>/dev/null # a stopped one would not notice
        rounds=$((grace / 50))
        while [ $rounds -gt 0 ] && any_alive $mains; do
            sleep 0.05
            rounds=$((rounds - 1))
        done
    fi
    kill_programs "^PROA_POD=$mark\."
}

end() {
    trap '' TERM
    ask_sidecar_to_end
    [ -z "$sidecar" ] || kill -KILL "$sidecar" 2>/dev/null
    kill_programs "^PROA_POD=$mark\."
    exit 0
}
trap end TERM

watch_input() {
    (
        trap - TERM
        while read -r word value <&3; do
            [ "$word" != grace ] || grace=$value
        done
        end_programs
        kill -TERM $$
    ) &
    watcher=$!
}

# It ends with this shell, and uses no power that root may have.
become_sidecar() {
    set -- -- "$@"
    if setpriv --inh-caps=-all --bounding-set=-all -- true 2>/dev/null; then
        set -- --inh-caps=-all --bounding-set=-all "$@"
    fi
    exec setpriv --pdeathsig KILL --no-new-privs "$@"
}

echo ready
IFS= read -r token <&3 || exit 0
exec >&2
watch_input

keep_sidecar "$@"
