//! The directory at the end of a zip archive: which files there are, how they are packed and where they stand.

/// The methods of packing that are known.
pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;

/// The bit of an entry's flags that says it has a password.
pub(super) const ENCRYPTED: u16 = 1;

/// A file in a zip archive, as the archive's directory has it.
pub(super) struct Entry {
    pub name: String,
    pub flags: u16,
    pub method: u16,
    /// CRC-32 of the unpacked bytes.
    pub sum: u32,
    packed_size: u32,
    pub size: u32,
    /// Where its own header starts.
    at: usize,
}

impl Entry {
    /// Whether it is something that a person put there.
    pub fn is_file(&self) -> bool {
        let base = self.base();
        let added = self.name.starts_with("__MACOSX/") || base.starts_with('.') || base == "Thumbs.db";
        !self.name.ends_with('/') && !added && self.size > 0
    }

    /// Whether it says something of the data and is not the data.
    pub fn is_description(&self) -> bool {
        let base = self.base().to_lowercase();
        let about = ["readme", "read_me", "license", "licence", "copying", "changelog", "citation", "notice"];
        let endings = [
            ".md", ".pdf", ".html", ".htm", ".rst", ".png", ".jpg", ".jpeg", ".gif", ".bib", ".py", ".ipynb",
        ];
        about.iter().any(|word| base.starts_with(word)) || endings.iter().any(|ending| base.ends_with(ending))
    }

    pub fn base(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// Its packed bytes, which follow a header with a name and an extra field of their own lengths.
    pub fn packed<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let header = bytes.get(self.at..)?;
        if !header.starts_with(b"PK\x03\x04") {
            return None;
        }
        let start = 30 + usize::from(u16_at(header, 26)?) + usize::from(u16_at(header, 28)?);
        header.get(start..)?.get(..self.packed_size as usize)
    }
}

/// The files of a zip archive by the directory at its end; `None` where it is broken or has more than 65,535 files or
/// 4 GiB.
pub(super) fn entries(bytes: &[u8]) -> Option<Vec<Entry>> {
    // The end record is followed by a comment of at most 65,535 bytes.
    let from = bytes.len().saturating_sub(22 + 0xffff);
    let last =
        (from..=bytes.len().checked_sub(22)?).rev().find(|&at| bytes[at..].starts_with(b"PK\x05\x06"))?;
    let end = &bytes[last..];
    let (count, size, offset) = (u16_at(end, 10)?, u32_at(end, 12)? as usize, u32_at(end, 16)? as usize);
    // An archive that unpacks itself has a program in front, which the offsets do not count.
    let start = last.checked_sub(size)?;
    let in_front = start.checked_sub(offset)?;
    let mut directory = bytes.get(start..last)?;
    let mut entries = Vec::new();
    for _ in 0..count {
        if !directory.starts_with(b"PK\x01\x02") {
            return None;
        }
        let lengths =
            [u16_at(directory, 28)?, u16_at(directory, 30)?, u16_at(directory, 32)?].map(usize::from);
        entries.push(Entry {
            name: String::from_utf8_lossy(directory.get(46..46 + lengths[0])?).into_owned(),
            flags: u16_at(directory, 8)?,
            method: u16_at(directory, 10)?,
            sum: u32_at(directory, 16)?,
            packed_size: u32_at(directory, 20)?,
            size: u32_at(directory, 24)?,
            at: in_front.checked_add(u32_at(directory, 42)? as usize)?,
        });
        directory = directory.get(46 + lengths.iter().sum::<usize>()..)?;
    }
    Some(entries)
}

/// What a zip archive is that a program made as its own kind of file.
pub(super) fn document(entries: &[Entry]) -> Option<&'static str> {
    let has = |start: &str| entries.iter().any(|entry| entry.name.starts_with(start));
    if has("[Content_Types].xml") {
        return Some(match () {
            () if has("xl/") => "an Excel workbook (xlsx)",
            () if has("word/") => "a Word document (docx)",
            () if has("ppt/") => "a PowerPoint presentation (pptx)",
            () => "an Office document",
        });
    }
    let arrays = !entries.is_empty() && entries.iter().all(|entry| entry.name.ends_with(".npy"));
    if has("mimetype") && has("content.xml") {
        Some("an OpenDocument file (ods, odt)")
    } else {
        arrays.then_some("an archive of NumPy arrays (npz)")
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
