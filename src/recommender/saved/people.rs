//! Who is who over all domains, as it is saved: of each user of a domain the number of the person.

use super::{Checked, Parts, Saved};

impl Saved {
    /// Adds the person of each user, by domain.
    pub fn put_people(&mut self, people: &[Vec<u32>]) {
        for (d, people) in people.iter().enumerate() {
            self.put_list(format!("{d}.people"), people.clone());
        }
    }
}

impl Parts<'_> {
    /// The person of each user, by domain; all are below `count`.
    ///
    /// # Errors
    /// When a domain has none, or somebody is out of the range.
    pub fn people(&mut self, count: usize) -> Checked<Vec<Vec<u32>>> {
        let domains = self.domains();
        let of = |d| {
            let users = self.users(d);
            self.indices(&format!("{d}.people"), &[users], count)
        };
        (0..domains).map(of).collect()
    }
}
