//! JSON of others: no key twice in one object (the last would win unseen), no deeper and no larger than what it is for.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

/// Nothing that is read here is nested deeper.
const DEEPEST: usize = 32;

/// Reads a document of so many values at most: each takes some hundred bytes of memory, whatever it takes of text.
///
/// # Errors
/// The line, from 1, and what is wrong there.
pub(crate) fn parse(text: &str, most_values: usize) -> Result<Value, (u64, String)> {
    parse_one(text, &mut { most_values })
}

/// Reads one of several documents that have so many values left together.
///
/// # Errors
/// The line, from 1, and what is wrong there.
pub(crate) fn parse_one(text: &str, left: &mut usize) -> Result<Value, (u64, String)> {
    let text = text.trim_start_matches('\u{feff}');
    let wrong = |error: serde_json::Error| {
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default().to_owned();
        let kind = if error.is_data() { message } else { format!("is no JSON: {message}") };
        (error.line() as u64, kind)
    };
    let most = *left;
    let mut reader = serde_json::Deserializer::from_str(text);
    Walk { left, most, depth: 0 }.deserialize(&mut reader).map_err(wrong)?;
    reader.end().map_err(wrong)?;
    serde_json::from_str(text).map_err(wrong)
}

/// Goes over a document and keeps nothing but the keys of the objects that are open.
struct Walk<'a> {
    left: &'a mut usize,
    most: usize,
    depth: usize,
}

impl Walk<'_> {
    fn count<E: Error>(&mut self) -> Result<(), E> {
        let most = self.most;
        let too_many = || E::custom(format!("holds more than {most} values"));
        *self.left = self.left.checked_sub(1).ok_or_else(too_many)?;
        if self.depth > DEEPEST {
            return Err(E::custom(format!("is nested more than {DEEPEST} deep")));
        }
        Ok(())
    }

    fn below(&mut self) -> Walk<'_> {
        Walk { left: self.left, most: self.most, depth: self.depth + 1 }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(mut self, reader: D) -> Result<(), D::Error> {
        self.count::<D::Error>()?;
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value of JSON")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(self.below())?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut keys = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if keys.contains(&key) {
                map.next_value::<IgnoredAny>()?;
                return Err(A::Error::custom(format!("has the key `{key}` twice in one object")));
            }
            keys.insert(key);
            map.next_value_seed(self.below())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    //! Contract: what is wrong with a document is told with its line, before it fills the memory.

    use super::*;

    #[test]
    fn a_document_says_each_thing_once() {
        assert!(parse("\u{feff}{\"a\": [1, 2.5, -3, \"b\", null, true], \"b\": {\"a\": 1}}", 100).is_ok());
        for (text, line, what) in [
            ("{\"a\": 1,\n\"b\": 2,\n\"a\": 3}", 3, "twice"),
            ("{\"a\": {\"b\": 1,\n\"b\": 2}}", 2, "twice"),
            ("{\"a\": 1,", 1, "no JSON"),
            ("[1]\n x", 2, "no JSON"),
            ("[1, 2,\n 3, 4, 5, 6]", 2, "more than 5 values"),
        ] {
            let (at, told) = parse(text, 5).unwrap_err();
            assert!(at == line && told.contains(what), "{text}: {at} {told}");
        }
        let deep = format!("{}{}", "[".repeat(60), "]".repeat(60));
        assert!(parse(&deep, 1_000).unwrap_err().1.contains("deep"));
        assert!(parse(&"[".repeat(1 << 20), 10_000_000).is_err(), "and no stack runs over");
    }
}
