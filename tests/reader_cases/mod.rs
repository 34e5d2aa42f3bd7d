//! Files as people report that they were read wrongly, by the kinds of fault: the wrong columns; rows that are lost or
//! misread; values that are no ratings; ids that do not name the same people; advice that cannot be followed; files that
//! are no tables. Each is made here, of the same 3,000 ratings, and has to be read right or refused with its reason.

mod advice;
mod clean;
mod columns;
mod formats;
mod kinds;
mod made;
mod people;
mod program;
mod rows;
mod values;
