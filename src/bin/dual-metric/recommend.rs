//! `dual-metric recommend`.

use dual_metric::error::{Error, Result};
use dual_metric::{model_file, recommend};
use serde_json::json;

use crate::arguments::Recommend;
use crate::files;

/// Loads a model and recommends.
pub fn run(options: &Recommend) -> Result<()> {
    let path = options.model.join("model.json");
    let name = path.display().to_string();
    let text = String::from_utf8(files::bytes(&path)?).map_err(|error| {
        Error::file(&name, error.to_string(), "Write the model again with dual-metric train --out")
    })?;
    let (world, model) = model_file::read(&name, &text)?;
    let names: Vec<&str> = world.domains.iter().map(|domain| domain.name.as_str()).collect();
    // A letter stands for the place of a domain, unless one is called so.
    let by_letter = || {
        ('a'..='z')
            .take(names.len())
            .position(|letter| options.domain.eq_ignore_ascii_case(&letter.to_string()))
    };
    let Some(domain) = names.iter().position(|name| *name == options.domain).or_else(by_letter) else {
        let place = format!("{name}, whose domains are {}", names.join(", "));
        return Err(Error::Unknown { kind: "domain", id: options.domain.clone(), place });
    };
    let Some(advice) = recommend::for_id(&world, &model, &options.user, options.top) else {
        return Err(Error::Unknown { kind: "user", id: options.user.clone(), place: "any domain".into() });
    };
    let advice = &advice.domains[domain];
    if options.json {
        println!("{}", json!(advice));
        return Ok(());
    }
    if advice.via_map {
        let way: Vec<&str> = advice.way.iter().map(|&d| names[d]).collect();
        let by = if way.len() > 2 { format!(", by way of {}", way.join(" → ")) } else { String::new() };
        println!("{} has no ratings in {}: predicted through the map{by}", options.user, names[domain]);
    } else if advice.next.is_empty() {
        println!(
            "{} is not known in {}, and nothing leads there from where they are known",
            options.user, names[domain]
        );
    }
    for (rank, item) in advice.next.iter().enumerate() {
        println!("{:>3}  {:.2}  {}", rank + 1, item.rating, item.title);
    }
    Ok(())
}
