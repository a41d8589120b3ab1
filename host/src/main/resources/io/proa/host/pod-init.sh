# Process 1 of a namespace: holds it, reaps, keeps a sidecar running, and ends with everything in it
# when its standard input ends, that is when whoever started it is gone in whatever way.
#
#   sh pod-init.sh NAME GRACE HOSTS-FILE|- RESOLV-CONF|- SYSCTL=VALUE... -- [SIDECAR COMMAND...]
#
# Says "ready" on standard output. The first input line is the sidecar's token (it may be empty) and
# starts it; the token reaches the first sidecar's standard input and is never an argument. Further
# lines: "grace GRACE", how long applications may take to end, in milliseconds. The order at the end:
# SIGTERM to the applications, then, when they are gone or the grace is over, to the sidecar, which
# serves them until then.
# POSIX sh; of other programs only mount and sleep.
set -u
# shellcheck source=host/src/main/resources/io/proa/host/keep-sidecar.sh
. "${0%/*}/keep-sidecar.sh"
name=$1 grace=$2 hosts=$3 resolv=$4
shift 4
exec 3<&0 </dev/null

say() { echo "proa pod $name: $1" >&2; }

while [ $# -gt 0 ]; do
    setting=$1
    shift
    [ "$setting" = -- ] && break
    # A kernel without IPv6 lacks some; what matters is noticed by who asked for it.
    { echo "${setting#*=}" >"/proc/sys/${setting%%=*}"; } 2>/dev/null || :
done

cover() {
    [ "$1" = - ] || mount -o bind,ro "$1" "$2" || {
        say "cannot put $1 over $2"
        exit 69
    }
}
cover "$hosts" /etc/hosts
cover "$resolv" /etc/resolv.conf

# Finds the first processes of namespaces nested in this one ($firsts), each of which waits for one
# application: its first child ($mains), orphans are added at the end.
find_applications() {
    firsts='' mains=''
    for status in /proc/[0-9]*/status; do
        pid='' here='' deeper=''
        while read -r key value inner deeper; do
            case $key in
            Pid:) pid=$value ;;
            NSpid:) here=$inner && break ;;
            esac
        done 2>/dev/null <"$status"
        if [ "$here" = 1 ] && [ -z "$deeper" ]; then
            firsts="$firsts $pid"
            main=''
            read -r main _ 2>/dev/null <"/proc/$pid/task/$pid/children" || :
            mains="$mains $main"
        fi
    done
}

any_alive() {
    for pid in "$@"; do
        kill -0 "$pid" 2>/dev/null && return 0
    done
    return 1
}

end_applications() {
    find_applications
    # shellcheck disable=SC2086 # lists of numbers
    {
        kill -TERM $mains 2>/dev/null
        kill -CONT $mains 2>/dev/null # a stopped one would not notice
        rounds=$((grace / 50))
        while [ $rounds -gt 0 ] && any_alive $firsts; do
            sleep 0.05
            rounds=$((rounds - 1))
        done
        kill -KILL $firsts 2>/dev/null
    }
}

become_sidecar() { exec "$@"; }

end() {
    trap '' TERM
    ask_sidecar_to_end
    exit 0 # the kernel kills the rest
}
trap end TERM

watch_input() {
    (
        while read -r word value <&3; do
            [ "$word" != grace ] || grace=$value
        done
        end_applications
        kill -TERM 1
    ) &
    watcher=$!
}

echo ready
IFS= read -r token <&3 || exit 0
exec >&2
watch_input

if [ $# -eq 0 ]; then
    while :; do
        wait "$watcher"
        watch_input # something killed it
    done
fi

keep_sidecar "$@"
