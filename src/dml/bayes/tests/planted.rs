//! Worlds that are made with a link of known ρ, c and X, or with none.

use super::*;

const K: usize = 4;
const PEOPLE: usize = 400;
/// People behind these are not linked: their vectors are drawn in both domains as if they were two.
const LINKED: usize = 300;
const SWEEPS: usize = 220;
const BURN_IN: usize = 80;

/// What is found in a world.
#[derive(Debug)]
struct Found {
    rho: f64,
    /// What ρ would be if everybody's biases were known.
    slope: f64,
    /// c in units of both lengths, which is what was planted: the lengths themselves ratings cannot tell.
    share: f64,
    /// Correlation of X u_A with u_B over the people whose link is not known.
    taste: f64,
    /// The same of their biases.
    kindness: f64,
}

/// People with b_B = ρ b_A + …, u_B = c X u_A + …, so that both have variance 1 in either domain, and thirty ratings each
/// of fifty items on five levels; `partner` is whom they are linked with.
fn found(rho: f64, scale: f64, partner: impl Fn(usize) -> usize) -> Found {
    let mut chance = Generator::new(8, "planted link");
    let mut normal = |deviation: f64| deviation * f64::from(chance.normal());
    let x = DMatrix::from_fn(K, K, |_, _| normal(1.0)).qr().q();
    let people: Vec<[Vec<f64>; 2]> = (0..PEOPLE)
        .map(|_| {
            let a: Vec<f64> = (0..=K).map(|_| normal(1.0)).collect();
            let mut b = vec![rho * a[0] + normal((1.0 - rho * rho).sqrt())];
            for i in 0..K {
                let expected: f64 = (0..K).map(|j| scale * x[(i, j)] * a[j + 1]).sum();
                b.push(expected + normal((1.0 - scale * scale).sqrt()));
            }
            [a, b]
        })
        .collect();
    let of_linked = |of: fn(&[Vec<f64>; 2]) -> f64| people[..LINKED].iter().map(of).sum::<f64>();
    let slope = of_linked(|[a, b]| a[0] * b[0]) / of_linked(|[a, _]| a[0] * a[0]);
    let parts: [Part; 2] = std::array::from_fn(|d| {
        let items: Vec<Vec<f64>> = (0..50).map(|_| (0..=K).map(|_| normal(0.8)).collect()).collect();
        let mut rows = Vec::new();
        for (user, person) in people.iter().enumerate() {
            for n in 0..30 {
                let item = (user * 7 + n * 3) % 50;
                let product: f64 = (1..=K).map(|i| person[d][i] * items[item][i]).sum();
                let z = 0.8 * person[d][0] + items[item][0] + product + normal(1.0);
                let level = [-2.0, -0.7, 0.7, 2.0].iter().filter(|&&cut| z > cut).count();
                rows.push((user, item, level as f32 / 4.0));
            }
        }
        let name = |user: usize| match (user < LINKED, d) {
            (true, 0) => format!("{user}"),
            (true, _) => format!("{}", partner(user)),
            (false, d) => format!("{user} in {d}"),
        };
        Part { users: (0..PEOPLE).map(name).collect(), items: 50, rows }
    });
    let mut chain = chain_of::<K>(&training_of(&parts), 2);
    assert_eq!(chain.everybody.tree.branches[0].people, LINKED);
    let mut found = Found { rho: 0.0, slope, share: 0.0, taste: 0.0, kindness: 0.0 };
    for sweep in 0..SWEEPS {
        chain.sweep();
        if sweep < BURN_IN {
            continue;
        }
        let share = 1.0 / (SWEEPS - BURN_IN) as f64;
        let state = chain.link_states()[0];
        found.rho += share * f64::from(state.rho);
        found.share += share * f64::from(state.correlation);
        let [mut taste, mut kindness] = [[0.0; 3]; 2];
        for user in LINKED..PEOPLE {
            let [a, b] = [0, 1]
                .map(|d: usize| chain.domains[d].people[user].less(&chain.domains[d].people_prior.mean));
            let mapped = chain.links[0].expected(&a);
            let sums = |x: &[f32], y: &[f32], to: &mut [f64; 3]| {
                for (&x, &y) in x.iter().zip(y) {
                    [x * x, x * y, y * y]
                        .iter()
                        .zip(to.iter_mut())
                        .for_each(|(x, sum)| *sum += f64::from(*x));
                }
            };
            sums(&mapped.vector, &b.vector, &mut taste);
            sums(&[a.bias], &[b.bias], &mut kindness);
        }
        let correlation = |sums: [f64; 3]| sums[1] / (sums[0] * sums[2]).sqrt().max(1e-12);
        found.taste += share * correlation(taste);
        found.kindness += share * correlation(kindness);
    }
    found
}

#[test]
fn a_planted_link_is_found_and_shuffled_links_say_nothing() {
    let planted = found(0.7, 0.8, |user| user);
    assert!((planted.rho - planted.slope).abs() < 0.12 && (planted.share - 0.8).abs() < 0.15, "{planted:?}");
    assert!(planted.taste > 0.5 && planted.kindness > 0.45, "{planted:?}");
    let shuffled = found(0.7, 0.8, |user| (user + 1) % LINKED);
    assert!(shuffled.rho.abs() < 0.15 && shuffled.share < 0.25, "{shuffled:?}");
    assert!(shuffled.taste.abs() < 0.15, "{shuffled:?}");
}

#[test]
fn where_nothing_crosses_rho_and_c_are_near_0() {
    let none = found(0.0, 0.0, |user| user);
    assert!(none.rho.abs() < 0.15 && none.share < 0.25, "{none:?}");
    assert!(none.taste.abs() < 0.15 && none.kindness.abs() < 0.2, "{none:?}");
}

#[test]
fn kindness_crosses_without_taste() {
    let kind = found(0.7, 0.0, |user| user);
    assert!((kind.rho - kind.slope).abs() < 0.12 && kind.share < 0.25 && kind.taste.abs() < 0.15, "{kind:?}");
}
