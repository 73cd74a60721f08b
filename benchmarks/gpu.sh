#!/usr/bin/env bash
# Fill so many minutes of one GPU with the runs that are missing, the most valuable first.
#
#     benchmarks/gpu.sh MINUTES [OUT] [OPTIONS OF ganzoo benchmark ...]
#     GANZOO_DATA_DIR=data benchmarks/gpu.sh 60 runs --train-only
#
# First a fifth of the time at most is for the speed of steps, in float32 and bfloat16.
# Then come one seed of the suite cifar10, five seeds of fashion_mnist and of mnist, and
# the other seeds of cifar10. Networks of this size leave most of a GPU idle: PROCESSES
# (6) work on a suite at once, each on a run that no other has. What is finished is not
# done again, and what the end of the time cuts off goes on the next time. To merge, copy
# OUT/SUITE to the folder of that suite's runs elsewhere, and run `ganzoo benchmark
# --suite SUITE --out` that folder: it scores what is not scored, and reports all.
#
# Without a network, GANZOO_DATA_DIR is a folder with one of raw files for each dataset.
# KERAS_BACKEND is jax unless it is set. With --train-only no Inception weights are
# needed. What a process prints is in OUT/logs.
set -euo pipefail
if [[ ! ${1:-} =~ ^[0-9]*\.?[0-9]+$ ]]; then
    echo "usage: benchmarks/gpu.sh MINUTES [OUT] [OPTIONS OF ganzoo benchmark ...]" >&2
    exit 2
fi
for command in ganzoo python; do
    command -v "$command" > /dev/null || { echo "there is no $command" >&2; exit 2; }
done
here=$(cd "$(dirname "$0")" && pwd)
seconds=$(awk "BEGIN { print int(60 * $1 + 0.5) }")
out=${2:-runs}
options=("${@:3}")
end=$((SECONDS + seconds))
export KERAS_BACKEND=${KERAS_BACKEND:-jax}
# Else the first process of JAX would take all memory of the GPU.
export XLA_PYTHON_CLIENT_PREALLOCATE=false
mkdir -p "$out/logs"

# Run a command for so many seconds at most; that its time was up is no failure.
within() {
    local most=$1 log=$2 status=0 begin=$SECONDS
    shift 2
    ((most > 0)) || return 0
    timeout --kill-after=30 "$most" "$@" >> "$log" 2>&1 || status=$?
    ((status == 0 || SECONDS - begin >= most)) && return 0
    echo "exit status $status, see $log: $*" >&2
    return "$status"
}

# Speed: of the games that have a peer without TensorFlow.
speed() {
    local most=$((seconds / 5 / 2)) precision contenders="ganzoo, JAX;JAX and Optax"
    contenders+=";ganzoo, PyTorch;PyTorch, eager"
    for precision in float32 mixed_bfloat16; do
        [[ -e $out/throughput/$precision ]] && continue
        echo "speed of steps, $precision"
        within "$most" "$out/logs/throughput.log" \
            python "$here/throughput.py" --variants DCGAN,WGANGP --sizes 32x3x64x128 \
            --contenders "$contenders" --precision "$precision" \
            --out "$out/throughput/$precision" || failed=1
    done
}

# Many processes at one suite, until it is done or the time is up.
suite() {
    local name=$1 seeds=$2 i processes=()
    ((end > SECONDS)) || return 0
    echo "$name, $seeds seeds, $((end - SECONDS)) s are left"
    for ((i = 1; i <= ${PROCESSES:-6}; i++)); do
        within "$((end - SECONDS))" "$out/logs/$name-$i.log" \
            ganzoo benchmark --suite "$name" --seeds "$seeds" --out "$out/$name" \
            "${options[@]}" &
        processes+=($!)
    done
    for i in "${processes[@]}"; do
        wait "$i" || failed=$?
        # It did not understand its options, and no other suite would.
        ((failed == 2)) && exit 2
    done
    return 0
}

failed=0
speed
suite cifar10 1
suite fashion_mnist 5
suite mnist 5
suite cifar10 5
exit "$((failed != 0))"
