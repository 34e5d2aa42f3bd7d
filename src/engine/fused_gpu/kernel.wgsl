// One training step after the other without leaving the shader. Constants in capitals stand above this text: sizes,
// and where things are in the descriptions that the host writes (words.rs).
//
// A tile is up to 4 << shift rows of a share. Its activations lie in workgroup memory feature by feature, four rows to
// a vector: `memory[region + (feature << shift) + row / 4][row % 4]`. Layers are done in blocks of 4 × 4.

// Dense layers and maps by replica: weights, then first and second moments. Columns are padded to vectors with zeros.
@group(0) @binding(0) var<storage, read_write> dense: array<vec4<f32>>;
// Gathered tables and towers by replica: weights, then moments of the trained ones, row-major.
@group(0) @binding(1) var<storage, read_write> rows: array<f32>;
// Gradients of `dense` by region: one for each workgroup that works on a step.
@group(0) @binding(2) var<storage, read_write> partials: array<vec4<f32>>;
// Vectors on both sides of maps by region, and the gradient of each gathered vector of a step (its slot).
@group(0) @binding(3) var<storage, read_write> scratch: array<f32>;
// Sums of squared errors by region, term and thread.
@group(0) @binding(4) var<storage, read_write> losses: array<f32>;
// What never changes: descriptions of terms and heads, ratings, features.
@group(0) @binding(5) var<storage, read> data: array<u32>;
// What to do, written anew for each call.
@group(0) @binding(6) var<storage, read> program: array<u32>;
// Where this dispatch's part of the program begins.
@group(0) @binding(7) var<uniform> dispatch: vec4<u32>;

var<workgroup> memory: array<vec4<f32>, MEMORY>;

// Where this replica's and this region's part of each buffer begins.
var<private> dense_at: u32;
var<private> rows_at: u32;
var<private> partials_at: u32;
var<private> scratch_at: u32;
var<private> vectors_at: u32;
var<private> losses_at: u32;

fn place(replica: u32, region: u32) {
  let regions = program[CALL_REGIONS];
  dense_at = replica * data[DENSE_STRIDE];
  rows_at = replica * data[ROWS_STRIDE];
  partials_at = (replica * regions + region) * data[DENSE_TRAINED];
  scratch_at = replica * program[CALL_SCRATCH];
  vectors_at = scratch_at + region * 4u * data[VECTORS];
  losses_at = (replica * regions + region) * data[TERMS] * THREADS;
}

fn number(at: u32) -> f32 {
  return bitcast<f32>(data[at]);
}

// Four outputs of a row of a head's layer.
fn weights(head: u32, at: u32) -> vec4<f32> {
  if (WEIGHTS_IN_MEMORY) {
    return memory[at];
  }
  return dense[dense_at + data[head + HEAD_DENSE] + at];
}

// One component of a gathered vector, before the map: the table's row (zero where it is withheld) and the tower.
fn vector(side: u32, named: u32, column: u32) -> f32 {
  let width = data[side + SIDE_WIDTH];
  let count = data[side + SIDE_COUNT];
  var row = named;
  var sum = 0.0;
  if (named < count) {
    sum = rows[rows_at + data[side + SIDE_TABLE] + named * width + column];
  } else {
    row = named - count;
  }
  let tower = data[side + SIDE_TOWER];
  if (tower != NONE) {
    let starts = data[side + SIDE_STARTS] + row;
    let columns = data[side + SIDE_COLUMNS];
    let values = data[side + SIDE_VALUES];
    let end = data[starts + 1u];
    for (var entry = data[starts]; entry < end; entry++) {
      sum += number(values + entry) * rows[rows_at + tower + data[columns + entry] * width + column];
    }
  }
  return sum;
}

// Entry [row, column] of a map with `width` columns.
fn map_entry(map: u32, width: u32, row: u32, column: u32) -> f32 {
  return dense[dense_at + map + row * ((width + 3u) / 4u) + column / 4u][column % 4u];
}

// One component of a gathered vector as the loss sees it. `row` counts within the tile.
fn mapped(side: u32, which: u32, named: u32, column: u32, row: u32) -> f32 {
  let map = data[side + SIDE_MAP];
  if (map == NONE) {
    return vector(side, named, column);
  }
  let width = data[side + SIDE_WIDTH];
  let transposed = data[side + SIDE_TRANSPOSED] == 1u;
  let raw = vectors_at + which * data[VECTORS] + row * width;
  var sum = 0.0;
  for (var j = 0u; j < width; j++) {
    sum += map_entry(map, width, select(column, j, transposed), select(j, column, transposed)) * scratch[raw + j];
  }
  return sum;
}

// Input `i` of the row at `at` of a share's list.
fn input(term: u32, at: u32, i: u32, row: u32) -> f32 {
  var column = i;
  for (var which = 0u; which < 2u; which++) {
    let side = term + TERM_SIDES + which * SIDE_LENGTH;
    let width = data[side + SIDE_WIDTH];
    if (column < width) {
      return mapped(side, which, program[at + 1u + which], column, row);
    }
    column -= width;
  }
  let own = data[term + TERM_OWN_WIDTH];
  if (column < own) {
    return number(data[term + TERM_RATINGS] + program[at] * (own + 1u) + 1u + column);
  }
  column -= own;
  let of_user = data[term + TERM_USER_GIVEN_WIDTH];
  if (column < of_user) {
    return number(data[term + TERM_USER_GIVEN] + program[at + 1u] * of_user + column);
  }
  let of_item = data[term + TERM_ITEM_GIVEN_WIDTH];
  return number(data[term + TERM_ITEM_GIVEN] + program[at + 2u] * of_item + column - of_user);
}

// Dropout's factors of a unit for four rows (dropout.rs).
fn kept(head: u32, key: u32, first_slot: u32, width: u32, unit: u32, row: u32) -> vec4<f32> {
  let half = (width + 1u) / 2u;
  let slot = first_slot + unit % half;
  var x = ((vec4<u32>(slot << ROW_BITS) | ((row + vec4<u32>(0u, 1u, 2u, 3u)) & vec4<u32>((1u << ROW_BITS) - 1u)))
    * 0x9e3779b1u) + key;
  x ^= x >> vec4<u32>(16u);
  x *= 0x7feb352du;
  x ^= x >> vec4<u32>(15u);
  x *= 0x846ca68bu;
  x ^= x >> vec4<u32>(16u);
  x = select(x >> vec4<u32>(16u), x & vec4<u32>(0xffffu), vec4<bool>(unit < half));
  return select(vec4<f32>(number(head + HEAD_KEEP)), vec4<f32>(0.0), x < vec4<u32>(data[head + HEAD_THRESHOLD]));
}

// A hidden layer: ReLU, then dropout. `first` is the first row of the tile.
fn forward(head: u32, layer: u32, quads: u32, first: u32, key: u32, thread: u32) {
  let shift = data[SHIFT];
  let inputs = data[layer + LAYER_INPUTS];
  let outputs = data[layer + LAYER_OUTPUTS];
  let blocks = (outputs + 3u) / 4u;
  let source = data[layer + LAYER_FROM];
  let to = data[layer + LAYER_TO];
  let matrix = data[layer + LAYER_WEIGHTS];
  let bias = data[layer + LAYER_BIAS];
  let drops = data[head + HEAD_THRESHOLD] > 0u;
  for (var t = thread; t < blocks << shift; t += THREADS) {
    let quad = t & ((1u << shift) - 1u);
    let block = t >> shift;
    if (quad < quads) {
      let b = weights(head, bias + block);
      var s0 = vec4<f32>(b.x);
      var s1 = vec4<f32>(b.y);
      var s2 = vec4<f32>(b.z);
      var s3 = vec4<f32>(b.w);
      for (var i = 0u; i < inputs; i++) {
        let x = memory[source + (i << shift) + quad];
        let w = weights(head, matrix + i * blocks + block);
        s0 += w.x * x;
        s1 += w.y * x;
        s2 += w.z * x;
        s3 += w.w * x;
      }
      let sums = array<vec4<f32>, 4>(s0, s1, s2, s3);
      for (var o = 0u; o < 4u; o++) {
        var h = max(sums[o], vec4<f32>(0.0));
        let unit = 4u * block + o;
        // Units beyond the last are zero: their weights are.
        if (drops && unit < outputs) {
          h *= kept(head, key, data[layer + LAYER_SLOT], outputs, unit, first + 4u * quad);
        }
        memory[to + (unit << shift) + quad] = h;
      }
    }
  }
}

// The last layer, the loss of the tile's rows and its gradient by the output. `left` rows are there.
fn output(share: u32, term: u32, head: u32, layer: u32, quads: u32, first: u32, left: u32, thread: u32) {
  let shift = data[SHIFT];
  let inputs = data[layer + LAYER_INPUTS];
  let source = data[layer + LAYER_FROM];
  let matrix = data[layer + LAYER_WEIGHTS];
  let delta = data[layer + LAYER_TO];
  let list = program[share + SHARE_LIST] + 3u * first;
  let ratings = data[term + TERM_RATINGS];
  let stride = data[term + TERM_OWN_WIDTH] + 1u;
  for (var quad = thread; quad < quads; quad += THREADS) {
    var sum = vec4<f32>(weights(head, data[layer + LAYER_BIAS]).x);
    for (var i = 0u; i < inputs; i++) {
      sum += weights(head, matrix + i).x * memory[source + (i << shift) + quad];
    }
    if (data[head + HEAD_DOT] == 1u) {
      let width = data[term + TERM_SIDES + SIDE_WIDTH];
      let x = data[INPUTS_AT] + quad;
      for (var i = 0u; i < width; i++) {
        sum += memory[x + (i << shift)] * memory[x + ((width + i) << shift)];
      }
    }
    var error = vec4<f32>(0.0);
    for (var c = 0u; c < 4u; c++) {
      let row = 4u * quad + c;
      if (row < left) {
        error[c] = sum[c] - number(ratings + program[list + 3u * row] * stride);
      }
    }
    losses[losses_at + data[term + TERM_LOSS] * THREADS + thread] += dot(error, error);
    memory[delta + quad] = bitcast<f32>(program[share + SHARE_SCALE]) * error;
    // The rest of the block of outputs.
    for (var o = 1u; o < 4u; o++) {
      memory[delta + (o << shift) + quad] = vec4<f32>(0.0);
    }
  }
}

// The last layer's gradient, and in place of each of its inputs, the gradient by it.
fn output_backward(head: u32, layer: u32, quads: u32, fresh: bool, thread: u32) {
  let shift = data[SHIFT];
  let inputs = data[layer + LAYER_INPUTS];
  let source = data[layer + LAYER_FROM];
  let delta = data[layer + LAYER_TO];
  let matrix = data[layer + LAYER_WEIGHTS];
  let at = partials_at + data[head + HEAD_DENSE];
  let keep = number(head + HEAD_KEEP);
  for (var i = thread; i <= inputs; i += THREADS) {
    var sum = 0.0;
    var gradient = at + data[layer + LAYER_BIAS];
    if (i < inputs) {
      let w = keep * weights(head, matrix + i).x;
      for (var quad = 0u; quad < quads; quad++) {
        let d = memory[delta + quad];
        let h = memory[source + (i << shift) + quad];
        sum += dot(h, d);
        memory[source + (i << shift) + quad] = select(vec4<f32>(0.0), w * d, h > vec4<f32>(0.0));
      }
      gradient = at + matrix + i;
    } else {
      for (var quad = 0u; quad < quads; quad++) {
        sum += dot(memory[delta + quad], vec4<f32>(1.0));
      }
    }
    var before = vec4<f32>(0.0);
    if (!fresh) {
      before = partials[gradient];
    }
    partials[gradient] = before + vec4<f32>(sum, 0.0, 0.0, 0.0);
  }
}

// Gradient of a layer's weights and bias.
fn gradient(head: u32, layer: u32, quads: u32, fresh: bool, thread: u32) {
  let shift = data[SHIFT];
  let inputs = data[layer + LAYER_INPUTS];
  let blocks = (data[layer + LAYER_OUTPUTS] + 3u) / 4u;
  let source = data[layer + LAYER_FROM];
  let to = data[layer + LAYER_TO];
  let at = partials_at + data[head + HEAD_DENSE];
  let matrix_blocks = ((inputs + 3u) / 4u) * blocks;
  for (var t = thread; t < matrix_blocks + blocks; t += THREADS) {
    let block = t % blocks;
    let i = 4u * (t / blocks);
    let is_bias = t >= matrix_blocks;
    var s0 = vec4<f32>(0.0);
    var s1 = s0;
    var s2 = s0;
    var s3 = s0;
    let x_at = source + (i << shift);
    let d_at = to + (block << (shift + 2u));
    for (var quad = 0u; quad < quads; quad++) {
      let d = mat4x4<f32>(
        memory[d_at + quad],
        memory[d_at + (1u << shift) + quad],
        memory[d_at + (2u << shift) + quad],
        memory[d_at + (3u << shift) + quad],
      );
      if (is_bias) {
        s0 += vec4<f32>(1.0) * d;
      } else {
        s0 += memory[x_at + quad] * d;
        s1 += memory[x_at + (1u << shift) + quad] * d;
        s2 += memory[x_at + (2u << shift) + quad] * d;
        s3 += memory[x_at + (3u << shift) + quad] * d;
      }
    }
    let sums = array<vec4<f32>, 4>(s0, s1, s2, s3);
    let count = select(min(4u, inputs - min(i, inputs)), 1u, is_bias);
    let first = at + select(data[layer + LAYER_WEIGHTS] + i * blocks, data[layer + LAYER_BIAS], is_bias) + block;
    for (var a = 0u; a < count; a++) {
      var before = vec4<f32>(0.0);
      if (!fresh) {
        before = partials[first + a * blocks];
      }
      partials[first + a * blocks] = before + sums[a];
    }
  }
}

// Puts the gradient by one component of a side's vector, for four rows, where it is asked for: into the rows' slots, or
// beside the map that it goes through next.
fn hand_back(share: u32, term: u32, which: u32, column: u32, quad: u32, first: u32, left: u32, by: vec4<f32>) {
  let slots = program[share + SHARE_SLOTS + which];
  let side = term + TERM_SIDES + which * SIDE_LENGTH;
  let width = data[side + SIDE_WIDTH];
  if (slots == NONE) {
    return;
  }
  var at = scratch_at + slots + first * width;
  if (data[side + SIDE_MAP] != NONE) {
    at = vectors_at + (2u + which) * data[VECTORS];
  }
  for (var c = 0u; c < 4u; c++) {
    let row = 4u * quad + c;
    if (row < left) {
      scratch[at + row * width + column] = by[c];
    }
  }
}

// Gradient by a layer's inputs: in place of a hidden layer's activations, or, for the first layer, by the vectors.
fn backward(share: u32, term: u32, head: u32, layer: u32, is_first: bool, quads: u32, first: u32, left: u32, thread: u32) {
  let shift = data[SHIFT];
  let blocks = (data[layer + LAYER_OUTPUTS] + 3u) / 4u;
  let source = data[layer + LAYER_FROM];
  let to = data[layer + LAYER_TO];
  let matrix = data[layer + LAYER_WEIGHTS];
  let width = data[term + TERM_SIDES + SIDE_WIDTH];
  let other_width = data[term + TERM_SIDES + SIDE_LENGTH + SIDE_WIDTH];
  let inputs = select(data[layer + LAYER_INPUTS], width + other_width, is_first);
  let has_dot = data[head + HEAD_DOT] == 1u;
  let delta = data[DELTA_AT];
  for (var t = thread; t < ((inputs + 3u) / 4u) << shift; t += THREADS) {
    let quad = t & ((1u << shift) - 1u);
    let i = 4u * (t >> shift);
    if (quad < quads) {
      var s0 = vec4<f32>(0.0);
      var s1 = s0;
      var s2 = s0;
      var s3 = s0;
      let w_at = matrix + i * blocks;
      for (var block = 0u; block < blocks; block++) {
        let d_at = to + (block << (shift + 2u)) + quad;
        let d = mat4x4<f32>(
          memory[d_at],
          memory[d_at + (1u << shift)],
          memory[d_at + (2u << shift)],
          memory[d_at + (3u << shift)],
        );
        s0 += d * weights(head, w_at + block);
        s1 += d * weights(head, w_at + blocks + block);
        s2 += d * weights(head, w_at + 2u * blocks + block);
        s3 += d * weights(head, w_at + 3u * blocks + block);
      }
      let sums = array<vec4<f32>, 4>(s0, s1, s2, s3);
      for (var a = 0u; a < min(4u, inputs - i); a++) {
        let column = i + a;
        var by = sums[a];
        if (is_first) {
          if (has_dot) {
            let partner = select(column - width, column + width, column < width);
            by += memory[delta + quad] * memory[source + (partner << shift) + quad];
          }
          let which = select(1u, 0u, column < width);
          hand_back(share, term, which, column - which * width, quad, first, left, by);
        } else {
          let at = source + (column << shift) + quad;
          memory[at] = select(vec4<f32>(0.0), number(head + HEAD_KEEP) * by, memory[at] > vec4<f32>(0.0));
        }
      }
    }
  }
}

// Pair loss of the tile's rows and its gradient by both vectors.
fn pairs(share: u32, term: u32, quads: u32, first: u32, left: u32, thread: u32) {
  let shift = data[SHIFT];
  let width = data[term + TERM_SIDES + SIDE_WIDTH];
  let scale = bitcast<f32>(program[share + SHARE_SCALE]);
  var sum = 0.0;
  for (var t = thread; t < width << shift; t += THREADS) {
    let quad = t & ((1u << shift) - 1u);
    let column = t >> shift;
    if (quad < quads) {
      let at = data[INPUTS_AT] + quad;
      let apart = memory[at + (column << shift)] - memory[at + ((width + column) << shift)];
      sum += dot(apart, apart);
      for (var which = 0u; which < 2u; which++) {
        hand_back(share, term, which, column, quad, first, left, select(scale, -scale, which == 1u) * apart);
      }
    }
  }
  losses[losses_at + data[term + TERM_LOSS] * THREADS + thread] += sum;
}

// Takes the gradients by mapped vectors back through the map, and adds up the map's own.
fn through_map(share: u32, side: u32, which: u32, first: u32, left: u32, fresh: bool, thread: u32) {
  let map = data[side + SIDE_MAP];
  let width = data[side + SIDE_WIDTH];
  let transposed = data[side + SIDE_TRANSPOSED] == 1u;
  let raw = vectors_at + which * data[VECTORS];
  let by = vectors_at + (2u + which) * data[VECTORS];
  let slots = scratch_at + program[share + SHARE_SLOTS + which] + first * width;
  for (var t = thread; t < left * width; t += THREADS) {
    let row = t / width;
    let j = t % width;
    var sum = 0.0;
    for (var c = 0u; c < width; c++) {
      sum += map_entry(map, width, select(c, j, transposed), select(j, c, transposed)) * scratch[by + row * width + c];
    }
    scratch[slots + t] = sum;
  }
  if (data[side + SIDE_TRAINS_MAP] == 1u) {
    let one = select(by, raw, transposed);
    let other = select(raw, by, transposed);
    let blocks = (width + 3u) / 4u;
    for (var t = thread; t < width * blocks; t += THREADS) {
      var sum = vec4<f32>(0.0);
      for (var row = 0u; row < left; row++) {
        let a = scratch[one + row * width + t / blocks];
        for (var c = 0u; c < min(4u, width - 4u * (t % blocks)); c++) {
          sum[c] += a * scratch[other + row * width + 4u * (t % blocks) + c];
        }
      }
      if (!fresh) {
        sum += partials[partials_at + map + t];
      }
      partials[partials_at + map + t] = sum;
    }
  }
}

// Losses and gradients of a tile of a share, from row `first` on. `fresh` has a bit for the head and for each side's map
// whose gradient this is the first part of.
fn tile(share: u32, first: u32, fresh: u32, thread: u32) {
  let shift = data[SHIFT];
  let term = program[share + SHARE_TERM];
  let left = min(program[share + SHARE_ROWS] - first, 4u << shift);
  let quads = (left + 3u) / 4u;
  let list = program[share + SHARE_LIST] + 3u * first;
  let is_rating = data[term + TERM_KIND] == 0u;
  let head = data[term + TERM_HEAD];
  let inputs = data[term + TERM_INPUTS];
  if (data[term + TERM_HAS_MAP] == 1u) {
    for (var which = 0u; which < 2u; which++) {
      let side = term + TERM_SIDES + which * SIDE_LENGTH;
      let width = data[side + SIDE_WIDTH];
      if (data[side + SIDE_MAP] != NONE) {
        for (var t = thread; t < left * width; t += THREADS) {
          let named = program[list + 3u * (t / width) + 1u + which];
          scratch[vectors_at + which * data[VECTORS] + t] = vector(side, named, t % width);
        }
      }
    }
    storageBarrier();
  }
  if (WEIGHTS_IN_MEMORY && is_rating) {
    let length = data[head + HEAD_LENGTH];
    let source = dense_at + data[head + HEAD_DENSE];
    for (var t = thread; t < length; t += THREADS) {
      memory[t] = dense[source + t];
    }
  }
  for (var t = thread; t < inputs * quads; t += THREADS) {
    let i = t % inputs;
    let quad = t / inputs;
    var x = vec4<f32>(0.0);
    for (var c = 0u; c < 4u; c++) {
      let row = 4u * quad + c;
      if (row < left) {
        x[c] = input(term, list + 3u * row, i, row);
      }
    }
    memory[data[INPUTS_AT] + (i << shift) + quad] = x;
  }
  workgroupBarrier();
  if (is_rating) {
    let layers = data[head + HEAD_LAYERS];
    let last = head + HEAD_FIRST + (layers - 1u) * LAYER_LENGTH;
    let key = program[share + SHARE_KEY];
    for (var layer = head + HEAD_FIRST; layer < last; layer += LAYER_LENGTH) {
      forward(head, layer, quads, first, key, thread);
      workgroupBarrier();
    }
    output(share, term, head, last, quads, first, left, thread);
    workgroupBarrier();
    let is_fresh = (fresh & 1u) != 0u;
    var below = layers;
    if (layers > 1u) {
      output_backward(head, last, quads, is_fresh, thread);
      workgroupBarrier();
      below -= 1u;
    }
    for (; below > 0u; below--) {
      let layer = head + HEAD_FIRST + (below - 1u) * LAYER_LENGTH;
      gradient(head, layer, quads, is_fresh, thread);
      if (below > 1u) {
        workgroupBarrier();
      }
      if (below > 1u || program[share + SHARE_HAS_SLOTS] == 1u) {
        backward(share, term, head, layer, below == 1u, quads, first, left, thread);
      }
      if (below > 1u) {
        workgroupBarrier();
      }
    }
  } else {
    pairs(share, term, quads, first, left, thread);
  }
  if (data[term + TERM_HAS_MAP] == 1u) {
    storageBarrier();
    for (var which = 0u; which < 2u; which++) {
      let side = term + TERM_SIDES + which * SIDE_LENGTH;
      if (data[side + SIDE_MAP] != NONE && program[share + SHARE_SLOTS + which] != NONE) {
        through_map(share, side, which, first, left, ((fresh >> (1u + which)) & 1u) != 0u, thread);
      }
    }
    storageBarrier();
  }
  workgroupBarrier();
}

// Adam, with what it needs to know of the step: see SECTION_…. In a trial (rate 0) the gradient takes the first
// moment's place, and nothing is trained.
fn adam(section: u32, w: vec4<f32>, g: vec4<f32>, m: vec4<f32>, v: vec4<f32>) -> array<vec4<f32>, 3> {
  let rate = bitcast<f32>(program[section + SECTION_RATE]);
  if (rate == 0.0) {
    return array<vec4<f32>, 3>(w, g, v);
  }
  let towards = g + bitcast<f32>(program[section + SECTION_DECAY]) * w;
  let m_after = m + (towards - m) * bitcast<f32>(program[section + SECTION_1_BETA_1]);
  let v_after = v + (towards * towards - v) * bitcast<f32>(program[section + SECTION_1_BETA_2]);
  let root = sqrt(v_after * bitcast<f32>(program[section + SECTION_CORRECTION]));
  let w_after = w - rate * m_after / (root + bitcast<f32>(program[section + SECTION_EPSILON]));
  return array<vec4<f32>, 3>(w_after, m_after, v_after);
}

// One weight of `rows`, at `at`, with its gradient.
fn update_row(section: u32, at: u32, penalty: f32, data_gradient: f32) {
  let m = at + data[ROWS_WEIGHTS];
  let v = m + data[ROWS_TRAINED];
  let w = rows[at];
  let g = data_gradient + penalty * w;
  let after = adam(section, vec4<f32>(w), vec4<f32>(g), vec4<f32>(rows[m]), vec4<f32>(rows[v]));
  rows[at] = after[0].x;
  rows[m] = after[1].x;
  rows[v] = after[2].x;
}

// The step's update of every parameter that it involves, shared out over `threads` threads.
fn update(step: u32, replica: u32, thread: u32, threads: u32) {
  var section = step + STEP_LENGTH + program[step + STEP_SHARES] * SHARE_LENGTH;
  let end = section + program[step + STEP_SECTIONS] * SECTION_LENGTH;
  for (; section < end; section += SECTION_LENGTH) {
    let kind = program[section + SECTION_KIND];
    let at = program[section + SECTION_AT];
    let count = program[section + SECTION_COUNT];
    let width = program[section + SECTION_WIDTH];
    let more = program[section + SECTION_MORE];
    if (kind == KIND_DENSE) {
      let trained = data[DENSE_TRAINED];
      for (var t = thread; t < count; t += threads) {
        let w_at = dense_at + at + t;
        let m_at = w_at + data[DENSE_WEIGHTS];
        let v_at = m_at + trained;
        var g = vec4<f32>(0.0);
        // `width` pairs of first region and number of regions.
        for (var range = more; range < more + 2u * width; range += 2u) {
          let first = replica * program[CALL_REGIONS] + program[range];
          for (var region = first; region < first + program[range + 1u]; region++) {
            g += partials[region * trained + at + t];
          }
        }
        let w = dense[w_at];
        let after = adam(section, w, g, dense[m_at], dense[v_at]);
        dense[w_at] = after[0];
        dense[m_at] = after[1];
        dense[v_at] = after[2];
      }
    } else if (kind == KIND_ENTRIES) {
      // Named rows, or all rows of a tower: each with the slots that its gradient is the sum of.
      for (var t = thread; t < count * width; t += threads) {
        let entry = at + (t / width) * ENTRY_LENGTH;
        let column = t % width;
        let first = program[entry + ENTRY_FIRST];
        let last = first + program[entry + ENTRY_COUNT] * more;
        var g = 0.0;
        for (var slot = first; slot < last; slot += more) {
          var part = scratch[scratch_at + program[slot] + column];
          if (more == 2u) {
            part *= bitcast<f32>(program[slot + 1u]);
          }
          g += part;
        }
        update_row(section, rows_at + program[entry + ENTRY_ROW] + column, bitcast<f32>(program[entry + ENTRY_PENALTY]), g);
      }
    } else {
      // The rows of a table that are not named; `more` is where a bit for each named row stands.
      for (var t = thread; t < count * width; t += threads) {
        let row = t / width;
        if (((program[more + row / 32u] >> (row % 32u)) & 1u) == 0u) {
          update_row(section, rows_at + at + t, 0.0, 0.0);
        }
      }
    }
  }
}

// A workgroup for each replica does all of its steps.
@compute @workgroup_size(THREADS)
fn steps(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let replica = group.x;
  place(replica, 0u);
  var step = program[dispatch.x + 2u * replica];
  let count = program[dispatch.x + 2u * replica + 1u];
  for (var done = 0u; done < count; done++) {
    let shares = program[step + STEP_SHARES];
    for (var s = 0u; s < shares; s++) {
      let share = step + STEP_LENGTH + s * SHARE_LENGTH;
      let n = program[share + SHARE_ROWS];
      for (var first = 0u; first < n; first += 4u << data[SHIFT]) {
        tile(share, first, select(0u, program[share + SHARE_FRESH], first == 0u), thread);
      }
    }
    storageBarrier();
    update(step, replica, thread, THREADS);
    storageBarrier();
    step = program[step + STEP_NEXT];
  }
}
