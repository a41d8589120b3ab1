# shellcheck shell=sh
# Stands where a user started an application that itself runs one pod further down: passes on the
# signals that reach only this process, and ends as the application ends.
#
#   sh foreground.sh COMMAND...
#
# COMMAND leads into the pod and resets SIGINT and SIGQUIT, which a shell's background job ignores.
# What the terminal sends to the whole foreground group has reached the application already.
# PROA_RUN_HINT, if set, is said when the application has stayed for a second; it does not see it.
# shellcheck disable=SC2317 # its functions are called by traps
exec 9<&0 # a background job's standard input is /dev/null, unless told otherwise

# The application is the first child of the process that is number 1 in a namespace of its own.
application() {
    at=$entrance found=
    for _ in 1 2 3 4 5 6 7 8; do
        child=
        read -r child _ <"/proc/$at/task/$at/children" || :
        [ -n "$child" ] || return 1
        [ -n "$found" ] && at=$child && return 0
        at=$child
        while read -r key rest; do
            case $key in
            NSpid:)
                case $rest in *"	1") found=yes ;; esac
                break
                ;;
            esac
        done <"/proc/$at/status"
    done
    return 1
} 2>/dev/null

pass_on() {
    application && kill -"$1" "$at" 2>/dev/null
}

# Ctrl-C and Ctrl-\ come to the whole group; a kill of this process alone has to be passed on.
from_keyboard() {
    read -r _ _ _ _ group _ _ foreground _ <"/proc/$$/stat"
    [ "$foreground" = "$group" ] || pass_on "$1"
}

# A program that reads single keys is drawn over, and needs no port either.
say_hint() {
    proa_timer=
    case $(stty -a <&2 2>/dev/null) in
    *" icanon"*) printf 'proa: %s\n' "$proa_hint" >&2 ;;
    esac
}

# Before the application starts, whose variables are all exported ones: hence these names.
proa_hint=${PROA_RUN_HINT-} proa_timer=
unset PROA_RUN_HINT
if [ -n "$proa_hint" ]; then
    trap say_hint ALRM
    { # holds nothing of the terminal's open, and goes with this process
        trap 'kill $!; exit' TERM
        sleep 1 &
        wait $!
        kill -ALRM $$
    } </dev/null >/dev/null 2>&1 9<&- &
    proa_timer=$!
fi

for proa_signal in HUP TERM USR1 USR2; do # `signal` may be a variable of the application's
    # shellcheck disable=SC2064
    trap "pass_on $proa_signal" $proa_signal
done
trap 'from_keyboard INT' INT
trap 'from_keyboard QUIT' QUIT

"$@" <&9 9<&- &
entrance=$!
exec 9<&-
while :; do
    wait "$entrance"
    code=$?
    kill -0 "$entrance" 2>/dev/null || break
done
[ -z "$proa_timer" ] || kill "$proa_timer" 2>/dev/null
# A signal may have come between the end and the word of it; a shell that has told it already says 127.
wait "$entrance"
again=$?
[ "$again" = 127 ] || code=$again
case $code in
129 | 130 | 141 | 143) # whoever waits for this process sees the signal, too
    trap - HUP INT TERM
    kill -"$((code - 128))" $$
    ;;
esac
exit "$code"
