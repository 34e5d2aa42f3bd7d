//! What must come out the same in a native build and in wasm.

use dual_metric::rng::Generator;

/// The first draws of a seed.
pub fn check_draws() {
    let mut generator = Generator::new(7, "weights");
    let drawn: Vec<usize> = (0..6).map(|_| generator.below(1000)).collect();
    assert_eq!(drawn, [789, 960, 231, 638, 386, 589]);

    let mut order: Vec<usize> = (0..8).collect();
    generator.shuffle(&mut order);
    assert_eq!(order, [1, 0, 6, 7, 3, 5, 4, 2]);
    assert_eq!(generator.normals(2, 1.0), [-0.113_898_73, 0.433_962_76]);
}
