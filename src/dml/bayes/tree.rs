//! Which links the vectors of people hang together by: one tree over the domains, each domain's vector with its prior mean at
//! the one above (section 4.3 of the paper chains maps in the same way). Most shared people decide which links those are.

/// A link that the sampler uses: the vector of a person in `child` has its prior mean at their vector in `parent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Branch {
    pub(super) parent: usize,
    pub(super) child: usize,
    /// People with ratings in both.
    pub(super) people: usize,
}

/// A step from a domain to its neighbour in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) branch: usize,
    /// From parent to child.
    pub(super) down: bool,
}

/// A forest over the domains: those without shared people are not joined.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) branches: Vec<Branch>,
    /// By domain, the branch to the one above.
    above: Vec<Option<usize>>,
    /// The domains, each behind the one above it.
    pub(super) order: Vec<usize>,
}

impl Tree {
    /// Whether one domain is somewhere above another.
    pub(super) fn is_above(&self, upper: usize, lower: usize) -> bool {
        self.way(upper, lower).is_some_and(|way| !way.is_empty() && way.iter().all(|step| step.down))
    }

    /// The tree of `domains` domains along the links (a, b, people with ratings in both) that have the most people.
    pub(super) fn new(domains: usize, links: &[(usize, usize, usize)]) -> Self {
        let mut sorted: Vec<_> = links.iter().filter(|link| link.2 > 0).collect();
        sorted.sort_by_key(|link| std::cmp::Reverse(link.2));
        let mut group: Vec<usize> = (0..domains).collect();
        let mut joined = Vec::new();
        for &&(a, b, people) in &sorted {
            if group[a] != group[b] {
                let (from, to) = (group[b], group[a]);
                group.iter_mut().filter(|group| **group == from).for_each(|group| *group = to);
                joined.push((a, b, people));
            }
        }
        let (mut branches, mut above, mut order) = (Vec::new(), vec![None; domains], Vec::new());
        for root in 0..domains {
            if order.contains(&root) {
                continue;
            }
            let first = order.len();
            order.push(root);
            let mut at = first;
            while let Some(&parent) = order.get(at) {
                for &(a, b, people) in &joined {
                    let child = if a == parent { b } else { a };
                    if (a == parent || b == parent) && !order.contains(&child) {
                        above[child] = Some(branches.len());
                        branches.push(Branch { parent, child, people });
                        order.push(child);
                    }
                }
                at += 1;
            }
        }
        Self { branches, above, order }
    }

    /// The branch to the domain above, and that domain.
    pub(super) fn above(&self, domain: usize) -> Option<(usize, usize)> {
        self.above[domain].map(|branch| (branch, self.branches[branch].parent))
    }

    /// The steps from a domain to another; `None` where no branches lead there.
    pub(super) fn way(&self, from: usize, to: usize) -> Option<Vec<Step>> {
        let up = |start: usize| {
            let mut stations = vec![(start, None)];
            let mut at = start;
            while let Some((branch, parent)) = self.above(at) {
                stations.push((parent, Some(branch)));
                at = parent;
            }
            stations
        };
        let (left, right) = (up(from), up(to));
        let meeting = left.iter().position(|(domain, _)| right.iter().any(|(other, _)| other == domain))?;
        let top = right.iter().position(|(domain, _)| *domain == left[meeting].0)?;
        let ups = left[1..=meeting]
            .iter()
            .filter_map(|station| station.1)
            .map(|branch| Step { branch, down: false });
        let downs = right[1..=top].iter().rev().filter_map(|station| station.1);
        Some(ups.chain(downs.map(|branch| Step { branch, down: true })).collect())
    }

    /// The smallest part of the tree that joins these domains of one component, each behind the one above it.
    pub(super) fn joining(&self, domains: &[usize]) -> Vec<usize> {
        let mut part: Vec<usize> = Vec::new();
        for &domain in domains {
            let mut at = Some(domain);
            while let Some(here) = at {
                part.push(here);
                at = self.above(here).map(|(_, parent)| parent);
            }
        }
        let mut part: Vec<usize> =
            self.order.iter().copied().filter(|domain| part.contains(domain)).collect();
        // What lies above all of them joins nothing.
        while let [top, rest @ ..] = &part[..] {
            let below =
                rest.iter().filter(|&&d| self.above(d).is_some_and(|(_, parent)| parent == *top)).count();
            if domains.contains(top) || below != 1 {
                break;
            }
            part.remove(0);
        }
        part
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(branch: usize, down: bool) -> Step {
        Step { branch, down }
    }

    #[test]
    fn two_domains_hang_on_the_first() {
        let tree = Tree::new(2, &[(0, 1, 30)]);
        assert_eq!(tree.branches, [Branch { parent: 0, child: 1, people: 30 }]);
        assert_eq!(tree.way(0, 1), Some(vec![step(0, true)]));
        assert_eq!(tree.way(1, 0), Some(vec![step(0, false)]));
        assert_eq!((tree.joining(&[1]), tree.joining(&[1, 0])), (vec![1], vec![0, 1]));
        assert_eq!((tree.is_above(0, 1), tree.is_above(1, 0), tree.is_above(0, 0)), (true, false, false));
        assert_eq!(Tree::new(2, &[(0, 1, 0)]).way(0, 1), None);
    }

    #[test]
    fn the_links_with_the_most_people_make_the_tree() {
        // 0 and 1 are joined by way of 2; 3 and 4 hang on each other alone.
        let tree = Tree::new(5, &[(0, 1, 10), (0, 2, 50), (1, 2, 40), (3, 4, 5)]);
        let pairs: Vec<_> = tree.branches.iter().map(|b| (b.parent, b.child)).collect();
        assert_eq!((pairs, &tree.order[..]), (vec![(0, 2), (2, 1), (3, 4)], &[0, 2, 1, 3, 4][..]));
        assert_eq!(tree.way(1, 0), Some(vec![step(1, false), step(0, false)]));
        assert_eq!(tree.way(0, 1), Some(vec![step(0, true), step(1, true)]));
        assert_eq!(tree.way(0, 3), None);
        // Somebody in 0 and 1 stands in 2 as well; somebody in 1 and 2 has no need of 0.
        assert_eq!((tree.joining(&[0, 1]), tree.joining(&[1, 2])), (vec![0, 2, 1], vec![2, 1]));
    }

    #[test]
    fn the_way_between_two_branches_goes_over_the_domain_that_both_hang_on() {
        let tree = Tree::new(3, &[(0, 1, 9), (0, 2, 9)]);
        assert_eq!(tree.way(1, 2), Some(vec![step(0, false), step(1, true)]));
        assert_eq!(tree.joining(&[1, 2]), [0, 1, 2]);
    }
}
