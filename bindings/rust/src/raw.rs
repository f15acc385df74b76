//! What is generated from the WIT, once for all programs.

wit_bindgen::generate!({
    world: "wasock:guest/program",
    path: ["../../wit", "wit"],
    generate_all,
    pub_export_macro: true,
    export_macro_name: "export",
    default_bindings_module: "wasock_guest::raw",
});
