// What a step's ratings name, worked out before the steps of a call: a workgroup for each step of each replica. Constants in
// capitals stand above this text (words.rs). It writes what the host writes where there is no plan (merge.rs), so that the
// kernel of the steps is the same.

@group(0) @binding(0) var<storage, read> data: array<u32>;
// What to do, and the numbers of the ratings.
@group(0) @binding(1) var<storage, read> plans: array<u32>;
// The program of the steps. Only what lies behind the host's words, and the numbers of entries, is written.
@group(0) @binding(2) var<storage, read_write> program: array<u32>;
// Keys that are too many for workgroup memory.
@group(0) @binding(3) var<storage, read_write> sorted: array<vec2<u32>>;

// A key is a row of a table and the position at which it is named.
var<workgroup> keys: array<vec2<u32>, BLOCK>;
var<workgroup> sums: array<u32, THREADS>;

fn number(at: u32) -> f32 {
  return bitcast<f32>(data[at]);
}

// What a position of a share names: a row of a table of the term.
fn named(share: u32, position: u32, which: u32) -> u32 {
  let names = data[plans[share + LISTED_TERM] + TERM_NAMES];
  let row = plans[plans[PLAN_ROWS] + plans[share + LISTED_FIRST] + position];
  return data[names + 2u * row + which];
}

// A share's rows: each one's number, and the rows of the two tables.
fn list_rows(share: u32, thread: u32) {
  let rows = plans[share + LISTED_ROWS];
  let first = plans[PLAN_ROWS] + plans[share + LISTED_FIRST];
  let list = plans[PLAN_BASE] + plans[share + LISTED_AT];
  for (var position = thread; position < rows; position += THREADS) {
    let at = list + 3u * position;
    program[at] = plans[first + position];
    program[at + 1u] = named(share, position, 0u);
    program[at + 2u] = named(share, position, 1u);
  }
}

// Where the columns of the features of a named row begin, and how many they are. A withheld item has its features.
fn features_of(share: u32, position: u32, which: u32) -> vec2<u32> {
  let side = plans[share + LISTED_TERM] + TERM_SIDES + which * SIDE_LENGTH;
  let row = named(share, position, which);
  let count = data[side + SIDE_COUNT];
  let starts = data[side + SIDE_STARTS] + select(row, row - count, row >= count);
  return vec2<u32>(data[side + SIDE_COLUMNS] + data[starts], data[starts + 1u] - data[starts]);
}

fn is_before(a: vec2<u32>, b: vec2<u32>) -> bool {
  return a.x < b.x || (a.x == b.x && a.y < b.y);
}

// The two keys of a comparison: number t of those that fold runs of `length` over …
fn folded(t: u32, length: u32) -> vec2<u32> {
  let half = length / 2u;
  let run = (t / half) * length;
  let i = t % half;
  return vec2<u32>(run + i, run + length - 1u - i);
}

// … or of those that are `distance` apart.
fn apart(t: u32, distance: u32) -> vec2<u32> {
  let first = (t / distance) * 2u * distance + t % distance;
  return vec2<u32>(first, first + distance);
}

fn put_in_order(pair: vec2<u32>) {
  let a = keys[pair.x];
  let b = keys[pair.y];
  if (is_before(b, a)) {
    keys[pair.x] = b;
    keys[pair.y] = a;
  }
}

fn put_in_order_outside(at: u32, pair: vec2<u32>) {
  let a = sorted[at + pair.x];
  let b = sorted[at + pair.y];
  if (is_before(b, a)) {
    sorted[at + pair.x] = b;
    sorted[at + pair.y] = a;
  }
}

// Sorts the `size` keys in workgroup memory, a power of two: Batcher's bitonic network, in which every comparison points one
// way.
fn sort(size: u32, thread: u32) {
  for (var length = 2u; length <= size; length *= 2u) {
    for (var t = thread; t < size / 2u; t += THREADS) {
      put_in_order(folded(t, length));
    }
    workgroupBarrier();
    settle(length / 4u, size, thread);
  }
}

// The rest of a merge: comparisons over `distance` and less.
fn settle(distance: u32, size: u32, thread: u32) {
  for (var d = distance; d > 0u; d /= 2u) {
    for (var t = thread; t < size / 2u; t += THREADS) {
      put_in_order(apart(t, d));
    }
    workgroupBarrier();
  }
}

fn fetch(at: u32, thread: u32) {
  for (var t = thread; t < BLOCK; t += THREADS) {
    keys[t] = sorted[at + t];
  }
  workgroupBarrier();
}

fn put_back(at: u32, thread: u32) {
  for (var t = thread; t < BLOCK; t += THREADS) {
    sorted[at + t] = keys[t];
  }
  workgroupBarrier();
}

// Sorts `size` keys from `at` on, block by block as far as a block reaches.
fn sort_outside(at: u32, size: u32, thread: u32) {
  storageBarrier();
  for (var block = 0u; block < size; block += BLOCK) {
    fetch(at + block, thread);
    sort(BLOCK, thread);
    put_back(at + block, thread);
  }
  for (var length = 2u * BLOCK; length <= size; length *= 2u) {
    storageBarrier();
    for (var t = thread; t < size / 2u; t += THREADS) {
      put_in_order_outside(at, folded(t, length));
    }
    var d = length / 4u;
    for (; d >= BLOCK; d /= 2u) {
      storageBarrier();
      for (var t = thread; t < size / 2u; t += THREADS) {
        put_in_order_outside(at, apart(t, d));
      }
    }
    storageBarrier();
    for (var block = 0u; block < size; block += BLOCK) {
      fetch(at + block, thread);
      settle(d, BLOCK, thread);
      put_back(at + block, thread);
    }
  }
  storageBarrier();
}

// Puts a key where it is sorted.
fn put(is_inside: bool, at: u32, position: u32, key: vec2<u32>) {
  if (is_inside) {
    keys[position] = key;
  } else {
    sorted[at + position] = key;
  }
}

// A key after sorting.
fn key(is_inside: bool, at: u32, position: u32) -> vec2<u32> {
  if (is_inside) {
    return keys[position];
  }
  return sorted[at + position];
}

// Where a position over all parts of a group is: its part, and its position there.
fn part_of(group: u32, position: u32) -> vec2<u32> {
  var part = group + GROUP_LENGTH;
  var left = position;
  var rows = plans[plans[part + PART_SHARE] + LISTED_ROWS];
  for (; left >= rows; rows = plans[plans[part + PART_SHARE] + LISTED_ROWS]) {
    left -= rows;
    part += PART_LENGTH;
  }
  return vec2<u32>(part, left);
}

// Sums of what all threads before each have; returns its own. All of them together is left in the last of `sums`.
fn sum_before(thread: u32, own: u32) -> u32 {
  sums[thread] = own;
  workgroupBarrier();
  for (var distance = 1u; distance < THREADS; distance *= 2u) {
    var before = 0u;
    if (thread >= distance) {
      before = sums[thread - distance];
    }
    workgroupBarrier();
    sums[thread] += before;
    workgroupBarrier();
  }
  return sums[thread] - own;
}

// The rows that a step names of a table, each once, with where its gradients are, in the order in which they were named.
fn name_rows(group: u32, thread: u32) {
  let all = plans[group + GROUP_NAMED];
  let count = plans[group + GROUP_COUNT];
  let at = plans[group + GROUP_KEYS];
  let blocks = plans[group + GROUP_BLOCKS];
  let end = group + GROUP_LENGTH + plans[group + GROUP_PARTS] * PART_LENGTH;
  var size = 1u;
  for (; size < all; size *= 2u) {
  }
  let is_inside = size <= BLOCK;
  let features = plans[group + GROUP_FEATURES];
  var first = 0u;
  for (var part = group + GROUP_LENGTH; part < end; part += PART_LENGTH) {
    let share = plans[part + PART_SHARE];
    let rows = plans[share + LISTED_ROWS];
    for (var position = thread; position < rows; position += THREADS) {
      if (features > 0u) {
        let line = features_of(share, position, plans[part + PART_WHICH]);
        for (var f = 0u; f < features; f++) {
          let i = first + position * features + f;
          var column = NONE;
          if (f < line.y) {
            column = data[line.x + f];
          }
          put(is_inside, at, i, vec2<u32>(column, i));
        }
      } else {
        let row = named(share, position, plans[part + PART_WHICH]);
        // A withheld item gets no gradient, and comes last.
        put(is_inside, at, first + position, vec2<u32>(select(NONE, row, row < count), first + position));
      }
    }
    first += rows * max(features, 1u);
  }
  for (var position = all + thread; position < size; position += THREADS) {
    put(is_inside, at, position, vec2<u32>(NONE, position));
  }
  workgroupBarrier();
  if (is_inside) {
    sort(size, thread);
  } else {
    sort_outside(at, size, thread);
  }
  if (features > 0u) {
    write_tower(group, is_inside, thread);
  } else {
    write_table(group, is_inside, size, thread);
  }
  workgroupBarrier();
}

// The rows of a table that were named, in their order.
fn write_table(group: u32, is_inside: bool, size: u32, thread: u32) {
  let all = plans[group + GROUP_NAMED];
  let at = plans[group + GROUP_KEYS];
  let blocks = plans[group + GROUP_BLOCKS];
  let end = group + GROUP_LENGTH + plans[group + GROUP_PARTS] * PART_LENGTH;
  // Each thread has some that follow one another.
  let run = (size + THREADS - 1u) / THREADS;
  let mine = min(thread * run, size);
  let mine_end = min(mine + run, size);
  var before = NONE;
  if (mine > 0u && mine < size) {
    before = key(is_inside, at, mine - 1u).x;
  }
  var starts = 0u;
  var row = before;
  for (var i = mine; i < mine_end; i++) {
    let next = key(is_inside, at, i).x;
    starts += u32(next != NONE && next != row);
    row = next;
  }
  let entries = plans[PLAN_BASE] + plans[group + GROUP_AT];
  let slots = entries + all * ENTRY_LENGTH;
  var entry = entries + sum_before(thread, starts) * ENTRY_LENGTH;
  let entries_end = entries + sums[THREADS - 1u] * ENTRY_LENGTH;
  row = before;
  for (var i = mine; i < mine_end; i++) {
    let next = key(is_inside, at, i);
    if (next.x != NONE) {
      if (next.x != row) {
        program[entry + ENTRY_ROW] = plans[group + GROUP_TABLE] + next.x * blocks;
        program[entry + ENTRY_FIRST] = slots + i;
        entry += ENTRY_LENGTH;
      }
      let place = part_of(group, next.y);
      program[slots + i] = plans[place.x + PART_SLOTS] + place.y * blocks;
    }
    row = next.x;
  }
  if (thread == 0u) {
    program[plans[group + GROUP_SECTION] + SECTION_COUNT] = (entries_end - entries) / ENTRY_LENGTH;
  }
  var has_penalty = false;
  for (var part = group + GROUP_LENGTH; part < end; part += PART_LENGTH) {
    has_penalty |= plans[part + PART_PENALTY] != 0u;
  }
  storageBarrier();
  for (var e = entries + thread * ENTRY_LENGTH; e < entries_end; e += THREADS * ENTRY_LENGTH) {
    let begin = program[e + ENTRY_FIRST] - slots;
    let row = key(is_inside, at, begin).x;
    var penalty = 0.0;
    var i = begin;
    if (!has_penalty && e + ENTRY_LENGTH < entries_end) {
      // The next one begins where this one ends.
      program[e + ENTRY_COUNT] = program[e + ENTRY_LENGTH + ENTRY_FIRST] - slots - begin;
      program[e + ENTRY_PENALTY] = 0u;
      continue;
    }
    for (; i < all; i++) {
      let next = key(is_inside, at, i);
      if (next.x != row) {
        break;
      }
      let part = part_of(group, next.y).x;
      let factor = bitcast<f32>(plans[part + PART_PENALTY]);
      if (factor != 0.0) {
        let shares = data[plans[plans[part + PART_SHARE] + LISTED_TERM] + TERM_SHARES + plans[part + PART_WHICH]];
        penalty += factor * number(shares + row);
      }
    }
    program[e + ENTRY_COUNT] = i - begin;
    program[e + ENTRY_PENALTY] = bitcast<u32>(penalty);
  }
}

// All rows of a tower, each with the slots of those who have the feature, and how much of it.
fn write_tower(group: u32, is_inside: bool, thread: u32) {
  let all = plans[group + GROUP_NAMED];
  let at = plans[group + GROUP_KEYS];
  let blocks = plans[group + GROUP_BLOCKS];
  let count = plans[group + GROUP_COUNT];
  let features = plans[group + GROUP_FEATURES];
  let entries = plans[PLAN_BASE] + plans[group + GROUP_AT];
  let slots = entries + count * ENTRY_LENGTH;
  for (var row = thread; row < count; row += THREADS) {
    let entry = entries + row * ENTRY_LENGTH;
    program[entry + ENTRY_ROW] = plans[group + GROUP_TABLE] + row * blocks;
    program[entry + ENTRY_PENALTY] = plans[group + GROUP_PENALTY];
    program[entry + ENTRY_FIRST] = slots;
    program[entry + ENTRY_COUNT] = 0u;
  }
  storageBarrier();
  for (var i = thread; i < all; i += THREADS) {
    let own = key(is_inside, at, i);
    if (own.x == NONE) {
      continue;
    }
    var before = NONE;
    if (i > 0u) {
      before = key(is_inside, at, i - 1u).x;
    }
    var after = NONE;
    if (i + 1u < all) {
      after = key(is_inside, at, i + 1u).x;
    }
    let entry = entries + own.x * ENTRY_LENGTH;
    if (before != own.x) {
      program[entry + ENTRY_FIRST] = slots + 2u * i;
    }
    if (after != own.x) {
      // Where it ends, until it is known where it begins.
      program[entry + ENTRY_COUNT] = i + 1u;
    }
    let place = part_of(group, own.y / features);
    let share = plans[place.x + PART_SHARE];
    let which = plans[place.x + PART_WHICH];
    let side = plans[share + LISTED_TERM] + TERM_SIDES + which * SIDE_LENGTH;
    let value = features_of(share, place.y, which).x - data[side + SIDE_COLUMNS] + data[side + SIDE_VALUES] + own.y % features;
    program[slots + 2u * i] = plans[place.x + PART_SLOTS] + place.y * blocks;
    program[slots + 2u * i + 1u] = data[value];
  }
  storageBarrier();
  for (var row = thread; row < count; row += THREADS) {
    let entry = entries + row * ENTRY_LENGTH;
    let row_end = program[entry + ENTRY_COUNT];
    if (row_end > 0u) {
      program[entry + ENTRY_COUNT] = row_end - (program[entry + ENTRY_FIRST] - slots) / 2u;
    }
  }
}

// The rows that a step reads, as far as the step before does not name them: they may have missed something. Both are in order.
fn list_missed(at: u32, thread: u32) {
  let reads = plans[at + MISSED_READS];
  let entries = plans[PLAN_BASE] + plans[reads + GROUP_AT] + ENTRY_ROW;
  let count = program[plans[reads + GROUP_SECTION] + SECTION_COUNT];
  let named = plans[at + MISSED_NAMED];
  var names = 0u;
  var of_names = 0u;
  if (named != NONE) {
    names = plans[PLAN_BASE] + plans[named + GROUP_AT] + ENTRY_ROW;
    of_names = program[plans[named + GROUP_SECTION] + SECTION_COUNT];
  }
  let list = plans[PLAN_BASE] + plans[at + MISSED_AT];
  for (var e = thread; e < count; e += THREADS) {
    let row = program[entries + e * ENTRY_LENGTH];
    var low = 0u;
    var high = of_names;
    while (low < high) {
      let middle = (low + high) / 2u;
      if (program[names + middle * ENTRY_LENGTH] < row) {
        low = middle + 1u;
      } else {
        high = middle;
      }
    }
    var listed = row;
    if (low < of_names) {
      listed = select(row, NONE, program[names + low * ENTRY_LENGTH] == row);
    }
    program[list + e] = listed;
  }
  if (thread == 0u) {
    program[plans[at + MISSED_SECTION] + SECTION_COUNT] = count;
  }
}

// The step that a workgroup is for; none of those beyond the last.
fn unit_of(id: vec3<u32>, groups: vec3<u32>) -> u32 {
  let place = id.y * groups.x + id.x;
  if (place >= plans[PLAN_UNITS]) {
    return NONE;
  }
  return plans[plans[PLAN_LIST] + place];
}

@compute @workgroup_size(THREADS)
fn miss(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let unit = unit_of(id, groups);
  if (unit == NONE) {
    return;
  }
  for (var table = 0u; table < plans[unit + UNIT_TABLES]; table++) {
    list_missed(plans[unit + UNIT_MISSED] + table * MISSED_LENGTH, thread);
  }
}

@compute @workgroup_size(THREADS)
fn plan(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let unit = unit_of(id, groups);
  if (unit == NONE) {
    return;
  }
  var at = unit + UNIT_LENGTH;
  for (var share = 0u; share < plans[unit + UNIT_SHARES]; share++) {
    list_rows(at, thread);
    at += LISTED_LENGTH;
  }
  for (var group = 0u; group < plans[unit + UNIT_GROUPS]; group++) {
    name_rows(at, thread);
    at += GROUP_LENGTH + plans[at + GROUP_PARTS] * PART_LENGTH;
  }
}
