// One training step after the other without leaving the shader. Constants in capitals stand above this text: sizes,
// and where things are in the descriptions that the host writes (words.rs).
//
// A tile is up to 4 << shift rows of a share. Its activations lie in workgroup memory feature by feature, four rows to
// a vector: `memory[region + (feature << shift) + row / 4][row % 4]`. The products of layers are in
// narrow.wgsl and wide.wgsl, of which one stands below, and then update.wgsl.

// Parameters by replica: weights, then first and second moments of the trained ones. Every matrix is row-major with its
// rows padded to vectors with zeros. Layers and maps come first, then gathered tables and towers.
@group(0) @binding(0) var<storage, read_write> params: array<vec4<f32>>;
// Gradients of layers and maps by region: one for each workgroup that works on a step.
@group(0) @binding(1) var<storage, read_write> partials: array<vec4<f32>>;
// Vectors on both sides of maps by region, and the gradient of each gathered vector of a step (its slot).
@group(0) @binding(2) var<storage, read_write> scratch: array<vec4<f32>>;
// Sums of squared errors by region, term and lane.
@group(0) @binding(3) var<storage, read_write> losses: array<f32>;
// What never changes: descriptions of terms and heads, ratings, features.
@group(0) @binding(4) var<storage, read> data: array<u32>;
// What to do, written anew for each call.
@group(0) @binding(5) var<storage, read> program: array<u32>;
// Where this dispatch's part of the program begins.
@group(0) @binding(6) var<uniform> dispatch: vec4<u32>;
// Under dense Adam: the last step that each row of the tables has been through, by replica.
@group(0) @binding(7) var<storage, read_write> lasts: array<u32>;

var<workgroup> memory: array<vec4<f32>, MEMORY>;

// Where this replica's and this region's part of each buffer begins.
var<private> params_at: u32;
var<private> partials_at: u32;
var<private> scratch_at: u32;
var<private> vectors_at: u32;
var<private> losses_at: u32;
var<private> lasts_at: u32;
// The head whose weights of this step are in workgroup memory.
var<private> copied: u32 = NONE;

fn place(replica: u32, region: u32) {
  let regions = program[CALL_REGIONS];
  params_at = replica * data[PARAMS_STRIDE];
  partials_at = (replica * regions + region) * data[PARTIALS];
  scratch_at = replica * program[CALL_SCRATCH];
  vectors_at = scratch_at + region * 4u * data[VECTORS];
  lasts_at = replica * data[LASTS_STRIDE];
  losses_at = (replica * data[LOSS_REGIONS] + region) * data[TERMS] * LANES;
}

fn number(at: u32) -> f32 {
  return bitcast<f32>(data[at]);
}

// Where a head's layers are read from.
fn weights_base(head: u32) -> u32 {
  return select(params_at + data[head + HEAD_AT], 0u, WEIGHTS_IN_MEMORY);
}

// Four outputs of a row of a head's layer.
fn weights(at: u32) -> vec4<f32> {
  if (WEIGHTS_IN_MEMORY) {
    return memory[at];
  }
  return params[at];
}

// The first of them alone.
fn weight(at: u32) -> f32 {
  if (WEIGHTS_IN_MEMORY) {
    return memory[at].x;
  }
  return params[at].x;
}

// A side of a term as it is described.
struct Side {
  at: u32,
  blocks: u32,
  count: u32,
  table: u32,
  tower: u32,
}

fn side_at(at: u32) -> Side {
  return Side(
    at,
    (data[at + SIDE_WIDTH] + 3u) / 4u,
    data[at + SIDE_COUNT],
    params_at + data[at + SIDE_TABLE],
    data[at + SIDE_TOWER],
  );
}

// Four components of a gathered vector, before the map: the table's row (zero where it is withheld) and the tower.
fn vector(side: Side, named: u32, block: u32) -> vec4<f32> {
  let is_there = named < side.count;
  let row = select(named - side.count, named, is_there);
  var sum = select(vec4<f32>(0.0), params[side.table + row * side.blocks + block], is_there);
  if (side.tower != NONE) {
    let starts = data[side.at + SIDE_STARTS] + row;
    let columns = data[side.at + SIDE_COLUMNS];
    let values = data[side.at + SIDE_VALUES];
    let weights = params_at + side.tower + block;
    let end = data[starts + 1u];
    for (var entry = data[starts]; entry < end; entry++) {
      sum += number(values + entry) * params[weights + data[columns + entry] * side.blocks];
    }
  }
  return sum;
}

// 1 for the components of a block that are there.
fn inside(block: u32, width: u32) -> vec4<f32> {
  return select(vec4<f32>(0.0), vec4<f32>(1.0), 4u * block + vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(width));
}

// Four components of M x, or of Mᵀ x, for a vector in `scratch`.
fn map_times(side: u32, is_transposed: bool, x_at: u32, block: u32) -> vec4<f32> {
  let width = data[side + SIDE_WIDTH];
  let blocks = (width + 3u) / 4u;
  let map = params_at + data[side + SIDE_MAP];
  var sum = vec4<f32>(0.0);
  for (var b = 0u; b < blocks; b++) {
    let x = scratch[x_at + b];
    // The row and the column of the first of four vectors, and how far apart they are.
    let first = map + select(4u * block * blocks + b, 4u * b * blocks + block, is_transposed);
    let m = mat4x4<f32>(
      params[first],
      params[first + blocks],
      params[first + 2u * blocks],
      params[first + 3u * blocks],
    );
    // Rows beyond the last belong to other matrices.
    sum += select(x * m, m * (x * inside(b, width)), is_transposed);
  }
  return sum * inside(block, width);
}

// Puts a side's vectors among the tile's inputs, from feature `first` on. A thread has four rows, because threads may not
// write to one vector at once.
fn gather(at: u32, which: u32, first: u32, list: u32, quads: u32, left: u32, thread: u32) {
  let shift = data[SHIFT];
  let inputs = data[INPUTS_AT];
  let width = data[at + SIDE_WIDTH];
  let side = side_at(at);
  let blocks = side.blocks;
  let has_map = data[at + SIDE_MAP] != NONE;
  let is_transposed = data[at + SIDE_TRANSPOSED] == 1u;
  let raw = vectors_at + which * data[VECTORS];
  for (var t = thread; t < blocks * quads; t += THREADS) {
    let quad = t / blocks;
    let block = t - quad * blocks;
    var rows = mat4x4<f32>();
    for (var c = 0u; c < min(4u, left - 4u * quad); c++) {
      let row = 4u * quad + c;
      if (has_map) {
        rows[c] = map_times(at, is_transposed, raw + row * blocks, block);
      } else {
        rows[c] = vector(side, program[list + 3u * row + 1u + which], block);
      }
    }
    let columns = transpose(rows);
    let to = inputs + ((first + 4u * block) << shift) + quad;
    memory[to] = columns[0];
    // What is left of a vector is the next side's.
    if (4u * block + 1u < width) {
      memory[to + (1u << shift)] = columns[1];
    }
    if (4u * block + 2u < width) {
      memory[to + (2u << shift)] = columns[2];
    }
    if (4u * block + 3u < width) {
      memory[to + (3u << shift)] = columns[3];
    }
  }
}

// Puts the given inputs behind the vectors: the rating's, the user's and the item's.
fn gather_given(term: u32, first: u32, list: u32, quads: u32, left: u32, thread: u32) {
  let shift = data[SHIFT];
  let own = data[term + TERM_OWN_WIDTH];
  let of_user = data[term + TERM_USER_GIVEN_WIDTH];
  let of_item = data[term + TERM_ITEM_GIVEN_WIDTH];
  let given = own + of_user + of_item;
  for (var t = thread; t < given * quads; t += THREADS) {
    let quad = t / given;
    let i = t - quad * given;
    // Whose it is: a table of numbers with a stride, and the word of a row that names its line.
    var table = data[term + TERM_RATINGS] + 1u + i;
    var stride = own + 1u;
    var name = 0u;
    if (i >= own + of_user) {
      table = data[term + TERM_ITEM_GIVEN] + i - own - of_user;
      stride = of_item;
      name = 2u;
    } else if (i >= own) {
      table = data[term + TERM_USER_GIVEN] + i - own;
      stride = of_user;
      name = 1u;
    }
    var x = vec4<f32>(0.0);
    for (var c = 0u; c < 4u; c++) {
      let row = 4u * quad + c;
      if (row < left) {
        x[c] = number(table + program[list + 3u * row + name] * stride);
      }
    }
    memory[data[INPUTS_AT] + ((first + i) << shift) + quad] = x;
  }
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

// The last layer, the loss of the tile's rows and its gradient by the output. `left` rows are there.
fn output(share: u32, term: u32, head: u32, layer: u32, quads: u32, first: u32, left: u32, thread: u32) {
  let shift = data[SHIFT];
  let inputs = data[layer + LAYER_INPUTS];
  let source = data[layer + LAYER_FROM];
  let base = weights_base(head);
  let matrix = base + data[layer + LAYER_WEIGHTS];
  let bias = base + data[layer + LAYER_BIAS];
  let delta = data[layer + LAYER_TO];
  let scale = bitcast<f32>(program[share + SHARE_SCALE]);
  // A tile has no more row vectors than there are lanes.
  let loss = losses_at + data[term + TERM_LOSS] * LANES + thread;
  let has_dot = data[head + HEAD_DOT] == 1u;
  let list = program[share + SHARE_LIST] + 3u * first;
  let ratings = data[term + TERM_RATINGS];
  let stride = data[term + TERM_OWN_WIDTH] + 1u;
  for (var quad = thread; quad < quads; quad += THREADS) {
    var sum = vec4<f32>(weight(bias));
    for (var i = 0u; i < inputs; i++) {
      sum += weight(matrix + i) * memory[source + (i << shift) + quad];
    }
    if (has_dot) {
      let width = data[term + TERM_SIDES + SIDE_WIDTH];
      let x = data[INPUTS_AT] + quad;
      for (var i = 0u; i < width; i++) {
        sum += memory[x + (i << shift)] * memory[x + ((width + i) << shift)];
      }
    }
    let at = list + 12u * quad;
    // Beyond the last row stands something else, whose number may be none.
    let rows = min(vec4<u32>(0u, 3u, 6u, 9u), vec4<u32>(3u * (left - 4u * quad - 1u)));
    let targets = vec4<f32>(
      number(ratings + program[at] * stride),
      number(ratings + program[at + rows.y] * stride),
      number(ratings + program[at + rows.z] * stride),
      number(ratings + program[at + rows.w] * stride),
    );
    let error = (sum - targets) * inside(quad, left);
    losses[loss] += dot(error, error);
    memory[delta + quad] = scale * error;
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
  let at = partials_at + data[head + HEAD_AT];
  let base = weights_base(head);
  let keep = number(head + HEAD_KEEP);
  for (var i = thread; i <= inputs; i += THREADS) {
    var sum = 0.0;
    var gradient = at + data[layer + LAYER_BIAS];
    if (i < inputs) {
      let w = keep * weight(base + matrix + i);
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

// Where the gradients by a side's vectors go: into the rows' slots, beside the map that they go through next, or nowhere.
fn hand_back_to(share: u32, term: u32, which: u32, first: u32) -> u32 {
  let slots = program[share + SHARE_SLOTS + which];
  let side = term + TERM_SIDES + which * SIDE_LENGTH;
  let at = scratch_at + slots + first * ((data[side + SIDE_WIDTH] + 3u) / 4u);
  let through = data[side + SIDE_MAP] != NONE;
  return select(select(at, vectors_at + (2u + which) * data[VECTORS], through), NONE, slots == NONE);
}

// Puts the gradient by four components there, for four rows: `by` has a component a column.
fn hand_back(to: u32, width: u32, block: u32, quad: u32, left: u32, by: mat4x4<f32>) {
  if (to == NONE) {
    return;
  }
  let blocks = (width + 3u) / 4u;
  let rows = transpose(by);
  let there = inside(block, width);
  let row = 4u * quad;
  let at = to + row * blocks + block;
  scratch[at] = rows[0] * there;
  if (row + 1u < left) {
    scratch[at + blocks] = rows[1] * there;
  }
  if (row + 2u < left) {
    scratch[at + 2u * blocks] = rows[2] * there;
  }
  if (row + 3u < left) {
    scratch[at + 3u * blocks] = rows[3] * there;
  }
}

// What a layer's way back is about.
struct Back {
  source: u32,
  inputs: u32,
  // Whether the inputs are the vectors, and then: how wide those of both sides are, and where their gradients go.
  is_first: bool,
  width: u32,
  other_width: u32,
  to_user: u32,
  to_item: u32,
  has_dot: bool,
  delta: u32,
  keep: f32,
  left: u32,
}

fn back_through(share: u32, term: u32, head: u32, layer: u32, is_first: bool, first: u32, left: u32) -> Back {
  return Back(
    data[layer + LAYER_FROM],
    data[layer + LAYER_INPUTS],
    is_first,
    data[term + TERM_SIDES + SIDE_WIDTH],
    data[term + TERM_SIDES + SIDE_LENGTH + SIDE_WIDTH],
    hand_back_to(share, term, 0u, first),
    hand_back_to(share, term, 1u, first),
    data[head + HEAD_DOT] == 1u,
    data[DELTA_AT],
    number(head + HEAD_KEEP),
    left,
  );
}

// The gradient by an activation, from that by what it became.
fn through_unit(at: u32, by: vec4<f32>) {
  memory[at] = select(vec4<f32>(0.0), by, memory[at] > vec4<f32>(0.0));
}

// Puts the gradient by four inputs of four rows where it goes: in place of a hidden layer's activations, or, for the
// first layer, to the vectors; then with the inner product's part. `by` has an input a column.
fn put_back(back: Back, of_item: bool, block: u32, quad: u32, by: mat4x4<f32>) {
  let shift = data[SHIFT];
  let i = 4u * block + select(0u, back.width, of_item);
  if (back.is_first) {
    var sums = by;
    if (back.has_dot) {
      let d = memory[back.delta + quad];
      let partner = back.source + (select(i + back.width, i - back.width, of_item) << shift) + quad;
      sums += mat4x4<f32>(
        d * memory[partner],
        d * memory[partner + (1u << shift)],
        d * memory[partner + (2u << shift)],
        d * memory[partner + (3u << shift)],
      );
    }
    let width = select(back.width, back.other_width, of_item);
    hand_back(select(back.to_user, back.to_item, of_item), width, block, quad, back.left, sums);
    return;
  }
  let at = back.source + (i << shift) + quad;
  through_unit(at, back.keep * by[0]);
  if (i + 1u < back.inputs) {
    through_unit(at + (1u << shift), back.keep * by[1]);
  }
  if (i + 2u < back.inputs) {
    through_unit(at + (2u << shift), back.keep * by[2]);
  }
  if (i + 3u < back.inputs) {
    through_unit(at + (3u << shift), back.keep * by[3]);
  }
}

// Adds to a gradient of layers.
fn add_up(at: u32, sum: vec4<f32>, fresh: bool) {
  if (fresh) {
    partials[at] = sum;
  } else {
    partials[at] += sum;
  }
}

// Adds up the gradients of four inputs' weights to four outputs, as far as they are there.
fn add_up_rows(at: u32, stride: u32, i: u32, inputs: u32, sums: mat4x4<f32>, fresh: bool) {
  if (i < inputs) {
    add_up(at, sums[0], fresh);
  }
  if (i + 1u < inputs) {
    add_up(at + stride, sums[1], fresh);
  }
  if (i + 2u < inputs) {
    add_up(at + 2u * stride, sums[2], fresh);
  }
  if (i + 3u < inputs) {
    add_up(at + 3u * stride, sums[3], fresh);
  }
}

// Puts the activations of four units for four rows, after ReLU, from the sums, which have a unit a column.
fn activate(to: u32, block: u32, quad: u32, sums: mat4x4<f32>) {
  let shift = data[SHIFT];
  let at = to + ((4u * block) << shift) + quad;
  memory[at] = max(sums[0], vec4<f32>(0.0));
  memory[at + (1u << shift)] = max(sums[1], vec4<f32>(0.0));
  memory[at + (2u << shift)] = max(sums[2], vec4<f32>(0.0));
  memory[at + (3u << shift)] = max(sums[3], vec4<f32>(0.0));
}

// Drops units of blocks, for the row vectors, from the first to the last of each. `first` is the first row of the tile.
fn drop_out(head: u32, layer: u32, key: u32, first: u32, block: u32, last_block: u32, quad: u32, last_quad: u32) {
  if (data[head + HEAD_THRESHOLD] == 0u) {
    return;
  }
  let shift = data[SHIFT];
  let to = data[layer + LAYER_TO];
  let slot = data[layer + LAYER_SLOT];
  let outputs = data[layer + LAYER_OUTPUTS];
  // Units beyond the last are zero: their weights are.
  for (var unit = 4u * block; unit < min(4u * last_block + 4u, outputs); unit++) {
    for (var q = quad; q <= last_quad; q++) {
      memory[to + (unit << shift) + q] *= kept(head, key, slot, outputs, unit, first + 4u * q);
    }
  }
}

// The four sums of four rows times four weights, a weight a column.
fn times(w: vec4<f32>, x: vec4<f32>) -> mat4x4<f32> {
  return mat4x4<f32>(w.x * x, w.y * x, w.z * x, w.w * x);
}

// Four features of four rows, a feature a column.
fn features(at: u32, shift: u32) -> mat4x4<f32> {
  return mat4x4<f32>(memory[at], memory[at + (1u << shift)], memory[at + (2u << shift)], memory[at + (3u << shift)]);
}

// Pair loss of the tile's rows and its gradient by both vectors.
fn pairs(share: u32, term: u32, quads: u32, first: u32, left: u32, thread: u32) {
  let shift = data[SHIFT];
  let width = data[term + TERM_SIDES + SIDE_WIDTH];
  let scale = bitcast<f32>(program[share + SHARE_SCALE]);
  let to_one = hand_back_to(share, term, 0u, first);
  let to_other = hand_back_to(share, term, 1u, first);
  var sum = 0.0;
  // At most a thread a lane, so that each has its own sum.
  for (var t = thread; t < select(0u, ((width + 3u) / 4u) << shift, thread < LANES); t += min(LANES, THREADS)) {
    let quad = t & ((1u << shift) - 1u);
    let block = t >> shift;
    if (quad < quads) {
      let at = data[INPUTS_AT] + quad;
      var apart = mat4x4<f32>();
      for (var i = 0u; i < min(4u, width - 4u * block); i++) {
        let column = 4u * block + i;
        let d = memory[at + (column << shift)] - memory[at + ((width + column) << shift)];
        sum += dot(d, d);
        apart[i] = scale * d;
      }
      for (var which = 0u; which < 2u; which++) {
        let is_other = which == 1u;
        hand_back(select(to_one, to_other, is_other), width, block, quad, left, apart * select(1.0, -1.0, is_other));
      }
    }
  }
  if (thread < LANES) {
    losses[losses_at + data[term + TERM_LOSS] * LANES + thread] += sum;
  }
}

// Takes the gradients by mapped vectors back through the map, and adds up the map's own.
fn through_map(share: u32, side: u32, which: u32, first: u32, left: u32, fresh: bool, thread: u32) {
  let width = data[side + SIDE_WIDTH];
  let blocks = (width + 3u) / 4u;
  let is_transposed = data[side + SIDE_TRANSPOSED] == 1u;
  let raw = vectors_at + which * data[VECTORS];
  let by = vectors_at + (2u + which) * data[VECTORS];
  let slots = scratch_at + program[share + SHARE_SLOTS + which] + first * blocks;
  for (var t = thread; t < left * blocks; t += THREADS) {
    let row = t / blocks;
    scratch[slots + t] = map_times(side, !is_transposed, by + row * blocks, t - row * blocks);
  }
  if (data[side + SIDE_TRAINS_MAP] == 1u) {
    let one = select(by, raw, is_transposed);
    let other = select(raw, by, is_transposed);
    let gradient = partials_at + data[side + SIDE_MAP];
    for (var t = thread; t < width * blocks; t += THREADS) {
      let a = t / blocks;
      var sum = vec4<f32>(0.0);
      for (var row = 0u; row < left; row++) {
        sum += scratch[one + row * blocks + a / 4u][a % 4u] * scratch[other + row * blocks + t - a * blocks];
      }
      if (!fresh) {
        sum += partials[gradient + t];
      }
      partials[gradient + t] = sum;
    }
  }
}

// Losses and gradients of a tile of a share: at most `most` rows from `first` on. `fresh` has a bit for the head and for
// each side's map whose gradient this is the first part of.
fn tile(share: u32, first: u32, most: u32, fresh: u32, thread: u32) {
  let term = program[share + SHARE_TERM];
  let left = min(program[share + SHARE_ROWS] - first, most);
  let quads = (left + 3u) / 4u;
  let list = program[share + SHARE_LIST] + 3u * first;
  let is_rating = data[term + TERM_KIND] == 0u;
  let head = data[term + TERM_HEAD];
  if (data[term + TERM_HAS_MAP] == 1u) {
    for (var which = 0u; which < 2u; which++) {
      let side = side_at(term + TERM_SIDES + which * SIDE_LENGTH);
      if (data[side.at + SIDE_MAP] != NONE) {
        for (var t = thread; t < left * side.blocks; t += THREADS) {
          let row = t / side.blocks;
          let x = vector(side, program[list + 3u * row + 1u + which], t - row * side.blocks);
          scratch[vectors_at + which * data[VECTORS] + t] = x;
        }
      }
    }
    storageBarrier();
  }
  if (WEIGHTS_IN_MEMORY && is_rating && copied != head) {
    copied = head;
    let length = data[head + HEAD_LENGTH];
    let source = params_at + data[head + HEAD_AT];
    for (var t = thread; t < length; t += THREADS) {
      memory[t] = params[source + t];
    }
  }
  var given_at = 0u;
  for (var which = 0u; which < 2u; which++) {
    let side = term + TERM_SIDES + which * SIDE_LENGTH;
    gather(side, which, given_at, list, quads, left, thread);
    given_at += data[side + SIDE_WIDTH];
  }
  if (data[term + TERM_INPUTS] > given_at) {
    gather_given(term, given_at, list, quads, left, thread);
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
        backward(head, layer, back_through(share, term, head, layer, below == 1u, first, left), quads, thread);
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

// A workgroup for each replica does all of its steps.
@compute @workgroup_size(THREADS)
fn steps(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let replica = group.x;
  place(replica, 0u);
  var step = program[dispatch.x + 2u * replica];
  let count = program[dispatch.x + 2u * replica + 1u];
  for (var done = 0u; done < count; done++) {
    let shares = program[step + STEP_SHARES];
    copied = NONE;
    for (var s = 0u; s < shares; s++) {
      let share = step + STEP_LENGTH + s * SHARE_LENGTH;
      let n = program[share + SHARE_ROWS];
      let rows = 4u << data[SHIFT];
      for (var first = 0u; first < n; first += rows) {
        tile(share, first, rows, select(0u, program[share + SHARE_FRESH], first == 0u), thread);
      }
    }
    storageBarrier();
    update(step, thread, THREADS);
    storageBarrier();
    step = program[step + STEP_NEXT];
  }
}

// Several workgroups for each replica share out the tiles of one step, and each has gradients of its own …
@compute @workgroup_size(THREADS)
fn tiles(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  place(group.y, group.x);
  let step = program[dispatch.x + 2u * group.y];
  // A replica without a step rests.
  let count = select(0u, program[step + STEP_TILES], program[dispatch.x + 2u * group.y + 1u] > 0u);
  let list = program[step + STEP_TILE_LIST];
  for (var t = group.x; t < count; t += program[CALL_REGIONS]) {
    tile(program[list + 2u * t], program[list + 2u * t + 1u], program[CALL_TILE], 0u, thread);
  }
}

// … which are put together here.
@compute @workgroup_size(THREADS)
fn apply(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  place(group.y, 0u);
  if (program[dispatch.x + 2u * group.y + 1u] > 0u) {
    update(program[dispatch.x + 2u * group.y], group.x * THREADS + thread, groups.x * THREADS);
  }
}
