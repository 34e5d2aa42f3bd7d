//! A measurement on WebGPU that crashes, against the same one without a crash.

use std::sync::Arc;

use dual_metric::engine::{Device, DeviceKind};
use dual_metric::lab::{Report, Study, TransferStudy};
use dual_metric::settings::{Config, UpdatedRows};

use crate::worlds;

/// That a crash after every step changes no figure.
pub async fn change_nothing(device: &Device) {
    for updated_rows in [UpdatedRows::Touched, UpdatedRows::All] {
        let config = Config { model: "dml".into(), epochs: 3, updated_rows, ..Config::robust() };
        let (expected, _) = measured(device, &config, None).await;
        let (report, crashes) = measured(device, &config, Some(1)).await;
        assert!(crashes > 9, "{crashes}");
        assert_eq!(report, expected);
    }
}

/// A measurement on the card, with a crash after every so many steps; what it comes to without seconds, and how many crashes
/// there were.
async fn measured(device: &Device, config: &Config, every: Option<usize>) -> (Report, usize) {
    let world = Arc::new(worlds::small_world());
    let config = config.clone().check().unwrap();
    let transfer = TransferStudy::Measured;
    let mut study =
        Study::new(world.clone(), config.clone(), device.clone(), transfer, vec![]).await.unwrap();
    let (mut steps, mut crashes, mut reached) = (0, 0, 0.0);
    while !study.is_done() {
        study.advance(&mut |_| ()).await.unwrap();
        assert!(study.is_done() || study.device() == DeviceKind::WebGpu);
        steps += 1;
        if every.is_none_or(|every| steps % every != 0) {
            continue;
        }
        let Some(bytes) = study.checkpoint().await.unwrap() else { continue };
        let (world, config) = (world.clone(), config.clone());
        let again = Study::resume(world, config, device.clone(), transfer, vec![], &bytes).await;
        let (again, _) = again.unwrap();
        if again.fraction() > reached {
            (reached, crashes, study) = (again.fraction(), crashes + 1, again);
        }
    }
    let mut report = study.report().unwrap().clone();
    report.kept.iter_mut().for_each(|kept| kept.seconds = 0.0);
    (report, crashes)
}
