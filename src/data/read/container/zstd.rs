//! Unpacks zstd, as the step before bytes become text. Archives of several frames are one text, as `zstd` and `pzstd`
//! write them.

use ruzstd::decoding::{
    BlockDecodingStrategy, FrameDecoder,
    errors::{FrameDecoderError, ReadFrameHeaderError},
};

use crate::{
    data::read::text::too_large,
    error::{Error, Result},
};

/// Bytes that are unpacked before their number is looked at.
const PIECE: usize = 1 << 20;

/// Largest window, which is kept in memory: what `zstd -22` uses, and no more.
const WINDOW: u64 = 128 << 20;

/// Whether these are the first bytes of zstd, or of the frame that pzstd puts in front.
pub(in crate::data) fn is_zstd(bytes: &[u8]) -> bool {
    matches!(bytes, [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// What zstd data hold, of at most `cap` bytes.
///
/// # Errors
/// When they are broken or cut off, need a dictionary or a large window, or hold more.
pub(in crate::data) fn unpack(file: &str, bytes: &[u8], cap: usize) -> Result<Vec<u8>> {
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(WINDOW);
    let (mut rest, mut out) = (bytes, Vec::new());
    while !rest.is_empty() {
        match decoder.reset(&mut rest) {
            Ok(()) => frame(file, &mut decoder, &mut rest, &mut out, cap)?,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length, ..
            })) => {
                rest = rest.get(length as usize..).ok_or_else(|| broken(file, out.len()))?;
            }
            Err(FrameDecoderError::WindowSizeTooBig { .. }) => {
                let what = format!("the zstd data need a window of more than {} MiB", WINDOW >> 20);
                return Err(Error::file(
                    file,
                    what,
                    "Unpack it and load the table, or pack it without --long",
                ));
            }
            Err(FrameDecoderError::DictNotProvided { .. }) => {
                let what = "the zstd data need a dictionary";
                return Err(Error::file(file, what, "Unpack it with the dictionary and load the table"));
            }
            Err(_) => return Err(broken(file, out.len())),
        }
    }
    Ok(out)
}

/// Unpacks one frame to the end of `out`.
fn frame(
    file: &str,
    decoder: &mut FrameDecoder,
    rest: &mut &[u8],
    out: &mut Vec<u8>,
    cap: usize,
) -> Result<()> {
    loop {
        decoder
            .decode_blocks(&mut *rest, BlockDecodingStrategy::UptoBytes(PIECE))
            .map_err(|_| broken(file, out.len()))?;
        // What unpacking gives is counted, whatever the frame declares; a window may wait in the decoder.
        if out.len() + decoder.can_collect() > cap {
            return Err(too_large(file, cap));
        }
        decoder.collect_to_writer(&mut *out).map_err(|_| broken(file, out.len()))?;
        if decoder.is_finished() {
            break;
        }
    }
    let sum = decoder.get_checksum_from_data();
    if sum.is_some() && sum != decoder.get_calculated_checksum() {
        Err(broken(file, out.len()))
    } else {
        Ok(())
    }
}

fn broken(file: &str, unpacked: usize) -> Error {
    let what = format!("the zstd data are broken or cut off after {unpacked} bytes of text");
    Error::file(file, what, "Fetch the file again, or unpack it first and load the text")
}

#[cfg(test)]
mod tests {
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::{is_zstd, unpack};

    /// `u0,i0,1` to `u7,i4,5` in 40 rows under a header, as `zstd -19` of version 1.5.4 packs it.
    const PACKED: [u8; 100] = [
        0x28, 0xb5, 0x2f, 0xfd, 0x64, 0x51, 0x00, 0xb5, 0x02, 0x00, 0x32, 0xc6, 0x10, 0x10, 0xc0, 0x17, 0x1b,
        0xb4, 0x64, 0xab, 0xb7, 0xff, 0x7a, 0xd9, 0xdd, 0xbd, 0x05, 0x83, 0xe3, 0xf4, 0x72, 0x8f, 0x7a, 0x12,
        0xcf, 0x8a, 0x3e, 0x89, 0x67, 0x45, 0x9f, 0xc4, 0xb3, 0xa2, 0x4f, 0xe2, 0x59, 0xd1, 0x27, 0x71, 0xe5,
        0x1e, 0xf5, 0xad, 0x9c, 0x4d, 0x6d, 0x2b, 0xe6, 0x52, 0xd7, 0x4a, 0x99, 0xd4, 0xb4, 0x42, 0xbe, 0xfa,
        0x2b, 0x02, 0xa1, 0x07, 0x50, 0x78, 0x08, 0x0e, 0x75, 0x11, 0x18, 0x1b, 0x22, 0xa4, 0x11, 0xf0, 0xeb,
        0xff, 0x67, 0xe0, 0x37, 0x03, 0x04, 0x42, 0xb9, 0x2b, 0x55, 0x01, 0xff, 0x4c, 0x29, 0xad,
    ];

    fn text() -> String {
        let rows = (1..=40).map(|n| format!("u{},i{},{}\n", n % 8, n % 5, n % 5 + 1));
        format!("user,item,rating\n{}", rows.collect::<String>())
    }

    fn said(bytes: &[u8], cap: usize) -> String {
        unpack("f.zst", bytes, cap).unwrap_err().to_string()
    }

    #[test]
    fn what_zstd_packed_is_unpacked() {
        assert!(is_zstd(&PACKED));
        assert_eq!(unpack("f", &PACKED, 1 << 20).unwrap(), text().as_bytes());
    }

    #[test]
    fn frames_are_one_text_and_frames_without_text_are_passed_over() {
        let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0][..], b"size"].concat();
        let two =
            [&skipped[..], &PACKED, &skipped, &compress_to_vec(&b"u9,i9,5\n"[..], CompressionLevel::Fastest)];
        let two = two.concat();
        assert!(is_zstd(&two));
        assert_eq!(unpack("f", &two, 1 << 20).unwrap(), format!("{}u9,i9,5\n", text()).as_bytes());
        assert!(said(&two[..10], 1 << 20).contains("cut off"));
    }

    #[test]
    fn a_broken_archive_is_refused_wherever_it_is_cut_or_changed() {
        for cut in 1..PACKED.len() {
            assert!(said(&PACKED[..cut], 1 << 20).contains("broken or cut off"), "cut at {cut}");
        }
        let mut refused = 0;
        for at in 0..PACKED.len() {
            for bit in 0..8 {
                let mut changed = PACKED;
                changed[at] ^= 1 << bit;
                match unpack("f", &changed, 1 << 20) {
                    // The sum says that nothing was lost.
                    Ok(found) => assert_eq!(found, text().as_bytes(), "bit {bit} of byte {at}"),
                    Err(_) => refused += 1,
                }
            }
        }
        assert!(refused > 700, "{refused}");
    }

    #[test]
    fn the_cap_counts_what_unpacking_gives() {
        let big = vec![b'x'; 4 << 20];
        let bomb = compress_to_vec(&big[..], CompressionLevel::Fastest);
        assert!(bomb.len() < 1000);
        assert_eq!(unpack("f", &bomb, 4 << 20).unwrap(), big);
        assert!(said(&bomb, (4 << 20) - 1).contains("larger than"));
        // Many frames are a bomb as well.
        assert!(said(&bomb.repeat(3), 8 << 20).contains("larger than"));
    }

    #[test]
    fn a_window_that_is_too_large_and_a_dictionary_are_named() {
        // A frame that declares a window of 1 GiB, and one with dictionary 7.
        let window = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 20 << 3, 1, 0, 0];
        assert!(said(&window, 1 << 20).contains("a window of more than 128 MiB"));
        let dictionary = [0x28, 0xb5, 0x2f, 0xfd, 0x21, 7, 0, 1, 0, 0];
        assert!(said(&dictionary, 1 << 20).contains("dictionary"));
    }
}
