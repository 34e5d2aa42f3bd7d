#!/bin/bash
# One shard for each task of a Slurm array. The tables are made by one more job when all are done:
#
#   first=$(sbatch --parsable --array=1-20 slurm.sh --domain books=b.csv --domain films=f.csv --models all)
#   sbatch --dependency=afterok:$first --wrap 'dual-metric lab merge results/shard-* --out results/all'
#
#SBATCH --job-name=dual-metric
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --time=04:00:00
#SBATCH --requeue
set -euo pipefail

# A task that is requeued does what its first run has not finished.
exec "${DUAL_METRIC:-dual-metric}" lab "$@" \
  --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" \
  --out "${RESULTS:-results}/shard-$SLURM_ARRAY_TASK_ID"
