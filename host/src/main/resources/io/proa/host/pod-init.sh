# Process 1 of a namespace: holds it, reaps, keeps a sidecar running, and ends with everything in it
# when its standard input ends, that is when whoever started it is gone in whatever way.
#
#   sh pod-init.sh NAME HOSTS-FILE|- SYSCTL=VALUE... -- [SIDECAR COMMAND...]
#
# Says "ready" on standard output. The first input line is the sidecar's token (it may be empty) and
# starts it; the token reaches the first sidecar's standard input and is never an argument.
# POSIX sh; of other programs only mount and sleep.
set -u
name=$1 hosts=$2
shift 2
exec 3<&0 </dev/null

say() { echo "proa pod $name: $1" >&2; }

while [ $# -gt 0 ]; do
    setting=$1
    shift
    [ "$setting" = -- ] && break
    # A kernel without IPv6 lacks some; what matters is noticed by who asked for it.
    { echo "${setting#*=}" >"/proc/sys/${setting%%=*}"; } 2>/dev/null || :
done

if [ "$hosts" != - ]; then
    mount --bind "$hosts" /etc/hosts && mount -o remount,bind,ro /etc/hosts || {
        say "cannot put $hosts over /etc/hosts"
        exit 69
    }
fi

sidecar=
end() {
    trap '' TERM
    if [ -n "$sidecar" ] && kill -TERM "$sidecar" 2>/dev/null; then
        rounds=0
        while [ $rounds -lt 20 ] && kill -0 "$sidecar" 2>/dev/null; do
            sleep 0.05
            rounds=$((rounds + 1))
        done
    fi
    exit 0 # the kernel kills the rest
}
trap end TERM

watch_input() {
    (
        while read -r line <&3; do :; done
        kill -TERM 1
    ) &
    watcher=$!
}

uptime() {
    read -r now rest </proc/uptime
    now=${now%%.*}
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

pause=0
while :; do
    uptime
    started=$now
    if [ -n "$token" ]; then
        printf '%s\n' "$token" | "$@" 3<&- &
        sidecar=$!
        token=
    else
        "$@" 3<&- &
        sidecar=$!
    fi
    wait "$sidecar"
    code=$?
    sidecar=
    kill -0 "$watcher" 2>/dev/null || watch_input
    uptime
    [ $((now - started)) -ge 10 ] && pause=0
    say "the sidecar ended with code $code after $((now - started)) s; starting it again in $pause s"
    if [ "$pause" != 0 ]; then
        sleep "$pause" &
        wait $!
    fi
    case $pause in
    0) pause=0.2 ;;
    0.2) pause=0.5 ;;
    0.5) pause=1 ;;
    1) pause=2 ;;
    *) pause=4 ;;
    esac
done
