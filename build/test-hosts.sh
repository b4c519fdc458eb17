#!/usr/bin/env bash
# Runs test hosts and counts what they report. Each line of standard input is NAME, a tab, and a shell command that writes its results to the file $TRX.
#   test-hosts.sh RESULTS LIMIT JOBS
# RESULTS: folder of the results and logs. LIMIT: seconds that one host may take. JOBS: hosts that run at once.
# A host that crashes, exceeds its limit or reports no test counts as one failed test and is named. The last line is "N passed, N failed".
set -uo pipefail

results=$1 limit=$2 jobs=$3
rm -rf "$results"
mkdir -p "$results"

say() { printf 'mars: %s\n' "$*" >&2; }

# run_host NAME COMMAND: the exit status and the seconds that it took go to NAME.ended.
run_host() {
    local start=$SECONDS status=0
    TRX=$results/$1.trx timeout --kill-after 10 "$limit" bash -c "$2" </dev/null >"$results/$1.log" 2>&1 || status=$?
    printf '%d %d\n' $status $((SECONDS - start)) >"$results/$1.ended"
}

# counters NAME: "passed failed skipped" of a host's results, or nothing where it wrote none.
counters() {
    [ -s "$results/$1.trx" ] || return 0
    local executed passed failed skipped
    read -r executed passed failed < <(grep -ho '<Counters [^>]*' "$results/$1.trx" | sed -nE 's/.* executed="([0-9]+)" passed="([0-9]+)" failed="([0-9]+)".*/\1 \2 \3/p')
    skipped=$(grep -o 'outcome="NotExecuted"' "$results/$1.trx" | wc -l)
    [ -z "${executed:-}" ] || echo "$passed $failed $skipped"
}

# unfinished NAME: tests that had begun when the host ended.
unfinished() {
    sed -nE 's/^ *(.*) \[(STARTING|FINISHED|PASS|FAIL|SKIP)\].*/\2\t\1/p' "$results/$1.log" \
        | awk -F'\t' '$1 == "STARTING" { open[$2] = 1; next } { delete open[$2] } END { for (name in open) print name }' | head -n 8
}

# failures NAME: a line for each test that failed, with its message.
failures() {
    [ -s "$results/$1.trx" ] || return 0
    { tr '\n' ' ' <"$results/$1.trx"; echo; } | sed 's/<UnitTestResult /\n&/g' \
        | sed -nE '/outcome="Failed"/s/.*testName="([^"]*)".*<Message>(.{0,300}).*/\1: \2/p' | sed 's/<\/Message>.*//' \
        | sed "s/&quot;/\"/g; s/&lt;/</g; s/&gt;/>/g; s/&#xD;&#xA;\|&#xA;/ /g; s/&amp;/\&/g"
}

# reason STATUS SECONDS
reason() {
    [ "$2" -lt "$limit" ] || { echo "did not end within $limit s and was killed"; return; }
    case $1 in
        129 | 1[3-5][0-9]) echo "crashed: signal $(kill -l $(($1 - 128)))" ;;
        *) echo "ended with exit code $1" ;;
    esac
}

passed=0 failed=0 skipped=0
declare -a problems=()

# collect NAME: adds a host that has ended to the totals.
collect() {
    local name=$1 status took p='' f='' s=''
    read -r status took <"$results/$name.ended"
    read -r p f s < <(counters "$name")
    if [ -z "$p" ] || [ $((p + f + s)) -eq 0 ] || { [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; }; then
        local why
        why=$(reason "$status" "$took")
        [ "$status" -ne 0 ] || why="reported no test"
        problems+=("$name: the test host $why ($took s); its log is $results/$name.log")
        while read -r test; do problems+=("$name: had not finished: $test"); done < <(unfinished "$name")
        failed=$((failed + 1))
    fi
    passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
    while read -r test; do problems+=("failed: $test"); done < <(failures "$name")
    say "$(printf '%-26s %4d passed %3d failed %3d skipped %4d s' "$name" "${p:-0}" "${f:-0}" "${s:-0}" "$took")"
}

declare -A running=()
declare -a waiting=()
while IFS= read -r line; do waiting+=("$line"); done
trap 'kill $(jobs -p) 2>/dev/null; exit 130' INT TERM
while [ ${#waiting[@]} -gt 0 ] || [ ${#running[@]} -gt 0 ]; do
    while [ ${#waiting[@]} -gt 0 ] && [ ${#running[@]} -lt "$jobs" ]; do
        name=${waiting[0]%%$'\t'*}
        run_host "$name" "${waiting[0]#*$'\t'}" 2>/dev/null &
        running[$name]=$!
        waiting=("${waiting[@]:1}")
    done
    sleep 0.5
    for name in "${!running[@]}"; do
        kill -0 "${running[$name]}" 2>/dev/null && continue
        [ ! -t 2 ] || printf '\r\033[K' >&2
        collect "$name"
        unset "running[$name]"
    done
    [ ! -t 2 ] || printf '\rmars: testing: %d tests done, %d s, running %s\033[K' "$(cat "$results"/*.log 2>/dev/null | grep -cE '\[(FINISHED|PASS)\]')" "$SECONDS" "${!running[*]}" >&2
done

[ "$skipped" -eq 0 ] || say "$skipped skipped: what they need is not on this machine"
for problem in "${problems[@]+"${problems[@]}"}"; do say "$problem"; done
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
