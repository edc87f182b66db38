//! How the lines of a text end.

/// What is wrong with a text whose lines end as no editor of today counts them.
pub(crate) const LONE_RETURNS: &str = "has lines that end with a carriage return alone, as on old Macs";

/// Do lines end with a carriage return alone? At the very end of a text none begins after it.
pub(crate) fn has_lone_returns(text: &str) -> bool {
    let bytes = text.trim_end_matches('\r').as_bytes();
    bytes.windows(2).any(|pair| pair[0] == b'\r' && !matches!(pair[1], b'\r' | b'\n'))
}

#[cfg(test)]
mod tests {
    //! Contract: line ends of all systems but one of the past are told from a carriage return that stands alone.

    use super::*;

    #[test]
    fn only_carriage_returns_alone_are_lone() {
        for text in ["", "a", "a\nb\n", "a\r\nb\r\n", "a\r\r\nb", "a\r"] {
            assert!(!has_lone_returns(text), "{text:?}");
        }
        for text in ["a\rb", "a\r\nb\rc\n", "\ra\r"] {
            assert!(has_lone_returns(text), "{text:?}");
        }
    }
}
