//! `dual-metric settings`.

use dual_metric::error::{Error, Result};
use dual_metric::settings::{Config, FIELDS};
use serde_json::{Map, Value, json};

use crate::arguments::Settings;
use crate::output;

/// Lists all settings by group, with what they may be and their values in both presets.
pub fn run(options: &Settings) -> Result<()> {
    let (robust, paper) = (Config::default().values()?, Config::paper().values()?);
    if options.json {
        let all = FIELDS.iter().map(|field| {
            let mut entry = serde_json::to_value(field)?;
            entry["presets"] = json!({ "robust": robust[field.name], "paper": paper[field.name] });
            Ok(entry)
        });
        let all: Vec<Value> = all
            .collect::<serde_json::Result<_>>()
            .map_err(|error| Error::setting("--json", error.to_string()))?;
        output::line(json!(all));
        return Ok(());
    }
    output::show(listed(&robust, &paper));
    Ok(())
}

fn listed(robust: &Map<String, Value>, paper: &Map<String, Value>) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), String::from);
    let rows: Vec<[String; 3]> = FIELDS
        .iter()
        .map(|field| [field.name.into(), text(&robust[field.name]), text(&paper[field.name])])
        .collect();
    let [a, b, c] = [0, 1, 2].map(|column| rows.iter().map(|row| row[column].len()).max().unwrap_or(0));
    let mut lines = vec![format!("  {:a$}  {:b$}  {:c$}  what it may be", "name", "robust", "paper")];
    let mut group = "";
    for (field, [name, robust, paper]) in FIELDS.iter().zip(&rows) {
        if field.group != group {
            group = field.group;
            lines.push(format!("\n{group}\n"));
        }
        lines.push(format!("  {name:a$}  {robust:b$}  {paper:c$}  {}", field.allowed()));
        lines.push(format!("      {}: {}", field.label, field.help));
    }
    lines.push("\nSet one with `train --set name=value`, many with `train --config FILE.json`.\n".into());
    lines.join("\n")
}
