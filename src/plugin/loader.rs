//! From the bytes of a file to a plugin that can be started: core modules become components, imports and exports are
//! checked by name, the guest says what it is.

use super::bindings::GuestIndices;
use super::bindings::exports::portvolt::policy::policy as wit;
use super::call::Callee;
use super::compile::{Budget, NotCompiled, compile};
use super::engine::engine;
use super::error::{PluginError, Refusal};
use super::host;
use super::kind::{self, PluginKind};
use super::text::plain;
use super::{INTERFACE, INTERFACE_VERSION, cache};
use crate::policy::kind::PolicyKind;
use crate::policy::parameter::{Parameter, PolicyError, parameters};
use crate::scenario::plugin_file::PluginFile;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker};

/// Plugins up to this size compile in a second or two: those without an interpreter inside.
pub const TYPICAL_COMPONENT_BYTES: usize = 4 << 20;

const PACKAGE: &str = "portvolt:policy/";
const POLICY: &str = "portvolt:policy/policy";
const NAME_LIMIT: usize = 64;
/// A longer word is no version.
const VERSION_BYTES: usize = 16;
const PARAMETERS_LIMIT: usize = 64;
/// Bytes that are shown of any other text of a guest.
const TEXT_BYTES: usize = 1_000;

/// What a plugin says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// Its name, which results carry.
    pub name: String,
    /// Its version.
    pub version: String,
    /// One sentence.
    pub help: String,
    /// What users may set.
    pub parameters: Vec<Parameter>,
}

/// A plugin that is compiled and checked. Cheap to share between threads; each run starts its own instance.
pub struct Plugin<K: PluginKind> {
    /// The file, as the user named it.
    pub file: String,
    /// blake3 of the file.
    pub hash: String,
    /// What it says of itself.
    pub description: Description,
    pub(super) callee: Callee<K>,
}

impl<K: PluginKind> std::fmt::Debug for Plugin<K> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Plugin")
            .field("file", &self.file)
            .field("description", &self.description)
            .finish_non_exhaustive()
    }
}

impl<K: PluginKind> Plugin<K> {
    /// Compiles (or finds compiled), checks and describes a plugin.
    ///
    /// # Errors
    /// Why the file is no plugin of this kind.
    pub fn load(file: &PluginFile) -> Result<Arc<Self>, PluginError> {
        let refuse = |why| PluginError::Refused { file: file.path.clone(), why };
        let component = component(&file.bytes, K::KIND).map_err(refuse)?;
        let wants = check_imports(&component, K::KIND).and_then(|wants| check_exports(&component).map(|()| wants));
        let wants = wants.map_err(refuse)?;
        let types = |error: wasmtime::Error| refuse(Refusal::Types(plain(&format!("{error:#}"), TEXT_BYTES)));
        let mut linker = Linker::new(engine());
        host::link(&mut linker).and_then(|()| kind::link::<K>(&mut linker)).map_err(types)?;
        let pre = linker.instantiate_pre(&component).map_err(types)?;
        let indices = GuestIndices::new(&pre).map_err(types)?;
        let (name, version) = (stem(&file.path), "?".to_owned());
        let mut callee = Callee { name, version, pre, indices, wants };
        let description = understand(callee.describe()?).map_err(|what| refuse(Refusal::Description(what)))?;
        (callee.name, callee.version) = (description.name.clone(), description.version.clone());
        Ok(Arc::new(Self { file: file.path.clone(), hash: file.hash.clone(), description, callee }))
    }

    /// Values of its parameters in their order, from what the user gave.
    ///
    /// # Errors
    /// When there is no such parameter, or a value is out of bounds.
    pub fn parameters(&self, given: &BTreeMap<String, f64>) -> Result<Vec<f64>, PolicyError> {
        parameters(&self.description.name, &self.description.parameters, given)
    }
}

/// The name of a file without folder and ending.
fn stem(path: &str) -> String {
    std::path::Path::new(path).file_stem().map_or_else(|| path.to_owned(), |stem| stem.to_string_lossy().into_owned())
}

/// The kind of policy that a file is for, by what it imports; `None` when it imports nothing of either.
///
/// # Errors
/// When it is no WebAssembly.
pub fn kind_of(bytes: &[u8]) -> Result<Option<PolicyKind>, Refusal> {
    let component = component(bytes, PolicyKind::Dispatch)?;
    let whole = component.component_type();
    let mut kinds = whole.imports(engine()).filter_map(|(import, _)| kind_of_interface(import.strip_prefix(PACKAGE)?));
    Ok(kinds.next())
}

/// The kind whose views and orders this interface is of.
fn kind_of_interface(interface: &str) -> Option<PolicyKind> {
    PolicyKind::ALL.iter().copied().find(|kind| interface.starts_with(&format!("{kind}-")))
}

/// The kind of a core module that carries no type of its world: its names stand nowhere but in its imports.
fn kind_of_untyped(bytes: &[u8]) -> Option<PolicyKind> {
    let has = |kind: &PolicyKind| {
        let prefix = format!("{PACKAGE}{kind}-");
        bytes.windows(prefix.len()).any(|window| window == prefix.as_bytes())
    };
    PolicyKind::ALL.iter().copied().find(has)
}

/// Imports and exports of a file, whatever it is: names of interfaces with their functions.
///
/// # Errors
/// When it is no WebAssembly.
pub fn inspect(bytes: &[u8], kind: PolicyKind) -> Result<(Vec<String>, Vec<String>), Refusal> {
    let component = component(bytes, kind)?;
    let list = |name: &str, item: ComponentItem| match item {
        ComponentItem::ComponentInstance(instance) => {
            let inner = instance.exports(engine());
            let functions = inner.filter(|(_, item)| matches!(item.ty, ComponentItem::ComponentFunc(_)));
            functions.map(|(function, _)| plain(&format!("{name} {function}"), TEXT_BYTES)).collect()
        }
        _ => vec![plain(name, TEXT_BYTES)],
    };
    let whole = component.component_type();
    let imports = whole.imports(engine()).flat_map(|(name, item)| list(name, item.ty)).collect();
    let exports = whole.exports(engine()).flat_map(|(name, item)| list(name, item.ty)).collect();
    Ok((imports, exports))
}

/// The compiled component of a file.
fn component(bytes: &[u8], kind: PolicyKind) -> Result<Component, Refusal> {
    let limit = PluginFile::BYTES_LIMIT;
    if bytes.len() as u64 > limit {
        return Err(Refusal::Size { mib: bytes.len() as u64 >> 20, limit_mib: limit >> 20 });
    }
    let Some(head) = bytes.get(..8).filter(|head| head.starts_with(b"\0asm")) else {
        let first = bytes[..bytes.len().min(8)].escape_ascii();
        return Err(Refusal::NotWasm(if bytes.is_empty() { "nothing".to_owned() } else { format!("`{first}`") }));
    };
    let is_core = head[6..8] == [0, 0];
    let kind = if is_core { kind_of_untyped(bytes).unwrap_or(kind) } else { kind };
    let mut hasher = blake3::Hasher::new();
    hasher.update(bytes);
    if is_core {
        // What a core module becomes depends on the interface too, and on its kind where it does not say that itself.
        hasher.update(INTERFACE.as_bytes()).update(if is_typed(bytes) { b"" } else { kind.word().as_bytes() });
    }
    let compile = || {
        let encoded = if is_core { Some(encode(bytes, kind)?) } else { None };
        compile(encoded.as_deref().unwrap_or(bytes)).map_err(|why| match why {
            NotCompiled::Broken(error) => Refusal::Broken(plain(&error, TEXT_BYTES)),
            NotCompiled::Budget(Budget { cpu_s, memory_bytes, .. }) => {
                Refusal::Budget { cpu_s, memory_mib: memory_bytes >> 20 }
            }
        })
    };
    cache::compiled(hasher.finalize().to_hex().as_str(), compile)
}

/// Does a core module carry the type of its world?
fn is_typed(bytes: &[u8]) -> bool {
    bytes.windows(14).any(|window| window == b"component-type")
}

/// Our interface under the version that a core module names: a later one of 0.1 only adds, as with a component, which says so
/// by its types.
fn interface_of(bytes: &[u8]) -> String {
    let prefix = format!("{POLICY}@");
    let place = bytes.windows(prefix.len()).position(|window| window == prefix.as_bytes());
    let after = place.map_or(&[][..], |place| &bytes[place + prefix.len()..]);
    let length = after.iter().take(VERSION_BYTES).take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let version = std::str::from_utf8(&after[..length]).unwrap_or_default();
    let is_known = check_version(POLICY, version).is_ok();
    let package = |version: &str| format!("package portvolt:policy@{version};");
    if is_known { INTERFACE.replace(&package(INTERFACE_VERSION), &package(version)) } else { INTERFACE.to_owned() }
}

/// A component from a core module, so that authors need no tool but their compiler. A module that carries no type of
/// its world (written by hand) is given that of what it imports, else of `kind`.
fn encode(bytes: &[u8], kind: PolicyKind) -> Result<Vec<u8>, Refusal> {
    let core = |error: String| Refusal::Core(plain(&error, TEXT_BYTES));
    let mut module = bytes.to_vec();
    if !is_typed(bytes) {
        let mut resolve = wit_parser::Resolve::default();
        let package = resolve.push_str("policy.wit", &interface_of(bytes)).map_err(|error| core(error.to_string()))?;
        let world = resolve.select_world(&[package], Some(kind.word())).map_err(|error| core(error.to_string()))?;
        let encoding = wit_component::StringEncoding::UTF8;
        wit_component::embed_component_metadata(&mut module, &resolve, world, encoding)
            .map_err(|error| core(format!("{error:#}")))?;
    }
    // The encoder trusts the lengths in a type section; a damaged one makes it panic.
    let encode = || {
        let encoder = wit_component::ComponentEncoder::default().validate(true).module(&module);
        encoder.and_then(|mut encoder| encoder.encode()).map_err(|error| format!("{error:#}"))
    };
    let encoded = std::panic::catch_unwind(encode);
    encoded.unwrap_or_else(|_| Err("its component type section is damaged".to_owned())).map_err(core)
}

/// All functions of our interface, by the names of their interfaces.
fn functions() -> &'static BTreeMap<String, BTreeSet<String>> {
    static FUNCTIONS: OnceLock<BTreeMap<String, BTreeSet<String>>> = OnceLock::new();
    FUNCTIONS.get_or_init(|| {
        let mut resolve = wit_parser::Resolve::default();
        resolve.push_str("policy.wit", INTERFACE).expect("our own interface is well-formed");
        let named = resolve.interfaces.iter().filter_map(|(_, interface)| Some((interface.name.clone()?, interface)));
        named.map(|(name, interface)| (name, interface.functions.keys().cloned().collect())).collect()
    })
}

/// Only our interfaces, of our version, of this kind. Returns the functions of the view that are imported.
fn check_imports(component: &Component, kind: PolicyKind) -> Result<BTreeSet<String>, Refusal> {
    let mut wants = BTreeSet::new();
    for (import, item) in component.component_type().imports(engine()) {
        let Some((interface, version)) = import.strip_prefix(PACKAGE).map(split_version) else {
            return Err(Refusal::Foreign(plain(import, TEXT_BYTES)));
        };
        check_version(import, version)?;
        match kind_of_interface(interface) {
            Some(other) if other != kind => {
                return Err(Refusal::World { found: other, wanted: kind, import: plain(import, TEXT_BYTES) });
            }
            _ => {}
        }
        let newer = |what: String| Refusal::Newer(plain(&what, TEXT_BYTES));
        let Some(known) = functions().get(interface) else {
            return Err(newer(format!("the interface `{import}`")));
        };
        let ComponentItem::ComponentInstance(instance) = item.ty else { continue };
        let imported: Vec<&str> = instance.exports(engine()).map(|(name, _)| name).collect();
        let lacking: Vec<String> =
            imported.iter().filter(|name| !known.contains(**name)).map(|name| format!("`{name}`")).collect();
        if !lacking.is_empty() {
            return Err(newer(format!("{} of `{import}`", lacking.join(", "))));
        }
        if interface.ends_with("-view") {
            wants.extend(imported.into_iter().map(str::to_owned));
        }
    }
    Ok(wants)
}

fn check_exports(component: &Component) -> Result<(), Refusal> {
    let whole = component.component_type();
    let mut exports = whole.exports(engine()).map(|(name, _)| name.to_owned());
    let policy = exports.find(|name| split_version(name).0 == POLICY).ok_or(Refusal::NoPolicy)?;
    check_version(&policy, split_version(&policy).1)
}

fn split_version(name: &str) -> (&str, &str) {
    name.split_once('@').unwrap_or((name, ""))
}

/// The same 0.x: patch versions only add functions.
fn check_version(found: &str, version: &str) -> Result<(), Refusal> {
    let minor = |version: &str| version.rsplit_once('.').map(|split| split.0.to_owned());
    if minor(version) == minor(INTERFACE_VERSION) {
        return Ok(());
    }
    Err(Refusal::Version { found: plain(found, TEXT_BYTES), speaks: INTERFACE_VERSION })
}

/// What a guest says of itself, if it is possible.
fn understand(said: wit::Description) -> Result<Description, String> {
    let is_name = |name: &str| {
        let is_good = |c: char| c.is_ascii_alphanumeric() || "_-. ".contains(c);
        !name.trim().is_empty() && name.len() <= NAME_LIMIT && name.chars().all(is_good)
    };
    for (what, text) in [("name", &said.name), ("version", &said.version)] {
        if !is_name(text) {
            let text: String = text.chars().take(NAME_LIMIT).collect();
            return Err(format!(
                "`{}` as its {what}; up to {NAME_LIMIT} letters, digits, `_`, `-`, `.` and blanks are allowed",
                text.escape_default()
            ));
        }
    }
    if said.parameters.len() > PARAMETERS_LIMIT {
        return Err(format!("{} parameters; at most {PARAMETERS_LIMIT} are allowed", said.parameters.len()));
    }
    let parameters = said.parameters.into_iter().map(|parameter| {
        let wit::Parameter { name, kind, unit, default, least, most, help } = parameter;
        let is_toml = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_toml || name.len() > NAME_LIMIT {
            return Err(format!("a parameter `{}`; names have letters, digits and `_`", name.escape_default()));
        }
        if !(least <= default && default <= most) {
            return Err(format!("the parameter `{name}` a default of {default}, not between {least} and {most}"));
        }
        let is_whole = kind != 0;
        if is_whole && default.fract() != 0.0 {
            return Err(format!("the whole number `{name}` a default of {default}"));
        }
        Ok(Parameter {
            name: name.into(),
            default,
            bounds: (least, most),
            unit: plain(&unit, NAME_LIMIT).into(),
            help: plain(&help, TEXT_BYTES).into(),
            is_whole,
        })
    });
    let parameters = parameters.collect::<Result<Vec<_>, _>>()?;
    let mut names = BTreeSet::new();
    if let Some(twice) = parameters.iter().find(|parameter| !names.insert(parameter.name.clone())) {
        return Err(format!("two parameters `{}`", twice.name));
    }
    let help = plain(&said.help, TEXT_BYTES);
    Ok(Description { name: said.name, version: said.version, help, parameters })
}
