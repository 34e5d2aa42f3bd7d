//! All rating files of a run as one world, and what there is to tell of them.

use std::sync::Arc;

use dual_metric::data::{World, overlap_report, sample};
use dual_metric::error::{Error, Result};

use crate::files::{self, DomainFiles, ReadDomain};
use crate::output;
use crate::told::{self, Told};

/// The files as they were named and read.
pub struct Inputs {
    pub files: Vec<DomainFiles>,
    pub reads: Vec<ReadDomain>,
    /// What to know of how the files were read.
    pub warnings: Vec<Told>,
    pub world: Arc<World>,
    /// What was recognised, noted and warned of, for people.
    lines: Vec<String>,
}

impl Inputs {
    /// Reads all files.
    ///
    /// # Errors
    /// When one can't be read, two hold the same ratings, or no two share anybody.
    pub fn read(files: Vec<DomainFiles>) -> Result<Self> {
        let reads = files.iter().map(files::read_domain).collect::<Result<Vec<_>>>()?;
        let (mut lines, mut warnings): (Vec<String>, Vec<Told>) = Default::default();
        for (read, files) in reads.iter().zip(&files) {
            let (report, flags) = (&read.report, &files.declared.flags);
            lines.push(told::recognised(report));
            if let Some(note) = &report.preview.scale_note {
                let (file, flag) = (&report.preview.file, flags.with("scale", "LO:HI"));
                lines.push(format!("note: {file}: {note}; {flag} declares another"));
            }
            if read.left_out > 0 {
                let (file, n) = (&report.preview.file, read.left_out);
                lines.push(format!("note: {file}: {n} ratings are tested too and left out of the training"));
            }
            warnings.extend(told::of_file(report, flags));
        }
        for (n, (a, files_a)) in reads.iter().zip(&files).enumerate() {
            for (b, files_b) in reads.iter().zip(&files).skip(n + 1) {
                let overlap = overlap_report(&a.domain, &b.domain);
                if overlap.is_one_file {
                    let (a, b) = (files_a.ratings.display(), files_b.ratings.display());
                    let remedy = "Give the files of different domains";
                    return Err(Error::data(format!("{a} and {b} hold the same ratings"), remedy));
                }
                warnings.extend(told::of_pair(
                    &overlap,
                    [(a, &files_a.declared.flags), (b, &files_b.declared.flags)],
                ));
            }
        }
        lines.extend(warnings.iter().map(Told::line));
        let world = Arc::new(World::new(reads.iter().map(|read| read.domain.clone()).collect()));
        if world.links.is_empty() {
            let remedy = "Give files that share people, or write their ids alike";
            return Err(Error::data("no two of the files share anybody", remedy));
        }
        Ok(Self { files, reads, warnings, world, lines })
    }

    /// No files: the generated sample stands in for them where nothing is trained on.
    pub fn generated() -> Self {
        let world = Arc::new(sample(1).world);
        let (files, reads, warnings, lines) = Default::default();
        Self { files, reads, warnings, world, lines }
    }

    /// Tells it on standard error; once nothing is refused any more, so that a refusal stands alone.
    pub fn tell(&self) {
        self.lines.iter().for_each(output::note);
    }
}
