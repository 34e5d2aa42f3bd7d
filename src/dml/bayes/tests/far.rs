//! Chains that are sampled elsewhere: the same numbers wherever they are, whoever dies, and whenever.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use crate::data::{World, sample, sample_of};
use crate::dml::bayes::{Bayes, ENTRY, Helper, Sampling};
use crate::engine::{Device, Hand, Hands, Reading};
use crate::error::Error;
use crate::recommender::state::{RunState, StateBytes, StateWriter};
use crate::recommender::{Assignment, Event, Fit, Stopping};
use crate::rng::Generator;
use crate::settings::Config;
use crate::split::{Split, Training};

/// A worker that answers so many times and is gone then.
struct Beside {
    helper: RefCell<Helper>,
    left: Cell<usize>,
    asked: Cell<usize>,
}

impl Hand for Beside {
    fn ask(&self, asked: Vec<u8>) -> Reading<'static, Vec<u8>> {
        self.asked.set(self.asked.get() + 1);
        let answer = match self.left.get() {
            0 => Err(Error::data("the worker is gone", "Ask another")),
            left => {
                self.left.set(left - 1);
                self.helper.borrow_mut().answer(&asked)
            }
        };
        Box::pin(async move { answer })
    }
}

fn beside(answers: usize) -> Rc<Beside> {
    Rc::new(Beside { helper: RefCell::default(), left: Cell::new(answers), asked: Cell::new(0) })
}

fn hands(of: &[Rc<Beside>]) -> Hands {
    Hands::new(of.iter().map(|hand| hand.clone() as Rc<dyn Hand>).collect())
}

fn config() -> Config {
    Config { sweeps: 22, burn_in: 6, thinning: 3, chains: 4, ..Config::robust() }
}

/// A training whose chains wait for each other after so many sweeps at the most.
fn sampling(world: &Arc<World>, config: &Config, hands: Hands, at_once: usize) -> Sampling {
    let config = config.clone().check().unwrap();
    let split = Split::new(world, &config).unwrap().with_cold(world, &config);
    let training = Training::new(world.clone(), Arc::new(split));
    let device = Device::cpu().with_hands(hands);
    let assignment = Assignment { training, config, device, watched: vec![], stopping: Stopping::Own };
    let mut sampling = Sampling::new(assignment).unwrap();
    sampling.at_once = at_once;
    sampling
}

/// Goes on until it is over or has done so many sweeps, and gives the sweeps that were told.
fn advance(sampling: &mut Sampling, until: usize) -> Vec<usize> {
    let mut sweeps = Vec::new();
    while !sampling.is_done() && sampling.epoch() < until {
        let mut hear = |event| {
            if let Event::Sweep { sweep, .. } = event {
                sweeps.push(sweep);
            }
        };
        pollster::block_on(sampling.advance(&mut hear)).unwrap();
    }
    sweeps
}

/// All numbers that a model is made of.
fn numbers(model: &Bayes) -> (Vec<Vec<Vec<f32>>>, String) {
    let all = |draw: &Arc<super::super::draw::Draw>| -> Vec<Vec<f32>> {
        (**draw).clone().slices_mut().into_iter().map(|slice| slice.to_vec()).collect()
    };
    let draws = model.draws.iter().chain(&model.recent).map(all).collect();
    (draws, format!("{:?} {}", model.trace, model.burn_in))
}

fn whole(
    world: &Arc<World>,
    config: &Config,
    of: &[Rc<Beside>],
    at_once: usize,
) -> (Vec<Vec<Vec<f32>>>, String) {
    let mut sampling = sampling(world, config, hands(of), at_once);
    assert_eq!(advance(&mut sampling, usize::MAX), (1..=config.sweeps).collect::<Vec<_>>());
    numbers(&sampling.bayes())
}

#[test]
fn several_chains_come_to_the_same_numbers_wherever_they_are_sampled() {
    for (world, bayes_dimension) in [(sample(3).world, 8), (sample_of(3, 3).world, 16)] {
        let (world, config) = (Arc::new(world), Config { bayes_dimension, ..config() });
        assert!(world.domains[0].item_features.is_some(), "features are handed over too");
        let here = whole(&world, &config, &[], 1);
        assert_eq!(here.0.len(), 4 * 6 + 8, "six draws of each chain, and eight states of the first");
        for workers in 1..=3 {
            let others: Vec<_> = (0..workers).map(|_| beside(usize::MAX)).collect();
            assert!(whole(&world, &config, &others, 1) == here, "{workers} others");
            assert!(whole(&world, &config, &others, 9) == here, "{workers} others, several sweeps at once");
            for other in others {
                assert!(other.asked.get() > config.sweeps, "each has swept");
                assert!(other.helper.borrow().is_idle(), "and forgets chains that nobody asks for");
            }
        }
    }
}

#[test]
fn a_chain_whose_worker_dies_is_sampled_again_here() {
    let (world, config) = (Arc::new(sample(3).world), config());
    let here = whole(&world, &config, &[], 1);
    // Before it has taken a chain, between two that it takes, at its first sweep, in the middle, at the last one.
    for answers in [0, 1, 2, 3, 17, 22 * 2 + 1] {
        for at_once in [1, 5] {
            assert!(
                whole(&world, &config, &[beside(answers)], at_once) == here,
                "gone after {answers} answers"
            );
            let both = [beside(answers), beside(usize::MAX)];
            assert!(
                whole(&world, &config, &both, at_once) == here,
                "gone after {answers} answers, another is not"
            );
        }
    }
}

/// The state of a training, as a checkpoint has it.
fn state(sampling: &Sampling) -> Vec<u8> {
    let mut state = StateWriter::new(Vec::new());
    assert!(pollster::block_on(sampling.write_state(&mut state)).unwrap());
    state.finish().unwrap()
}

#[test]
fn chains_elsewhere_are_in_the_checkpoint_also_where_one_is_behind() {
    let (world, config) = (Arc::new(sample(3).world), config());
    let here = whole(&world, &config, &[], 1);
    for (answers, after, at_once) in
        [(usize::MAX, 9, 1), (9, 4, 1), (9, 5, 1), (4, 22, 1), (7, 1, 4), (usize::MAX, 9, 4)]
    {
        let mut begun = sampling(&world, &config, hands(&[beside(answers)]), at_once);
        advance(&mut begun, after);
        if answers < 10 {
            // Some steps further the chains of the dead worker have not caught up yet.
            (0..3).for_each(|_| pollster::block_on(begun.advance(&mut |_| ())).unwrap());
        }
        let bytes = state(&begun);
        for of in [vec![], vec![beside(usize::MAX)]] {
            let mut resumed = sampling(&world, &config, hands(&of), at_once);
            let found = RunState::new(StateBytes::new(&bytes).unwrap(), &world, ENTRY.load);
            pollster::block_on(resumed.resume(found)).unwrap();
            assert_eq!(resumed.epoch(), begun.epoch());
            advance(&mut resumed, usize::MAX);
            assert!(numbers(&resumed.bayes()) == here, "{answers} answers, {after} sweeps");
        }
    }
}

#[test]
fn chains_that_are_stopped_before_a_draw_is_kept_leave_their_last_states() {
    let (world, config) = (Arc::new(sample(3).world), Config { burn_in: 11, ..config() });
    let stopped = |of: &[Rc<Beside>]| {
        let mut sampling = sampling(&world, &config, hands(of), 1);
        advance(&mut sampling, 1);
        assert_eq!(sampling.stop(), Some(Stopping::Epochs(1)));
        assert_eq!(sampling.bayes().draws(), 4, "one of each chain");
        numbers(&sampling.bayes())
    };
    let here = stopped(&[]);
    assert!(stopped(&[beside(usize::MAX)]) == here);
    // One that dies in its second sweep.
    assert!(stopped(&[beside(5)]) == here);
}

/// A worker that takes nothing and remembers what it was asked.
struct Listening(Rc<RefCell<Vec<Vec<u8>>>>);

impl Hand for Listening {
    fn ask(&self, asked: Vec<u8>) -> Reading<'static, Vec<u8>> {
        self.0.borrow_mut().push(asked);
        Box::pin(async { Err(Error::data("it only listens", "Ask another")) })
    }
}

#[test]
fn what_is_no_question_is_refused() {
    let mut helper = Helper::default();
    for asked in [&b""[..], b"sweep", &[0; 100]] {
        assert!(helper.answer(asked).is_err());
    }
    let heard = Rc::new(RefCell::new(Vec::new()));
    let (world, config) = (Arc::new(sample(3).world), config());
    let listening = Hands::new(vec![Rc::new(Listening(heard.clone()))]);
    advance(&mut sampling(&world, &config, listening, 1), 1);
    let begin = heard.take().remove(0);
    assert!(helper.answer(&begin).is_ok());
    let mut chance = Generator::new(1, "broken questions");
    let place = |chance: &mut Generator| begin.len() - 1 - chance.below(4000.min(begin.len()));
    for _ in 0..200 {
        let mut broken = begin.clone();
        (0..=chance.below(3)).for_each(|_| {
            let place = place(&mut chance);
            broken[place] = chance.bits() as u8;
        });
        // Whatever it says, nothing ends the program.
        let _ = helper.answer(&broken);
    }
}
