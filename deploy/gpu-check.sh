#!/usr/bin/env bash
# Everything of Mars that needs an NVIDIA GPU, on a host that has one: builds with the GPU package, runs the GPU tests (where a provider that does not start is a
# failure), times the network, starts the server on the GPU. Prints one table at the end. About 15 minutes.
#   deploy/gpu-check.sh [--tensorrt] [--depth 101] [--json FILE]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
providers=(cuda)
depth=101
json=$root/artifacts/gpu-check.json
while [ $# -gt 0 ]; do
    case $1 in
        --tensorrt) providers+=(tensorrt) ;;
        --depth) depth=$2; shift ;;
        --json) json=$2; shift ;;
        *) sed -n 's/^#   //p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
    esac
    shift
done
command -v nvidia-smi >/dev/null || { echo "gpu-check: no nvidia-smi: this is not a host with an NVIDIA driver" >&2; exit 1; }

artifacts=$root/artifacts/gpu
properties=(-c Release --nologo -p:OrtPackage=Microsoft.ML.OnnxRuntime.Gpu "-p:ArtifactsPath=$artifacts")
results=()
step() { # TITLE COMMAND...
    local title=$1 start=$SECONDS
    shift
    echo "== $title" >&2
    if "$@"; then results+=("ok      $title ($((SECONDS - start)) s)"); else results+=("FAILED  $title ($((SECONDS - start)) s)"); failed=1; fi
}
failed=0

build() {
    dotnet build "$root/tests/Mars.Inference.Tests" "${properties[@]}" && dotnet build "$root/src/Mars.Trainer" "${properties[@]}" && dotnet build "$root/src/Mars.Server" "${properties[@]}"
}
tests() { # where a test is skipped although its provider was required, it fails
    MARS_REQUIRE_GPU=$(IFS=,; echo "${providers[*]}") dotnet "$artifacts/bin/Mars.Inference.Tests/release/Mars.Inference.Tests.dll" -class Mars.Inference.Tests.Sessions.GpuSessionTests
}
bench() { dotnet "$artifacts/bin/Mars.Trainer/release/Mars.Trainer.dll" bench engine --provider "$1" --depth "$depth" --json "${json%.json}-$1.json" | tee "$artifacts/bench-$1.txt"; }
serve() { # it must say that the model is loaded on the provider, and be ready
    local log=$artifacts/server.log status=1 i
    dotnet "$artifacts/bin/Mars.Server/release/Mars.Server.dll" --models "$root/models" --provider "$1" --urls http://127.0.0.1:5199 >"$log" 2>&1 &
    local pid=$!
    for i in $(seq 600); do
        if (exec 3<>/dev/tcp/127.0.0.1/5199 && printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3 && grep -q ' 200 ' <&3) 2>/dev/null; then status=0; break; fi
        kill -0 $pid 2>/dev/null || break
        sleep 1
    done
    grep -i "on $1 in" "$log" || { status=1; tail -n 5 "$log"; }
    kill $pid 2>/dev/null && wait $pid || true
    return $status
}

mkdir -p "$artifacts"
step "build with the GPU package" build
if [ $failed -eq 0 ]; then
    step "GPU tests (${providers[*]})" tests
    for provider in "${providers[@]}"; do
        step "bench engine --provider $provider" bench "$provider"
        step "server on $provider" serve "$provider"
    done
fi

echo
nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader
for provider in "${providers[@]}"; do
    [ ! -e "$artifacts/bench-$provider.txt" ] || { echo "-- $provider"; cat "$artifacts/bench-$provider.txt"; }
done
printf '%s\n' "${results[@]}"
exit $failed
