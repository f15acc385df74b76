//! Components that are made up: nothing but the names at their rim.

use wasm_encoder::{
    Component, ComponentImportSection, ComponentTypeRef, ComponentTypeSection, InstanceType, Module,
};

/// A component that imports instances of these names, each of them empty, and exports nothing.
pub(crate) fn importing(names: &[&str]) -> Vec<u8> {
    let mut types = ComponentTypeSection::new();
    types.instance(&InstanceType::new());
    let mut imports = ComponentImportSection::new();
    for name in names {
        imports.import(*name, ComponentTypeRef::Instance(0));
    }
    let mut component = Component::new();
    component.section(&types).section(&imports);
    component.finish()
}

/// A core module with nothing in it.
pub(crate) fn core_module() -> Vec<u8> {
    Module::new().finish()
}
