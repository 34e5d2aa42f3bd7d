// Losses and gradients of an autoencoder (Eq. 2): rows of which a few columns are there go through a weighted bag, the layers
// of a head, and out again to the columns that are there, or to all of them by the kind of their field. kernel.wgsl stands
// above.
//
// Of every row of the step, `scratch` holds the units of the last hidden layer and, one after the other, those of the first,
// the gradient by the last with the row's loss, and the gradient by the first. Of every column that is there, it holds the
// gradient by what came out and the squared error. Where all columns are compared, it holds for each row what came out, then
// what should have, each field from a new vector on.

// What a column that is there adds to the gradient of what the section is about: the bag's row, the row of the last layer,
// or its bias. The host lists it once for all three.
fn part(kind: u32, at: u32, column: u32, length: u32) -> vec4<f32> {
  if (kind == KIND_BAG) {
    return bitcast<f32>(program[at + COLUMN_VALUE]) * scratch[scratch_at + program[at + COLUMN_BAG] + column];
  }
  let by = scratch[scratch_at + program[at + COLUMN_OUTCOME]].x;
  if (kind == KIND_OUTPUT_BIAS) {
    return vec4<f32>(by, 0.0, 0.0, 0.0);
  }
  return by * scratch[scratch_at + program[at + COLUMN_HIDDEN] + column];
}

// Below whatever comes out of a layer.
const LEAST = -0x1p127f;

// A hidden layer ends in ReLU, but not the codes.
fn lowest_if(is_linear: u32) -> f32 {
  return select(0.0, LEAST, is_linear == 1u);
}

fn lowest(layer: u32) -> f32 {
  return lowest_if(data[layer + LAYER_IS_LINEAR]);
}

// Puts the gradient by a unit in its place, whether ReLU or nothing is behind it.
fn put_unit(at: u32, by: vec4<f32>, is_linear: u32) {
  if (is_linear == 1u) {
    memory[at] = by;
  } else {
    through_unit(at, by);
  }
}

// What a layer's way back is about: none of its inputs are vectors of two sides.
struct Back {
  source: u32,
  inputs: u32,
  is_first: bool,
  width: u32,
  other_width: u32,
  // 1 if the inputs are codes.
  is_linear: u32,
}

// The gradient by four units of four rows, in place of what they are. `by` has a unit a column.
fn put_back(back: Back, of_item: bool, block: u32, quad: u32, by: mat4x4<f32>) {
  let shift = data[SHIFT];
  var units = by;
  for (var i = 0u; i < min(4u, back.inputs - 4u * block); i++) {
    put_unit(back.source + ((4u * block + i) << shift) + quad, units[i], back.is_linear);
  }
}

// The columns of a row that are there: where the first of them stands among all, and how many they are.
struct There {
  at: u32,
  count: u32,
}

fn there(term: u32, list: u32, row: u32) -> There {
  let starts = data[term + CODER_STARTS] + program[list + CODED_LENGTH * row + CODED_ROW];
  return There(data[starts], data[starts + 1u] - data[starts]);
}

// Puts units of the tile into `scratch`, row by row, so many vectors apart.
fn set_down(source: u32, width: u32, to: u32, stride: u32, quads: u32, left: u32, thread: u32) {
  let shift = data[SHIFT];
  let blocks = (width + 3u) / 4u;
  for (var t = thread; t < blocks * quads; t += THREADS) {
    let quad = t / blocks;
    let block = t - quad * blocks;
    var rows = transpose(features(source + ((4u * block) << shift) + quad, shift));
    for (var c = 0u; c < min(4u, left - 4u * quad); c++) {
      scratch[to + (4u * quad + c) * stride + block] = rows[c];
    }
  }
}

// Four units of four rows from there, a unit a column. Rows that are not there have zeros.
fn taken_up(at: u32, stride: u32, block: u32, quad: u32, left: u32) -> mat4x4<f32> {
  var rows = mat4x4<f32>();
  for (var c = 0u; c < min(4u, left - 4u * quad); c++) {
    rows[c] = scratch[at + (4u * quad + c) * stride + block];
  }
  return transpose(rows);
}

// The first hidden layer: a thread has four units of a row, and then, because threads may not write to one vector at once,
// four rows.
fn bag(term: u32, list: u32, work: u32, quads: u32, left: u32, thread: u32) {
  let shift = data[SHIFT];
  let stride = data[term + CODER_STRIDE];
  let blocks = (data[term + CODER_WIDTH] + 3u) / 4u;
  let table = params_at + data[term + CODER_BAG];
  let bias = params_at + data[term + CODER_BAG_BIAS];
  let columns = data[term + CODER_COLUMNS];
  let values = data[term + CODER_VALUES];
  let least = vec4<f32>(lowest_if(data[term + CODER_IS_LINEAR]));
  for (var t = thread; t < left * blocks; t += THREADS) {
    let row = t / blocks;
    let block = t - row * blocks;
    let of_row = there(term, list, row);
    var sum = params[bias + block];
    for (var i = of_row.at; i < of_row.at + of_row.count; i++) {
      sum += number(values + i) * params[table + data[columns + i] * blocks + block];
    }
    scratch[work + row * stride + block] = max(sum, least);
  }
  storageBarrier();
  for (var t = thread; t < blocks * quads; t += THREADS) {
    let quad = t / blocks;
    let block = t - quad * blocks;
    let units = taken_up(work, stride, block, quad, left);
    let to = data[INPUTS_AT] + ((4u * block) << shift) + quad;
    memory[to] = units[0];
    memory[to + (1u << shift)] = units[1];
    memory[to + (2u << shift)] = units[2];
    memory[to + (3u << shift)] = units[3];
  }
}

// What comes out of a column: the last hidden layer's product with a row of the last layer, and the bias.
fn outcome(hidden: u32, weights: u32, bias: u32, blocks: u32) -> f32 {
  var sums = vec4<f32>(0.0);
  for (var b = 0u; b < blocks; b++) {
    sums += scratch[hidden + b] * params[weights + b];
  }
  return params[bias].x + dot(sums, vec4<f32>(1.0));
}

// Puts the gradient by the last hidden layer, which was set down row by row with each row's loss behind it, in the place of
// its units, and adds the losses up.
fn put_hidden(share: u32, term: u32, work: u32, quads: u32, left: u32, thread: u32) {
  let shift = data[SHIFT];
  let stride = data[term + CODER_STRIDE];
  let blocks = (data[term + CODER_HIDDEN_WIDTH] + 3u) / 4u;
  // The codes come out of the last hidden layer where there is none but the first.
  let is_linear = data[term + CODER_IS_LINEAR];
  for (var t = thread; t < blocks * quads; t += THREADS) {
    let quad = t / blocks;
    let block = t - quad * blocks;
    let units = taken_up(work, stride, block, quad, left);
    let at = data[term + CODER_HIDDEN_AT] + ((4u * block) << shift) + quad;
    put_unit(at, units[0], is_linear);
    put_unit(at + (1u << shift), units[1], is_linear);
    put_unit(at + (2u << shift), units[2], is_linear);
    put_unit(at + (3u << shift), units[3], is_linear);
    // A tile has no more row vectors than there are lanes.
    if (block == 0u) {
      let sums = taken_up(work, stride, blocks, quad, left)[0];
      let mean = bitcast<f32>(program[share + SHARE_MEAN]);
      losses[losses_at + data[term + TERM_LOSS] * LANES + quad] += mean * dot(sums, vec4<f32>(1.0));
    }
  }
}

// Sets down the gradient by four units of a row, and behind it, once, the row's loss.
fn set_row(term: u32, work: u32, row: u32, block: u32, blocks: u32, by: vec4<f32>, loss: f32) {
  let at = work + row * data[term + CODER_STRIDE];
  scratch[at + block] = by;
  if (block == 0u) {
    scratch[at + blocks] = vec4<f32>(loss, 0.0, 0.0, 0.0);
  }
}

// Squared errors on the columns that are there, and the gradient by the last hidden layer.
fn observed(share: u32, term: u32, list: u32, first: u32, work: u32, left: u32, thread: u32) {
  let blocks = (data[term + CODER_HIDDEN_WIDTH] + 3u) / 4u;
  let hidden = scratch_at + program[share + SHARE_HIDDEN] + first * blocks;
  let outcomes = scratch_at + program[share + SHARE_OUTCOMES];
  let table = params_at + data[term + CODER_OUTPUT];
  let bias = params_at + data[term + CODER_OUTPUT_BIAS];
  let columns = data[term + CODER_COLUMNS];
  let values = data[term + CODER_VALUES];
  let scale = bitcast<f32>(program[share + SHARE_SCALE]);
  // So many threads share the columns of a row.
  let lanes = max(THREADS >> (data[SHIFT] + 2u), 1u);
  for (var t = thread; t < left * lanes; t += THREADS) {
    let row = t / lanes;
    let of_row = there(term, list, row);
    let to = outcomes + program[list + CODED_LENGTH * row + CODED_FIRST];
    for (var i = t - row * lanes; i < of_row.count; i += lanes) {
      let column = data[columns + of_row.at + i];
      let y = outcome(hidden + row * blocks, table + column * blocks, bias + column, blocks);
      let error = y - number(values + of_row.at + i);
      scratch[to + i] = vec4<f32>(scale * error, error * error, 0.0, 0.0);
    }
  }
  storageBarrier();
  for (var t = thread; t < left * blocks; t += THREADS) {
    let row = t / blocks;
    let block = t - row * blocks;
    let of_row = there(term, list, row);
    let came_at = outcomes + program[list + CODED_LENGTH * row + CODED_FIRST];
    var by = vec4<f32>(0.0);
    var loss = 0.0;
    for (var i = 0u; i < of_row.count; i++) {
      let came = scratch[came_at + i];
      by += came.x * params[table + data[columns + of_row.at + i] * blocks + block];
      loss += came.y;
    }
    set_row(term, work, row, block, blocks, by, loss);
  }
}

// The loss of one field of one row; in place of what came out, the gradient by it.
fn compare(field: u32, came_at: u32, should_at: u32, scale: f32) -> f32 {
  let kind = data[field + FIELD_KIND];
  let width = data[field + FIELD_WIDTH];
  let blocks = (width + 3u) / 4u;
  // The softmax of categories: the largest, and the logarithm of the sum.
  var log_sum = 0.0;
  var is_known = 0.0;
  if (kind == FIELD_ONE_HOT) {
    var largest = LEAST;
    for (var b = 0u; b < blocks; b++) {
      let y = select(vec4<f32>(largest), scratch[came_at + b], inside(b, width) > vec4<f32>(0.0));
      largest = max(largest, max(max(y.x, y.y), max(y.z, y.w)));
    }
    var sum = 0.0;
    for (var b = 0u; b < blocks; b++) {
      // Where there is no column, nothing is added.
      let y = select(vec4<f32>(LEAST), scratch[came_at + b], inside(b, width) > vec4<f32>(0.0));
      sum += dot(exp(y - largest), vec4<f32>(1.0));
      // A row whose category is missing adds nothing.
      is_known += dot(scratch[should_at + b], vec4<f32>(1.0));
    }
    log_sum = largest + log(sum);
  }
  var loss = 0.0;
  for (var b = 0u; b < blocks; b++) {
    let y = scratch[came_at + b];
    let t = scratch[should_at + b];
    let is_there = inside(b, width) > vec4<f32>(0.0);
    var by = 2.0 * (y - t);
    var of_block = (y - t) * (y - t);
    if (kind == FIELD_ONE_HOT) {
      of_block = -t * (y - log_sum);
      by = is_known * exp(y - log_sum) - t;
    } else if (kind == FIELD_MULTI_HOT) {
      // ln(1 + eʸ) without overflow.
      of_block = max(y, vec4<f32>(0.0)) + log(1.0 + exp(-abs(y))) - t * y;
      by = 1.0 / (1.0 + exp(-y)) - t;
    }
    loss += dot(select(vec4<f32>(0.0), of_block, is_there), vec4<f32>(1.0));
    scratch[came_at + b] = select(vec4<f32>(0.0), scale * by, is_there);
  }
  return loss;
}

// All columns, each field by its kind, the gradient by the last hidden layer and that of the last layer.
fn fields(share: u32, term: u32, list: u32, first: u32, work: u32, left: u32, fresh: bool, thread: u32) {
  let blocks = (data[term + CODER_HIDDEN_WIDTH] + 3u) / 4u;
  let hidden = scratch_at + program[share + SHARE_HIDDEN] + first * blocks;
  let table = params_at + data[term + CODER_OUTPUT];
  let bias = params_at + data[term + CODER_OUTPUT_BIAS];
  // Vectors of a row; what should have come out stands so far behind what did.
  let vectors = data[term + CODER_VECTORS];
  let came = scratch_at + program[share + SHARE_OUTCOMES] + first * 2u * vectors;
  let in_vector = data[term + CODER_IN_VECTOR];
  for (var t = thread; t < left * vectors; t += THREADS) {
    let row = t / vectors;
    let vector = t - row * vectors;
    let columns = data[in_vector + 2u * vector];
    var y = vec4<f32>(0.0);
    for (var i = 0u; i < data[in_vector + 2u * vector + 1u]; i++) {
      y[i] = outcome(hidden + row * blocks, table + (columns + i) * blocks, bias + columns + i, blocks);
    }
    let at = came + 2u * row * vectors + vector;
    scratch[at] = y;
    scratch[at + vectors] = vec4<f32>(0.0);
  }
  storageBarrier();
  let places = data[term + CODER_PLACES];
  for (var row = thread; row < left; row += THREADS) {
    let of_row = there(term, list, row);
    for (var i = of_row.at; i < of_row.at + of_row.count; i++) {
      let place = data[places + data[data[term + CODER_COLUMNS] + i]];
      scratch[came + (2u * row + 1u) * vectors + place / 4u][place % 4u] = number(data[term + CODER_VALUES] + i);
    }
  }
  storageBarrier();
  // The factor of a gradient that has no 2 in it.
  let scale = 0.5 * bitcast<f32>(program[share + SHARE_SCALE]);
  let all = data[term + CODER_FIELDS];
  for (var t = thread; t < left * all; t += THREADS) {
    let row = t / all;
    let field = data[term + CODER_FIELD_LIST] + (t - row * all) * FIELD_LENGTH;
    let at = came + 2u * row * vectors + data[field + FIELD_AT];
    let loss = compare(field, at, at + vectors, scale);
    // Nobody asks what should have come out any more.
    scratch[at + vectors] = vec4<f32>(loss, 0.0, 0.0, 0.0);
  }
  storageBarrier();
  for (var t = thread; t < left * blocks; t += THREADS) {
    let row = t / blocks;
    let block = t - row * blocks;
    let of_row = came + 2u * row * vectors;
    var sum = vec4<f32>(0.0);
    for (var vector = 0u; vector < vectors; vector++) {
      let by = scratch[of_row + vector];
      let columns = data[in_vector + 2u * vector];
      for (var i = 0u; i < data[in_vector + 2u * vector + 1u]; i++) {
        sum += by[i] * params[table + (columns + i) * blocks + block];
      }
    }
    var loss = 0.0;
    for (var field = 0u; field < all; field++) {
      loss += scratch[of_row + vectors + data[data[term + CODER_FIELD_LIST] + field * FIELD_LENGTH + FIELD_AT]].x;
    }
    set_row(term, work, row, block, blocks, sum, loss);
  }
  // A column of the last layer has its weights and its bias.
  let columns = data[term + CODER_COUNT];
  for (var t = thread; t < columns * (blocks + 1u); t += THREADS) {
    let column = t / (blocks + 1u);
    let block = t - column * (blocks + 1u);
    let place = data[places + column];
    var sum = vec4<f32>(0.0);
    for (var row = 0u; row < left; row++) {
      let by = scratch[came + 2u * row * vectors + place / 4u][place % 4u];
      if (block < blocks) {
        sum += by * scratch[hidden + row * blocks + block];
      } else {
        sum.x += by;
      }
    }
    let weights = partials_at + data[term + CODER_OUTPUT] + column * blocks + block;
    add_up(select(partials_at + data[term + CODER_OUTPUT_BIAS] + column, weights, block < blocks), sum, fresh);
  }
}

// Losses and gradients of a tile of a share: at most `most` rows from `first` on. `fresh` has a bit for this being the first
// part of the step's gradient.
fn tile(share: u32, first: u32, most: u32, fresh: u32, thread: u32) {
  let shift = data[SHIFT];
  let term = program[share + SHARE_TERM];
  let left = min(program[share + SHARE_ROWS] - first, most);
  let quads = (left + 3u) / 4u;
  let list = program[share + SHARE_LIST] + CODED_LENGTH * first;
  let is_fresh = (fresh & 1u) != 0u;
  let head = data[term + TERM_HEAD];
  let stride = data[term + CODER_STRIDE];
  let work = scratch_at + program[share + SHARE_BAGS] + first * stride;
  copy_weights(head, thread);
  bag(term, list, work, quads, left, thread);
  workgroupBarrier();
  let layers = head + HEAD_FIRST;
  let end = layers + data[head + HEAD_LAYERS] * LAYER_LENGTH;
  for (var layer = layers; layer < end; layer += LAYER_LENGTH) {
    forward(head, layer, quads, first, 0u, thread);
    workgroupBarrier();
  }
  let width = data[term + CODER_HIDDEN_WIDTH];
  let hidden_blocks = (width + 3u) / 4u;
  let hidden = scratch_at + program[share + SHARE_HIDDEN] + first * hidden_blocks;
  set_down(data[term + CODER_HIDDEN_AT], width, hidden, hidden_blocks, quads, left, thread);
  storageBarrier();
  if (data[term + CODER_FIELDS] == 0u) {
    observed(share, term, list, first, work, left, thread);
  } else {
    fields(share, term, list, first, work, left, is_fresh, thread);
  }
  storageBarrier();
  put_hidden(share, term, work, quads, left, thread);
  workgroupBarrier();
  for (var layer = end; layer > layers; layer -= LAYER_LENGTH) {
    let at = layer - LAYER_LENGTH;
    gradient(head, at, quads, is_fresh, thread);
    workgroupBarrier();
    // Before the first of these layers is one that ends in ReLU.
    let is_linear = select(0u, data[at - LAYER_LENGTH + LAYER_IS_LINEAR], at > layers);
    let back = Back(data[at + LAYER_FROM], data[at + LAYER_INPUTS], false, 0u, 0u, is_linear);
    backward(head, at, back, quads, thread);
    workgroupBarrier();
  }
  let of_bag = data[term + CODER_WIDTH];
  let blocks = (of_bag + 3u) / 4u;
  set_down(data[INPUTS_AT], of_bag, work, stride, quads, left, thread);
  for (var block = thread; block < blocks; block += THREADS) {
    var sum = vec4<f32>(0.0);
    for (var quad = 0u; quad < quads; quad++) {
      sum += vec4<f32>(1.0) * features(data[INPUTS_AT] + ((4u * block) << shift) + quad, shift);
    }
    add_up(partials_at + data[term + CODER_BAG_BIAS] + block, sum, is_fresh);
  }
  workgroupBarrier();
}
