umask 077
export LC_ALL=C
lf='
'
machine=$(hostname 2>/dev/null || uname -n)
folder=$PWD
[ -w "$folder" ] || folder=/tmp
file=$folder/$machine.capture.$(date -u +%Y%m%dT%H%M%SZ).txt
set -C # never into a file that is there already
exec 3>"$file" || exit 2
set +C
cd / || exit 2
count=0 failed=0 failures=

# Print a word as one would type it, on one line.
typed() {
    case $1 in
    *[!A-Za-z0-9_./:=@%+-]* | "")
        printf " '%s'" "$(printf '%s\n' "$1" | sed -e :a -e '$!N' -e 's/\n/?/' -e ta -e 's/[[:cntrl:]]/?/g' -e "s/'/'\\\\''/g")" ;;
    *) printf ' %s' "$1" ;;
    esac
}

# Run a command and write it down: as typed, what it printed, its errors, its exit status.
run() {
    count=$((count + 1)) command=
    for word; do command=$command$(typed "$word"); done
    printf '\n$%s\n' "$command" >&3
    # A line feed more ends what did not end in one; where it is a blank line at the end, it goes again.
    errors=$({
        { "$@" </dev/null; status=$?; echo; printf '\n%s\n' "$status" >&2; } |
            sed -e '${/^$/d' -e '}' -e 's/[[:cntrl:]]/?/g' -e 's/^/| /' >&3
    } 2>&1)
    status=${errors##*"$lf"}
    printf '%s\n' "${errors%"$status"}" | sed -e '/^$/d' -e 's/[[:cntrl:]]/?/g' -e 's/^/! /' >&3
    printf '= %s\n' "$status" >&3
    [ "$status" = 0 ] || failed=$((failed + 1)) failures="$failures$lf $command (exit status $status)"
}

# Write the count and the sum, and say where the file is and what failed.
finish() {
    printf '\ncommands: %s, failed: %s\n' "$count" "$failed" >&3
    sum=$(sha256sum <"$file")
    printf 'sha256: %s\n' "${sum:-none}" | sed 's/ *-$//' >&3
    printf '%s\n' "The capture is $file" "$count commands, $failed failed$failures"
    [ "$failed" = 0 ]
}

cat >&3 <<END
vpmem-reconcile capture 1 ($side)
script:  @VERSION@
machine: $machine
time:    $(date -u +%Y-%m-%dT%H:%M:%SZ)
user:    $(id -un 2>/dev/null || echo "${USER:-unknown}")
END
