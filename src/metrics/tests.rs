//! Numbers that the tests of several metrics share.

use crate::data::UserId;

/// User 1 has six test rows, user 0 two; mixed, so that order can't help.
pub(super) const USERS: [UserId; 8] = {
    let (ann, bob) = (UserId(0), UserId(1));
    [bob, ann, bob, bob, bob, ann, bob, bob]
};
pub(super) const PREDICTIONS: [f32; 8] = [0.9, 0.8, 0.7, 0.6, 0.4, 0.2, 0.3, 0.1];
pub(super) const TRUTHS: [f32; 8] = [1.0, 0.0, 0.25, 0.75, 0.75, 0.5, 0.0, 1.0];

pub(super) fn near(x: f64, y: f64) {
    assert!((x - y).abs() < 1e-7, "{x} is not {y}");
}
