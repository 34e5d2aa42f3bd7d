//! Which of two devices trains faster here: a short race on made-up ratings, for a person who has not chosen one.

use std::sync::Arc;

use web_time::Instant;

use super::{
    Adam, Chunk, Device, Gather, Head, LayerTable, Numbers, RatingRow, RatingRows, RatingTerm, Term, open,
};
use crate::error::Result;
use crate::rng::Generator;

/// Seconds that each device is given, without its start.
const SECONDS: f64 = 0.05;

/// Users, items and ratings of the race: what a table takes up in the cache should be like in earnest.
const USERS: usize = 4096;
const ITEMS: usize = 4096;
const RATINGS: usize = 65_536;

/// What is trained in the race.
#[derive(Clone, Debug)]
pub struct Course {
    /// k.
    pub dimension: usize,
    /// Hidden layers of the recommendation network.
    pub hidden: Vec<usize>,
    /// Given inputs of the network.
    pub given: usize,
    /// Dropout of the network.
    pub dropout: f32,
    /// Rows a step.
    pub batch: usize,
}

impl Course {
    /// Ratings a second that a device trains on this course, its start left out.
    ///
    /// # Errors
    /// When the device refuses or was lost.
    pub async fn speed(&self, device: &Device) -> Result<f64> {
        let mut rng = Generator::new(1, "race");
        let mut engine = open(vec![self.table(&mut rng)], device)?;
        let mut chunk = Chunk::default();
        // The first call compiles kernels and finds memory.
        self.fill(&mut chunk, 1, &mut rng);
        engine.run(std::slice::from_ref(&chunk))?;
        engine.losses().await?;
        let (started, mut rows) = (Instant::now(), 0);
        loop {
            self.fill(&mut chunk, engine.rows_per_call(), &mut rng);
            engine.run(std::slice::from_ref(&chunk))?;
            engine.losses().await?;
            rows += chunk.rows_len();
            let seconds = started.elapsed().as_secs_f64();
            if seconds >= SECONDS {
                return Ok(rows as f64 / seconds);
            }
        }
    }

    fn fill(&self, chunk: &mut Chunk, rows: usize, rng: &mut Generator) {
        chunk.clear();
        while chunk.rows_len() < rows {
            let key = rng.bits();
            chunk.push(0, 1.0, key, (0..self.batch).map(|_| rng.below(RATINGS) as u32));
            chunk.end_step();
        }
    }

    fn table(&self, rng: &mut Generator) -> LayerTable {
        let k = self.dimension;
        let mut table = LayerTable::new(Adam::new(1e-3));
        let [user, item] = [USERS, ITEMS].map(|rows| {
            let table = table.param(rows, k, rng.normals(rows * k, 0.03));
            Gather { table, tower: None, through: None, detach: false }
        });
        let widths: Vec<usize> =
            [2 * k + self.given].into_iter().chain(self.hidden.iter().copied()).chain([1]).collect();
        let layers = widths.windows(2).map(|w| table.dense(w[0], w[1], rng)).collect();
        table.heads.push(Head { layers, dot: true, given: self.given, dropout: self.dropout });
        let [users, items] =
            [USERS, ITEMS].map(|n| (0..RATINGS).map(|_| rng.below(n) as u32).collect::<Vec<_>>());
        let rows = RatingRows {
            ratings: RatingRow::from_columns(&users, &items, &rng.uniforms(RATINGS, 0.5)),
            own: Numbers::new(rng.uniforms(RATINGS * self.given, 0.5), self.given),
            ..RatingRows::default()
        };
        table.term(Term::Rating(RatingTerm { user, item, head: 0, row_l2: 0.0, rows: Arc::new(rows) }));
        table
    }
}

#[cfg(test)]
mod tests {
    use super::Course;
    use crate::engine::Device;

    #[test]
    fn every_device_gets_to_the_end_with_a_speed() {
        for hidden in [vec![8], vec![32, 16]] {
            let course = Course { dimension: 4, hidden, given: 2, dropout: 0.1, batch: 64 };
            for device in [Device::cpu(), Device::cpu_reference()] {
                let speed = pollster::block_on(course.speed(&device)).unwrap();
                assert!(speed.is_finite() && speed > 0.0);
            }
        }
    }
}
