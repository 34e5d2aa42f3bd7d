#!/usr/bin/env python3
"""Neural matrix factorisation (He et al. 2017, Eqs. 8 to 12) in plain numpy, with Adam as published.

Prints the losses of 100 steps and a few predictions behind them, in the form in which they stand in
src/peers/ncf/tests.rs. First weights, ratings and batches are formulas that the test has as well. As in
src/peers/ncf/mod.rs W_1 = [I I] and h of the products = 1 are not trained.

    python3 tests/ncf_reference.py
"""
import numpy as np

USERS, ITEMS, PRODUCT, FIRST = 6, 5, 2, 8
WIDTHS = [(FIRST, 4), (4, 2), (2, 1)]
RATE, BETA_1, BETA_2, EPSILON = 2e-3, 0.9, 0.999, 1e-8
BATCH = 8


def start(rows, columns, salt):
    row, column = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    return 0.5 * np.sin(1.3 * row + 0.7 * column + salt)


weights = {
    "p_product": start(USERS, PRODUCT, 0.1),
    "q_product": start(ITEMS, PRODUCT, 0.2),
    "p_network": start(USERS, FIRST, 0.3),
    "q_network": start(ITEMS, FIRST, 0.4),
    "b_1": np.zeros((1, FIRST)),
}
for n, (inputs, outputs) in enumerate(WIDTHS, start=2):
    weights[f"w_{n}"] = start(inputs, outputs, 1.0 + 0.1 * n)
    weights[f"b_{n}"] = np.zeros((1, outputs))
weights["b_4"][:] = 0.5

n = np.arange(24)
users, items = n % USERS, (2 * n + n // USERS) % ITEMS
ratings = 0.5 + 0.5 * np.sin(1.1 * users + 2.3 * items)


def forward(u, i):
    first = np.concatenate([weights["p_network"][u], weights["q_network"][i]], axis=1)
    w_1 = np.concatenate([np.eye(FIRST), np.eye(FIRST)])
    units = [np.maximum(first @ w_1 + weights["b_1"], 0)]
    for layer in [2, 3]:
        units.append(np.maximum(units[-1] @ weights[f"w_{layer}"] + weights[f"b_{layer}"], 0))
    products = weights["p_product"][u] * weights["q_product"][i]
    h = np.concatenate([np.ones((PRODUCT, 1)), weights["w_4"]])
    output = np.concatenate([products, units[-1]], axis=1) @ h + weights["b_4"]
    return output[:, 0], units


def gradients(u, i, r):
    output, units = forward(u, i)
    by = (2 * (output - r) / len(r))[:, None]
    found = {name: np.zeros_like(value) for name, value in weights.items()}
    np.add.at(found["p_product"], u, by * weights["q_product"][i])
    np.add.at(found["q_product"], i, by * weights["p_product"][u])
    for layer in [4, 3, 2]:
        below = units[layer - 2]
        found[f"w_{layer}"] = below.T @ by
        found[f"b_{layer}"] = by.sum(axis=0, keepdims=True)
        by = (by @ weights[f"w_{layer}"].T) * (below > 0)
    found["b_1"] = by.sum(axis=0, keepdims=True)
    np.add.at(found["p_network"], u, by)
    np.add.at(found["q_network"], i, by)
    return np.mean((output - r) ** 2), found


first_moment = {name: np.zeros_like(value) for name, value in weights.items()}
second_moment = {name: np.zeros_like(value) for name, value in weights.items()}
losses = []
for step in range(1, 101):
    rows = slice(BATCH * ((step - 1) % 3), BATCH * ((step - 1) % 3 + 1))
    loss, found = gradients(users[rows], items[rows], ratings[rows])
    losses.append(loss)
    for name, g in found.items():
        first_moment[name] += (1 - BETA_1) * (g - first_moment[name])
        second_moment[name] += (1 - BETA_2) * (g * g - second_moment[name])
        m = first_moment[name] / (1 - BETA_1**step)
        v = second_moment[name] / (1 - BETA_2**step)
        weights[name] -= RATE * m / (np.sqrt(v) + EPSILON)

for line in np.array(losses).reshape(10, 10):
    print(" ".join(f"{loss:.6f}," for loss in line))
print("predictions", " ".join(f"{p:.6f}," for p in forward(users[:6], items[:6])[0]))
