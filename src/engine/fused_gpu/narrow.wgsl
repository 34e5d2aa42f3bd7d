// Matrix products of a tile where many threads run at once: each does blocks of 4 × 4.

// A hidden layer: ReLU, then dropout. `first` is the first row of the tile.
fn forward(head: u32, layer: u32, quads: u32, first: u32, key: u32, thread: u32) {
  let shift = data[SHIFT];
  let inputs = data[layer + LAYER_INPUTS];
  let blocks = (data[layer + LAYER_OUTPUTS] + 3u) / 4u;
  let source = data[layer + LAYER_FROM];
  let base = weights_base(head);
  let matrix = base + data[layer + LAYER_WEIGHTS];
  let bias = base + data[layer + LAYER_BIAS];
  for (var t = thread; t < blocks << shift; t += THREADS) {
    let quad = t & ((1u << shift) - 1u);
    let block = t >> shift;
    if (quad < quads) {
      var sums = times(weights(bias + block), vec4<f32>(1.0));
      for (var i = 0u; i < inputs; i++) {
        sums += times(weights(matrix + i * blocks + block), memory[source + (i << shift) + quad]);
      }
      activate(layer, block, quad, sums);
      drop_out(head, layer, key, first, block, block, quad, quad);
    }
  }
}

// Gradient of a layer's weights and bias.
fn gradient(head: u32, layer: u32, quads: u32, fresh: bool, thread: u32) {
  let shift = data[SHIFT];
  let inputs = data[layer + LAYER_INPUTS];
  let blocks = (data[layer + LAYER_OUTPUTS] + 3u) / 4u;
  let source = data[layer + LAYER_FROM];
  let to = data[layer + LAYER_TO];
  let at = partials_at + data[head + HEAD_AT];
  let matrix_blocks = ((inputs + 3u) / 4u) * blocks;
  for (var t = thread; t < matrix_blocks + blocks; t += THREADS) {
    let block = t % blocks;
    let i = 4u * (t / blocks);
    let is_bias = t >= matrix_blocks;
    var sums = mat4x4<f32>();
    for (var quad = 0u; quad < quads; quad++) {
      let d = features(to + (block << (shift + 2u)) + quad, shift);
      if (is_bias) {
        sums[0] += vec4<f32>(1.0) * d;
      } else {
        let x_at = source + (i << shift) + quad;
        sums[0] += memory[x_at] * d;
        sums[1] += memory[x_at + (1u << shift)] * d;
        sums[2] += memory[x_at + (2u << shift)] * d;
        sums[3] += memory[x_at + (3u << shift)] * d;
      }
    }
    if (is_bias) {
      add_up(at + data[layer + LAYER_BIAS] + block, sums[0], fresh);
    } else {
      add_up_rows(at + data[layer + LAYER_WEIGHTS] + i * blocks + block, blocks, i, inputs, sums, fresh);
    }
  }
}

// Gradient by a layer's inputs.
fn backward(head: u32, layer: u32, back: Back, quads: u32, thread: u32) {
  let shift = data[SHIFT];
  let blocks = (data[layer + LAYER_OUTPUTS] + 3u) / 4u;
  let to = data[layer + LAYER_TO];
  let matrix = weights_base(head) + data[layer + LAYER_WEIGHTS];
  let user_blocks = (back.width + 3u) / 4u;
  let of_both = user_blocks + (back.other_width + 3u) / 4u;
  let input_blocks = select((back.inputs + 3u) / 4u, of_both, back.is_first);
  for (var t = thread; t < input_blocks << shift; t += THREADS) {
    let quad = t & ((1u << shift) - 1u);
    let input_block = t >> shift;
    let of_item = back.is_first && input_block >= user_blocks;
    let block_of_side = select(input_block, input_block - user_blocks, of_item);
    if (quad < quads) {
      var sums = mat4x4<f32>();
      let w_at = matrix + (4u * block_of_side + select(0u, back.width, of_item)) * blocks;
      for (var block = 0u; block < blocks; block++) {
        let d = features(to + (block << (shift + 2u)) + quad, shift);
        sums[0] += d * weights(w_at + block);
        sums[1] += d * weights(w_at + blocks + block);
        sums[2] += d * weights(w_at + 2u * blocks + block);
        sums[3] += d * weights(w_at + 3u * blocks + block);
      }
      put_back(back, of_item, block_of_side, quad, sums);
    }
  }
}
