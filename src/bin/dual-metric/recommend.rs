//! `dual-metric recommend`.

use dual_metric::error::{Error, Result};
use dual_metric::{model_file, recommend};
use serde_json::json;

use crate::arguments::{DomainName, Recommend};
use crate::files;

/// Loads a model and recommends.
pub fn run(options: &Recommend) -> Result<()> {
    let path = options.model.join("model.json");
    let name = path.display().to_string();
    let text = String::from_utf8(files::bytes(&path)?).map_err(|error| {
        Error::file(&name, error.to_string(), "Write the model again with dual-metric train --out")
    })?;
    let (world, model) = model_file::read(&name, &text)?;
    let domain = match options.domain {
        DomainName::A => 0,
        DomainName::B => 1,
    };
    if domain >= world.domains.len() {
        return Err(Error::file(&name, "this model has one domain, a", "Ask for --domain a"));
    }
    let Some(advice) = recommend::for_id(&world, &model, &options.user, options.top) else {
        return Err(Error::Unknown { kind: "user", id: options.user.clone(), place: "either domain".into() });
    };
    let advice = &advice.domains[domain];
    if options.json {
        println!("{}", json!(advice));
        return Ok(());
    }
    if advice.via_map {
        println!(
            "{} has no ratings in {}: predicted through the map",
            options.user, world.domains[domain].name
        );
    }
    for (rank, item) in advice.next.iter().enumerate() {
        println!("{:>3}  {:.2}  {}", rank + 1, item.rating, item.title);
    }
    Ok(())
}
