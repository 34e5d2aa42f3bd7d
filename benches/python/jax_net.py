"""The benchmark's network in JAX, on the device that JAX_PLATFORMS names. Usage: jax_net.py FOLDER (see `program`).

Two engines: `jax-step` compiles one step and calls it from Python, `jax-scan` compiles 256 steps into one call.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

import program

SCAN = 256


def forward(params, users, items):
    """Users and items `[n]` to predictions `[n]`."""
    tables, layers = params[:2], params[2:]
    x = jnp.concatenate([tables[0][users], tables[1][items]], axis=1)
    for n in range(0, len(layers), 2):
        x = x @ layers[n] + layers[n + 1]
        if n + 2 < len(layers):
            x = jax.nn.relu(x)
    return x[:, 0]


def step(adam, batch, data, state, start):
    """One step of Adam on the batch at `start`; the loss before it."""
    rate, beta_1, beta_2, epsilon = adam
    params, m, v, t = state
    users, items, residuals = (jax.lax.dynamic_slice_in_dim(column, start, batch) for column in data)
    cost = lambda params: jnp.mean((forward(params, users, items) - residuals) ** 2)
    loss, gradients = jax.value_and_grad(cost)(params)
    t = t + 1
    m = [beta_1 * a + (1 - beta_1) * g for a, g in zip(m, gradients)]
    v = [beta_2 * a + (1 - beta_2) * g * g for a, g in zip(v, gradients)]
    correct_1, correct_2 = 1 - beta_1 ** t.astype(jnp.float32), 1 - beta_2 ** t.astype(jnp.float32)
    params = [p - rate * (a / correct_1) / (jnp.sqrt(b / correct_2) + epsilon) for p, a, b in zip(params, m, v)]
    return (params, m, v, t), loss


@partial(jax.jit, static_argnums=(0, 1, 2), donate_argnums=(4,))
def run(adam, batch, replicas, data, state, starts):
    """As many steps as `starts` has; state and losses `[steps]` (of the first replica)."""
    one = partial(step, adam, batch, data)
    if replicas > 1:
        axes = (0, 0, 0, None)
        alone = one
        one = lambda state, start: jax.vmap(alone, in_axes=(axes, None), out_axes=(axes, 0))(state, start)
    first = lambda loss: loss[0] if replicas > 1 else loss
    if starts.shape[0] == 1:
        state, loss = one(state, starts[0])
        return state, first(loss)[None]
    state, losses = jax.lax.scan(one, state, starts)
    return state, losses[:, 0] if replicas > 1 else losses


predict = jax.jit(forward)


class Training(program.Training):
    """Parameters, moments and the number of steps, on the device. With replicas, each array has one more axis in front."""

    def __init__(self, files, request):
        super().__init__(files, request)
        self.at_once = SCAN if request["engine"].startswith("jax-scan") else 1
        if not hasattr(files, "on_device"):
            files.on_device = tuple(jnp.asarray(column) for column in files.data)
        params = [jnp.asarray(w) for w in files.weights]
        if self.replicas > 1:
            params = [jnp.repeat(p[None], self.replicas, axis=0) for p in params]
        zeros = lambda: [jnp.zeros_like(p) for p in params]
        self.state = params, zeros(), zeros(), jnp.zeros((), jnp.int32)

    def call(self, starts):
        self.state, losses = run(self.adam, self.batch, self.replicas, self.files.on_device, self.state, starts)
        return losses

    def losses(self, queued):
        return np.asarray(queued.block_until_ready())

    def predict(self, users, items):
        return np.asarray(predict(self.state[0], users, items))


if __name__ == "__main__":
    program.serve("JAX", Training)
