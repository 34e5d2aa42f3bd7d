"""The benchmark's network in PyTorch, on the device that TORCH_DEVICE names (`cpu`, `cuda`). Usage: torch_net.py FOLDER (see `program`).

Two engines: `torch-step` calls each operation of a step from Python, `torch-graph` replays 16 steps at once that a card has recorded.
"""

import os

import torch

import program

GRAPH = 16
# A graph may be recorded once the optimiser has its state and the libraries have theirs.
BEFORE_RECORDING = 3

device = torch.device(os.environ["TORCH_DEVICE"])


def forward(params, users, items):
    """Users and items `[n]` to predictions `[replicas, n]`; parameters have an axis of replicas in front."""
    tables, layers = params[:2], params[2:]
    x = torch.cat([tables[0].index_select(1, users), tables[1].index_select(1, items)], dim=2)
    for n in range(0, len(layers), 2):
        x = torch.baddbmm(layers[n + 1], x, layers[n])
        if n + 2 < len(layers):
            x = torch.relu(x)
    return x[:, :, 0]


class Training(program.Training):
    """Parameters and the optimiser's state, on the device."""

    def __init__(self, files, request):
        super().__init__(files, request)
        records = request["engine"].startswith("torch-graph")
        if records and device.type != "cuda":
            raise ValueError("PyTorch records steps on a card only")
        if not hasattr(files, "on_device"):
            files.on_device = tuple(torch.from_numpy(column).to(device) for column in files.data)
        first = lambda weights: torch.from_numpy(weights).to(device).repeat(self.replicas, 1, 1)
        self.params = [first(weights).requires_grad_() for weights in files.weights]
        rate, beta_1, beta_2, epsilon = self.adam
        self.optimiser = torch.optim.Adam(self.params, lr=rate, betas=(beta_1, beta_2), eps=epsilon, fused=True, capturable=records)
        self.within = torch.arange(self.batch, device=device)
        if records:
            self.at_once = GRAPH
            self.record()

    def one(self, rows):
        """A step on these rows, and the first replica's loss before it."""
        users, items, residuals = (column[rows] for column in self.files.on_device)
        self.optimiser.zero_grad(set_to_none=True)
        errors = torch.mean((forward(self.params, users, items) - residuals) ** 2, dim=1)
        errors.sum().backward()
        self.optimiser.step()
        return errors[0].detach()

    def record(self):
        """Records one step and `GRAPH` of them, each on the batch at `self.start`, which a step moves on."""
        self.start = torch.zeros((), dtype=torch.int64, device=device)

        def recorded():
            loss = self.one(self.start + self.within)
            self.start.add_(self.batch).remainder_(self.batches * self.batch)
            return loss

        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(BEFORE_RECORDING):
                recorded()
        torch.cuda.current_stream().wait_stream(aside)
        self.graphs = {}
        for steps in (1, GRAPH):
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                losses = torch.stack([recorded() for _ in range(steps)])
            self.graphs[steps] = graph, losses
        # As before the first step: what was recorded works on the same memory.
        with torch.no_grad():
            self.start.zero_()
            for param, weights in zip(self.params, self.files.weights):
                param.copy_(torch.from_numpy(weights))
                for value in self.optimiser.state[param].values():
                    value.zero_()

    def call(self, starts):
        if self.at_once == 1:
            return [self.one(int(start) + self.within) for start in starts]
        queued, left = [], len(starts)
        while left > 0:
            steps = GRAPH if left >= GRAPH else 1
            graph, losses = self.graphs[steps]
            graph.replay()
            queued.append(losses.clone())
            left -= steps
        return queued

    def losses(self, queued):
        return torch.cat([losses.reshape(-1) for losses in queued]).cpu().numpy()

    @torch.no_grad()
    def predict(self, users, items):
        users, items = (torch.from_numpy(column).to(device) for column in (users, items))
        return forward(self.params, users, items)[0].cpu().numpy()


if __name__ == "__main__":
    program.serve("PyTorch", Training)
