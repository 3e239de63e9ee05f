"""Imports of small made-up crates."""

from made_up import MadeUpFiles
from rust_imports import crate_imports


class RustImports(MadeUpFiles):
    def assert_arrows(self, files: dict[str, str], *expected: str) -> None:
        self.write(files)
        self.assertEqual(self.arrows(list(crate_imports(self.top / "lib.rs"))), set(expected))

    def test_a_mod_declaration_is_no_import(self) -> None:
        self.assert_arrows({"lib.rs": "mod a; mod b;", "a.rs": "pub struct A;", "b.rs": ""})

    def test_use_of_crate_super_and_self(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": "mod a; mod b; mod c;",
                "a.rs": "use crate::b::B;",
                "b.rs": "pub struct B; use super::c::C;",
                "c.rs": "mod d; pub struct C; use self::d::D;",
                "c/d.rs": "pub struct D;",
            },
            "a -> b", "b -> c", "c -> c/d",
        )

    def test_inline_paths(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": "mod a; mod b; fn f() { let x = a::f::<b::B>(1); }",
                "a.rs": "pub fn f() -> super::b::B { crate::b::made() }",
                "b.rs": "pub struct B; pub fn made() -> B { B }",
            },
            "lib -> a", "lib -> b", "a -> b",
        )

    def test_paths_through_a_used_module(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": "mod a; mod b;",
                "a.rs": "use crate::b; use crate::b::c as other; fn f() { b::c::g(); other::g(); }",
                "b.rs": "pub mod c; pub fn unused() {}",
                "b/c.rs": "pub fn g() {}",
            },
            "a -> b/c",
        )

    def test_a_reexport_leads_to_the_file_that_defines(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": "mod a; mod user;",
                "a/mod.rs": "mod child; pub use child::Thing as Renamed; pub struct Own;",
                "a/child.rs": "pub struct Thing;",
                "user.rs": "use crate::a::Renamed;",
            },
            "a/mod -> a/child", "user -> a/child",
        )

    def test_reexports_of_reexports_and_of_globs(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": "mod a; mod user; pub use a::*;",
                "a.rs": "mod b; pub use b::*;",
                "a/b.rs": "mod c; pub(crate) use self::c::{Deep, deep};",
                "a/b/c.rs": "pub struct Deep; pub fn deep() {}",
                "user.rs": "fn f() { crate::deep(); }",
            },
            "user -> a/b/c", "a/b -> a/b/c",
        )

    def test_a_glob_imports_the_names_that_are_used(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": "mod a; mod b; mod c; pub struct Unused;",
                "a.rs": "use super::*; use b::*; fn f() -> B { helper(c::C) }",
                "b.rs": "pub struct B; pub fn helper() {}",
                "c.rs": "pub struct C;",
            },
            "a -> b", "a -> c",
        )

    def test_variants_and_associated_items_are_where_their_type_is(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": "mod kind; mod a; mod b; mod c;",
                "kind.rs": "pub enum Kind { One, Two }",
                "a.rs": "use crate::kind::Kind::{self, One};",
                "b.rs": "use crate::kind::Kind::*;",
                "c.rs": "fn f() { crate::kind::Kind::Two.name() }",
            },
            "a -> kind", "b -> kind", "c -> kind",
        )

    def test_nested_use_trees(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": "mod a; mod b; mod user;",
                "a.rs": "pub mod x; pub mod y;",
                "a/x.rs": "pub struct X;",
                "a/y.rs": "pub fn y() {}",
                "b.rs": "pub const B: u8 = { 1 };",
                "user.rs": "use crate::{a::{x::{self, X}, y::y as z}, b::B}; use std::{fmt, io};",
            },
            "user -> a/x", "user -> a/y", "user -> b",
        )

    def test_modules_within_a_file(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": "mod a { pub mod inner; pub struct Here; fn f() { super::b::B } } mod b;",
                "a/inner.rs": "use super::Here;",
                "b.rs": "pub struct B;",
            },
            "a/inner -> lib", "lib -> b",
        )

    def test_modules_with_a_path(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": '#[path = "elsewhere/b.rs"] mod a; mod c;',
                "elsewhere/b.rs": "mod d; use d::D; pub struct B;",
                "elsewhere/d.rs": "pub struct D;",
                "c.rs": "use crate::a::B;",
            },
            "elsewhere/b -> elsewhere/d", "c -> elsewhere/b",
        )

    def test_code_of_tests_does_not_count(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": "mod a; mod b; pub struct Own;",
                "a.rs": """
                    #[cfg(test)] use crate::b::B;
                    #[cfg(test)] mod tests { use crate::b::B; }
                    #[cfg(test)] #[path = "more.rs"] mod more;
                    mod tests;
                    struct A { #[cfg(test)] field: crate::b::B, other: u8 }
                    impl A { #[cfg(test)] fn f() -> crate::b::B { crate::b::B } fn g() {} }
                    #[test] fn h() { crate::b::B; }
                    fn last() -> crate::Own { crate::Own }
                """,
                "a/tests.rs": "use crate::b::B;",
                "more.rs": "use crate::b::B;",
                "b.rs": "pub struct B;",
            },
            "a -> lib",
        )

    def test_a_file_of_tests_does_not_count(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": "mod a; mod b;",
                "a.rs": "//! Helpers.\n#![cfg(test)]\nuse crate::b::B;",
                "b.rs": "pub struct B;",
            },
        )

    def test_conditions_other_than_test_count(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": 'mod b; #[cfg(feature = "x")] use b::B; #[cfg(not(test))] mod a;',
                "a.rs": "use crate::b::B;",
                "b.rs": "pub struct B;",
            },
            "lib -> b", "a -> b",
        )

    def test_comments_strings_and_lifetimes_are_no_paths(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": "mod a; mod b;",
                "a.rs": """
                    // crate::b::B
                    /* crate::b::B /* nested */ crate::b::B */
                    //! [`crate::b::B`]
                    const A: &str = "crate::b::B \\" crate::b::B";
                    const R: &str = r#"" crate::b::B"#;
                    fn f<'a>(x: &'a u8) -> char { '"' }
                    fn g() -> char { '\\'' }
                """,
                "b.rs": "pub struct B;",
            },
        )

    def test_methods_fields_and_local_names_are_no_paths(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": "mod a; mod b;",
                "a.rs": "use crate::b::*; struct A { helper: u8 } fn f(a: A) { a.helper.b(); }",
                "b.rs": "pub fn helper() {} pub fn b() {}",
            },
        )

    def test_a_module_and_a_function_of_one_name(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": "mod share; pub use share::share; mod a;",
                "share.rs": "pub fn share() {} pub fn other() {}",
                "a.rs": "use crate::share::other; use crate::share;",
            },
            "lib -> share", "a -> share",
        )

    def test_macros_and_what_they_make(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": "#[macro_use] mod macros; mod a; mod b;",
                "macros.rs": "macro_rules! id { ($name:ident) => { pub struct $name; } }",
                "a.rs": "id!(LayerId);",
                "b.rs": "use crate::a::LayerId;",
            },
            "a -> macros", "b -> a",
        )

    def test_serde_names_functions_in_strings(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": "mod a; mod b;",
                "a.rs": 'struct A { #[serde(default, deserialize_with = "crate::b::read")] x: u8 }',
                "b.rs": "pub fn read() {}",
            },
            "a -> b",
        )

    def test_other_crates_are_not_files(self) -> None:
        self.assert_arrows(
            {
                "lib.rs": "mod a; mod b; use a::Write;",
                "a.rs": "pub use std::io::Write; use ::other::b::B; use serde::b; fn f(_: fmt::B);",
                "b.rs": "pub struct B; use crate::a::Write;",
            },
        )

    def test_lines_and_paths_are_told(self) -> None:
        self.write({"lib.rs": "mod a;\n\npub use a::{\n    A,\n};\n", "a.rs": "pub struct A;"})
        told = [(one.line, one.text, one.is_reexport) for one in crate_imports(self.top / "lib.rs")]
        self.assertEqual(told, [(4, "a::A", True)])
