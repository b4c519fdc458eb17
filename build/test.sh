# ./mars test: sourced by the launcher, whose functions install packages and show progress.

test_usage() {
    cat <<'USAGE'
./mars test [OPTION] [PROJECT...]     restores, builds, checks the style and runs the tests; PROJECT is a name such as Mars.Server.Tests (default: all)

  (no option)    every test that holds on any machine
  --quick        without training, browsers and other programs' servers
  --busy         the same tests as without an option, beside one busy process for each core
  --wall-clock   only the tests that measure a promise in seconds; they need a machine to themselves (docs/contributing.md)
  --gpu-build    only the checks of the server built with ONNX Runtime's GPU package (downloads 540 MB; needs no GPU)
USAGE
}

# install_test_tools: other programs that tests use. A test says 'skipped' where its program is missing.
install_test_tools() {
    /usr/bin/python3 -c 'import grpc_tools, onnx' >/dev/null 2>&1 && command -v ffmpeg >/dev/null 2>&1 \
        || install python3-grpcio python3-grpc-tools python3-onnx ffmpeg || say "python3-grpc-tools, python3-onnx or ffmpeg cannot be installed here; the tests that need them will say skipped"
    # Not nginx: its package starts a web server. Where it is installed, its test runs.
    PATH=$PATH:/usr/sbin command -v haproxy >/dev/null 2>&1 || install haproxy || say "haproxy cannot be installed here; its test will say skipped"
    { command -v prometheus >/dev/null 2>&1 && command -v promtool >/dev/null 2>&1; } || [ -x "$artifacts/debian/usr/bin/prometheus" ] \
        || fetch prometheus || say "prometheus cannot be fetched here; its tests will say skipped"
    PATH=$PATH:/usr/sbin command -v mosquitto >/dev/null 2>&1 && command -v mosquitto_sub >/dev/null 2>&1 \
        || install_unstarted mosquitto mosquitto-clients || say "mosquitto cannot be installed here; its tests will say skipped"
    /usr/bin/python3 -c 'import gi; gi.require_version("GstRtspServer", "1.0")' >/dev/null 2>&1 \
        || install gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly || say "GStreamer's RTSP server cannot be installed here; the tests of RTSP cameras will say skipped"
    [ -x /usr/bin/chromium ] || [ -x /usr/bin/google-chrome ] || install chromium || say "chromium cannot be installed here; the tests of the page will say skipped"
    command -v zsh >/dev/null 2>&1 && command -v fish >/dev/null 2>&1 || install zsh fish || say "zsh and fish cannot be installed here; the tests of their completion will say skipped"
}

# test_projects [CATEGORY]: the test projects, the longest first; with CATEGORY those that have tests of it.
test_projects() {
    local project
    { printf '%s\n' Mars.Deploy.Tests Mars.Trainer.Tests Mars.Server.Tests Mars.Client.Tests; cd "$root/tests" && printf '%s\n' *.Tests; } | awk '!seen[$0]++' | while read -r project; do
        [ -z "${1:-}" ] || grep -rqF "\"$1\"" "$root/tests/$project" --include='*.cs' || continue
        echo "$project"
    done
}

run_tests() {
    local mode=default category='' limit=900 jobs=1 projects=() filter=(-trait- Category=wall-clock -trait- Category=gpu-build)
    for word in "$@"; do
        case $word in
            --quick) mode=quick filter+=(-trait- Category=training -trait- Category=browser -trait- Category=foreign-server) ;;
            --busy) mode=busy limit=3600 ;;
            --wall-clock) mode=wall-clock category=wall-clock filter=(-trait Category=wall-clock) ;;
            --gpu-build) mode=gpu-build category=gpu-build limit=3600 filter=(-trait Category=gpu-build) ;;
            --help) test_usage; exit 0 ;;
            -*) test_usage >&2; die "unknown option $word" ;;
            *) [ -d "$root/tests/$word" ] || die "there is no tests/$word: $(cd "$root/tests" && echo *.Tests)"; projects+=("$word") ;;
        esac
    done
    need_dotnet
    need_native
    [ $mode = quick ] || [ $mode = gpu-build ] || install_test_tools
    with_progress "restoring packages (libtorch is 490 MB)" dotnet restore "$root/Mars.sln"
    with_progress "building everything" dotnet build "$root/Mars.sln" -c Release --no-restore --nologo
    with_progress "checking the style" dotnet format "$root/Mars.sln" --verify-no-changes --no-restore
    # Two projects at once: most tests wait for something half of the time. Measurements want the machine to themselves.
    case $mode in default | quick | busy) [ "$(nproc)" -lt 2 ] || jobs=2 ;; esac
    [ ${#projects[@]} -gt 0 ] || mapfile -t projects < <(test_projects "$category")
    [ $mode != busy ] || keep_busy
    say "testing ${projects[*]}"
    local project
    for project in "${projects[@]}"; do
        printf '%s\tdotnet %q -noColor -noLogo -reporter verbose -result-trx "$TRX" %s\n' "$project" "$(dll "$project")" "${filter[*]}"
    done | "$root/build/test-hosts.sh" "$artifacts/test-results" $limit $jobs
}

# keep_busy: one process for each core that does nothing but compute, until the launcher ends.
keep_busy() {
    local i
    for ((i = 0; i < $(nproc); i++)); do
        (while :; do :; done) &
        busy+=($!)
    done
    trap 'kill "${busy[@]}" 2>/dev/null' EXIT
    say "$(nproc) processes keep all cores busy"
}
