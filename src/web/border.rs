//! The types of the page's border, written down for JavaScript: `www/border.d.ts` is made of the structures that cross.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};

use ts_rs::{Config, TS, TypeVisitor};

use super::requests;

const HEAD: &str = "\
// What crosses between the page and the compiled core, made of the core's own structures; not to be edited. Numbers of users,
// items and domains count from 0, ratings are on their own scale, errors on the unit scale.
// UPDATE_DOCS=1 cargo test --release --lib border writes it.
";

/// Takes down declarations and methods.
#[derive(Default)]
struct File {
    config: Config,
    seen: HashSet<TypeId>,
    types: BTreeMap<String, String>,
    methods: String,
}

impl TypeVisitor for File {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // What has no file of its own is part of another type: a number, a list.
        if T::output_path().is_some() {
            let text = format!("{}export {}\n", T::docs().unwrap_or_default(), T::decl(&self.config));
            let before = self.types.insert(T::ident(&self.config), text.clone());
            assert!(
                before.is_none_or(|before| before == text),
                "two types are called {}",
                T::ident(&self.config)
            );
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

impl requests::Writer for File {
    fn method<Arguments: TS + 'static, Reply: TS + 'static>(&mut self, name: &str) {
        self.visit::<Arguments>();
        self.visit::<Reply>();
        let (arguments, reply) = (Arguments::name(&self.config), Reply::name(&self.config));
        self.methods += &format!("  {name}: [arguments: {arguments}, reply: {reply}];\n");
    }
}

fn text() -> String {
    let mut file = File { config: Config::new().with_large_int("number"), ..File::default() };
    requests::write(&mut file);
    let types: String = file.types.into_values().map(|text| format!("\n{text}")).collect();
    let docs = "/** Requests: method → arguments and reply. */";
    let text = format!("{HEAD}{types}\n{docs}\nexport interface Methods {{\n{}}}\n", file.methods);
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn the_types_of_the_border_are_those_that_javascript_is_told_of() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/www/border.d.ts");
    let text = text();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == text,
        "www/border.d.ts is out of date: UPDATE_DOCS=1 cargo test --release --lib border writes it"
    );
}
