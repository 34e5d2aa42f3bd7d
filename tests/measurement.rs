//! What a measurement compares and what is kept of it.

use crate::{models, studies, worlds};
use dual_metric::data::{UserId, sample};
use dual_metric::lab::Source;
use dual_metric::lab::{ReportEvent, Run, StudyEvent, TransferStudy};
use dual_metric::model_file;
use dual_metric::presentation::verdict;
use dual_metric::recommender::{Event, Trained};
use dual_metric::settings::{Config, Network};
use studies::study;
use worlds::{shared_taste, small_world};

#[test]
fn without_transfer_newcomers_are_predicted_by_a_network_that_was_trained_for_them() {
    let (study, events) =
        study(shared_taste(1), Config { epochs: 4, ..Config::robust() }, TransferStudy::Measured);
    for domain in &study.report().unwrap().domains {
        let cold = &domain.cold;
        let (alone, bias) = (cold.without_transfer.unwrap(), cold.bias.unwrap());
        assert!((alone - bias).abs() > 1e-5, "the item mean is no trained model: {alone} {bias}");
        // It has the same information as the item mean, and is neither much better nor much worse.
        assert!((alone / bias - 1.0).abs() < 0.05, "{alone} {bias}");
        let rungs: Vec<Source> = domain.ladder.iter().map(|rung| rung.source).collect();
        assert_eq!(rungs, [Source::Bias, Source::Alone, Source::Biases, Source::Linked]);
        assert_eq!(domain.ladder[1].rmse, alone);
    }
    // The newcomers' part of the loss is there in every run, links or not.
    for event in &events {
        if let StudyEvent::Training { run, event: Event::Epoch { domains, .. }, .. } = event {
            assert!(domains.iter().all(|d| d.cross.is_some()), "{run:?}");
        }
    }
}

#[test]
fn on_the_sample_bias_and_taste_both_cross_and_the_placebo_gives_nothing() {
    let (study, _) = study(sample(1).world, Config::robust(), TransferStudy::Measured);
    let report = study.report().unwrap();
    println!("{:#?}", verdict(report));
    for domain in &report.domains {
        let change =
            |source| domain.ladder.iter().find(|rung| rung.source == source).unwrap().change.unwrap();
        assert!(change(Source::Linked).is_less() && change(Source::Linked).value < -0.1);
        let (alone, shuffled) = (domain.cold.without_transfer.unwrap(), domain.cold.shuffled.unwrap());
        assert!(shuffled > 0.97 * alone, "links to the wrong people cannot help: {shuffled} {alone}");
        assert!(domain.cold.transfer_gain().unwrap().value < -0.2);
    }
    assert!(verdict(report).iter().any(|words| words.contains("taste") || words.contains("through the map")));
}

#[test]
fn the_kept_model_knows_every_rating_and_everybody_in_both_and_says_so_in_its_file() {
    let (study, events) =
        study(small_world(), Config { epochs: 3, ..Config::robust() }, TransferStudy::Measured);
    let trained = study.kept();
    let (world, measured, kept) = (study.world(), study.dml().unwrap(), models::dml(&trained));
    for (d, domain) in world.domains.iter().enumerate() {
        let seen = |counts: &[u32]| counts.iter().sum::<u32>() as usize;
        assert_eq!(seen(&kept.domains[d].biases.user_counts), domain.ratings.len());
        // A fifth is tested and a tenth of the rest decides when to stop.
        let share = seen(&measured.domains[d].biases.user_counts) as f32 / domain.ratings.len() as f32;
        assert!((share - 0.72).abs() < 0.01, "{share}");
        assert_eq!(kept.domains[d].mix, measured.domains[d].mix);
        assert!((0..domain.users.len() as u32).all(|user| kept.rated(d, UserId(user))));
    }
    assert_eq!(kept.links[0].b_from_a.iter().flatten().count(), world.links[0].overlap_users.len());
    let finished = |of: Run| {
        events.iter().find_map(|event| match event {
            StudyEvent::Training { run, event: Event::Finished { epochs, .. }, .. } if *run == of => {
                Some(*epochs)
            }
            _ => None,
        })
    };
    let epochs = finished(Run::Everything).unwrap();
    assert!(epochs >= 1 && epochs <= finished(Run::Main).unwrap());
    assert_eq!(study.report().unwrap().kept.unwrap().epochs, epochs);
    let knows_all = |trained: &Trained| {
        let bytes = model_file::write(trained).unwrap();
        model_file::read(model_file::NAME, &bytes).unwrap().knows_all()
    };
    assert!(knows_all(&trained));
    assert!(!knows_all(&models::trained(small_world(), Network::Mlp)));
}

#[test]
fn repeats_take_the_seeds_that_follow_and_report_their_mean() {
    let single = |seed| {
        let config = Config { seed, epochs: 2, train_on_everything: false, ..Config::robust() };
        study(small_world(), config, TransferStudy::Measured).0.report().unwrap().clone()
    };
    let config = Config { repeats: 2, epochs: 2, train_on_everything: false, ..Config::robust() };
    let (both, events) = study(small_world(), config, TransferStudy::Measured);
    let (report, first, second) = (both.report().unwrap(), single(1), single(2));
    assert_eq!(report.seeds, [1, 2]);
    for (d, domain) in report.domains.iter().enumerate() {
        let near = |x: f64, y: f64| assert!((x - y).abs() < 1e-12, "{x} {y}");
        let [one, two] = [&first.domains[d], &second.domains[d]];
        near(domain.model.rmse, (one.model.rmse + two.model.rmse) / 2.0);
        for (group, (one, two)) in
            [(&domain.all, (&one.all, &two.all)), (&domain.cold, (&one.cold, &two.cold))]
        {
            near(
                group.with_transfer.unwrap(),
                (one.with_transfer.unwrap() + two.with_transfer.unwrap()) / 2.0,
            );
            let mean = ((one.change.unwrap().value + 1.0) * (two.change.unwrap().value + 1.0)).sqrt() - 1.0;
            near(group.change.unwrap().value, mean);
        }
    }
    let runs: Vec<(usize, Run)> = (events.iter())
        .filter_map(|event| match event {
            StudyEvent::Training { run, repeat, event: Event::Started { .. } } => Some((*repeat, *run)),
            _ => None,
        })
        .collect();
    let expected: Vec<(usize, Run)> =
        (0..2).flat_map(|repeat| Run::MEASUREMENT.map(|run| (repeat, run))).collect();
    assert_eq!(runs, expected);
    // The figures while the second repeat is going on are those of the first.
    let reports: Vec<_> = (events.iter())
        .filter_map(
            |e| if let StudyEvent::Report(ReportEvent { report, .. }) = e { Some(report) } else { None },
        )
        .collect();
    assert_eq!(reports[7].domains, reports[10].domains);
    assert_ne!(reports[7].domains, reports[15].domains);
}
