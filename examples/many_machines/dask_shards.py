"""The shards of a contest on a Dask cluster: python dask_shards.py --shards 20 --out results -- --domain books=b.csv ...

Without --scheduler there are two workers on this machine. The folders must be seen by all machines alike.
"""

import argparse
import os
import subprocess
from pathlib import Path

from dask.distributed import Client, LocalCluster, as_completed


def shard(program, arguments, number, of, out):
    """Does one shard and gives its folder back."""
    folder = f"{out}/shard-{number}"
    command = [program, "lab", *arguments, "--shard", f"{number}/{of}", "--out", folder]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"shard {number}/{of}: {done.stderr.strip()}")
    return folder


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scheduler", help="address of a running cluster, for example tcp://head:8786")
    parser.add_argument("arguments", nargs="+", help="those of `dual-metric lab`, after --")
    options = parser.parse_args()
    program = os.environ.get("DUAL_METRIC", "dual-metric")
    out = str(options.out.resolve())

    cluster = options.scheduler or LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with Client(cluster) as client:
        # Not pure: a shard that is asked for again looks into its folder, not into Dask's memory.
        futures = [
            client.submit(shard, program, options.arguments, number, options.shards, out, pure=False, retries=2)
            for number in range(1, options.shards + 1)
        ]
        folders = []
        for future in as_completed(futures):
            folders.append(future.result())
            print(f"{len(folders)} of {options.shards} shards are done", flush=True)
    if not options.scheduler:
        cluster.close()
    subprocess.run([program, "lab", "merge", *sorted(folders), "--out", f"{out}/all"], check=True)


if __name__ == "__main__":
    main()
