//! The one seam of policies: what every policy is, what a kind of decision adds, and the slot that holds one.

use super::kind::{Kind, PolicyKind, for_kind};
use super::parameter::{Parameter, PolicyError};
use super::spec::Choice;
use crate::record::notes::PluginNotes;
use crate::scenario::Scenario;
use crate::scenario::loaded::Schedule;
use bevy_ecs::prelude::Resource;

/// What every policy has, of whatever kind, built in or plugin.
pub trait Policy: Send + Sync {
    /// The name users give.
    fn name(&self) -> &str;

    /// Do its orders depend on nothing but the sessions and limits of the moment? Then it can be asked whenever these change,
    /// and not only when a control interval begins.
    fn is_memoryless(&self) -> bool {
        false
    }

    /// The run is over.
    ///
    /// # Errors
    /// What went wrong.
    fn finish(&mut self) -> Result<(), String> {
        Ok(())
    }

    /// What the sandbox noted, when this is a plugin.
    fn notes(&self) -> Option<PluginNotes> {
        None
    }
}

/// A kind of decision: what is seen and ordered, where a scenario chooses, and which policies are built in.
pub trait Decision: Kind {
    /// What the policy sees.
    type View<'a>;
    /// What it decides.
    type Orders: PartialEq;

    /// What a scenario chose; nothing where it has no table for it.
    fn choice(scenario: &Scenario) -> Option<&Choice<Self>>;

    /// Does a scenario ever ask for this decision?
    fn is_asked(scenario: &Scenario) -> bool;

    /// The built-in policies.
    fn built_in() -> Vec<BuiltIn>;

    /// A built-in policy as chosen. `schedule`: the rows of the choice's file, if it names one.
    ///
    /// # Errors
    /// When there is none of this name, a parameter is wrong, or a file is missing.
    fn make(choice: &Choice<Self>, schedule: Option<&Schedule>) -> Result<Box<dyn Decide<Self>>, PolicyError>;
}

/// A policy of a kind.
pub trait Decide<K: Decision>: Policy {
    /// Orders for what the view shows. What cannot be carried out is cut or refused afterwards.
    ///
    /// # Errors
    /// What went wrong; the run then ends.
    fn decide(&mut self, view: &K::View<'_>) -> Result<K::Orders, String>;
}

/// A built-in policy, as lists show it.
#[derive(Debug, Clone, Copy)]
pub struct BuiltIn {
    /// The name users give.
    pub name: &'static str,
    /// What pages call it.
    #[cfg_attr(private_rooms, allow(dead_code, reason = "a test makes the pages' list of it"))]
    pub label: &'static str,
    /// What it does, in one sentence.
    pub about: &'static str,
    /// Its parameters.
    pub parameters: &'static [Parameter],
    /// Does it need a file beside its name?
    pub needs_file: bool,
    /// Is it one that others are measured against only?
    pub is_floor: bool,
}

impl BuiltIn {
    /// One that needs no file.
    #[must_use]
    pub const fn new(
        name: &'static str,
        label: &'static str,
        about: &'static str,
        parameters: &'static [Parameter],
    ) -> Self {
        Self { name, label, about, parameters, needs_file: false, is_floor: false }
    }
}

/// Values of the parameters of a built-in policy, by their order in `known`.
///
/// # Errors
/// When there is no such policy, or a parameter is wrong.
pub fn chosen<K: Decision>(known: &[BuiltIn], choice: &Choice<K>) -> Result<Vec<f64>, PolicyError> {
    let Some(policy) = known.iter().find(|policy| policy.name == choice.name) else {
        return Err(unknown(K::KIND, &choice.name, K::built_in().into_iter().map(|policy| policy.name)));
    };
    super::parameter::parameters(policy.name, policy.parameters, &choice.params)
}

/// No built-in policy of a kind has this name.
pub(super) fn unknown(kind: PolicyKind, name: &str, known: impl Iterator<Item = &'static str>) -> PolicyError {
    PolicyError::Unknown { kind: kind.word(), name: name.to_owned(), known: known.collect() }
}

/// Does a scenario ever ask a policy of this kind?
#[must_use]
pub fn is_asked(kind: PolicyKind, scenario: &Scenario) -> bool {
    for_kind!(kind, K => K::is_asked(scenario))
}

/// The built-in policies of a kind.
#[must_use]
pub fn built_in(kind: PolicyKind) -> Vec<BuiltIn> {
    for_kind!(kind, K => K::built_in())
}

/// Names of the built-in policies of a kind that need nothing but their name.
#[must_use]
pub fn names(kind: PolicyKind) -> Vec<&'static str> {
    built_in(kind).into_iter().filter(|policy| !policy.needs_file).map(|policy| policy.name).collect()
}

/// Those of them that mean to be good.
#[must_use]
pub fn serious_names(kind: PolicyKind) -> Vec<&'static str> {
    let serious = built_in(kind).into_iter().filter(|policy| !policy.needs_file && !policy.is_floor);
    serious.map(|policy| policy.name).collect()
}

/// The policy of a kind in a run.
#[derive(Resource)]
pub struct PolicySlot<K: Decision>(pub Box<dyn Decide<K>>);

impl<K: Decision> std::fmt::Debug for PolicySlot<K> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "PolicySlot<{}>({})", K::KIND, self.0.name())
    }
}
