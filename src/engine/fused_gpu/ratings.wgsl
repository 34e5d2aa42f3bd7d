// Losses and gradients of ratings and of pairs: rows of two tables, with features and through maps, to a network or to each
// other. kernel.wgsl stands above, and what follows is its own way of doing a tile.

// What a slot adds to the gradient of a named row: with a weight where the row is a tower's.
fn part(kind: u32, slot: u32, column: u32, length: u32) -> vec4<f32> {
  let by = scratch[scratch_at + program[slot] + column];
  if (length == 2u) {
    return by * bitcast<f32>(program[slot + 1u]);
  }
  return by;
}

// A hidden layer ends in ReLU.
fn lowest(layer: u32) -> f32 {
  return 0.0;
}

// The first of four outputs of a row of a head's layer.
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
  if (is_rating) {
    copy_weights(head, thread);
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
