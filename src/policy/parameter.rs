//! Parameters of policies by name, and why a named policy cannot be had.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Why a named policy cannot be had.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// No built-in policy has this name.
    #[error("there is no built-in {kind} policy `{name}`")]
    Unknown {
        /// Dispatch or charging.
        kind: &'static str,
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<&'static str>,
    },
    /// A schedule without its file.
    #[error("the policy `schedule` needs a file: csv = \"schedule.csv\"")]
    NoSchedule,
    /// The policy has no such parameter.
    #[error("`{policy}` has no parameter `{name}`")]
    Parameter {
        /// The policy.
        policy: String,
        /// What was given.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A parameter is out of its bounds.
    #[error("parameter `{name}` is {value}, not between {least} and {most}")]
    Bounds {
        /// The parameter.
        name: String,
        /// What was given.
        value: f64,
        /// Lowest allowed.
        least: f64,
        /// Highest allowed.
        most: f64,
    },
    /// A parameter counts something, or says yes or no.
    #[error("parameter `{name}` is {value}, not a whole number")]
    Whole {
        /// The parameter.
        name: String,
        /// What was given.
        value: f64,
    },
}

impl PolicyError {
    /// How to fix it.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        use crate::document::problem::nearest;
        match self {
            Self::Unknown { name, .. } if name.contains(['/', '\\', '.']) => {
                Some("a plugin is named by its built file, which ends in .wasm".to_owned())
            }
            Self::Unknown { name, known, .. } => nearest(name, known.iter().copied()),
            Self::Parameter { name, known, .. } => nearest(name, known.iter().map(String::as_str)),
            Self::Bounds { .. } | Self::Whole { .. } | Self::NoSchedule => None,
        }
    }
}

/// A parameter of a policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name, with the unit.
    pub name: Cow<'static, str>,
    /// Used when it is not given.
    pub default: f64,
    /// Bounds, both allowed.
    pub bounds: (f64, f64),
    /// Its unit, or empty.
    pub unit: Cow<'static, str>,
    /// One sentence.
    pub help: Cow<'static, str>,
    /// Is it a count, or yes (1) or no (0)?
    pub is_whole: bool,
}

impl Parameter {
    /// A quantity of a built-in policy.
    pub const fn new(name: &'static str, default: f64, bounds: (f64, f64)) -> Self {
        let (unit, help) = (Cow::Borrowed(""), Cow::Borrowed(""));
        Self { name: Cow::Borrowed(name), default, bounds, unit, help, is_whole: false }
    }
}

/// Values for `known` in their order, from what the user gave.
///
/// # Errors
/// When there is no such parameter, or a value is out of bounds.
pub fn parameters(policy: &str, known: &[Parameter], given: &BTreeMap<String, f64>) -> Result<Vec<f64>, PolicyError> {
    if let Some(name) = given.keys().find(|name| known.iter().all(|parameter| parameter.name != name.as_str())) {
        let known = known.iter().map(|parameter| parameter.name.clone().into_owned()).collect();
        return Err(PolicyError::Parameter { policy: policy.to_owned(), name: name.clone(), known });
    }
    let value = |parameter: &Parameter| {
        let name = parameter.name.clone().into_owned();
        let value = given.get(&name).copied().unwrap_or(parameter.default);
        let (least, most) = parameter.bounds;
        if !(least..=most).contains(&value) {
            return Err(PolicyError::Bounds { name, value, least, most });
        }
        if parameter.is_whole && value.fract() != 0.0 {
            return Err(PolicyError::Whole { name, value });
        }
        Ok(value)
    };
    known.iter().map(value).collect()
}
