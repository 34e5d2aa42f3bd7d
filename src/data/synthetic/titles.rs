//! Readable titles for the items of the generated sample: two or three words from fixed lists.

use crate::rng::Generator;

const FIRST: [&str; 24] = [
    "Silent",
    "Crimson",
    "Hidden",
    "Last",
    "Broken",
    "Golden",
    "Distant",
    "Winter",
    "Burning",
    "Secret",
    "Hollow",
    "Northern",
    "Paper",
    "Velvet",
    "Wandering",
    "Iron",
    "Forgotten",
    "Blue",
    "Quiet",
    "Restless",
    "Second",
    "Glass",
    "Midnight",
    "Open",
];

const BOOK_SECOND: [&str; 24] = [
    "Harbour",
    "Orchard",
    "Letters",
    "Archive",
    "Cartographer",
    "Garden",
    "Lighthouse",
    "Daughter",
    "Almanac",
    "Winter",
    "Library",
    "Tide",
    "Inheritance",
    "Clockmaker",
    "Island",
    "Memoir",
    "Chapel",
    "Gardener",
    "Atlas",
    "Kingdom",
    "Sonata",
    "Valley",
    "Witness",
    "Meridian",
];

const FILM_SECOND: [&str; 24] = [
    "Express",
    "Highway",
    "Heist",
    "Horizon",
    "Signal",
    "Boulevard",
    "Pursuit",
    "Matinee",
    "Frontier",
    "Encore",
    "Protocol",
    "Rendezvous",
    "Carnival",
    "Runway",
    "Verdict",
    "Skyline",
    "Getaway",
    "Reunion",
    "Ransom",
    "Safari",
    "Station",
    "Echo",
    "Paradise",
    "Circuit",
];

const SONG_SECOND: [&str; 24] = [
    "Rain",
    "Avenue",
    "Lullaby",
    "Thunder",
    "Highway",
    "Morning",
    "Shoreline",
    "Heartbeat",
    "Satellite",
    "Embers",
    "Canyon",
    "Refrain",
    "Skyline",
    "Lantern",
    "Echoes",
    "Ballad",
    "Wildfire",
    "Tambourine",
    "Horizon",
    "Waltz",
    "Fever",
    "Parade",
    "Whisper",
    "Anthem",
];

/// `n` different titles, at most 576.
pub(super) fn titles(domain: usize, n: usize, chance: &mut Generator) -> Vec<String> {
    let second = [BOOK_SECOND, FILM_SECOND, SONG_SECOND][domain];
    let mut pairs: Vec<(&str, &str)> =
        FIRST.iter().flat_map(|&first| second.iter().map(move |&second| (first, second))).collect();
    chance.shuffle(&mut pairs);
    let title = |(first, second)| {
        if domain == 0 { format!("The {first} {second}") } else { format!("{first} {second}") }
    };
    pairs.into_iter().take(n).map(title).collect()
}
