//! Trainings beside each other find the same as each alone, in whatever order they ask, and however some of them end.

use std::sync::Arc;

use super::{Shared, Together, Work};
use crate::engine::{
    Adam, Chunk, Device, DeviceKind, Engine, Gather, Head, ParamId, RatingRow, RatingRows, RatingTerm,
    Reading, Term, TrainingGraph, open,
};
use crate::error::{Error, Result};
use crate::rng::Generator;

/// Users, items and ratings of a small world; the graphs of two seeds have one shape.
fn graph(seed: u64, k: usize) -> TrainingGraph {
    let mut rng = Generator::new(seed, "together");
    let mut graph = TrainingGraph::new(Adam::new(1e-2));
    let [user, item] = [12, 9].map(|rows| {
        let table = graph.param(rows, k, rng.normals(rows * k, 0.1));
        Gather { table, tower: None, through: None, detach: false }
    });
    let layers = vec![graph.dense(2 * k, 8, &mut rng), graph.dense(8, 1, &mut rng)];
    graph.heads.push(Head { layers, dot: true, given: 0, dropout: 0.1 });
    // Not every seed has as many ratings.
    let n = 40 + seed as usize;
    let [users, items] = [12, 9].map(|of| (0..n).map(|_| rng.below(of) as u32).collect::<Vec<_>>());
    let ratings = RatingRow::from_columns(&users, &items, &rng.uniforms(n, 0.5));
    let [user_shares, item_shares] = [12, 9].map(|of| vec![0.5; of]);
    let rows = Arc::new(RatingRows { ratings, user_shares, item_shares, ..RatingRows::default() });
    graph.term(Term::Rating(RatingTerm { user, item, head: 0, row_l2: 0.01, rows }));
    graph
}

fn chunk(seed: u64, epoch: u32) -> Chunk {
    let mut chunk = Chunk::default();
    for step in 0..3 {
        chunk.push(0, 1.0, 7 * epoch + step, (0..10).map(|n| (n * 3 + step + seed as u32) % 40));
        chunk.end_step();
    }
    chunk
}

/// What a training leaves: its losses by epoch and all weights in the end.
type Left = (Vec<Option<f32>>, Vec<Vec<f32>>);

/// A training that asks for this and that, one for each seed something else.
async fn train(seed: u64, k: usize, epochs: u32, device: Device) -> Result<Left> {
    let mut engine = open(vec![graph(seed, k)], &device)?;
    let mut losses = Vec::new();
    for epoch in 0..epochs {
        engine.run(&[chunk(seed, epoch)])?;
        if (u64::from(epoch) + seed).is_multiple_of(3) {
            let mut values = engine.weights(0, 0).await?;
            values.iter_mut().for_each(|x| *x *= 0.9);
            engine.set_weights(0, 0, &values);
        }
        engine.run(&[chunk(seed + 1, epoch)])?;
        losses.push(engine.losses().await?[0][0]);
    }
    // Each by itself, or all at once.
    let last = engine.weights(0, 5).await?;
    let weights = engine.own_weights(&[0, 1, 2, 3, 4, 5]).await?;
    assert_eq!(weights[5], last);
    assert_eq!(engine.steps(0), 6 * epochs as usize);
    Ok((losses, weights))
}

fn alone(seed: u64, k: usize, epochs: u32) -> Left {
    pollster::block_on(train(seed, k, epochs, Device::cpu())).unwrap()
}

fn engines(together: &Together) -> Vec<usize> {
    together.table.engines.borrow().iter().map(|shared| shared.places.len()).collect()
}

#[test]
fn trainings_of_one_shape_are_replicas_of_one_engine_and_find_what_each_finds_alone() {
    let together = Together::new(&Device::cpu());
    // Some are longer than others, and one is of another shape.
    let wanted = [(1, 4, 5), (2, 4, 9), (3, 4, 2), (4, 6, 7)];
    let work = wanted
        .map(|(seed, k, epochs)| -> Work<Result<Left>> { Box::pin(train(seed, k, epochs, together.seat())) });
    let found = pollster::block_on(together.all(work.into()));
    for ((seed, k, epochs), found) in wanted.into_iter().zip(found) {
        let (found, own) = (found.unwrap(), alone(seed, k, epochs));
        assert_eq!(found.1, own.1, "the weights of seed {seed}, to the last bit");
        // Whoever was not asked while the others were has a mean of means.
        let near = |(a, b): (&Option<f32>, &Option<f32>)| (a.unwrap() - b.unwrap()).abs() < 1e-6;
        assert!(found.0.iter().zip(&own.0).all(near), "{:?} {:?}", found.0, own.0);
    }
    assert!(engines(&together).is_empty(), "an engine that everybody has left is gone");
}

#[test]
fn there_is_one_engine_for_each_shape() {
    let together = Together::new(&Device::cpu());
    let work: Vec<Work<Vec<usize>>> = [(1, 4), (2, 4), (3, 6)]
        .into_iter()
        .map(|(seed, k)| -> Work<Vec<usize>> {
            let (seat, together) = (together.seat(), &together);
            Box::pin(async move {
                let mut engine = open(vec![graph(seed, k)], &seat).unwrap();
                engine.run(&[chunk(seed, 0)]).unwrap();
                engine.losses().await.unwrap();
                engines(together)
            })
        })
        .collect();
    for found in pollster::block_on(together.all(work)) {
        assert_eq!(found, [2, 1]);
    }
}

#[test]
fn one_that_fails_or_leaves_in_the_midst_holds_nobody_up() {
    let together = Together::new(&Device::cpu());
    let leaves = |seat: Device| -> Work<Result<Left>> {
        Box::pin(async move {
            let mut engine = open(vec![graph(5, 4)], &seat)?;
            engine.run(&[chunk(5, 0)])?;
            engine.losses().await?;
            // What it asked for last is nobody's business any more.
            engine.run(&[chunk(5, 1)])?;
            let _unread = engine.weights(0, 0);
            Err(Error::setting("learning_rate", "too large"))
        })
    };
    let work = vec![leaves(together.seat()), Box::pin(train(1, 4, 6, together.seat())) as Work<_>];
    let mut found = pollster::block_on(together.all(work)).into_iter();
    assert!(found.next().unwrap().unwrap_err().to_string().contains("learning_rate"));
    assert_eq!(found.next().unwrap().unwrap(), alone(1, 4, 6));
}

/// An engine that is lost when it is read.
struct Lost;

fn lost<T>() -> Reading<'static, T> {
    Box::pin(async { Err(Error::Device { device: DeviceKind::Cpu, what: "it was unplugged".into() }) })
}

impl Engine for Lost {
    fn device(&self) -> DeviceKind {
        DeviceKind::Cpu
    }

    fn replicas(&self) -> usize {
        2
    }

    fn run(&mut self, _: &[Chunk]) -> Result<()> {
        Ok(())
    }

    fn rows_per_call(&self) -> usize {
        1
    }

    fn gradients(&mut self, _: usize, _: &Chunk) -> Reading<'_, Vec<Option<Vec<f32>>>> {
        lost()
    }

    fn losses(&mut self) -> Reading<'_, Vec<Vec<Option<f32>>>> {
        lost()
    }

    fn all_weights(&self, _: &[(usize, ParamId)]) -> Reading<'_, Vec<Vec<f32>>> {
        lost()
    }

    fn set_weights(&mut self, _: usize, _: ParamId, _: &[f32]) {}

    fn steps(&self, _: usize) -> usize {
        0
    }
}

#[test]
fn a_device_that_is_lost_while_it_is_read_is_told_to_all_who_wait() {
    let together = Together::new(&Device::cpu());
    let table = together.table.clone();
    let waits = |reads_weights: bool| -> Work<Result<()>> {
        let (seat, table) = (together.seat(), table.clone());
        Box::pin(async move {
            let mut engine = open(vec![graph(1, 4)], &seat)?;
            table.places.borrow_mut().iter_mut().for_each(|place| place.graph = None);
            if table.engines.borrow().is_empty() {
                table.engines.borrow_mut().push(Shared { engine: Box::new(Lost), places: vec![0, 1] });
            }
            match reads_weights {
                true => engine.weights(0, 0).await.map(|_| ()),
                false => engine.losses().await.map(|_| ()),
            }
        })
    };
    for found in pollster::block_on(together.all(vec![waits(false), waits(true)])) {
        assert!(found.unwrap_err().to_string().contains("it was unplugged"));
    }
}

#[test]
fn work_that_waits_for_something_else_is_woken_by_that() {
    let together = Together::new(&Device::cpu());
    let (send, receive) = std::sync::mpsc::channel::<std::task::Waker>();
    std::thread::spawn(move || {
        if let Ok(waker) = receive.recv() {
            std::thread::sleep(std::time::Duration::from_millis(20));
            waker.wake();
        }
    });
    let mut is_called = false;
    let waits = std::future::poll_fn(move |context| match std::mem::replace(&mut is_called, true) {
        true => std::task::Poll::Ready(7),
        false => {
            send.send(context.waker().clone()).unwrap();
            std::task::Poll::Pending
        }
    });
    assert_eq!(pollster::block_on(together.all(vec![Box::pin(waits) as Work<i32>])), [7]);
    assert!(pollster::block_on(together.all(Vec::<Work<i32>>::new())).is_empty());
}

#[test]
fn a_seat_is_on_the_device_and_has_its_gradients() {
    let together = Together::new(&Device::cpu());
    let seat = together.seat();
    assert_eq!(seat.kind(), Device::cpu().kind());
    let work: Work<_> = Box::pin(async move {
        let mut engine = open(vec![graph(1, 4)], &seat)?;
        engine.gradients(0, &chunk(1, 0)).await
    });
    let found = pollster::block_on(together.all(vec![work])).remove(0).unwrap();
    let mut own = open(vec![graph(1, 4)], &Device::cpu()).unwrap();
    assert_eq!(found, pollster::block_on(own.gradients(0, &chunk(1, 0))).unwrap());
}
