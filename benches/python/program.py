"""What the benchmark's programs in Python have in common: the files that `engine --export` has written, and a request a line on standard
input with an answer a line on standard output, as `net/request.rs` has them. A framework brings a `Training`."""

import json
import os
import sys
import time

import numpy as np

WARM_UP = 0.25  # share of the asked-for time, as for the other engines
LOOKS_AN_EPOCH = 8
TARGET = 1.01


class Files:
    """Data and first weights of one folder, as NumPy has them."""

    def __init__(self, folder):
        with open(os.path.join(folder, "net.json")) as file:
            self.about = json.load(file)
        read = lambda name, kind: np.fromfile(os.path.join(folder, name), kind)
        users, items = read("users.u32", "<u4").astype(np.int32), read("items.u32", "<u4").astype(np.int32)
        residuals, order = read("residuals.f32", "<f4"), read("order.u32", "<u4")
        n = self.about["training"]
        self.held_out = users[n:], items[n:], residuals[n:]
        # In the order of the batches, so that a batch is a slice.
        self.data = users[order], items[order], residuals[order]
        self.weights, start = [], 0
        weights = read("weights.f32", "<f4")
        for rows, columns in self.about["shapes"]:
            self.weights.append(weights[start : start + rows * columns].reshape(rows, columns))
            start += rows * columns


class Training:
    """A training, and where it is in the order of batches. What inherits from it has `at_once`, the steps of its quickest call, and
    the methods `call(starts)`, which does a step for each batch that begins there and returns something that `losses(it)` makes
    numbers `[steps]` of once they are there, and `predict(users, items)`."""

    at_once = 1

    def __init__(self, files, request):
        self.files = files
        self.batch = request["batch"]
        self.replicas = request["replicas"]
        self.batches = files.about["training"] // self.batch
        self.adam = tuple(files.about["adam"])
        self.next = 0

    def steps(self, steps):
        """So many steps in one call."""
        starts = np.arange(self.next, self.next + steps) % self.batches * self.batch
        self.next += steps
        return self.call(starts.astype(np.int32))

    def run_for(self, seconds):
        """Goes on for at least so many seconds; steps and the last loss."""
        start, steps = time.perf_counter(), 0
        while True:
            # Calls are queued: a few at a time, then a wait.
            for _ in range(1 if self.at_once > 1 else 16):
                queued = self.steps(self.at_once)
                steps += self.at_once
            losses = self.losses(queued)
            if time.perf_counter() - start >= seconds:
                return steps, float(losses[-1])

    def run_steps(self, steps):
        calls, each = (1, steps) if self.at_once > 1 else (steps, 1)
        for _ in range(calls):
            queued = self.steps(each)
        self.losses(queued)

    def rmse(self):
        users, items, residuals = self.files.held_out
        error = self.predict(users, items) - residuals
        return float(np.sqrt(np.mean(np.square(error, dtype=np.float64))))


def speed(begin, request):
    training = begin(request)
    training.losses(training.steps(training.at_once))  # compiles
    training.run_for(request["seconds"] * WARM_UP)
    start = time.perf_counter()
    steps, loss = training.run_for(request["seconds"])
    seconds = time.perf_counter() - start
    return {
        "steps": steps,
        "samples": steps * training.batch * training.replicas,
        "seconds": seconds,
        "loss": loss,
    }


def losses(begin, request):
    training = begin(request)
    if training.at_once > 1:
        return {"losses": np.asarray(training.losses(training.steps(request["steps"]))).tolist()}
    return {"losses": [float(training.losses(training.steps(1))[0]) for _ in range(request["steps"])]}


def target(begin, request):
    training = begin(request)
    bias_rmse = training.files.about["bias_rmse"]
    stretch = max(1, training.batches // LOOKS_AN_EPOCH)
    begin(request).run_steps(stretch)  # compiles
    steps, seconds, rmse = 0, 0.0, float("inf")
    while seconds < request["seconds"] and rmse > TARGET * bias_rmse:
        start = time.perf_counter()
        training.run_steps(stretch)
        seconds += time.perf_counter() - start
        steps += stretch
        rmse = training.rmse()
    return {
        "seconds": seconds,
        "epochs": steps * training.batch / training.files.about["training"],
        "rmse": rmse,
        "bias_rmse": bias_rmse,
        "reached": rmse <= TARGET * bias_rmse,
    }


def serve(framework, kind):
    """Answers requests until there are no more. The folder of the files is the program's argument; `kind(files, request)` begins a
    training, and what it gets of `files` stays the same from request to request."""
    tasks = {"speed": speed, "losses": losses, "target": target}
    opened = {}
    for line in sys.stdin:
        try:
            request = json.loads(line)
            if request["rule"] != "all":
                raise ValueError(f"{framework} has dense Adam only")
            name = request["data"]
            if name not in opened:
                opened[name] = Files(os.path.join(sys.argv[1], name))
            answer = tasks[request["task"]](lambda request: kind(opened[name], request), request)
        except Exception as error:  # the other side reports it
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
