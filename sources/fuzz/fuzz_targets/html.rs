//! Any text as a foreign attribution: what is left of it holds text and links to web pages.
#![no_main]

use html5gum::{Token, Tokenizer};
use libfuzzer_sys::fuzz_target;
use tile_server::handlers::html_sanitizer::sanitize;

fuzz_target!(|html: &str| {
    let sanitized = sanitize(html);
    for Ok(token) in Tokenizer::new(&sanitized) {
        match token {
            Token::StartTag(tag) => {
                let is_known = |name: &[u8]| matches!(name, b"href" | b"rel" | b"target");
                assert!(&**tag.name == b"a" && tag.attributes.keys().all(|name| is_known(name)));
                let url = &**tag.attributes[&b"href"[..]];
                assert!(url.starts_with(b"http://") || url.starts_with(b"https://"));
            }
            Token::EndTag(tag) => assert!(&**tag.name == b"a"),
            Token::String(_) | Token::Error(_) => {}
            Token::Comment(_) | Token::Doctype(_) => panic!("more than text and links"),
        }
    }
});
