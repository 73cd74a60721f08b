#!/bin/bash
# Trains on all GPUs of two nodes: sbatch slurm.sh RECIPE RUN_DIR
#
# RUN_DIR and the Python environment must have the same path on all nodes. After an
# interruption, submit the job again: it resumes after the last finished epoch.
#SBATCH --job-name=ganzoo
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=8
#SBATCH --cpus-per-task=32
#SBATCH --time=24:00:00
#SBATCH --requeue

set -euo pipefail

export RECIPE=${1:?a recipe} RUN_DIR=${2:?a folder that all nodes see}
export KERAS_BACKEND=${KERAS_BACKEND:-jax}
# One port for each job, so that two jobs on a node do not collide.
port=$((20000 + SLURM_JOB_ID % 20000))
WORKERS=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | sed "s/$/:$port/" | paste -sd, -)
export WORKERS

# One process for each node. SLURM_PROCID is its number, from 0.
srun --kill-on-bad-exit=1 bash -c '
ganzoo train "$RECIPE" --run-dir "$RUN_DIR" --workers "$WORKERS" --worker "$SLURM_PROCID"
'
