//! Views: a column is fetched when it is first read, and again only when it may have changed.

/// Makes a view. Adding a column is one line in one of the groups.
macro_rules! view {
    (
        $(#[$doc:meta])*
        values { $($(#[$value_doc:meta])* $value:ident;)* }
        $(reals { $($(#[$real_doc:meta])* $real:ident;)* })?
        each { $($(#[$each_doc:meta])* $each:ident: $each_type:ty;)* }
        once { $($(#[$once_doc:meta])* $once:ident: $once_type:ty;)* }
        $(extra: $extra:ty;)?
    ) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub struct View {
            $($value: std::cell::OnceCell<u32>,)*
            $($($real: std::cell::OnceCell<f64>,)*)?
            $($each: std::cell::OnceCell<Vec<$each_type>>,)*
            $($once: std::cell::OnceCell<Vec<$once_type>>,)*
            $(extra: $extra,)?
        }

        impl View {
            $($(#[$value_doc])* pub fn $value(&self) -> u32 {
                *self.$value.get_or_init(host::$value)
            })*
            $($($(#[$real_doc])* pub fn $real(&self) -> f64 {
                *self.$real.get_or_init(host::$real)
            })*)?
            $($(#[$each_doc])* pub fn $each(&self) -> &[$each_type] {
                self.$each.get_or_init(host::$each)
            })*
            $($(#[$once_doc])* pub fn $once(&self) -> &[$once_type] {
                self.$once.get_or_init(host::$once)
            })*

            /// Forgets what may have changed since the last decision.
            #[doc(hidden)]
            pub fn next(&mut self) {
                $(self.$value.take();)*
                $($(self.$real.take();)*)?
                $(self.$each.take();)*
            }
        }

        /// A view filled by hand, for tests on your own machine. Columns that are not given are empty.
        #[derive(Debug, Default)]
        pub struct TestView(View);

        impl TestView {
            $($(#[$value_doc])* pub fn $value(self, value: u32) -> Self {
                self.0.$value.set(value).expect("given once");
                self
            })*
            $($($(#[$real_doc])* pub fn $real(self, value: f64) -> Self {
                self.0.$real.set(value).expect("given once");
                self
            })*)?
            $($(#[$each_doc])* pub fn $each(self, column: impl Into<Vec<$each_type>>) -> Self {
                self.0.$each.set(column.into()).expect("given once");
                self
            })*
            $($(#[$once_doc])* pub fn $once(self, column: impl Into<Vec<$once_type>>) -> Self {
                self.0.$once.set(column.into()).expect("given once");
                self
            })*

            /// The view.
            pub fn build(self) -> View {
                self.0
            }
        }

        /// Outside WebAssembly there is no host: what a test does not give is empty.
        #[cfg(not(target_arch = "wasm32"))]
        mod host {
            $(pub(super) fn $value() -> u32 { 0 })*
            $($(pub(super) fn $real() -> f64 { 0.0 })*)?
            $(pub(super) fn $each() -> Vec<$each_type> { Vec::new() })*
            $(pub(super) fn $once() -> Vec<$once_type> { Vec::new() })*
        }
    };
}

/// Makes the trait that a guest implements, over the `View` and `Orders` of its kind.
macro_rules! policy {
    ($(#[$doc:meta])*) => {
        $(#[$doc])*
        pub trait Policy: Sized {
            /// Name, version and parameters.
            const ABOUT: crate::About;

            /// A run begins.
            fn start(values: &crate::Values, seed: u64) -> Result<Self, String>;

            /// Reads the view and gives orders. An error ends the run.
            fn decide(&mut self, view: &View, orders: &mut Orders) -> Result<(), String>;

            /// The run is over.
            fn finish(&mut self) -> Result<(), String> {
                Ok(())
            }
        }
    };
}

/// Makes the export of one kind of policy.
macro_rules! export {
    ($name:ident, $kind:ident) => {
        /// Exports a policy from a `cdylib`: one line beside the type.
        #[macro_export]
        macro_rules! $name {
            ($policy:ty) => {
                #[cfg(target_arch = "wasm32")]
                const _: () = {
                    use bindings::exports::portvolt::policy::policy::{Description, Guest, Parameter};
                    use $crate::bindings;
                    use $crate::$kind::{Orders, Policy, View};

                    type State = Option<($policy, View)>;
                    thread_local! {
                        static STATE: std::cell::RefCell<State> = const { std::cell::RefCell::new(None) };
                    }
                    struct Shim;

                    fn with<R>(act: impl FnOnce(&mut $policy, &mut View) -> Result<R, String>) -> Result<R, String> {
                        STATE.with_borrow_mut(|state| match state {
                            Some((policy, view)) => act(policy, view),
                            None => Err("`start` was not called".to_owned()),
                        })
                    }

                    impl Guest for Shim {
                        fn describe() -> Description {
                            let about = <$policy as Policy>::ABOUT;
                            let parameters = about.parameters.iter().map(|parameter| Parameter {
                                name: parameter.name.to_owned(),
                                kind: parameter.kind,
                                unit: parameter.unit.to_owned(),
                                default: parameter.default,
                                least: parameter.least,
                                most: parameter.most,
                                help: parameter.help.to_owned(),
                            });
                            Description {
                                name: about.name.to_owned(),
                                version: about.version.to_owned(),
                                help: about.help.to_owned(),
                                parameters: parameters.collect(),
                            }
                        }

                        fn start(parameters: Vec<f64>, seed: u64) -> Result<(), String> {
                            $crate::log::report_panics();
                            let values = $crate::Values::new(<$policy as Policy>::ABOUT, parameters);
                            let policy = <$policy as Policy>::start(&values, seed)?;
                            STATE.set(Some((policy, View::default())));
                            Ok(())
                        }

                        fn decide() -> Result<(), String> {
                            with(|policy, view| {
                                view.next();
                                let mut orders = Orders::default();
                                policy.decide(view, &mut orders)?;
                                orders.hand_over();
                                Ok(())
                            })
                        }

                        fn finish() -> Result<(), String> {
                            with(|policy, _| policy.finish())
                        }
                    }

            bindings::export!(Shim with_types_in bindings);
                };
            };
        }
    };
}

pub(crate) use {export, policy, view};
