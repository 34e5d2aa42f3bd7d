//! Workers beside this one, that take over a part of its work: in the page other workers of the same module. They are asked in
//! bytes and answer in bytes, so that nobody here knows where they are.

use std::fmt;
use std::rc::Rc;

use super::Reading;

/// One of them.
pub trait Hand {
    /// Asks it for something; the work begins at once, the answer may be waited for later. One that is asked again before it
    /// has answered does one after the other.
    ///
    /// # Errors
    /// When it is gone, or refuses: what it had is lost then.
    fn ask(&self, asked: Vec<u8>) -> Reading<'static, Vec<u8>>;
}

/// Those that there are, perhaps none.
#[derive(Clone, Default)]
pub struct Hands(Vec<Rc<dyn Hand>>);

impl Hands {
    /// These.
    pub fn new(hands: Vec<Rc<dyn Hand>>) -> Self {
        Self(hands)
    }

    /// Who does the `number`th of several equal pieces of work, where this thread does the first and the pieces go round; `None`
    /// for this thread.
    pub fn of_piece(&self, number: usize) -> Option<Rc<dyn Hand>> {
        (number % (self.0.len() + 1)).checked_sub(1).map(|at| self.0[at].clone())
    }
}

impl fmt::Debug for Hands {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} hands", self.0.len())
    }
}
