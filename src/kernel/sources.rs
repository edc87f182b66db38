//! Where the numbers of a table come from.

use std::collections::BTreeMap;

/// Field name to key of `[source]`. The key `default` stands for every number that is not named.
pub type Sources = BTreeMap<String, String>;
