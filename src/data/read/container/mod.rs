//! What a file is packed in, as the step before bytes become text: zip and zstd are unpacked, and what is no text table
//! is refused by its name.

mod directory;
mod kinds;
mod zip;
pub(super) mod zstd;

pub(super) use kinds::refuse_other_kinds;
pub(super) use zip::{is_zip, table_of_zip, tables_to_choose};
