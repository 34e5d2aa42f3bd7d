//! Recommendations as a model from a file gives them.

use dual_metric::recommend::Advice;

/// Advice without the categories of items: a model's file keeps titles and not the tables that they come from.
pub fn without_categories(mut advice: Advice) -> Advice {
    let items = advice.domains.iter_mut().flat_map(|domain| domain.rated.iter_mut().chain(&mut domain.next));
    items.for_each(|item| item.about.clear());
    advice
}
