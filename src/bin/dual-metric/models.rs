//! `dual-metric models`.

use dual_metric::peers::MODELS;
use serde_json::json;

use crate::arguments::Models;
use crate::output;

/// Lists the models with what they can do.
pub fn run(options: &Models) {
    if options.json {
        let all = MODELS.iter().map(|entry| {
            json!({
                "name": entry.name,
                "description": entry.description,
                "source": entry.source,
                "capabilities": entry.capabilities,
            })
        });
        output::line(json!(all.collect::<Vec<_>>()));
        return;
    }
    let width = MODELS.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    for entry in MODELS {
        output::line(format_args!("{:width$}  {}", entry.name, entry.description));
        output::line(format_args!("{:width$}  {}", "", entry.source));
    }
}
