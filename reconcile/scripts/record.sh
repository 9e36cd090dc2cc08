umask 077
export LC_ALL=C.UTF-8 # English words, and names as they are
lf='
'
seconds=${CAPTURE_SECONDS:-120} # as long as one command may take
count=0 failed=0 failures='' command=''
end=end-of-answer-$$-$(date -u +%Y%m%dT%H%M%SZ)
machine=$(hostname 2>/dev/null || uname -n)
name=$(printf '%s' "${machine:-unnamed}" | LC_ALL=C tr -c 'A-Za-z0-9._-' _).capture.$(date -u +%Y%m%dT%H%M%SZ).txt

head_of_file() {
    cat <<END
vpmem-reconcile capture 1 ($side)
script:  @VERSION@
machine: $(printf '%s' "$machine" | tr '[:cntrl:]' '?')
time:    $(date -u +%Y-%m-%dT%H:%M:%SZ)
user:    $(id -un 2>/dev/null || echo "${USER:-unknown}")
END
}

# Here, or else in /tmp: where it can be written is tried, and a file that is there already is left as it is.
for folder in "$PWD" /tmp; do
    file=${folder%/}/$name
    if [ -e "$file" ]; then echo "$file is there already, and is left as it is." >&2; exit 2; fi
    if (set -C; head_of_file >"$file") 2>/dev/null && [ "$(sed -n '$s/:.*//p' "$file" 2>/dev/null)" = user ]; then break; fi
    rm -f "$file" 2>/dev/null
    file=
done
if [ -z "$file" ]; then echo "Neither $PWD nor /tmp takes a file. Run this in a folder with room." >&2; exit 2; fi
exec 3>>"$file"
cd / || exit 2

# The file lacks its end, and whoever reads it is told so.
ended_early() { # why, exit status
    [ ! -t 2 ] || printf '\r\033[K' >&2
    printf '%s\n' "$1" "What was captured until then is $file. It is not whole; run this again." >&2
    exit "$2"
}
on_signal() {
    kill "$job" 2>/dev/null
    ended_early "Ended by $1 while this ran:$command" "$2"
}
job=
trap 'on_signal INT 130' INT
trap 'on_signal TERM 143' TERM
trap 'on_signal HUP 129' HUP

# Print a word as one would type it, on one line.
typed() {
    case $1 in
    *[!A-Za-z0-9_./:=@%+-]* | "")
        printf " '%s'" "$(printf '%s\n' "$1" |
            LC_ALL=C sed -e :a -e '$!N' -e 's/\n/?/' -e ta -e 's/[[:cntrl:]]/?/g' -e "s/'/'\\\\''/g")" ;;
    *) printf ' %s' "$1" ;;
    esac
}

# End a command that hangs. One that cannot even be killed, as where a disk is ill, is left to itself.
watch() {
    trap 'kill "$pause"; exit' TERM
    sleep "$seconds" & pause=$!
    wait "$pause"
    kill "$1"; sleep 2; kill -9 "$1"; sleep 2
    put_end 137
}

# Run a command under a watch, with the end of what it printed, and its exit status, behind it.
watched() {
    "$@" </dev/null 2>&5 3>&- 5>&- & asked=$!
    watch "$asked" 3>&- & watcher=$!
    wait "$asked"; status=$?
    kill "$watcher"
    put_end "$status"
}
put_end() { printf '\n%s %s\n' "$end" "$1" >&5; printf '%s\n' "$end" ""; } # a line more, for sed looks one ahead

# Run a command and write it down: as typed, what it printed, its errors, its exit status. It runs beside this shell, so that a
# signal is heard while it hangs; and what is written ends where the line $end says so, whoever still holds the pipe open.
run() {
    count=$((count + 1)) command=
    for word; do command=$command$(typed "$word"); done
    [ ! -t 2 ] || printf '\r%.78s\033[K' "$count$command" >&2
    printf '\n$%s\n' "$command" >&3
    # What does not end in a line feed has $end on its last line. The errors wait until all else is written.
    {
        {
            { watched "$@" & } | {
                LC_ALL=C sed -n -e "/$end\$/{" -e "s/$end\$//" -e '/^$/q' -e 's/[[:cntrl:]]/?/g' -e 's/^/| /p' -e q -e '}' \
                    -e 's/[[:cntrl:]]/?/g' -e 's/^/| /p' >&3 || echo lost >&5
                printf '%s\n' "$end" "" >&5
            }
        } 5>&1 | LC_ALL=C sed -n -e "/^$end\$/{" -e 'x;s/^\n//p;q' -e '}' -e '/^$/d' -e 's/[[:cntrl:]]/?/g' -e 's/^/! /' \
            -e "s/^! $end /= /" -e H >&3
    } 2>/dev/null &
    job=$!
    wait "$job"
    status=$(tail -n 1 "$file")
    case $status in
    "= "[0-9]*) status=${status#= } ;;
    *) ended_early "The file could not be written. Is the disk full?" 2 ;;
    esac
    [ "$status" != 0 ] || return 0
    failed=$((failed + 1)) why="exit status $status"
    case $status in 137 | 143) why="ended after $seconds seconds without an answer" ;; esac
    failures="$failures$lf $command ($why)"
}

# Write the count and the sum, and say where the file is and what failed.
finish() {
    [ ! -t 2 ] || printf '\r\033[K' >&2
    printf '\ncommands: %s, failed: %s\n' "$count" "$failed" >&3
    sum=$(sha256sum <"$file")
    sum=${sum%% *}
    printf 'sha256: %s\n' "${sum:-none}" >&3
    [ "$(tail -n 1 "$file")" = "sha256: ${sum:-none}" ] || ended_early "The file could not be written. Is the disk full?" 2
    printf '%s\n' "The capture is $file" "$count commands, $failed failed$failures"
    [ "$failed" = 0 ]
}
