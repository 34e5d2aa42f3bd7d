// What a step does to the parameters that it involves.

// Numbers, or 0 where they are nearer to zero than a bound (tiny.rs).
fn zero_below(bound: f32, x: vec4<f32>) -> vec4<f32> {
  return select(x, vec4<f32>(0.0), abs(x) < vec4<f32>(bound));
}

// Four numbers of a row, with their moments.
struct Resting {
  w: vec4<f32>,
  m: vec4<f32>,
  v: vec4<f32>,
}

// What they are after idle steps that one formula makes up for: W, q̄, Q and both fades (idle.rs).
fn rested(before: Resting, weight: f32, mean: f32, variance: f32, fades: vec2<f32>, epsilon: f32) -> Resting {
  let v = before.v;
  let one_over = 1.0 / (sqrt(v) * mean + epsilon);
  let moved = before.m * weight * one_over * (1.0 + v * variance * one_over * one_over);
  return Resting(
    zero_below(SMALLEST_WEIGHT, before.w - moved),
    zero_below(SMALLEST_MOMENT, before.m * fades.x),
    zero_below(SMALLEST_SQUARE, v * fades.y),
  );
}

// Makes up for the steps that did not name the rows at `list`, which the next step reads (idle.rs).
fn make_up(list: u32, count: u32, blocks: u32, epsilon: f32, first_of_thread: u32, threads: u32) {
  let to_m = data[PARAMS_WEIGHTS];
  let to_v = to_m + data[PARAMS_TRAINED];
  for (var t = first_of_thread; t < count * blocks; t += threads) {
    let line = t / blocks;
    let entry = list + line * IDLE_LENGTH;
    let at = params_at + program[entry + IDLE_ROW] + t - line * blocks;
    let first = program[entry + IDLE_FIRST];
    let end = first + program[entry + IDLE_COUNT] * PIECE_LENGTH;
    var row = Resting(params[at], params[at + to_m], params[at + to_v]);
    for (var piece = first; piece < end; piece += PIECE_LENGTH) {
      let weight = bitcast<f32>(program[piece + PIECE_WEIGHT]);
      let mean = bitcast<f32>(program[piece + PIECE_MEAN]);
      let variance = bitcast<f32>(program[piece + PIECE_VARIANCE]);
      let fades = vec2<f32>(bitcast<f32>(program[piece + PIECE_FADES]), bitcast<f32>(program[piece + PIECE_FADES + 1u]));
      row = rested(row, weight, mean, variance, fades, epsilon);
    }
    params[at] = row.w;
    params[at + to_m] = row.m;
    params[at + to_v] = row.v;
  }
}

// The sums of idle steps from a step on (idle.rs).
fn sums_from(step: u32) -> vec3<f32> {
  let at = data[IDLE_SUMS] + 3u * min(step, data[IDLE_STEPS] - 1u);
  return vec3<f32>(number(at), number(at + 1u), number(at + 2u));
}

// β to the power of n.
fn power(beta: f32, n: u32) -> f32 {
  var result = 1.0;
  var square = beta;
  for (var left = n; left > 0u; left >>= 1u) {
    if ((left & 1u) == 1u) {
      result *= square;
    }
    square *= square;
  }
  return result;
}

// Makes up for what rows of a table have missed, with a thread for each: those of a list, or all.
fn make_up_missed(section: u32, first_of_thread: u32, threads: u32) {
  let list = program[section + SECTION_AT];
  let count = program[section + SECTION_COUNT];
  let blocks = program[section + SECTION_BLOCKS];
  let is_listed = program[section + SECTION_MORE] == 0u;
  let table = program[section + SECTION_TABLE];
  let rows = lasts_at + program[section + SECTION_LASTS];
  let now = program[section + SECTION_NOW];
  let epsilon = bitcast<f32>(program[section + SECTION_EPSILON]);
  let to_m = data[PARAMS_WEIGHTS];
  let to_v = to_m + data[PARAMS_TRAINED];
  for (var t = first_of_thread; t < count; t += threads) {
    var row = t;
    if (is_listed) {
      if (program[list + t] == NONE) {
        continue;
      }
      row = (program[list + t] - table) / blocks;
    }
    let last = lasts[rows + row];
    // A row that no step named yet has no momentum.
    if (last == 0u || last >= now) {
      continue;
    }
    lasts[rows + row] = now;
    var step = last;
    while (step < now) {
      // The corrections of the first steps change too fast for one formula.
      let next = select(now, min(now, step + max(step / 2u, 1u)), step < 64u);
      let idle = next - step;
      var fade = vec3<f32>(0.0);
      if (idle < data[IDLE_MEMORY]) {
        let at = data[IDLE_POWERS] + 3u * idle;
        fade = vec3<f32>(number(at), number(at + 1u), number(at + 2u));
      }
      let sums = max(sums_from(step) - fade * sums_from(next), vec3<f32>(0.0));
      let there = sums.x > 0.0;
      let mean = select(1.0, sums.y / sums.x, there);
      let variance = select(0.0, max(sums.z / sums.x - mean * mean, 0.0), there);
      let fades = vec2<f32>(power(number(IDLE_BETA_1), idle), power(number(IDLE_BETA_2), idle));
      for (var block = 0u; block < blocks; block++) {
        let at = params_at + table + row * blocks + block;
        let before = Resting(params[at], params[at + to_m], params[at + to_v]);
        let after = rested(before, sums.x, mean, variance, fades, epsilon);
        params[at] = after.w;
        params[at + to_m] = after.m;
        params[at + to_v] = after.v;
      }
      step = next;
    }
  }
}

// The step's update of every parameter that it involves, shared out over `threads` threads. In a trial (rate 0) the
// gradient takes the first moment's place, and nothing is trained.
fn update(step: u32, thread: u32, threads: u32) {
  var section = step + STEP_LENGTH + program[step + STEP_SHARES] * SHARE_LENGTH;
  let end = section + program[step + STEP_SECTIONS] * SECTION_LENGTH;
  let to_m = data[PARAMS_WEIGHTS];
  let to_v = to_m + data[PARAMS_TRAINED];
  let partials_stride = data[PARTIALS];
  let regions = program[CALL_REGIONS];
  // Sections wait for nothing, so that a thread without a part of one goes on with the next: all together are dealt out
  // in turn.
  var dealt = 0u;
  for (; section < end; section += SECTION_LENGTH) {
    let kind = program[section + SECTION_KIND];
    let at = program[section + SECTION_AT];
    let count = program[section + SECTION_COUNT];
    let blocks = program[section + SECTION_BLOCKS];
    let more = program[section + SECTION_MORE];
    let rate = bitcast<f32>(program[section + SECTION_RATE]);
    let correction = bitcast<f32>(program[section + SECTION_CORRECTION]);
    let decay = bitcast<f32>(program[section + SECTION_DECAY]);
    let beside_1 = bitcast<f32>(program[section + SECTION_1_BETA_1]);
    let beside_2 = bitcast<f32>(program[section + SECTION_1_BETA_2]);
    let epsilon = bitcast<f32>(program[section + SECTION_EPSILON]);
    // Whether the device keeps count of which steps the rows have been through.
    let counts = kind == KIND_ENTRIES && rate != 0.0 && program[section + SECTION_LASTS] != NONE;
    let first_of_thread = (thread + threads - dealt) % threads;
    dealt = (dealt + count * blocks) % threads;
    if (kind == KIND_MISSED) {
      make_up_missed(section, first_of_thread, threads);
      continue;
    }
    if (kind == KIND_IDLE) {
      make_up(at, count, blocks, epsilon, first_of_thread, threads);
      continue;
    }
    for (var t = first_of_thread; t < count * blocks; t += threads) {
      let line = t / blocks;
      var w_at = params_at + at + t;
      var penalty = 0.0;
      var g = vec4<f32>(0.0);
      if (kind != KIND_DENSE) {
        // Named rows, or all rows of a tower: each with the slots that its gradient is the sum of.
        let column = t - line * blocks;
        let entry = at + line * ENTRY_LENGTH;
        let first = program[entry + ENTRY_FIRST];
        let last = first + program[entry + ENTRY_COUNT] * more;
        w_at = params_at + program[entry + ENTRY_ROW] + column;
        penalty = bitcast<f32>(program[entry + ENTRY_PENALTY]);
        if (counts && column == 0u) {
          let row = (program[entry + ENTRY_ROW] - program[section + SECTION_TABLE]) / blocks;
          lasts[lasts_at + program[section + SECTION_LASTS] + row] = program[section + SECTION_NOW];
        }
        // Eight at a time, because each waits for two readings; they are added in their order.
        var slot = first;
        for (; slot + 8u * more <= last; slot += 8u * more) {
          let a = part(kind, slot, column, more);
          let b = part(kind, slot + more, column, more);
          let c = part(kind, slot + 2u * more, column, more);
          let d = part(kind, slot + 3u * more, column, more);
          let e = part(kind, slot + 4u * more, column, more);
          let f = part(kind, slot + 5u * more, column, more);
          let h = part(kind, slot + 6u * more, column, more);
          let i = part(kind, slot + 7u * more, column, more);
          g = (((((((g + a) + b) + c) + d) + e) + f) + h) + i;
        }
        for (; slot < last; slot += more) {
          g += part(kind, slot, column, more);
        }
      } else {
        // Layers and maps.
        for (var region = 0u; region < regions; region++) {
          let partial = partials_at + region * partials_stride + at + t;
          g += partials[partial];
          if (regions > 1u) {
            // Several workgroups add to what is there.
            partials[partial] = vec4<f32>(0.0);
          }
        }
      }
      let m_at = w_at + to_m;
      let v_at = w_at + to_v;
      let w = params[w_at];
      g += penalty * w;
      if (rate == 0.0) {
        params[m_at] = g;
      } else {
        let m = params[m_at];
        let v = params[v_at];
        g += decay * w;
        let m_after = zero_below(SMALLEST_MOMENT, m + (g - m) * beside_1);
        let root = zero_below(SMALLEST_ROOT, g);
        let v_after = zero_below(SMALLEST_SQUARE, v + (root * root - v) * beside_2);
        params[w_at] = zero_below(SMALLEST_WEIGHT, w - rate * m_after / (sqrt(v_after * correction) + epsilon));
        params[m_at] = m_after;
        params[v_at] = v_after;
      }
    }
  }
}
