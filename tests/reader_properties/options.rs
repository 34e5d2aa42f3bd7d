//! What a person might declare of a file, from a few bytes: zeros declare nothing. The fuzz target uses it too.

use super::data::{Counts, Delimiter, IdForm, Part, ReadOptions, Roles, Scale};

/// Bytes that options are made from.
pub const BYTES: usize = 14;

/// The options that bytes stand for; what is contradictory or out of range is among them.
pub fn options_of(bytes: [u8; BYTES]) -> ReadOptions {
    let [
        delimiter,
        header,
        roles,
        user,
        item,
        rating,
        time,
        scale,
        ends,
        missing,
        ids,
        counts,
        matrix,
        encoding,
    ] = bytes.map(usize::from);
    let column = |byte: usize| if byte == 255 { usize::MAX } else { byte % 6 };
    let declared = |byte: usize| byte % 4 == 1;
    let lows = [0.0, 1.0, 0.5, -10.0, 5.0, -1.0, f32::NAN, f32::NEG_INFINITY];
    let highs = [5.0, 10.0, 1.0, 100.0, 4.0, 0.0, f32::NAN, f32::INFINITY];
    let forms = IdForm::ALL.into_iter().enumerate().filter(|(place, _)| ids >> (place % 6 + 2) & 1 == 1);
    let encodings = ["utf-8", "utf-16le", "gb18030", "shift_jis", "windows-1252", "x-user-defined"];
    ReadOptions {
        member: None,
        name: None,
        // The bits of the header that say nothing else.
        part: (header / 8 % 4 == 3).then(|| Part {
            column: column(header / 32),
            values: vec![["1", "", "i", "u"][delimiter % 4].into()],
        }),
        delimiter: declared(delimiter).then(|| Delimiter::ALL[delimiter / 4 % Delimiter::ALL.len()]),
        header: declared(header).then_some(header / 4 % 2 == 0),
        roles: declared(roles).then(|| Roles {
            user: column(user),
            item: column(item),
            rating: column(rating),
            time: declared(time).then(|| column(time / 4)),
        }),
        scale: declared(scale).then(|| Scale { lo: lows[ends % 8], hi: highs[ends / 8 % 8] }),
        missing: declared(missing).then(|| match missing / 4 % 6 {
            0 => Vec::new(),
            value => vec![[0.0, -1.0, 99.0, 3.0, f32::NAN][value - 1]],
        }),
        ids: declared(ids).then(|| forms.map(|(_, form)| form).collect()),
        counts: declared(counts).then(|| Counts::ALL[counts / 4 % 2]),
        encoding: declared(encoding).then(|| encodings[encoding / 4 % 6].parse().unwrap()),
        matrix: declared(matrix).then_some(matrix / 4 % 2 == 0),
    }
}
