"""The shards of a contest on a Ray cluster: python ray_shards.py --shards 20 --out results -- --domain books=b.csv ...

Without --address there are two workers on this machine. The folders must be seen by all machines alike.
"""

import argparse
import os
import subprocess
from pathlib import Path

import ray


@ray.remote(num_cpus=1, max_retries=2)
def shard(program, arguments, number, of, out, folder):
    """Does one shard and gives its folder back. `folder` is where relative paths among the arguments begin."""
    own = f"{out}/shard-{number}"
    command = [program, "lab", *arguments, "--shard", f"{number}/{of}", "--out", own]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    if done.returncode != 0:
        raise RuntimeError(f"shard {number}/{of}: {done.stderr.strip()}")
    return own


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--address", help="a running cluster, for example auto")
    parser.add_argument("arguments", nargs="+", help="those of `dual-metric lab`, after --")
    options = parser.parse_args()
    program = os.environ.get("DUAL_METRIC", "dual-metric")
    out = str(options.out.resolve())

    local = {} if options.address else {"num_cpus": 2, "include_dashboard": False}
    ray.init(address=options.address, log_to_driver=False, **local)
    waiting = [
        shard.remote(program, options.arguments, number, options.shards, out, os.getcwd())
        for number in range(1, options.shards + 1)
    ]
    folders = []
    while waiting:
        ready, waiting = ray.wait(waiting)
        folders += ray.get(ready)
        print(f"{len(folders)} of {options.shards} shards are done", flush=True)
    ray.shutdown()
    subprocess.run([program, "lab", "merge", *sorted(folders), "--out", f"{out}/all"], check=True)


if __name__ == "__main__":
    main()
