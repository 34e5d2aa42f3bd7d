// One training step after the other without leaving the shader. Constants in capitals stand above this text: sizes,
// and where things are in the descriptions that the host writes (words.rs).
//
// A tile is up to 4 << shift rows of a share. Its activations lie in workgroup memory feature by feature, four rows to
// a vector: `memory[region + (feature << shift) + row / 4][row % 4]`. Below stand what a tile is made of (ratings.wgsl or
// autoencoder.wgsl), the products of layers (narrow.wgsl or wide.wgsl) and update.wgsl.

// Parameters by replica: weights, then first and second moments of the trained ones. Every matrix is row-major with its
// rows padded to vectors with zeros. Layers and maps come first, then gathered tables and towers.
@group(0) @binding(0) var<storage, read_write> params: array<vec4<f32>>;
// Gradients of layers and maps by region: one for each workgroup that works on a step.
@group(0) @binding(1) var<storage, read_write> partials: array<vec4<f32>>;
// Vectors on both sides of maps by region, and the gradient of each gathered vector of a step (its slot). Of an autoencoder,
// what its update is put together from.
@group(0) @binding(2) var<storage, read_write> scratch: array<vec4<f32>>;
// Sums of squared errors by region, term and lane.
@group(0) @binding(3) var<storage, read_write> losses: array<f32>;
// What never changes: descriptions of terms and heads, and the rows that they are trained on.
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

// Copies the weights of a head into workgroup memory, once a step.
fn copy_weights(head: u32, thread: u32) {
  if (WEIGHTS_IN_MEMORY && copied != head) {
    copied = head;
    let length = data[head + HEAD_LENGTH];
    let source = params_at + data[head + HEAD_AT];
    for (var t = thread; t < length; t += THREADS) {
      memory[t] = params[source + t];
    }
  }
}

// 1 for the components of a block that are there.
fn inside(block: u32, width: u32) -> vec4<f32> {
  return select(vec4<f32>(0.0), vec4<f32>(1.0), 4u * block + vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(width));
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

// The gradient by an activation, from that by what it became.
fn through_unit(at: u32, by: vec4<f32>) {
  memory[at] = select(vec4<f32>(0.0), by, memory[at] > vec4<f32>(0.0));
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

// Puts the activations of four units for four rows, after ReLU where the layer has one, from the sums, which have a unit a
// column.
fn activate(layer: u32, block: u32, quad: u32, sums: mat4x4<f32>) {
  let shift = data[SHIFT];
  let to = data[layer + LAYER_TO];
  let least = vec4<f32>(lowest(layer));
  let at = to + ((4u * block) << shift) + quad;
  memory[at] = max(sums[0], least);
  memory[at + (1u << shift)] = max(sums[1], least);
  memory[at + (2u << shift)] = max(sums[2], least);
  memory[at + (3u << shift)] = max(sums[3], least);
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
