//! What a rating costs in memory, from the text of two files to a trained epoch. In the tab memory never shrinks, so that
//! it is the peak that counts.

use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use dual_metric::data::{World, read_ratings};
use dual_metric::engine::Device;
use dual_metric::lab::{Run, StudyEvent};
use dual_metric::lab::{Study, TransferStudy};
use dual_metric::recommender::Event;
use dual_metric::rng::Generator;
use dual_metric::settings::Config;

/// Bytes a rating at the peak. Per person they are some hundreds, so that it takes people with a few dozen ratings each.
const MOST_BYTES: usize = 64;

/// And for the time of a rating, which these files have.
const TIME: usize = 4;

/// The system's allocator, and how many bytes are out and were at most.
struct Counting;

static BYTES: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

impl Counting {
    fn add(bytes: usize) {
        PEAK.fetch_max(BYTES.fetch_add(bytes, Relaxed) + bytes, Relaxed);
    }

    /// Bytes that are out.
    fn held() -> usize {
        BYTES.load(Relaxed)
    }

    /// The most since the last call.
    fn peak() -> usize {
        PEAK.swap(Self::held(), Relaxed)
    }
}

// SAFETY: the system's allocator does all of it; `realloc` and `alloc_zeroed` go through these two.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::add(layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        BYTES.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// A rating file in random order with times. People 0 to 4,000 are in both files, of 10,000 and 6,000.
fn file(domain: &str, people: usize, items: usize, ratings: usize) -> String {
    let mut chance = Generator::new(1, domain);
    let mut text = String::from("user,item,rating,timestamp\n");
    for n in 0..ratings {
        let (user, item) = (chance.below(people), chance.below(items));
        let whose = if user < 4000 { "p" } else { domain };
        let value = 1 + (user % 3 + item % 3 + chance.below(2)).min(4);
        writeln!(text, "{whose}{user:06},{domain}i{item:05},{value},{}", 881_250_949 + n).unwrap();
    }
    text.shrink_to_fit();
    text
}

#[test]
fn a_rating_costs_at_most_64_bytes_at_the_peak_and_84_in_the_training_on_everything_and_4_more_with_its_time()
{
    let mut domains = Vec::new();
    let mut held = Counting::held();
    for (domain, people, items) in [("a", 10_000, 1600), ("b", 6000, 1200)] {
        let text = file(domain, people, items, 200_000);
        Counting::peak();
        let read = read_ratings(&format!("{domain}.csv"), text.as_bytes(), &Default::default()).unwrap();
        let ratings = read.domain.ratings.len();
        let peak = (Counting::peak() - held) / ratings;
        drop(text);
        domains.push(read.domain);
        let kept = (Counting::held() - held) / ratings;
        println!("reading: {peak} bytes a rating, {kept} kept");
        // User starts, item and value, and the time.
        assert!(
            peak <= MOST_BYTES && kept <= 12 + TIME,
            "reading {domain}: {peak} bytes a rating, {kept} kept"
        );
        held = Counting::held();
    }
    let ratings: usize = domains.iter().map(|domain| domain.ratings.len()).sum();
    let config = Config { epochs: 3, ..Config::robust() }.check().unwrap();
    let world = Arc::new(World::new(domains));
    let (mut peaks, mut epochs) = (Vec::new(), 0);
    pollster::block_on(async {
        let mut study =
            Study::new(world, config, Device::cpu(), TransferStudy::Measured, Vec::new()).await.unwrap();
        peaks.push((Run::Main, Counting::peak() / ratings));
        while !study.is_done() {
            study
                .advance(&mut |event| {
                    epochs += usize::from(matches!(
                        event,
                        StudyEvent::Training { run: Run::Main, event: Event::Epoch { .. }, .. }
                    ));
                })
                .await
                .unwrap();
            peaks.push((study.run(), Counting::peak() / ratings));
        }
    });
    assert_eq!(epochs, 3);
    for (runs, most) in [
        (&[Run::Main][..], MOST_BYTES + TIME),
        // Beside these the measured model and its errors are kept.
        (&Run::MEASUREMENT[1..], 72 + TIME),
        // It trains on the tested ratings too, four tenths more than the others.
        (&[Run::Everything], 84 + TIME),
    ] {
        let peak = peaks.iter().filter(|(run, _)| runs.contains(run)).map(|peak| peak.1).max();
        println!("{runs:?}: {peak:?} bytes a rating");
        assert!(peak.is_some_and(|peak| peak <= most), "{runs:?}: {peak:?} bytes a rating");
    }
}
