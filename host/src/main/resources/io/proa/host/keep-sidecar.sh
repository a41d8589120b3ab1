# shellcheck shell=sh disable=SC2154 # the variables are those of who reads it
# Keeps the sidecar of a pod running. Read by the scripts beside it, which define
#
#   become_sidecar COMMAND...   replaces the process by the sidecar
#   watch_input                 starts $watcher, which reads descriptor 3
#   say SENTENCE
#
# and set $token, which reaches the first sidecar's standard input, and no other's.
# POSIX sh; of other programs only sleep.

sidecar=

# Asks it to end, and waits for a second.
ask_sidecar_to_end() {
    [ -n "$sidecar" ] && kill -TERM "$sidecar" 2>/dev/null || return 0
    rounds=0
    while [ $rounds -lt 20 ] && kill -0 "$sidecar" 2>/dev/null; do
        sleep 0.05
        rounds=$((rounds + 1))
    done
}

uptime() {
    read -r now rest </proc/uptime
    now=${now%%.*}
}

# Does not return.
keep_sidecar() {
    deaths=0 # in a row, each within 10 s of its start
    while :; do
        uptime
        started=$now
        if [ -n "$token" ]; then
            printf '%s\n' "$token" | become_sidecar "$@" 3<&- &
            sidecar=$!
            token=
        else
            become_sidecar "$@" 3<&- &
            sidecar=$!
        fi
        wait "$sidecar"
        code=$?
        sidecar=
        kill -0 "$watcher" 2>/dev/null || watch_input
        uptime
        [ $((now - started)) -ge 10 ] && deaths=0
        deaths=$((deaths + 1))
        # It is there again within a second, pause and start together, unless it does not stay at all.
        case $deaths in
        1 | 2) pause=0 ;;
        3) pause=0.1 ;;
        4) pause=0.2 ;;
        5) pause=0.5 ;;
        6) pause=1 ;;
        *) pause=3 ;;
        esac
        say "the sidecar ended with code $code after $((now - started)) s; starting it again in $pause s"
        [ $deaths != 5 ] || say "the sidecar does not stay: 5 ends in a row within 10 s of a start; pauses grow to 3 s"
        if [ "$pause" != 0 ]; then
            sleep "$pause" &
            wait $!
        fi
    done
}
