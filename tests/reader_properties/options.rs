//! What a person might declare of a file, from a few bytes: zeros declare nothing. The fuzz target uses it too.

use crate::data::{Delimiter, ReadOptions, Roles, Scale};

/// Bytes that options are made from.
pub const BYTES: usize = 10;

/// The options that bytes stand for; what is contradictory or out of range is among them.
pub fn options_of(bytes: [u8; BYTES]) -> ReadOptions {
    let [delimiter, header, roles, user, item, rating, time, scale, ends, missing] = bytes.map(usize::from);
    let column = |byte: usize| if byte == 255 { usize::MAX } else { byte % 6 };
    let declared = |byte: usize| byte % 4 == 1;
    let lows = [0.0, 1.0, 0.5, -10.0, 5.0, -1.0, f32::NAN, f32::NEG_INFINITY];
    let highs = [5.0, 10.0, 1.0, 100.0, 4.0, 0.0, f32::NAN, f32::INFINITY];
    let mut options = ReadOptions {
        delimiter: declared(delimiter).then(|| Delimiter::ALL[delimiter / 4 % Delimiter::ALL.len()]),
        header: declared(header).then_some(header / 4 % 2 == 0),
        roles: declared(roles).then(|| Roles {
            user: column(user),
            item: column(item),
            rating: column(rating),
            time: declared(time).then(|| column(time / 4)),
        }),
        scale: declared(scale).then(|| Scale { lo: lows[ends % 8], hi: highs[ends / 8 % 8] }),
        ..ReadOptions::default()
    };
    if declared(missing) {
        leave_out(&mut options, [0.0, -1.0, 99.0, 3.0, f32::NAN][missing / 4 % 5]);
    }
    options
}

/// Declares a value that means "not rated".
fn leave_out(options: &mut ReadOptions, value: f32) {
    options.missing = vec![value];
}
