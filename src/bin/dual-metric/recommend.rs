//! `dual-metric recommend`.

use std::path::{Path, PathBuf};

use dual_metric::error::{Error, Result};
use dual_metric::recommend::{Because, DomainAdvice, RatedItem, Reason};
use dual_metric::recommender::Trained;
use dual_metric::{model_file, recommend};
use serde_json::json;

use crate::arguments::Recommend;
use crate::files;
use crate::output;

/// Loads a model and recommends.
pub fn run(options: &Recommend) -> Result<()> {
    let path = file(&options.model);
    let name = path.display().to_string();
    let trained = model_file::read(&name, &files::bytes(&path)?)?;
    let names: Vec<&str> = trained.world.domains.iter().map(|domain| domain.name.as_str()).collect();
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
    let Some((known_in, user)) = recommend::find_id(&trained, &options.user) else {
        return Err(Error::Unknown { kind: "user", id: options.user.clone(), place: "any domain".into() });
    };
    let advice = recommend::for_user(&trained, known_in, user, options.top)?;
    let advice = &advice.domains[domain];
    let why = options.why.then(|| {
        let mut items = vec![Vec::new(); names.len()];
        items[domain] = advice.next.iter().map(|item| item.item).collect();
        recommend::why(&trained, known_in, user, &items)
    });
    if options.json {
        let mut printed = json!(advice);
        if let Some(why) = &why {
            printed["why"] = json!({ "items": why.domains[domain], "silent": why.silent });
        }
        output::line(printed);
        return Ok(());
    }
    if let Some(remark) = remark(&trained, advice, &options.user, domain) {
        output::line(remark);
    }
    if let Some(silent) = why.as_ref().and_then(|why| why.silent.as_ref()) {
        output::line(silent);
    }
    output::show(table(advice, why.as_ref().map_or(&[], |why| &why.domains[domain])));
    Ok(())
}

/// The reasons for an item, as a line below it.
fn reasons(because: &Because) -> String {
    if because.reasons.is_empty() {
        return "             no single rating of theirs lowers it noticeably\n".into();
    }
    let reason = |reason: &Reason| format!("{} ({})", reason.title, short(reason.rating));
    let all: Vec<String> = because.reasons.iter().map(reason).collect();
    format!("             because of {}: {:.2} lower without\n", all.join(" and "), because.together)
}

/// The file of a model: the folder's, of which one of before may be all that there is, or the one that is named.
fn file(model: &Path) -> PathBuf {
    if model.is_file() {
        return model.to_owned();
    }
    let former = model.join(model_file::FORMER_NAME);
    let now = model.join(model_file::NAME);
    if former.is_file() && !now.exists() { former } else { now }
}

/// Where the list comes from, if not from the person's ratings in the domain; why there is none.
fn remark(trained: &Trained, advice: &DomainAdvice, user: &str, domain: usize) -> Option<String> {
    let name = |d: usize| trained.world.domains[d].name.as_str();
    let here = name(domain);
    if let Some(&from) = advice.way.first() {
        let way: Vec<&str> = advice.way.iter().copied().map(name).collect();
        let by = if way.len() > 2 { format!(", by way of {}", way.join(" → ")) } else { String::new() };
        let through = if by_map(trained) { "through the map " } else { "" };
        return Some(format!("{user} has no ratings in {here}: predicted {through}from {}{by}", name(from)));
    }
    (advice.next.is_empty() && advice.user.is_none())
        .then(|| format!("{user} is not known in {here}, and {} says nothing of them there", trained.name))
}

/// Whether the model has a map that people go through.
fn by_map(trained: &Trained) -> bool {
    dual_metric::peers::find(trained.name).is_ok_and(|entry| entry.capabilities.has_map)
}

/// A line an item: rank, rating, and where there are chances, where it is likely to lie and how likely it is a high one. Where
/// reasons are asked for they are a line below it.
fn table(advice: &DomainAdvice, why: &[Because]) -> String {
    let mut text = String::new();
    let has_chances = advice.next.iter().any(|item| item.likely.is_some());
    if has_chances {
        let high = advice.high.map_or_else(String::new, |high| format!("{} or more", short(high)));
        text += &format!("{:>11}  {:<10}  {high:<12}  title\n", "rating", "likely");
    }
    for (rank, item) in advice.next.iter().enumerate() {
        text += &format!("{:>3}  {:>6.2}", rank + 1, item.rating);
        if has_chances {
            text += &chances(item);
        }
        text += &format!("  {}\n", item.title);
        text += &why.get(rank).map_or_else(String::new, reasons);
    }
    text
}

fn chances(item: &RatedItem) -> String {
    let likely = item.likely.map_or_else(String::new, |[low, high]| match low == high {
        true => short(low),
        false => format!("{} to {}", short(low), short(high)),
    });
    let chance = item.chance.map_or_else(String::new, |chance| format!("{:.0} %", 100.0 * chance));
    format!("  {likely:<10}  {chance:<12}")
}

/// A rating with two decimals at the most.
fn short(rating: f32) -> String {
    let text = format!("{rating:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
