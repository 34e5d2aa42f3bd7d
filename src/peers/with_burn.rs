//! The models that train with burn's automatic differentiation, in the list of every build: one without burn, as the page's
//! first module is, names them and says what they can do, and refuses to train them.

use crate::recommender::{Capabilities, Entry};

/// All of them.
pub(super) const ENTRIES: [&Entry; 6] = [&CML, &CCCFNET, &CDFM, &CONET, &PTUPCDR, &BITGCF];

/// What the file of a model begins, where this build has it.
macro_rules! begin {
    ($model:ident, $assignment:ident) => {{
        #[cfg(feature = "reference")]
        return super::$model::fit($assignment);
        #[cfg(not(feature = "reference"))]
        return refused(&$assignment.config.model);
    }};
}

/// What makes the model of a file again, where this build has it.
macro_rules! load {
    ($model:ident, $parts:ident) => {{
        #[cfg(feature = "reference")]
        return super::$model::load($parts);
        #[cfg(not(feature = "reference"))]
        return not_read($parts);
    }};
}

/// The words of `cml.rs`.
pub const CML: Entry = Entry {
    name: "cml",
    description: "Collaborative metric learning: people lie near what they like, each domain on its own",
    source: "Hsieh et al., Collaborative Metric Learning (WWW 2017)",
    capabilities: Capabilities::NONE,
    reads: &["dimension", "batch"],
    begin: |assignment| begin!(cml, assignment),
    load: |parts| load!(cml, parts),
};

/// The words of `cccfnet.rs`.
pub const CCCFNET: Entry = Entry {
    name: "cccfnet",
    description: "Factors and towers over content, with one person in all domains",
    source: "Lian et al., CCCFNet (WWW 2017 companion)",
    capabilities: Capabilities { crosses: true, cold_users: true, features: true, ..Capabilities::NONE },
    reads: &["learning_rate", "row_l2", "dimension", "embedding_deviation", "batch"],
    begin: |assignment| begin!(cccfnet, assignment),
    load: |parts| load!(cccfnet, parts),
};

/// The words of `cdfm.rs`.
pub const CDFM: Entry = Entry {
    name: "cdfm",
    description: "A factorisation machine for each domain that sees what a person rated elsewhere",
    source: "Loni et al., Cross-Domain Collaborative Filtering with Factorization Machines (ECIR 2014)",
    capabilities: Capabilities { crosses: true, cold_users: true, ..Capabilities::NONE },
    reads: &["learning_rate", "row_l2", "dimension", "embedding_deviation", "batch"],
    begin: |assignment| begin!(cdfm, assignment),
    load: |parts| load!(cdfm, parts),
};

/// The words of `conet.rs`.
pub const CONET: Entry = Entry {
    name: "conet",
    description: "A tower for each domain, with cross connections between their units",
    source: "Hu, Zhang and Yang, CoNet: Collaborative Cross Networks (CIKM 2018)",
    capabilities: Capabilities { crosses: true, cold_users: true, ..Capabilities::NONE },
    reads: &["learning_rate", "row_l2", "dimension", "weight_decay", "batch"],
    begin: |assignment| begin!(conet, assignment),
    load: |parts| load!(conet, parts),
};

/// The words of `ptupcdr.rs`.
pub const PTUPCDR: Entry = Entry {
    name: "ptupcdr",
    description: "Factors, and for each person a bridge of their own to the other domain",
    source: "Zhu et al., Personalized Transfer of User Preferences (WSDM 2022)",
    capabilities: Capabilities { crosses: true, cold_users: true, ..Capabilities::NONE },
    reads: &["learning_rate", "row_l2", "dimension", "weight_decay", "embedding_deviation", "batch"],
    begin: |assignment| begin!(ptupcdr, assignment),
    load: |parts| load!(ptupcdr, parts),
};

/// The words of `bitgcf.rs`.
pub const BITGCF: Entry = Entry {
    name: "bitgcf",
    description: "Vectors spread over the graph of ratings, and exchanged between domains after each layer",
    source: "Liu et al., Bi-directional Transfer Graph Collaborative Filtering Networks (CIKM 2020)",
    capabilities: Capabilities { crosses: true, cold_users: true, ..Capabilities::NONE },
    reads: &["learning_rate", "row_l2", "dimension", "embedding_deviation", "batch"],
    begin: |assignment| begin!(bitgcf, assignment),
    load: |parts| load!(bitgcf, parts),
};

/// What a build without burn says instead of training.
#[cfg(not(feature = "reference"))]
fn refused(model: &str) -> crate::recommender::Work<'static, Box<dyn crate::recommender::Fit>> {
    let what = format!(
        "this program is built without burn, which {model} trains with; use another model, or the command line"
    );
    Box::pin(async move { Err(crate::error::Error::setting("model", what)) })
}

/// What a build without burn says of a saved model.
#[cfg(not(feature = "reference"))]
fn not_read(
    _: &mut crate::recommender::saved::Parts,
) -> crate::recommender::saved::Checked<std::sync::Arc<dyn crate::recommender::Recommender>> {
    Err("this program is built without burn, which this model is trained with; open it on the command line"
        .into())
}

#[cfg(all(test, not(feature = "reference")))]
mod tests {
    use super::*;
    use crate::data::sample;
    use crate::engine::Device;
    use crate::recommender::{Assignment, Stopping};
    use crate::settings::Config;
    use crate::split::{Split, Training};

    #[test]
    fn without_burn_each_of_them_is_refused_in_a_line() {
        let world = std::sync::Arc::new(sample(5).world);
        for entry in ENTRIES {
            let config = Config { model: entry.name.into(), ..Config::robust() }.check().unwrap();
            let split = std::sync::Arc::new(Split::new(&world, &config).unwrap());
            let training = Training::new(world.clone(), split);
            let watched = vec![Vec::new()];
            let assignment =
                Assignment { training, config, device: Device::cpu(), watched, stopping: Stopping::Own };
            let message = pollster::block_on((entry.begin)(assignment)).err().unwrap().to_string();
            assert!(message.starts_with("setting model: this program is built without burn"), "{message}");
        }
    }
}
