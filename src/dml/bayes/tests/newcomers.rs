//! What is expected of somebody without ratings in a domain, and how far they may be from it: the way along the links against
//! the conditional of the joint normal of all their vectors.

use super::*;

const K: usize = 4;

/// Mean and covariance of places `to` given the numbers at places `from`.
fn given(joint: &Joint, from: &[usize], numbers: &[f64], to: &[usize]) -> (DVector<f64>, DMatrix<f64>) {
    let (mean, covariance) = joint.moments();
    let block = |rows: &[usize], columns: &[usize]| {
        DMatrix::from_fn(rows.len(), columns.len(), |i, j| covariance[(rows[i], columns[j])])
    };
    let solved = block(to, from) * block(from, from).try_inverse().unwrap();
    let deviation = DVector::from_fn(from.len(), |i, _| numbers[i] - mean[from[i]]);
    let expected = DVector::from_fn(to.len(), |i, _| mean[to[i]]) + &solved * deviation;
    (expected, block(to, to) - solved * block(from, to))
}

#[test]
fn newcomers_are_expected_where_the_joint_normal_has_them() {
    // Nine people make 0 – 1 and 0 – 2 the links. `down` is known in 0 alone, `up` and `over` in 1 alone, `two` in 1 and 2.
    let warm = |names: &str| names.chars().map(String::from).collect::<Vec<_>>();
    let mut users = [warm("abcdefg"), warm("abcde"), warm("abcfg")];
    users[0].extend(["down", "up", "two", "nobody"].map(String::from));
    users[1].extend(["down", "up", "over", "two"].map(String::from));
    users[2].extend(["over", "two"].map(String::from));
    let known = [vec!["down"], vec!["up", "over", "two"], vec!["two"]];
    let training = training_of(&std::array::from_fn::<_, 3, _>(|d| {
        let seen = |name: &String| name.len() == 1 || known[d].contains(&name.as_str());
        let raters = users[d].iter().enumerate().filter(|(_, name)| seen(name)).map(|(user, _)| user);
        let rows = raters.flat_map(|user| (0..3).map(move |n| (user, (user + n) % 4, n as f32 / 2.0)));
        Part { users: users[d].clone(), items: 5, rows: rows.collect() }
    }));
    let mut chain = chain_of::<K>(&training, 1);
    assert_eq!(chain.everybody.tree.order, [0, 1, 2]);
    let mut chance = Generator::new(7, "a state with newcomers");
    stir(&mut chain, &mut chance);
    assert_expected(&chain, &users);
    // With features of the first domain's people, above all others: everybody has one of two tags.
    let ids: Vocabulary<ItemId> = users[0].iter().cloned().collect();
    let mut table = String::from("id,tag\n");
    users[0].iter().enumerate().for_each(|(n, name)| table.push_str(&format!("{name},{}\n", n % 2)));
    let features = data::read_features("tags.csv", table.as_bytes(), &ids).unwrap().features;
    let mut prior = Prior::start(Some(&features));
    prior.draw(chain.domains[0].people[..7].iter().enumerate(), &mut chance);
    assert_ne!(prior.mean_of(8).vector, prior.mean.vector);
    chain.domains[0].people_prior = prior;
    assert_expected(&chain, &users);
}

/// Everybody without ratings in a domain against the joint normal.
fn assert_expected(chain: &Chain<K>, users: &[Vec<String>; 3]) {
    let (draw, spreads) = (chain.draw(), chain.spread_of_users());
    let place = |d: usize, name: &str| users[d].iter().position(|user| user == name).unwrap();
    for (name, target, sources) in [
        ("down", 1, vec![0]),
        ("up", 0, vec![1]),
        ("over", 2, vec![1]),
        ("two", 0, vec![1, 2]),
        ("nobody", 0, vec![]),
    ] {
        // All three domains, 0 above the others, whether the person has a vector there or not.
        let node = |domain: usize| {
            // Behind all that have features, where they are not in the file.
            let row = users[domain].iter().position(|user| user == name).unwrap_or(100) as u32;
            Node { domain, row, above: (domain > 0).then(|| (0, domain - 1)) }
        };
        let joint = Joint::of_person(chain, &[node(0), node(1), node(2)]);
        let numbers_of = |d: usize| d * (K + 1)..(d + 1) * (K + 1);
        let from: Vec<usize> = sources.iter().flat_map(|&d| numbers_of(d)).collect();
        let known: Vec<f64> =
            sources.iter().flat_map(|&d| flat(&chain.domains[d].people[place(d, name)])).collect();
        let to: Vec<usize> = numbers_of(target).collect();
        let (expected, covariance) = given(&joint, &from, &known, &to);
        let (user, domain) = (place(target, name), &draw.domains[target]);
        let spread = &domain.spreads[usize::from(spreads[target][user])];
        let vector = &domain.user_vectors[user * K..][..K];
        if name == "two" {
            // Their vector between two domains is drawn, from what both say and nothing else: `conditionals` has it.
            assert_eq!(spreads[target][user], 0);
            assert_eq!(vector, chain.domains[0].people[user].vector);
            continue;
        }
        assert!((f64::from(domain.user_biases[user]) - expected[0]).abs() < 1e-5, "{name}");
        assert!((f64::from(spread.bias) - covariance[(0, 0)]).abs() < 1e-5, "{name}");
        for i in 0..K {
            assert!((f64::from(vector[i]) - expected[i + 1]).abs() < 1e-5, "{name}");
            for j in 0..K {
                let found = f64::from(spread.vector[i * K + j]);
                assert!((found - covariance[(i + 1, j + 1)]).abs() < 1e-5, "{name} {i} {j} {found}");
            }
        }
    }
    // An item without ratings has its prior.
    let domain = &draw.domains[1];
    assert_eq!(domain.item_vectors[4 * K..5 * K], chain.domains[1].items_prior.mean.vector);
    assert!((domain.unseen_items.bias * chain.domains[1].items_prior.precision.bias - 1.0).abs() < 1e-6);
}
