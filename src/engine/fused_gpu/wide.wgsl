// Matrix products of a tile where threads take turns, as on a software adapter, and time goes by how often memory is
// read: blocks of 8 × 8, each as four blocks of 4 × 4. Where there is no second one, the first is worked out twice.

// A hidden layer: ReLU, then dropout. `first` is the first row of the tile.
fn forward(head: u32, layer: u32, quads: u32, first: u32, key: u32, thread: u32) {
  let shift = data[SHIFT];
  let inputs = data[layer + LAYER_INPUTS];
  let blocks = (data[layer + LAYER_OUTPUTS] + 3u) / 4u;
  let source = data[layer + LAYER_FROM];
  let base = weights_base(head);
  let matrix = base + data[layer + LAYER_WEIGHTS];
  let bias = base + data[layer + LAYER_BIAS];
  let row_pairs = (quads + 1u) / 2u;
  for (var t = thread; t < row_pairs * ((blocks + 1u) / 2u); t += THREADS) {
    let quad = 2u * (t % row_pairs);
    let block = 2u * (t / row_pairs);
    let quad_1 = min(quad + 1u, quads - 1u);
    let block_1 = min(block + 1u, blocks - 1u);
    var s00 = times(weights(bias + block), vec4<f32>(1.0));
    var s10 = times(weights(bias + block_1), vec4<f32>(1.0));
    var s01 = s00;
    var s11 = s10;
    var x_at = source;
    var w_at = matrix;
    for (var i = 0u; i < inputs; i++) {
      let x0 = memory[x_at + quad];
      let x1 = memory[x_at + quad_1];
      let w0 = weights(w_at + block);
      let w1 = weights(w_at + block_1);
      s00 += times(w0, x0);
      s01 += times(w0, x1);
      s10 += times(w1, x0);
      s11 += times(w1, x1);
      x_at += 1u << shift;
      w_at += blocks;
    }
    activate(layer, block, quad, s00);
    activate(layer, block, quad_1, s01);
    activate(layer, block_1, quad, s10);
    activate(layer, block_1, quad_1, s11);
    drop_out(head, layer, key, first, block, block_1, quad, quad_1);
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
  let pairs = (blocks + 1u) / 2u;
  let input_blocks = (inputs + 3u) / 4u;
  for (var t = thread; t < pairs * ((input_blocks + 1u) / 2u); t += THREADS) {
    let block = 2u * (t % pairs);
    let input_block = 2u * (t / pairs);
    let d_at = to + (block << (shift + 2u));
    let d_at_1 = to + (min(block + 1u, blocks - 1u) << (shift + 2u));
    let x_at = source + (input_block << (shift + 2u));
    let x_at_1 = source + (min(input_block + 1u, input_blocks - 1u) << (shift + 2u));
    var s00 = mat4x4<f32>();
    var s01 = s00;
    var s10 = s00;
    var s11 = s00;
    var bias = vec4<f32>(0.0);
    var bias_1 = bias;
    for (var quad = 0u; quad < quads; quad++) {
      let d0 = features(d_at + quad, shift);
      let d1 = features(d_at_1 + quad, shift);
      let x0 = features(x_at + quad, shift);
      let x1 = features(x_at_1 + quad, shift);
      s00 += mat4x4<f32>(x0[0] * d0, x0[1] * d0, x0[2] * d0, x0[3] * d0);
      s01 += mat4x4<f32>(x1[0] * d0, x1[1] * d0, x1[2] * d0, x1[3] * d0);
      s10 += mat4x4<f32>(x0[0] * d1, x0[1] * d1, x0[2] * d1, x0[3] * d1);
      s11 += mat4x4<f32>(x1[0] * d1, x1[1] * d1, x1[2] * d1, x1[3] * d1);
      bias += vec4<f32>(1.0) * d0;
      bias_1 += vec4<f32>(1.0) * d1;
    }
    let has_other = block + 1u < blocks;
    let i = 4u * input_block;
    let first = at + data[layer + LAYER_WEIGHTS] + i * blocks + block;
    add_up_rows(first, blocks, i, inputs, s00, fresh);
    add_up_rows(first + 4u * blocks, blocks, i + 4u, inputs, s01, fresh);
    if (has_other) {
      add_up_rows(first + 1u, blocks, i, inputs, s10, fresh);
      add_up_rows(first + 4u * blocks + 1u, blocks, i + 4u, inputs, s11, fresh);
    }
    if (input_block == 0u) {
      add_up(at + data[layer + LAYER_BIAS] + block, bias, fresh);
      if (has_other) {
        add_up(at + data[layer + LAYER_BIAS] + block + 1u, bias_1, fresh);
      }
    }
  }
}

// Gradient by a layer's inputs.
fn backward(head: u32, layer: u32, back: Back, quads: u32, thread: u32) {
  let shift = data[SHIFT];
  let blocks = (data[layer + LAYER_OUTPUTS] + 3u) / 4u;
  let to = data[layer + LAYER_TO];
  let matrix = weights_base(head) + data[layer + LAYER_WEIGHTS];
  // Blocks that are done together are of one side.
  let user_blocks = select((back.inputs + 3u) / 4u, (back.width + 3u) / 4u, back.is_first);
  let item_blocks = select(0u, (back.other_width + 3u) / 4u, back.is_first);
  let user_pairs = (user_blocks + 1u) / 2u;
  let row_pairs = (quads + 1u) / 2u;
  for (var t = thread; t < row_pairs * (user_pairs + (item_blocks + 1u) / 2u); t += THREADS) {
    let quad = 2u * (t % row_pairs);
    let pair = t / row_pairs;
    let of_item = pair >= user_pairs;
    let block = 2u * select(pair, pair - user_pairs, of_item);
    let has_other = block + 1u < select(user_blocks, item_blocks, of_item);
    let has_other_quad = quad + 1u < quads;
    let d_at = to + quad;
    let d_at_1 = d_at + u32(has_other_quad);
    let w_at = matrix + (4u * block + select(0u, back.width, of_item)) * blocks;
    let w_at_1 = w_at + select(0u, 4u * blocks, has_other);
    var s00 = mat4x4<f32>();
    var s01 = s00;
    var s10 = s00;
    var s11 = s00;
    for (var b = 0u; b < blocks; b++) {
      let d0 = features(d_at + (b << (shift + 2u)), shift);
      let d1 = features(d_at_1 + (b << (shift + 2u)), shift);
      let w0 = columns(w_at + b, blocks);
      let w1 = columns(w_at_1 + b, blocks);
      s00 += d0 * w0;
      s01 += d1 * w0;
      s10 += d0 * w1;
      s11 += d1 * w1;
    }
    // One call, because the compiler puts in the function's text for each.
    for (var part = 0u; part < 4u; part++) {
      let right = part % 2u;
      let below = part / 2u;
      let top = select_matrix(s00, s01, right == 1u);
      let by = select_matrix(top, select_matrix(s10, s11, right == 1u), below == 1u);
      if ((right == 0u || has_other_quad) && (below == 0u || has_other)) {
        put_back(back, of_item, block + below, quad + right, by);
      }
    }
  }
}

// Four outputs of four rows of a layer.
fn columns(at: u32, stride: u32) -> mat4x4<f32> {
  return mat4x4<f32>(weights(at), weights(at + stride), weights(at + 2u * stride), weights(at + 3u * stride));
}

fn select_matrix(one: mat4x4<f32>, other: mat4x4<f32>, is_other: bool) -> mat4x4<f32> {
  return mat4x4<f32>(
    select(one[0], other[0], is_other),
    select(one[1], other[1], is_other),
    select(one[2], other[2], is_other),
    select(one[3], other[3], is_other),
  );
}
